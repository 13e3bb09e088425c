"""The figures of a replay."""

from collections import Counter
from typing import Any, Self

from pydantic import BaseModel, Field

from hir_data.replays.index import Index
from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.schemas.replay import ReplaySample


class ReplayCounts(BaseModel):
    """What became of the rollouts that were chosen; adds up.

    Attributes:
        units: the places in the input of those that were replayed.
        dropped: why the others were not, and how many.
        details: one case of each.
        fates: what became of the constraints of those that were replayed.
        relabelled: the kinds of those that were relabelled.
        by_parts: how many prompts were written from question and criteria.
    """

    units: list[int] = []
    dropped: Counter[str] = Field(default_factory=Counter)
    details: dict[str, str] = {}
    fates: Counter[str] = Field(default_factory=Counter)
    relabelled: Counter[str] = Field(default_factory=Counter)
    by_parts: int = 0

    def add(self, unit: int, id: str, made: ReplaySample | RewriteRefusal) -> None:
        """Count one."""
        if isinstance(made, RewriteRefusal):
            self.dropped[made.reason] += 1
            if made.detail:
                self.details.setdefault(made.reason, f"{id}: {made.detail}")
            return
        self.units.append(unit)
        self.by_parts += made.instruction.criteria is not None
        for change in made.changes:
            self.fates[change.fate] += 1
            if change.fate in ("nearest", "flip"):
                self.relabelled[change.constraint.kind] += 1

    def merge(self, other: Self) -> None:
        """Add the counts of what follows."""
        self.units += other.units
        self.dropped += other.dropped
        self.details = other.details | self.details
        self.fates += other.fates
        self.relabelled += other.relabelled
        self.by_parts += other.by_parts


def figures(index: Index, made: ReplayCounts, *, rejected: int = 0) -> dict[str, Any]:
    """Every figure of the report, as JSON. Every candidate is in exactly one of the bins."""
    rollouts, constraints = index.states.total(), index.constraints.total()
    replayed = Counter(index.groups[unit] for unit in made.units)
    unwritable = {f"cannot be rewritten: {reason}": n for reason, n in _ordered(index.objections)}
    left = {f"not chosen: {reason}": n for reason, n in _ordered(index.left)}
    dropped = {f"dropped: {reason}": n for reason, n in _ordered(made.dropped)}
    all_zero = [group for group, successes in enumerate(index.successes) if not successes]
    return {
        "prompts": len(index.names),
        "rollouts": rollouts,
        "rejected": rejected,
        "constraints": constraints,
        "ila": _share(index.states["success"], rollouts),
        "cla": _share(index.satisfied, constraints),
        "rollouts_by_state": {
            name: index.states[name]
            for name in ("success", "undetermined", "hopeless", "candidate", "unwritable")
        },
        "groups_before": _groups(index, Counter()),
        "groups_after": _groups(index, replayed),
        "all_zero_groups_replayed": _share(sum(group in replayed for group in all_zero), len(all_zero)),
        "diversity": {
            "measure": index.measure,
            "candidates_without": index.unmeasured,
        },
        "candidates": index.states["candidate"] + index.states["unwritable"],
        "selected": index.selected,
        "replays": len(made.units),
        "candidates_by_bin": {"replayed": len(made.units), **dropped, **left, **unwritable},
        "details": dict(sorted((index.details | made.details).items())),
        "prompts_written_from": {"parts": made.by_parts, "text": len(made.units) - made.by_parts},
        "constraints_of_replays": {fate: made.fates[fate] for fate in ("kept", "nearest", "flip", "dropped")},
        "kinds": {
            kind: {
                "constraints": index.constraints[kind],
                "violated": number,
                "relabelled": made.relabelled[kind],
            }
            for kind, number in _ordered(index.violated)
        },
    }


def _groups(index: Index, replayed: Counter[int]) -> dict[str, Any]:
    """How many groups have rewards of 0 alone, of 1 alone, and both, their replays among them."""
    counts = Counter(all_zero=0, all_one=0, mixed=0)
    for group, (size, successes) in enumerate(zip(index.sizes, index.successes, strict=True)):
        if successes == size:
            counts["all_one"] += 1
        else:
            counts["mixed" if successes or replayed[group] else "all_zero"] += 1
    return {name: {"groups": n, "share": _share(n, len(index.names))} for name, n in counts.items()}


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first."""
    return sorted(((name, n) for name, n in counts.items() if n), key=lambda pair: (-pair[1], pair[0]))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None
