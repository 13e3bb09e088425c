"""What can be satisfied without doing what it asks for is written down, and what stands instead is sound."""

import re
import sys
from pathlib import Path

import pytest

import hir_data as hir
from hir_data.instructions.compose import select
from hir_data.verifiers.hackable import HACKABLE

ROOT = Path(__file__).resolve().parents[2]

HACKS = [
    ("ratio:sentence_words", {}, "equal_sentences", {}, "Cat. Cat. Cat."),
    ("count:words_japanese", {"N": 5}, "japanese_words", {"every": 5}, "Good morning"),
    ("count:words_japanese", {"N": 5}, "japanese_words", {"every": 5}, "朝 朝 朝 朝 朝"),
    ("ratio:sentence_type", {}, "statements_per_question", {"number": 2}, "sea sea sea"),
    ("format:sub-bullets", {}, "sub_bullets", {}, "No."),
    ("language:response_language", {"language": "fr"}, "language", {"language": "fr"}, "12345"),
    ("detectable_format:json_format", {}, "json", {}, "NaN"),
    (
        "keywords:existence",
        {"keywords": ["art"]},
        "contains",
        {"text": "art", "whole_word": True},
        "Let us start.",
    ),
]


@pytest.mark.parametrize(("kind", "parameters", "instead", "sound", "text"), HACKS)
def test_what_a_kind_lets_through_its_sound_variant_does_not(kind, parameters, instead, sound, text: str):
    assert HACKABLE[kind].instead == instead
    assert hir.check(hir.parse({"kind": kind, **parameters}), text).satisfied is True
    assert hir.check(hir.parse({"kind": instead, **sound}), text).satisfied is not True


def test_a_sound_variant_sees_what_a_kind_does_not():
    asked = {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "later"}
    text = "\n\nWe met.\n\n**Later** we moved."
    kind = "length_constraints:nth_paragraph_first_word"
    assert hir.check(hir.parse({"kind": kind, **asked}), text).satisfied is False
    sound = {"kind": HACKABLE[kind].instead, "paragraphs": 2, "number": 2, "word": "later"}
    assert hir.check(hir.parse(sound), text).satisfied is True


def test_the_reference_of_kinds_says_what_each_lets_through():
    page = (ROOT / "docs" / "reference" / "kinds.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^### `([^`]+)`$(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL))
    kinds = hir.kinds()
    for kind, known in HACKABLE.items():
        assert kind in kinds
        assert known.instead == "" or known.instead in kinds
        assert "[Lets through](" in sections[kind]
        assert ("instead." in sections[kind].split("[Lets through](")[1]) is bool(known.instead)
        assert f"Use [`{known.instead}`](#" in sections[kind] or not known.instead


def test_compose_draws_the_sound_variant_by_default():
    drawn = {cls.kind for cls in select()}
    instead = {kind: known.instead for kind, known in HACKABLE.items() if known.instead}
    assert drawn.isdisjoint(instead)
    assert drawn >= {"contains", "json", "language", "paragraph_count", "sentence_count", "word_count"}


def test_compose_draws_no_kind_that_only_benchmarks_need():
    for kind in ("ratio:sentence_words", "count:words_japanese", "ratio:sentence_type", "format:sub-bullets"):
        assert not hir.lookup(kind).composable
        assert hir.lookup(HACKABLE[kind].instead).composable


@pytest.mark.usefixtures("tagger_data")
def test_kinds_that_junk_satisfies_are_known(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import junk

    found = junk.shares(number=64, samples=12)
    sys.modules.pop("junk")
    assert len(found) > 150
    assert [kind for kind, share in found.items() if share > 0.75 and kind not in HACKABLE] == []
