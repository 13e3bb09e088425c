"""Where a worker is in its batch: written down so that its parent can read it."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from hir_data.engine.checks import Reading
from hir_data.schemas.constraint import Verdict

R = TypeVar("R")


Known = dict[tuple[int, int], tuple[Reading, Verdict]]


Work = Callable[[list[Any], "BatchProgress"], R]


READING = -1
"""In place of a constraint: the record itself is read, or written."""


class BatchProgress:
    """Where a batch is: the watch of its checks, which others can follow through shared memory.

    Args:
        slot: four numbers: rollout, constraint, whether the reading is loose, and when the check began on
            the system's monotonic clock, 0 between checks.
        known: verdicts by (rollout, constraint) that are not to be looked for again.
    """

    def __init__(self, slot: Any = None, known: Known | None = None) -> None:
        self._slot = slot if slot is not None else [0.0] * 4
        self._known = known or {}
        self._rollout = 0

    def at(self, rollout: int) -> "BatchProgress":
        """The watch for the checks of one rollout of the batch."""
        self._rollout = rollout
        return self

    def check_started(self, constraint: int, reading: Reading) -> None:
        """The check of this constraint begins."""
        slot = self._slot
        slot[3] = 0.0
        slot[0], slot[1], slot[2] = self._rollout, constraint, reading == "loose"
        slot[3] = time.monotonic()

    def reading_started(self, unit: int) -> str | None:
        """The unit of this number in the batch begins to be read.

        Returns:
            What became of an earlier attempt that did not survive it, None if there was none.
        """
        watch = self.at(unit)
        if known := watch.known_verdict(READING, "strict"):
            return known.reason
        watch.check_started(READING, "strict")
        return None

    def idle(self) -> None:
        """No check is running."""
        self._slot[3] = 0.0

    def known_verdict(self, constraint: int, reading: Reading) -> Verdict | None:
        """A verdict that is known from an earlier attempt."""
        known = self._known.get((self._rollout, constraint))
        return known[1] if known is not None and known[0] == reading else None
