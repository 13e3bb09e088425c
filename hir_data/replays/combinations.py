"""What violated constraints can become, and which of these go together best."""

import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hir_data.replays.information import OtherResponses
from hir_data.replays.overlap import clash
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.replay import Fate

_MOST_COMBINATIONS = 64
_MOST_TRIED = 8  # of these


class Option(NamedTuple):
    """One thing that a violated constraint can become; the constraint None where it is dropped."""

    fate: Fate
    constraint: Constraint | None
    satisfied: int


DROPPED = Option("dropped", None, -1)

_COST: dict[Fate, float] = {"nearest": 0.0, "flip": 2.0, "substitute": 6.0, "dropped": 7.0}
"""Bits that an option has to add more than a nearest value to be taken."""


def combinations(
    options: Sequence[Sequence[Option]], kept: Sequence[Constraint], others: OtherResponses
) -> Iterator[tuple[Option, ...]]:
    """The combinations that go together, those first that explain the response best."""
    rest = others.satisfied(*kept)
    rated = []
    for chosen in itertools.islice(itertools.product(*options), _MOST_COMBINATIONS):
        if sum(option.fate == "substitute" for option in chosen) > 1:
            continue
        satisfied = rest
        for option in chosen:
            satisfied &= option.satisfied
        rated.append((sum(_COST[option.fate] for option in chosen) - others.bits(satisfied), chosen))
    rated.sort(key=lambda pair: round(pair[0], 6))
    for _, chosen in rated[:_MOST_TRIED]:
        if _go_together(chosen):
            yield chosen


def _go_together(chosen: Sequence[Option]) -> bool:
    new = [option.constraint for option in chosen if option.constraint is not None]
    return not any(clash(one, other) for one, other in itertools.combinations(new, 2))
