"""Where the lines go that a run makes, and the records that it rejects."""

import contextlib
import gzip
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Generic, Self, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from hir_data.errors import OutputError
from hir_data.formats.atomic import STREAM, OutputLock, link_target, replacing, temporary_name, writing
from hir_data.models.sampling import NoBatchStore
from hir_data.report.verify_figures import Tally
from hir_data.runs.drawn_batches import DrawnBatches
from hir_data.runs.parquet import write_verifications
from hir_data.runs.resumable import Note, ResumableRun, remove
from hir_data.schemas.rejected import Rejected

_NOTE_EVERY = 2.0  # seconds between notes in the journal

WriteTable = Callable[[Path, Path], None]
"""Makes a table of a file of lines: both are paths."""


@dataclass(slots=True)
class Position:
    """How far a run has come in its input.

    Attributes:
        units: the units of input it has dealt with (:data:`hir_data.formats.reader.InputRecord`).
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
    output: str | None, stdout: IO[bytes], *, identity: Mapping[str, Any] | None = None, resume: bool = False
) -> "Sink[VerifyState]":
    """The sink for verifications; arguments and errors are those of :func:`sink_of`."""
    return sink_of(VerifyState, write_verifications, output, stdout, identity=identity, resume=resume)


def sink_of(
    state: type[S],
    write_table: WriteTable,
    output: str | None,
    stdout: IO[bytes],
    *,
    identity: Mapping[str, Any] | None = None,
    resume: bool = False,
    folder_of: str | None = None,
    keep_rejected: bool = True,
) -> "Sink[S]":
    """The sink for an output: a path, ``-`` for ``stdout``, or None to keep nothing.

    Args:
        state: what tells how far a run has come.
        write_table: makes a Parquet file, or a folder, of a file of lines.
        output: where the records go.
        stdout: where ``-`` goes.
        identity: what a run must have in common with one that it resumes.
        resume: go on from the last note of an interrupted run, if there is one.
        folder_of: the names of its files, as a shell has them, if the output is a folder; one that is there
            has to be empty.
        keep_rejected: whether there is a file of rejected records beside the output.

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
    return FileSink(
        state,
        write_table,
        path,
        identity or {},
        resume=resume,
        folder_of=folder_of,
        keep_rejected=keep_rejected,
    )


class Sink(Generic[S]):
    """Keeps nothing.

    Attributes:
        batches: what is drawn and cannot be written yet; of an interrupted run too.
        finished: an interrupted run had done everything; it has been finished when this one started.
        unfinished: an interrupted run has left something to go on with.
    """

    finished = False
    unfinished = False

    def __init__(self, state: type[S]) -> None:
        self.state = state
        self.batches: NoBatchStore | DrawnBatches = NoBatchStore()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    @contextlib.contextmanager
    def reserved(self) -> Iterator[None]:
        """Nobody else writes the output while a run gets ready in here."""
        yield

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
    """A file of records, or a folder of files, one of rejected records, and the journal."""

    def __init__(
        self,
        state: type[S],
        write_table: WriteTable,
        path: Path,
        identity: Mapping[str, Any],
        *,
        resume: bool,
        folder_of: str | None = None,
        keep_rejected: bool = True,
    ) -> None:
        super().__init__(state)
        with writing(str(path)):
            if path.is_dir() and folder_of is None:
                raise OutputError(f"{path}: cannot be written: is a directory")
        self.path, self.write_table, self.folder_of, self.keep_rejected = (
            path,
            write_table,
            folder_of,
            keep_rejected,
        )
        rejected = rejected_path(path) if keep_rejected else path.with_name(f"{path.name}.rejected")
        self.rejected_path: Path = link_target(rejected)
        if keep_rejected and self.rejected_path.is_dir():  # or all is done before anybody is told
            raise OutputError(f"{rejected}: cannot be written: is a directory")
        self.rejected_partial: Path = self.rejected_path.with_name(f"{self.rejected_path.name}.partial")
        self._batches_path = link_target(path).with_name(f"{link_target(path).name}.partial.batches")
        self.run: ResumableRun = ResumableRun(
            path,
            identity,
            resume=resume,
            beside=(rejected,) if keep_rejected else (),
            scratch=(self.rejected_partial, self._batches_path),
        )
        self.partial: Path = self.run.partial
        self.unfinished: bool = self.run.journal.exists()
        self.idle: bool = False  # begun, with nothing written
        self.files = contextlib.ExitStack()
        self.unnoted: bytes | None = None
        self.noted_at: float = 0.0

    @contextlib.contextmanager
    def reserved(self) -> Iterator[None]:
        """Nobody else writes the output while a run gets ready in here.

        Raises:
            OutputError: another run writes it.
        """
        with self.run:
            yield

    def __enter__(self) -> Self:
        """Lock the output.

        Raises:
            OutputError: another run writes it, or a folder has something in it.
        """
        with writing(str(self.path)):
            # What a killed run has left beside it says that what is in the folder is ours.
            ours = self.unfinished or OutputLock(self.path).path.exists()
            if self.folder_of is not None and self.path.is_dir() and any(self.path.iterdir()):
                if not ours:
                    raise OutputError(f"{self.path}: cannot be written: the folder is not empty")
                self._files_of_ours(self.path)
        self.run.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        # Reached on interruption too: what has been written is kept, and noted.
        with contextlib.closing(self.run), contextlib.suppress(OSError), self.files:
            self._note()
            self.batches.close()
            if self.idle and not self.batches.number:
                self._clear()
                self.run.forget()

    def start(self) -> S:
        """Open the files, at their beginning or behind what an interrupted run has noted.

        Raises:
            OutputError: they cannot be written, or the interrupted run was another one.
        """
        last = self._last_note(self.run.begin(self._clear))
        with writing(str(self.path)):
            if self.run.finishing is not None:
                self._give_names()
                self.finished = True
            else:
                self.idle = last is None
                self.batches = DrawnBatches(self._batches_path)
                self.lines: IO[bytes] = self._open(self.partial, last.bytes if last else 0)
                self.rejects: IO[bytes] = self._open(
                    self.rejected_partial, last.rejected_bytes if last else 0
                )
        return last.state if last else self.state()

    def write(self, lines: bytes, rejected: list[Rejected], state: S) -> None:
        """Write a batch, and now and then a note."""
        self.idle = False
        with writing(str(self.path)):
            self.lines.write(lines)
            for record in rejected:
                self.rejects.write(record.as_line())
            # Made now, and in one step: wherever the run is interrupted, what is noted is a whole batch.
            self.unnoted = to_json(
                _Note(state=state, bytes=self.lines.tell(), rejected_bytes=self.rejects.tell())
            )
            if self.batches.number or time.monotonic() - self.noted_at > _NOTE_EVERY:
                self._note()
                self.batches.clear()  # what is in them is in the lines, and nothing has been drawn since

    def finish(self) -> None:
        """Give the files their names; up to the last step a failure can be resumed."""
        self.idle = False
        with writing(str(self.path)):
            self._note()
            self.batches.clear()
            self.files.close()
            self.run.note_finishing()
            self._give_names()

    def _give_names(self) -> None:
        """Rejected records first: where the output is, they are. Each step can be done again."""
        if self.rejected_partial.exists():
            if self.rejected_partial.stat().st_size:
                self.rejected_partial.replace(self.rejected_path)
            else:
                if self.keep_rejected:
                    self.rejected_path.unlink(missing_ok=True)  # of an earlier run: it would mislead
                self.rejected_partial.unlink()
        if self.partial.exists():
            self._convert()
        self.run.end()

    def _convert(self) -> None:
        """Give the finished lines their name, in the format that it asks for."""
        target = self.run.target
        if self.folder_of is not None:
            if target.is_dir():  # what is in it is ours, of before the run was killed
                for file in self._files_of_ours(target):
                    file.unlink()
            self.write_table(self.partial, target)
        elif target.name.endswith(".parquet") or self.path.name.endswith(".parquet"):
            with replacing(target) as temporary:
                self.write_table(self.partial, temporary)
        elif self.path.name.endswith(".gz"):
            with (
                replacing(target) as temporary,
                self.partial.open("rb") as lines,
                temporary.open("wb") as raw,
                gzip.GzipFile("", "wb", 6, raw, mtime=0) as zipped,  # no time stamp: equal runs, equal files
            ):
                shutil.copyfileobj(lines, zipped, 1 << 20)
        else:
            self.partial.replace(target)
        self.partial.unlink(missing_ok=True)

    def _files_of_ours(self, folder: Path) -> list[Path]:
        """All that is in the folder of the output.

        Raises:
            OutputError: something in it has a name that we give to nothing.
        """
        files = sorted(folder.iterdir())
        for file in files:
            if not file.match(self.folder_of or "") or not file.is_file():
                raise OutputError(f"{file}: is in the way: no interrupted run of hir-data has left it")
        return files

    def _clear(self) -> None:
        names = (self.partial, self.rejected_partial, self._batches_path)
        for path in (*names, temporary_name(self.run.target)):
            remove(path)

    def _open(self, path: Path, size: int) -> IO[bytes]:
        file = self.files.enter_context(path.open("r+b" if size else "wb"))
        file.truncate(size)
        file.seek(size)
        return file

    def _note(self) -> None:
        if self.unnoted is None:
            return
        for file in (self.lines, self.rejects):
            file.flush()
            os.fsync(file.fileno())
        self.run.note(self.unnoted)
        self.unnoted, self.noted_at = None, time.monotonic()

    def _last_note(self, notes: list[Note]) -> _Note[S] | None:
        """The last note of which all is there; once all was done, the last one."""
        sizes = [
            path.stat().st_size if path.exists() else 0 for path in (self.partial, self.rejected_partial)
        ]
        for found in reversed(notes):
            with contextlib.suppress(ValidationError):
                note: _Note[S] = _Note[self.state].model_validate(found)  # type: ignore[name-defined]  # a class at run time
                there = sizes[0] >= note.bytes and sizes[1] >= note.rejected_bytes
                if there or self.run.finishing is not None:
                    return note
        return None


def rejected_path(output: Path) -> Path:
    """Where the records go that an output lacks: ``out.jsonl`` has ``out.rejected.jsonl``."""
    stem = output.name
    for suffix in (".gz", ".jsonl", ".json", ".parquet"):
        stem = stem.removesuffix(suffix)
    return output.with_name(f"{stem}.rejected.jsonl")
