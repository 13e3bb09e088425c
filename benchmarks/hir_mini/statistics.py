"""What figures of several seeds say: means, paired differences, and how likely these are by chance."""

import itertools
import math
import operator
import statistics
from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

from benchmarks.hir_mini.work import Look

_EXACT = 14  # seeds up to which every way to exchange two arms is tried
_SAMPLED = 20_000


class Mean(NamedTuple):
    """A mean over seeds.

    Attributes:
        value: the mean.
        error: its standard error; 0 for one seed.
    """

    value: float
    error: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Mean":
        """The mean of the values."""
        spread = statistics.stdev(values) if len(values) > 1 else 0.0
        return cls(statistics.fmean(values), spread / math.sqrt(len(values)))

    def __str__(self) -> str:
        return f"{self.value:.3f} ± {self.error:.3f}"


def p_value(differences: Sequence[float]) -> float:
    """How likely a mean of paired differences as far from zero is, if the two of a pair could be exchanged.

    Two-sided. All ways to exchange them are tried, or of more than fourteen pairs a sample with a fixed seed.
    With n pairs it is at least 2 / 2 ** n: 0.0078 for eight.
    """
    observed = abs(math.fsum(differences)) - 1e-12
    if exact := len(differences) <= _EXACT:
        ways: Iterable[Sequence[int]] = itertools.product((1, -1), repeat=len(differences))
    else:
        rng = Random(0)
        ways = (rng.choices((1, -1), k=len(differences)) for _ in range(_SAMPLED))
    far = [abs(math.fsum(map(operator.mul, way, differences))) >= observed for way in ways]
    return sum(far) / len(far) if exact else (sum(far) + 1) / (len(far) + 1)


def ila_at(looks: Sequence[Look], axis: str, spent: float) -> float:
    """ILA when so much was spent of ``rollouts``, ``tokens`` or ``seconds``, on a line between two looks."""
    for one, other in itertools.pairwise(looks):
        before, after = getattr(one, axis), getattr(other, axis)
        if before <= spent <= after:
            share = (spent - before) / (after - before) if after > before else 1.0
            return one.ila + share * (other.ila - one.ila)
    return looks[-1].ila if spent >= getattr(looks[-1], axis) else looks[0].ila
