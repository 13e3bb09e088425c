"""MulDimIF's constraints, which are sentences, as typed constraints.

Each sentence is cut into tokens (``grammar.tokens``), its numbers are found with what they count
(``grammar.quantities``), and the readers of its category make constraints of them (``grammar.readers``).
"""

import functools

from pydantic import ValidationError

from hir_data.formats.grammar.readers import read
from hir_data.schemas.constraint import Constraint
from hir_data.verifiers.compose import AllOf
from hir_data.verifiers.muldimif.unparsed import Unparsed


@functools.lru_cache(maxsize=1 << 14)
def parse_muldimif(category: str, subcategory: str, sentence: str) -> Constraint:
    """The constraint that a sentence states; of the kind ``muldimif:unparsed`` where it cannot be read.

    Several things that one sentence states are joined by ``all_of``.
    """
    try:
        stated = read(category, subcategory, sentence)
    except ValidationError:  # a number that makes no sense, such as a heading of level 9
        stated = []
    if not stated:
        return Unparsed(category=category, subcategory=subcategory, sentence=sentence)
    return stated[0] if len(stated) == 1 else AllOf(constraints=tuple(stated))
