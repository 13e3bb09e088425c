"""Counts of verifications, from which every figure of a report is computed."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from hir_data.report.prompt_shares import Interval, PromptShares, ScoreFigures
from hir_data.report.weighted import WeightedTally
from hir_data.schemas.constraint import Verdict
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.result import ConstraintResult, Verification


@dataclass(slots=True)
class KindTally:
    """Verdicts on the constraints of one kind."""

    constraints: int = 0
    strict: int = 0
    loose: int = 0
    undetermined: int = 0
    undetermined_loose: int = 0

    def merge(self, other: "KindTally") -> None:
        """Add the counts of another tally."""
        self.constraints += other.constraints
        self.strict += other.strict
        self.loose += other.loose
        self.undetermined += other.undetermined
        self.undetermined_loose += other.undetermined_loose


@dataclass(slots=True)
class GroupTally:
    """The rollouts, and the constraints, that have one value of a field of metadata in common.

    Attributes:
        rollouts: how many there are.
        ila: in how many of them all constraints of the group are satisfied.
        ila_loose: the same, loosely.
        constraints: how many constraints of the group they have.
        strict: how many of these are satisfied.
        loose: the same, loosely.
    """

    rollouts: int = 0
    ila: int = 0
    ila_loose: int = 0
    constraints: int = 0
    strict: int = 0
    loose: int = 0

    def add(self, results: Sequence[ConstraintResult]) -> None:
        """Count the results of one rollout that belong to the group."""
        strict = sum(_hit(result.strict) for result in results)
        loose = sum(_hit(result.loose or result.strict) for result in results)
        self.merge(GroupTally(1, strict == len(results), loose == len(results), len(results), strict, loose))

    def merge(self, other: "GroupTally") -> None:
        """Add the counts of another tally."""
        self.rollouts += other.rollouts
        self.ila += other.ila
        self.ila_loose += other.ila_loose
        self.constraints += other.constraints
        self.strict += other.strict
        self.loose += other.loose


Groups = dict[str, dict[str, GroupTally]]
"""Tallies by the name of a field of metadata, and by its value."""


def groups_of(value: Any, results: Sequence[ConstraintResult]) -> dict[str, Sequence[ConstraintResult]]:
    """The results that belong to each value of a field of metadata.

    A string or a whole number is about all of them; a list with one string for each constraint is about one
    each. Anything else divides nothing.
    """
    if isinstance(value, str | int):
        return {str(value): results}
    if not isinstance(value, list | tuple) or len(value) != len(results):
        return {}
    if not all(isinstance(one, str) for one in value):
        return {}
    divided: dict[str, list[ConstraintResult]] = {}
    for name, result in zip(value, results, strict=True):
        divided.setdefault(name, []).append(result)
    return dict(divided)


@dataclass(slots=True)
class BatchTally:
    """What a batch of verifications adds up to; made where the batch is verified, merged where they end."""

    rollouts: int = 0
    constraints: int = 0
    prompts: PromptShares = field(default_factory=PromptShares)
    kinds: dict[str, KindTally] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    groups: Groups = field(default_factory=dict)
    reasoned: int = 0
    truncated: int = 0
    faults: Counter[str] | None = None
    weighted: WeightedTally = field(default_factory=WeightedTally)

    @classmethod
    def of(cls, verifications: Iterable[Verification], by: Sequence[str] = ()) -> Self:
        """Count the verifications of a batch, also by these fields of their metadata."""
        tally = cls()
        for verification in verifications:
            tally.add(verification, by)
        return tally

    def add(self, verification: Verification, by: Sequence[str] = ()) -> None:
        """Count a verification, also by these fields of its metadata; not at all if that raises."""
        rollout, results = verification.rollout, verification.results
        groups = {name: groups_of(rollout.metadata.get(name), results) for name in by}
        key = prompt_key(rollout.instruction).encode(errors="surrogatepass")
        prompt = hashlib.blake2b(key, digest_size=12).hexdigest()
        for name, parts in groups.items():
            for group, part in parts.items():
                self.groups.setdefault(name, {}).setdefault(group, GroupTally()).add(part)
        for result in results:
            for verdict in dict.fromkeys((result.strict, result.loose or result.strict)):
                if verdict.satisfied is None:
                    self.statuses[verdict.status] += 1
                    self.reasons[f"{result.constraint.kind}: {verdict.reason}"] += 1
        self.reasoned += rollout.thinking in ("stripped", "truncated")
        self.truncated += rollout.thinking == "truncated"
        self.weighted.add(verification)
        strict = loose = 0
        for result in results:
            kind = self.kinds.setdefault(result.constraint.kind, KindTally())
            verdict = result.loose or result.strict
            kind.constraints += 1
            kind.strict += _hit(result.strict)
            kind.loose += _hit(verdict)
            kind.undetermined += result.strict.satisfied is None
            kind.undetermined_loose += verdict.satisfied is None
            strict += _hit(result.strict)
            loose += _hit(verdict)
        self.rollouts += 1
        self.constraints += len(results)
        self.prompts.add(ScoreFigures(prompt, len(results), strict, loose))

    def add_faults(self, names: Sequence[str]) -> None:
        """Count the guards that object to a response; ``any`` counts those with an objection."""
        self.faults = self.faults or Counter()
        self.faults.update([*names, *(["any"] if names else [])])


@dataclass(slots=True)
class Tally:
    """All verifications of a run.

    Rollouts of one prompt count as one cluster where they follow each other.
    """

    rollouts: int = 0
    constraints: int = 0
    reasoned: int = 0
    truncated: int = 0
    faults: dict[str, int] | None = None
    weighted: WeightedTally = field(default_factory=WeightedTally)
    kinds: dict[str, KindTally] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    groups: Groups = field(default_factory=dict)
    prompts: PromptShares = field(default_factory=PromptShares)

    def merge(self, batch: "BatchTally | Tally") -> None:
        """Add the tally of what comes after all that this one is of, as if it had been counted here."""
        self.rollouts += batch.rollouts
        self.constraints += batch.constraints
        self.prompts.follow(batch.prompts)
        self.reasoned += batch.reasoned
        self.truncated += batch.truncated
        self.weighted.merge(batch.weighted)
        for kind, counts in batch.kinds.items():
            self.kinds.setdefault(kind, KindTally()).merge(counts)
        for name, number in batch.statuses.items():
            self.statuses[name] = self.statuses.get(name, 0) + number
        for reason, number in batch.reasons.items():
            if reason in self.reasons or len(self.reasons) < _REASONS_KEPT:
                self.reasons[reason] = self.reasons.get(reason, 0) + number
        for name, found in batch.groups.items():
            known = self.groups.setdefault(name, {})
            for group, counted in found.items():
                place = group if group in known or len(known) < _GROUPS_KEPT else OTHERS
                known.setdefault(place, GroupTally()).merge(counted)
        if batch.faults is not None:
            self.faults = dict(Counter(self.faults or {}) + Counter(batch.faults))

    def summary(self, *, read: int, rejected: int, loose: bool) -> dict[str, Any]:
        """Every figure of the report, as JSON."""
        prompts = self.prompts.closed()
        shares = {"ila_strict": prompts.ila, "cla_strict": prompts.cla}
        if loose:
            shares |= {"ila_loose": prompts.ila_loose, "cla_loose": prompts.cla_loose}
        return {
            "read": read,
            "verified": self.rollouts,
            "rejected": rejected,
            "constraints": self.constraints,
            "stripped_thinking": self.reasoned,
            "truncated_thinking": self.truncated,
            "undetermined": sum(kind.undetermined for kind in self.kinds.values()),
            "undetermined_by_status": dict(sorted(self.statuses.items())),
            "undetermined_by_reason": dict(
                sorted(self.reasons.items(), key=lambda item: (-item[1], item[0]))
            ),
            **{name: _figures(share.interval()) for name, share in shares.items()},
            **self.weighted.figures(),
            "kinds": {
                kind: {name: value for name, value in asdict(counts).items() if loose or "loose" not in name}
                for kind, counts in self.worst_first()
            },
            **({"pass_at_k": passed} if (passed := pass_at_k(prompts.outcomes)) else {}),
            **({"by": by} if (by := _divided(self.groups, loose)) else {}),
            **({} if self.faults is None else {"faults": _shares_of(self.faults, self.rollouts)}),
        }

    def sums(self) -> dict[str, Any]:
        """What the shares over prompts are computed from, as JSON; those of shards add up."""
        return asdict(self.prompts)

    def worst_first(self) -> list[tuple[str, KindTally]]:
        """The kinds, those with the smallest share of satisfied constraints first."""
        return sorted(self.kinds.items(), key=lambda item: (item[1].strict / item[1].constraints, item[0]))


def pass_at_k(outcomes: Mapping[str, int]) -> dict[str, dict[str, float]]:
    """The probability that of k rollouts of a prompt one at least satisfies all constraints, over prompts.

    The estimate for a prompt with n rollouts of which c do is 1 - C(n - c, k) / C(n, k), which has no bias
    (Chen et al. 2021). Prompts with fewer than k rollouts say nothing of it. Nothing where none has two.

    Args:
        outcomes: how many prompts have n rollouts and c successes, under ``"n:c"``.

    Returns:
        For k of 1, 2, 4 and so on the mean estimate, ``value``, and of how many ``prompts`` it is.
    """
    counted = [(*map(int, name.split(":")), number) for name, number in outcomes.items()]
    most = max((n for n, _, _ in counted), default=0)
    figures: dict[str, dict[str, float]] = {}
    k = 1
    while k <= most and most > 1:
        known = [(1 - math.comb(n - c, k) / math.comb(n, k), number) for n, c, number in counted if n >= k]
        prompts = sum(number for _, number in known)
        value = sum(estimate * number for estimate, number in known) / prompts
        figures[str(k)] = {"value": round(value, 6), "prompts": prompts}
        k *= 2
    return figures


DEFAULT_GROUP_FIELDS = ("turn", "constraint_pattern", "difficulty", "category", "subcategory")
"""The fields of metadata by which figures are divided where records have them: turns, and MulDimIF's."""

OTHERS = "(others)"
"""The group of whatever comes when there are many already."""

_REASONS_KEPT = 50
_GROUPS_KEPT = 100


def _divided(groups: Groups, loose: bool) -> dict[str, dict[str, dict[str, int]]]:
    return {
        name: {
            group: {key: value for key, value in asdict(counts).items() if loose or "loose" not in key}
            for group, counts in sorted(found.items(), key=lambda item: (item[0] == OTHERS, item[0]))
        }
        for name, found in groups.items()
    }


def _shares_of(counts: Mapping[str, int], whole: int) -> dict[str, dict[str, float]]:
    """Each count with its share of the whole, the largest first."""
    return {
        name: {"responses": number, "share": round(number / whole, 6)}
        for name, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    }


def _hit(verdict: Verdict) -> bool:
    return verdict.satisfied is True


def prompt_key(instruction: Instruction) -> str:
    """What tells a prompt from another: its key, else its whole conversation."""
    return f"#{instruction.id}" if instruction.id is not None else instruction.conversation_key


def _figures(interval: Interval | None) -> dict[str, float] | None:
    return None if interval is None else {k: round(v, 6) for k, v in interval._asdict().items()}
