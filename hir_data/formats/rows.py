"""Records with their places."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from hir_data.errors import RecordError
from hir_data.formats.conversations import DEFAULT, ReadOptions
from hir_data.formats.fields import moved
from hir_data.schemas.rejected import Rejected

MAX_RECORD_BYTES = 64 << 20
"""Bytes that a record of a file may have unless something else is said; a larger one is rejected."""

_SHOWN = 1000  # bytes of a record that is too large


class Row(NamedTuple):
    """One record of a file, or what is wrong with it.

    Attributes:
        source: the file's name.
        line: the 1-based line, or row.
        record: the record, None if it could not be read.
        error: why it could not be read.
        raw: what stood there, if it could not be read or was in an envelope.
        format: the format that it is said to be in, if any is.
        options: how conversations in it are read.
        places: where the fields of the record stand in what was read; None where nobody has looked yet.
    """

    source: str
    line: int
    record: dict[str, Any] | None
    error: RecordError | None = None
    raw: Any = None
    format: str | None = None
    options: ReadOptions = DEFAULT
    places: Mapping[str, str] | None = None

    @property
    def as_read(self) -> Any:
        """What stood in the file."""
        return self.record if self.raw is None else self.raw

    def rejection(self, error: Exception) -> Rejected:
        """The row as a rejected record, whatever was raised while it was dealt with."""
        placed = moved(RecordError.of(error), self.places or {})
        return Rejected.because(placed, self.source, self.line, self.as_read)


def numbered(records: Iterable[dict[str, Any]], name: str, first: int = 1) -> Iterator[Row]:
    """Records with their numbers, counted from ``first``."""
    for number, record in enumerate(records, first):
        yield Row(name, number, dict(record))


def too_large(name: str, number: int, limit: int, start: bytes) -> Row:
    """A record of which only the start is known, rejected for its size."""
    error = RecordError(f"has more than {limit} bytes (see --max-record-bytes)", name, number)
    return Row(name, number, None, error, shown_line(start[:_SHOWN]) + "...")


def shown_line(raw: Any) -> str:
    """What stood in a line that could not be read, as text."""
    return raw.decode(errors="backslashreplace").rstrip("\r\n") if isinstance(raw, bytes) else str(raw)
