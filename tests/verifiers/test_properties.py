"""What holds for every kind, on any text and under any valid parameters."""

from random import Random
from typing import Any

import pytest
from cases import eight_readings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import HOSTILE_TEXTS, KINDS, STATUSES, TEXTS, records, values

import hir_data as hir


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("what_it_needs")
def test_any_text_gets_a_verdict_and_always_the_same(kind: str):
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(records(kind), TEXTS)
    def judge(record: dict[str, Any], raw: str) -> None:
        constraint = hir.parse(record)
        verdict = hir.check(constraint, hir.Text(raw))
        assert isinstance(verdict, hir.Verdict)
        assert verdict.status in STATUSES.get(kind, {"ok"})
        assert verdict.satisfied in ((True, False) if verdict.status == "ok" else (None,))
        assert hir.check(hir.parse(constraint.record()), hir.Text(raw)) == verdict

        degree = constraint.degree(hir.Text(raw))
        assert 0 <= degree <= 1
        assert (degree == 1) is (verdict.satisfied is True)
        if verdict.satisfied is False and raw.strip():
            assert 0 <= (constraint.nearness(hir.Text(raw)) or 0) <= 1  # and does not raise

        instruction = hir.Instruction(prompt="Write.", constraints=[constraint])
        (result,) = hir.verify_one(hir.Rollout(instruction=instruction, response=raw)).results
        assert result.strict == verdict
        if constraint.soft:
            assert result.loose == verdict
            return
        readings = [hir.check(constraint, hir.Text(reading)).satisfied for reading in eight_readings(raw)]
        best = True if True in readings else None if None in readings else False
        assert result.loose.satisfied is best

    judge()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("examples", [2, pytest.param(120, marks=pytest.mark.slow)])
@pytest.mark.usefixtures("what_it_needs")
def test_a_hostile_text_gets_a_verdict_in_any_order(kind: str, examples: int):
    """The same from a text that was asked before and from a new one, whatever else is asked in between."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=[*HealthCheck])
    @given(records(kind), st.lists(HOSTILE_TEXTS, min_size=2, max_size=3), st.randoms())
    def judge(record: dict[str, Any], raws: list[str], rng: Random) -> None:
        constraint = hir.parse(record)
        described = [constraint.describe(phrasing) for phrasing in range(len(constraint.phrasings) + 1)]
        assert all(said.strip() for said in described)
        texts = [hir.Text(raw) for raw in raws]
        first = [hir.check(constraint, text) for text in texts]
        assert {verdict.status for verdict in first} <= STATUSES.get(kind, {"ok"})
        for place in rng.sample(range(len(raws)), len(raws)):
            text = rng.choice([texts[place], hir.Text(raws[place])])
            for ask in rng.sample([_says_the_same, _goes_some_way, _can_be_relabelled], 3):
                ask(constraint, text, first[place])
        assert [constraint.describe(phrasing) for phrasing in range(len(described))] == described

    judge()


def _says_the_same(constraint: hir.Constraint, text: hir.Text, verdict: hir.Verdict) -> None:
    assert hir.check(constraint, text) == verdict


def _goes_some_way(constraint: hir.Constraint, text: hir.Text, verdict: hir.Verdict) -> None:
    degree = constraint.degree(text)
    assert 0 <= degree <= 1
    assert (degree == 1) is (verdict.satisfied is True)
    if verdict.satisfied is False and not text.is_blank:
        assert 0 <= (constraint.nearness(text) or 0) <= 1


def _can_be_relabelled(constraint: hir.Constraint, text: hir.Text, verdict: hir.Verdict) -> None:
    other = constraint.hindsight(text)
    if other is not None:
        assert verdict.satisfied is False
        assert hir.check(other, text).satisfied is True
        assert other.describe().strip()


def test_a_parameter_of_an_unknown_type_is_noticed():
    with pytest.raises(NotImplementedError, match="extend tests/strategies"):
        values({"type": "object"})
