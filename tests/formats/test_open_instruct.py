"""Records of open-instruct, whose constraints are a string within the record."""

import json
from pathlib import Path
from typing import Any

import pytest
from files import NO_COMMA, write

import hir_data as hir
from hir_data.errors import RecordError
from hir_data.formats.reader import read_rollouts
from hir_data.formats.records import read_prompt

WORDS = "length_constraints:number_words"
AT_LEAST_3 = {"relation": "at least", "num_words": 3}
TRUTH = {"instruction_id": ["punctuation:no_comma", WORDS], "kwargs": [None, {**AT_LEAST_3, "letter": None}]}
CONSTRAINTS = (hir.parse(NO_COMMA), hir.parse({"kind": WORDS, **AT_LEAST_3}))
QUOTES = {
    "instruction_id": ["keywords:existence"],
    "kwargs": [{"keywords": ["it's", 'a "b"', "🫖", "\\d\n"], "end_phrase": None}],
}


def iftrain(ground_truth: Any, **more: Any) -> dict[str, Any]:
    """A record as the training data has them."""
    return {
        "key": "ifeval_1",
        "messages": [{"content": "Describe tea.", "role": "user"}],
        "ground_truth": ground_truth,
        "dataset": "ifeval",
        "constraint_type": "multi",
        "constraint": "No commas. At least 3 words.",
        **more,
    }


@pytest.mark.parametrize("truth", [TRUTH, QUOTES], ids=["plain", "quotes"])
@pytest.mark.parametrize(
    "written",
    [
        lambda truth: str([truth]),
        lambda truth: f" {truth}\n",
        lambda truth: str([json.dumps(truth)]),
        lambda truth: str((truth,)),
        lambda truth: json.dumps(truth),
        lambda truth: json.dumps([truth]),
        lambda truth: json.dumps([json.dumps(truth)]),
        lambda truth: json.dumps([str(truth)]),
        lambda truth: [json.dumps(truth)],
        lambda truth: [truth],
        lambda truth: truth,
    ],
    ids=[
        "literal",
        "literal without a list",
        "JSON in a literal",
        "literal of a tuple",
        "JSON without a list",
        "JSON",
        "JSON in JSON",
        "literal in JSON",
        "list",
        "list of objects",
        "object",
    ],
)
def test_a_ground_truth(truth: dict[str, Any], written: Any):
    plain = {"prompt": "P", "instruction_id_list": truth["instruction_id"], "kwargs": truth["kwargs"]}
    constraints = read_prompt(iftrain(written(truth))).instruction.constraints
    assert constraints == read_prompt(plain).instruction.constraints


def test_the_prompt_and_the_rest():
    record = iftrain(str([TRUTH]))
    prompt = read_prompt(record | {"response": "Tea.", "model": "m"})
    assert prompt.instruction == hir.Instruction(
        id="ifeval_1", prompt="Describe tea.", constraints=CONSTRAINTS
    )
    assert prompt.responses == ["Tea."]
    kept = ("dataset", "constraint_type", "constraint")
    assert prompt.rest == {name: record[name] for name in kept} | {"model": "m"}


def test_lists_in_the_record_itself():
    prompt = read_prompt({"prompt": "P", **TRUTH})
    assert prompt.instruction.constraints == CONSTRAINTS
    assert prompt.rest == {}


@pytest.mark.parametrize("parameters", [AT_LEAST_3, [AT_LEAST_3]], ids=["object", "list"])
def test_one_kind_may_stand_without_a_list(parameters: Any):
    prompt = read_prompt(iftrain(str([{"instruction_id": WORDS, "kwargs": parameters}])))
    assert prompt.instruction.constraints == CONSTRAINTS[1:]


def test_one_kind_without_parameters():
    prompt = read_prompt(iftrain("{'instruction_id': 'punctuation:no_comma', 'kwargs': None}"))
    assert prompt.instruction.constraints == CONSTRAINTS[:1]


@pytest.mark.parametrize(
    ("more", "prompt"),
    [
        ({"prompt": " Describe tea. "}, "Describe tea."),
        ({"prompt": None}, "Describe tea."),
        ({"prompt": "As a string.", "messages": None}, "As a string."),
        (
            {
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "Describe tea."},
                    {"role": "assistant", "content": "Hot."},
                    {"role": "user", "content": "More!"},
                    {"role": "assistant", "content": None},
                ]
            },
            "More!",
        ),
    ],
    ids=["prompt", "null prompt", "no messages", "several turns"],
)
def test_the_prompt_is_what_the_user_says_last(more: dict[str, Any], prompt: str):
    assert read_prompt(iftrain(str([TRUTH]), **more)).instruction.prompt == prompt


def test_a_ground_truth_beside_constraints_is_kept():
    prompt = read_prompt({"prompt": "P", "constraints": [NO_COMMA], "ground_truth": "42"})
    assert prompt.rest == {"ground_truth": "42"}


def test_responses_are_joined_by_prompt_or_key(tmp_path: Path):
    prompts = write(tmp_path / "prompts.jsonl", [iftrain(str([TRUTH]))])
    for joint in ({"prompt": "Describe tea. "}, {"key": "ifeval_1"}, {"messages": iftrain("")["messages"]}):
        responses = write(tmp_path / "responses.jsonl", [joint | {"response": "Hot tea."}])
        (found,) = read_rollouts(prompts, responses)
        assert (found.instruction.id, found.response) == ("ifeval_1", "Hot tea."), joint


def test_a_prompt_without_a_response_is_named(tmp_path: Path):
    second = iftrain(str([TRUTH]), key=2, messages=[{"role": "user", "content": "Describe milk."}])
    prompts = write(tmp_path / "prompts.jsonl", [iftrain(str([TRUTH])), second])
    responses = write(tmp_path / "responses.jsonl", [{"prompt": "Describe tea.", "response": "Hot tea."}])
    _, left = read_rollouts(prompts, responses)
    assert left.error.problem == "there is no response for the prompt 'Describe milk.'"


NEITHER = "is neither JSON nor a Python literal: "


@pytest.mark.parametrize(
    ("truth", "field", "problem"),
    [
        (None, "", "has to hold an object with instruction_id and kwargs, not None"),
        ("42", "", "has to hold an object with instruction_id and kwargs, not 42"),
        ("['a', 'b']", "", "has to be a list of one object, not of 2"),
        ("[]", "", "has to be a list of one object, not of 0"),
        ("[[]]", "", "has to hold an object with instruction_id and kwargs, not []"),
        ("", "", NEITHER),
        ("The sea.", "", NEITHER),
        ("['The sea.']", "", NEITHER),
        # nothing is evaluated, and nothing makes it crash
        ("__import__('os').system('false')", "", NEITHER),
        ("[open('/etc/passwd')]", "", NEITHER),
        ("{[]: 1}", "", NEITHER),
        ("'\0'", "", NEITHER),
        (r"['\d']", "", NEITHER),
        ("'\ud83d'", "", NEITHER),
        (r"'\ud83d'", "", NEITHER),
        ("[1j, b'\\xff']", "", NEITHER),
        ("[" + "9" * 5000 + ", None]", "", NEITHER),
        ("[" * 50_000, "", NEITHER),
        ("-" * 50_000 + "1", "", NEITHER),
        ("1" + "+1" * 40_000, "", NEITHER),
        ("[" * 99 + "]" * 99, "", "has to hold an object"),
        ("(" + "1," * 100_000 + ")", "", "too long for a Python literal (200002 characters)"),
        # the lists
        ("{}", ".instruction_id", "has to be a list of strings, not null"),
        ("{'instruction_id': [5], 'kwargs': [None]}", ".instruction_id", "has to be a list of strings"),
        ("{'instruction_id': [], 'kwargs': []}", ".instruction_id", "there are no constraints"),
        (f"{{'instruction_id': ['{WORDS}']}}", ".kwargs", "has to be a list of objects, not null"),
        (str(TRUTH | {"kwargs": [None]}), ".kwargs", "has 1 entry for 2 ids"),
        (str(TRUTH | {"kwargs": [None, 5]}), ".kwargs[1]", "has to be an object, not 5"),
        (str([TRUTH | {"kwargs": [None, None]}]), ".kwargs[1].relation", "needs this parameter"),
        (str([TRUTH | {"kwargs": [{b"a": 1}, AT_LEAST_3]}]), ".kwargs[0].a", "no such parameter"),
        (
            "{'instruction_id': ['no:kind'], 'kwargs': [None]}",
            ".instruction_id[0]",
            "unknown constraint kind",
        ),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_bad_ground_truth(truth: Any, field: str, problem: str):
    with pytest.raises(RecordError) as caught:
        read_prompt(iftrain(truth))
    assert caught.value.field == f"ground_truth{field}"
    assert problem in caught.value.problem
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "messages",
    [
        "Describe tea.",
        [],
        [{"role": "system", "content": "Be brief."}],
        [{"role": "user"}],
        [{"role": "user", "content": [{"type": "image"}]}],
        ["Describe tea."],
    ],
    ids=str,
)
def test_bad_messages(messages: Any):
    with pytest.raises(RecordError) as caught:
        read_prompt(iftrain(str([TRUTH]), messages=messages))
    assert str(caught.value.field).startswith("messages")


def test_a_prompt_that_the_messages_do_not_say_is_not_passed_over():
    with pytest.raises(RecordError, match="is not the prompt of the record") as caught:
        read_prompt(iftrain(str([TRUTH]), prompt="As a string."))
    assert caught.value.field == "messages"


def test_a_record_without_a_prompt():
    with pytest.raises(RecordError) as caught:
        read_prompt({"ground_truth": str([TRUTH])})
    assert caught.value.field == "prompt"
