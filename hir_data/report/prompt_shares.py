"""Shares of hits among trials that come in clusters: the rollouts, and the constraints, of one prompt."""

import copy
import math
from dataclasses import dataclass, field
from typing import NamedTuple

Z95 = 1.959963984540054
"""The 97.5% quantile of the standard normal distribution."""


class Interval(NamedTuple):
    """A share with its 95% confidence interval."""

    value: float
    low: float
    high: float


@dataclass(slots=True)
class Share:
    """A share of hits among trials that come in clusters: the rollouts, or the constraints, of one prompt.

    Sums over clusters of size n with s hits each; integers, so that they add up alike in any order.
    """

    clusters: int = 0
    n: int = 0
    s: int = 0
    nn: int = 0
    ss: int = 0
    ns: int = 0

    def add(self, size: int, hits: int) -> None:
        """Count one cluster."""
        self.clusters += 1
        self.n += size
        self.s += hits
        self.nn += size * size
        self.ss += hits * hits
        self.ns += size * hits

    def merge(self, other: "Share") -> None:
        """Add the sums over other clusters."""
        self.clusters += other.clusters
        self.n += other.n
        self.s += other.s
        self.nn += other.nn
        self.ss += other.ss
        self.ns += other.ns

    def interval(self) -> Interval | None:
        """The share and its 95% confidence interval; None without trials.

        Wilson's interval (1927) for the effective number of trials: trials of one cluster go together, so the
        variance is that of a ratio of cluster sums, sum((s - p n)^2) / N^2 * K / (K - 1) for K clusters and N
        trials (Cochran 1977, section 6.3), and the effective number is p (1 - p) over it.
        """
        if not self.n:
            return None
        p = self.s / self.n
        effective = float(self.clusters)
        if self.clusters > 1 and 0 < self.s < self.n:
            squares = self.ss - 2 * p * self.ns + p * p * self.nn
            variance = max(squares, 0.0) / self.n**2 * self.clusters / (self.clusters - 1)
            effective = min(p * (1 - p) / variance, float(self.n)) if variance > 0 else float(self.n)
        z = Z95 * Z95 / effective
        middle = (p + z / 2) / (1 + z)
        half = math.sqrt(p * (1 - p) * z + z * z / 4) / (1 + z)
        return Interval(p, max(0.0, middle - half), min(1.0, middle + half))


class ScoreFigures(NamedTuple):
    """What one rollout adds to the shares over prompts; ``prompt`` is a digest that tells it from others."""

    prompt: str
    constraints: int
    strict: int
    loose: int


@dataclass(slots=True)
class PromptCluster:
    """Rollouts of one prompt that follow each other.

    Attributes:
        prompt: what tells the prompt from others.
        rollouts: how many there are.
        constraints: how many constraints they have in all.
        ila: how many of the rollouts satisfy all of theirs.
        cla: how many of the constraints are satisfied.
        ila_loose: as ``ila``, loosely.
        cla_loose: as ``cla``, loosely.
    """

    prompt: str
    rollouts: int = 0
    constraints: int = 0
    ila: int = 0
    cla: int = 0
    ila_loose: int = 0
    cla_loose: int = 0

    def add(self, score: ScoreFigures) -> None:
        """Count one more rollout."""
        self.rollouts += 1
        self.constraints += score.constraints
        self.ila += score.strict == score.constraints
        self.cla += score.strict
        self.ila_loose += score.loose == score.constraints
        self.cla_loose += score.loose

    def merge(self, other: "PromptCluster") -> None:
        """Add the counts of more rollouts of the prompt."""
        self.rollouts += other.rollouts
        self.constraints += other.constraints
        self.ila += other.ila
        self.cla += other.cla
        self.ila_loose += other.ila_loose
        self.cla_loose += other.cla_loose


@dataclass(slots=True)
class PromptShares:
    """The shares over the prompts of a stream of rollouts. Those of its parts, in their order, make its own.

    Rollouts of one prompt are one cluster where they follow each other. The first and the last cluster are
    not in the shares yet: what comes before or after may belong to them.

    Attributes:
        ila: rollouts that satisfy all of their constraints, by prompt.
        cla: constraints that are satisfied, by prompt.
        ila_loose: as ``ila``, loosely.
        cla_loose: as ``cla``, loosely.
        outcomes: how many prompts have so many rollouts, and so many that satisfy all constraints: ``"8:3"``.
        first: the first cluster; None while there is no other.
        last: the last cluster; None where there is none.
    """

    ila: Share = field(default_factory=Share)
    cla: Share = field(default_factory=Share)
    ila_loose: Share = field(default_factory=Share)
    cla_loose: Share = field(default_factory=Share)
    outcomes: dict[str, int] = field(default_factory=dict)
    first: PromptCluster | None = None
    last: PromptCluster | None = None

    def add(self, score: ScoreFigures) -> None:
        """Count the next rollout."""
        self._open(score.prompt).add(score)

    def follow(self, other: "PromptShares") -> None:
        """Add the shares of what comes after all that these are of, as if it had been counted here."""
        if other.last is None:
            return
        begins = other.first or other.last
        self._open(begins.prompt).merge(begins)
        if other.first is None:
            return
        self._end_last()
        for mine, theirs in (
            (self.ila, other.ila),
            (self.cla, other.cla),
            (self.ila_loose, other.ila_loose),
            (self.cla_loose, other.cla_loose),
        ):
            mine.merge(theirs)
        for name, number in other.outcomes.items():
            self.outcomes[name] = self.outcomes.get(name, 0) + number
        self.last = copy.copy(other.last)

    def closed(self) -> "PromptShares":
        """The shares with the first and the last cluster in them."""
        whole = copy.deepcopy(self)
        for cluster in (self.first, self.last):
            if cluster is not None:
                whole._count(cluster)
        return whole

    def _open(self, prompt: str) -> PromptCluster:
        """The cluster that the next rollout, of this prompt, belongs to."""
        if self.last is None or self.last.prompt != prompt:
            self._end_last()
            self.last = PromptCluster(prompt)
        return self.last

    def _end_last(self) -> None:
        """Another cluster follows the last one."""
        if self.last is None:
            return
        if self.first is None:
            self.first = self.last
        else:
            self._count(self.last)
        self.last = None

    def _count(self, cluster: PromptCluster) -> None:
        outcome = f"{cluster.rollouts}:{cluster.ila}"
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        self.ila.add(cluster.rollouts, cluster.ila)
        self.cla.add(cluster.constraints, cluster.cla)
        self.ila_loose.add(cluster.rollouts, cluster.ila_loose)
        self.cla_loose.add(cluster.constraints, cluster.cla_loose)
