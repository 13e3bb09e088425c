"""What is held in memory of all rollouts while some are chosen: a few numbers each."""

from array import array
from collections import Counter
from typing import NamedTuple

from hir_data.replays.assess import Assessment
from hir_data.replays.select import Candidate, Measure, SelectionConfig, measure_of, select

NO_GROUP = -1


class RolloutRef(NamedTuple):
    """Where a rollout stands.

    Attributes:
        id: its own, unlike any other.
        group: that of its prompt.
        score: why it was chosen to be replayed; None if it was not.
    """

    id: str
    group: str
    score: float | None


class Index:
    """The rollouts of a run by their place in the input, their groups, and those that were chosen.

    A group is all rollouts of one instruction, wherever in the input they stand: those with the same id and
    the same prompt. It is called by the id, or without one by a digest of the prompt.

    Args:
        selecting: how to choose.
        batch_prompts: how many prompts make a batch; None for all.

    Attributes:
        states: how many rollouts are what to replay.
        objections: why prompts cannot be rewritten, of how many candidates.
        details: one case of each.
        constraints: how many there are of each kind.
        violated: how many of these are violated.
        satisfied: how many constraints are satisfied.
        measure: of diversity; None if none is known.
        unmeasured: candidates of which it is not known.
        left: why candidates were not chosen, and how many.
    """

    def __init__(self, selecting: SelectionConfig, batch_prompts: int | None = None) -> None:
        self.selecting: SelectionConfig = selecting
        self.batch_prompts: int | None = batch_prompts
        self.states: Counter[str] = Counter()
        self.objections: Counter[str] = Counter()
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
        self.groups: array[int] = array("l")  # of each unit of input
        self._numbers = array("L")  # of each unit, within its group
        self._known: dict[bytes, int] = {}
        self._taken: set[str] = set()
        self._candidates: list[Candidate] = []
        self._scores: dict[int, float] = {}

    def add(self, seen: Assessment | None) -> None:
        """Take in the next rollout; None for a unit of input that is none."""
        if seen is None:
            self.groups.append(NO_GROUP)
            self._numbers.append(0)
            return
        group = self._group(seen)
        unit = len(self.groups)
        self.groups.append(group)
        self._numbers.append(self.sizes[group])
        self.sizes[group] += 1
        self.successes[group] += seen.state == "success"
        self.states[seen.state] += 1
        for kind, satisfied in seen.verdicts:
            self.constraints[kind] += 1
            self.violated[kind] += satisfied is False
            self.satisfied += satisfied is True
        if seen.objection:
            self.objections[seen.objection.reason] += 1
            if seen.objection.detail:
                self.details.setdefault(
                    seen.objection.reason, f"{self.names[group]}: {seen.objection.detail}"
                )
        elif seen.candidate:
            self._candidates.append(seen.candidate._replace(unit=unit, group=group))

    def choose(self) -> None:
        """Choose among the candidates, batch by batch, when all rollouts are there."""
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

    def place(self, unit: int) -> RolloutRef | None:
        """Where the rollout of a unit stands; None for a unit that is none."""
        group = self.groups[unit]
        if group == NO_GROUP:
            return None
        name = self.names[group]
        return RolloutRef(f"{name}/{self._numbers[unit]}", name, self._scores.get(unit))

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
