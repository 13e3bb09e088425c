"""Explanations that are kept as text until some of the candidates are chosen."""

import pytest

import hir_data as hir
from hir_data.replays import pipeline
from hir_data.replays.config import ReplayConfig
from hir_data.replays.explanation import Explanation
from hir_data.replays.explanations import packed, unpacked
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import Change

CONSTRAINTS = [
    {"kind": "word_count", "min": 300},
    {"kind": "keywords:existence", "keywords": ["sea", "pilot"]},
    {"kind": "not", "constraint": {"kind": "sentence_count", "max": 3}},
    {"kind": "punctuation:no_comma"},
    {"kind": "fr:special_character:accents", "word_to_accentuate": {"a": "b"}},
]


def _instruction() -> Instruction:
    return Instruction(prompt="Speak of the sea.", constraints=tuple(map(hir.parse, CONSTRAINTS)))


def _explanation(became: hir.Constraint) -> Explanation:
    words, keywords, negated, comma, accents = _instruction().constraints
    changes = (
        Change(fate="nearest", constraint=words, became=became),
        Change(fate="dropped", constraint=keywords),
        Change(fate="flip", constraint=negated, became=hir.parse({"kind": "sentence_count", "max": 3})),
        Change(fate="kept", constraint=comma, became=comma),
        Change(fate="kept", constraint=accents, became=accents),
    )
    return Explanation(changes, (1.5, None, 2.25, 0.125), 4.5, None)


def test_an_explanation_comes_back_as_it_was():
    explanation = _explanation(hir.parse({"kind": "word_count", "min": 250, "split_hyphens": True}))
    again = unpacked(packed(explanation), _instruction())
    assert again == explanation
    assert [each.model_dump_json() for each in again.changes] == [
        each.model_dump_json() for each in explanation.changes
    ]


def test_what_cannot_be_restored_is_looked_for_again():
    other = hir.parse(CONSTRAINTS[-1])
    kept = packed(_explanation(other))
    assert unpacked(kept, _instruction()) in (None, _explanation(other))
    assert unpacked("", _instruction()) is None
    assert unpacked(kept[:-3], _instruction()) is None


def test_no_explanation_is_looked_for_twice(monkeypatch: pytest.MonkeyPatch):
    constraint = hir.parse({"kind": "keywords:existence", "keywords": ["harbour", "pilot"]})
    instruction = Instruction(
        id=1, prompt="Tell of the north. Include the keywords harbour and pilot.", constraints=(constraint,)
    )
    response = "The harbour of Bergen is old, and ships come from far away. Nobody knows who built it."
    verifications = [*hir.verify([hir.Rollout(instruction=instruction, response=response)], workers=0)]

    def fails(*given: object, **named: object) -> None:
        raise AssertionError("it is known")

    settings = ReplayConfig(guards="none", min_bits=0, min_instruction_bits=0)
    expected = [*pipeline.replay(verifications, settings)]
    monkeypatch.setattr(pipeline, "hindsight", fails)
    assert [*pipeline.replay(verifications, settings)] == expected
    assert len(expected) == 2
