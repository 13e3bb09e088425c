"""The one writer of Parquet files: columns with types, records in."""

import contextlib
from collections.abc import Callable, Container, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from pydantic_core import to_json

from hir_data.errors import RecordError

ColumnType: TypeAlias = "str | list[ColumnType] | Mapping[str, ColumnType]"
"""The type of a column: ``string``, ``int``, ``float``, ``bool``, a list of one of them, or names with their
types."""


_ROWS = 512  # that are written at a time


@contextlib.contextmanager
def parquet_file(
    path: Path, columns: Mapping[str, ColumnType]
) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """A Parquet file that takes records."""
    import pyarrow
    import pyarrow.parquet

    schema = pyarrow.schema({name: _arrow_type(sort) for name, sort in columns.items()})
    rows: list[dict[str, Any]] = []

    def flush() -> None:
        writer.write_table(pyarrow.Table.from_pylist(rows, schema))
        rows.clear()

    def write(record: Mapping[str, Any]) -> None:
        rows.append({name: _cell(record.get(name), sort) for name, sort in columns.items()})
        if len(rows) == _ROWS:
            flush()

    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        yield write
        flush()


def check_row(record: Mapping[str, Any], columns: Mapping[str, ColumnType]) -> None:
    """See that a record fits the columns.

    Raises:
        RecordError: a field does not; ``field`` names it.
    """
    import pyarrow

    for name, sort in columns.items():
        try:
            pyarrow.array([_cell(record.get(name), sort)], _arrow_type(sort))
        except Exception as error:
            raise RecordError(f"does not fit the column: {error}"[:300], field=name) from None


def _arrow_type(sort: ColumnType) -> Any:
    import pyarrow

    if isinstance(sort, str):
        return {
            "string": pyarrow.string(),
            "int": pyarrow.int64(),
            "float": pyarrow.float64(),
            "bool": pyarrow.bool_(),
        }[sort]
    if isinstance(sort, Mapping):
        return pyarrow.struct({name: _arrow_type(inner) for name, inner in sort.items()})
    return pyarrow.list_(_arrow_type(sort[0]))


def with_columns(
    columns: Mapping[str, ColumnType], more: Mapping[str, ColumnType], wanted: Container[str]
) -> dict[str, ColumnType]:
    """Columns, and of some more those that are wanted, at any depth."""
    merged = dict(columns)
    for name, sort in more.items():
        inner = columns.get(name)
        if isinstance(sort, Mapping) and isinstance(inner, Mapping):
            merged[name] = with_columns(inner, sort, wanted)
        elif name in wanted and not isinstance(sort, Mapping):
            merged[name] = sort
    return merged


def without_columns(record: Mapping[str, Any], columns: Mapping[str, ColumnType]) -> set[str]:
    """The fields, at any depth, that a record has and a table of these columns has not; nulls aside."""
    missing: set[str] = set()
    for name, value in record.items():
        sort = columns.get(name)
        if value is None:
            continue
        if sort is None:
            missing.add(name)
        elif isinstance(sort, Mapping) and isinstance(value, Mapping):
            missing |= without_columns(value, sort)
        elif isinstance(sort, list) and isinstance(inner := sort[0], Mapping) and isinstance(value, list):
            missing |= {each for part in value for each in without_columns(part, inner)}
    return missing


def _cell(value: Any, sort: ColumnType) -> Any:
    """A value in a column: an object among strings differs from row to row, so it is a JSON string."""
    if isinstance(value, list) and isinstance(sort, list):
        return [_cell(each, sort[0]) for each in value]
    return (
        to_json(value, fallback=str, bytes_mode="base64").decode()
        if isinstance(value, dict) and sort == "string"
        else value
    )
