"""What verifying a rollout answers."""

from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import ConfigDict, SerializerFunctionWrapHandler, computed_field, model_serializer

from hir_data.schemas.constraint import Verdict
from hir_data.schemas.record import Record
from hir_data.schemas.registry import AnyConstraint
from hir_data.schemas.rollout import Rollout
from hir_data.text.cached import cached_property


class ConstraintResult(Record):
    """The verdicts on one constraint.

    Attributes:
        constraint: what was checked.
        strict: of the response as it is.
        loose: of the best of its eight readings (:attr:`hir_data.Text.readings`); None if not asked for.
    """

    constraint: AnyConstraint
    strict: Verdict
    loose: Verdict | None = None

    @property
    def reason(self) -> str:
        """Why the strict verdict is what it is, or the loose one where they differ."""
        loose = self.loose or self.strict
        return self.strict.reason if self.strict.satisfied == loose.satisfied else loose.reason


class Verification(Record):
    """A rollout and the verdicts on each constraint of its instruction, in the instruction's order."""

    # The computed figures below are written too, and not read back.
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="ignore")

    rollout: Rollout
    results: tuple[ConstraintResult, ...]

    @computed_field  # type: ignore[prop-decorator]  # mypy does not know decorated properties
    @cached_property
    def ila(self) -> bool:
        """Whether all constraints are satisfied, strictly (IFEval: prompt-level accuracy)."""
        return all(result.strict.satisfied for result in self.results)

    @computed_field  # type: ignore[prop-decorator]
    @cached_property
    def cla(self) -> float:
        """The share of constraints that are satisfied, strictly (IFEval: instruction-level accuracy)."""
        return sum(result.strict.satisfied is True for result in self.results) / len(self.results)

    @cached_property
    def degree(self) -> float | None:
        """How far the constraints are satisfied on average; None unless all strict verdicts say it."""
        degrees = [result.strict.degree for result in self.results]
        known = [each for each in degrees if each is not None]
        return sum(known) / len(known) if len(known) == len(degrees) else None

    @computed_field  # type: ignore[prop-decorator]
    @cached_property
    def ila_loose(self) -> bool | None:
        """As :attr:`ila`, loosely; None if there are no loose verdicts."""
        loose = [result.loose for result in self.results if result.loose is not None]
        return all(verdict.satisfied for verdict in loose) if loose else None

    @computed_field  # type: ignore[prop-decorator]
    @cached_property
    def cla_loose(self) -> float | None:
        """As :attr:`cla`, loosely; None if there are no loose verdicts."""
        loose = [result.loose for result in self.results if result.loose is not None]
        return sum(verdict.satisfied is True for verdict in loose) / len(loose) if loose else None

    @computed_field  # type: ignore[prop-decorator]
    @cached_property
    def weighted(self) -> float | None:
        """The share of the points (:func:`weighted_share`), strictly; a constraint without points counts 1.

        None where no constraint has points, and where one that has a weight is undetermined. Written only
        where it is known.
        """
        weights = [result.constraint.own_weight for result in self.results]
        if all(weight is None for weight in weights):
            return None
        satisfied = [result.strict.satisfied for result in self.results]
        return weighted_share(satisfied, [1.0 if weight is None else weight for weight in weights])

    @model_serializer(mode="wrap")
    def _write(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        if written.get("weighted") is None:
            written.pop("weighted", None)
        return written


def weighted_share(satisfied: Sequence[bool | None], weights: Sequence[float]) -> float | None:
    """The weight that verdicts earn, as a share of what can be earned, from 0 to 1.

    A weight above 0 is earned by a constraint that is satisfied. One below 0 is taken off by a constraint
    that is violated: a fault that the text has. The sum is divided by that of the weights above 0 and clipped
    to [0, 1], as the score of HealthBench is (Arora et al. 2025, section 3). Where there are faults alone
    there is nothing to earn, and the share of their weight that is not taken off counts.

    Returns:
        None where a verdict with a weight is undetermined, and where all weights are 0.
    """
    weighed = [(verdict, weight) for verdict, weight in zip(satisfied, weights, strict=True) if weight]
    if not weighed or any(verdict is None for verdict, _ in weighed):
        return None
    total = sum(weight for _, weight in weighed if weight > 0)
    earned = sum(weight for verdict, weight in weighed if bool(verdict) == (weight > 0))
    if not total:
        return 1 - earned / sum(weight for _, weight in weighed)
    return min(max(earned / total, 0.0), 1.0)
