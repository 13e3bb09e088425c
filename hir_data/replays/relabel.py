"""What a failed rollout would be in hindsight."""

from collections.abc import Iterator, Sequence
from typing import Literal

from hir_data.engine.checks import JudgeAnswers
from hir_data.replays.hindsight import each_in_hindsight
from hir_data.schemas.constraint import SORTS, RelabelMethod
from hir_data.schemas.replay import Change
from hir_data.schemas.result import Verification
from hir_data.text.text import Text
from hir_data.verifiers.soft import Criterion

Relabel = Literal["hindsight", "drop", "nearest", "flip"]
"""What becomes of a violated constraint: another value or its opposite, nothing, or one of the first two
alone. Where there is none it is dropped."""

SORTS_OF: dict[Relabel, Sequence[RelabelMethod]] = {
    "hindsight": SORTS,
    "drop": (),
    "nearest": ("nearest",),
    "flip": ("flip",),
}


def relabelled(verification: Verification, relabel: Relabel) -> Iterator[Change]:
    """What becomes of each constraint of a rollout, by its strict verdicts."""
    rollout = verification.rollout
    return each_in_hindsight(
        rollout.instruction.constraints,
        Text(rollout.response, known_answers(verification)),
        SORTS_OF[relabel],
        [result.strict.satisfied for result in verification.results],
    )


def known_answers(verification: Verification) -> JudgeAnswers:
    """What a judge has said of the response, as far as the verdicts tell."""
    response = verification.rollout.response
    return {
        (result.constraint, response): result.strict
        for result in verification.results
        if isinstance(result.constraint, Criterion)
    }
