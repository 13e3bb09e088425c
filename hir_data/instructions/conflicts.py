"""Constraints that do not go together, and constraints that say nothing new.

What constraints claim of a text, by their parameters (:mod:`hir_data.schemas.claims`), is put side by side
(:mod:`hir_data.instructions.clash_rules`), through composites; where that does not decide, the tables of the
kinds are asked. Nothing is found where nothing is known: an empty list is no proof that a text exists.
"""

import functools
import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from hir_data.instructions import clash_rules as clashes
from hir_data.instructions import joint_rules, reader_rules, taste_rules
from hir_data.instructions.section_claims import lifted, same_section
from hir_data.schemas import registry
from hir_data.schemas.claims import (
    Claim,
    ContainsText,
    Count,
    ForReaders,
    OneOf,
    negated,
)
from hir_data.schemas.constraint import Constraint, check
from hir_data.text.text import Text
from hir_data.verifiers.compose import AllOf, AnyOf, IfThen, Not
from hir_data.verifiers.within import Within

ConflictType = Literal["contradiction", "redundant", "unlikely", "table"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two constraints of one instruction that do not go together, or one that cannot be satisfied at all.

    Attributes:
        type: ``contradiction``, no text satisfies both; ``redundant``, the second says nothing new;
            ``unlikely``, no text that people would write satisfies both; ``table``, the benchmark that they
            come from does not ask for both.
        first: the place of one constraint in the instruction, from 0.
        second: the place of the other one; the same where one constraint contradicts itself.
        reason: why, in words.
        also: the places of further constraints, where each two of them go together and all of them do not.
    """

    type: ConflictType
    first: int
    second: int
    reason: str
    also: tuple[int, ...] = ()

    @property
    def sort(self) -> ConflictType:
        """The old name of :attr:`type`, until 0.2."""
        warnings.warn("Conflict.sort is type now; it goes with 0.2", DeprecationWarning, stacklevel=2)
        return self.type


def conflicts(constraints: Sequence[Constraint]) -> list[Conflict]:
    """What does not go together in an instruction, each pair once; else the fewest that do not together.

    "No text" leaves aside texts without any letter, which are in every language at once.
    """
    found, possible = [], []
    for i, one in enumerate(constraints):
        if reason := contradiction(one, one):
            found.append(Conflict("contradiction", i, i, reason))
        else:
            possible.append((i, one))
    for (i, one), (j, other) in itertools.combinations(possible, 2):
        if conflict := between(one, other):
            places = (j, i) if conflict.first else (i, j)
            found.append(Conflict(conflict.type, *places, conflict.reason))
    # Where a pair does not go together, that is to be mended first.
    if not found and (joint := joint_rules.smallest([one for _, one in possible])):
        together, (reason, certain) = joint
        first, second, *also = (possible[place][0] for place in together)
        kind: ConflictType = "contradiction" if certain else "unlikely"
        found.append(Conflict(kind, first, second, reason, tuple(also)))
    return found


@functools.lru_cache(maxsize=1 << 16)
def between(one: Constraint, other: Constraint) -> Conflict | None:
    """What does not go together in two constraints, 0 and 1, each of which can be satisfied."""
    if reason := contradiction(one, other):
        return Conflict("contradiction", 0, 1, reason)
    if implies(one, other):
        return Conflict("redundant", 0, 1, f"{other.kind} follows from {one.kind}")
    if implies(other, one):
        return Conflict("redundant", 1, 0, f"{one.kind} follows from {other.kind}")
    if reason := unlikely(one, other) or to_a_reader(one, other):
        return Conflict("unlikely", 0, 1, reason)
    if reason := said_twice(one, other):
        return Conflict("redundant", 0, 1, reason)
    if in_table(one, other) and not _known_better(one, other):
        return Conflict("table", 0, 1, f"{one.kind} and {other.kind} are not asked for together")
    return None


@functools.lru_cache(maxsize=1 << 16)
def contradiction(one: Constraint, other: Constraint) -> str | None:
    """Why no text satisfies both constraints; None where that is not known. The same one twice is one."""
    return _in_every_way(one, other, _never)


def unlikely(one: Constraint, other: Constraint) -> str | None:
    """Why hardly any text satisfies both constraints; None where that is not known."""
    single = len(_ways(one)) == len(_ways(other)) == 1
    possible = single and contradiction(one, other) is None
    return _in_every_way(one, other, _unusually if possible else _hardly_ever)


def to_a_reader(one: Constraint, other: Constraint) -> str | None:
    """Why a reader sees a contradiction, whatever the definitions of the two constraints."""
    return reader_rules.clash(_claimed(one), _claimed(other))


def said_twice(one: Constraint, other: Constraint) -> str | None:
    """What both constraints say to a reader; None where that is not known."""
    return reader_rules.said_twice(_claimed(one), _claimed(other))


def awkward(one: Constraint, other: Constraint) -> str | None:
    """Why nobody would ask for both, although a text that satisfies them can be written."""
    return taste_rules.awkward(_claimed(one), _claimed(other))


@functools.lru_cache(maxsize=1 << 14)
def _claimed(constraint: Constraint) -> tuple[Claim, ...]:
    """What a constraint claims; of what must not hold, that it does not, where there is one word for it."""
    ways = _ways(constraint) if isinstance(constraint, Not) else ()
    return _claims(ways[0]) if len(ways) == 1 else tuple(constraint.claims())


@functools.lru_cache(maxsize=1 << 16)
def implies(known: Constraint, new: Constraint) -> bool:
    """Whether every text that satisfies the known constraint satisfies the new one."""
    if new == known:
        return True
    if isinstance(new, IfThen) and all(implies(known, part) for part in new.consequences):
        return True
    ways = _ways(new)
    return all(any(_follows(way, old) for way in ways) for old in _ways(known))


def in_table(one: Constraint, other: Constraint) -> bool:
    """Whether the tables speak against two constraints of different kinds."""
    return type(one) is not type(other) and registry.conflict(one.kind, other.kind)


def _known_better(one: Constraint, other: Constraint) -> bool:
    """Whether claims, which have found nothing, count for more than a table.

    Tables know kinds, not parameters: what they speak against is hard in general, and may be easy in a case.
    An entry that names the other kind counts unless the claims of both constraints say all; one for nearly
    all kinds there are counts unless those of one do.
    """
    named = other.kind in one.conflicts or one.kind in other.conflicts
    return (
        (one.claims_are_exact and other.claims_are_exact)
        if named
        else (one.claims_are_exact or other.claims_are_exact)
    )


# ---------------------------------------------------------------------------------------------------------
# Composites: every way to satisfy one


class _Part(NamedTuple):
    """Something that a text has to satisfy, the claims that follow, and whether they say all."""

    constraint: Constraint
    claims: tuple[Claim, ...] = ()
    exact: bool = False


_Way = tuple[_Part, ...]
_MOST_WAYS = 64


@functools.lru_cache(maxsize=1 << 14)
def _ways(constraint: Constraint) -> tuple[_Way, ...]:
    """Every way to satisfy a constraint: a text that does satisfies all parts of one of them."""
    match constraint:
        case AllOf(constraints=parts):
            ways = _all([_ways(part) for part in parts])
        case AnyOf(constraints=parts):
            ways = [way for part in parts for way in _ways(part)]
        case IfThen(condition=condition, then=then, otherwise=otherwise):
            rest = [_ways(otherwise)] if otherwise else []
            ways = [*_all([_ways(condition), _ways(then)]), *_all([_ways(Not(constraint=condition)), *rest])]
        case Not(constraint=inner):
            ways = list(_ways_not(inner))
        case Within(constraint=inner):
            ways = [(_Part(constraint, tuple(lifted(constraint, _claims(way)))),) for way in _ways(inner)]
        case _:
            claims = tuple(constraint.claims())
            ways = [(_Part(constraint, claims, constraint.claims_are_exact and bool(claims)),)]
    return tuple(ways) if len(ways) <= _MOST_WAYS else ((_Part(constraint),),)


def _ways_not(inner: Constraint) -> Iterator[_Way]:
    match inner:
        case Not(constraint=constraint):
            yield from _ways(constraint)
        case AllOf(constraints=parts):
            yield from (way for part in parts for way in _ways(Not(constraint=part)))
        case AnyOf(constraints=parts):
            yield from _all([_ways(Not(constraint=part)) for part in parts])
        case IfThen(condition=condition, then=then, otherwise=otherwise):
            yield from _all([_ways(condition), _ways(Not(constraint=then))])
            if otherwise:
                yield from _all([_ways(Not(constraint=condition)), _ways(Not(constraint=otherwise))])
        case _:
            claims = _essential(inner.claims()) if inner.claims_are_exact else ()
            for opposites in map(negated, claims) if claims else (None,):
                for claim in (None,) if opposites is None else opposites:
                    known = (claim,) if claim else ()
                    yield (_Part(Not(constraint=inner), known, bool(known)),)


def _essential(claims: Iterable[Claim]) -> list[Claim]:
    """The claims without those that only say what follows from a count."""
    counted = {claim.of for claim in claims if isinstance(claim, Count)}
    return [
        claim
        for claim in claims
        if not isinstance(claim, ForReaders)
        and not (
            isinstance(claim, ContainsText)
            and counted & {f"occurrences {claim.text.lower()}", f"sections {claim.text}"}
        )
    ]


def _all(parts: Iterable[Sequence[_Way]]) -> list[_Way]:
    """The ways to satisfy several constraints at once."""
    several: list[_Way] = [()]
    for ways in parts:
        several = [(*one, *other) for one in several for other in ways]
        if len(several) > _MOST_WAYS:
            return several
    return several


def _claims(way: _Way) -> tuple[Claim, ...]:
    return tuple(dict.fromkeys(claim for part in way for claim in part.claims))


def _in_every_way(one: Constraint, other: Constraint, why: Callable[[_Way], str | None]) -> str | None:
    """Why none of the ways to satisfy both can be gone."""
    pairs = itertools.product(_ways(one), _ways(other)) if one != other else ((way, ()) for way in _ways(one))
    reasons: dict[str, None] = {}
    for first, second in pairs:
        reason = why(first + second)
        if not reason:
            return None
        reasons[reason] = None
    return "; ".join(list(reasons)[:3]) or None


def _never(parts: _Way) -> str | None:
    """Why no text satisfies all of the parts."""
    if reason := clashes.certain(_claims(parts)):
        return reason
    for one, other in itertools.permutations(parts, 2):
        match one.constraint, other.constraint:
            case Not(constraint=inner), known if implies(known, inner):
                return f"one is what the other forbids: {inner.clause()}"
            case Within() as place, Within() as same if same_section(place, same):
                if reason := contradiction(place.constraint, same.constraint):
                    return reason
        if reason := _nothing_left(one, other):
            return reason
    return None


def _hardly_ever(parts: _Way) -> str | None:
    """Why hardly any text satisfies all of the parts, if any does."""
    return _never(parts) or _unusually(parts)


def _unusually(parts: _Way) -> str | None:
    """Why hardly any text satisfies all of the parts, where it is known that some may."""
    if reason := clashes.unlikely(_claims(parts)):
        return reason
    pairs = itertools.permutations(parts, 2)
    return next(filter(None, (_nothing_left(one, other, usually=True) for one, other in pairs)), None)


def _follows(new: _Way, known: _Way) -> bool:
    claims = _claims(known)
    for part in new:
        if any(part.constraint == old.constraint for old in known):
            continue
        if part.exact and all(any(clashes.follows(claim, old) for old in claims) for claim in part.claims):
            continue
        return False
    return True


# ---------------------------------------------------------------------------------------------------------
# A few texts to choose from

# What is counted whether letters are small or capital.
_IN_ANY_CASE = ("words", "letter ", "letters", "characters", "occurrences ", "paragraphs")


def _nothing_left(few: _Part, rest: _Part, *, usually: bool = False) -> str | None:
    """Where one part leaves a few texts to choose from: whether the other one rejects them all.

    Their letters may be small or capital; what depends on that is tried as it stands and in one case, which
    is usually all that there is.
    """
    case_matters = not rest.exact or not all(
        isinstance(claim, Count) and claim.of.startswith(_IN_ANY_CASE) for claim in rest.claims
    )
    if rest.constraint.soft or (case_matters and not usually):
        return None
    for claim in few.claims:
        if isinstance(claim, OneOf):
            texts = [text.strip() for text in claim.texts]
            texts += [*map(str.lower, texts), *map(str.upper, texts)] if case_matters else []
            if all(check(rest.constraint, Text(text)).satisfied is False for text in texts):
                return f"{few.constraint.kind} leaves no text that satisfies {rest.constraint.kind}"
    return None
