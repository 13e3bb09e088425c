"""A record that could not be dealt with, and why."""

from typing import Any, NamedTuple

from hir_data.errors import RecordError


class Rejected(NamedTuple):
    """A record that gave no rollout, kept with the reason."""

    error: RecordError
    record: Any

    def as_record(self) -> dict[str, Any]:
        """As it is written to the file of rejected records."""
        error = self.error
        return {
            "source": error.source,
            "line": error.line,
            "field": error.field,
            "reason": error.problem,
            "record": self.record,
        }
