"""Every kind can be drawn, the same way from the same seed."""

from random import Random

import pytest
from strategies import KINDS

import hir_data as hir
from hir_data.schemas.drawing import WORDS

QUESTION = "Explain why the sea is salty. Give an example."

# Nothing that people would ask for can be drawn without knowing more.
NOT_DRAWN = {
    "all_of",
    "any_of",
    "if_then",
    "matches",
    "muldimif:unparsed",
    "not",
    "soft:criterion",
    "soft:grade",
    "within",
}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in NOT_DRAWN])
def test_a_kind_can_be_drawn(kind: str):
    cls = hir.lookup(kind)
    drawn = [cls.sample(Random(seed), QUESTION) for seed in range(30)]
    assert drawn == [cls.sample(Random(seed), QUESTION) for seed in range(30)]
    for constraint in drawn:
        assert type(constraint) is cls
        assert hir.parse(constraint.record()) == constraint
        assert all(constraint.describe(phrasing) for phrasing in range(len(cls.phrasings)))
    free = {name for name, field in cls.model_fields.items() if field.is_required()} - {"prompt_to_repeat"}
    assert len(set(drawn)) > 1 or not free


@pytest.mark.parametrize("kind", sorted(NOT_DRAWN))
def test_what_cannot_be_drawn_says_so(kind: str):
    assert hir.lookup(kind).sample(Random(1), QUESTION) is None


def test_no_everyday_word_is_a_part_of_another():
    assert [(one, other) for one in WORDS for other in WORDS if one != other and one in other] == []


@pytest.mark.parametrize("question", ["Why?", "  Why is\n\n  it so?  "])
def test_a_piece_of_a_question_has_whole_words(question: str):
    for seed in range(20):
        drawn = hir.lookup("repeat:repeat_span").sample(Random(seed), question)
        assert " ".join(drawn.span.split()) in " ".join(question.split())
        assert set(drawn.span.split()) <= set(question.split())


def test_no_piece_of_a_blank_question():
    assert hir.lookup("repeat:repeat_span").sample(Random(1), " ") is None
