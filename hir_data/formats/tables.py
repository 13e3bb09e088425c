"""The rows of tables: CSV and Parquet."""

import contextlib
import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from hir_data.errors import RecordError
from hir_data.formats.rows import Row, numbered, too_large
from hir_data.schemas.json_line import certain_line

_PARQUET_ROWS = 512


_DELIMITERS = (",", ";", "\t", "|")


def delimiter_of(start: bytes, usual: str) -> str:
    """What stands between the names in the first line of a table: the usual mark if it does, or another one.

    Args:
        start: of the file, its first line at least.
        usual: the mark that its name says.
    """
    names = start.decode("utf-8-sig", "replace").splitlines()[:1]
    numbers = {each: len(next(csv.reader(names, delimiter=each), [])) for each in (usual, *_DELIMITERS)}
    return usual if numbers[usual] > 1 else max(numbers, key=numbers.__getitem__)


def csv_rows(file: BinaryIO, name: str, limit: int, delimiter: str = ",") -> Iterator[Row]:
    """The rows of a table in text with names in its first line; empty cells are left out."""
    csv.field_size_limit(limit)
    with io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline="") as text:
        rows: csv.DictReader[Any] = csv.DictReader(_BoundedLines(text, limit), delimiter=delimiter)
        for number in itertools.count(1):
            try:
                if number == 1:
                    rows.fieldnames = _distinct(rows.fieldnames or ())
                row = next(rows, None)
            except csv.Error as error:
                if number == 1 and not rows.line_num:
                    raise RecordError(f"cannot be read as CSV: {error}", name) from None
                problem = f"malformed CSV: {error}"
                yield Row(name, number, None, RecordError(problem, name, number), "")
                continue
            if row is None:
                return
            yield _csv_row(row, name, number)


class _Again(NamedTuple):
    """In place of a column's name where another column has it already."""

    name: str
    number: int


def _distinct(names: Iterable[str]) -> list[str | _Again]:
    """The names of columns, those that were there before with a number."""
    distinct: dict[str | _Again, None] = {}
    for number, name in enumerate(names):
        distinct[_Again(name, number) if name in distinct else name] = None
    return [*distinct]


def _csv_row(row: dict[Any, Any], name: str, number: int) -> Row:
    more = row.pop(None, None)  # cells behind the last column
    problem, place = f"has {len(more)} cells more than the first line" if more else "", None
    again = {field: row.pop(field) for field in [*row] if isinstance(field, _Again)}
    for field, cell in row.items():
        if cell and not cell.isascii() and any("\udc80" <= character <= "\udcff" for character in cell):
            problem, place = "not UTF-8", field
    for field, cell in again.items():
        if field.name and cell and cell != row[field.name]:
            problem, place = "is the name of two columns that differ", field.name
    if problem:
        beside = {f"{field.name} ({field.number + 1})": cell for field, cell in again.items()}
        raw = certain_line({**beside, **row, **({"more": more} if more else {})}).decode().rstrip()
        return Row(name, number, None, RecordError(problem, name, number, place), raw)
    return Row(name, number, {field: cell for field, cell in row.items() if cell})


class _BoundedLines:
    """The lines of a text; one that is too long is an error, behind which the next ones can be read."""

    def __init__(self, text: io.TextIOWrapper, limit: int) -> None:
        self._text, self._limit = text, limit

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(self._limit + 1)
        if not line:
            raise StopIteration
        if len(line) > self._limit and not line.endswith("\n"):
            while (more := self._text.readline(1 << 20)) and not more.endswith("\n"):
                pass
            raise csv.Error(f"a line has more than {self._limit} characters (see --max-record-bytes)")
        return line


def parquet_rows(path: Path, limit: int) -> Iterator[Row]:
    """The rows of a Parquet file."""
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            number = 1
            for batch in file.iter_batches(_PARQUET_ROWS):
                yield from _batch_rows(batch, str(path), number, limit)
                number += batch.num_rows
    except pyarrow.ArrowException as error:
        raise RecordError(f"cannot be read as Parquet: {error}", str(path)) from error


def _batch_rows(batch: Any, name: str, first: int, limit: int) -> Iterator[Row]:
    """The rows of a batch of a table; one that Python has no values for is rejected by itself."""
    rows = None
    if batch.nbytes <= limit:
        with contextlib.suppress(Exception):  # bytes that are no UTF-8, dates out of range
            rows = batch.to_pylist()
    if rows is not None:
        yield from numbered(rows, name, first)
        return
    for number in range(batch.num_rows):
        if batch.slice(number, 1).nbytes > limit:
            yield too_large(name, first + number, limit, b"")
            continue
        row: dict[str, Any] = {}
        error: RecordError | None = None
        for field in batch.schema.names:
            try:
                cell = batch.column(field).slice(number, 1)
                row[field] = cell.to_pylist()[0]
            except Exception as problem:
                reason = f"cannot be read as {batch.schema.field(field).type}: {problem}"
                error = error or RecordError(reason[:300], name, first + number, field)
        if error:
            yield Row(name, first + number, None, error, certain_line(row).decode().rstrip())
        else:
            yield Row(name, first + number, row)
