"""Records of RLVR-IFeval: the function that they name as a kind."""

import json
from typing import Any

import pytest
from cases import formats
from cases.formats import NO_COMMAS, WORDS

from hir_data.formats import rlvr
from hir_data.formats.records import read_prompt


def rlvr_constraint(name: str, **arguments: Any) -> dict[str, Any]:
    nulls = dict.fromkeys(["N", "quantifier", "word", "keyword_list", "letter", "first_word", "i", "options"])
    truth = json.dumps({"func_name": name} | nulls | arguments)
    (constraint,) = read_prompt({**formats.RLVR, "ground_truth": truth}).instruction.constraints
    return constraint.record()


def letters(relation: str, number: int) -> dict[str, Any]:
    kind = "keywords:letter_frequency"
    return {"kind": kind, "letter": "a", "let_frequency": number, "let_relation": relation}


def several(*constraints: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "all_of", "constraints": list(constraints)}


def words(relation: str, number: int) -> dict[str, Any]:
    return {"kind": WORDS, "relation": relation, "num_words": number}


@pytest.mark.parametrize(
    ("name", "arguments", "constraint"),
    [
        ("validate_no_commas", {}, {"kind": NO_COMMAS}),
        ("verify_keywords", {"keyword_list": ["tea"]}, {"kind": "keywords:existence", "keywords": ["tea"]}),
        ("validate_word_constraint", {"N": 9, "quantifier": "at least"}, words("at least", 9)),
        ("validate_word_constraint", {"N": 9.0, "quantifier": "at most"}, words("less than", 10)),
        (
            "validate_word_constraint",
            {"N": 100, "quantifier": "around"},
            several(words("at least", 90), words("less than", 111)),
        ),
        (
            "validate_word_constraint",
            {"N": 3, "quantifier": "around"},
            several(words("at least", 2), words("less than", 5)),
        ),
        (
            "verify_letter_frequency",
            {"letter": "a", "N": 3},
            several(letters("at least", 3), letters("less than", 4)),
        ),
        (
            "verify_keyword_frequency",
            {"word": "tea", "N": 0},
            {"kind": "keywords:frequency", "keyword": "tea", "frequency": 1, "relation": "less than"},
        ),
        (
            "validate_paragraphs",
            {"N": 3, "first_word": "tea", "i": 2},
            {
                "kind": "length_constraints:nth_paragraph_first_word",
                "num_paragraphs": 3,
                "nth_paragraph": 2,
                "first_word": "tea",
            },
        ),
        (
            "validate_choice",
            {"options": ["yes", "no"]},
            {
                "kind": "any_of",
                "constraints": [
                    {"kind": "contains", "text": "yes", "whole_word": False, "ignore_case": False},
                    {"kind": "contains", "text": "no", "whole_word": False, "ignore_case": False},
                ],
            },
        ),
    ],
)
def test_a_function_of_rlvr(name: str, arguments: dict[str, Any], constraint: dict[str, Any]):
    assert rlvr_constraint(name, **arguments) == constraint


def test_every_function_of_rlvr_has_a_kind_with_these_parameters():
    values = {
        "N": 2,
        "i": 1,
        "letter": "a",
        "keyword_list": ["a"],
        "forbidden_words": ["a"],
        "language": "fr",
    }
    for name, function in rlvr._FUNCTIONS.items():
        arguments = {theirs: values.get(theirs, "P.S.") for theirs in function.arguments}
        truth = {"func_name": name, "N": 2, "quantifier": "at least"} | arguments
        assert rlvr.constraint_of(truth).kind == function.kind
