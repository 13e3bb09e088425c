"""Every kind can be drawn, the same way from the same seed."""

from random import Random

import pytest
from strategies import KINDS

import hir_data as hir

QUESTION = "Explain why the sea is salty. Give an example."

# Nothing that people would ask for can be drawn without knowing more.
NOT_DRAWN = {"all_of", "any_of", "if_then", "matches", "not", "soft:criterion", "within"}


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
