"""The groups of rollouts: which are of one prompt, what their group is called, and how often it succeeds.

Rollouts of a prompt may stand anywhere in the input, and there may be more of them than memory holds. So
they are brought together by sorting: the rollouts by their prompts, to count them; the prompts by their
names, which have to differ, and by where they begin, which numbers them; and the rollouts by their places
again.
"""

import itertools
import re
import statistics
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from hir_data.formats.sorted_records import SortedRecords, together
from hir_data.report.pass_rates import PassCounts

_SIBLINGS = 4  # rollouts of a group, from which on their lengths are compared
_VERDICTS = (False, True, None)


class GroupPasses(NamedTuple):
    """What the rollouts of a group come to.

    Attributes:
        solved: whether one of them satisfies all constraints.
        usual_words: how long the middle one of the responses is; 0 where there are too few to say.
        pass_rate: of the prompt.
        constraint_pass_rates: of the prompt's constraints.
    """

    solved: bool
    usual_words: float
    pass_rate: float | None
    constraint_pass_rates: tuple[float | None, ...]


class Member(NamedTuple):
    """A rollout in its group.

    Attributes:
        unit: its place in the input.
        group: the number of its group, counted as their first rollouts come.
        name: that of the group.
        number: of the rollout within it.
        figures: of the group.
    """

    unit: int
    group: int
    name: str
    number: int
    figures: GroupPasses


class Groups:
    """Takes rollouts in the order of the input, and gives them back with what is known of their groups.

    A group is called by the id of its instruction, or without one by a digest of the prompt; with a number
    where another prompt before it has that name.

    Args:
        folder: where to keep what is too much for memory.

    Attributes:
        count: how many groups there are.
        rewards: how many of them have successes alone (``all_one``), failures alone (``all_zero``), and both
            (``mixed``).
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.count: int = 0
        self.rewards: Counter[str] = Counter(all_zero=0, all_one=0, mixed=0)
        self._folder = folder
        self._rollouts: SortedRecords[_Rollout] = SortedRecords(folder)
        self._members: SortedRecords[tuple[int, int, str, int, _Figures]] = SortedRecords(folder)

    def add(
        self,
        unit: int,
        prompt: bytes,
        key: int | str | None,
        *,
        succeeds: bool,
        words: int,
        verdicts: Sequence[bool | None],
    ) -> None:
        """Take a rollout.

        Args:
            unit: its place in the input.
            prompt: what tells its prompt from any other.
            key: the id of its instruction.
            succeeds: whether it satisfies all constraints.
            words: how long the response is.
            verdicts: whether each constraint is satisfied.
        """
        name = prompt.hex()[:16] if key is None else str(key)
        told = bytes(_VERDICTS.index(satisfied) for satisfied in verdicts)
        self._rollouts.add((prompt, unit, name, succeeds, words, told))

    def close(self) -> None:
        """Count and number the groups, when all rollouts are there; :meth:`members` has them then."""
        prompts = self._numbered()
        for group, rollouts in zip(prompts, together(self._rollouts), strict=True):
            _, place, name, figures = group
            for number, rollout in enumerate(rollouts):
                self._members.add((rollout[1], place, name, number, figures))
        self._rollouts = SortedRecords()

    def members(self) -> Iterator[Member]:
        """The rollouts, in the order of the input."""
        for unit, group, name, number, figures in self._members:
            yield Member(unit, group, name, number, GroupPasses(*figures))

    def _numbered(self) -> "SortedRecords[tuple[bytes, int, str, _Figures]]":
        """The prompts in the order of their digests, with the numbers, names and figures of their groups."""
        by_name: SortedRecords[_Named] = SortedRecords(self._folder)
        for rollouts in together(self._rollouts):
            prompt, unit, name, figures = self._counted(rollouts)
            by_name.add((_without_numbers(name), name, unit, prompt, figures))
        by_unit: SortedRecords[tuple[int, str, bytes, _Figures]] = SortedRecords(self._folder)
        for _, name, unit, prompt, figures in self._freely_named(by_name):
            by_unit.add((unit, name, prompt, figures))
        by_prompt: SortedRecords[tuple[bytes, int, str, _Figures]] = SortedRecords(self._folder)
        for group, (_, name, prompt, figures) in enumerate(by_unit):
            by_prompt.add((prompt, group, name, figures))
        self.count = len(by_prompt)
        return by_prompt

    def _counted(self, rollouts: Iterable["_Rollout"]) -> tuple[bytes, int, str, "_Figures"]:
        """A prompt, its first rollout, the name that its group should have, and its figures."""
        passes, lengths, successes = PassCounts(), array("L"), 0
        first = None
        for rollout in rollouts:
            first = first or rollout
            *_, succeeds, words, told = rollout
            passes.add([_VERDICTS[verdict] for verdict in told])
            lengths.append(words)
            successes += succeeds
        assert first is not None
        rewards = "all_one" if successes == len(lengths) else "mixed" if successes else "all_zero"
        self.rewards[rewards] += 1
        usual = statistics.median(lengths) if len(lengths) >= _SIBLINGS else 0
        figures = successes > 0, usual, passes.pass_rate, passes.constraint_pass_rates
        return *first[:3], figures

    def _freely_named(self, by_name: SortedRecords["_Named"]) -> Iterator["_Named"]:
        """The prompts with names that differ; names clash if they are equal but for numbers at their ends."""
        again = iter(by_name)
        for alike in together(by_name):
            number, is_repeated, before = 0, False, None
            for _, name, *_ in alike:
                number, is_repeated, before = number + 1, is_repeated or name == before, name
            prompts = itertools.islice(again, number)
            yield from self._renamed(prompts) if is_repeated else prompts

    def _renamed(self, prompts: Iterable["_Named"]) -> Iterator["_Named"]:
        """The prompts with free names, the first in the input first."""
        by_unit: SortedRecords[tuple[int, str, str, bytes, _Figures]] = SortedRecords(self._folder)
        for root, name, unit, prompt, figures in prompts:
            by_unit.add((unit, root, name, prompt, figures))
        names = FreeNames()
        for unit, root, name, prompt, figures in by_unit:
            yield root, names.take(name), unit, prompt, figures


class FreeNames:
    """Gives names that differ: the one that is wanted, or ``WANTED~2`` and so on where it is taken."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}  # number given last; all before are taken too

    def take(self, wanted: str) -> str:
        """The name that is wanted if it is free; else the first one with a number that is."""
        if not self._is_taken(wanted):
            self._last[wanted] = 1
            return wanted
        number = self._last.get(wanted, 1) + 1
        while self._is_taken(f"{wanted}~{number}"):
            number += 1
        self._last[wanted] = number
        return f"{wanted}~{number}"

    def _is_taken(self, name: str) -> bool:
        if name in self._last:
            return True
        wanted, _, number = name.rpartition("~")
        last = self._last.get(wanted, 1)
        return bool(_NUMBER.fullmatch(number)) and 2 <= int(number) <= last


_NUMBER = re.compile("[1-9][0-9]{0,18}")


def _without_numbers(name: str) -> str:
    """A name without all ``~2`` at its end, in time that grows with its length alone."""
    end = len(name)
    while (mark := name.rfind("~", 0, end)) >= 0 and name[mark + 1 : end].isdecimal():
        end = mark
    return name[:end]


_Figures = tuple[bool, float, float | None, tuple[float | None, ...]]  # as GroupPasses has them
_Rollout = tuple[bytes, int, str, bool, int, bytes]  # prompt, unit, name, success, words, verdicts
_Named = tuple[str, str, int, bytes, _Figures]  # name without numbers, name, first unit, prompt, figures
