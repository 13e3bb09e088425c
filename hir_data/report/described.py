"""What a constraint asks for, in the words of its kind, which may be a plugin's."""

from hir_data.errors import RecordError
from hir_data.schemas.constraint import Constraint


def described(constraint: Constraint) -> str:
    """The constraint in English; of a plugin's kind that cannot say it, the kind and what was raised."""
    try:
        return constraint.describe()
    except Exception as error:  # no reason to show nothing of all the others
        return f"{constraint.kind} (cannot be described: {RecordError.of(error).problem})"
