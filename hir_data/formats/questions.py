"""Plain questions in files."""

from collections.abc import Iterator
from typing import Any

from hir_data.errors import RecordError
from hir_data.formats.fields import prompt_text, text_field
from hir_data.formats.files import read_lines
from hir_data.formats.jsonl import Line
from hir_data.formats.rows import Row
from hir_data.instructions.questions import Seed
from hir_data.schemas.rejected import Rejected


def read_seeds(source: str) -> Iterator[Seed | Rejected]:
    """The questions of a file: one a line of plain text, or records with a ``question`` or a ``prompt``.

    A file whose first line starts with a brace holds records, one a line. Blank lines are passed over.

    Raises:
        RecordError: there is nothing in it, or it cannot be read at all.
    """
    is_plain: bool | None = None
    for unit in read_lines(source):
        if is_plain is None:
            is_plain = isinstance(unit, Line) and not unit.content.lstrip().startswith(b"{")
        row = unit.parsed() if isinstance(unit, Line) and not is_plain else unit
        try:
            yield _of_line(row) if isinstance(row, Line) else _of_row(row)
        except Exception as error:
            yield Rejected.because(error, row.source, row.line, _shown(row))


def _of_line(line: Line) -> Seed:
    try:
        return Seed(line.content.decode().strip())
    except UnicodeDecodeError as error:
        raise RecordError(f"not UTF-8 (at byte {error.start + 1})") from None


def _of_row(row: Row) -> Seed:
    if row.record is None:
        raise row.error or RecordError("cannot be read")
    name = "question" if "question" in row.record else "prompt"
    text = text_field(row.record, name) if name == "question" else prompt_text(row.record)
    if not text.strip():
        raise RecordError("is empty", field=name)
    return Seed(text.strip(), {key: value for key, value in row.record.items() if key != name})


def _shown(row: Row | Line) -> Any:
    if isinstance(row, Line):
        return row.content.decode(errors="backslashreplace").strip()
    return row.raw if row.record is None else row.record
