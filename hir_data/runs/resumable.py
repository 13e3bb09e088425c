"""A run whose output appears whole, at its end, and that goes on from wherever it was stopped.

While it runs there are, beside ``OUT``: ``OUT.lock``, so that no other run writes the same output;
``OUT.partial``, what is done so far, a file or a folder; and ``OUT.partial.journal``. The first line of the
journal is the run's identity: what a run must have in common with one that it goes on with. Each further
line is a note. A note is written when what it claims is safe on the disk, so every state that a killed run
can leave is one of these:

- no journal: nothing was begun;
- a journal without ``begun``: leftovers of an earlier run may be there, and count for nothing;
- notes: what the last of them claims is there, and perhaps more, which is done again;
- ``finishing``: all is done, and only names are missing.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Self

from pydantic_core import to_json

from hir_data.errors import OutputError
from hir_data.formats.atomic import OutputLock, link_target, replacing, sync, temporary_name, writing
from hir_data.schemas.json_line import certain_line

Note = dict[str, Any]

_BEGUN, _FINISHING = "begun", "finishing"


class ResumableRun:
    """What every long run over files has in common. A context manager: inside, the output is locked.

    Args:
        output: the file or the folder that appears at the end; where it is a symbolic link, the link's
            target does.
        identity: what a run must have in common with one that it goes on with.
        resume: go on with an interrupted run, if there is one.
        beside: what else the run writes, which is locked too.
        scratch: what the run writes meanwhile, besides its partial output.

    Attributes:
        target: the output, links followed.
        partial: where it is until it is whole.
        finishing: what an interrupted run has noted when all was done; None where it did not come so far.
    """

    def __init__(
        self,
        output: Path,
        identity: Mapping[str, Any],
        *,
        resume: bool,
        beside: Sequence[Path] = (),
        scratch: Sequence[Path] = (),
    ) -> None:
        self.output, self.beside, self.target = output, beside, link_target(output)
        self.scratch = scratch
        self.identity: Note = json.loads(certain_line(identity))
        self.resume = resume
        self.partial: Path = self.target.with_name(f"{self.target.name}.partial")
        self.journal: Path = journal_of(output)
        self.finishing: Note | None = None
        self._held = contextlib.ExitStack()
        self._is_locked = False
        self._notes: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Lock the output, unless it is locked already.

        Raises:
            OutputError: another run writes it, or nothing can be written there.
        """
        if self._is_locked:
            return self
        with writing(str(self.output)), contextlib.ExitStack() as held:
            for output in (self.output, *self.beside):
                lock = OutputLock(output)
                held.callback(lock.release)
                lock.acquire()
            self._held.push(held.pop_all())
        self._is_locked = True
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the journal and let the output go; what is noted is kept."""
        self._held.close()
        self._is_locked = False

    def begin(self, clear: Callable[[], None]) -> list[Note]:
        """Open the journal.

        Args:
            clear: removes whatever an earlier run may have left unfinished.

        Returns:
            The notes of the interrupted run; none where there is none to go on with.

        Raises:
            OutputError: the interrupted run was another one, or something else is in the way.
        """
        with writing(str(self.output)):
            self._check_partial()
            notes = self._read_notes() if self.resume else []
            if not any(_BEGUN in note for note in notes):
                notes = []
                with replacing(self.journal) as temporary:
                    temporary.write_bytes(to_json(self.identity) + b"\n")
                clear()
            self._notes = self._held.enter_context(self.journal.open("ab"))
            if not notes:
                self.note({_BEGUN: True})
        for note in notes:
            self.finishing = note.get(_FINISHING, self.finishing)
        return notes

    def note(self, note: Note | bytes) -> None:
        """Write a line to the journal: from now on it holds. What it claims has to be on the disk."""
        assert self._notes is not None
        line = note if isinstance(note, bytes) else to_json(note)
        # Behind a line break: the note before may have been cut off when the machine stopped.
        self._notes.write(b"\n" + line + b"\n")
        self._notes.flush()
        os.fsync(self._notes.fileno())

    def note_finishing(self, note: Note | None = None) -> None:
        """All is done; what is noted here is all that is needed to give things their names."""
        self.finishing = note or {}
        self.note({_FINISHING: self.finishing})

    def end(self) -> None:
        """Everything has its name: the journal goes."""
        sync(self.target.parent)  # the names first
        self.forget()
        sync(self.target.parent)

    def forget(self) -> None:
        """Remove the journal: there is nothing to go on with."""
        if self._notes is not None:
            self._notes.close()
        self.journal.unlink(missing_ok=True)

    def _check_partial(self) -> None:
        """Whatever is called as what a run leaves unfinished is ours only if there is a journal."""
        if self.journal.exists():
            return
        for path in (self.partial, *self.scratch):
            if path.exists():
                raise OutputError(f"{path}: is in the way: no interrupted run of hir-data has left it")

    def _read_notes(self) -> list[Note]:
        if not self.journal.exists():
            return []
        first, *lines = self.journal.read_bytes().splitlines() or [b""]
        found = _object(first)
        if found is None:
            return []
        check_identity(self.journal, found, self.identity)
        return [note for note in map(_object, lines) if note is not None]


def journal_of(output: Path) -> Path:
    """The journal of a run that writes an output; it is there while there is something to go on with."""
    target = link_target(output)
    return target.with_name(f"{target.name}.partial.journal")


def _object(line: bytes) -> Note | None:
    """The JSON object of a line; None where there is none, such as in one that was cut off."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def check_identity(
    place: Path,
    found: Mapping[str, Any],
    wanted: Mapping[str, Any],
    problem: str = "the interrupted run had other options",
) -> None:
    """See to it that a run goes on with one of its own.

    Args:
        place: where the identity of the interrupted run was found.
        found: that identity.
        wanted: the identity of the run that is to go on with it, as JSON has it.
        problem: what is wrong if they differ.

    Raises:
        OutputError: they differ; the error says in what.
    """
    if changes := "; ".join(differences(found, wanted)):
        raise OutputError(f"{place}: {problem}: {changes}")


def differences(old: Mapping[str, Any], new: Mapping[str, Any], inside: str = "") -> Iterator[str]:
    """What is not the same in two identities, key by key."""
    for key in dict.fromkeys([*old, *new]):
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from differences(before, after, f"{inside}{key}.")
        elif before != after:
            yield f"{inside}{key} {_change(before, after)}"


_LONG = 80  # characters of a list that is not shown whole


def _change(before: Any, after: Any) -> str:
    """How a value has changed; of a long list, such as that of a thousand files, in what."""
    if isinstance(before, list) and isinstance(after, list) and len(json.dumps(before)) > _LONG:
        pairs = (("lacks", before, after), ("has in addition", after, before))
        differing = ((verb, [one for one in each if one not in other]) for verb, each, other in pairs)
        if told := [f"{verb} {_some(values)}" for verb, values in differing if values]:
            return " and ".join(told)
    return f"was {json.dumps(before)}, not {json.dumps(after)}"


def _some(values: list[Any]) -> str:
    """A few of the values, and how many more there are."""
    more = [f"{len(values) - 3} more"] if len(values) > 4 else []
    return ", ".join([*map(json.dumps, values[: 3 if more else None]), *more])


def is_free(folder: Path, first: str) -> bool:
    """Whether a run can begin in a folder: it is not there, or has nothing but what a killed run has left.

    Args:
        folder: the folder.
        first: the file that a run writes first.
    """
    if not folder.exists():
        return True
    return folder.is_dir() and {path.name for path in folder.iterdir()} <= {
        temporary_name(folder / first).name
    }


def remove(path: Path) -> None:
    """Remove what a run of ours has left unfinished, a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
