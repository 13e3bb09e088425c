"""The shards of a part of a replay: those that an interrupted run has finished, and those that follow."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from hir_data.errors import OutputError
from hir_data.replays import dataset
from hir_data.replays.dataset import Shard
from hir_data.report.replay_figures import ReplayCounts

if TYPE_CHECKING:
    import pyarrow


class ShardNote(BaseModel):
    """A shard that is on the disk, and what became of its rollouts.

    Attributes:
        input: the digest of the part of the input.
        shard: its file.
        made: the counts of its rollouts.
    """

    input: str
    shard: Shard
    made: ReplayCounts


class WrittenShards:
    """The shards of a part, each noted in a line of JSON once it is safe on the disk.

    Args:
        folder: where the shards are.
        notes: the file of the notes.
        first: the number of the first shard.
        digest: what tells the part of the input from any other.
    """

    def __init__(self, folder: Path, notes: Path, first: int, digest: str) -> None:
        self.folder, self.notes, self.first, self.digest = folder, notes, first, digest
        self._number = 0
        self._end = 0

    def kept(self, *, verify_digests: bool = True) -> Iterator[ShardNote]:
        """What an interrupted run has finished; what is added comes behind it.

        Args:
            verify_digests: whether each shard has to be, byte for byte, the one that was written.

        Raises:
            OutputError: it began with another input.
            OSError: something cannot be read.
        """
        self._number = self._end = 0
        if not self.notes.exists():
            return
        with self.notes.open("rb") as lines:
            for line in lines:
                note = self._note(line, verify_digests)
                if note is None:
                    return
                self._number += 1
                self._end += len(line)
                yield note

    def add(self, tables: Iterable["pyarrow.Table"], made: ReplayCounts) -> None:
        """Write the next shard, and note it.

        Args:
            tables: the rows.
            made: what became of the rollouts, once the rows have all come.

        Raises:
            OSError: it cannot be written.
        """
        path = self.folder / dataset.shard_name(self.first + self._number)
        shard = dataset.write_shard(path, tables)
        line = to_json(ShardNote(input=self.digest, shard=shard, made=made)) + b"\n"
        with self.notes.open("ab") as file:
            file.truncate(self._end)  # what was cut off
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        self._number += 1
        self._end += len(line)

    def _note(self, line: bytes, verify_digests: bool) -> ShardNote | None:
        """The note of a line, if it is that of the shard that is due, and the shard is there."""
        with contextlib.suppress(ValidationError):
            note = ShardNote.model_validate_json(line)
            if note.input != self.digest:
                raise OutputError("the input is not the one that the interrupted run began with")
            path = self.folder / note.shard.name
            due = dataset.shard_name(self.first + self._number)
            if line.endswith(b"\n") and note.shard.name == due and path.is_file():
                is_whole = not verify_digests or dataset.sha256(path) == note.shard.sha256
                return note if is_whole else None
        return None
