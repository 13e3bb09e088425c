"""The samples of a data set as files that trainers read."""

import contextlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from hir_data.errors import OutputError, RecordError, needs_extra
from hir_data.formats.exports import openrlhf, trl, verl
from hir_data.formats.exports import pairs as native
from hir_data.formats.exports.rows import ExportOptions, ExportRow, ExportRows, Skipped
from hir_data.formats.files import STREAM, record_file, writing
from hir_data.formats.parquet import ColumnType, parquet_file
from hir_data.schemas.replay import ReplaySample

Write = Callable[[Mapping[str, Any]], None]


class ExportFormat(NamedTuple):
    """A kind of rows.

    Attributes:
        rows: makes them of samples.
        columns: their columns in a table; None where they are too different from each other for one.
    """

    rows: Callable[[Iterable[ReplaySample], ExportOptions], ExportRows]
    columns: Mapping[str, ColumnType] | None


FORMATS = {
    "trl-kto": ExportFormat(trl.kto, trl.KTO),
    "trl-dpo": ExportFormat(trl.dpo, trl.DPO),
    "trl-sft": ExportFormat(trl.sft, trl.SFT),
    "trl-grpo": ExportFormat(trl.grpo, trl.GRPO),
    "verl": ExportFormat(verl.prompts, verl.PROMPTS),
    "openrlhf": ExportFormat(openrlhf.prompts, openrlhf.PROMPTS),
    "instruction-pairs": ExportFormat(native.instruction_pairs, native.INSTRUCTION_PAIRS),
    "jsonl": ExportFormat(native.samples_as_they_are, None),
}

SHARD_ROWS = 50_000
"""How many rows a file of a folder has, at most."""


@dataclass
class Exported:
    """What an export has written.

    Attributes:
        format: the name of the format.
        samples: how many there were.
        rows: how many rows they made.
        labels: how many rows are ``true`` and ``false``, in formats with a label.
        left_out: how many samples made no row, by reason.
    """

    format: str
    samples: int = 0
    rows: int = 0
    labels: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)

    def count(self, row: Mapping[str, Any]) -> None:
        """Count one row."""
        self.rows += 1
        if isinstance(row.get("label"), bool):
            self.labels["true" if row["label"] else "false"] += 1

    def problems(self) -> list[str]:
        """What makes the rows unfit to train on."""
        if not self.rows:
            return ["there are no rows to train on"]
        missing = [label for label in ("true", "false") if self.labels and not self.labels[label]]
        return [f"no row has the label {label}, and KTO needs both" for label in missing]

    def figures(self) -> dict[str, Any]:
        """The counts as an object."""
        return {
            "format": self.format,
            "samples": self.samples,
            "rows": self.rows,
            **({"labels": dict(self.labels)} if self.labels else {}),
            "left_out": dict(self.left_out.most_common()),
        }


def export(
    samples: Iterable[ReplaySample],
    to: str,
    output: str,
    form: ExportOptions | None = None,
    *,
    origin: str | None = None,
    shard_rows: int = SHARD_ROWS,
) -> Exported:
    """Write samples in a format, as a stream.

    Args:
        samples: those of a data set, in its order.
        to: the name of the format, one of :data:`FORMATS`.
        output: a file (JSONL, gzipped or not, or Parquet, by its name), ``-`` for standard output, or a
            folder of Parquet files.
        form: how samples are written.
        origin: only samples of this origin, ``rollout`` or ``replay``.
        shard_rows: how many rows a file of a folder has, at most.

    Raises:
        RecordError: there is no format of that name.
        OutputError: the format or its output cannot be written there.
    """
    rows, columns = _format_named(to)
    exported = Exported(to)

    def wanted() -> Iterator[ReplaySample]:
        for sample in samples:
            exported.samples += 1
            if origin in (None, sample.origin):
                yield sample
            else:
                exported.left_out[f"it is a {sample.origin}"] += 1

    with _opened(output, columns, shard_rows) as write:
        for row in rows(wanted(), form or ExportOptions()):
            if isinstance(row, Skipped):
                exported.left_out[row.reason] += 1
            else:
                write(row)
                exported.count(row)
    return exported


def require_hub(repository: str) -> None:
    """Check that rows can be pushed to a data set, before any are written.

    Raises:
        MissingExtraError: ``datasets`` is not installed; the extra ``hub`` installs it.
    """
    with needs_extra("hub", f"{repository}: cannot be pushed"):
        import datasets  # noqa: F401


def export_rows(
    samples: Iterable[ReplaySample], to: str, options: ExportOptions | None = None
) -> Iterator[ExportRow | Skipped]:
    """The rows of a format, without writing them; what makes no row is :class:`Skipped`, with the reason.

    Args:
        samples: those of a data set, in its order.
        to: the name of the format, one of :data:`FORMATS`.
        options: how samples are written.

    Raises:
        RecordError: there is no format of that name.
    """
    return _format_named(to).rows(samples, options or ExportOptions())


def _format_named(name: str) -> ExportFormat:
    if name not in FORMATS:
        raise RecordError(f"there is no format {name!r}; there are {', '.join(FORMATS)}", field="--to")
    return FORMATS[name]


def push(output: str, repository: str, *, public: bool = False) -> None:
    """Push files that were written to a data set on the Hugging Face Hub, which is private by default.

    Raises:
        OutputError: that does not work.
        MissingExtraError: ``datasets`` is not installed; the extra ``hub`` installs it.
    """
    require_hub(repository)
    import datasets

    path = Path(output)
    sort = "parquet" if path.is_dir() or path.suffix == ".parquet" else "json"
    files = sorted(map(str, path.iterdir())) if path.is_dir() else [output]
    try:
        loaded = datasets.load_dataset(sort, data_files=files, split="train")
        loaded.push_to_hub(repository, private=not public)
    except Exception as error:  # whatever the network and the hub can do
        problem = f"{type(error).__name__}: {error}".splitlines()[0]
        raise OutputError(f"{repository}: cannot be pushed: {problem}") from error


@contextlib.contextmanager
def _opened(output: str, columns: Mapping[str, ColumnType] | None, shard_rows: int) -> Iterator[Write]:
    path = Path(output)
    lines = output == STREAM or path.name.endswith((".jsonl", ".jsonl.gz"))
    if lines or (path.exists() and not path.is_file() and not path.is_dir()):
        with record_file(output, {}) as write:
            yield write
        return
    is_file = path.name.endswith(".parquet")
    if not is_file and path.suffix and not path.is_dir():
        raise OutputError(f"{output}: has to end in .jsonl, .jsonl.gz or .parquet, or be a folder")
    if columns is None:
        raise OutputError(f"{output}: this format is JSONL only; the data set itself is the Parquet of it")
    with writing(output):
        if is_file:
            with record_file(output, columns) as write:
                yield write
        else:
            with _new_folder(path) as folder, _shards(folder, columns, shard_rows) as write:
                yield write


@contextlib.contextmanager
def _new_folder(path: Path) -> Iterator[Path]:
    """A temporary folder to write into, which gets its name if all goes well."""
    if path.is_dir() and any(path.iterdir()):
        raise OutputError(f"{path}: cannot be written: the folder is not empty")
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    temporary.mkdir(parents=True)
    try:
        yield temporary
        temporary.replace(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextlib.contextmanager
def _shards(folder: Path, columns: Mapping[str, ColumnType], shard_rows: int) -> Iterator[Write]:
    """Parquet files, opened one after the other; at least one, so that there is something to load."""
    with contextlib.ExitStack() as opened:

        def next_file(number: int) -> Write:
            opened.close()
            return opened.enter_context(parquet_file(folder / f"train-{number:05}.parquet", columns))

        current, rows = next_file(0), 0

        def write(row: Mapping[str, Any]) -> None:
            nonlocal current, rows
            if rows and rows % shard_rows == 0:
                current = next_file(rows // shard_rows)
            current(row)
            rows += 1

        yield write
