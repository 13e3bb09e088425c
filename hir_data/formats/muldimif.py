"""MulDimIF's constraints, which are sentences, as typed constraints."""

from hir_data.schemas.constraint import Constraint
from hir_data.verifiers.muldimif.unparsed import Unparsed


def parse_constraint(category: str, subcategory: str, sentence: str) -> Constraint:
    """The constraint that a sentence states; of the kind ``muldimif:unparsed`` where it cannot be read."""
    return Unparsed(category=category, subcategory=subcategory, sentence=sentence)
