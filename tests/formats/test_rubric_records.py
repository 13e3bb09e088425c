"""Rubrics as people have them, in the shapes that their data sets document."""

import json
from typing import Any

import pytest
from cases import formats

import hir_data as hir
from hir_data.formats.catalogue import target_named
from hir_data.formats.records import read_prompt
from hir_data.rewards.score import constraints_of

RUBRIC = formats.RUBRIC
CRITERIA = [(entry["criterion"], entry["points"]) for entry in RUBRIC]


def read(record: dict[str, Any]) -> list[tuple[str, float | None]]:
    constraints = read_prompt(record).instruction.constraints
    assert {constraint.kind for constraint in constraints} == {"soft:criterion"}
    return [(constraint.criterion, constraint.points) for constraint in constraints]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (formats.HEALTHBENCH, CRITERIA),
        (formats.RUBRIC_IN_VERL, CRITERIA),
        (formats.RESEARCH_RUBRICS, [("Says that tea is hot.", 4)]),
        (
            formats.RAR,
            [
                ("Essential Criteria: Says that tea is hot.", 5),
                ("Pitfall Criteria: Says that tea is a fruit.", -1),
            ],
        ),
        ({"prompt": "Tea?", "rubrics": json.dumps(RUBRIC)}, CRITERIA),
        ({"prompt": "Tea?", "rubrics": list(map(json.dumps, RUBRIC))}, CRITERIA),
        ({"prompt": "Tea?", "rubric": {"title": "Tea", "criteria": RUBRIC}}, CRITERIA),
        ({"prompt": "Tea?", "rubrics": ["Warm.", "Short."]}, [("Warm.", None), ("Short.", None)]),
        (
            {"prompt": "Tea?", "rubrics": [{"name": "w", "description": "Warm.", "weight": "0.5"}]},
            [("Warm.", 0.5)],
        ),
        ({"instruction": "Tea?", "rubrics": [{"criterion": "Warm.", "points": None}]}, [("Warm.", None)]),
    ],
)
def test_a_rubric_is_read(record: dict[str, Any], expected: list[tuple[str, float | None]]):
    assert read(record) == expected


def test_what_else_a_record_says_is_kept():
    prompt = read_prompt(formats.HEALTHBENCH)
    assert prompt.instruction.id == "7f"
    assert [message.role for message in prompt.instruction.messages] == ["user", "assistant", "user"]
    assert prompt.metadata["rubrics"] == RUBRIC
    assert prompt.metadata["ideal_completions_data"] == formats.HEALTHBENCH["ideal_completions_data"]
    assert read_prompt(formats.RESEARCH_RUBRICS).instruction.id == "7"
    rar = read_prompt(formats.RAR)
    assert (rar.instruction.prompt, rar.responses) == (formats.PROMPT, None)
    assert rar.metadata["reference_answer"] == "Tea is hot."


def test_a_criterion_may_have_a_scale():
    entry = {"criterion": "Is warm.", "points": 2, "scale": [0, 10], "min": 7, "rubric": "Any kindness."}
    (constraint,) = read_prompt({"prompt": "Tea?", "rubrics": [entry]}).instruction.constraints
    assert constraint.record() == {"kind": "soft:grade", **entry}


@pytest.mark.parametrize(
    "written", [RUBRIC, json.dumps(RUBRIC), {"rubrics": RUBRIC}, {"rubric": json.dumps(RUBRIC)}]
)
def test_rewards_read_a_rubric_too(written: Any):
    assert [(one.criterion, one.points) for one in constraints_of(written)] == CRITERIA


@pytest.mark.parametrize(
    ("rubric", "field", "problem"),
    [
        ("Be kind.", "rubrics", "has to be a list of criteria, not 'Be kind.'"),
        ("[1", "rubrics", "malformed JSON"),
        ([], "rubrics", "there are no criteria"),
        ({"title": "Tea"}, "rubrics", "holds no list of criteria"),
        ([RUBRIC[0], 3], "rubrics[1]", "has to be a criterion, not 3"),
        ([{"points": 3}], "rubrics[0]", "has none of criterion, description"),
        ([{"criterion": 3}], "rubrics[0].criterion", "has to be a string, not 3"),
        ([{"criterion": " "}], "rubrics[0].criterion", "has to say something"),
        ([{"criterion": "Is warm.", "points": "Essential"}], "rubrics[0].points", "has to be a number"),
        ([{"criterion": "Is warm.", "weight": True}], "rubrics[0].weight", "has to be a number, not True"),
        ([{"criterion": "Is warm.", "points": "nan"}], "rubrics[0].points", "has to be a number, not nan"),
        ([{"criterion": "Is warm.", "scale": [1, 5]}], "rubrics[0].min", "needs this parameter"),
        ([{"criterion": "Is warm.", "scale": [5, 1], "min": 2}], "rubrics[0]", "the lowest grade has to be"),
        ({"criteria": [3]}, "rubrics.criteria[0]", "has to be a criterion"),
    ],
)
def test_a_broken_rubric_names_what_is_wrong(rubric: Any, field: str, problem: str):
    with pytest.raises(hir.RecordError) as caught:
        read_prompt({"prompt": "Tea?", "rubrics": rubric})
    assert caught.value.field == field
    assert problem in caught.value.problem


@pytest.mark.parametrize("name", ["native", "verl", "nemo-gym"])
@pytest.mark.parametrize("record", [formats.HEALTHBENCH, formats.RAR, formats.RUBRIC_IN_VERL])
def test_what_is_made_of_a_rubric_counts_and_not_the_rubric_beside_it(record: dict[str, Any], name: str):
    prompt = read_prompt(record)
    kept = prompt.instruction.model_copy(update={"constraints": prompt.instruction.constraints[:1]})
    for instruction in (prompt.instruction, kept):
        written = target_named(name).to_record(prompt._replace(instruction=instruction), 0)
        assert json.dumps(RUBRIC[1]["criterion"])[1:-1] in json.dumps(written)  # it is kept
        assert read_prompt(json.loads(json.dumps(written))).instruction == instruction
