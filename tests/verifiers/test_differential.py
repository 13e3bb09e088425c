"""Cases in which verdicts once differed from a reference's: now they agree, but for what is documented."""

import pytest
from golden import read_lines

import hir_data as hir
from hir_data.engine.checks import verify_one


@pytest.fixture(scope="module")
def cases(shared_data):
    """The cases by suite, without those whose difference ``docs/deviations.md`` explains."""
    rows = [*read_lines(shared_data / "differential" / "cases.jsonl")]
    return {
        suite: [row for row in rows if row["suite"] == suite and "documented" not in row["cause"]]
        for suite in ("reference", "muldimif", "general")
    }


def both(record: dict, text: str) -> tuple[bool | None, bool | None]:
    """The strict and the loose verdict."""
    instruction = hir.Instruction(prompt="Write.", constraints=(hir.parse(record),))
    result = verify_one(hir.Rollout(instruction=instruction, response=text)).results[0]
    return result.strict.satisfied, result.loose.satisfied


def wanted(row: dict, reading: str) -> bool | None:
    """The reference's verdict under NLTK 3.9; where it crashes nothing is satisfied; None if not recorded."""
    verdict = row.get(f"reference_nltk39_{reading}", row[f"reference_{reading}"])
    return False if isinstance(verdict, str) else verdict


@pytest.mark.usefixtures("tagger_data")
def test_verdicts_are_those_of_the_references(cases):
    wrong = []
    for row in cases["reference"]:
        strict, loose = both({"kind": row["kind"], **row["params"]}, row["text"])
        if strict is not wanted(row, "strict") or wanted(row, "loose") not in (loose, None):
            wrong.append((row["kind"], row["params"], row["text"]))
    assert len(cases["reference"]) > 200
    assert wrong == []


def test_our_own_kinds_agree_with_a_sensible_user(cases):
    wrong = []
    for row in cases["general"]:
        strict, _ = both({"kind": row["kind"], **row["params"]}, row["text"])
        if strict is not row["expected_by_a_sensible_user"]:
            wrong.append((row["kind"], row["params"], row["text"]))
    assert len(cases["general"]) > 20
    assert wrong == []
