"""The places that decide a verdict."""

import pytest

import hir_data as hir
from hir_data.report.marks import MOST, places
from hir_data.schemas import registry

TEXT = "* First, we *go*. NASA says [name] it.\n- The Sea, the sea. Part 2 of seal\n\nP.S. Bye now."
MORE = "See https://a.org/b and 👋🏽 from 🇳🇴"


@pytest.mark.parametrize(
    ("constraint", "marked"),
    [
        ({"kind": "punctuation:no_comma"}, [",", ","]),
        ({"kind": "keywords:forbidden_words", "forbidden_words": ["sea"]}, ["Sea", "sea"]),
        ({"kind": "keywords:existence", "keywords": ["sea", "go"]}, ["go", "Sea", "sea", "sea"]),
        ({"kind": "contains", "text": "sea"}, ["sea", "sea"]),
        ({"kind": "contains", "text": "sea", "whole_word": True}, ["sea"]),
        ({"kind": "detectable_format:number_bullet_lists", "num_bullets": 2}, ["*", "-"]),
        ({"kind": "detectable_content:number_placeholders", "num_placeholders": 2}, ["[name]"]),
        ({"kind": "change_case:english_capital"}, ["irst", "we", "go"]),
        ({"kind": "change_case:english_lowercase"}, ["F", "NASA", "T"]),
        ({"kind": "startend:end_checker", "end_phrase": "good bye"}, ["Bye now."]),
        ({"kind": "starts_with", "text": "Dear"}, ["* Fi"]),
        (
            {"kind": "detectable_format:multiple_sections", "section_spliter": "Part", "num_sections": 2},
            ["Part 2"],
        ),
        ({"kind": "detectable_content:postscript", "postscript_marker": "P.S."}, ["P.S. Bye now."]),
        ({"kind": "regex_count", "pattern": "s[a-z]a", "ignore_case": True, "max": 1}, ["Sea", "sea", "sea"]),
        ({"kind": "url_count", "min": 1}, ["https://a.org/b"]),
        ({"kind": "emoji_count", "max": 1}, ["👋🏽", "🇳🇴"]),
        ({"kind": "word_count", "min": 300}, []),
        ({"kind": "not", "constraint": {"kind": "contains", "text": "["}}, ["["]),
        (
            {
                "kind": "all_of",
                "constraints": [{"kind": "contains", "text": "name"}, {"kind": "contains", "text": "am"}],
            },
            ["name"],
        ),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else None,
)
def test_places(constraint, marked: list[str]):
    text = MORE if constraint["kind"] in ("url_count", "emoji_count") else TEXT
    found = [text[start:end] for start, end in places(registry.parse(constraint), text)]
    assert found[: len(marked)] == marked
    if constraint["kind"] not in ("change_case:english_capital", "change_case:english_lowercase"):
        assert len(found) == len(marked)


def test_places_are_bounded_in_order_and_apart():
    found = places(registry.parse({"kind": "punctuation:no_comma"}), "," * 10_000)
    assert found == [(place, place + 1) for place in range(MOST)]


def test_a_kind_whose_claims_fail_has_none():
    class Fails(hir.Constraint):
        kind = "fails"

        def claims(self):
            raise ZeroDivisionError

    assert places(Fails(), TEXT) == []
