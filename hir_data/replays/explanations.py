"""The explanations of candidates, kept in a file while some of them are chosen.

To find one takes longer than all else that is done for a failure; so what the first reading has found is not
looked for again in the second.
"""

import pickle
from array import array
from typing import IO

from hir_data.replays.explanation import Explanation
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import Change

_NONE = -1
_LENGTH = 4  # bytes of a number


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
    """Explanations by the unit of input, in a file; in memory is a number a unit.

    Args:
        file: an empty one, to write and to read; nobody else writes to it.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._places: array[int] = array("q")
        self._end = 0

    def add(self, explanation: bytes) -> None:
        """Keep that of the next unit; nothing for one that is no candidate."""
        self._places.append(self._end if explanation else _NONE)
        if explanation:
            self._end += self._file.write(len(explanation).to_bytes(_LENGTH) + explanation)

    def of(self, unit: int) -> bytes:
        """That of a unit; nothing where it has none."""
        place = self._places[unit]
        if place == _NONE:
            return b""
        self._file.seek(place)
        return self._file.read(int.from_bytes(self._file.read(_LENGTH)))
