"""Which kinds cannot well be asked for together."""

import json

import pytest

import hir_data as hir


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
    ],
)
def test_a_conflict_goes_both_ways(first: str, second: str, conflicting: bool):
    assert hir.conflict(first, second) is conflicting
    assert hir.conflict(second, first) is conflicting


def test_an_unknown_kind_has_no_conflicts():
    with pytest.raises(hir.UnknownKindError):
        hir.conflict("punctuation:no_comma", "nothing:known")


def test_each_named_conflict_is_a_kind():
    for kind, cls in hir.kinds().items():
        for other in (*cls.conflicts, *(cls.compatible or ())):
            assert other in hir.kinds(), f"{kind} names {other}"


def test_the_table_of_ifeval_is_the_references(shared_data):
    path = shared_data.parent / "reference" / "conflicts_ifeval.json"
    if not path.is_file():
        pytest.skip("needs the shared reference beside the shared data: conflicts_ifeval.json")
    table = json.loads(path.read_text(encoding="utf-8"))["symmetric"]
    assert len(table) == 25
    ours = {first: sorted(second for second in table if hir.conflict(first, second)) for first in table}
    assert ours == {first: sorted(seconds) for first, seconds in table.items()}
