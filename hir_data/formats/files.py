"""Records in files, read as a stream, each with its place."""

import csv
import gzip
import io
import itertools
import sys
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pydantic_core import from_json

from hir_data.errors import RecordError
from hir_data.formats import hub
from hir_data.formats.atomic import STREAM, os_message
from hir_data.formats.conversations import DEFAULT, ReadOptions

_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_DATA_SUFFIXES = (".jsonl", ".jsonl.gz", ".json", ".json.gz", ".ndjson", ".parquet", ".csv")
_FILE_SUFFIXES = (*_DATA_SUFFIXES, ".txt")
_PARQUET_ROWS = 512


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
        return _json_row(self.content, self.source, self.line)._replace(
            format=self.format, options=self.options
        )


def read_rows(
    source: str, split: str | None = None, format: str | None = None, options: ReadOptions = DEFAULT
) -> Iterator[Row]:
    """The records of a source, as :func:`read_lines`, parsed."""
    for row in read_lines(source, split, format, options):
        yield row.parsed() if isinstance(row, Line) else row


def read_lines(
    source: str, split: str | None = None, format: str | None = None, options: ReadOptions = DEFAULT
) -> Iterator[Row | Line]:
    """The records of a file, a folder, standard input, or a data set, one by one.

    JSONL and JSON (a list of objects), gzipped or not, and Parquet are told apart by what is inside. A folder
    may be one that ``datasets`` saved or one of data files, which are read in the order of their names. A
    name that is neither is looked up with ``datasets.load_dataset``. The lines of JSONL come as they are, for
    whoever has the time to parse them.

    Args:
        source: where the records are.
        split: which split, if it is a data set of several.
        format: what the records are said to be, which each of them is told.
        options: how conversations are read, likewise.

    Raises:
        RecordError: nothing can be read from there at all. A bad record raises nothing: it is a :class:`Row`
            with an error.
        MissingExtraError: reading it takes ``datasets``, which the extra ``hub`` installs.
    """
    rows = iter(_rows(source, split))
    first = next(rows, None)
    if first is None:
        raise RecordError("there are no records in it", _name(source))
    every = itertools.chain([first], rows)
    if format is None and options == DEFAULT:
        yield from every
    else:
        yield from (row._replace(format=format, options=options) for row in every)


def _rows(source: str, split: str | None) -> Iterable[Row | Line]:
    if source == STREAM:
        return _stream_rows(sys.stdin.buffer, "stdin")
    path = Path(source)
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except OSError as error:
        raise RecordError(f"cannot be read: {os_message(error)}", source) from error
    if is_folder:
        return _folder_rows(path, split)
    if is_there:
        return _file_rows(path)
    if (
        source.endswith((*_DATA_SUFFIXES, ".txt"))
        or source.count("/") > 1
        or source.startswith((".", "/", "~"))
    ):
        raise RecordError("there is no such file", source)
    return _numbered(hub.named_records(source, split), source)


def _file_rows(path: Path) -> Iterator[Row | Line]:
    try:
        with path.open("rb") as file:
            if file.peek(len(_PARQUET)).startswith(_PARQUET):
                yield from _parquet_rows(path)
            elif path.name.endswith(".csv"):
                yield from _csv_rows(file, str(path))
            else:
                yield from _stream_rows(file, str(path))
    except OSError as error:
        raise RecordError(f"cannot be read: {os_message(error)}", str(path)) from error


def _csv_rows(file: BinaryIO, name: str) -> Iterator[Row]:
    """The rows of a table with names in its first line; empty cells are left out."""
    csv.field_size_limit(1 << 30)
    try:
        with io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
            for number, row in enumerate(csv.DictReader(text), 1):
                more = row.pop(None, None)  # cells behind the last column
                if more:
                    error = RecordError(f"has {len(more)} cells more than the first line", name, number)
                    yield Row(name, number, None, error, str(more))
                else:
                    yield Row(name, number, {field: cell for field, cell in row.items() if cell})
    except (csv.Error, UnicodeDecodeError) as error:
        raise RecordError(f"cannot be read as CSV: {error}", name) from None


def _stream_rows(file: BinaryIO, name: str) -> Iterator[Row | Line]:
    """JSON or JSONL, gzipped or not."""
    buffered = file if isinstance(file, io.BufferedReader) else io.BufferedReader(io.BytesIO(file.read()))
    if not buffered.peek(len(_GZIP)).startswith(_GZIP):
        yield from _json_rows(buffered, name)
        return
    try:
        with gzip.open(buffered) as unzipped:
            yield from _json_rows(io.BufferedReader(unzipped), name)
    except (EOFError, OSError, zlib.error) as error:
        raise RecordError(f"cannot be read: {os_message(error)}", name) from error


def _json_rows(file: io.BufferedReader, name: str) -> Iterator[Row | Line]:
    start = file.peek(len(_UTF8_BOM))
    if start.startswith(_UTF16_BOMS):
        raise RecordError("is in UTF-16; hir-data reads UTF-8", name)
    if start.startswith(_UTF8_BOM):
        file.read(len(_UTF8_BOM))
        start = file.peek(1)
    if start.lstrip().startswith(b"["):
        yield from _json_list_rows(file.read(), name)
    else:
        yield from _json_lines(file, name)


def _json_lines(lines: Iterable[bytes], name: str) -> Iterator[Line]:
    for number, line in enumerate(lines, 1):
        if not line.isspace():
            yield Line(name, number, line)


def _json_list_rows(content: bytes, name: str) -> Iterator[Row | Line]:
    try:
        records = from_json(content)
    except ValueError as error:
        lines = content.splitlines(keepends=True)
        if not is_json(lines[0]):
            raise RecordError(f"malformed JSON: {error}", name) from None
        yield from _json_lines(lines, name)  # lines after all, of which the first is a list
        return
    for number, record in enumerate(records, 1):
        yield _record_row(record, name, number, record)


def _json_row(line: bytes, name: str, number: int) -> Row:
    try:
        record = from_json(line.rstrip(), cache_strings="keys")
    except ValueError as error:
        problem = f"malformed JSON: {str(error).replace(' at line 1 column ', ' at column ')}"
        try:
            line.decode()
        except UnicodeDecodeError as undecoded:
            problem = f"not UTF-8 (byte 0x{line[undecoded.start]:02x} at column {undecoded.start + 1})"
        return Row(name, number, None, RecordError(problem, name, number), _shown(line))
    return _record_row(record, name, number, line)


def is_json(line: bytes) -> bool:
    """Whether this is one JSON document."""
    try:
        from_json(line.rstrip())
    except ValueError:
        return False
    return True


def _record_row(record: Any, name: str, number: int, raw: Any) -> Row:
    if isinstance(record, dict):
        return Row(name, number, record)
    problem = f"a record has to be an object, not {type(record).__name__}"
    return Row(name, number, None, RecordError(problem, name, number), _shown(raw))


def _parquet_rows(path: Path) -> Iterator[Row]:
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            yield from _numbered(
                (row for batch in file.iter_batches(_PARQUET_ROWS) for row in batch.to_pylist()), str(path)
            )
    except pyarrow.ArrowException as error:
        raise RecordError(f"cannot be read as Parquet: {error}", str(path)) from error


def _folder_rows(path: Path, split: str | None) -> Iterator[Row | Line]:
    saved = {"state.json", "dataset_dict.json"} & {entry.name for entry in path.iterdir()}
    if saved:
        yield from _numbered(hub.saved_records(str(path), split), str(path))
        return
    files = sorted(entry for entry in path.iterdir() if entry.name.endswith(_DATA_SUFFIXES))
    if not files:
        raise RecordError(
            "is a folder without data files (JSONL, JSON, Parquet, or saved by datasets)", str(path)
        )
    for file in files:
        yield from _file_rows(file)


def _numbered(records: Iterable[dict[str, Any]], name: str) -> Iterator[Row]:
    for number, record in enumerate(records, 1):
        yield Row(name, number, dict(record))


def count_rows(source: str) -> int | None:
    """About how many records a file has, for a progress bar; None where it would take long to tell."""
    path = Path(source)
    if source == STREAM or not path.is_file():
        return None
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((_GZIP, b"[")) or path.stat().st_size > 2 << 30:
            return None
        if start.startswith(_PARQUET):
            import pyarrow
            import pyarrow.parquet

            try:
                return int(pyarrow.parquet.read_metadata(path).num_rows)
            except pyarrow.ArrowException:
                return None
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) + start.count(b"\n")


def _name(source: str, stream: str = "stdin") -> str:
    return stream if source == STREAM else source


def _shown(raw: Any) -> str:
    return raw.decode(errors="backslashreplace").rstrip("\r\n") if isinstance(raw, bytes) else str(raw)
