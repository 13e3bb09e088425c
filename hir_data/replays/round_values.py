"""Numbers that people write: "at least 600 words", not 610, and "between 60 and 80", not 65 and 73."""

import itertools
from collections.abc import Iterator

from hir_data.replays.information import OtherResponses
from hir_data.replays.strict_reading import holds, reader_agrees
from hir_data.schemas.claims import Count
from hir_data.schemas.constraint import Constraint
from hir_data.text.text import Text

ANY_NUMBER = 10
"""Up to which people write any number."""

_FIVES = 30  # up to which numbers are fives, where that costs little, and any other where it does

LOST = 1.0
"""Bits that a rounder number may cost."""

_LOOSER = 0.1  # of a number, by which it may be moved where nothing is measured


def rounded(
    constraint: Constraint, text: Text, others: OtherResponses, old: Constraint | None = None
) -> Constraint | None:
    """The same constraint with the roundest numbers that the text satisfies and that say hardly less.

    Bounds move outward, since a text that is inside stays there. Beyond ten they are fives, beyond thirty
    tens, or else fives; beyond a hundred fifties, or else multiples of 25; beyond a thousand hundreds, or
    else fifties. Where a strict reader counts otherwise than the verifier, they move on until both are
    satisfied; None where they cannot.

    Args:
        constraint: that the text satisfies.
        text: the response.
        others: responses to other instructions, to measure bits on.
        old: what was asked. Where that was "fewer than 121" for "at most 120", the new number is so, too.
    """
    is_inclusive = old is not None and bool(_beyond_round(old, round_only=True))
    beyond = _beyond_round(constraint) if is_inclusive else frozenset()
    agreed = reader_agrees(constraint, text)
    numbers = _numbers(constraint, beyond=ANY_NUMBER if agreed else 0)
    unchanged = constraint if agreed else None
    for steps in ((10, 50, 100), (5, 25, 50)) if numbers else ():
        for values in _roundings(numbers, steps, agreed, beyond):
            other = constraint.try_replace(**values)
            if other == unchanged:
                return unchanged
            if (
                other is not None
                and holds(other, text)
                and _says_hardly_less(other, constraint, numbers, values, others)
            ):
                return other
    return unchanged


def _numbers(constraint: Constraint, beyond: int) -> dict[str, int]:
    """The numbers of a constraint that bounds a count, beyond those that may stay as they are."""
    bounds = [claim for claim in constraint.claims() if isinstance(claim, Count)]
    if not bounds or any(claim.least == claim.most for claim in bounds):
        return {}
    return {
        name: value
        for name, value in constraint
        if isinstance(value, int) and not isinstance(value, bool) and value > beyond
    }


def _beyond_round(constraint: Constraint, *, round_only: bool = False) -> frozenset[str]:
    """The fields that are one more than a count may be; if asked, only where that is a round number."""
    most = {claim.most for claim in constraint.claims() if isinstance(claim, Count) and claim.most}
    return frozenset(
        name
        for name, value in constraint
        if isinstance(value, int) and value - 1 in most and not (round_only and (value - 1) % _FIVE)
    )


_FIVE = 5


def _roundings(
    numbers: dict[str, int], steps: tuple[int, int, int], agreed: bool, beyond: frozenset[str]
) -> Iterator[dict[str, int]]:
    """Each number as the next round ones below or above, in all combinations, the nearest first.

    One that is to be beyond a round number is one more than that.
    """
    near = [
        tuple(found + 1 for found in _round(value - 1, steps, agreed))
        if name in beyond
        else _round(value, steps, agreed)
        for name, value in numbers.items()
    ]
    found = [dict(zip(numbers, values, strict=True)) for values in itertools.product(*near)]
    yield from sorted(found, key=lambda values: sum(abs(values[name] - numbers[name]) for name in numbers))


def _round(value: int, steps: tuple[int, int, int], agreed: bool) -> tuple[int, ...]:
    step = steps[0] if value <= 100 else steps[1] if value <= 1000 else steps[2]
    if value <= _FIVES:
        step = 1 if value <= ANY_NUMBER or steps[0] < _FIVE * 2 else _FIVE
    below = value - value % step
    if not agreed:
        return tuple(below + step * number for number in range(-_FURTHER, _FURTHER + 1))
    return (value,) if below == value else (below, below + step)


_FURTHER = 3  # steps that a number may move until a strict reader agrees


def _says_hardly_less(
    new: Constraint,
    old: Constraint,
    numbers: dict[str, int],
    values: dict[str, int],
    others: OtherResponses,
) -> bool:
    if not others.suffices:
        return all(abs(values[name] - number) <= _LOOSER * number for name, number in numbers.items())
    return others.bits(others.satisfied(new)) >= others.bits(others.satisfied(old)) - LOST
