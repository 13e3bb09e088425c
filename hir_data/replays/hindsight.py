"""What an instruction would have to ask for, so that a response had satisfied it."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from hir_data.instructions.conflicts import conflicts
from hir_data.schemas.constraint import SORTS, Constraint, RelabelMethod, check
from hir_data.schemas.replay import Change
from hir_data.text.text import Text


def in_hindsight(
    constraints: Sequence[Constraint],
    text: Text,
    sorts: Sequence[RelabelMethod] = SORTS,
    verdicts: Sequence[bool | None] | None = None,
) -> tuple[Change, ...]:
    """What becomes of each constraint of an instruction in the light of a response, in their order.

    What the text satisfies is kept. What it violates is relabelled (:meth:`Constraint.hindsight`) where there
    is something to ask for that goes together with all the others and is not said by them already; else it
    is dropped, as is what could not be determined. Without ``sorts`` nothing is relabelled, as in the paper.

    The constraints that remain are satisfied by the text, strictly, and have no conflict that the original
    ones did not have.

    Args:
        constraints: of the instruction.
        text: the response.
        sorts: how constraints may be relabelled, the best way first.
        verdicts: whether the text satisfies each constraint, where that is known already.
    """
    if verdicts is None:
        verdicts = [check(constraint, text).satisfied for constraint in constraints]
    return tuple(each_in_hindsight(constraints, text, sorts, verdicts))


def each_in_hindsight(
    constraints: Sequence[Constraint],
    text: Text,
    sorts: Sequence[RelabelMethod],
    verdicts: Sequence[bool | None],
) -> Iterator[Change]:
    """What :func:`in_hindsight` gives, one by one, for those who need not know all of it."""
    remaining = [one for one, satisfied in zip(constraints, verdicts, strict=True) if satisfied]
    for constraint, satisfied in zip(constraints, verdicts, strict=True):
        if satisfied:
            yield Change(fate="kept", constraint=constraint, became=constraint)
            continue
        change = Change(fate="dropped", constraint=constraint)
        for sort in sorts if satisfied is False else ():
            other = constraint.hindsight(text, [sort])
            if other is not None and not any(_conflict(one, other) for one in remaining):
                change = Change(fate=sort, constraint=constraint, became=other)
                remaining.append(other)
                break
        yield change


@lru_cache(maxsize=1 << 16)
def _conflict(one: Constraint, other: Constraint) -> bool:
    return bool(conflicts([one, other]))
