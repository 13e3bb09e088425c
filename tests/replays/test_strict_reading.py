"""What a reader counts, where a verifier counts something else besides."""

from typing import Any

import pytest

import hir_data as hir
from hir_data.replays.strict_reading import is_followed, reader_agrees


def at(kind: str, **parameters: Any) -> hir.Constraint:
    return hir.parse({"kind": kind, **parameters})


def bullets(number: int) -> hir.Constraint:
    return at("detectable_format:number_bullet_lists", num_bullets=number)


def capitals(number: int) -> hir.Constraint:
    return at("change_case:capital_word_frequency", capital_frequency=number, capital_relation="at least")


def uses(word: str, number: int, relation: str = "at least") -> hir.Constraint:
    return at("keywords:frequency", keyword=word, frequency=number, relation=relation)


def highlights(number: int) -> hir.Constraint:
    return at("detectable_format:number_highlighted_sections", num_highlights=number)


def placeholders(number: int) -> hir.Constraint:
    return at("detectable_content:number_placeholders", num_placeholders=number)


def postscript(marker: str = "P.S.") -> hir.Constraint:
    return at("detectable_content:postscript", postscript_marker=marker)


POINTS = "* Bread is old.\n* Milk is white."
SECTIONS = at("detectable_format:multiple_sections", section_spliter="Part", num_sections=2)

AGREED = [
    (at("length_constraints:number_paragraphs", num_paragraphs=2), "Boil it.\n\n***\n\nDrink it."),
    (at("first_word:first_word_sent", first_word="we"), "We row. We sing. We sleep."),
    (bullets(2), POINTS),
    (bullets(2), f"{POINTS}\n\nAll of it is cheap."),
    (bullets(3), f"  - Tea\n{POINTS.replace('* ', '  - ')}"),
    (capitals(2), "STOP and LISTEN, I say."),
    (uses("storm", 2), "A storm is a Storm."),
    (uses("storm", 3, "less than"), "A storm, and storms."),
    (highlights(2), "*Boil* the water, **add** tea."),
    (highlights(2), "* *Boil* the water\n* **add** tea"),
    (placeholders(2), "Dear [name], see you on [day]."),
    (postscript(), "See you.\n\nP.S. Bring some bread."),
    (postscript("P.P.S"), "See you.\n\nP.P.S. Bring some bread."),
    (at("keywords:existence", keywords=["sea", "season"]), "The sea in this season."),
    (at("count:numbers", N=2), "It costs 3 crowns or 4."),
    (SECTIONS, "Part 1\nThe plan.\n\n**Part 2**\nThe work."),
    (at("length_constraints:number_words", relation="at least", num_words=6), "One two three four five six."),
    (at("sentence_count", min=2, max=2), "We row. We sing."),
    (at("sentence_count", min=2, max=2), "Sure, we row: we sing.\n\nLet us row."),
    (at("paragraph_count", min=2), "We row.\n\nFeel the rain."),
    (at("word_count", min=4), "The sum $x$ is small."),
    (at("word_count", min=6), "It costs $5 and not $7, friends."),
    (at("count:numbers", N=2), "No one paid 3 crowns or 4."),
    (at("word_count", min=8), "We paid 3. Take 4. That is all."),
    (at("word_count", max=8), "1. We row. 2. We sing. 3. We sleep."),
    (at("sentence_count", min=2), "1. We row\n2. We sing"),
    (at("sentence_count", min=2), "It was 1999. 12 people came."),
    (at("sentence_count", min=2), "**Look!** We row.\n\nThis letter is short."),
]
DISAGREED = [
    (at("word_count", min=7), "1. We row. 2. We sing. 3. We sleep."),
    (at("length_constraints:number_words", relation="at least", num_words=5), "1. We row.\n2. **We** sing."),
    (
        at("length_constraints:number_sentences", relation="at least", num_sentences=3),
        "1. We row.\n2. We sing.",
    ),
    (at("sentence_count", min=3), "## Why do we row?\n\nWe row. We sing."),
    (at("sentence_count", min=3), "**Title: We row!**\n\nWe row. We sing."),
    (at("sentence_count", min=3), "<<We row.>>\nWe row. We sing."),
    (at("sentence_count", min=3), "We row. We sing.\n\n---\n\nThis short essay shows why we row."),
    (at("word_count", min=5), "We row. We sing.\n\n***\n*This essay shows why we row.*"),
    (at("sentence_count", min=3), "Certainly! Here is the tale:\n\nWe row. We sing."),
    (at("sentence_count", min=3, max=3), "We row. We sing.\n\nLet me know if you would like more of it."),
    (at("paragraph_count", min=3), "Here is your tale:\n\nWe row.\n\nWe sing.\n\nI hope this helps!"),
    (at("word_count", min=9), r"The sum \(a + b + c + d + e\) is small."),
    (at("count:numbers", N=2), "Of three boats 2 sank, and 1 did not."),
    (at("first_word:first_word_sent", first_word="we"), "We row. We sing."),
    (bullets(3), f"{POINTS}\n\n* * *\n"),
    (bullets(3), f"{POINTS}\n---\n"),
    (bullets(3), f"{POINTS}\n*All of it* is cheap."),
    (bullets(3), f"{POINTS}\n-5 degrees outside"),
    (bullets(3), "* Bread\n    * old\n* Milk"),
    (bullets(3), "* Bread\n- old\n* Milk"),
    (capitals(2), "STOP, I say."),
    (capitals(3), "A. STOP\nB. Listen."),
    (uses("storm", 2), "A storm, and storms."),
    (uses("storm", 1), "Much brainstorming."),
    (highlights(2), "***Boil*** the water."),
    (highlights(1), "* Bread * Milk"),
    (placeholders(2), "- [ ] Bread, see [1] and [name]."),
    (placeholders(1), "See [the list](https://example.org)."),
    (postscript(), "See you.\n\nP.S."),
    (postscript("P.P.S"), "See you.\nP.P.S"),
    (at("keywords:existence", keywords=["sea"]), "The season."),
    (at("count:numbers", N=2), "1. Bread\n2. Milk"),
    (SECTIONS, "Part 1\nThe plan of which Part 2 is the work."),
    (
        at("length_constraints:number_paragraphs", num_paragraphs=4),
        "***Boil*** the water, and ***stir***.",
    ),
    (
        at("length_constraints:number_sentences", relation="at least", num_sentences=4),
        "1. Boil the water.\n2. Add the tea.",
    ),
    (
        at("length_constraints:number_words", relation="at least", num_words=30),
        "It's a can't-do and don't-do, isn't it? " * 3,
    ),
]


@pytest.mark.parametrize(("constraint", "text"), AGREED, ids=lambda value: str(value)[:40])
def test_a_reader_agrees(constraint: hir.Constraint, text: str):
    assert hir.check(constraint, text).satisfied
    assert reader_agrees(constraint, hir.Text(text))
    assert is_followed(constraint, hir.Text(text))


@pytest.mark.parametrize(("constraint", "text"), DISAGREED, ids=lambda value: str(value)[:40])
def test_a_reader_counts_less(constraint: hir.Constraint, text: str):
    assert hir.check(constraint, text).satisfied
    assert not reader_agrees(constraint, hir.Text(text))


def test_each_sentence_is_more_than_two_for_an_example_alone():
    each, two = at("first_word:first_word_sent", first_word="we"), hir.Text("We row. We sing.")
    assert is_followed(each, two)
    assert not reader_agrees(each, two)


@pytest.mark.parametrize(
    ("word", "text", "satisfied"),
    [
        ("run", "A dog is running.", False),
        ("run", "Dogs bark.", True),
        ("run", "He was rung up.", True),
        ("bark", "A dog barks.", False),
        ("care", "They are caring.", False),
        ("car", "They are caring.", True),
        ("I", "It is.", True),
    ],
)
def test_a_form_of_a_banned_word_is_a_use_of_it(word: str, text: str, satisfied: bool):
    assert is_followed(at("keywords:forbidden_words", forbidden_words=[word]), hir.Text(text)) is satisfied
