"""What verifying a rollout answers."""

from typing import ClassVar

from pydantic import ConfigDict, computed_field

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
