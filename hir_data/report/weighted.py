"""The points of rubrics, over the responses of a run."""

from dataclasses import dataclass
from typing import Any

from hir_data.schemas.result import Verification


@dataclass(slots=True)
class WeightedTally:
    """The responses to instructions whose constraints have points.

    Attributes:
        responses: how many there are.
        known: of how many of them the share of the points is known.
        total: the sum of these shares.
    """

    responses: int = 0
    known: int = 0
    total: float = 0.0

    def add(self, verification: Verification) -> None:
        """Count a verification, if its constraints have points."""
        if all(result.constraint.own_weight is None for result in verification.results):
            return
        self.responses += 1
        if verification.weighted is not None:
            self.known += 1
            self.total += verification.weighted

    def merge(self, other: "WeightedTally") -> None:
        """Add the counts of another tally."""
        self.responses += other.responses
        self.known += other.known
        self.total += other.total

    def figures(self) -> dict[str, Any]:
        """The mean share of the points, and of how many responses it is known; nothing without points."""
        if not self.responses:
            return {}
        value = round(self.total / self.known, 6) if self.known else None
        undetermined = self.responses - self.known
        figures = {"value": value, "responses": self.known, "undetermined": undetermined, "total": self.total}
        return {"weighted": figures}
