"""What becomes of a violated constraint, by the name of the option."""

from collections.abc import Sequence
from typing import Literal

from hir_data.engine.checks import JudgeAnswers
from hir_data.schemas.constraint import SORTS, RelabelMethod
from hir_data.schemas.result import Verification
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


def known_answers(verification: Verification) -> JudgeAnswers:
    """What a judge has said of the response, as far as the verdicts tell."""
    response = verification.rollout.response
    return {
        (result.constraint.as_judged, response): result.constraint.answer_in(result.strict)
        for result in verification.results
        if isinstance(result.constraint, Criterion)
    }
