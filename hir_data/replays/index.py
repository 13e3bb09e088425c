"""What is held in memory of all rollouts while some are chosen: a few numbers each."""

import statistics
from array import array
from collections import Counter
from collections.abc import Collection
from typing import NamedTuple

from hir_data.replays.assess import Assessment
from hir_data.replays.guards import GuardName
from hir_data.replays.select import Candidate, Measure, SelectionConfig, measure_of, select
from hir_data.report.pass_rates import PassCounts

NO_GROUP = -1

_SIBLINGS = 4  # rollouts of a group, from which on their lengths are compared
_SHARE_OF_SIBLINGS = 0.1  # of the median length, in words


class RolloutRef(NamedTuple):
    """Where a rollout stands.

    Attributes:
        id: its own, unlike any other.
        group: that of its prompt.
        score: why it was chosen to be replayed; None if it was not.
        pass_rate: of its prompt.
        constraint_pass_rates: of its prompt's constraints.
    """

    id: str
    group: str
    score: float | None
    pass_rate: float | None = None
    constraint_pass_rates: tuple[float | None, ...] = ()


class Index:
    """The rollouts of a run by their place in the input, their groups, and those that were chosen.

    A group is all rollouts of one instruction, wherever in the input they stand: those with the same id and
    the same prompt. It is called by the id, or without one by a digest of the prompt.

    Args:
        selecting: how to choose.
        batch_prompts: how many prompts make a batch; None for all.
        guards: which are on; ``too_short`` compares responses of one group here.

    Attributes:
        states: how many rollouts are what to replay.
        objections: for the states of failures that are no candidates, why and how many.
        details: one case of each.
        constraints: how many there are of each kind.
        violated: how many of these are violated.
        satisfied: how many constraints are satisfied.
        measure: of diversity; None if none is known.
        unmeasured: candidates of which it is not known.
        left: why candidates were not chosen, and how many.
    """

    def __init__(
        self,
        selecting: SelectionConfig,
        batch_prompts: int | None = None,
        guards: Collection[GuardName] = (),
    ) -> None:
        self.selecting: SelectionConfig = selecting
        self.batch_prompts: int | None = batch_prompts
        self.guards: Collection[GuardName] = guards
        self.states: Counter[str] = Counter()
        self.objections: dict[str, Counter[str]] = {}
        self.details: dict[str, str] = {}
        self.constraints: Counter[str] = Counter()
        self.violated: Counter[str] = Counter()
        self.satisfied: int = 0
        self.measure: Measure | None = None
        self.unmeasured: int = 0
        self.left: Counter[str] = Counter()
        self.names: list[str] = []
        self.sizes: array[int] = array("L")
        self.successes: array[int] = array("L")
        self.passes: list[PassCounts] = []
        self.groups: array[int] = array("l")  # of each unit of input
        self._numbers = array("L")  # of each unit, within its group
        self._words = array("L")  # of each unit's response
        self._known: dict[bytes, int] = {}
        self._taken: set[str] = set()
        self._candidates: list[Candidate] = []
        self._scores: dict[int, float] = {}

    def add(self, seen: Assessment | None) -> None:
        """Take in the next rollout; None for a unit of input that is none."""
        if seen is None:
            self.groups.append(NO_GROUP)
            self._numbers.append(0)
            self._words.append(0)
            return
        group = self._group(seen)
        unit = len(self.groups)
        self.groups.append(group)
        self._numbers.append(self.sizes[group])
        self.sizes[group] += 1
        self.successes[group] += seen.state == "success"
        self.passes[group].add([satisfied for _, satisfied in seen.verdicts])
        self.states[seen.state] += 1
        for kind, satisfied in seen.verdicts:
            self.constraints[kind] += 1
            self.violated[kind] += satisfied is False
            self.satisfied += satisfied is True
        self._words.append(seen.words)
        if seen.objection:
            self.objections.setdefault(seen.state, Counter())[seen.objection.reason] += 1
            if seen.objection.detail:
                self.details.setdefault(
                    seen.objection.reason, f"{self.names[group]}: {seen.objection.detail}"
                )
        elif seen.candidate:
            self._candidates.append(seen.candidate._replace(unit=unit, group=group))

    def choose(self) -> None:
        """Choose among the candidates, batch by batch, when all rollouts are there."""
        if "too_short" in self.guards:
            self._leave_short_ones_out()
        self.measure = measure_of(self._candidates)
        self.unmeasured = sum(self.measure not in each.diversity for each in self._candidates)
        size = self.batch_prompts or max(1, len(self.names))
        batches: dict[int, list[Candidate]] = {}
        for candidate in self._candidates:
            batches.setdefault(candidate.group // size, []).append(candidate)
        for number, batch in batches.items():
            prompts = min(size, len(self.names) - number * size)
            selection = select(batch, prompts, self.selecting, self.measure)
            self._scores |= selection.scores
            self.left += selection.left
        self._candidates.clear()

    def _leave_short_ones_out(self) -> None:
        """Responses that are much shorter than most others of their group are unfit."""
        lengths: dict[int, list[int]] = {}
        for group, words in zip(self.groups, self._words, strict=True):
            if group != NO_GROUP and self.sizes[group] >= _SIBLINGS:
                lengths.setdefault(group, []).append(words)
        usual = {group: statistics.median(each) for group, each in lengths.items()}
        fit = []
        for candidate in self._candidates:
            words, median = self._words[candidate.unit], usual.get(candidate.group, 0)
            if words >= _SHARE_OF_SIBLINGS * median:
                fit.append(candidate)
                continue
            self.states["candidate"] -= 1
            self.states["unfit"] += 1
            self.objections.setdefault("unfit", Counter())["too_short"] += 1
            self.details.setdefault(
                "too_short", f"{self.names[candidate.group]}: has {words} words, its siblings {median:g}"
            )
        self._candidates = fit

    def place(self, unit: int) -> RolloutRef | None:
        """Where the rollout of a unit stands; None for a unit that is none."""
        group = self.groups[unit]
        if group == NO_GROUP:
            return None
        name = self.names[group]
        passes = self.passes[group]
        return RolloutRef(
            f"{name}/{self._numbers[unit]}",
            name,
            self._scores.get(unit),
            passes.pass_rate,
            passes.constraint_pass_rates,
        )

    @property
    def selected(self) -> int:
        """How many were chosen."""
        return len(self._scores)

    def _group(self, seen: Assessment) -> int:
        group = self._known.setdefault(seen.prompt, len(self.names))
        if group == len(self.names):
            self.names.append(self._free_name(seen))
            self.sizes.append(0)
            self.successes.append(0)
            self.passes.append(PassCounts())
        return group

    def _free_name(self, seen: Assessment) -> str:
        """The id, or a digest of the prompt; with a number where another prompt has the same id."""
        wanted = name = seen.prompt.hex()[:16] if seen.key is None else str(seen.key)
        number = 1
        while name in self._taken:
            number += 1
            name = f"{wanted}~{number}"
        self._taken.add(name)
        return name
