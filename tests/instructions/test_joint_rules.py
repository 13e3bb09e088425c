"""Constraints of which each two go together and all do not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import TEXTS

import hir_data as hir
from hir_data.instructions import joint_rules

Record = dict[str, Any]


def words(least: int | None = None, most: int | None = None) -> Record:
    return {"kind": "word_count", "min": least, "max": most}


def sentences(least: int | None = None, most: int | None = None) -> Record:
    return {"kind": "sentence_count", "min": least, "max": most}


def paragraphs(least: int | None = None, most: int | None = None) -> Record:
    return {"kind": "paragraph_count", "min": least, "max": most}


def in_each(unit: str, inner: Record) -> Record:
    return {"kind": "within", "unit": unit, "index": "every", "constraint": inner}


def in_the(number: int, unit: str, inner: Record) -> Record:
    return {"kind": "within", "unit": unit, "index": number, "constraint": inner}


def ifeval_words(relation: str, number: int) -> Record:
    return {"kind": "length_constraints:number_words", "relation": relation, "num_words": number}


def starts(text: str) -> Record:
    return {"kind": "starts_with", "text": text}


def ends(text: str) -> Record:
    return {"kind": "ends_with", "text": text}


TOGETHER_TOO_MUCH = {
    "paragraphs": ("contradiction", paragraphs(3), in_each("paragraph", words(10)), words(most=20)),
    "exactly so many": ("contradiction", paragraphs(2, 2), in_each("paragraph", words(30)), words(40, 59)),
    "sentences": ("contradiction", sentences(5), in_each("sentence", words(8)), words(most=39)),
    "sentences of paragraphs": (
        "contradiction",
        paragraphs(4),
        in_each("paragraph", sentences(3)),
        sentences(most=11),
    ),
    "another definition of words": (
        "unlikely",
        paragraphs(3),
        in_each("paragraph", words(10)),
        ifeval_words("less than", 21),
    ),
    "too little": (
        "contradiction",
        paragraphs(most=3),
        in_each("paragraph", words(most=20)),
        words(least=100),
    ),
    "the first and the second": (
        "contradiction",
        in_the(1, "paragraph", words(50)),
        in_the(2, "paragraph", words(60)),
        words(most=100),
    ),
    "phrases": (
        "contradiction",
        starts("Once upon a time in the west"),
        ends("and that is all that there is"),
        words(most=12),
    ),
}

BULLETS = {"kind": "detectable_format:number_bullet_lists", "num_bullets": 4}
SECTIONS = {"kind": "detectable_format:multiple_sections", "section_spliter": "Part", "num_sections": 3}
POSTSCRIPT = {"kind": "detectable_content:postscript", "postscript_marker": "P.S."}
VARIANTS = {
    "kind": "copy:repeat_phrase",
    "phrase": "Curious minds turn small questions into great discoveries",
    "small_n": 4,
}
OFTEN = {"kind": "keywords:frequency", "keyword": "valley", "relation": "at least", "frequency": 22}
TOGETHER_TOO_MUCH |= {
    "items and a start": ("unlikely", BULLETS, starts("Here is what I think"), sentences(most=4)),
    "items and an end": ("unlikely", BULLETS, ends("I hope this helps."), sentences(most=4)),
    "items and a postscript": ("unlikely", BULLETS, POSTSCRIPT, sentences(2, 4)),
    "sections and a postscript": ("unlikely", SECTIONS, POSTSCRIPT, paragraphs(most=3)),
    "a phrase and keywords": ("unlikely", VARIANTS, OFTEN, words(most=49)),
}


@pytest.mark.parametrize("name", TOGETHER_TOO_MUCH)
def test_three_that_do_not_go_together_are_found(name):
    wanted, *records = TOGETHER_TOO_MUCH[name]
    constraints = [hir.parse(record) for record in records]
    for order in (constraints, constraints[::-1]):
        beside = [hir.parse({"kind": "punctuation:no_comma"}), *order]
        (found,) = hir.conflicts(beside)
        assert found.type == wanted
        assert (found.first, found.second, *found.also) == (1, 2, 3)
    for left_out in range(3):
        assert hir.conflicts([one for i, one in enumerate(constraints) if i != left_out]) == []


@pytest.mark.parametrize(
    "records",
    [
        (paragraphs(most=3), in_each("paragraph", words(10)), words(most=20)),  # in two paragraphs
        (paragraphs(2, 2), in_each("paragraph", words(10)), words(most=20)),
        (paragraphs(most=3), in_each("paragraph", words(most=20)), words(least=60)),
        (sentences(most=3), in_each("sentence", words(most=20)), words(least=100)),  # code is no sentence
        (in_the(1, "paragraph", words(50)), in_the(-1, "paragraph", words(60)), words(most=100)),
        (in_the(1, "paragraph", words(50)), in_the(1, "paragraph", words(60)), words(most=100)),
        (starts("Once upon a time"), ends("time after time"), words(most=7)),
        (BULLETS, starts("Here is what I think"), sentences(most=5)),
        (BULLETS, starts("Here is what I think"), paragraphs(most=4)),
        (BULLETS, ends("forever"), sentences(most=4)),
        (SECTIONS, starts("Here is what I think"), paragraphs(most=3)),
        (VARIANTS, OFTEN, words(most=50)),  # the words that are changed may be keywords
    ],
    ids=str,
)
def test_three_that_go_together_are_not(records):
    assert [each for each in hir.conflicts([hir.parse(record) for record in records]) if each.also] == []


def test_lint_names_all_three():
    _, *records = TOGETHER_TOO_MUCH["paragraphs"]
    constraints = [hir.parse(record) for record in records]
    prompt = "Explain the sea. " + " ".join(each.describe() for each in constraints)
    found = hir.lint(hir.Instruction(prompt=prompt, constraints=constraints))
    assert [(each.type, each.constraints) for each in found] == [("contradiction", (0, 1, 2))]
    assert "30 words" in found[0].reason


BOUNDS = st.tuples(st.integers(1, 6), st.integers(0, 6)).map(lambda pair: (pair[0], sum(pair)))


@given(
    TEXTS,
    st.sampled_from(["paragraph", "sentence", "line"]),
    st.sampled_from([words, sentences]),
    BOUNDS,
    BOUNDS,
    BOUNDS,
)
def test_no_text_satisfies_what_is_said_to_contradict(text, unit, size, number, each, whole):
    count = {"paragraph": paragraphs, "sentence": sentences}.get(unit, paragraphs)
    parsed = [hir.parse(one) for one in (count(*number), in_each(unit, size(*each)), size(*whole))]
    reason = joint_rules.clash(parsed)
    if reason and reason.certain:
        assert not all(hir.check(one, text).satisfied for one in parsed)
