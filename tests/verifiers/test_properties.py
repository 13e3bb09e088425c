"""What holds for every kind, on any text and under any valid parameters."""

from typing import Any

import pytest
from cases import eight_readings
from hypothesis import HealthCheck, given, settings
from strategies import KINDS, STATUSES, TEXTS, records, values

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


def test_a_parameter_of_an_unknown_type_is_noticed():
    with pytest.raises(NotImplementedError, match="extend tests/strategies"):
        values({"type": "object"})
