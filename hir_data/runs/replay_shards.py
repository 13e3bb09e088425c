"""The shards of a replay: those that an interrupted run has finished, and those that follow."""

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from hir_data.errors import OutputError
from hir_data.replays import dataset
from hir_data.replays.dataset import Shard
from hir_data.replays.index import Index
from hir_data.report.replay_figures import ReplayCounts
from hir_data.runs.resumable import Note, ResumableRun, remove

if TYPE_CHECKING:
    import pyarrow


class WrittenShards:
    """The shards that are there, and what became of their rollouts.

    Args:
        folder: where they are.
        index: of the rollouts; it is told which groups have got replays.
        digest: what tells the input from any other.

    Attributes:
        shards: in their order.
        made: the counts of all.
    """

    def __init__(self, folder: Path, index: Index, digest: str) -> None:
        self.folder, self.index, self.digest = folder, index, digest
        self.shards: list[Shard] = []
        self.made: ReplayCounts = ReplayCounts()

    def take(self, notes: list[Note]) -> None:
        """Take over what an interrupted run has finished; what else it left is removed, the notes too.

        Raises:
            OutputError: it began with another input.
            OSError: something cannot be read or removed.
        """
        for found in notes:
            with contextlib.suppress(ValidationError):  # a note of something else
                note = _ShardNote.model_validate(found)
                if note.input != self.digest:
                    raise OutputError("the input is not the one that the interrupted run began with")
                path = self.folder / note.shard.name
                if note.shard.name != dataset.shard_name(len(self.shards)) or not path.is_file():
                    break
                if dataset.sha256(path) != note.shard.sha256:
                    break
                self._count(note)
        notes.clear()
        names = {shard.name for shard in self.shards}
        for path in self.folder.iterdir():
            if path.name not in names:
                remove(path)

    def write(self, run: ResumableRun, tables: Iterable["pyarrow.Table"], made: ReplayCounts) -> None:
        """Write the next shard, and note it.

        Args:
            run: whose journal it is.
            tables: the rows.
            made: what became of the rollouts, once the rows have all come.

        Raises:
            OSError: it cannot be written.
        """
        path = self.folder / dataset.shard_name(len(self.shards))
        note = _ShardNote(input=self.digest, shard=dataset.write_shard(path, tables), made=made)
        run.note(to_json(note))
        self._count(note)

    def _count(self, note: "_ShardNote") -> None:
        """Add a shard. Which groups have got replays is not kept for each: the index has it in a byte."""
        self.shards.append(note.shard)
        self.index.rescue(note.made.rescued)
        self.made.merge(note.made.model_copy(update={"rescued": set()}))


class _ShardNote(BaseModel):
    """One line of the journal: a shard, and what became of its rollouts."""

    input: str
    shard: Shard
    made: ReplayCounts
