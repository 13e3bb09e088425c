"""What replaces a pattern that takes the square of a text's length finds what the pattern finds."""

import re
import unicodedata
from collections.abc import Callable

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

import hir_data as hir
from hir_data.text import segment, sentences
from hir_data.text.linear import INDENT, LINE_START
from hir_data.text.normal import normalized
from hir_data.verifiers.ifbench import custom, format_lines
from hir_data.verifiers.ifeval.format import NumberBulletLists, _placeholders
from hir_data.verifiers.mifeval import japanese
from hir_data.verifiers.muldimif import elements, identifiers

PIECES = [
    *"。！」）（「：》】・か天说と",
    *"[]<>*-+•|#\"'(),.:;? \t\r\f\vaPpsS1é\u2028\x1c_{}",
    *("\n", "\n", "\n\n", "  ", "- ", "* ", "1. ", "<<", ">>", "p.s.", "P. P.S", "Part 1", "2004", ", 2004)"),
    *("(Lee", "```json", "```xml", "```", "Question 1", "answer 2", "🇫🇷", "🇫", "👋🏽", "\u200d", "e\u0301"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
MULTILINE, LETTERS = re.MULTILINE, re.IGNORECASE


def found(pattern: str, flags: int = 0) -> Callable[[str], object]:
    """What a pattern of before finds, by its groups or as a whole."""
    compiled = re.compile(pattern, flags)
    return lambda raw: compiled.findall(raw)


def lines_by_removal(raw: str) -> list[str]:
    lines, number = raw.split("\n"), 0
    while number < len(lines):
        if not lines[number].strip():
            lines.remove(lines[number])
        number += 1
    return lines


def is_postscript(marker: str) -> Callable[[str], bool]:
    pattern = {"P.P.S": r"\s*p\.\s?p\.\s?s.*$", "P.S.": r"\s*p\.\s?s\..*$"}.get(
        marker, rf"\s*{marker.strip().lower()}.*$"
    )
    return lambda raw: re.search(pattern, raw.lower(), MULTILINE | LETTERS) is not None


def has_title(raw: str) -> bool:
    return any(title.lstrip("<").rstrip(">").strip() for title in re.findall(r"<<[^\n]+>>", raw))


def checks(kind: str, **parameters: object) -> Callable[[str], bool | None]:
    constraint = hir.parse({"kind": kind, **parameters})
    return lambda raw: constraint.check(hir.Text(raw)).satisfied


def bullets_by_pattern(raw: str) -> int:
    return len(re.findall(r"^\s*\*[^\*].*$", raw, MULTILINE)) + len(re.findall(r"^\s*-.*$", raw, MULTILINE))


def japanese_sentences(raw: str) -> list[str]:
    edges = r"^\s*(?:[・*\-•]|\d+[.．)）])\s*|[\s」』）)】》”\"*]+$"
    bare = [regex.sub(edges, "", piece) for piece in regex.split(r"[。！？!?\n]", raw)]
    return [piece for piece in bare if regex.search(r"\p{L}", piece)]


BULLETS = NumberBulletLists(num_bullets=2)
LABEL = r"((?:answer|option) (?:[12ab]|one|two)\b)"
PAIRS: dict[str, tuple[Callable[[str], object], Callable[[str], object]]] = {
    "placeholders": (
        lambda raw: len(re.findall(r"\[.*?\]", raw)),
        lambda raw: _placeholders(hir.Text(raw)),
    ),
    "title": (has_title, checks("detectable_format:title")),
    "bullets": (bullets_by_pattern, lambda raw: BULLETS.found(hir.Text(raw))),
    "MulDimIF's bullets": (found(r"^\s*[-*+•]\s+(.*)", MULTILINE), elements.bullets),
    "MulDimIF's entries": (
        found(r"^\s*(?:[-*+•]|\d+[.)])\s+(.*)", MULTILINE),
        elements._ENTRY.findall,
    ),
    "numbered lines": (lambda raw: bool(re.search(r"^\s*\d+[.)]\s", raw, MULTILINE)), elements.numbered),
    "table lines": (
        lambda raw: bool(re.search(r"^\s*\|.+\|", raw, MULTILINE)),
        lambda raw: bool(elements._TABLE_LINE.search(raw)),
    ),
    "JSON blocks": (found(r"```json\s*(.*?)```", re.DOTALL | LETTERS), elements._JSON_BLOCK.findall),
    "references": (
        found(r"\[\d+\]|\([^()\d]*\w[^()\d]*,\s*\d{4}[a-z]?\)"),
        identifiers._REFERENCE.findall,
    ),
    "items": (found(r"^\s*([-*•]) ", MULTILINE), format_lines._ITEM.findall),
    "questions": (
        lambda raw: re.split(r"\n*(?:Question \d+[.|):;]?\s*)", raw),
        custom._QUESTION.split,
    ),
    "specials": (
        lambda raw: bool(re.match(r'".*[^\d\w\s].*"', raw)),
        custom._has_special_in_quotes,
    ),
    "lines": (lines_by_removal, format_lines._lines),
    "Japanese sentences": (japanese_sentences, japanese.sentences),
    "graphemes": (lambda raw: regex.findall(r"\X", raw), segment.graphemes),
    "starts": (found(rf"^\W*{LABEL}", MULTILINE | LETTERS), found(rf"{LINE_START}{LABEL}", LETTERS)),
    "indents": (found(r"^\s*([#a])", MULTILINE), found(rf"{INDENT}([#a])", MULTILINE)),
    **{
        f"postscript {marker}": (
            is_postscript(marker),
            checks("detectable_content:postscript", postscript_marker=marker),
        )
        for marker in ("P.S.", "P.P.S", "PS", "a|p", "^p", r"\W$", "x*", "(?=1)", "- ")
    },
}


@pytest.mark.parametrize("name", PAIRS)
def test_it_finds_the_same(name: str):
    before, now = PAIRS[name]

    @settings(max_examples=80, deadline=None)
    @given(TEXTS)
    def compare(raw: str) -> None:
        assert now(raw) == before(raw)

    compare()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from([*"aé가ạ̈∑①ﬁΩ", "\u0301", "\u0316", "\u0345", "\u0f73", "\u0344", "\u1100\u1161"])
    ),
    st.lists(st.sampled_from("\u0301\u0316\u0323\u0327\u0345\u0f71\u0f74\u0f73\u0344\u200d"), min_size=64),
    st.sampled_from(["NFC", "NFD", "NFKD"]),
)
def test_normal_forms_are_those_of_python(signs: list[str], marks: list[str], form):
    for text in ("".join([*signs, *marks, *signs]), "".join(signs)):
        assert normalized(text, form) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_the_normal_form_of_every_sign_behind_many_marks_is_that_of_python(form):
    many = "e" + "\u0301\u0316" * 40
    for first in range(0xA0, 0x30000, 64):
        signs = "".join(map(chr, range(first, first + 64)))
        assert normalized(signs + many, form) == unicodedata.normalize(form, signs + many)


BRACKETED = st.lists(st.sampled_from([*"（）()【】[]：:「“a1 .。！²", "  ", ": "]), max_size=12).map("".join)


@settings(max_examples=200, deadline=None)
@given(BRACKETED)
def test_what_stands_before_a_mark_is_what_a_search_finds(raw: str):
    before = sentences._Before(raw)
    for start in range(len(raw)):
        for end in range(start, len(raw) + 1):
            announced = sentences._ANNOUNCED.search(raw, start, end) is not None
            assert before.announces(start, end) == announced
            for sign in "（(【[":
                place = raw.rfind(sign, start, end)
                assert before.opening(sign, start, end) == (None if place < 0 else place)
        word = sentences._WORDLIKE.search(raw, start)
        assert before.first_word(start) == (word.start() if word else len(raw))


def test_hindsight_of_every_word_is_another_constraint_that_holds():
    inner = {"kind": "character_count", "min": 3}
    every = hir.parse({"kind": "within", "unit": "word", "index": "every", "constraint": inner})
    text = hir.Text(" ".join("a" * (1 + number % 40) for number in range(4000)))
    assert every.check(text).satisfied is False
    other = every.hindsight(text)
    assert other is None or other.check(text).satisfied
