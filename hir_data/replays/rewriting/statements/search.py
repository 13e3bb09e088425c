"""Where a prompt states its constraints, as far as that is sure.

A sentence or list item is taken out where all its words are explained by what is to go; else a clause of it,
where the sentence is whole without. Nothing that is left may be about what is gone, and what is kept has to
be stated as before.
"""

import functools
import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.replays.rewriting.statements.clauses import clause
from hir_data.replays.rewriting.statements.cuts import Removal, remove
from hir_data.replays.rewriting.statements.evidence import (
    StatementPattern,
    evidence,
    parts,
    unexplained,
)
from hir_data.replays.rewriting.statements.rationales import rationale_start
from hir_data.replays.rewriting.statements.units import PromptSentence, plain, tokens, units
from hir_data.schemas.constraint import Constraint

STANDING = ("system", "developer")
"""The roles whose messages may state constraints alone."""


@functools.lru_cache(maxsize=1 << 10)
def find_removals(
    prompt: str, constraints: tuple[Constraint, ...], gone: tuple[int, ...], *, needs_task: bool = True
) -> tuple[Removal, ...] | RewriteRefusal:
    """What states some of the constraints of a prompt, if that is sure.

    Args:
        prompt: the text.
        constraints: all that it states.
        gone: the places of those that are to go.
        needs_task: whether something has to be left that is no constraint; in a system message not.
    """
    return _Search(prompt, constraints, gone, needs_task).cuts()


class Rewording(NamedTuple):
    """What is taken out of a prompt, and what has to be said anew.

    Attributes:
        removals: what states the constraints that are to go.
        restated: the places of constraints that are kept, whose statements go with these.
    """

    removals: tuple[Removal, ...]
    restated: tuple[int, ...] = ()


@functools.lru_cache(maxsize=1 << 10)
def find_rewording(
    prompt: str, constraints: tuple[Constraint, ...], gone: tuple[int, ...], *, needs_task: bool = True
) -> Rewording | RewriteRefusal:
    """What states some of the constraints, as :func:`find_removals`; also where it states one that is kept.

    "Write 20 to 25 sentences" is two constraints: where one is to go, the other is said in other words.
    """
    found = find_removals(prompt, constraints, gone, needs_task=needs_task)
    if not isinstance(found, RewriteRefusal):
        return Rewording(found)
    if found.reason != _STATES_KEPT:
        return found
    kept = [place for place, one in enumerate(constraints) if place not in gone and _can_be_restated(one)]
    for number in (1, 2):
        for restated in itertools.combinations(kept, number):
            both = tuple(sorted({*gone, *restated}))
            other = find_removals(prompt, constraints, both, needs_task=needs_task)
            if not isinstance(other, RewriteRefusal) and _go_with(restated, gone, other):
                return Rewording(other, restated)
    return found


def _can_be_restated(constraint: Constraint) -> bool:
    """Whether our own words for a constraint say all of it in a sentence or two."""
    return (
        bool(constraint.phrasings)
        and not constraint.quoted_parameter
        and not constraint.implicit_parameters
        and len(constraint.describe()) <= _LONGEST_RESTATED
    )


def _go_with(restated: Sequence[int], gone: Sequence[int], removals: Sequence[Removal]) -> bool:
    """Whether what is to be restated is stated in the sentences of what is to go, and nowhere else."""
    homes = {cut.unit for cut in removals if not {*gone}.isdisjoint(cut.places)}
    return all(cut.unit in homes for cut in removals if not {*restated}.isdisjoint(cut.places))


_STATES_KEPT = "its sentence states what is kept"
_LONGEST_RESTATED = 200  # characters


class _Search:
    def __init__(
        self, prompt: str, constraints: Sequence[Constraint], gone: Sequence[int], needs_task: bool
    ) -> None:
        self.prompt, self.needs_task = prompt, needs_task
        self.plain = plain(prompt)
        self.units = units(prompt)
        stated = [(place, each) for place, one in enumerate(constraints) for each in self._patterns(one)]
        self.places = [place for place, _ in stated]
        self.known = [known for _, known in stated]
        self.kinds = [constraints[place].kind for place in self.places]
        self.gone = [number for number, place in enumerate(self.places) if place in gone]
        self.kept = [number for number, place in enumerate(self.places) if place not in gone]
        self.quoted = [self._phrased(constraints[place]) for place in self.places]
        kept = {unit for place in self.kept for unit in self.quoted[place]}
        self.homes = [
            [
                unit
                for unit in self.units
                if unit in self.quoted[place] or (unit not in kept and known.states(self._text(unit)))
            ]
            for place, known in enumerate(self.known)
        ]

    def _patterns(self, constraint: Constraint) -> tuple[StatementPattern, ...]:
        """How the prompt may state a constraint: in one sentence or, if none does, in two."""
        whole, texts = evidence(constraint), [self._text(unit) for unit in self.units]
        if any(map(whole.states, texts)):
            return (whole,)
        apart = parts(constraint)
        return apart if apart and all(any(map(each.states, texts)) for each in apart) else (whole,)

    def _phrased(self, constraint: Constraint) -> list[PromptSentence]:
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

    def _text(self, unit: PromptSentence) -> str:
        return self.plain[unit.start : unit.end]

    def cuts(self) -> tuple[Removal, ...] | RewriteRefusal:
        for place in self.gone:
            if not self.homes[place]:
                return RewriteRefusal("no sentence states it", self.kinds[place])
        found: list[Removal] = []
        for unit in self.units:
            stated = tuple(place for place in self.gone if unit in self.homes[place])
            if stated:
                cut = self._whole(unit, stated) or self._clauses(unit, stated)
                if isinstance(cut, RewriteRefusal):
                    return cut
                found += cut
        found += self._satellites(found)
        return self._problem(found) or tuple(sorted(map(self._of_constraints, found)))

    def _of_constraints(self, cut: Removal) -> Removal:
        """A cut with the places of the constraints, not of their patterns."""
        return cut._replace(places=tuple(sorted({self.places[number] for number in cut.places})))

    def _whole(self, unit: PromptSentence, stated: Sequence[int]) -> list[Removal]:
        """The unit, where it says nothing else."""
        reasons = [self.known[place] for place in stated]
        if any(unit in self.quoted[place] for place in stated):
            return [Removal(unit.start, unit.end, unit, tuple(stated))]
        every = tokens(self.prompt, *unit[:2])
        reason = rationale_start(every)
        end = unit.end if reason is None else every[reason].start
        left = unexplained(self.prompt, unit.start, end, reasons, examples=True)
        if left or self._touched(unit.start, unit.end):
            return []
        return [Removal(unit.start, unit.end, unit, tuple(stated))]

    def _clauses(self, unit: PromptSentence, stated: Sequence[int]) -> list[Removal] | RewriteRefusal:
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
                reason = _STATES_KEPT if shared else "its sentence says more"
                return RewriteRefusal(reason, f"{self.kinds[place]}: {self.prompt[unit.start : unit.end]!r}")
            found.append(Removal(part.start, part.end, unit, (place,), part.put))
        return [] if not found else self._disjoint(found)

    def _leads(self, unit: PromptSentence, known: StatementPattern) -> bool:
        """Whether a sentence leads to a sample of what it asks for."""
        following = self.units[self.units.index(unit) + 1 :]
        if not following or not self._text(unit).endswith(":"):
            return False
        return following[0].is_item and self._is_free(following[0], [known])

    def _disjoint(self, found: list[Removal]) -> list[Removal] | RewriteRefusal:
        found.sort()
        for one, other in itertools.pairwise(found):
            if other.start < one.end:
                return RewriteRefusal("its sentence says more", self.kinds[one.places[0]])
        return found

    def _touched(self, start: int, end: int) -> bool:
        """Whether a part of the prompt is about a constraint that is kept."""
        text = self.plain[start:end]
        return any(
            known.states(text) or known.names(text) or (not self.homes[place] and known.hints_at(text))
            for place, known in ((place, self.known[place]) for place in self.kept)
        )

    def _satellites(self, found: Sequence[Removal]) -> Iterator[Removal]:
        """Sentences behind a cut that go on about what it stated, and samples of a format."""
        ends = {cut.unit: cut for cut in found}
        last: Removal | None = None
        for unit in self.units:
            if unit in ends:
                last = ends[unit]
                continue
            if last is None:
                continue
            reasons = [self.known[place] for place in last.places]
            if self._goes_on(unit, reasons) and self._is_free(unit, reasons):
                last = Removal(unit.start, unit.end, unit, last.places)
                yield last
            else:
                last = None

    def _goes_on(self, unit: PromptSentence, reasons: Sequence[StatementPattern]) -> bool:
        """Whether a sentence is about some constraints, or a line of a sample."""
        text = self._text(unit)
        words = [token.text for token in tokens(self.prompt, *unit[:2]) if token.sort == "word"]
        return (
            unit.is_item
            or not _LETTER.search(text)
            or any(one.hints_at(text) or any(map(one.owns, words)) for one in reasons)
        )

    def _is_free(self, unit: PromptSentence, reasons: Sequence[StatementPattern]) -> bool:
        """Whether a sentence says nothing but what some constraints explain; items may be numbered."""
        left = unexplained(self.prompt, *unit[:2], reasons)
        if unit.is_item:
            left = [token for token in left if token.sort != "number"]
        return not left and not self._touched(unit.start, unit.end)

    def _problem(self, found: Sequence[Removal]) -> RewriteRefusal | None:
        """Why the rest would not be what it should be."""
        rest = remove(self.prompt, found)
        left = units(rest)
        small = plain(rest)
        texts = [small[unit.start : unit.end] for unit in left]
        phrased = {self._text(unit) for place in self.kept for unit in self.quoted[place]}
        for place in self.gone:
            if any(self._is_about(text, place) for text in texts if text not in phrased):
                return RewriteRefusal("another sentence is about it too", self.kinds[place])
        for place in self.kept:
            known, whole = self.known[place], {self._text(unit) for unit in self.quoted[place]}
            if self.homes[place] and not any(text in whole or known.states(text) for text in texts):
                return RewriteRefusal(_STATES_KEPT, self.kinds[place])
        if self.needs_task and not any(unexplained(rest, *unit[:2], self.known) for unit in left):
            return RewriteRefusal("no task would be left")
        return self._dangling(found)

    def _is_about(self, text: str, place: int) -> bool:
        if self.known[place].states(text):
            return True
        if not self.known[place].hints_at(text):
            return False
        whole = any(self._text(unit) == text for unit in self.units)
        return not (whole and any(self.known[other].states(text) for other in self.kept))

    def _dangling(self, found: Sequence[Removal]) -> RewriteRefusal | None:
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
                    return RewriteRefusal("it leads to the next sentence", repr(self._text(unit)))
                if before in touched and _POINTS_BACK.match(self._text(unit)):
                    return RewriteRefusal("the next sentence goes on from it", repr(self._text(unit)))
                if leads and after in whole and unit not in touched and not self._has_items(unit, whole):
                    return RewriteRefusal("the sentence before leads to it", repr(self._text(unit)))
            led = (leads and unit in touched) or (led and unit in whole)
        return None

    def _has_items(self, unit: PromptSentence, whole: Collection[PromptSentence]) -> bool:
        """Whether a list that a sentence leads to still has items."""
        following = self.units[self.units.index(unit) + 1 :]
        items = itertools.takewhile(lambda one: one.is_item or one.bullet == one.start, following)
        return following[0].is_item and any(one.is_item and one not in whole for one in items)


_LETTER = re.compile(r"[^\W\d_]")
_POINTS_BACK = re.compile(
    r"(?:this|these|those|they|each of|the former|the latter|such|for (?:example|instance)|e\.g)\b"
    r"|(?:after|besides|except) (?:that|this)\b"
    r"|.*\b(?:another|instead|otherwise)\b"
)
