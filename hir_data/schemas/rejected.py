"""A record that could not be dealt with, and why."""

from typing import Any, NamedTuple

from pydantic_core import from_json

from hir_data.errors import RecordError
from hir_data.schemas.json_line import certain_line


class Rejected(NamedTuple):
    """A record that gave no rollout, kept with the reason."""

    error: RecordError
    record: Any

    @classmethod
    def because(cls, error: Exception, source: str, line: int | None, record: Any) -> "Rejected":
        """The rejection of a record, whatever was raised while it was read, checked, described or written.

        Args:
            error: what was raised.
            source: the file of the record.
            line: its 1-based line or row.
            record: the record, or what stood there.
        """
        return cls(RecordError.of(error).at(source, line), record)

    @classmethod
    def of_line(cls, line: bytes | str) -> "Rejected":
        """What :meth:`as_line` has written.

        Raises:
            ValueError: the line is none of it.
        """
        try:
            said = from_json(line)
            error = RecordError(said["reason"], said["source"], said["line"], said["field"])
            return cls(error, said["record"])
        except (KeyError, TypeError) as problem:
            raise ValueError("is no rejected record") from problem

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

    def as_line(self) -> bytes:
        """As a line of JSON. A record that JSON has no words for is written as text."""
        return certain_line(self.as_record())
