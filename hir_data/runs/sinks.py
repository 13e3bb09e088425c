"""Where the records that a run makes go, and how an interrupted run finds its way back.

They are written to ``OUT.partial`` and get their name when all are there. Beside it a journal,
``OUT.partial.journal``, notes how far the run has come and how much of the files belongs to that.
"""

import contextlib
import gzip
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Generic, Self, TypeVar

from pydantic import BaseModel
from pydantic_core import to_json

from hir_data.errors import OutputError
from hir_data.formats.files import STREAM, is_json, replacing, writing
from hir_data.report.verify_figures import Tally
from hir_data.runs.parquet import write_verifications
from hir_data.schemas.rejected import Rejected

_NOTE_EVERY = 2.0  # seconds between notes in the journal


@dataclass(slots=True)
class Position:
    """How far a run has come in its input.

    Attributes:
        units: the units of input it has dealt with (:data:`hir_data.formats.reader.Unit`).
        read: the rollouts and rejected records in them.
        rejected: those that were rejected.
        digest: what tells these units from any others.
    """

    units: int = 0
    read: int = 0
    rejected: int = 0
    digest: str = ""


@dataclass(slots=True)
class VerifyState(Position):
    """How far a run that verifies has come.

    Attributes:
        tally: the counts of what was verified.
    """

    tally: Tally = field(default_factory=Tally)


S = TypeVar("S", bound=Position)


def open_sink(
    output: str | None, stdout: IO[bytes], *, identity: dict[str, Any] | None = None, resume: bool = False
) -> "Sink[VerifyState]":
    """The sink for verifications; arguments and errors are those of :func:`sink_of`."""
    return sink_of(VerifyState, write_verifications, output, stdout, identity=identity, resume=resume)


def sink_of(
    state: type[S],
    write_table: Callable[[Path, Path], None],
    output: str | None,
    stdout: IO[bytes],
    *,
    identity: dict[str, Any] | None = None,
    resume: bool = False,
) -> "Sink[S]":
    """The sink for an output: a path, ``-`` for ``stdout``, or None to keep nothing.

    Args:
        state: what tells how far a run has come.
        write_table: makes a Parquet file of a file of lines.
        output: where the records go.
        stdout: where ``-`` goes.
        identity: what a run must have in common with one that it resumes.
        resume: go on from the last note of an interrupted run, if there is one.

    Raises:
        OutputError: nothing can be written there.
    """
    if output is None:
        return Sink(state)
    if output == STREAM:
        return StreamSink(state, stdout, STREAM)
    path = Path(output)
    with writing(output):
        if (
            path.exists() and not path.is_file() and not path.is_dir()
        ):  # nothing of a pipe or a device is kept
            return StreamSink(state, path.open("wb"), output, ours=True)
    return FileSink(state, write_table, path, identity or {}, resume)


class Sink(Generic[S]):
    """Keeps nothing."""

    def __init__(self, state: type[S]) -> None:
        self.state = state

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def start(self) -> S:
        """Where the run begins."""
        return self.state()

    def write(self, lines: bytes, rejected: list[Rejected], state: S) -> None:
        """Write the lines and the rejected records of a batch, which lead to this state."""

    def finish(self) -> None:
        """All is written."""


class StreamSink(Sink[S]):
    """Standard output, a pipe or a device: written as it comes, with nothing to go back to."""

    def __init__(self, state: type[S], stream: IO[bytes], name: str, *, ours: bool = False) -> None:
        super().__init__(state)
        self.stream, self.name, self.ours = stream, name, ours

    def __exit__(self, *_: object) -> None:
        if self.ours:
            with contextlib.suppress(OSError):
                self.stream.close()

    def write(self, lines: bytes, rejected: list[Rejected], state: S) -> None:
        """Write the lines; rejected records have no place here."""
        with writing(self.name):
            self.stream.write(lines)
            self.stream.flush()


class _Note(BaseModel, Generic[S]):
    """One line of the journal: a state, and the sizes of the files in it."""

    state: S
    bytes: int
    rejected_bytes: int


class FileSink(Sink[S]):
    """A file of records, one of rejected records, and the journal."""

    def __init__(
        self,
        state: type[S],
        write_table: Callable[[Path, Path], None],
        path: Path,
        identity: dict[str, Any],
        resume: bool,
    ) -> None:
        super().__init__(state)
        with writing(str(path)):
            if path.is_dir():
                raise OutputError(f"{path}: cannot be written: is a directory")
        self.write_table = write_table
        self.path, self.identity, self.resume = path, to_json(identity), resume
        self.rejected_path = rejected_path(path)
        self.partial = path.with_name(f"{path.name}.partial")
        self.rejected_partial = path.with_name(f"{self.rejected_path.name}.partial")
        self._partials = (self.partial, self.rejected_partial)
        self.journal = path.with_name(f"{path.name}.partial.journal")
        self.files = contextlib.ExitStack()
        self.unnoted: bytes | None = None
        self.noted_at = 0.0

    def __exit__(self, *_: object) -> None:
        # Reached on interruption too: what has been written is kept, and noted.
        with contextlib.suppress(OSError), self.files:
            self._note()

    def start(self) -> S:
        """Open the files, at their beginning or behind what an interrupted run has noted.

        Raises:
            OutputError: they cannot be written, or the interrupted run was another one.
        """
        note = self._last_note() if self.resume else None
        with writing(str(self.path)):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if note is None:
                with replacing(self.journal) as temporary:  # a journal has its first line from the beginning
                    temporary.write_bytes(self.identity + b"\n")
            self.notes = self.files.enter_context(self.journal.open("ab"))
            self.lines = self._open(self.partial, note.bytes if note else 0)
            self.rejects = self._open(self.rejected_partial, note.rejected_bytes if note else 0)
        return note.state if note else self.state()

    def write(self, lines: bytes, rejected: list[Rejected], state: S) -> None:
        """Write a batch, and now and then a note."""
        with writing(str(self.path)):
            self.lines.write(lines)
            for record in rejected:
                self.rejects.write(to_json(record.as_record(), fallback=str) + b"\n")
            # Made now, and in one step: wherever the run is interrupted, what is noted is a whole batch.
            self.unnoted = to_json(
                _Note(state=state, bytes=self.lines.tell(), rejected_bytes=self.rejects.tell())
            )
            if time.monotonic() - self.noted_at > _NOTE_EVERY:
                self._note()

    def finish(self) -> None:
        """Give the files their names; up to the last step a failure can be resumed."""
        with writing(str(self.path)):
            self._note()
            self.files.close()
            _convert(self.partial, self.path, self.write_table)
            if self.rejected_partial.stat().st_size:
                self.rejected_partial.replace(self.rejected_path)
            else:
                self.rejected_partial.unlink()
                self.rejected_path.unlink(missing_ok=True)  # of an earlier run: it would mislead
            self.journal.unlink()
            self.partial.unlink(missing_ok=True)

    def _open(self, path: Path, size: int) -> IO[bytes]:
        file = self.files.enter_context(path.open("r+b" if size else "wb"))
        file.truncate(size)
        file.seek(size)
        return file

    def _note(self) -> None:
        if self.unnoted is None:
            return
        self.lines.flush()
        self.rejects.flush()
        # Behind a line break: the note before may have been cut off by an interruption.
        self.notes.write(b"\n" + self.unnoted + b"\n")
        self.notes.flush()
        self.unnoted, self.noted_at = None, time.monotonic()

    def _last_note(self) -> _Note[S] | None:
        """The last whole note of an interrupted run; None if there was no such run or it noted nothing."""
        with writing(str(self.journal)):
            if not self.journal.exists():
                return None
            first, *notes = self.journal.read_bytes().splitlines() or [b""]
            sizes = [path.stat().st_size if path.exists() else 0 for path in self._partials]
        if not is_json(first):
            return None
        if json.loads(first) != json.loads(self.identity):
            raise OutputError(f"{self.journal}: the interrupted run had other options: {first.decode()}")
        for line in filter(None, reversed(notes)):
            with contextlib.suppress(ValueError):  # the last one may be cut off
                note: _Note[S] = _Note[self.state].model_validate_json(line)  # type: ignore[name-defined]  # a class at run time
                if sizes[0] >= note.bytes and sizes[1] >= note.rejected_bytes:
                    return note
        return None


def rejected_path(output: Path) -> Path:
    """Where the records go that an output lacks: ``out.jsonl`` has ``out.rejected.jsonl``."""
    stem = output.name
    for suffix in (".gz", ".jsonl", ".json", ".parquet"):
        stem = stem.removesuffix(suffix)
    return output.with_name(f"{stem}.rejected.jsonl")


def _convert(partial: Path, path: Path, write_table: Callable[[Path, Path], None]) -> None:
    """Give the finished lines their name, in the format that it asks for."""
    if path.name.endswith(".parquet"):
        with replacing(path) as temporary:
            write_table(partial, temporary)
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
