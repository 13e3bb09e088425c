"""Taking parts out of a prompt, and nothing else."""

import functools
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from hir_data.replays.rewriting.statements.units import PromptSentence, units
from hir_data.schemas.english import clause, sentence


class Removal(NamedTuple):
    """What is taken out.

    Attributes:
        start: where it starts in the prompt.
        end: where it ends.
        unit: the sentence that it is in.
        places: the constraints that it states.
        put: what stands in its place.
    """

    start: int
    end: int
    unit: PromptSentence
    places: tuple[int, ...]
    put: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing is left of the sentence."""
        return (self.start, self.end) == self.unit[:2]


def remove(prompt: str, found: Iterable[Removal], new: Mapping[int, str] = MappingProxyType({})) -> str:
    """The prompt without the cuts, with new constraints in their places."""
    told: dict[PromptSentence, list[str]] = {}
    for place, phrasing in new.items():
        told.setdefault(_home(prompt, found, place), []).append(sentence(phrasing.strip()))
    parts = {unit: list(own) for unit, own in itertools.groupby(sorted(found), lambda cut: cut.unit)}
    gone = {unit for unit in parts if any(cut.whole for cut in parts[unit]) and unit not in told}
    written = prompt
    for unit, number in reversed(list(_numbered(prompt, gone))):
        if unit in parts:
            written = _without(written, unit, parts[unit], _in_a_row(told.get(unit, ())))
        if number and unit not in gone:
            mark = _NUMBER.sub(str(number), written[unit.bullet : unit.start], count=1)
            written = written[: unit.bullet] + mark + written[unit.start :]
    return written


@functools.lru_cache(maxsize=1 << 10)
def rest_of(prompt: str, found: tuple[Removal, ...]) -> str:
    """The prompt without the cuts, which many responses have in common."""
    return remove(prompt, found)


def _home(prompt: str, found: Iterable[Removal], place: int) -> PromptSentence:
    """The sentence where a new constraint is told: the first of the last that stated the old one."""
    home, end = None, 0
    for cut in sorted(cut for cut in found if place in cut.places):
        if home is None or _WORD.search(prompt, end, cut.start):
            home = cut.unit
        end = cut.end
    assert home is not None
    return home


_WORD = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"\d+")


def _numbered(prompt: str, gone: Collection[PromptSentence]) -> Iterator[tuple[PromptSentence, int]]:
    """The units of a prompt, with the number that those have that begin an item of a numbered list."""
    before = shift = 0
    for unit in units(prompt):
        found = _NUMBER.search(prompt, unit.bullet, unit.start)
        if found:
            number = int(found.group())
            shift = shift if number == before + 1 else 0
            before = number
            yield unit, number - shift
            shift += unit in gone
        else:
            yield unit, 0


def _in_a_row(told: Sequence[str]) -> str:
    """New constraints one behind the other: "Use the word "tea". Also, use at most 9 words."."""
    return " ".join(
        f"Also, {clause(one)}." if before and one.split()[0] == before.split()[0] else one
        for before, one in zip(("", *told), told, strict=False)
    )


def _without(text: str, unit: PromptSentence, found: Sequence[Removal], new: str) -> str:
    """The text without some parts of a sentence, with a new one in its place or behind what is left."""
    if any(cut.whole for cut in found):
        if new:
            return text[: unit.start] + new + text[unit.end :]
        if unit.is_item and text[unit.end :].partition("\n")[0].strip():
            return text[: unit.start] + text[unit.end :].lstrip()
        return _joined(text[: unit.bullet], text[unit.end :])
    *others, last = found
    if new and not _WORD.search(text, last.end, unit.end) and _WRITTEN_BREAK.search(text[: last.start]):
        text, found, new = f"{text[: last.start]} {new}{text[unit.end :]}", others, ""
    head, tail = text[: unit.end], text[unit.end :]
    for cut in reversed(found):
        before, behind = head[: cut.start] + cut.put, head[cut.end :]
        if before.endswith(_FENCE):  # behind code no sentence ends
            behind = behind.removeprefix(".")
        head = before + behind
    return f"{head}{_seam(head)}{new}{tail}" if new else head + tail


def _seam(before: str) -> str:
    """What stands between a sentence and a new one: a full stop, unless one or the end of code is there."""
    return " " if before.endswith(_FENCE) or _ENDED.search(before) else ". "


_FENCE = "```"
_ENDED = re.compile(r"[.!?…。！？](?:\s?[\"'”’»)\]*_]+)*\s*\Z")
"""The end of a sentence, that of a quotation as well: 'one element at a time. "'."""


_WRITTEN_BREAK = re.compile(r"\\n\s*\Z")
"""A line break that somebody wrote as a backslash and an n; what follows is a sentence of its own."""


def _joined(before: str, after: str) -> str:
    """The two sides of a sentence that is gone, with the white space of one of them between."""
    head, tail = before.rstrip(), after.lstrip()
    if not head or not tail:
        return head + tail
    gaps = before[len(head) :], after[: len(after) - len(tail)]
    return head + max(gaps, key=lambda gap: (gap.count("\n"), len(gap))) + tail
