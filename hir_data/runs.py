"""A long run over files: rollouts in, verifications and rejected records out, nothing lost on the way.

Verifications are written to ``OUT.partial`` and get their name when all are there. Beside it a journal,
``OUT.partial.journal``, notes how far the run has come: how many items it has read (and a digest of them),
how much of the files belongs to them, and their tally. A run that is interrupted continues from the last
note, if its input and options are the same.
"""

import contextlib
import gzip
import hashlib
import itertools
import json
import shutil
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple

from pydantic import BaseModel
from pydantic_core import to_json

from hir_data import executors
from hir_data.errors import OutputError
from hir_data.executors import Batch, Progress, verify_batch
from hir_data.formats.reader import Item, Rejected
from hir_data.io import STREAM, replacing, writing
from hir_data.report.tally import BatchTally, Tally
from hir_data.schemas.rollout import Rollout

_NOTE_EVERY = 2.0  # seconds between notes in the journal
_PARQUET_ROWS = 4096


class Outcome(NamedTuple):
    """What a run has done so far: items read, those rejected, and the tally of the rest."""

    read: int
    rejected: int
    tally: Tally


class VerifyLines:
    """The work function of a run: verify a batch, and make the lines and the tally right there."""

    def __init__(self, loose: bool, lines: bool) -> None:
        self.loose, self.lines = loose, lines

    def __call__(self, rollouts: Batch, progress: Progress) -> tuple[bytes, BatchTally]:
        """The lines of the verifications, if they are wanted, and their tally."""
        verified = verify_batch(rollouts, progress, loose=self.loose)
        lines = (
            b"".join(to_json(verification, fallback=str) + b"\n" for verification in verified)
            if self.lines
            else b""
        )
        return lines, BatchTally.of(verified)


@dataclass
class Options:
    """How a run works; what changes its output is part of :attr:`identity`."""

    loose: bool = True
    workers: int = 1
    timeout: float = 10.0
    resume: bool = False
    identity: dict[str, Any] = field(default_factory=dict)


def verify_files(
    items: Iterable[Item],
    output: str | None,
    options: Options,
    *,
    stdout: IO[bytes],
    on_progress: Callable[[Outcome], None] = lambda outcome: None,
    on_rejected: Callable[[Rejected], None] = lambda rejected: None,
) -> Outcome:
    """Verify a stream of rollouts into a file.

    Args:
        items: rollouts and rejected records, as :func:`hir_data.formats.reader.read_rollouts` gives them.
        output: where verifications go: a path (``.jsonl``, ``.jsonl.gz`` or ``.parquet``), ``-`` for
            ``stdout``, or None to write nothing. Rejected records go beside a path, to ``*.rejected.jsonl``.
        options: how.
        stdout: where ``-`` goes.
        on_progress: told after each batch how far the run is.
        on_rejected: told of each rejected record.

    Raises:
        OutputError: the output cannot be written, or what is there does not match what is to be resumed.
    """
    source = _Source(items)
    with _sink(output, stdout, options) as sink:
        outcome = sink.begin(source)
        for lines, rejected, batch_tally in _verified(source, output is not None, options):
            outcome.tally.merge(batch_tally)
            outcome = Outcome(source.passed, outcome.rejected + len(rejected), outcome.tally)
            sink.write(lines, rejected)
            sink.note(outcome, source.digest)
            for record in rejected:
                on_rejected(record)
            on_progress(outcome)
        sink.finish()
    return outcome


def _verified(
    source: "_Source", lines: bool, options: Options
) -> Iterator[tuple[bytes, list[Rejected], BatchTally]]:
    """The answers of the executor, each with the rejected records among its items."""
    work = VerifyLines(options.loose, lines)
    batches = source.batches(executors.BATCH)
    if options.workers == 0:
        answers = executors.serial(batches, work)
    else:
        answers = executors.processes(batches, work, workers=options.workers, timeout=options.timeout)
    with contextlib.closing(answers):  # type: ignore[type-var]
        for encoded, tally in answers:
            yield encoded, source.confirm(), tally


class _Source:
    """The stream of items: cut into batches, and counted and digested as their answers come back."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = iter(items)
        self.passed = 0
        self.hash = hashlib.blake2b(digest_size=16)
        self.underway: deque[list[Item]] = deque()

    @property
    def digest(self) -> str:
        """What tells the items that have passed from any others."""
        return self.hash.copy().hexdigest()

    def batches(self, size: int) -> Iterator[Batch]:
        """The rollouts, batch by batch; rejected records wait for the answer of the batch they stand in."""
        while chunk := list(itertools.islice(self.items, size)):
            self.underway.append(chunk)
            yield [item for item in chunk if isinstance(item, Rollout)]

    def confirm(self) -> list[Rejected]:
        """The next batch has been answered; the rejected records in it."""
        chunk = self.underway.popleft()
        self._pass(chunk)
        return [item for item in chunk if isinstance(item, Rejected)]

    def skip(self, number: int) -> None:
        """Pass over items that an earlier run has dealt with."""
        self._pass(itertools.islice(self.items, number))

    def _pass(self, items: Iterable[Item]) -> None:
        for item in items:
            self.passed += 1
            if isinstance(item, Rollout):
                told: tuple[Any, ...] = (item.instruction.id, item.instruction.prompt, item.response)
            else:
                told = (item.error.line, item.error)
            self.hash.update("\x1f".join(map(str, told)).encode(errors="surrogatepass"))


def _sink(output: str | None, stdout: IO[bytes], options: Options) -> "_Nowhere":
    if output is None:
        return _Nowhere()
    if output == STREAM:
        return _Stream(stdout, STREAM)
    path = Path(output)
    if path.exists() and not path.is_file() and not path.is_dir():  # a pipe or a device has nothing to keep
        with writing(output):
            return _Stream(path.open("wb"), output)
    return _Files(output, options)


class _Nowhere:
    """No output: only the tally."""

    def __enter__(self) -> "_Nowhere":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def begin(self, source: _Source) -> Outcome:
        """Where the run starts from."""
        return Outcome(0, 0, Tally())

    def write(self, lines: bytes, rejected: list[Rejected]) -> None:
        """Write the verifications and the rejected records of a batch."""

    def note(self, outcome: Outcome, digest: str) -> None:
        """Remember how far the run is."""

    def finish(self) -> None:
        """All is written."""


class _Stream(_Nowhere):
    """Standard output, a pipe or a device: written as it comes, with nothing to go back to."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self.stream, self.name = stream, name

    def write(self, lines: bytes, rejected: list[Rejected]) -> None:
        with writing(self.name):
            self.stream.write(lines)
            self.stream.flush()


class _Note(BaseModel):
    """One line of the journal."""

    read: int
    rejected: int
    bytes: int
    rejected_bytes: int
    digest: str
    tally: Tally


class _Files(_Nowhere):
    """A file of verifications, one of rejected records, and the journal."""

    def __init__(self, output: str, options: Options) -> None:
        self.path = Path(output)
        if self.path.is_dir():
            raise OutputError(f"{output}: cannot be written: is a directory")
        self.rejected_path = rejected_path(self.path)
        self.partial = self.path.with_name(f"{self.path.name}.partial")
        self.rejected_partial = self.path.with_name(f"{self.rejected_path.name}.partial")
        self.journal = self.path.with_name(f"{self.path.name}.partial.journal")
        self.options = options
        self.files = contextlib.ExitStack()
        self.latest: tuple[Outcome, str] | None = None
        self.noted_at = 0.0

    def __exit__(self, *_: object) -> None:
        # Reached on interruption too: what has been written is kept, and noted.
        try:
            with contextlib.suppress(OSError, ValueError):
                self._write_note()
        finally:
            with contextlib.suppress(OSError):
                self.files.close()

    def begin(self, source: _Source) -> Outcome:
        note = self._last_note() if self.options.resume else None
        if note is not None:
            source.skip(note.read)
            if source.digest != note.digest:
                raise OutputError(f"{self.journal}: the input is not the one that this run began with")
        with writing(str(self.path)):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.lines = self._open(self.partial, note.bytes if note else 0)
            self.rejects = self._open(self.rejected_partial, note.rejected_bytes if note else 0)
            self.notes = self._open(self.journal, self.journal.stat().st_size if note else 0)
            if note is None:
                self.notes.write(to_json(self.options.identity) + b"\n")
                self.notes.flush()
        return Outcome(note.read, note.rejected, note.tally) if note else Outcome(0, 0, Tally())

    def write(self, lines: bytes, rejected: list[Rejected]) -> None:
        with writing(str(self.path)):
            self.lines.write(lines)
            for record in rejected:
                self.rejects.write(to_json(record.as_record(), fallback=str) + b"\n")

    def note(self, outcome: Outcome, digest: str) -> None:
        self.latest = outcome, digest
        if time.monotonic() - self.noted_at > _NOTE_EVERY:
            with writing(str(self.journal)):
                self._write_note()

    def finish(self) -> None:
        with writing(str(self.path)):
            self.latest = None
            self.files.close()
            if self.rejected_partial.stat().st_size:
                self.rejected_partial.replace(self.rejected_path)
            else:
                self.rejected_partial.unlink()
                self.rejected_path.unlink(missing_ok=True)  # of an earlier run: it would mislead
            _convert(self.partial, self.path)
            self.journal.unlink()

    def _open(self, path: Path, size: int) -> IO[bytes]:
        file = self.files.enter_context(path.open("r+b" if size else "wb"))
        file.truncate(size)
        file.seek(size)
        return file

    def _write_note(self) -> None:
        if self.latest is None:
            return
        (read, rejected, tally), digest = self.latest
        self.lines.flush()
        self.rejects.flush()
        note = _Note(
            read=read,
            rejected=rejected,
            bytes=self.lines.tell(),
            rejected_bytes=self.rejects.tell(),
            digest=digest,
            tally=tally,
        )
        self.notes.write(to_json(note) + b"\n")
        self.notes.flush()
        self.noted_at = time.monotonic()

    def _last_note(self) -> _Note | None:
        """The last whole note of an interrupted run; None if there was no such run or it noted nothing."""
        if not self.journal.exists():
            return None
        first, *notes = self.journal.read_bytes().splitlines()
        if json.loads(first) != json.loads(to_json(self.options.identity)):
            raise OutputError(f"{self.journal}: the interrupted run had other options: {first.decode()}")
        for line in reversed(notes):
            with contextlib.suppress(ValueError):  # the last one may be cut off
                note = _Note.model_validate_json(line)
                if self.partial.exists() and self.partial.stat().st_size >= note.bytes:
                    return note
        return None


def rejected_path(output: Path) -> Path:
    """Where the records go that an output lacks: ``out.jsonl`` has ``out.rejected.jsonl``."""
    stem = output.name
    for suffix in (".gz", ".jsonl", ".json", ".parquet"):
        stem = stem.removesuffix(suffix)
    return output.with_name(f"{stem}.rejected.jsonl")


def _convert(partial: Path, path: Path) -> None:
    """Give the finished lines their name, in the format that it asks for."""
    if path.name.endswith(".parquet"):
        with replacing(path) as temporary:
            _write_parquet(partial, temporary)
    elif path.name.endswith(".gz"):
        with (
            replacing(path) as temporary,
            partial.open("rb") as lines,
            temporary.open("wb") as raw,
            gzip.GzipFile("", "wb", 6, raw, mtime=0) as zipped,  # no time stamp: equal runs, equal files
        ):
            shutil.copyfileobj(lines, zipped, 1 << 20)
    else:
        partial.replace(path)
        return
    partial.unlink()


def _write_parquet(lines: Path, path: Path) -> None:
    """Verifications in columns; what is nested or differs from row to row is a JSON string."""
    import pyarrow
    import pyarrow.parquet

    schema = pyarrow.schema(
        [
            ("id", pyarrow.string()),
            ("prompt", pyarrow.string()),
            ("constraints", pyarrow.list_(pyarrow.string())),
            ("response", pyarrow.string()),
            ("sample", pyarrow.int32()),
            ("original", pyarrow.string()),
            ("thinking", pyarrow.string()),
            ("metadata", pyarrow.string()),
            ("results", pyarrow.list_(pyarrow.string())),
            ("ila", pyarrow.bool_()),
            ("cla", pyarrow.float64()),
            ("ila_loose", pyarrow.bool_()),
            ("cla_loose", pyarrow.float64()),
        ]
    )
    with lines.open("rb") as file, pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while block := list(itertools.islice(file, _PARQUET_ROWS)):
            rows = [_columns(json.loads(line)) for line in block]
            writer.write_table(pyarrow.Table.from_pylist(rows, schema))


def _columns(record: dict[str, Any]) -> dict[str, Any]:
    rollout = record["rollout"]
    instruction = rollout["instruction"]
    key = instruction["id"]
    return {
        "id": key if key is None else str(key),
        "prompt": instruction["prompt"],
        "constraints": [
            json.dumps(constraint, ensure_ascii=False) for constraint in instruction["constraints"]
        ],
        "response": rollout["response"],
        "sample": rollout["sample"],
        "original": rollout["original"],
        "thinking": rollout["thinking"],
        "metadata": json.dumps(rollout["metadata"], ensure_ascii=False),
        "results": [json.dumps(result, ensure_ascii=False) for result in record["results"]],
        **{name: record[name] for name in ("ila", "cla", "ila_loose", "cla_loose")},
    }


def limited(items: Iterable[Item], limit: int | None) -> Iterator[Item]:
    """The first items, all of them without a limit."""
    return iter(items) if limit is None else itertools.islice(items, limit)
