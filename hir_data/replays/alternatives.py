"""What may be asked for in place of a violated constraint: other values, weaker kinds, the opposite."""

import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence

from hir_data.replays.information import OtherResponses
from hir_data.replays.round_values import rounded
from hir_data.replays.strict_reading import strictly_read
from hir_data.replays.weaker import weaker
from hir_data.schemas.constraint import Constraint, RelabelMethod, check
from hir_data.text.text import Text


@functools.lru_cache(maxsize=1 << 5)
def alternatives(
    constraint: Constraint,
    text: Text,
    method: RelabelMethod,
    others: OtherResponses,
    is_violated: bool = False,
) -> Sequence[Constraint]:
    """What may be asked for in place of a constraint, computed once while a response is explained.

    One that the verifier is known to find violated is not checked again.
    """
    return tuple(_each_alternative(constraint, text, method, others, is_violated))


def _each_alternative(
    constraint: Constraint, text: Text, method: RelabelMethod, others: OtherResponses, is_violated: bool
) -> Iterator[Constraint]:
    """What may be asked for in place of a constraint: satisfied by the verifier's count and by a reader's."""
    read = strictly_read(constraint, text)
    known: set[Constraint] = set()
    for seen in (text,) if read is text else (text, read):
        for other in _hindsight(constraint, seen, method, others, is_violated and seen is text):
            if other is None or other in known or not check(other, text).satisfied:
                continue
            known.add(other)
            round_one = rounded(other, text, others, constraint)
            if round_one is not None and round_one != constraint:
                yield round_one


def _hindsight(
    constraint: Constraint, text: Text, method: RelabelMethod, others: OtherResponses, is_violated: bool
) -> Iterable[Constraint | None]:
    """What a constraint may become; one that only a reader finds violated, itself with other numbers."""
    if method == "nearest" and not is_violated and check(constraint, text).satisfied:
        return itertools.chain([constraint], weaker(constraint, text, others))
    found = constraint.alternatives(text, [method])
    return itertools.chain(found, weaker(constraint, text, others)) if method == "nearest" else found
