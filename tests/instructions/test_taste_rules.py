"""What can be written, and yet is not asked for together when instructions are composed."""

import pytest
from planted import (
    BALANCE,
    JSON,
    LOWER,
    PHRASE,
    QUOTED,
    TEMPLATE,
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
LETTERS = ("letters:letter_counting", {"N": 400, "relation": "at least"})
POSTSCRIPT = ("detectable_content:postscript", {"postscript_marker": "P.P.S"})

FEW_FRIENDS = ("keywords:frequency", {"keyword": "friend", "frequency": 3, "relation": "less than"})
FEW_RIVERS = ("keywords:frequency", {"keyword": "river", "frequency": 3, "relation": "less than"})
FEW_SENTENCES = ("length_constraints:number_sentences", {"num_sentences": 16, "relation": "less than"})
MANY_E = ("letters:letter_counting2", {"letter": "e", "let_frequency": 9, "let_relation": "at least"})
FEW_CAPITALS = (
    "change_case:capital_word_frequency",
    {"capital_frequency": 2, "capital_relation": "less than"},
)
SHARING_NO_WORD = ("equal_sentences", {"number": 4})
MARKED_POSITION = ("keywords:keyword_specific_position", {"keyword": "sea", "n": 3, "m": 7})

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
    [language("zh"), words(high=300)],
    [sentences(high=6), paragraphs(high=6)],
    [words(low=120), LETTERS],
    [words(low=120), ("sentence_count", {"min": 2, "max": 9})],
    [sections(5), paragraphs(low=2, high=6)],
    [bullets(4), sentences(low=3)],
    [("count:lowercase_counting", {"N": 40}), words(high=350)],
    [paragraphs(low=5), ("regex_count", {"pattern": r"\b[A-Z]\w+", "min": 2})],
    [JSON, ("regex_count", {"pattern": '"[^"]+"', "min": 1})],
    [words(low=180), letter("e", 8, "at least")],
    [("count:counting_composition", {"n_sent": 3, "n_words": 10}), words(low=60, high=290)],
    [("words:consonants", {}), ("ratio:stop_words", {"percentage": 50})],
    [UNIQUE, ("count:lowercase_counting", {"N": 150})],
    [TEMPLATE, ends("I hope this helps.")],
    [PHRASE, each_first("Some")],
    [PHRASE, ("last_word:last_word_sent", {"last_word": "today"})],
    [PHRASE, ("words:last_first", {})],
    [("format:list", {"sep": "!?!?"}), BALANCE],
    [("format:list", {"sep": "..."}), sentences(low=8)],
    [
        ("format:list", {"sep": "SEPARATOR"}),
        ("change_case:capital_word_frequency", {"capital_frequency": 5, "capital_relation": "at least"}),
    ],
    [("format:list", {"sep": "-"}), ("words:last_first", {})],
    [("format:list", {"sep": "-"}), position("sea", 2, 4)],
    [PHRASE, ("sentence:alliteration_increment", {})],
    [("count:person_names", {"N": 5}), ("count:counting_composition", {"n_sent": 2, "n_words": 5})],
    [("language", {"language": "ru"}), ("words:palindrome", {})],
    [POSTSCRIPT, ("paragraphs:paragraphs", {})],
    [POSTSCRIPT, ("paragraphs:paragraphs2", {})],
    # Two rules for what one would say.
    [words(low=100), ("length_constraints:number_words", {"num_words": 200, "relation": "less than"})],
    [sentences(low=9), FEW_SENTENCES],
    [forbidden("music"), ("keywords:exclude_word_harder", {"keyword": "write"})],
    [letter("e", 30), MANY_E],
    # What another rule leaves no room for anyway.
    [("words:prime_lengths", {}), FEW_FRIENDS],
    [FEW_RIVERS, ("keywords:exclude_word_harder", {"keyword": "river"})],
    [("words:consonants", {}), FEW_RIVERS],
    [("words:vowel", {}), forbidden("imagine")],
    [SHARING_NO_WORD, FEW_FRIENDS],
    [("format:no_whitespace", {}), FEW_CAPITALS],
    [("toml", {}), ("regex_count", {"pattern": '"[^"]+"', "min": 1})],
    # Parts of which nobody knows whether they count.
    [TITLE, position("sea", 1, 2)],
    [TITLE, ("sentence:keyword", {"word": "sea", "N": 1})],
    [TITLE, ("sentence:increment", {"small_n": 2})],
    [TITLE, ("paragraph_first_word", {"paragraphs": 4, "number": 2, "word": "sea"})],
    [TITLE, paragraphs(low=3, high=3)],
    [TITLE, ("detectable_format:sentence_hyphens", {})],
    [sections(4), position("sea", 3, 4)],
    [sections(3), paragraphs(high=9)],
    [("detectable_format:sentence_hyphens", {}), position("sea", 2, 4)],
    [("detectable_format:square_brackets", {}), MARKED_POSITION],
    [highlights(3), MARKED_POSITION],
    [placeholders(3), MARKED_POSITION],
    [QUOTED, MARKED_POSITION],
    [MARKED_POSITION, position("lake", 2, 4)],
    [("keywords:start_end", {}), ("markdown_table", {})],
    [("words:words_position", {"keyword": "sea"}), ("markdown_table", {})],
    [PHRASE, words(high=25)],
    [highlights(3), ("count:counting_composition", {"n_sent": 3, "n_words": 10})],
    [dividers(3), ("markdown_table", {})],
    [dividers(3), bullets(4)],
    [bullets(8), paragraphs(high=5)],
    [bullets(3), sentences(low=12, high=13)],
    [bullets(3), ("statements_per_question", {"number": 1})],
    [("format:list", {"sep": "-->"}), BALANCE],
    [("format:list", {"sep": "-->"}), POSTSCRIPT],
    [dividers(2), ("words:paragraph_last_first", {})],
    [("words:consonants", {}), ("count:numbers", {"N": 4})],
    [("japanese_words", {"every": 8}), placeholders(4)],
    [("detectable_format:square_brackets", {}), last("home")],
    [TEMPLATE, ("markdown_table", {})],
    [TWICE, ("count:numbers", {"N": 4})],
    [TWICE, words(low=140, high=160)],
    [UNIQUE, MARKED_POSITION],
    [TEMPLATE, placeholders(4)],
    [("format:emoji", {}), ("emoji_count", {"min": 1})],
    [("words:vowel", {}), letter("i", 26)],
    [BALANCE, POSTSCRIPT],
    [("format:no_whitespace", {}), ("url_count", {"min": 2})],
    [TWICE, paragraphs(high=4)],
    [("japanese_words", {"every": 4}), ("format:list", {"sep": "-"})],
    [("detectable_format:bigram_wrapping", {}), ("emoji_count", {"min": 4})],
    [dividers(5), ("letters:letter_counting", {"N": 300, "relation": "less than"})],
    [language("pl"), ("code_block", {})],
    [language("pl"), letter("w", 14, "at least")],
]  # fmt: skip

FINE: list[Asked] = [
    [POSTSCRIPT, starts("In short")],
    [POSTSCRIPT, UPPER],
    [UPPER, keyword("kitchen")],
    [language("pl"), words(low=200)],
    [language("zh"), characters(low=200)],
    [words(low=100), sentences(high=8)],
    [sentences(high=8), paragraphs(high=3)],
    [letter("e", 90, "at least"), words(low=200)],
    [ends("I hope this helps."), sections(3)],
    [bullets(3), placeholders(2)],
    [each_first("We"), keyword("sea")],
    [MANY_KEYWORDS, words(high=100)],
    [UNIQUE, sentences(high=3)],
    [("words:prime_lengths", {}), forbidden("kitchen")],
    [("words:vowel", {}), starts("Let us see")],
    [language("fr"), ("format:newline", {})],
    [sentences(high=9), paragraphs(high=4)],
    [words(low=120), sentences(low=9)],
    [sections(5), sentences(low=14)],
    [bullets(4), sentences(low=8)],
    [("format:no_whitespace", {}), letter("e", 12)],
    [("sentence:keyword", {"word": "sea", "N": 4}), words(low=200)],
    [PHRASE, each_first("Brave")],
    [PHRASE, ("format:emoji", {})],
    [("format:list", {"sep": "!?!?"}), words(low=90)],
    [POSTSCRIPT, paragraphs(low=4)],
    [TEMPLATE, words(low=90)],
    [highlights(3), position("sea", 3, 4)],
    [bullets(3), position("sea", 1, 4)],
    [TITLE, sections(3)],
    [TITLE, POSTSCRIPT],
    [TWICE, words(low=140)],
    [UNIQUE, position("sea", 2, 4)],
    [("words:vowel", {}), letter("t", 26)],
    [position("sea", 1, 4), ("markdown_table", {})],
    [PHRASE, words(high=90)],
    [TITLE, sentences(low=8)],
    [bullets(3), paragraphs(low=4)],
    [bullets(3), sentences(low=8)],
    [TITLE_CASE, ("count:numbers", {"N": 4})],
    [("words:vowel", {}), forbidden("storm")],
    [SHARING_NO_WORD, keyword("sea")],
    [forbidden("music"), keyword("sea")],
    [("language", {"language": "pl"}), ("code_block", {})],
    [letter("e", 30), letter("s", 20)],
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


def test_a_rule_for_quotations_stands_beside_what_asks_for_some():
    seeds = [hir.Seed(f"Why is number {number} so odd?") for number in range(3)]

    def composed(*names: str) -> list[set[str]]:
        drawn = compose(seeds, 40, least=2, most=3, kinds=select(["format:quote_unquote", *names]))
        return [{each.kind for each in one.instruction.constraints} for one in drawn]

    others = ("punctuation:*", "keywords:*", "emoji_count")
    together = [kinds for kinds in composed("format:quotes", *others) if "format:quote_unquote" in kinds]
    assert together and all("format:quotes" in kinds for kinds in together)
    assert any("format:quote_unquote" in kinds for kinds in composed(*others))  # there is nothing to wait for
