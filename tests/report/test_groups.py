"""Figures divided by fields of metadata."""

import json
from collections import defaultdict
from dataclasses import asdict
from typing import Any

import pytest
from files import NO_COMMA, THREE_WORDS, rollout

import hir_data as hir
from hir_data.formats.muldimif import counted_as
from hir_data.formats.records import read_prompt
from hir_data.report.verify_figures import DEFAULT_GROUP_FIELDS, OTHERS, BatchTally, Tally, groups_of
from hir_data.schemas.constraint import Verdict
from hir_data.schemas.result import ConstraintResult, Verification


def judged(strict: list[bool | None], **metadata: Any) -> Verification:
    """A verification with these strict verdicts, all of them satisfied loosely."""
    constraints = [hir.parse(NO_COMMA if index % 2 else THREE_WORDS) for index in range(len(strict))]
    results = tuple(
        ConstraintResult(constraint=one, strict=Verdict(satisfied), loose=Verdict(True))
        for one, satisfied in zip(constraints, strict, strict=True)
    )
    made = rollout(0, *constraints, response="Tea.").model_copy(update={"metadata": metadata})
    return Verification(rollout=made, results=results)


def divided(*verifications: Verification, by: tuple[str, ...] = DEFAULT_GROUP_FIELDS) -> dict[str, Any]:
    tally = Tally()
    for one in verifications:  # batches of one: what is merged is what is counted
        tally.merge(BatchTally.of([one], by))
    return tally.summary(read=len(verifications), rejected=0, loose=True).get("by", {})


@pytest.mark.parametrize("value", [None, 1.5, {}, [], ["a"], ["a", "b", "c"], ["a", 1]])
def test_what_divides_nothing(value: Any):
    results = judged([True, False]).results
    assert groups_of(value, results) == {}


def test_a_value_is_about_all_constraints_and_a_list_about_one_each():
    one, two = results = judged([True, False]).results
    assert groups_of("a", results) == {"a": results}
    assert groups_of(3, results) == {"3": results}
    assert groups_of(["a", "b"], results) == {"a": [one], "b": [two]}
    assert groups_of(("a", "a"), results) == {"a": [one, two]}


def test_a_rollout_counts_once_in_a_group():
    first = judged([True, False, True], category=["x", "x", "y"], difficulty="1")
    second = judged([True, None, True], category=["x", "y", "y"])
    assert divided(first, second) == {
        "category": {
            "x": dict(rollouts=2, ila=1, ila_loose=2, constraints=3, strict=2, loose=3),
            "y": dict(rollouts=2, ila=1, ila_loose=2, constraints=3, strict=2, loose=3),
        },
        "difficulty": {"1": dict(rollouts=1, ila=0, ila_loose=1, constraints=3, strict=2, loose=3)},
    }


def test_without_such_fields_there_is_nothing():
    assert "by" not in Tally().summary(read=0, rejected=0, loose=True)
    assert divided(judged([True], model="m")) == {}
    assert set(divided(judged([True], model="m"), by=("model",))) == {"model"}


def test_many_values_end_in_others():
    groups = divided(*(judged([True], difficulty=f"{number:03}") for number in range(120)))["difficulty"]
    assert len(groups) == 101
    assert list(groups)[-1] == OTHERS
    assert groups[OTHERS]["rollouts"] == 20


def test_the_scores_of_muldimif(shared_data):
    """Of the recorded verdicts the scores are those of the benchmark; ours are close to them."""
    folder = shared_data / "muldimif"
    prompts = {one["id"]: one for one in json.loads((folder / "prompts.json").read_text(encoding="utf-8"))}
    wanted: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    recorded, ours = BatchTally(), []
    for line in (folder / "verdicts_synthetic.jsonl").read_bytes().splitlines():
        row = json.loads(line)
        record = prompts.get(row["id"])
        if record is None or record["constraints"] != row["constraints"]:
            continue
        turns = [*record["conversations"], {"role": "assistant", "content": row["response"]}]
        prompt = read_prompt(record | {"conversations": turns})
        made = hir.Rollout(instruction=prompt.instruction, response=row["response"], metadata=prompt.rest)
        results = tuple(
            ConstraintResult(constraint=one, strict=Verdict(bool(verdict)))
            for one, verdict in zip(made.instruction.constraints, row["verdicts"], strict=True)
        )
        one = BatchTally.of([Verification(rollout=made, results=results)], DEFAULT_GROUP_FIELDS)
        ours.append(made)
        for name, groups in one.groups.items():
            known = recorded.groups.setdefault(name, {})
            for group, counts in groups.items():
                known[group].merge(counts) if group in known else known.setdefault(group, counts)
        for name in ("constraint_pattern", "difficulty"):
            wanted[name][record[name]].append(all(row["verdicts"]))
        held = defaultdict(list)
        for (category, subcategory, _), verdict in zip(row["constraints"], row["verdicts"], strict=True):
            held[counted_as(category, subcategory).partition("_")[0]].append(verdict)
        for category, verdicts in held.items():
            wanted["category"][category].append(all(verdicts))
    assert {len(wanted[name]) for name in ("constraint_pattern", "difficulty")} == {3, 4}
    for name, groups in wanted.items():
        found = {group: (counts.ila, counts.rollouts) for group, counts in recorded.groups[name].items()}
        assert found == {group: (sum(held), len(held)) for group, held in groups.items()}
    assert sum(counts.rollouts for counts in recorded.groups["difficulty"].values()) == len(ours) > 1800
    tally = BatchTally.of((hir.verify_one(one, loose=False) for one in ours), DEFAULT_GROUP_FIELDS)
    for group, counts in tally.groups["difficulty"].items():
        reference = asdict(recorded.groups["difficulty"][group])
        assert abs(counts.ila - reference["ila"]) <= 0.03 * counts.rollouts
