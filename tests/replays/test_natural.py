"""What people would ask for, and what says one thing twice."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hir_data as hir
from hir_data.replays.natural import WordForms, fills, is_natural, same_stem
from hir_data.replays.overlap import clash

QUESTION = "How high is the tallest skyscraper in Asia?"


def at(kind: str, **parameters: Any) -> hir.Constraint:
    return hir.parse({"kind": kind, **parameters})


def end(phrase: str) -> hir.Constraint:
    return at("startend:end_checker", end_phrase=phrase)


def start(phrase: str) -> hir.Constraint:
    return at("starts_with", text=phrase)


def uses(word: str, number: int, relation: str = "at least") -> hir.Constraint:
    return at("keywords:frequency", keyword=word, frequency=number, relation=relation)


def letters(number: int, relation: str = "less than") -> hir.Constraint:
    return at("keywords:letter_frequency", letter="t", let_frequency=number, let_relation=relation)


def words(*keywords: str) -> hir.Constraint:
    return at("keywords:existence", keywords=list(keywords))


def bullets(number: int) -> hir.Constraint:
    return at("detectable_format:number_bullet_lists", num_bullets=number)


def length(relation: str, number: int) -> hir.Constraint:
    return at("length_constraints:number_words", relation=relation, num_words=number)


NATURAL = [
    (end("That is the whole story."), end("Good night.")),
    (end("goodbye"), end("Good night.")),
    (start("In short"), start("To begin with")),
    (uses("rain", 3), uses("rain", 5)),
    (uses("skyscraper", 4), uses("skyscraper", 8)),
    (uses("rain", 2, "less than"), uses("rain", 1, "less than")),
    (letters(40, "at least"), letters(60, "at least")),
    (letters(14), letters(10)),
    (words("rain", "skyscraper"), words("rain", "skyscraper", "wind")),
    (bullets(9), bullets(3)),
    (length("at least", 540), length("at least", 800)),
    (at("sentence:keyword", word="rain", N=4), at("sentence:keyword", word="rain", N=2)),
]
UNNATURAL = [
    (end("it for future generations."), end("Good night.")),
    (end("less than 4 times."), end("Good night.")),
    (end("And so they went on and on, and nobody knew why they did it."), end("Good night.")),
    (start("This is because of the"), start("To begin with")),
    (start("1."), start("To begin with")),
    (end("Skyscrapers are tall."), end("Good night.")),  # the question has the words
    (start("The tallest skyscraper in Asia"), start("To begin with")),
    (uses("skyscraper", 1), uses("skyscraper", 8)),
    (uses("skyscrapers", 1), uses("skyscrapers", 8)),
    (uses("rain", 12, "less than"), uses("rain", 2, "less than")),
    (letters(12), letters(1)),
    (words("skyscraper"), words("skyscraper", "rain")),
    (bullets(31), bullets(3)),
    (at("sentence:keyword", word="rain", N=58), at("sentence:keyword", word="rain", N=28)),
    (end("Just say the word!"), end("Good night.")),
    (end("Let me know if you need more."), end("Good night.")),
    (start("Skyskraper"), start("To begin with")),
]


@pytest.mark.parametrize(("new", "old"), NATURAL, ids=lambda value: value.describe()[:60])
def test_people_would_ask_for_it(new: hir.Constraint, old: hir.Constraint):
    assert is_natural(new, old, QUESTION)


@pytest.mark.parametrize(("new", "old"), UNNATURAL, ids=lambda value: value.describe()[:60])
def test_nobody_would_ask_for_it(new: hir.Constraint, old: hir.Constraint):
    assert not is_natural(new, old, QUESTION)


def test_nobody_asks_for_an_end_that_the_prompt_has_the_words_of():
    new, old = end("Do not use commas."), end("Good night.")
    assert is_natural(new, old, QUESTION, "Use at least 3 sentences.")
    assert not is_natural(new, old, QUESTION, "Do not use any commas.")
    assert is_natural(old, old, QUESTION, "End with good night.")  # what was asked stays


@pytest.mark.parametrize(
    ("new", "response", "is_most"),
    [
        (end("Tea is old."), "Tea is old.", True),
        (end("Tea is old."), "I say it. Tea is old.", False),
        (start("Tea is an old drink"), "Tea is an old drink, you know.", True),
        (start("Good night"), "Good night.", False),  # which was asked
        (words("tea"), "Tea.", False),
    ],
    ids=lambda value: value.describe()[:40] if isinstance(value, hir.Constraint) else "",
)
def test_a_phrase_is_no_whole_answer(new: hir.Constraint, response: str, is_most: bool):
    assert fills(new, end("Good night."), hir.Text(response)) is is_most


@pytest.mark.parametrize(
    ("word", "other", "same"),
    [
        ("segment", "segments", True),
        ("army", "armies", True),
        ("religion", "religious", True),
        ("tree", "trees", True),
        ("strange", "strategy", False),
        ("sea", "season", False),
        ("art", "arm", False),
    ],
)
def test_forms_of_a_word(word: str, other: str, same: bool):
    assert same_stem(word, other) is same_stem(other, word) is same


TWICE = [
    (length("less than", 180), at("letters:letter_counting", N=300, relation="less than")),
    (length("less than", 180), at("character_count", max=299)),
    (length("at least", 100), at("sentence_count", min=6)),
    (at("word_count", min=50, max=80), at("sentence_count", max=6)),
    (at("contains", text="Saddle"), at("first_word:first_word_answer", first_word="Saddle")),
    (at("starts_with", text="Good question"), at("first_word:first_word_answer", first_word="Good")),
    (at("ends_with", text="Good night!"), at("ends_with", text="!")),
    (
        at("sentence_count", max=8),
        at("length_constraints:number_sentences", relation="less than", num_sentences=8),
    ),
]
BESIDE = [
    (length("at least", 100), length("less than", 180)),
    (length("less than", 180), at("sentence_count", min=6)),
    (length("at least", 100), at("paragraph_count", min=3)),
    (length("at least", 100), at("sentence:keyword", word="rain", N=4)),
    (length("at least", 100), at("ratio:stop_words", percentage=20)),
    (length("at least", 100), bullets(3)),
    (at("contains", text="Saddle"), at("first_word:first_word_answer", first_word="Horses")),
    (at("starts_with", text="Good question"), at("ends_with", text="Good night.")),
]


@pytest.mark.parametrize(("one", "other"), TWICE, ids=lambda value: value.kind)
def test_one_thing_is_stated_once(one: hir.Constraint, other: hir.Constraint):
    assert clash(one, other)
    assert clash(other, one)


@pytest.mark.parametrize(("one", "other"), BESIDE, ids=lambda value: value.kind)
def test_what_goes_beside_it(one: hir.Constraint, other: hir.Constraint):
    assert not clash(one, other)


_LIKE_WORDS = st.text("abyis", max_size=9)


@given(st.lists(_LIKE_WORDS, max_size=6), _LIKE_WORDS)
def test_the_forms_of_words_are_those_of_one_stem(words: list[str], word: str):
    assert (word in WordForms(words)) is any(same_stem(word, other) for other in words)
