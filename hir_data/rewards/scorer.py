"""Who scores responses: this process, or worker processes that all rewards share; with or without a judge."""

import asyncio
import functools
import logging
import os
from collections.abc import Sequence
from typing import Any

from hir_data.engine.checks import Judged, PendingRollout, ask
from hir_data.engine.config import CheckConfig
from hir_data.engine.judge import Judge
from hir_data.engine.pool import Failed
from hir_data.engine.progress import BatchProgress, Work
from hir_data.engine.shared_pool import SharedPool, can_have_workers, shared_pool
from hir_data.errors import RecordError
from hir_data.rewards.scoring import Item, QuestionFinding, Scored, Scoring
from hir_data.schemas import registry
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.rollout import Rollout

_log = logging.getLogger("hir_data.rewards")


def default_workers() -> int:
    """How many worker processes rewards share unless something else is said."""
    try:
        usable = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        usable = os.cpu_count() or 1
    return min(4, usable)


class Scorer:
    """Scores responses: here, or in worker processes that all scorers of this process share.

    Usable from any thread and in any event loop, several at a time.

    Args:
        scoring: how.
        workers: how many processes; 0 for this one, where a check that never ends never ends.
        timeout: seconds that one check may take, with processes.
        judge: who decides soft constraints; without one they are undetermined.
        pool: the worker processes, where they are not those that are shared.
    """

    def __init__(
        self,
        scoring: Scoring,
        *,
        workers: int = 0,
        timeout: float = CheckConfig().timeout,
        judge: Judge | None = None,
        pool: SharedPool | None = None,
    ) -> None:
        self.scoring = scoring
        self.workers = workers
        self.timeout = timeout
        self.judge = judge
        self.pool = pool

    def scored(self, items: Sequence[Item], *, limit: float | None = None) -> list[Scored]:
        """What is known of each of the items, in their order.

        Args:
            items: the responses.
            limit: seconds that the worker processes may take for them (:meth:`SharedPool.submit`).
        """
        items, unread = self._read_here(items)
        if self.judge is not None:
            read = _all_scored(self._work(QuestionFinding(self.scoring), items, limit))
            items, unread = self._judged(read, unread)
        return _merged(_all_scored(self._work(self.scoring, items, limit)), unread)

    async def scored_async(self, items: Sequence[Item], *, limit: float | None = None) -> list[Scored]:
        """As :meth:`scored`, while the event loop goes on."""
        if self.pool is None:
            items, unread = await asyncio.to_thread(self._read_here, items)
        else:
            items, unread = self._read_here(items)
        if self.judge is not None:
            read = _all_scored(await self._work_async(QuestionFinding(self.scoring), items, limit))
            items, unread = await asyncio.to_thread(self._judged, read, unread)
        return _merged(_all_scored(await self._work_async(self.scoring, items, limit)), unread)

    def _read_here(self, items: Sequence[Item]) -> tuple[Sequence[Item], list[Scored | None]]:
        """The rollouts of items; and, with gaps for these, what could not be read.

        Kinds that only this process has registered can be read nowhere else. The workers of a pool of one's
        own know all that there are, and read for themselves.
        """
        if self.pool is not None:
            return items, [None] * len(items)
        rollouts: list[Item] = []
        unread: list[Scored | None] = []
        for item in items:
            try:
                rollouts.append(self.scoring.read(item))
                unread.append(None)
            except Exception as error:
                unread.append(Scored.failed(error, "unread"))
        return rollouts, unread

    def _work(self, work: Work[list[Any]], items: Sequence[Item], limit: float | None) -> list[Any]:
        pool = self._pool(items)
        if pool is None:
            return work(list(items), BatchProgress())
        return pool.submit(work, items, limit=limit).result()

    async def _work_async(
        self, work: Work[list[Any]], items: Sequence[Item], limit: float | None
    ) -> list[Any]:
        pool = self._pool(items)
        if pool is None:
            return await asyncio.to_thread(work, list(items), BatchProgress())
        return await asyncio.wrap_future(pool.submit(work, items, limit=limit))

    def _pool(self, items: Sequence[Item]) -> SharedPool | None:
        """The workers; None where the items are to be scored here."""
        if self.pool is not None:
            return self.pool
        if self.workers == 0 or not _may_go(items):
            return None
        return shared_pool(self.workers, self.timeout)

    def _judged(
        self, read: Sequence[PendingRollout | Scored], unread: Sequence[Scored | None]
    ) -> tuple[list[Item], list[Scored | None]]:
        """The rollouts with the judge's answers; and, with gaps for these, what is known without them."""
        pending = [one for one in read if isinstance(one, PendingRollout)]
        rest = iter([None if isinstance(one, PendingRollout) else one for one in read])
        gaps = [next(rest) if one is None else one for one in unread]
        judged: list[Item] = [Judged(one.rollout, {}) for one in pending]
        try:
            if self.judge is not None:
                judged = list(ask(pending, self.judge))
        except Exception as error:  # whatever a judge of the user's may raise
            _log.warning("soft constraints are undetermined: %s", RecordError.of(error))
        return judged, gaps


def _all_scored(answers: Sequence[Any]) -> list[Any]:
    """The answers, where there is none why not."""
    return [Scored.failed(each.error) if isinstance(each, Failed) else each for each in answers]


def _merged(judged: Sequence[Scored], rest: Sequence[Scored | None]) -> list[Scored]:
    more = iter(judged)
    return [next(more) if one is None else one for one in rest]


@functools.cache
def _warn_once(message: str) -> None:
    _log.warning("%s", message)


def _may_go(items: Sequence[Item]) -> bool:
    """Whether worker processes can check the items: they know no kinds of a main module or a function."""
    if not can_have_workers():
        _warn_once("a process of a pool has no workers: checks run in it, without a time limit")
        return False
    if not _homeless_kinds():
        return True
    rollouts = (item.rollout if isinstance(item, Judged) else item for item in items)
    for rollout in rollouts:
        if isinstance(rollout, Rollout) and any(map(_is_homeless, rollout.instruction.constraints)):
            _warn_once(
                "kinds of the main module, or made inside of a function, are checked in this process, "
                "without a time limit: those of a file that load_plugin has loaded are not"
            )
            return False
    return True


def _homeless_kinds() -> frozenset[str]:
    """The kinds that no other process can import."""
    return frozenset(
        kind
        for kind, cls in registry.kinds().items()
        if cls.__module__ == "__main__" or "<locals>" in cls.__qualname__
    )


def _is_homeless(constraint: Any) -> bool:
    """Whether a constraint, or one inside of it, is of a kind that no other process can import."""
    if isinstance(constraint, Constraint):
        cls = type(constraint)
        if cls.__module__ == "__main__" or "<locals>" in cls.__qualname__:
            return True
        return any(_is_homeless(value) for _, value in constraint)
    return isinstance(constraint, tuple) and any(map(_is_homeless, constraint))
