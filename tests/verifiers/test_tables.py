"""Which kinds cannot well be asked for together."""

import itertools
import json
from pathlib import Path

import pytest

import hir_data as hir
from hir_data.schemas import registry


@pytest.mark.parametrize(
    ("first", "second", "conflicting"),
    [
        ("punctuation:no_comma", "keywords:existence", False),
        ("length_constraints:number_words", "length_constraints:number_sentences", False),
        ("punctuation:no_comma", "punctuation:no_comma", True),
        ("change_case:english_capital", "change_case:english_lowercase", True),
        ("length_constraints:number_paragraphs", "length_constraints:number_sentences", True),
        ("language:response_language", "keywords:frequency", True),
        ("language:response_language", "keywords:letter_frequency", False),
        ("detectable_format:title", "startend:quotation", True),
        ("detectable_format:constrained_response", "keywords:existence", True),
        ("detectable_format:json_format", "keywords:existence", False),
        ("detectable_format:json_format", "punctuation:no_comma", True),
        ("combination:two_responses", "language:response_language", False),
        ("combination:two_responses", "startend:end_checker", True),
        ("combination:repeat_prompt", "detectable_format:title", False),
        ("combination:repeat_prompt", "keywords:forbidden_words", True),
        ("detectable_format:constrained_response", "word_count", False),
        ("detectable_format:constrained_response", "punctuation:punctuation_dot", True),
        ("detectable_format:json_format", "keywords:palindrome", True),
        ("copy:copy", "keywords:existence", True),
        ("copy:copy", "copy:copying_simple", True),
        ("copy:copy", "word_count", False),
        ("copy:repeat_phrase", "keywords:existence", False),
        ("count:counting_composition", "keywords:frequency", True),
        ("paragraphs:paragraphs", "paragraphs:paragraphs2", True),
        ("count:punctuation", "punctuation:no_comma", True),
        ("count:punctuation", "punctuation:punctuation_exclamation", True),
        ("format:output_template", "change_case:english_capital", True),
        ("format:output_template", "words:vowel", True),
        ("format:output_template", "format:quotes", False),
        ("format:thesis", "format:title_case", True),
        ("format:no_bullets_bullets", "json", True),
        ("format:no_bullets_bullets", "format:line_indent", False),
        ("format:sub-bullets", "combination:two_responses", True),
        ("format:quote_unquote", "startend:quotation", True),
        ("format:no_whitespace", "paragraphs:paragraphs2", True),
        ("format:no_whitespace", "length_constraints:number_words", False),
        ("format:parentheses", "count:count_unique", True),
        ("words:vowel", "paragraphs:paragraphs2", True),
        ("ratio:sentence_words", "detectable_format:sentence_hyphens", True),
    ],
)
def test_a_conflict_goes_both_ways(first: str, second: str, conflicting: bool):
    assert registry.conflict(first, second) is conflicting
    assert registry.conflict(second, first) is conflicting


def test_an_unknown_kind_has_no_conflicts():
    with pytest.raises(hir.UnknownKindError):
        registry.conflict("punctuation:no_comma", "nothing:known")


def test_each_named_conflict_is_a_kind():
    for kind, cls in hir.kinds().items():
        for other in (*cls.conflicts, *(cls.only_compatible_with or ())):
            assert other in hir.kinds(), f"{kind} names {other}"


def reference_table(shared_data: Path, suite: str) -> dict[str, list[str]]:
    path = shared_data.parent / "reference" / f"conflicts_{suite}.json"
    if not path.is_file():
        pytest.skip(f"needs the shared reference beside the shared data: {path.name}")
    return json.loads(path.read_text(encoding="utf-8"))["symmetric"]


def test_the_table_of_ifeval_is_the_references(shared_data):
    table = reference_table(shared_data, "ifeval")
    assert len(table) == 25
    ours = {first: sorted(second for second in table if registry.conflict(first, second)) for first in table}
    assert ours == {first: sorted(seconds) for first, seconds in table.items()}


# What no text satisfies either, or hardly any, though IFTrain's table lacks it.
NOT_IN_THE_TABLE = {
    frozenset(pair)
    for pair in [
        ("count:count_unique", "detectable_format:title"),
        ("detectable_content:postscript", "punctuation:punctuation_dot"),
        ("detectable_format:bigram_wrapping", "length_constraints:nth_paragraph_first_word"),
        ("detectable_format:bigram_wrapping", "startend:end_checker"),
        ("keywords:start_end", "startend:end_checker"),
        ("last_word:last_word_answer", "startend:end_checker"),
        ("detectable_format:sentence_hyphens", "detectable_format:number_bullet_lists"),
        ("detectable_format:sentence_hyphens", "length_constraints:nth_paragraph_first_word"),
        ("detectable_format:sentence_hyphens", "paragraphs:paragraphs2"),
        ("detectable_format:square_brackets", "detectable_format:number_bullet_lists"),
        ("detectable_format:square_brackets", "keywords:palindrome"),
        ("detectable_format:square_brackets", "keywords:start_end"),
        ("detectable_format:square_brackets", "length_constraints:nth_paragraph_first_word"),
        ("detectable_format:square_brackets", "startend:quotation"),
    ]
}


def test_the_table_of_iftrain_is_the_references(shared_data):
    table = reference_table(shared_data, "iftrain")
    added = {kind for kind in table if registry.suite(hir.lookup(kind)) == "iftrain"}
    assert (len(table), len(added)) == (54, 29)
    pairs = {frozenset(pair) for pair in itertools.product(added, table)}
    ours = {pair for pair in pairs if registry.conflict(min(pair), max(pair))}
    assert ours - NOT_IN_THE_TABLE == {pair for pair in pairs if max(pair) in table[min(pair)]}
    assert ours >= NOT_IN_THE_TABLE
