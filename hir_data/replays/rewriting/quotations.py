"""What constraints repeat of the prompt that they stand in."""

from collections.abc import Iterator

from hir_data.schemas.constraint import Constraint
from hir_data.verifiers.compose import Composite


def quotations(constraint: Constraint) -> Iterator[str]:
    """What a constraint, or a part of it, repeats of the prompt, white space around it aside."""
    if isinstance(constraint, Composite):
        for part in constraint.inner():
            yield from quotations(part)
    elif constraint.quoted_parameter:
        yield str(getattr(constraint, constraint.quoted_parameter)).strip()
