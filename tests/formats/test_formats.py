"""The formats of the field: what is read of each, what is kept, and how a broken row is named."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from cases import formats
from cases.formats import AT_LEAST_3, CRITERIA, FIXTURES, NO_COMMAS, PROMPT, TRIPLES, WORDS
from files import write, write_parquet

import hir_data as hir
from hir_data.errors import RecordError
from hir_data.formats.catalogue import FORMATS, format_named, format_of, target_named
from hir_data.formats.grammar.parse import parse_muldimif
from hir_data.formats.muldimif import counted_as
from hir_data.formats.reader import read_instructions, read_rollouts
from hir_data.formats.records import read_prompt
from hir_data.schemas.rejected import Rejected

EVERY = [(name, record) for name, records in FIXTURES.items() for record in records]
TWO = (hir.parse({"kind": NO_COMMAS}), hir.parse({"kind": WORDS, **AT_LEAST_3}))


def test_every_format_has_a_fixture():
    assert {form.name for form in FORMATS} == set(FIXTURES)


@pytest.mark.parametrize(("name", "record"), EVERY)
def test_a_format_is_recognised_and_can_be_forced(name: str, record: dict[str, Any]):
    assert format_of(record).name == name
    assert read_prompt(copy.deepcopy(record)) == read_prompt(copy.deepcopy(record), name)


@pytest.mark.parametrize(
    "record",
    [
        formats.IFEVAL,
        formats.HUGGING_FACE,
        formats.ARGILLA,
        formats.ARGILLA_BY_INSTRUCTION,
        formats.NATIVE,
        formats.IFTRAIN,
        formats.NEMO_GYM,
        formats.HIR_IFEVAL,
        formats.IFDECORATOR,
    ],
)
def test_they_say_the_same(record: dict[str, Any]):
    instruction = read_prompt(record).instruction
    assert (instruction.prompt, instruction.constraints) == (PROMPT, TWO)


def test_a_row_of_hir():
    prompt = read_prompt(formats.HIR_IFEVAL)
    instruction = prompt.instruction
    assert (instruction.id, instruction.question, instruction.presentation) == (
        "7",
        "Describe tea.",
        "inline",
    )
    assert instruction.criteria == tuple(CRITERIA)
    assert prompt.rest == {
        "data_source": "type1",
        "ability": "if",
        "reward_model": {"style": "rule"},
        "extra_info": {"index": 4},
    }


def test_a_row_of_hir_with_sentences():
    prompt = read_prompt(formats.HIR_MULDIMIF)
    assert prompt.instruction.constraints == tuple(parse_muldimif(*triple) for triple in TRIPLES)
    assert prompt.rest["subcategory"] == ["Content_Keywords", "Length_Words"]
    assert prompt.rest["reward_model"]["ground_truth"] == {"difficulty": "Level 2"}


@pytest.mark.parametrize("truth", ["{}", json.dumps({"constraints": ["a", "b"]})])
def test_criteria_are_the_sentences_where_the_type_says_so(truth: str):
    row = copy.deepcopy(formats.HIR_MULDIMIF)
    row["reward_model"]["ground_truth"] = truth
    sentences = [triple[2] for triple in TRIPLES]
    prompt = read_prompt(row)
    assert prompt.instruction.constraints == tuple(parse_muldimif("", "", text) for text in sentences)
    assert "category" not in prompt.rest
    with pytest.raises(RecordError) as caught:
        read_prompt(row | {"data_source": "type1"})
    assert caught.value.field.startswith("reward_model.ground_truth")


def test_what_a_decorated_row_says_besides_is_kept():
    truth = read_prompt(formats.IFDECORATOR).rest["reward_model"]["ground_truth"]
    assert sorted(truth) == ["complex_instruction_soft", "constraints", "hard_constraints_checklist"]


def test_a_row_of_nemo_gym():
    prompt = read_prompt(formats.NEMO_GYM)
    assert prompt.instruction.chat() == formats.NEMO_GYM["responses_create_params"]["input"]
    assert prompt.rest == {
        "responses_create_params": {"temperature": 1.0},
        "verifier_metadata": {"grading_mode": "fraction"},
    }


def test_a_row_of_muldimif():
    asked, answered = map(read_prompt, FIXTURES["muldimif"])
    assert (asked.responses, answered.responses) == (None, ["Hot."])
    assert asked.instruction == answered.instruction
    assert asked.instruction.prompt == PROMPT
    assert asked.instruction.criteria == tuple(triple[2] for triple in TRIPLES)
    assert asked.rest == answered.rest == {
        "constraint_pattern": "Listing",
        "difficulty": "Level 1",
        "constraint_types": [triple[:2] for triple in TRIPLES],
        "category": ["Content", "Length"],
        "subcategory": ["Content_Keywords", "Length_Words"],
    }  # fmt: skip


def test_a_conversation_is_kept_and_a_response_beside_it_counts():
    turns = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": PROMPT},
        {"role": "assistant", "content": "Hot."},
    ]
    found = read_prompt({**formats.MULDIMIF, "conversations": turns})
    assert (found.responses, found.instruction.chat()) == (["Hot."], turns[:2])
    found = read_prompt({**formats.MULDIMIF, "conversations": turns, "response": "Cold."})
    assert (found.responses, found.instruction.chat()) == (["Cold."], turns[:2])
    assert found.rest["reference"] == turns[2]


@pytest.mark.parametrize(
    ("category", "subcategory", "counted"),
    [
        ("Content", "Keywords", "Content_Keywords"),
        ("Content", "Punctuation: Ending punctuation", "Content_Punctuation"),
        ("Punctuation", "Ending punctuation", "Content_Punctuation"),
        ("Format", "Text", "Content_Identifiers"),
        ("Format", "Blurb", "Length_Words"),
        ("Format", "Markdown: Heading levels", "Format_Markdown"),
        ("XML", "Number of attributes", "Format_XML"),
        ("Json", "Object nesting levels", "Format_Json"),
        ("Table", "Table", "Format_Table"),
        ("Language", "Chinese: Traditional", "Language_Chinese"),
        ("Of", "Somebody", "Of_Somebody"),
    ],
)
def test_what_a_category_is_counted_as(category: str, subcategory: str, counted: str):
    assert counted_as(category, subcategory) == counted


@pytest.mark.parametrize("record", [formats.VERIF, formats.VERIF_IN_VERL])
def test_checklists_are_for_a_judge_and_programs_are_not_run(record: dict[str, Any]):
    prompt = read_prompt(record)
    assert [one.record() for one in prompt.instruction.constraints] == [
        {"kind": "soft:criterion", "criterion": "no commas"},
        {"kind": "soft:criterion", "criterion": "The tone is warm."},
    ]
    assert prompt.rest["checkers"] == formats.VERIF["checkers"]
    rollout = hir.Rollout(instruction=prompt.instruction, response="Tea.")
    assert {result.strict.status for result in hir.verify_one(rollout).results} == {"unjudged"}


def test_a_record_of_autoif():
    prompt = read_prompt(formats.AUTOIF)
    assert prompt.responses == ["Tea is free.", "Tea, for me."]
    (constraint,) = prompt.instruction.constraints
    assert constraint.record() == {"kind": "soft:criterion", "criterion": "Answer in verse."}
    assert prompt.instruction.question == "Describe tea."
    assert prompt.instruction.criteria == ("Answer in verse.",)
    assert prompt.rest["eval_func"] == formats.AUTOIF["eval_func"]
    assert prompt.rest["response_scores"] == [8, 3]
    without = {name: value for name, value in formats.AUTOIF.items() if name != "prompt"}
    assert read_prompt(without).instruction.prompt == "Describe tea. Answer in verse."


# Broken rows


def broken(record: dict[str, Any], path: str, value: Any = ...) -> dict[str, Any]:
    """A record with another value at a path, or without it."""
    record = copy.deepcopy(record)
    *parents, last = path.split(".")
    inner = record
    for name in parents:
        inner = inner[name]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return record


TRUTH, TOLD = "reward_model.ground_truth", "verifier_metadata"
NO_SUCH = {"instruction_id_list": ["punctuation:no_coma"], "kwargs": [{}]}


@pytest.mark.parametrize(
    ("record", "field", "problem"),
    [
        # IFEval's copies
        (broken(formats.ARGILLA, "kwargs", "[{"), "kwargs", "malformed JSON"),
        (broken(formats.ARGILLA, "kwargs", "[3, 4]"), "kwargs[0]", "has to be an object, not 3"),
        (broken(formats.ARGILLA_BY_INSTRUCTION, "instruction"), "prompt", "missing"),
        # NeMo Gym
        (
            broken(formats.NEMO_GYM, f"{TOLD}.instruction_id_list"),
            None,
            "a prompt needs constraints",
        ),
        (broken(formats.NEMO_GYM, "verifier_metadata", "x"), "verifier_metadata", "has to be an object"),
        (
            broken(formats.NEMO_GYM, f"{TOLD}.kwargs", [{}]),
            f"{TOLD}.kwargs",
            "1 entry for 2",
        ),
        (
            broken(formats.NEMO_GYM, f"{TOLD}.kwargs", [None, {"num_words": 3}]),
            f"{TOLD}.kwargs[1].relation",
            "needs this parameter",
        ),
        (
            broken(broken(formats.NEMO_GYM, f"{TOLD}.prompt"), "responses_create_params.input", [{}]),
            "responses_create_params.input",
            "has to be a list of messages",
        ),
        # verl
        (broken(formats.HIR_IFEVAL, TRUTH), TRUTH, "missing"),
        (broken(formats.HIR_IFEVAL, "reward_model", "x"), "reward_model", "has to be an object"),
        (broken(formats.HIR_IFEVAL, TRUTH, "42"), TRUTH, "has to hold an object"),
        (broken(formats.HIR_IFEVAL, TRUTH, "{"), TRUTH, "is neither JSON nor a Python literal"),
        (broken(formats.HIR_IFEVAL, TRUTH, "{}"), TRUTH, "states no constraints"),
        (
            broken(formats.HIR_IFEVAL, TRUTH, json.dumps(NO_SUCH)),
            f"{TRUTH}.instruction_id_list[0]",
            "did you mean punctuation:no_comma",
        ),
        (
            broken(formats.IFDECORATOR, TRUTH, {"instruction_id_list": [WORDS], "kwargs": [{}]}),
            f"{TRUTH}.kwargs[0].relation",
            "needs this parameter",
        ),
        (broken(formats.HIR_IFEVAL, "prompt"), "prompt", "missing"),
        (broken(formats.HIR_IFEVAL, "prompt", []), "prompt", "has to be a list of messages"),
        (broken(formats.HIR_IFEVAL, "extra_info.criteria", ["a"]), "extra_info.criteria", "1 entry for 2"),
        (
            broken(formats.HIR_IFEVAL, "extra_info.q_type", "type9"),
            "extra_info.q_type",
            "no presentation",
        ),
        # MulDimIF
        (broken(formats.MULDIMIF, "conversations"), "conversations", "missing"),
        (broken(formats.MULDIMIF, "conversations", []), "conversations", "has to be a list of messages"),
        (
            broken(formats.MULDIMIF, "constraints", [TRIPLES[0], ["Length", "Words"]]),
            "constraints[1]",
            "has to be [category, subcategory, sentence], not ['Length', 'Words']",
        ),
        (broken(formats.MULDIMIF, "constraints", [[1, 2, 3]]), "constraints[0]", "has to be [category"),
        (
            broken(formats.HIR_MULDIMIF, TRUTH, {"constraints": [["a"]]}),
            f"{TRUTH}.constraints[0]",
            "has to be [category",
        ),
        # open-instruct
        (
            broken(formats.RLVR, "ground_truth", '{"func_name": "validate_haiku"}'),
            "ground_truth.func_name",
            "there is no function 'validate_haiku' of RLVR-IFeval; there are verify_keywords, ",
        ),
        (
            broken(formats.RLVR, "ground_truth", '{"func_name": null}'),
            "ground_truth.func_name",
            "null of",
        ),
        (
            broken(formats.RLVR, "ground_truth", '{"func_name": "validate_word_constraint", "N": null}'),
            "ground_truth.N",
            "validate_word_constraint needs this argument",
        ),
        (
            broken(formats.RLVR, "ground_truth", '{"func_name": "validate_word_constraint", "N": "x"}'),
            "ground_truth.N",
            "has to be a number, 0 or more, not 'x'",
        ),
        (
            broken(
                formats.RLVR,
                "ground_truth",
                '{"func_name": "verify_sentence_constraint", "N": 3, "quantifier": "about"}',
            ),
            "ground_truth.quantifier",
            'has to be "at least", "at most" or "around", not \'about\'',
        ),
        (
            broken(formats.RLVR, "ground_truth", '{"func_name": "verify_keywords", "keyword_list": "tea"}'),
            "ground_truth.keyword_list",
            "not 'tea'",
        ),
        (
            broken(formats.RLVR, "ground_truth", '{"func_name": "validate_choice", "options": "yes/no"}'),
            "ground_truth.options",
            "has to be a list of strings, not 'yes/no'",
        ),
        # checklists
        (broken(formats.VERIF, "checkers", "x"), "checkers", "has to be a list of strings, not 'x'"),
        (broken(formats.VERIF, "checkers", []), "checkers", "there are no constraints"),
        (broken(formats.VERIF, "checkers", ["a", 3]), "checkers[1]", "has to be a string, not 3"),
        (broken(formats.VERIF, "checkers", ["[llm] "]), "checkers[0]", "says nothing"),
        (broken(formats.VERIF_IN_VERL, TRUTH, {"checkers": [""]}), f"{TRUTH}.checkers[0]", "says nothing"),
        (broken(formats.AUTOIF, "instruction", 3), "instruction", "has to be a string, not 3"),
        (broken(formats.AUTOIF, "instruction", " "), "instruction[0]", "says nothing"),
        (broken(formats.AUTOIF, "query", 3), "query", "has to be a string, not 3"),
    ],
)
def test_a_broken_row_is_rejected_by_name(
    tmp_path: Path, record: Any, field: str | None, problem: str | None
):
    (found,) = read_instructions(write(tmp_path / "in.jsonl", [record]))
    assert isinstance(found, Rejected)
    assert found.error.field == field
    assert problem in found.error.problem
    assert found.error.line == 1


@pytest.mark.parametrize(
    ("name", "record", "problem"),
    [
        ("verl", formats.IFEVAL, "reward_model: a record of verl has this field, and here it is missing"),
        ("ifeval", formats.NATIVE, "instruction_id_list: a record of ifeval has this field"),
        ("nemo-gym", formats.VERIF, "verifier_metadata: "),
    ],
)
def test_a_record_of_another_format_is_rejected(tmp_path: Path, name: str, record: Any, problem: str):
    (found,) = read_instructions(write(tmp_path / "in.jsonl", [record]), format=name)
    assert problem in str(found.error)


def test_names_of_formats():
    assert format_named("verl").name == "verl"
    assert target_named("verl").name == "verl"
    with pytest.raises(
        RecordError, match="there is no format 'ifevl'; there are verl-dump, nemo-gym, ifeval"
    ):
        format_named("ifevl")
    with pytest.raises(
        RecordError,
        match="records of verif can only be read, not written; there are nemo-gym, ifeval, native,",
    ):
        target_named("verif")
    with pytest.raises(
        RecordError, match="there is no format 'ifevl' to write; there are nemo-gym, ifeval, native,"
    ):
        target_named("ifevl")
    with pytest.raises(RecordError, match="there is no format 'x'"):
        list(read_rollouts("absent.jsonl", format="x"))


# In tables and joins


def test_rows_in_a_table(tmp_path: Path):
    """Where rows of several data sets share a table, each has the columns of the others as nulls."""
    records = [formats.HUGGING_FACE, formats.HIR_IFEVAL, formats.IFDECORATOR, formats.RLVR]
    rows = [json.loads(json.dumps(record)) for record in records]
    rows[2]["reward_model"]["ground_truth"] = json.dumps(rows[2]["reward_model"]["ground_truth"])
    for row in rows:
        if isinstance(row.get("prompt"), list):
            row["messages"] = row.pop("prompt")
    found = list(read_instructions(write_parquet(tmp_path / "in.parquet", rows)))
    assert [one.instruction.constraints for one in found] == [TWO, TWO, TWO, TWO[:1]]


@pytest.mark.parametrize("name", ["verl", "nemo-gym", "muldimif", "open-instruct", "ifeval"])
def test_responses_are_joined_by_prompt(tmp_path: Path, name: str):
    prompts = write(tmp_path / "prompts.jsonl", FIXTURES[name][:1])
    responses = write(tmp_path / "responses.jsonl", [{"prompt": f"{PROMPT} ", "response": "Hot tea."}])
    (found,) = read_rollouts(prompts, responses, format=name)
    assert (found.response, found.instruction.prompt) == ("Hot tea.", PROMPT)
