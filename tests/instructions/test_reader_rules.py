"""Contradictions that a reader sees, and what is said twice, whatever the definitions of the kinds."""

import re

import pytest

import hir_data as hir
from hir_data.instructions.compose import compose, select
from hir_data.instructions.questions import Seed


def at(kind: str, **parameters) -> hir.Constraint:
    return hir.parse({"kind": kind, **parameters})


SENTENCES, WORDS = "length_constraints:number_sentences", "length_constraints:number_words"
LAST = "last_word:last_word_answer"
FIRST = "length_constraints:nth_paragraph_first_word"
DANGER = {"num_paragraphs": 3, "first_word": "danger"}


@pytest.mark.parametrize(
    ("one", "other", "type"),
    [
        (at(SENTENCES, relation="less than", num_sentences=6), at("sentence_count", min=11), "unlikely"),
        (at("paragraph_count", min=3, max=8), at("paragraphs:paragraphs2"), "unlikely"),
        (at(WORDS, relation="less than", num_words=50), at("sentence_count", min=20), "unlikely"),
        (at("word_count", max=60), at("letters:letter_counting", N=900, relation="at least"), "unlikely"),
        (at("word_count", max=30), at("count:pronouns", N=25), "unlikely"),
        (at("sentence_count", max=2), at("word_count", min=400), "unlikely"),
        (at("first_word:first_word_sent", first_word="It"), at(FIRST, nth_paragraph=1, **DANGER), "unlikely"),
        (at("first_word:first_word_sent", first_word="It"), at(FIRST, nth_paragraph=2, **DANGER), "unlikely"),
        (at("starts_with", text="In short"), at(FIRST, nth_paragraph=1, **DANGER), "unlikely"),
        (at("last_word:last_word_sent", last_word="today"), at("ends_with", text="Good night."), "unlikely"),
        (at("json"), at("sentence_count", min=7), "unlikely"),
        (at("json"), at("detectable_format:json_format"), "redundant"),
        (at("last_word:last_word_sent", last_word="home"), at(LAST, last_word="home"), "redundant"),
        (at("last_word:last_word_sent", last_word="home"), at(LAST, last_word="today"), "unlikely"),
        (at(WORDS, relation="less than", num_words=340), at("word_count", max=350), "redundant"),
        (at(SENTENCES, relation="less than", num_sentences=8), at("sentence_count", max=8), "redundant"),
        (at("word_count", min=50), at(WORDS, relation="less than", num_words=100), None),
        (at("word_count", min=250), at("sentence_count", max=4), None),
        (at("starts_with", text="In short"), at(FIRST, nth_paragraph=2, **DANGER), None),
        (at("last_word:last_word_sent", last_word="today"), at("ends_with", text="Until today!"), None),
        (at("startend:quotation"), at(FIRST, nth_paragraph=1, **DANGER), None),
        (at("json"), at("word_count", min=20), None),
    ],
)
def test_what_a_reader_sees_is_found(one: hir.Constraint, other: hir.Constraint, type: str | None):
    for pair in ([one, other], [other, one]):
        assert [conflict.type for conflict in hir.conflicts(pair)] == ([type] if type else [])


def test_everyday_instructions_ask_in_one_language_and_for_each_length_once_a_side():
    seeds = [Seed(f"Why is number {number} so odd?") for number in range(5)]
    made = [each.instruction for each in compose(seeds, 300, kinds=select(mix="everyday"))]
    assert len(made) == 300
    for instruction in made:
        asked = " ".join(instruction.criteria)
        for unit in ("words", "sentences", "paragraphs", "characters"):
            least = re.findall(rf"(?:at least|between) \d+(?: and \d+)? {unit}", asked)
            assert len(least) <= 1, asked
        if re.search(r"in (French|German|Polish|Spanish|Chinese)", asked):
            assert not re.search(r"very first word|phrase \"", asked), asked
