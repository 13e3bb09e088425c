"""What can be written, and yet is not asked for together when instructions are composed."""

import pytest
from planted import (
    JSON,
    LOWER,
    PHRASE,
    QUOTED,
    TITLE,
    TITLE_CASE,
    TWICE,
    UNIQUE,
    UPPER,
    Asked,
    bullets,
    characters,
    dividers,
    each_first,
    ends,
    forbidden,
    highlights,
    keyword,
    language,
    last,
    letter,
    paragraphs,
    placeholders,
    position,
    sections,
    sentences,
    starts,
    uses,
    words,
)  # fmt: skip
from test_planted import constraints, shown

import hir_data as hir
from hir_data.instructions.compose import compose, select
from hir_data.instructions.conflicts import awkward

MANY_KEYWORDS = (
    "count:keywords_multiple",
    {"keyword1": "sea", "keyword2": "lake", "keyword3": "pond", "keyword4": "reef", "keyword5": "tide"},
)
POSTSCRIPT = ("detectable_content:postscript", {"postscript_marker": "P.P.S"})

AWKWARD: list[Asked] = [
    [POSTSCRIPT, ends("Thank you for reading.")],
    [POSTSCRIPT, last("today")],
    [POSTSCRIPT, LOWER],
    [UPPER, ("startend:end_checker", {"end_phrase": "I hope this helps."})],
    [LOWER, ("first_word:first_word_answer", {"first_word": "Sometimes"})],
    [language("pl"), keyword("kitchen")],
    [language("pl"), ("keywords:frequency", {"keyword": "sea", "frequency": 3, "relation": "less than"})],
    [language("pl"), ("count:pronouns", {"N": 10})],
    [language("zh"), ("length_constraints:number_words", {"num_words": 110, "relation": "at least"})],
    [words(low=390), ("length_constraints:number_words", {"num_words": 391, "relation": "less than"})],
    [words(low=280), sentences(high=6)],
    [words(low=130), characters(high=600)],
    [words(low=100), characters(high=900)],
    [words(high=340), characters(low=800, high=1600)],
    [("language", {"language": "pl"}), keyword("kitchen")],
    [sentences(high=2), starts("In short")],
    [sentences(high=2), paragraphs(high=6)],
    [starts("In short"), sections(3)],
    [starts("In short"), TITLE],
    [letter("e", 10), words(low=200)],
    [TWICE, starts("In short")],
    [QUOTED, ends("I hope this helps.")],
    [QUOTED, bullets(3)],
    [JSON, QUOTED],
    [JSON, ("reading_level", {"max": 8})],
    [UNIQUE, highlights(3)],
    [UNIQUE, words(low=200)],
    [uses(2), words(low=300)],
    [TITLE_CASE, ("startend:end_checker", {"end_phrase": "Thank you for reading."})],
    [("words:alphabet", {}), position("sea", 2, 4)],
    [("words:alphabet", {}), PHRASE],
    [("words:last_first", {}), ("sentence:increment", {"small_n": 2})],
    [("sub_bullets", {}), bullets(4)],
    [MANY_KEYWORDS, ("count:counting_composition", {"n_sent": 2, "n_words": 5})],
    [("letters:letter_counting", {"N": 200, "relation": "less than"}), words(high=330)],
    [UNIQUE, sentences(high=11)],
    [("format:no_whitespace", {}), ("paragraph_count", {"max": 5})],
    [("japanese_words", {"every": 4}), sections(3)],
    [("words:vowel", {}), starts("Good question")],
    [("words:prime_lengths", {}), forbidden("street")],
    [("sentence:increment", {"small_n": 1}), ends("I hope this helps.")],
    [("paragraphs:paragraphs2", {}), ("markdown_table", {})],
    [UPPER, ("code_block", {})],
    [language("zh"), ("format:newline", {})],
    [language("zh"), letter("e", 12)],
]  # fmt: skip

FINE: list[Asked] = [
    [POSTSCRIPT, starts("In short")],
    [POSTSCRIPT, UPPER],
    [UPPER, keyword("kitchen")],
    [language("pl"), words(low=200)],
    [language("zh"), characters(low=200)],
    [words(low=100), ("length_constraints:number_words", {"num_words": 200, "relation": "less than"})],
    [words(low=100), sentences(high=8)],
    [sentences(high=8), paragraphs(high=3)],
    [letter("e", 30, "at least"), words(low=200)],
    [ends("I hope this helps."), sections(3)],
    [bullets(3), placeholders(2)],
    [each_first("We"), keyword("sea")],
    [MANY_KEYWORDS, words(high=100)],
    [UNIQUE, sentences(high=3)],
    [dividers(3), ("markdown_table", {})],
    [("words:prime_lengths", {}), forbidden("kitchen")],
    [("words:vowel", {}), starts("Let us see")],
    [language("fr"), ("format:newline", {})],
]  # fmt: skip


@pytest.mark.parametrize("asked", AWKWARD, ids=shown)
def test_nobody_would_ask_for_both(asked: Asked):
    one, other = constraints(asked)
    assert awkward(one, other) and awkward(other, one)


@pytest.mark.parametrize("asked", FINE, ids=shown)
def test_people_ask_for_both(asked: Asked):
    one, other = constraints(asked)
    assert awkward(one, other) is None
    assert awkward(other, one) is None


@pytest.mark.parametrize("mix", ["everyday", "benchmark", "all"])
def test_no_composed_instruction_has_such_a_pair(mix: str):
    seeds = [hir.Seed(f"Why is number {number} so odd?") for number in range(3)]
    made = [each.instruction for each in compose(seeds, 60, kinds=select(mix=mix), seed=5)]
    assert len(made) == 60
    for instruction in made:
        assert hir.conflicts(instruction.constraints) == []
        pairs = [(a, b) for a in instruction.constraints for b in instruction.constraints if a is not b]
        assert [pair for pair in pairs if awkward(*pair)] == []
