"""The parts of a replay taken through their steps: one after the other here, or side by side in a cluster."""

import contextlib
import functools
import gc
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from hir_data.errors import OutputError
from hir_data.formats.atomic import OutputLock, writing
from hir_data.replays.index import RolloutRef
from hir_data.replays.information import Background
from hir_data.runs.replay_part import ReplayPart, ReplayStage

_WAITING = 30.0  # seconds for another process to let go of a part
_LOOK_EVERY = 0.5  # seconds


class PartPlace(NamedTuple):
    """Where a part is among all.

    Attributes:
        units: how many units of input it has.
        first: the number of its first shard.
        digest: of its input.
    """

    units: int
    first: int
    digest: str


class PartSteps:
    """Takes the parts of a replay through each step, one after the other in this process.

    Args:
        parts: all of them, in their order.

    Attributes:
        are_silent: whether rejected records are not shown while the steps are taken.
    """

    are_silent = False

    def __init__(self, parts: Sequence[ReplayPart]) -> None:
        self.parts = parts

    def prepare(self) -> None:
        """See :meth:`ReplayPart.prepare`."""
        for part in self.parts:
            part.prepare()

    def assess(self, background: Background) -> None:
        """See :meth:`ReplayPart.assess`."""
        for part in self.parts:
            part.assess(background)

    def write(
        self, background: Background, rollouts: Iterator[RolloutRef | None], places: Sequence[PartPlace]
    ) -> None:
        """See :meth:`ReplayPart.write`.

        Args:
            background: responses to measure bits on.
            rollouts: where those of all parts stand.
            places: where the parts are among them.
        """
        for part, place in zip(self.parts, places, strict=True):
            mine = itertools.islice(rollouts, place.units)
            part.write(background, mine, place.first)
            for _ in mine:  # of shards that were there already
                pass


class RemotePartSteps(PartSteps):
    """Takes the parts of a replay through each step in tasks of a Ray cluster, which is connected.

    Args:
        parts: all of them, in their order.
        workers: how many tasks there are at a time.
    """

    are_silent = True

    def __init__(self, parts: Sequence[ReplayPart], workers: int) -> None:
        super().__init__(parts)
        self.workers = workers

    def prepare(self) -> None:
        """See :meth:`ReplayPart.prepare`."""
        self._each("verifying", [ReplayPart.prepare for _ in self.parts])

    def assess(self, background: Background) -> None:
        """See :meth:`ReplayPart.assess`."""
        step = functools.partial(ReplayPart.assess, background=background)
        self._each("looking", [step for _ in self.parts])

    def write(
        self, background: Background, rollouts: Iterator[RolloutRef | None], places: Sequence[PartPlace]
    ) -> None:
        """See :meth:`ReplayPart.write`; each part finds in a file where its rollouts stand."""
        for part, place in zip(self.parts, places, strict=True):
            with writing(str(part.folder)):
                part.keep_places(itertools.islice(rollouts, place.units))
        steps = [functools.partial(_write, background=background, first=place.first) for place in places]
        self._each("writing", steps)

    def _each(self, stage: ReplayStage, steps: Sequence[Callable[[ReplayPart], int]]) -> None:
        from hir_data.engine.ray import tasks

        jobs = [
            functools.partial(_alone, step, part.elsewhere())
            for step, part in zip(steps, self.parts, strict=True)
        ]
        for number, units in tasks(jobs, self.workers):
            self.parts[number].on_progress(stage, units)


@contextlib.contextmanager
def few_collections() -> Iterator[None]:
    """Looks for cycles seldom: records come and go without any, and looking takes a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _write(part: ReplayPart, background: Background, first: int) -> int:
    return part.write(background, part.kept_places(), first)


def _alone(step: Callable[[ReplayPart], int], part: ReplayPart) -> int:
    """Take a step of a part that no other process has: one that is given up may not have ended yet.

    Raises:
        OutputError: another process does not let go of the part.
    """
    lock = OutputLock(part.folder)
    until = time.monotonic() + _WAITING
    while True:
        try:
            with writing(str(part.folder)):
                lock.acquire()
            break
        except OutputError:
            if time.monotonic() > until:
                raise
            time.sleep(_LOOK_EVERY)
    with lock, few_collections():
        return step(part)
