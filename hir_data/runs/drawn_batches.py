"""Batches of responses that are drawn before a run can write them, kept for a run that goes on."""

import json
import os
from pathlib import Path
from typing import IO, Any

from hir_data.formats.atomic import writing
from hir_data.models.sampling import Batch


class DrawnBatches:
    """A file of batches, each under what it was drawn for, until they are written where they belong.

    Args:
        path: the file; there need be none.

    Raises:
        OutputError: the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None
        with writing(str(path)):
            lines = path.read_bytes().splitlines() if path.exists() else []
        self._batches: dict[str, Batch] = dict(each for line in lines if (each := _batch(line)) is not None)

    @property
    def number(self) -> int:
        """How many responses are in them."""
        return sum(map(len, self._batches.values()))

    def get(self, key: str) -> Batch | None:
        """What was drawn for this; None where nothing was."""
        return self._batches.get(key)

    def put(self, key: str, batch: Batch) -> None:
        """Keep what was drawn: from now on it is safe on the disk.

        Raises:
            OutputError: it cannot be written.
        """
        with writing(str(self.path)):
            if self._file is None:
                self._file = self.path.open("ab")
            # Behind a line break: the line before may have been cut off when the machine stopped.
            self._file.write(b"\n" + json.dumps([key, batch]).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        self._batches[key] = batch

    def clear(self) -> None:
        """Forget all: they are written where they belong."""
        self.close()
        self._batches.clear()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; what is in it stays."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _batch(line: bytes) -> tuple[str, Batch] | None:
    """A batch and its key; None where a line was cut off."""
    try:
        found: Any = json.loads(line)
    except ValueError:
        return None
    if not isinstance(found, list) or len(found) != 2:
        return None
    key, batch = found
    return (key, batch) if isinstance(key, str) and isinstance(batch, list) else None
