"""What a reader takes for a contradiction is found, and what goes together is not taken for one."""

import pytest
from planted import COMPATIBLE, CONTRADICTIONS, Asked

import hir_data as hir
from hir_data.formats.records import read_prompt
from hir_data.instructions.lint import lint


def shown(asked: Asked) -> str:
    return " + ".join(kind for kind, _ in asked)


def constraints(asked: Asked) -> list[hir.Constraint]:
    return [
        hir.parse({"kind": kind} | {name: value for name, value in given.items() if value is not None})
        for kind, given in asked
    ]


@pytest.mark.parametrize("asked", CONTRADICTIONS, ids=shown)
def test_a_contradiction_is_found_in_any_order(asked: Asked):
    parsed = constraints(asked)
    assert hir.conflicts(parsed)
    assert hir.conflicts(parsed[::-1])


@pytest.mark.parametrize("asked", COMPATIBLE, ids=shown)
def test_what_goes_together_is_left_alone(asked: Asked):
    parsed = constraints(asked)
    assert hir.conflicts(parsed) == []
    assert hir.conflicts(parsed[::-1]) == []


def test_lint_finds_them_in_prompts():
    found = []
    for asked in [*CONTRADICTIONS, *COMPATIBLE]:
        parsed = constraints(asked)
        record = {
            "prompt": " ".join(["Describe the sea.", *(each.describe() for each in parsed)]),
            "constraints": [each.record() for each in parsed],
        }
        types = {finding.type for finding in lint(read_prompt(record).instruction)}
        found.append(bool(types - {"unmentioned"}))
    assert found == [True] * len(CONTRADICTIONS) + [False] * len(COMPATIBLE)
