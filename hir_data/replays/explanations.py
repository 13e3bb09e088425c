"""The explanations of candidates, kept in a file while some of them are chosen.

To find one takes longer than all else that is done for a failure; so what the first reading has found is not
looked for again in the second.
"""

import pickle
import struct
from collections.abc import Iterator
from typing import IO

from hir_data.replays.explanation import Explanation
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import Change

_HEADER = struct.Struct(">QI")  # unit of input, length


def packed(explanation: Explanation) -> bytes:
    """An explanation without the instruction that it is of; nothing where it cannot be kept."""
    changes = [
        (change.fate, None if change.fate == "kept" else change.became) for change in explanation.changes
    ]
    try:
        return pickle.dumps((changes, *explanation[1:]), pickle.HIGHEST_PROTOCOL)
    except Exception:  # whatever the parameters of a plugin may be
        return b""


def unpacked(kept: bytes, instruction: Instruction) -> Explanation | None:
    """What :func:`packed` was given; None where that could not be kept.

    Args:
        kept: what it gave, in this very run.
        instruction: that of the source.
    """
    if not kept:
        return None
    try:
        changes, *figures = pickle.loads(kept)  # in a file without a name, of this run
    except Exception:  # a parameter of a plugin that cannot be restored
        return None
    return Explanation(
        tuple(
            Change(fate=fate, constraint=constraint, became=constraint if fate == "kept" else became)
            for (fate, became), constraint in zip(changes, instruction.constraints, strict=True)
        ),
        *figures,
    )


class KeptExplanations:
    """Explanations by the unit of input, in a file; one of them is in memory.

    Args:
        file: an empty one, to write and then to read; nobody else writes to it.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._units = 0
        self._records = self._read()
        self._record: tuple[int, bytes] | None = (-1, b"")

    def add(self, explanation: bytes) -> None:
        """Keep that of the next unit; nothing for one that is no candidate."""
        if explanation:
            self._file.write(_HEADER.pack(self._units, len(explanation)) + explanation)
        self._units += 1

    def of(self, unit: int) -> bytes:
        """That of a unit, nothing where it has none; of units that increase, when all have been kept."""
        while self._record is not None and self._record[0] < unit:
            self._record = next(self._records, None)
        return self._record[1] if self._record is not None and self._record[0] == unit else b""

    def _read(self) -> Iterator[tuple[int, bytes]]:
        self._file.seek(0)
        while header := self._file.read(_HEADER.size):
            unit, length = _HEADER.unpack(header)
            yield unit, self._file.read(length)
