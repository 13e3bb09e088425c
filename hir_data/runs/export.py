"""The samples of a data set as files that trainers read."""

import functools
import gzip
import itertools
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

from pydantic_core import from_json

from hir_data.errors import OutputError, RecordError, needs_extra, problem_of
from hir_data.formats.atomic import STREAM, replacing_folder, writing
from hir_data.formats.exports import axolotl, llama_factory, nemo_gym, openrlhf, prime_rl, swift, trl, verl
from hir_data.formats.exports import feedback as feedback_rows
from hir_data.formats.exports import pairs as native
from hir_data.formats.exports.config import ExportOptions, ExportRunConfig
from hir_data.formats.exports.pass_rates import PASS_RATES, RowRates, in_order, objection
from hir_data.formats.exports.rows import BESIDE, ExportRow, ExportRows, Skipped
from hir_data.formats.parquet import ColumnType, check_row, parquet_file, with_columns, without_columns
from hir_data.replays.dataset import Manifest
from hir_data.runs.card import UNKNOWN, card_text, type_name
from hir_data.runs.dataset_info import info_path, write_info
from hir_data.runs.lines import write_lines, write_table
from hir_data.runs.sinks import Position, Sink, WriteTable, sink_of
from hir_data.schemas.json_line import json_line
from hir_data.schemas.replay import ReplaySample


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
    "llama-factory-sft": ExportFormat(llama_factory.sft, llama_factory.SFT),
    "llama-factory-dpo": ExportFormat(llama_factory.dpo, llama_factory.DPO),
    "llama-factory-kto": ExportFormat(llama_factory.kto, llama_factory.KTO),
    "swift-sft": ExportFormat(swift.sft, swift.SFT),
    "swift-dpo": ExportFormat(swift.dpo, swift.DPO),
    "swift-kto": ExportFormat(swift.kto, swift.KTO),
    "swift-grpo": ExportFormat(swift.grpo, swift.GRPO),
    "axolotl-sft": ExportFormat(axolotl.sft, axolotl.SFT),
    "axolotl-dpo": ExportFormat(axolotl.dpo, axolotl.DPO),
    "prime-rl": ExportFormat(prime_rl.prompts, prime_rl.PROMPTS),
    "prime-rl-sft": ExportFormat(prime_rl.sft, prime_rl.SFT),
    "nemo-gym": ExportFormat(nemo_gym.prompts, None),
    "feedback": ExportFormat(feedback_rows.feedback, feedback_rows.FEEDBACK),
    "instruction-pairs": ExportFormat(native.instruction_pairs, native.INSTRUCTION_PAIRS),
    "jsonl": ExportFormat(native.samples_as_they_are, None),
}

_DEFAULTS = ExportRunConfig()


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
    shard_rows: int = _DEFAULTS.shard_rows,
    stdout: IO[bytes] | None = None,
    identity: Mapping[str, Any] | None = None,
    resume: bool = False,
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
        stdout: where ``-`` goes.
        identity: what an export must have in common with an interrupted one that it goes on with.
        resume: go on with an interrupted export, if there is one.

    Raises:
        RecordError: there is no format of that name.
        OutputError: the format or its output cannot be written there.
    """
    form = form or ExportOptions()
    columns = _columns(to, says_pass_rates=form.says_pass_rates)
    exported = Exported(to)

    def counted() -> Iterator[ReplaySample]:
        for sample in samples:
            exported.samples += 1
            yield sample

    table = None if columns is None or _is_lines(output) else with_columns(columns, BESIDE, _BESIDE)

    def lines() -> Iterator[tuple[float | None, bytes]]:
        for row in _rows(counted(), to, form, origin):
            if isinstance(row, Skipped):
                exported.left_out[row.reason] += 1
            elif table is not None and (lost := without_columns(row, table)):
                fields = ", ".join(sorted(lost))
                exported.left_out[f"a table has no column for its {fields}: write .jsonl"] += 1
            else:
                try:
                    line = json_line(row)
                    if table is not None:
                        check_row(row, table)
                except Exception as error:
                    exported.left_out[f"it {problem_of(error)}"] += 1
                    continue
                exported.count(row)
                yield row.get("pass_rate"), line

    written = (line for _, line in lines()) if form.order is None else in_order(lines(), form.order)
    described = info_path(to, output)
    sink = _sink(output, columns, shard_rows, stdout or sys.stdout.buffer, identity or {}, resume)
    write_lines(sink, written)
    if described is not None:
        write_info(to, output, described)
    return exported


def require_hub(repository: str) -> None:
    """Check that rows can be pushed to a data set, before any are written.

    Raises:
        MissingExtraError: ``datasets`` is not installed; the extra ``hub`` installs it.
    """
    with needs_extra("hub", f"{repository}: cannot be pushed"):
        import datasets  # noqa: F401  # only whether it is there


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
    return _rows(samples, to, options or ExportOptions())


def _rows(
    samples: Iterable[ReplaySample], to: str, form: ExportOptions, origin: str | None = None
) -> Iterator[ExportRow | Skipped]:
    """The rows of the samples that are wanted, with pass rates if these are, and what makes none."""
    aside: deque[Skipped] = deque()
    rates = RowRates()

    def wanted() -> Iterator[ReplaySample]:
        for sample in samples:
            if origin not in (None, sample.origin):
                aside.append(Skipped(sample.id, f"it is a {sample.origin}"))
            elif reason := objection(sample, form):
                aside.append(Skipped(sample.id, reason))
            else:
                rates.see(sample)
                yield sample

    for row in _format_named(to).rows(wanted(), form):
        while aside:
            yield aside.popleft()
        says = form.says_pass_rates and not isinstance(row, Skipped) and to != "jsonl"
        yield row | rates.of(row) if says and not isinstance(row, Skipped) else row
    yield from aside


def _columns(to: str, *, says_pass_rates: bool) -> Mapping[str, ColumnType] | None:
    columns = _format_named(to).columns
    return columns if columns is None or not says_pass_rates else {**columns, **PASS_RATES}


def _format_named(name: str) -> ExportFormat:
    if name not in FORMATS:
        raise RecordError(f"there is no format {name!r}; there are {', '.join(FORMATS)}", field="--to")
    return FORMATS[name]


def push(
    output: str, repository: str, *, public: bool = False, license: str | None = None, card: str | None = None
) -> None:
    """Push files that were written to a data set on the Hugging Face Hub, which is private by default.

    Args:
        output: the file or the folder.
        repository: the data set.
        public: whether it is public if it is new.
        license: what its card says that the licence of the sources is, an identifier of the hub.
        card: the text of its card; None leaves the one that is there.

    Raises:
        OutputError: that does not work.
        MissingExtraError: ``datasets`` is not installed; the extra ``hub`` installs it.
    """
    require_hub(repository)
    import datasets
    import huggingface_hub

    sort = "parquet" if Path(output).is_dir() or Path(output).suffix == ".parquet" else "json"
    try:
        loaded = datasets.load_dataset(sort, data_files=list(map(str, files_of(output))), split="train")
        loaded.push_to_hub(repository, private=not public)
        if card is not None:  # behind the metadata that say which files and columns there are
            written = huggingface_hub.DatasetCard.load(repository)
            written.text = card
            written.data.license = license or UNKNOWN
            written.push_to_hub(repository)
    except Exception as error:  # whatever the network and the hub can do
        problem = f"{type(error).__name__}: {error}".splitlines()[0]
        raise OutputError(f"{repository}: cannot be pushed: {problem}") from error


def files_of(output: str) -> list[Path]:
    """The files of an export that was written to a file or a folder."""
    path = Path(output)
    return sorted(path.iterdir()) if path.is_dir() else [path]


def card_of(
    output: str, repository: str, exported: Exported, options: Mapping[str, Any], manifest: Manifest
) -> str:
    """The card of rows that were written, see :func:`hir_data.runs.card.card_text`."""
    says = bool(options.get("pass_rates") or options.get("order"))
    columns = _columns(exported.format, says_pass_rates=says)
    if columns is None:
        columns = dict.fromkeys(_first_row(files_of(output)[0]), "json")
    return card_text(
        name=repository,
        columns={name: type_name(sort) for name, sort in columns.items()},
        figures=exported.figures(),
        options={name: value for name, value in options.items() if name != "license"},
        manifest=manifest,
        files=files_of(output),
        license=options.get("license"),
    )


def _first_row(path: Path) -> dict[str, Any]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        row: dict[str, Any] = from_json(next(iter(file), b"{}"))
    return row


def _sink(
    output: str,
    columns: Mapping[str, ColumnType] | None,
    shard_rows: int,
    stdout: IO[bytes],
    identity: Mapping[str, Any],
    resume: bool,
) -> Sink[Position]:
    """Where rows go: lines, a table, or a folder of tables."""
    path = Path(output)
    with writing(output):
        are_lines = _is_lines(output)
        may_be_folder = path.is_dir() or not path.suffix
    table: WriteTable = functools.partial(_write_columns, write_table, columns or {})
    is_folder = False
    if not are_lines:
        is_folder = not path.name.endswith(".parquet")
        if is_folder and not may_be_folder:
            raise OutputError(f"{output}: has to end in .jsonl, .jsonl.gz or .parquet, or be a folder")
        if columns is None:
            raise OutputError(f"{output}: this format is JSONL only")
        if is_folder:
            shards = functools.partial(_write_shards, shard_rows)
            table = functools.partial(_write_columns, shards, columns)
    return sink_of(
        Position,
        table,
        output,
        stdout,
        identity=identity,
        resume=resume,
        folder_of=_SHARDS if is_folder else None,
        keep_rejected=False,
    )


def _is_lines(output: str) -> bool:
    """Whether rows are written as lines of JSON: to a file of that name, to standard output or a device."""
    path = Path(output)
    if output == STREAM or path.name.endswith((".jsonl", ".jsonl.gz")):
        return True
    return path.exists() and not path.is_file() and not path.is_dir()


_BESIDE = frozenset(
    [*BESIDE, *(name for sort in BESIDE.values() if isinstance(sort, Mapping) for name in sort)]
)


def _write_columns(
    write: Callable[[Mapping[str, ColumnType], Path, Path], None],
    columns: Mapping[str, ColumnType],
    lines: Path,
    path: Path,
) -> None:
    """A table with the columns that each has, and those that some line of it needs."""
    marks = [b'"%s":' % name.encode() for name in _BESIDE]
    needed: set[str] = set()
    with lines.open("rb") as file:
        for line in file:
            if any(mark in line for mark in marks):
                needed |= without_columns(from_json(line), columns)
    write(with_columns(columns, BESIDE, needed), lines, path)


_SHARDS = "train-*.parquet"


def _write_shards(shard_rows: int, columns: Mapping[str, ColumnType], lines: Path, folder: Path) -> None:
    """Parquet files of so many rows; at least one, so that there is something to load."""
    with lines.open("rb") as file, replacing_folder(folder) as temporary:
        first = next(file, None)
        for number in itertools.count():
            with parquet_file(temporary / f"train-{number:05}.parquet", columns) as write:
                for line in itertools.islice(itertools.chain(filter(None, [first]), file), shard_rows):
                    write(from_json(line))
            if (first := next(file, None)) is None:
                break
