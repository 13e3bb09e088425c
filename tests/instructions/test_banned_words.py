"""A word that one constraint demands and another one forbids, whichever kinds they are of."""

import itertools

import pytest

import hir_data as hir

DEMANDS = [
    {"kind": "contains", "text": "the sea"},
    {"kind": "keywords:existence", "keywords": ["lake", "sea"]},
    {"kind": "keywords:frequency", "keyword": "sea", "frequency": 2, "relation": "at least"},
    {"kind": "keywords:word_once", "keyword": "sea"},
    {
        "kind": "keywords:word_count_different_numbers",
        "keyword": "sea",
        "frequency": 1,
        "relation": "at least",
    },
    {"kind": "count:count_increment_word", "keyword1": "lake", "keyword2": "sea"},
    {
        "kind": "count:keywords_multiple",
        "keyword1": "bay",
        "keyword2": "tide",
        "keyword3": "fog",
        "keyword4": "sea",
    }
    | {"keyword5": "cliff"},
    {"kind": "first_word:first_word_answer", "first_word": "Sea"},
    {"kind": "first_word:first_word_sent", "first_word": "Sea"},
    {"kind": "last_word:last_word_answer", "last_word": "sea"},
    {"kind": "last_word:last_word_sent", "last_word": "sea"},
    {"kind": "keywords:keyword_specific_position", "keyword": "sea", "n": 1, "m": 2},
    {"kind": "words:keywords_specific_position", "keyword": "sea", "n": 1, "m": 2},
    {"kind": "words:words_position", "keyword": "sea"},
    {"kind": "sentence:keyword", "word": "sea", "N": 2},
    {"kind": "paragraph_first_word", "paragraphs": 3, "number": 2, "word": "sea"},
    {"kind": "length_constraints:nth_paragraph_first_word", "num_paragraphs": 3, "nth_paragraph": 2}
    | {"first_word": "sea"},
    {"kind": "copy:repeat_phrase", "phrase": "Quiet lakes keep the secrets of the sea", "small_n": 2},
    {"kind": "starts_with", "text": "The sea is"},
    {"kind": "ends_with", "text": "We love the sea."},
    {"kind": "startend:end_checker", "end_phrase": "to the sea!"},
    {"kind": "detectable_format:multiple_sections", "section_spliter": "Sea", "num_sections": 3},
    {"kind": "detectable_content:postscript", "postscript_marker": "Sea"},
]
"""Each takes the word "sea"; every kind that is given a word or a phrase has a row."""

BANS = [
    {"kind": "keywords:forbidden_words", "forbidden_words": ["lagoon", "sea"]},
    {"kind": "keywords:exclude_word_harder", "keyword": "sea"},
    {"kind": "keywords:frequency", "keyword": "sea", "frequency": 1, "relation": "less than"},
    {
        "kind": "keywords:word_count_different_numbers",
        "keyword": "sea",
        "frequency": 1,
        "relation": "less than",
    },
    {"kind": "not", "constraint": {"kind": "contains", "text": "sea"}},
    {"kind": "not", "constraint": {"kind": "contains", "text": "sea", "ignore_case": True}},
    {"kind": "not", "constraint": {"kind": "keywords:existence", "keywords": ["sea"]}},
]

OTHER_BANS = [
    {"kind": "keywords:forbidden_words", "forbidden_words": ["lagoon", "season"]},
    {"kind": "keywords:exclude_word_harder", "keyword": "season"},
    {"kind": "keywords:frequency", "keyword": "season", "frequency": 1, "relation": "less than"},
    {"kind": "not", "constraint": {"kind": "contains", "text": "season"}},
]


@pytest.mark.parametrize("demand", DEMANDS, ids=lambda record: record["kind"])
def test_a_word_is_not_demanded_and_forbidden(demand: dict):
    for ban in BANS:
        for pair in itertools.permutations([hir.parse(demand), hir.parse(ban)]):
            assert [each.type for each in hir.conflicts(pair)] in (["contradiction"], ["unlikely"]), ban


@pytest.mark.parametrize("demand", DEMANDS, ids=lambda record: record["kind"])
def test_another_word_may_be_forbidden(demand: dict):
    for ban in OTHER_BANS:
        assert hir.conflicts([hir.parse(demand), hir.parse(ban)]) == [], ban


def test_a_middle_word_of_a_phrase_may_be_the_one_that_is_changed():
    phrase = hir.parse(DEMANDS[17])
    assert (
        hir.conflicts([phrase, hir.parse({"kind": "keywords:forbidden_words", "forbidden_words": ["keep"]})])
        == []
    )
