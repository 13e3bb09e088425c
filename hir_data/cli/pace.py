"""How fast a command goes on, by the one definition that all of its lines have."""

import time
from collections import deque
from collections.abc import Callable

_SECONDS = 30.0
"""A rate is that of so many seconds at least, as far as there are so many."""

_APART = 1.0
"""Seconds between what is remembered."""


class Pace:
    """How fast counts grow: over the last half of the time so far, and half a minute at least.

    So a rate forgets how long it took to begin, and what an earlier run had done, which goes by at once, but
    changes little from one line to the next.

    Args:
        counts: at the start.
        clock: the time in seconds.
    """

    def __init__(self, *counts: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.began: float = clock()
        self._kept = deque([(self.began, counts)])

    def note(self, *counts: float) -> None:
        """Say how large the counts are."""
        now = self._clock()
        if now - self._kept[-1][0] >= _APART:
            self._kept.append((now, counts))
        first = now - max(_SECONDS, (now - self.began) / 2)
        while len(self._kept) > 1 and self._kept[1][0] <= first:
            self._kept.popleft()

    def rates(self, *counts: float) -> list[float]:
        """How much each count grows in a second, up to what it is now; 0 where it does not."""
        self.note(*counts)
        since, before = self._kept[0]
        seconds = self._clock() - since
        return [
            max(0.0, now - then) / seconds if seconds else 0.0
            for now, then in zip(counts, before, strict=True)
        ]
