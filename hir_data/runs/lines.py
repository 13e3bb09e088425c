"""Runs whose lines are made the same each time: an interrupted one makes them again, and compares."""

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pydantic_core import from_json

from hir_data.engine.checks import batched
from hir_data.errors import OutputError
from hir_data.formats.parquet import ColumnType, parquet_file
from hir_data.runs.sinks import Position, Sink
from hir_data.schemas.rejected import Rejected

_BATCH = 256


def write_lines(
    sink: Sink[Position],
    lines: Iterable[bytes | Rejected],
    *,
    on_rejected: Callable[[Rejected], None] = lambda rejected: None,
) -> Position:
    """Write lines, and records that made none, into a sink.

    Args:
        sink: where they go; closed at the end, and on any error.
        lines: all of them, from the first on, also where an interrupted run has written some.
        on_rejected: is called with each rejected record.

    Raises:
        OutputError: the output cannot be written, or the interrupted run has written other lines.
    """
    digest = hashlib.blake2b(digest_size=16)
    with sink, contextlib.ExitStack() as closing:
        if hasattr(lines, "close"):
            closing.callback(lines.close)
        before = sink.start()
        state = Position()
        for batch in batched(lines, _BATCH):
            rejected = [line for line in batch if isinstance(line, Rejected)]
            content = b"".join(line for line in batch if isinstance(line, bytes))
            digest.update(content)
            state.units += len(batch)
            state.read += len(batch)
            state.rejected += len(rejected)
            state.digest = digest.hexdigest()
            others = state.units == before.units and state.digest != before.digest
            if others or state.units - len(batch) < before.units < state.units:
                raise OutputError("the input is not the one that the interrupted run began with")
            if state.units > before.units:
                sink.write(content, rejected, state)
            for record in rejected:
                on_rejected(record)
        if state.units < before.units:
            raise OutputError("the input is not the one that the interrupted run began with")
        if not sink.finished:
            sink.finish()
    return state


def write_table(columns: Mapping[str, ColumnType], lines: Path, path: Path) -> None:
    """Make a Parquet file of lines."""
    with lines.open("rb") as file, parquet_file(path, columns) as write:
        for line in file:
            write(from_json(line))
