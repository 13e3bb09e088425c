"""What trainers hand to rewards, in all its shapes: read, or refused, and never scored 0 for its shape."""

import json
import math
from typing import Any

import pytest

import hir_data as hir

KIND = "punctuation:no_comma"
TRUTH = [{"instruction_id": [KIND], "kwargs": [None]}]
LISTS = {"instruction_id_list": [KIND], "kwargs": [{}]}
OURS = [{"kind": KIND}]


@pytest.mark.parametrize(
    "truth",
    [OURS, json.dumps(OURS), [json.dumps(OURS[0])], OURS[0], json.dumps({"constraints": OURS}), LISTS,
     json.dumps(LISTS), TRUTH, str(TRUTH), json.dumps(TRUTH), {"func_name": "validate_no_commas"},
     json.dumps(TRUTH[0])],
    ids=str,
)  # fmt: skip
def test_constraints_in_every_shape(truth: Any):
    reward = hir.ConstraintReward()
    assert reward(["Apple", "a, b"], constraints=[truth, truth]) == [1.0, 0.0]
    scored = [hir.compute_score("x", text, truth) for text in ("Apple", "a, b")]
    assert [(one["score"], one["error"]) for one in scored] == [(1.0, ""), (0.0, "")]


@pytest.mark.parametrize(
    "columns",
    [{name: [value] for name, value in LISTS.items()}, {"ground_truth": [str(TRUTH)]},
     {"instruction_id_list": [json.dumps([KIND])], "kwargs": ["[{}]"]}],
    ids=str,
)  # fmt: skip
def test_the_columns_of_other_tools(columns: dict[str, Any]):
    assert hir.ConstraintReward()(["a, b"], **columns) == [0.0]
    assert hir.ConstraintReward(column=next(iter(columns)))(["Apple"], **columns) == [1.0]


PARTS = [{"type": "text", "text": "App"}, {"type": "text", "text": "le"}]


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        ([{"role": "assistant", "content": PARTS}], 1.0),
        ({"role": "assistant", "content": "a, b"}, 0.0),
        (PARTS, 1.0),
        ([{"role": "assistant", "content": None, "tool_calls": [{}]}], None),
        ([], None),
    ],
)
def test_completions_in_every_shape(completion: Any, expected: float | None):
    assert hir.ConstraintReward()([completion], constraints=[OURS]) == [expected]


@pytest.mark.parametrize(
    "completion", [7, None, [7], [{"role": "assistant", "content": [{"type": "image"}]}]]
)
def test_a_completion_that_is_no_text_has_no_reward(completion: Any, caplog):
    assert hir.ConstraintReward()([completion], constraints=[OURS]) == [None]
    assert "completions[0]" in caplog.text
    answer = hir.compute_score("x", completion, OURS)
    assert math.isnan(answer["score"])
    assert answer["undetermined"] == 1
    assert "solution_str" in answer["error"]


def test_a_score_that_there_is_not_is_an_error():
    for call in (
        lambda: hir.ConstraintReward("ila2"),
        lambda: hir.compute_score("x", "Apple", OURS, score="ila2"),
    ):
        with pytest.raises(hir.RecordError, match="there is no score 'ila2'; there are ila, cla"):
            call()


@pytest.mark.parametrize(
    "end", ["<|im_end|>", "<|im_end|>\n", "<|eot_id|>", "</s>", "<end_of_turn>\n", "<｜end▁of▁sentence｜>",
            "<|end|><|endoftext|>"],
)  # fmt: skip
def test_a_special_token_at_the_end_is_no_part_of_the_answer(end: str):
    ends = [{"kind": "startend:end_checker", "end_phrase": "Blue."}]
    assert hir.ConstraintReward()([f"Red. Blue.{end}", f"Blue.{end} Red."], constraints=[ends, ends]) == [
        1.0,
        0.0,
    ]
    assert hir.compute_score("x", f"Red. Blue.{end}", ends)["score"] == 1.0
