"""The figures of a replay."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any, Self, get_args

from pydantic import BaseModel, Field

from hir_data.replays.assess import ReplayState
from hir_data.replays.index import Index, RolloutRef
from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.replays.shells import shells_satisfying
from hir_data.schemas.replay import ReplaySample


class ReplayCounts(BaseModel):
    """What became of the rollouts that were chosen; adds up.

    Attributes:
        replays: how many were replayed.
        rescued: the numbers of the groups without a success of which one was.
        dropped: why the others were not, and how many.
        details: one case of each.
        fates: what became of the constraints of those that were replayed.
        relabelled: the kinds of those that were relabelled.
        by_parts: how many prompts were written from question and criteria.
        bits: of the replays' instructions and of their sources', the sums and how many they are of.
        relabels_by_bits: of the relabelled constraints, how many carry how many bits.
        empty: how many replays a bare refusal or an empty shell satisfies.
        empty_sources: of how many replays it satisfies the source's instruction.
    """

    replays: int = 0
    rescued: set[int] = set()
    dropped: Counter[str] = Field(default_factory=Counter)
    details: dict[str, str] = {}
    fates: Counter[str] = Field(default_factory=Counter)
    relabelled: Counter[str] = Field(default_factory=Counter)
    by_parts: int = 0
    bits: Counter[str] = Field(default_factory=Counter)
    relabels_by_bits: Counter[str] = Field(default_factory=Counter)
    empty: int = 0
    empty_sources: int = 0

    def add(self, place: RolloutRef, made: ReplaySample | RewriteRefusal) -> None:
        """Count one that stands there."""
        if isinstance(made, RewriteRefusal):
            self.dropped[made.reason] += 1
            if made.detail:
                self.details.setdefault(made.reason, f"{place.id}: {made.detail}")
            return
        self.replays += 1
        if place.unsolved is not None:
            self.rescued.add(place.unsolved)
        self.by_parts += made.instruction.criteria is not None
        for change, bits in made.changes_with_bits():
            if change.fate not in ("kept", "dropped") and bits is not None:
                self.relabels_by_bits[bin_of(bits)] += 1
            self.fates[change.fate] += 1
            if change.fate not in ("kept", "dropped"):
                self.relabelled[change.constraint.kind] += 1

        if made.instruction_bits is not None and made.source_bits is not None:
            self.bits += Counter(  # hundredths, so that sums do not depend on their order
                replays=round(100 * made.instruction_bits), sources=round(100 * made.source_bits), number=1
            )
        self.empty += bool(shells_satisfying(made.instruction.constraints))
        self.empty_sources += bool(shells_satisfying(change.constraint for change in made.changes))

    def merge(self, other: Self) -> None:
        """Add the counts of what follows."""
        self.replays += other.replays
        self.rescued |= other.rescued
        self.dropped += other.dropped
        self.details = other.details | self.details
        self.fates += other.fates
        self.relabelled += other.relabelled
        self.by_parts += other.by_parts
        self.bits += other.bits
        self.relabels_by_bits += other.relabels_by_bits
        self.empty += other.empty
        self.empty_sources += other.empty_sources


def figures(index: Index, made: ReplayCounts, *, rejected: int = 0) -> dict[str, Any]:
    """Every figure of the report, as JSON. Every candidate is in exactly one of the bins."""
    rollouts, constraints = index.states.total(), index.constraints.total()
    objections = {state: _ordered(counts) for state, counts in index.objections.items()}
    unwritable = {f"cannot be rewritten: {reason}": n for reason, n in objections.get("unwritable", ())}
    aside = {f"left aside: {reason}": n for reason, n in objections.get("uninformative", ())}
    left = {f"not chosen: {reason}": n for reason, n in _ordered(index.left)}
    dropped = {f"dropped: {reason}": n for reason, n in _ordered(made.dropped)}
    before = index.groups.rewards
    rescued = Counter(mixed=index.rescued, all_zero=-index.rescued)
    return {
        "prompts": index.groups.count,
        "rollouts": rollouts,
        "rejected": rejected,
        "constraints": constraints,
        "satisfied": index.satisfied,
        "ila": _share(index.states["success"], rollouts),
        "cla": _share(index.satisfied, constraints),
        "rollouts_by_state": {name: index.states[name] for name in get_args(ReplayState)},
        "groups_before": _groups(index, before),
        "groups_after": _groups(index, {name: n + rescued[name] for name, n in before.items()}),
        "all_zero_groups_replayed": _share(index.rescued, before["all_zero"]),
        "diversity": {
            "measure": index.measure,
            "candidates_without": index.unmeasured,
        },
        "unfit_by_guard": dict(objections.get("unfit", ())),
        "candidates": index.states["candidate"] + index.states["unwritable"] + index.states["uninformative"],
        "selected": index.selected,
        "replays": made.replays,
        "candidates_by_bin": {"replayed": made.replays, **dropped, **left, **aside, **unwritable},
        "details": dict(sorted((index.details | made.details).items())),
        "prompts_written_from": {"parts": made.by_parts, "text": made.replays - made.by_parts},
        "constraints_of_replays": {fate: made.fates[fate] for fate in FATES},
        "information": {
            "replays_measured": made.bits["number"],
            "mean_bits_of_sources": _mean(made.bits["sources"], made.bits["number"]),
            "mean_bits_of_replays": _mean(made.bits["replays"], made.bits["number"]),
            "relabelled_by_bits": {name: made.relabels_by_bits[name] for name in BINS},
            "trivial_share": _share(made.relabels_by_bits[BINS[0]], made.relabels_by_bits.total()),
            "replays_an_empty_text_satisfies": made.empty,
            "sources_an_empty_text_satisfies": made.empty_sources,
            "bits_of_sources": made.bits["sources"] / 100,
            "bits_of_replays": made.bits["replays"] / 100,
        },
        "kinds": {
            kind: {
                "constraints": index.constraints[kind],
                "violated": number,
                "relabelled": made.relabelled[kind],
            }
            for kind, number in _ordered(index.violated)
        },
    }


FATES = ("kept", "nearest", "flip", "substitute", "dropped")
BINS = ("trivial", "below 1", "1 to 2", "2 to 4", "4 and more")
"""Of bits; trivial is what nine of ten responses satisfy."""


def bin_of(bits: float) -> str:
    """The bin that bits belong to."""
    return BINS[sum(bits >= least for least in (-math.log2(0.9), 1, 2, 4))]


def _mean(hundredths: int, number: int) -> float | None:
    return round(hundredths / 100 / number, 2) if number else None


def _groups(index: Index, counts: Mapping[str, int]) -> dict[str, Any]:
    """How many groups have rewards of 0 alone, of 1 alone, and both, with their shares."""
    return {name: {"groups": n, "share": _share(n, index.groups.count)} for name, n in counts.items()}


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    """The most frequent first."""
    return sorted(((name, n) for name, n in counts.items() if n), key=lambda pair: (-pair[1], pair[0]))


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None
