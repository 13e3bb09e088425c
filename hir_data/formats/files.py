"""Records in files, read as a stream, each with its place."""

import io
import itertools
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from pydantic_core import from_json

from hir_data.errors import RecordError
from hir_data.formats import compressed, hub, inspect_log
from hir_data.formats.atomic import STREAM, os_message
from hir_data.formats.conversations import DEFAULT, ReadOptions
from hir_data.formats.documents import document_rows, is_wrapper, several_documents
from hir_data.formats.jsonl import Line, Lines, is_json, units_of
from hir_data.formats.rows import MAX_RECORD_BYTES, Row, numbered, too_large
from hir_data.formats.tables import csv_rows, delimiter_of, parquet_rows

_PARQUET = b"PAR1"
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_TABLE_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_TEXT_SUFFIXES = (".jsonl", ".json", ".ndjson", *_TABLE_DELIMITERS)
_DATA_SUFFIXES = (
    *_TEXT_SUFFIXES,
    *(f"{suffix}{packed}" for suffix in _TEXT_SUFFIXES for packed in compressed.SUFFIXES),
    ".parquet",
    ".eval",
)
_LM_EVAL_SAMPLES = "samples_*.jsonl*"
_PIECE = 1 << 17  # bytes of lines that are read at a time
MAX_LIST_BYTES = 1 << 30
"""Bytes that a JSON list may have, which is read whole."""
_NO_PATTERN = "; a pattern stands for no files here, but a folder for all that are in it"


_NO_LINES = (*(magic[:4] for magic in compressed.MAGIC), inspect_log.MAGIC, b"[")
"""How files begin whose lines are no records."""


def read_rows(
    source: str,
    split: str | None = None,
    format: str | None = None,
    options: ReadOptions = DEFAULT,
    max_record_bytes: int = MAX_RECORD_BYTES,
) -> Iterator[Row]:
    """The records of a source, as :func:`read_lines`, parsed."""
    for row in read_lines(source, split, format, options, max_record_bytes):
        yield row.parsed() if isinstance(row, Line) else row


def read_lines(
    source: str,
    split: str | None = None,
    format: str | None = None,
    options: ReadOptions = DEFAULT,
    max_record_bytes: int = MAX_RECORD_BYTES,
) -> Iterator[Row | Line]:
    """The records of a file, a folder, standard input, or a data set, one by one.

    JSONL, JSON (a list of objects, or an object around one), Parquet and logs of inspect_ai are told apart by
    what is inside, compressed or not; CSV and TSV by their names. A folder may be one that ``datasets``
    saved, one of data files, which are read in the order of their names, or one of lm-eval's results. A name
    that is neither is looked up with ``datasets.load_dataset``. The lines of JSONL come as they are, for
    whoever has the time to parse them.

    Args:
        source: where the records are.
        split: which split, if it is a data set of several.
        format: what the records are said to be, which each of them is told.
        options: how conversations are read, likewise.
        max_record_bytes: bytes that a record may have; no more of a larger one is held in memory.

    Raises:
        RecordError: nothing can be read from there at all. A bad record raises nothing: it is a :class:`Row`
            with an error.
        MissingExtraError: reading it takes ``datasets``, which the extra ``hub`` installs.
    """
    return units_of(read_pieces(source, split, format, options, max_record_bytes))


def read_pieces(
    source: str,
    split: str | None = None,
    format: str | None = None,
    options: ReadOptions = DEFAULT,
    max_record_bytes: int = MAX_RECORD_BYTES,
    *,
    may_be_empty: bool = False,
) -> Iterator[Row | Lines]:
    """What :func:`read_lines` reads, many lines in one piece.

    Args:
        source: see there.
        split: see there.
        format: see there.
        options: see there.
        max_record_bytes: see there.
        may_be_empty: whether there may be no records, as in one file of many.
    """
    rows = iter(_rows(source, split, max_record_bytes))
    first = next(rows, None)
    if first is None:
        if may_be_empty:
            return
        raise RecordError("there are no records in it", _name(source))
    every = itertools.chain([first], rows)
    if format is None and options == DEFAULT:
        yield from every
    else:
        yield from (row._replace(format=format or row.format, options=options) for row in every)


def _rows(source: str, split: str | None, limit: int) -> Iterable[Row | Lines]:
    if source == STREAM:
        return _stream_rows(sys.stdin.buffer, "stdin", limit)
    path = Path(source)
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except OSError as error:
        raise RecordError(f"cannot be read: {os_message(error)}", source) from error
    if is_folder:
        return _folder_rows(path, split, limit)
    if is_there:
        return _file_rows(path, limit)
    if (
        source.endswith((*_DATA_SUFFIXES, ".txt", *compressed.SUFFIXES))
        or source.count("/") > 1
        or source.startswith((".", "/", "~"))
    ):
        raise RecordError("there is no such file" + (_NO_PATTERN if "*" in source else ""), source)
    return numbered(hub.named_records(source, split), source)


def _file_rows(path: Path, limit: int) -> Iterator[Row | Lines]:
    try:
        with io.BufferedReader(io.FileIO(path), max(_PIECE, io.DEFAULT_BUFFER_SIZE)) as file:
            start = file.peek(len(_PARQUET))
            if start.startswith(_PARQUET):
                yield from parquet_rows(path, limit)
            elif start.startswith(inspect_log.MAGIC):
                yield from inspect_log.archive_rows(path, limit)
            else:
                yield from _stream_rows(file, str(path), limit)
    except OSError as error:
        raise RecordError(f"cannot be read: {os_message(error)}", str(path)) from error


def _stream_rows(file: BinaryIO, name: str, limit: int) -> Iterator[Row | Lines]:
    """JSON, JSONL, CSV or TSV, compressed or not."""
    buffered = file if isinstance(file, io.BufferedReader) else io.BufferedReader(io.BytesIO(file.read()))
    with compressed.uncompressed(buffered, name) as content:
        delimiter = _TABLE_DELIMITERS.get(Path(compressed.without_suffix(name)).suffix)
        if content.peek(2).startswith(_UTF16_BOMS):
            raise RecordError("is in UTF-16; hir-data reads UTF-8", name)
        if delimiter:
            yield from csv_rows(content, name, limit, delimiter_of(content.peek(1 << 16), delimiter))
        else:
            yield from _json_rows(content, name, limit)


def _json_rows(file: io.BufferedReader, name: str, limit: int) -> Iterator[Row | Lines]:
    start = file.peek(len(_UTF8_BOM))
    if start.startswith(_UTF8_BOM):
        file.read(len(_UTF8_BOM))
        start = file.peek(1)
    begins = start.lstrip()[:1]
    if begins == b"[":
        yield from _json_list_rows(file, name, limit)
    elif begins == b"{":
        yield from _json_object_rows(file, name, limit)
    else:
        yield from _json_lines(file, name, limit)


def _json_object_rows(file: io.BufferedReader, name: str, limit: int) -> Iterator[Row | Lines]:
    """Lines of objects, or one object: over many lines, or around the records of a file."""
    content = file.readline(limit + 1)
    document = _parsed_or_none(content)
    if document is not None:
        if is_wrapper(document) and not file.peek(1).strip():  # the only line
            yield from document_rows(document, name)
            return
    elif content.endswith(b"\n") and (
        content.strip() == b"{" or file.peek(1)[:1] in (b" ", b"\t", b'"', b"}")
    ):
        content += file.read(MAX_LIST_BYTES + 1 - len(content))
        if (document := _parsed_or_none(content)) is not None:
            yield from document_rows(document, name)
            return
        if (documents := several_documents(content)) is not None:
            yield from document_rows(documents, name)
            return
        if len(content) > MAX_LIST_BYTES or b"\n{" not in content:
            is_large = len(content) > MAX_LIST_BYTES
            problem = f"it has more than {MAX_LIST_BYTES} bytes" if is_large else "malformed JSON"
            raise RecordError(f"is one object over many lines that cannot be read: {problem}", name)
    if content.count(b"\n") > 1:  # the start of lines after all
        yield from _json_lines(io.BufferedReader(_Joined(content, file)), name, limit)
    else:
        yield from _json_lines(file, name, limit, first=content)


def _parsed_or_none(content: bytes) -> Any:
    try:
        return from_json(content)
    except ValueError:
        return None


def _json_lines(
    file: "io.BufferedReader[Any]", name: str, limit: int, first: bytes = b""
) -> Iterator[Row | Lines]:
    """The lines of a file, of which little more is held than a record may have.

    Args:
        file: the file.
        name: what it is called.
        limit: bytes that a record may have.
        first: what was read of it already, as far as the end of the first line.
    """
    number, rest = 1, first
    # Out of the buffer, which is filled by one read: a damaged file is read as far as it goes.
    while content := rest + (file.peek(1) and file.read1(min(_PIECE, limit + 1))):
        end = content.rfind(b"\n") + 1
        if not end:  # one line, or what there is of it
            content += file.readline(max(limit + 1 - len(content), 0))
            end = len(content)
        content, rest = content[:end], content[end:]
        first_end = content.find(b"\n")
        if first_end > limit or (first_end < 0 and end > limit):
            yield too_large(name, number, limit, content[: limit + 1])
            if first_end < 0:
                while (more := file.readline(1 << 20)) and not more.endswith(b"\n"):
                    pass
                content = b""
            content = content[first_end + 1 :]
            number += 1
        if content and not content.isspace():
            yield Lines(name, number, content)
        number += content.count(b"\n")


def _json_list_rows(file: io.BufferedReader, name: str, limit: int) -> Iterator[Row | Lines]:
    content = file.read(MAX_LIST_BYTES + 1)
    too_large = len(content) > MAX_LIST_BYTES
    problem = f"is a list of more than {MAX_LIST_BYTES} bytes, which has to be written as JSON lines"
    try:
        records = () if too_large else from_json(content)
    except ValueError as error:
        problem, records = f"malformed JSON: {error}", None
    if too_large or records is None:
        if not is_json(content[: content.find(b"\n") + 1]):
            raise RecordError(problem, name)
        # Lines after all, of which the first is a list.
        rest = io.BufferedReader(_Joined(content, file))
        yield from _json_lines(rest, name, limit)
        return
    yield from document_rows(records, name)


class _Joined(io.RawIOBase):
    """What was read of a file already, and the rest of it."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._parts: list[BinaryIO] = [io.BytesIO(start), rest]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        for part in self._parts:
            if content := part.read(len(buffer)):
                buffer[: len(content)] = content
                return len(content)
        return 0


def _folder_rows(path: Path, split: str | None, limit: int) -> Iterator[Row | Lines]:
    saved = {"state.json", "dataset_dict.json"} & {entry.name for entry in path.iterdir()}
    if saved:
        yield from numbered(hub.saved_records(str(path), split), str(path))
        return
    files = sorted(entry for entry in path.iterdir() if entry.name.endswith(_DATA_SUFFIXES))
    files = files or sorted(path.rglob(_LM_EVAL_SAMPLES))
    if samples := [entry for entry in files if entry.match(_LM_EVAL_SAMPLES)]:
        files = samples  # the others are its results
    if not files:
        raise RecordError(
            "is a folder without data files (JSONL, JSON, CSV, Parquet, logs, or saved by datasets)",
            str(path),
        )
    for file in files:
        yield from _file_rows(file, limit)


def count_rows(source: str) -> int | None:
    """About how many records a file has, for a progress bar; None where it would take long to tell."""
    path = Path(source)
    if source == STREAM or not path.is_file():
        return None
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith(_NO_LINES) or path.stat().st_size > 2 << 30:
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
