"""Lines of JSONL files, which whoever has the time parses."""

import io
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pydantic_core import from_json

from hir_data.errors import RecordError
from hir_data.formats.conversations import DEFAULT, ReadOptions
from hir_data.formats.documents import record_row
from hir_data.formats.rows import Row, shown_line

_LARGEST_SPACE = ord(" ")


class Line(NamedTuple):
    """One line of a JSONL file, not yet parsed.

    Attributes:
        source: the file's name.
        line: the 1-based line.
        content: what stands there.
        format: the format that it is said to be in, if any is.
        options: how conversations in it are read.
    """

    source: str
    line: int
    content: bytes
    format: str | None = None
    options: ReadOptions = DEFAULT

    def parsed(self) -> Row:
        """The record in this line."""
        row = _json_row(self.content, self.source, self.line)
        if self.format is None and self.options is DEFAULT:
            return row
        return row._replace(format=self.format, options=self.options)


class Lines(NamedTuple):
    """Lines of a JSONL file that follow each other, in one piece: many at a time cost no more than one.

    Attributes:
        source: the file's name.
        line: the 1-based line at which they begin.
        content: what stands there.
        format: the format that they are said to be in, if any is.
        options: how conversations in them are read.
        blanks: whether some lines may be blank, which are no records.
    """

    source: str
    line: int
    content: bytes
    format: str | None = None
    options: ReadOptions = DEFAULT
    blanks: bool = True

    def each(self) -> Iterator[Line]:
        """The lines that are records."""
        for number, content in enumerate(io.BytesIO(self.content), self.line):
            if not content.isspace():
                yield Line(self.source, number, content, self.format, self.options)

    def cut(self, records: int) -> "tuple[Lines, int, Lines | None]":
        """The first records, at most so many, how many they are, and the rest, if there are any in it."""
        content, end, lines, found = self.content, 0, 0, 0
        while found < records and end < len(content):
            start, end = end, content.find(b"\n", end) + 1 or len(content)
            lines += 1
            found += content[start] > _LARGEST_SPACE or not content[start:end].isspace()
        head = self._replace(content=content[:end], blanks=found != lines)
        rest = self._replace(line=self.line + lines, content=content[end:])
        return head, found, None if not rest.content or rest.content.isspace() else rest

    @property
    def told(self) -> bytes:
        """All that the records say."""
        return b"".join(line.content for line in self.each()) if self.blanks else self.content


def units_of(pieces: Iterable[Any]) -> Iterator[Any]:
    """Each line of the pieces, and whatever else there is."""
    for piece in pieces:
        if isinstance(piece, Lines):
            yield from piece.each()
        else:
            yield piece


def is_json(line: bytes) -> bool:
    """Whether this is one JSON document."""
    try:
        from_json(line.rstrip())
    except ValueError:
        return False
    return True


def _json_row(line: bytes, name: str, number: int) -> Row:
    try:
        record = from_json(line.rstrip(), cache_strings="keys")
    except ValueError as error:
        problem = f"malformed JSON: {str(error).replace(' at line 1 column ', ' at column ')}"
        try:
            line.decode()
        except UnicodeDecodeError as undecoded:
            problem = f"not UTF-8 (byte 0x{line[undecoded.start]:02x} at column {undecoded.start + 1})"
        return Row(name, number, None, RecordError(problem, name, number), shown_line(line))
    return record_row(record, name, number, line)
