"""The rollouts of a run while some of them are chosen: in memory are counts, and nothing of each rollout."""

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from hir_data.formats.sorted_records import SortedRecords
from hir_data.replays.assess import Assessment
from hir_data.replays.groups import Groups, Member
from hir_data.replays.guards import GuardName
from hir_data.replays.select import Candidate, Measure, SelectionConfig, measure_of, select

_SHARE_OF_SIBLINGS = 0.1  # of the median length, in words


class RolloutRef(NamedTuple):
    """Where a rollout stands.

    Attributes:
        id: its own, unlike any other.
        group: that of its prompt.
        score: why it was chosen to be replayed; None if it was not.
        pass_rate: of its prompt.
        constraint_pass_rates: of its prompt's constraints.
        unsolved: the number of its group if no rollout of that satisfies all constraints; else None.
    """

    id: str
    group: str
    score: float | None
    pass_rate: float | None = None
    constraint_pass_rates: tuple[float | None, ...] = ()
    unsolved: int | None = None


class Index:
    """The rollouts of a run by their places in the input, their groups, and those that were chosen.

    A group is all rollouts of one instruction, wherever in the input they stand: those with the same id and
    the same prompt (:class:`hir_data.replays.groups.Groups`).

    Args:
        selecting: how to choose.
        batch_prompts: how many prompts make a batch; None for all.
        guards: which are on; ``too_short`` compares responses of one group here.
        folder: where to keep what is too much for memory; None for where temporary files are.

    Attributes:
        units: how many units of input there are, rollouts and others.
        states: how many rollouts are what to replay.
        objections: for the states of failures that are no candidates, why and how many.
        details: one case of each.
        constraints: how many there are of each kind.
        violated: how many of these are violated.
        satisfied: how many constraints are satisfied.
        groups: of the rollouts.
        measure: of diversity; None if none is known.
        unmeasured: candidates of which it is not known.
        left: why candidates were not chosen, and how many.
    """

    def __init__(
        self,
        selecting: SelectionConfig,
        batch_prompts: int | None = None,
        guards: Collection[GuardName] = (),
        folder: Path | None = None,
    ) -> None:
        self.selecting: SelectionConfig = selecting
        self.batch_prompts: int | None = batch_prompts
        self.guards: Collection[GuardName] = guards
        self.units: int = 0
        self.states: Counter[str] = Counter()
        self.objections: dict[str, Counter[str]] = {}
        self.details: dict[str, str] = {}
        self.constraints: Counter[str] = Counter()
        self.violated: Counter[str] = Counter()
        self.satisfied: int = 0
        self.groups: Groups = Groups(folder)
        self.measure: Measure | None = None
        self.unmeasured: int = 0
        self.left: Counter[str] = Counter()
        self._folder = folder
        self._is_rescued = bytearray()  # by the number of a group
        self._cases: dict[str, tuple[int, str]] = {}  # those of the details, by reason, with their units
        self._candidates: SortedRecords[tuple[Any, ...]] = SortedRecords(folder)
        self._scores: SortedRecords[tuple[int, float]] = SortedRecords(folder)

    def add(self, seen: Assessment | None) -> None:
        """Take in the next rollout; None for a unit of input that is none.

        Raises:
            OSError: there is no room for it.
        """
        unit = self.units
        self.units += 1
        if seen is None:
            return
        verdicts = [satisfied for _, satisfied in seen.verdicts]
        self.groups.add(
            unit,
            seen.prompt,
            seen.key,
            succeeds=seen.state == "success",
            words=seen.words,
            verdicts=verdicts,
        )
        self.states[seen.state] += 1
        for kind, satisfied in seen.verdicts:
            self.constraints[kind] += 1
            self.violated[kind] += satisfied is False
            self.satisfied += satisfied is True
        if seen.objection:
            self.objections.setdefault(seen.state, Counter())[seen.objection.reason] += 1
            if seen.objection.detail:
                self._cases.setdefault(seen.objection.reason, (unit, seen.objection.detail))
        elif seen.candidate:
            self._candidates.add((unit, seen.words, *seen.candidate[1:]))

    def choose(self) -> None:
        """Choose among the candidates, batch by batch, when all rollouts are there.

        Raises:
            OSError: there is no room for what is computed meanwhile.
        """
        self.groups.close()
        self._is_rescued = bytearray(self.groups.count)
        fit = self._fit_ones()
        self.measure = measure_of(self._read(fit))
        self.unmeasured = sum(self.measure not in each.diversity for each in self._read(fit))
        size = self._batch_size
        for number, batch in itertools.groupby(self._read(fit), key=lambda each: each.group // size):
            prompts = min(size, self.groups.count - number * size)
            selection = select(batch, prompts, self.selecting, self.measure, self._folder)
            for score in selection.scores:
                self._scores.add(score)
            self.left += selection.left

    def places(self, start: int = 0) -> Iterator[RolloutRef | None]:
        """Where each rollout stands, in the order of the input; None for a unit that is none.

        Args:
            start: the unit to begin with.
        """
        members, scores = self.groups.members(), iter(self._scores)
        member, chosen = next(members, None), next(scores, None)
        for unit in range(self.units):
            place = None
            if member is not None and member.unit == unit:
                score = None
                if chosen is not None and chosen[0] == unit:
                    score, chosen = chosen[1], next(scores, None)
                place, member = _ref(member, score), next(members, None)
            if unit >= start:
                yield place

    def rescue(self, groups: Iterable[int]) -> None:
        """Note which groups without a success got a replay, by their numbers; each counts once."""
        for group in groups:
            self._is_rescued[group] = True

    @property
    def rescued(self) -> int:
        """How many groups without a success got a replay."""
        return self._is_rescued.count(True)

    @property
    def selected(self) -> int:
        """How many were chosen."""
        return len(self._scores)

    @property
    def _batch_size(self) -> int:
        return self.batch_prompts or max(1, self.groups.count)

    def _fit_ones(self) -> SortedRecords[tuple[Any, ...]]:
        """The candidates in their groups, batch by batch; the cases of the details get their ids.

        Responses that are much shorter than most others of their group are unfit.
        """
        fit: SortedRecords[tuple[Any, ...]] = SortedRecords(self._folder)
        candidates = iter(self._candidates)
        candidate = next(candidates, None)
        cases = {unit: "" for unit, _ in self._cases.values()}
        for member in self.groups.members():
            if member.unit in cases:
                cases[member.unit] = _name_of(member)
            if candidate is None or candidate[0] != member.unit:
                continue
            unit, words, _, *known = candidate
            candidate = next(candidates, None)
            if "too_short" in self.guards and words < _SHARE_OF_SIBLINGS * member.figures.usual_words:
                self._object(member, words)
                cases.setdefault(unit, _name_of(member))
            else:
                fit.add((member.group // self._batch_size, unit, member.group, *known))
        self.details = {reason: f"{cases[unit]}: {detail}" for reason, (unit, detail) in self._cases.items()}
        self._candidates = SortedRecords()
        return fit

    def _object(self, member: Member, words: int) -> None:
        self.states["candidate"] -= 1
        self.states["unfit"] += 1
        self.objections.setdefault("unfit", Counter())["too_short"] += 1
        detail = f"has {words} words, its siblings {member.figures.usual_words:g}"
        self._cases.setdefault("too_short", (member.unit, detail))

    @staticmethod
    def _read(fit: SortedRecords[tuple[Any, ...]]) -> Iterator[Candidate]:
        return (Candidate(*candidate) for _, *candidate in fit)


def _name_of(member: Member) -> str:
    """The id of a rollout: that of its group, and which of the group it is."""
    return f"{member.name}/{member.number}"


def _ref(member: Member, score: float | None) -> RolloutRef:
    name, figures = member.name, member.figures
    return RolloutRef(
        _name_of(member),
        name,
        score,
        figures.pass_rate,
        figures.constraint_pass_rates,
        None if figures.solved else member.group,
    )
