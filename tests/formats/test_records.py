"""Records of prompts, in every shape that is known, made into instructions."""

import json
import pickle
from typing import Any

import pytest
from files import NO_COMMA, ifeval, native

import hir_data as hir
from hir_data.errors import RecordError
from hir_data.formats.records import read_prompt, record_key

NO_COMMA_KIND = hir.parse(NO_COMMA)
WORDS = "length_constraints:number_words"
AT_LEAST_3 = {"relation": "at least", "num_words": 3}


def listed(*entries: tuple[str, Any], **more: Any) -> dict[str, Any]:
    """A record of IFEval's shape with these kinds and parameters."""
    kinds, parameters = zip(*entries, strict=True)
    return {
        "key": 1,
        "prompt": "P",
        "instruction_id_list": list(kinds),
        "kwargs": list(parameters),
        **more,
    }


def constrained(*constraints: Any) -> dict[str, Any]:
    """A record of our own shape with these constraints."""
    return {"id": 1, "prompt": "P", "constraints": list(constraints)}


# Shapes

INSTRUCTION = hir.Instruction(id=1, prompt="P", constraints=[NO_COMMA, {"kind": WORDS, **AT_LEAST_3}])
NATIVE = constrained(NO_COMMA, {"kind": WORDS, **AT_LEAST_3})
IFEVAL = listed(("punctuation:no_comma", {}), (WORDS, AT_LEAST_3))
SHAPES = {
    "ifeval": IFEVAL,
    "ifeval, all parameters": listed(
        ("punctuation:no_comma", {"num_words": None, "relation": None}),
        (WORDS, {**AT_LEAST_3, "keywords": None, "language": None}),
    ),
    "ifeval, no parameters": listed(("punctuation:no_comma", None), (WORDS, AT_LEAST_3)),
    "ifeval, floats": listed(("punctuation:no_comma", {}), (WORDS, {**AT_LEAST_3, "num_words": 3.0})),
    "ifeval, tuples": IFEVAL | {name: tuple(IFEVAL[name]) for name in ("instruction_id_list", "kwargs")},
    "ifeval, id": {("id" if name == "key" else name): value for name, value in IFEVAL.items()},
    "native": NATIVE,
    "native, key": {("key" if name == "id" else name): value for name, value in NATIVE.items()},
    "native, in columns": NATIVE | {"constraints": [json.dumps(entry) for entry in NATIVE["constraints"]]},
    "native, nulls": constrained(
        {**NO_COMMA, "num_words": None, "relation": None}, {"kind": WORDS, **AT_LEAST_3, "letter": None}
    ),
    "rollout": {"instruction": NATIVE},
    "verified": {"rollout": {"instruction": NATIVE}, "results": [], "ila": True},
    "instruction of ours": {"instruction": INSTRUCTION.model_dump(mode="json")},
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape(shape: str):
    prompt = read_prompt(SHAPES[shape])
    assert prompt.instruction == INSTRUCTION
    assert prompt.responses is None
    assert prompt.rest == {}


@pytest.mark.parametrize(
    ("more", "responses"),
    [
        ({}, None),
        ({"response": "Tea."}, ["Tea."]),
        ({"response": None}, [None]),
        ({"responses": ["Tea.", "Milk."]}, ["Tea.", "Milk."]),
        ({"responses": []}, []),
        ({"responses": ["Tea."], "response": "Milk."}, ["Tea."]),
    ],
)
@pytest.mark.parametrize("shape", ["ifeval", "native", "rollout"])
def test_responses_and_the_rest(shape: str, more: dict[str, Any], responses: list | None):
    prompt = read_prompt(SHAPES[shape] | more | {"model": "m", "score": {"a": None}})
    assert prompt.responses == responses
    assert prompt.rest == {"model": "m", "score": {"a": None}}


@pytest.mark.parametrize(
    ("record", "key"),
    [
        ({"id": 7}, 7),
        ({"key": "a-7"}, "a-7"),
        ({"id": 0, "key": 7}, 0),
        ({"id": None, "key": 7}, 7),
        ({"id": ""}, ""),
        ({}, None),
        ({"id": None}, None),
    ],
)
def test_keys(record: dict[str, Any], key: int | str | None):
    assert record_key(record) == key
    assert read_prompt({"prompt": "P", "constraints": [NO_COMMA], **record}).instruction.id == key


def test_an_explicit_zero_is_a_zero():
    (letters,) = read_prompt(
        listed(
            (
                "keywords:letter_frequency",
                {"letter": "a", "let_frequency": 0, "let_relation": "at least", "num_words": None},
            )
        )
    ).instruction.constraints
    assert letters.let_frequency == 0


def test_repeated_kinds_keep_their_places():
    entries = [(WORDS, {"relation": "less than", "num_words": number}) for number in (9, 5, 9)]
    constraints = read_prompt(listed(*entries)).instruction.constraints
    assert [constraint.num_words for constraint in constraints] == [9, 5, 9]


def test_equal_records_share_their_constraints():
    first, second = (read_prompt(record).instruction.constraints for record in (IFEVAL, NATIVE))
    assert first[0] is second[0]
    assert first[1] is second[1]
    assert read_prompt(listed((WORDS, {**AT_LEAST_3, "num_words": 4}))).instruction.constraints[0] != first[1]


# What a prompt was made of

ORIGIN = {"question": "P?", "criteria": ["No commas", "3 words"], "presentation": "lines"}


@pytest.mark.parametrize("shape", [lambda record: record, lambda record: {"instruction": record}])
def test_the_origin_of_a_prompt(shape):
    prompt = read_prompt(shape(NATIVE | ORIGIN))
    instruction = prompt.instruction
    assert (instruction.question, instruction.criteria) == ("P?", ("No commas", "3 words"))
    assert instruction.presentation == "lines"
    assert prompt.rest == {}
    written = instruction.model_dump(mode="json")
    assert {name: written[name] for name in ORIGIN} == ORIGIN
    assert read_prompt({"instruction": written}).instruction == instruction
    assert hir.Instruction.model_validate_json(instruction.model_dump_json()) == instruction
    assert pickle.loads(pickle.dumps(instruction)) == instruction


def test_an_origin_that_is_not_known_is_not_written():
    assert ORIGIN.keys().isdisjoint(INSTRUCTION.model_dump(mode="json"))
    assert b"question" not in INSTRUCTION.model_dump_json().encode()
    assert read_prompt(NATIVE | dict.fromkeys(ORIGIN)).instruction == INSTRUCTION


def test_a_presentation_by_its_number():
    assert read_prompt(NATIVE | {"presentation": "type6"}).instruction.presentation == "lines"


def test_the_origin_belongs_to_the_instruction():
    assert read_prompt(IFEVAL | ORIGIN).instruction == read_prompt(NATIVE | ORIGIN).instruction
    assert read_prompt(IFEVAL | ORIGIN).rest == {}
    prompt = read_prompt({"instruction": NATIVE | ORIGIN, "response": "Tea.", "question": 3})
    assert (prompt.instruction.question, prompt.rest) == ("P?", {"question": 3})


def test_an_instruction_has_one_criterion_a_constraint():
    with pytest.raises(ValueError, match="has 1 entry in criteria for 2 constraints"):
        hir.Instruction(prompt="P", constraints=INSTRUCTION.constraints, criteria=["No commas"])
    with pytest.raises(hir.RecordError, match="there is no presentation 'nice'"):
        hir.Instruction(prompt="P", constraints=INSTRUCTION.constraints, presentation="nice")


# What is wrong with a record


@pytest.mark.parametrize(
    ("record", "field", "problem"),
    [
        ({}, None, "a prompt needs constraints, under one of the names instruction_id_list,"),
        ({"prompt": "P", "response": "Tea."}, None, "a prompt needs"),
        ({"rollout": {"response": "Tea."}}, None, "a prompt needs"),
        ({"instruction": {"prompt": "P"}}, None, "a prompt needs"),
        # the prompt
        ({"constraints": [NO_COMMA]}, "prompt", "missing"),
        ({"prompt": None, "constraints": [NO_COMMA]}, "prompt", "is null"),
        ({"prompt": 5, "constraints": [NO_COMMA]}, "prompt", "has to be a string, not 5"),
        # the key
        (native(1) | {"id": 1.5}, "id", "a number or a string, not 1.5"),
        (native(1) | {"id": True}, "id", "a number or a string, not True"),
        (ifeval(1, key=[1]), "key", "a number or a string, not [1]"),
        # the lists
        (ifeval(1, instruction_id_list=None), "instruction_id_list", "a list of strings, not null"),
        (ifeval(1, instruction_id_list="punctuation:no_comma"), "instruction_id_list", "a list of strings"),
        (ifeval(1, instruction_id_list=[1, 2]), "instruction_id_list", "a list of strings, not [1, 2]"),
        (ifeval(1, instruction_id_list=[], kwargs=[]), "instruction_id_list", "there are no constraints"),
        (ifeval(1, kwargs=None), "kwargs", "a list of objects, not null"),
        (ifeval(1, kwargs={}), "kwargs", "a list of objects, not {}"),
        (ifeval(1, kwargs=[{}]), "kwargs", "has 1 entry for 2 ids"),
        (ifeval(1, kwargs=[{}, {}, {}]), "kwargs", "has 3 entries for 2 ids"),
        (ifeval(1, kwargs=[{}, 3]), "kwargs[1]", "has to be an object, not 3"),
        (ifeval(1, kwargs=["[]", {}]), "kwargs[0]", "has to be an object, not []"),
        (ifeval(1, kwargs=["{}", "{"]), "kwargs[1]", "malformed JSON: "),
        (ifeval(1, kwargs=["-", {}]), "kwargs[0]", "has to be an object, not '-'"),
        (constrained() | {"constraints": None}, "constraints", "a list of objects, not null"),
        (constrained() | {"constraints": NO_COMMA}, "constraints", "a list of objects, not {"),
        (constrained(), "constraints", "there are no constraints"),
        (constrained(NO_COMMA, 3), "constraints[1]", 'an object with a "kind"'),
        (constrained(NO_COMMA, {}), "constraints[1]", 'an object with a "kind"'),
        (constrained({"kind": 3}), "constraints[0]", 'an object with a "kind"'),
        (constrained("[]"), "constraints[0]", 'an object with a "kind"'),
        (constrained('{"kind": '), "constraints[0]", "malformed JSON: "),
        # kinds and parameters
        (
            listed((WORDS, AT_LEAST_3), ("punctuation:no_coma", {})),
            "instruction_id_list[1]",
            "unknown constraint kind 'punctuation:no_coma'; did you mean punctuation:no_comma",
        ),
        (constrained({"kind": "no_such"}), "constraints[0]", "unknown constraint kind 'no_such'"),
        (listed((WORDS, {"num_words": 3})), "kwargs[0].relation", f"{WORDS} needs this parameter"),
        (listed((WORDS, {**AT_LEAST_3, "relation": None})), "kwargs[0].relation", "needs this parameter"),
        (
            listed((WORDS, {**AT_LEAST_3, "words": 3})),
            "kwargs[0].words",
            f"{WORDS} has no such parameter (it has: relation, num_words)",
        ),
        (listed((WORDS, {**AT_LEAST_3, "num_words": "3"})), "kwargs[0].num_words", "integer, not '3'"),
        (listed((WORDS, {**AT_LEAST_3, "num_words": 2.5})), "kwargs[0].num_words", "not 2.5"),
        (listed((WORDS, {**AT_LEAST_3, "num_words": True})), "kwargs[0].num_words", "not True"),
        (listed((WORDS, {**AT_LEAST_3, "num_words": -1})), "kwargs[0].num_words", "not -1"),
        (listed((WORDS, {**AT_LEAST_3, "num_words": float("nan")})), "kwargs[0].num_words", "not nan"),
        (listed((WORDS, {**AT_LEAST_3, "relation": "more than"})), "kwargs[0].relation", "'more than'"),
        (constrained(NO_COMMA, {"kind": "word_count"}), "constraints[1]", "give min, max or both"),
        (constrained({"kind": "word_count", "min": "x"}), "constraints[0].min", "integer, not 'x'"),
        (
            listed(("keywords:existence", {"keywords": ["tea", 5]})),
            "kwargs[0].keywords[1]",
            "string, not 5",
        ),
        # what the prompt was made of
        (NATIVE | {"question": 3}, "question", "has to be a string, not 3"),
        (NATIVE | {"criteria": "No commas"}, "criteria", "has to be a list of strings, not 'No commas'"),
        (NATIVE | {"criteria": ["a", None]}, "criteria", "has to be a list of strings, not ['a', None]"),
        (NATIVE | {"criteria": ["a"]}, "criteria", "has 1 entry for 2 constraints"),
        (NATIVE | {"presentation": "nice"}, "presentation", "there is no presentation 'nice'; there are "),
        # responses
        (native(1, None, responses="Tea."), "responses", "has to be a list, not 'Tea.'"),
        (native(1, None, responses=None), "responses", "has to be a list, not null"),
    ],
)
def test_a_bad_record(record: dict[str, Any], field: str | None, problem: str):
    with pytest.raises(RecordError) as caught:
        read_prompt(record)
    assert caught.value.field == field
    assert problem in caught.value.problem
    assert "\n" not in str(caught.value)
