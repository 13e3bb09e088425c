"""How sure a mean over prompts is: intervals by the bootstrap."""

import statistics
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

_RESAMPLED = 2000


class Interval(NamedTuple):
    """A mean and its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{100 * self.value:.1f} ({100 * self.low:.1f} to {100 * self.high:.1f})"


def bootstrap(values: Sequence[float]) -> Interval:
    """The mean of values of independent prompts; the interval is that of 2,000 samples with replacement."""
    rng = Random(0)
    number = len(values)
    means = sorted(sum(rng.choices(values, k=number)) / number for _ in range(_RESAMPLED))
    low, high = means[int(0.025 * _RESAMPLED)], means[int(0.975 * _RESAMPLED) - 1]
    return Interval(statistics.fmean(values), low, high)


def difference(ours: Sequence[float], theirs: Sequence[float]) -> Interval:
    """The mean difference on the same prompts."""
    return bootstrap([one - other for one, other in zip(ours, theirs, strict=True)])
