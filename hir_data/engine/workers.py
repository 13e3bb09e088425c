"""Where batches of work run: here, or in processes that can be killed.

A *work* function takes a batch of rollouts, or of what it makes rollouts of, and the :class:`BatchProgress`
of their checks, and answers whatever it likes. :func:`serial` calls it here. :func:`processes` calls it in
worker processes that survive nothing and need not: each writes down which check it is at and since when, in
memory that the parent reads. A worker whose check takes too long is killed; one that dies is noticed. Either
way the batch is given to a fresh worker. A check that took too long, or that two workers died at, gets its
verdict from here and is not tried again.

No signals, no threads: this works in any thread and inside a running event loop.
:mod:`hir_data.engine.shared_pool` keeps such processes for many callers at a time.
"""

from collections.abc import Generator, Iterable, Iterator
from typing import Any, Protocol

from hir_data.engine.checks import Judged, PendingRollout, questions, verify_one
from hir_data.engine.config import CheckConfig
from hir_data.engine.pool import MEMORY_LIMIT, Failed, Job, WorkerPool
from hir_data.engine.progress import BatchProgress, R, Work
from hir_data.errors import HirDataError
from hir_data.schemas.result import Verification
from hir_data.schemas.rollout import Rollout

BATCH = 64
"""Rollouts a batch: large enough that passing them around costs little, small enough to share out evenly."""

_DEFAULTS = CheckConfig()
_READ_AHEAD = 4  # batches a worker, so that a slow batch does not stop the others at once


def verify_batch(
    rollouts: list[Judged], progress: BatchProgress, *, loose: bool = True, degrees: bool = False
) -> list[Verification]:
    """The plain work function: verify the rollouts of a batch."""
    verified = [
        verify_one(each.rollout, loose=loose, monitor=progress.at(i), answers=each.answers, degrees=degrees)
        for i, each in enumerate(rollouts)
    ]
    progress.idle()
    return verified


def question_batch(rollouts: list[Rollout], progress: BatchProgress) -> list[PendingRollout]:
    """The work function before a judge is asked: see what there is to ask about the rollouts of a batch."""
    asked = [
        PendingRollout(rollout, questions(rollout, progress.at(i))) for i, rollout in enumerate(rollouts)
    ]
    progress.idle()
    return asked


def serial(batches: Iterable[list[Any]], work: Work[R]) -> Generator[R]:
    """Work through the batches in this process. A check that never ends never ends."""
    for batch in batches:
        yield work(batch, BatchProgress())


def processes(
    batches: Iterable[list[Any]],
    work: Work[R],
    *,
    workers: int,
    timeout: float = _DEFAULTS.timeout,
    memory_limit: int = MEMORY_LIMIT,
) -> Generator[R]:
    """Work through the batches in processes; answers come in the order of the batches.

    Args:
        batches: the batches; read no further ahead than needed to keep the workers busy.
        work: what to do with one; it has to be importable, as have the kinds of the constraints.
        workers: the number of processes, at least 1.
        timeout: seconds that one check may take.
        memory_limit: bytes of address space for each worker.

    Raises:
        HirDataError: a check or the work function raised it.
        WorkerError: the processes cannot be started, or end before they check anything.
        ValueError: there are no workers.
    """
    if workers < 1:
        raise ValueError(f"workers has to be at least 1, not {workers}")
    pool = WorkerPool(work, timeout, memory_limit, forks=True)
    try:
        yield from in_order(pool, batches, workers)
    finally:
        pool.close()


class JobPool(Protocol[R]):
    """What works on jobs side by side: worker processes, or actors of a cluster."""

    def __len__(self) -> int:
        """The number of jobs under way."""

    def start(self, job: Job) -> None:
        """Begin another job."""

    def collect(self) -> dict[int, R | Failed]:
        """Wait a moment; the answers that came in, by the number of their job."""


def in_order(pool: JobPool[R], batches: Iterable[list[Any]], at_once: int) -> Iterator[R]:
    """The answers of a pool to the batches, in their order, with so many jobs under way at a time.

    Raises:
        HirDataError: an answer is one, or the batches break off: then all before are answered first.
    """
    jobs = (Job(number, batch) for number, batch in enumerate(batches))
    finished: dict[int, R] = {}
    started = due = 0
    exhausted = False
    failure: HirDataError | None = None
    while True:
        while not exhausted and len(pool) < at_once and started - due < _READ_AHEAD * at_once:
            try:
                job = next(jobs, None)
            except HirDataError as error:  # raised when all that was read before is answered
                job, failure = None, error
            if job is None:
                exhausted = True
            else:
                pool.start(job)
                started += 1
        if not len(pool):
            if failure:
                raise failure
            return
        for number, answer in pool.collect().items():
            if isinstance(answer, Failed):
                raise answer.error
            finished[number] = answer
        while due in finished:
            yield finished.pop(due)
            due += 1
