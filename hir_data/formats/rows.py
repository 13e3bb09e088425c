"""Records with their places."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from hir_data.errors import RecordError
from hir_data.formats.conversations import DEFAULT, ReadOptions

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
        raw: what stood there, if it could not be read.
        format: the format that it is said to be in, if any is.
        options: how conversations in it are read.
    """

    source: str
    line: int
    record: dict[str, Any] | None
    error: RecordError | None = None
    raw: str | None = None
    format: str | None = None
    options: ReadOptions = DEFAULT


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
