"""MulDimIF's constraints, which are sentences, as typed constraints.

Each sentence is cut into tokens (``grammar.tokens``), its numbers are found with what they count
(``grammar.quantities``), and the readers of its category make constraints of them (``grammar.readers``).
"""

import functools
import math
from collections.abc import Sequence

from pydantic import ValidationError

from hir_data.formats.grammar.readers import read
from hir_data.schemas.constraint import Constraint
from hir_data.verifiers.compose import AllOf
from hir_data.verifiers.muldimif.counted import Counted
from hir_data.verifiers.muldimif.unparsed import Unparsed

_LONGEST = 2_000  # characters of a sentence; what is longer is none, and reading it takes the square of that


@functools.lru_cache(maxsize=1 << 14)
def parse_muldimif(category: str, subcategory: str, sentence: str) -> Constraint:
    """The constraint that a sentence states; of the kind ``muldimif:unparsed`` where it cannot be read.

    Several things that one sentence states are joined by ``all_of``.
    """
    try:
        stated = read(category, subcategory, sentence) if len(sentence) <= _LONGEST else []
    except ValidationError:  # a number that makes no sense, such as a heading of level 9
        stated = []
    if not stated or _contradict(stated):
        return Unparsed(category=category, subcategory=subcategory, sentence=sentence)
    return stated[0] if len(stated) == 1 else AllOf(constraints=tuple(stated))


def _contradict(stated: Sequence[Constraint]) -> bool:
    """Whether two counts of the same thing exclude each other, so that one of them was misread."""
    bounds: dict[tuple[object, ...], tuple[int, float]] = {}
    for one in stated:
        if isinstance(one, Counted):
            others = {name: value for name, value in one if name not in ("min", "max")}
            of = (type(one), *others.items())
            least, most = bounds.get(of, (0, math.inf))
            least = max(least, one.min or 0)
            most = min(most, math.inf if one.max is None else one.max)
            if least > most:
                return True
            bounds[of] = least, most
    return False
