"""Prompts whose constraints are woven into their text, rewritten by rules.

The sentence, list item or clause that states a constraint is taken out, and nothing else is touched. That is
done only where it is sure: where its words are all explained by what is to go, where no other part of the
prompt is about it, and where what is kept is still stated.
"""

import functools
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from hir_data.replay.clauses import clause
from hir_data.replay.evidence import Evidence, evidence, unexplained
from hir_data.replay.rewrite import Criteria, Objection, quotations
from hir_data.replay.units import Unit, plain, units
from hir_data.schemas.constraint import Constraint, sentence
from hir_data.schemas.replay import Change
from hir_data.schemas.rollout import Instruction


class Cut(NamedTuple):
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
    unit: Unit
    places: tuple[int, ...]
    put: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing is left of the sentence."""
        return (self.start, self.end) == self.unit[:2]


class Spans:
    """Takes out of a prompt what states a constraint; where question and criteria are known, as they say."""

    def __init__(self) -> None:
        self._criteria = Criteria()

    def objection(self, instruction: Instruction, violated: Sequence[int]) -> Objection | None:
        """Why it is not sure what to take out."""
        if _has_parts(instruction):
            return self._criteria.objection(instruction, violated)
        found = cuts(instruction.prompt, instruction.constraints, tuple(violated))
        if isinstance(found, Objection):
            return found
        bare = applied(instruction.prompt, found)
        quoting = {
            place
            for place, constraint in enumerate(instruction.constraints)
            if not all(quotation in bare for quotation in quotations(constraint))
        }
        if quoting <= {*violated}:
            return None
        return self.objection(instruction, sorted(quoting | {*violated}))

    def prompt(
        self, instruction: Instruction, changes: Sequence[Change], phrasings: Sequence[str]
    ) -> Instruction | Objection:
        """The prompt without what states the constraints that are not kept, new ones in their places."""
        if _has_parts(instruction):
            return self._criteria.prompt(instruction, changes, phrasings)
        gone = tuple(place for place, change in enumerate(changes) if change.fate != "kept")
        found = cuts(instruction.prompt, instruction.constraints, gone)
        if isinstance(found, Objection):
            return found
        new = {place: phrasing for place, phrasing in enumerate(phrasings) if phrasing}
        if new and any(":" in instruction.prompt[cut.end : cut.unit.end] for cut in found):
            return Objection("there is no place for a new constraint")
        return Instruction(
            id=instruction.id,
            prompt=applied(instruction.prompt, found, new),
            constraints=tuple(change.became for change in changes if change.became is not None),
        )


def _has_parts(instruction: Instruction) -> bool:
    return instruction.question is not None and instruction.criteria is not None


# ---------------------------------------------------------------------------------------------------------
# What to take out


@functools.lru_cache(maxsize=1 << 10)
def cuts(
    prompt: str, constraints: tuple[Constraint, ...], gone: tuple[int, ...]
) -> tuple[Cut, ...] | Objection:
    """What states some of the constraints of a prompt, if that is sure.

    Args:
        prompt: the text.
        constraints: all that it states.
        gone: the places of those that are to go.
    """
    return _Search(prompt, constraints, gone).cuts()


class _Search:
    def __init__(self, prompt: str, constraints: Sequence[Constraint], gone: Sequence[int]) -> None:
        self.prompt, self.gone = prompt, gone
        self.plain = plain(prompt)
        self.known = [evidence(constraint) for constraint in constraints]
        self.kinds = [constraint.kind for constraint in constraints]
        self.kept = [place for place in range(len(constraints)) if place not in gone]
        self.units = units(prompt)
        self.quoted = [self._phrased(constraint) for constraint in constraints]
        kept = {unit for place in self.kept for unit in self.quoted[place]}
        self.homes = [
            [
                unit
                for unit in self.units
                if unit in self.quoted[place] or (unit not in kept and known.states(self._text(unit)))
            ]
            for place, known in enumerate(self.known)
        ]

    def _phrased(self, constraint: Constraint) -> list[Unit]:
        """The sentences that state a constraint in one of our own phrasings, if there are such."""
        for number in range(max(1, len(constraint.phrasings))):
            text = constraint.describe(number).rstrip(".")
            start = self.prompt.find(text)
            inside = [unit for unit in self.units if start <= unit.start < start + len(text)]
            if start >= 0 and inside and inside[0].start == start:
                end = inside[-1].end
                if self.prompt[start + len(text) : end] in ("", ".") and start + len(text) <= end:
                    return inside
        return []

    def _text(self, unit: Unit) -> str:
        return self.plain[unit.start : unit.end]

    def cuts(self) -> tuple[Cut, ...] | Objection:
        for place in self.gone:
            if not self.homes[place]:
                return Objection("no sentence states it", self.kinds[place])
        found: list[Cut] = []
        for unit in self.units:
            stated = tuple(place for place in self.gone if unit in self.homes[place])
            if stated:
                cut = self._whole(unit, stated) or self._clauses(unit, stated)
                if isinstance(cut, Objection):
                    return cut
                found += cut
        found += self._satellites(found)
        return self._problem(found) or tuple(sorted(found))

    def _whole(self, unit: Unit, stated: Sequence[int]) -> list[Cut]:
        """The unit, where it says nothing else."""
        reasons = [self.known[place] for place in stated]
        if any(unit in self.quoted[place] for place in stated):
            return [Cut(unit.start, unit.end, unit, tuple(stated))]
        if unexplained(self.prompt, *unit[:2], reasons) or self._touched(unit.start, unit.end):
            return []
        return [Cut(unit.start, unit.end, unit, tuple(stated))]

    def _clauses(self, unit: Unit, stated: Sequence[int]) -> list[Cut] | Objection:
        """A clause for each constraint that the unit states."""
        found = []
        for place in stated:
            known = self.known[place]
            part = clause(
                self.prompt,
                unit,
                known,
                lambda start, end: not self._touched(start, end),
                led=self._leads(unit, known),
            )
            if part is None:
                shared = self._touched(unit.start, unit.end)
                reason = "its sentence states what is kept" if shared else "its sentence says more"
                return Objection(reason, f"{self.kinds[place]}: {self.prompt[unit.start : unit.end]!r}")
            found.append(Cut(part.start, part.end, unit, (place,), part.put))
        return [] if not found else self._disjoint(found)

    def _leads(self, unit: Unit, known: Evidence) -> bool:
        """Whether a sentence leads to a sample of what it asks for."""
        following = self.units[self.units.index(unit) + 1 :]
        if not following or not self._text(unit).endswith(":"):
            return False
        return following[0].is_item and self._is_free(following[0], [known])

    def _disjoint(self, found: list[Cut]) -> list[Cut] | Objection:
        found.sort()
        for one, other in itertools.pairwise(found):
            if other.start < one.end:
                return Objection("its sentence says more", self.kinds[one.places[0]])
        return found

    def _touched(self, start: int, end: int) -> bool:
        """Whether a part of the prompt is about a constraint that is kept."""
        text = self.plain[start:end]
        return any(
            known.states(text) or known.names(text) or (not self.homes[place] and known.hints_at(text))
            for place, known in ((place, self.known[place]) for place in self.kept)
        )

    def _satellites(self, found: Sequence[Cut]) -> Iterator[Cut]:
        """Sentences behind a cut that go on about what it stated, and samples of a format."""
        ends = {cut.unit: cut for cut in found}
        last: Cut | None = None
        for unit in self.units:
            if unit in ends:
                last = ends[unit]
                continue
            if last is None:
                continue
            reasons = [self.known[place] for place in last.places]
            text = self._text(unit)
            about = unit.is_item or not _LETTER.search(text) or any(one.hints_at(text) for one in reasons)
            if about and self._is_free(unit, reasons):
                last = Cut(unit.start, unit.end, unit, last.places)
                yield last
            else:
                last = None

    def _is_free(self, unit: Unit, reasons: Sequence[Evidence]) -> bool:
        """Whether a sentence says nothing but what some constraints explain; items may be numbered."""
        left = unexplained(self.prompt, *unit[:2], reasons)
        if unit.is_item:
            left = [token for token in left if token.sort != "number"]
        return not left and not self._touched(unit.start, unit.end)

    def _problem(self, found: Sequence[Cut]) -> Objection | None:
        """Why the rest would not be what it should be."""
        rest = applied(self.prompt, found)
        left = units(rest)
        small = plain(rest)
        texts = [small[unit.start : unit.end] for unit in left]
        phrased = {self._text(unit) for place in self.kept for unit in self.quoted[place]}
        for place in self.gone:
            if any(self._is_about(text, place) for text in texts if text not in phrased):
                return Objection("another sentence is about it too", self.kinds[place])
        for place in self.kept:
            known, whole = self.known[place], {self._text(unit) for unit in self.quoted[place]}
            if self.homes[place] and not any(text in whole or known.states(text) for text in texts):
                return Objection("its sentence states what is kept", self.kinds[place])
        if not any(unexplained(rest, *unit[:2], self.known) for unit in left):
            return Objection("no task would be left")
        return self._dangling(found)

    def _is_about(self, text: str, place: int) -> bool:
        if self.known[place].states(text):
            return True
        others = (self.known[other] for other in self.kept)
        return self.known[place].hints_at(text) and not any(other.states(text) for other in others)

    def _dangling(self, found: Sequence[Cut]) -> Objection | None:
        """Whether what is left points at what is gone."""
        whole = {cut.unit for cut in found if cut.whole}
        touched = {cut.unit for cut in found}
        led = False
        for before, unit, after in zip(
            [None, *self.units], self.units, [*self.units[1:], None], strict=False
        ):
            leads = self._text(unit).endswith(":")
            if unit not in whole:
                if led and (unit.is_item or before in whole):
                    return Objection("it leads to the next sentence", repr(self._text(unit)))
                if before in whole and _POINTS_BACK.match(self._text(unit)):
                    return Objection("the next sentence goes on from it", repr(self._text(unit)))
                if leads and after in whole and unit not in touched and not self._has_items(unit, whole):
                    return Objection("the sentence before leads to it", repr(self._text(unit)))
            led = (leads and unit in touched) or (led and unit in whole)
        return None

    def _has_items(self, unit: Unit, whole: Collection[Unit]) -> bool:
        """Whether a list that a sentence leads to still has items."""
        following = self.units[self.units.index(unit) + 1 :]
        items = itertools.takewhile(lambda one: one.is_item or one.bullet == one.start, following)
        return following[0].is_item and any(one.is_item and one not in whole for one in items)


_LETTER = re.compile(r"[^\W\d_]")
_POINTS_BACK = re.compile(r"(?:this|these|those|they|each of|the former|the latter|such)\b")


# ---------------------------------------------------------------------------------------------------------
# Taking it out


def applied(prompt: str, found: Iterable[Cut], new: Mapping[int, str] = MappingProxyType({})) -> str:
    """The prompt without the cuts, with new constraints in their places."""
    told: dict[Unit, list[str]] = {}
    first = {place: cut.unit for cut in sorted(found, reverse=True) for place in cut.places}
    for place, phrasing in new.items():
        told.setdefault(first[place], []).append(sentence(phrasing))
    parts = {unit: list(own) for unit, own in itertools.groupby(sorted(found), lambda cut: cut.unit)}
    gone = {unit for unit in parts if any(cut.whole for cut in parts[unit]) and unit not in told}
    written = prompt
    for unit, number in reversed(list(_numbered(prompt, gone))):
        if unit in parts:
            written = _without(written, unit, parts[unit], " ".join(told.get(unit, ())))
        if number and unit not in gone:
            mark = _NUMBER.sub(str(number), written[unit.bullet : unit.start], count=1)
            written = written[: unit.bullet] + mark + written[unit.start :]
    return written


_NUMBER = re.compile(r"\d+")


def _numbered(prompt: str, gone: Collection[Unit]) -> Iterator[tuple[Unit, int]]:
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


def _without(text: str, unit: Unit, found: Sequence[Cut], new: str) -> str:
    """The text without some parts of a sentence, with a new one in its place or behind what is left."""
    if any(cut.whole for cut in found):
        if new:
            return text[: unit.start] + new + text[unit.end :]
        if unit.is_item and text[unit.end :].partition("\n")[0].strip():
            return text[: unit.start] + text[unit.end :].lstrip()
        return _joined(text[: unit.bullet], text[unit.end :])
    if new:
        stop = "" if text[unit.end - 1] in ".!?" else "."
        text = f"{text[: unit.end]}{stop} {new}{text[unit.end :]}"
    for cut in reversed(found):
        text = text[: cut.start] + cut.put + text[cut.end :]
    return text


def _joined(before: str, after: str) -> str:
    """The two sides of a sentence that is gone, with the white space of one of them between."""
    head, tail = before.rstrip(), after.lstrip()
    if not head or not tail:
        return head + tail
    gaps = before[len(head) :], after[: len(after) - len(tail)]
    return head + max(gaps, key=lambda gap: (gap.count("\n"), len(gap))) + tail
