"""How often a prompt is passed: counts of its responses, and of each constraint."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class PassCounts:
    """What the responses to one prompt have come to, by their strict verdicts.

    Attributes:
        rollouts: how many responses there are.
        known: of how many it is known whether they satisfy all constraints.
        passed: how many do.
        constraints: of each constraint, how many responses satisfy it, and how many have a verdict on it.
    """

    rollouts: int = 0
    known: int = 0
    passed: int = 0
    constraints: list[tuple[int, int]] = field(default_factory=list)

    def add(self, verdicts: Sequence[bool | None]) -> None:
        """Count a response.

        Args:
            verdicts: whether each constraint is satisfied; None where nobody knows.
        """
        self.rollouts += 1
        self.known += False in verdicts or None not in verdicts
        self.passed += False not in verdicts and None not in verdicts
        self.constraints += [(0, 0)] * (len(verdicts) - len(self.constraints))
        for place, satisfied in enumerate(verdicts):
            hits, number = self.constraints[place]
            self.constraints[place] = hits + (satisfied is True), number + (satisfied is not None)

    @property
    def pass_rate(self) -> float | None:
        """The share of responses that satisfy all constraints, of those where that is known (ILA)."""
        return self.passed / self.known if self.known else None

    @property
    def constraint_pass_rates(self) -> tuple[float | None, ...]:
        """The share of responses that satisfy each constraint, of those with a verdict on it."""
        return tuple(hits / number if number else None for hits, number in self.constraints)


def outcomes(prompts: Iterable[PassCounts]) -> Counter[str]:
    """How many prompts have n responses of which c pass, under ``"n:c"``, as ``pass_at_k`` takes them."""
    return Counter(f"{counts.rollouts}:{counts.passed}" for counts in prompts)
