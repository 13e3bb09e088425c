"""Worker processes that live as long as this process, and work for all of its threads and event loops.

Trainers call rewards again and again, from several threads or from an event loop, in scripts that were not
written for worker processes. So the workers here are started once, do not import the main module, and are
given batches by one thread, the only one that touches them.
"""

import atexit
import contextlib
import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import Any

from hir_data.engine.pool import MEMORY_LIMIT, Failed, Job, WorkerPool
from hir_data.engine.progress import BatchProgress, Work
from hir_data.errors import WorkerError

ITEMS = 16
"""Items that a worker is given at a time: few, so that a batch is shared out evenly."""


@dataclass(eq=False)
class _Submission:
    """Items that somebody waits for.

    Attributes:
        work: what is to be done with them.
        items: the items.
        limit: seconds from the moment at which a worker begins with the first of them.
        future: the answers.
        answers: those that came in, None for each item that is waited for.
        began: when a worker has begun, on the monotonic clock.
        waiting: parts that no worker has begun with: where each begins and ends.
        running: the numbers of the jobs that are under way.
    """

    work: Work[list[Any]]
    items: Sequence[Any]
    limit: float | None
    future: "Future[list[Any]]" = field(default_factory=Future)
    answers: list[Any] = field(default_factory=list)
    began: float | None = None
    waiting: deque[tuple[int, int]] = field(default_factory=deque)
    running: set[int] = field(default_factory=set)

    def is_over(self, now: float) -> bool:
        """Whether the limit has passed."""
        return self.limit is not None and self.began is not None and now - self.began > self.limit


class SharedPool:
    """Worker processes for many callers at a time.

    A check that takes longer than ``timeout`` seconds, or takes its process down, has an undetermined
    verdict, and all else goes on. Work functions and kinds have to be importable; the main module of this
    process is not imported, so that no script has to guard its start.

    Args:
        workers: how many processes there are at most; each is started when it is needed.
        timeout: seconds that one check may take.
        memory_limit: bytes of address space for each worker.
    """

    def __init__(self, workers: int, timeout: float, memory_limit: int = MEMORY_LIMIT) -> None:
        self.workers: int = workers
        self._pool: WorkerPool[list[Any]] = WorkerPool(_call, timeout, memory_limit, imports_main=False)
        self._lock = threading.Lock()
        self._new: list[_Submission] = []
        self._open: deque[_Submission] = deque()
        self._jobs: dict[int, tuple[_Submission, int, int]] = {}
        self._number = 0
        self._closing = self._warming = False
        self._woken = False
        self._items = 0
        self._wake_reader, self._wake_writer = multiprocessing.Pipe(duplex=False)
        self._started: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="hir-data-pool", daemon=True)
        self._thread.start()

    @property
    def items(self) -> int:
        """How many items are waited for, by all callers together."""
        return self._items

    @property
    def busy(self) -> int:
        """How many workers are at work."""
        return len(self._pool)

    @property
    def closed(self) -> bool:
        """Whether nothing can be submitted any more."""
        return self._closing

    @property
    def lost(self) -> int:
        """How many workers were killed, or have died, and were replaced."""
        return self._pool.lost

    def warm(self) -> None:
        """Start all workers now, and wait until they are started.

        Raises:
            WorkerError: they cannot be.
        """
        with self._lock:
            self._warming = True
            self._wake()
        self._started.result()

    def submit(
        self, work: Work[list[Any]], items: Sequence[Any], *, limit: float | None = None
    ) -> "Future[list[Any]]":
        """The answers to items, in their order, as soon as all of them are there.

        Where there is none, in its place is why not (:class:`Failed`): what the work function has raised, or
        what has become of the workers. Cancelling the future gives up those that no worker has begun with.

        Args:
            work: is given some of the items, and answers each of them, in their order.
            items: the items.
            limit: seconds from when a worker begins with the first of them; what is not answered then fails.
                The clock does not run while other callers keep all workers busy.

        Raises:
            WorkerError: the pool is closed.
        """
        one = _Submission(work, items, limit, answers=[None] * len(items))
        if not items:
            one.future.set_result([])
            return one.future
        size = max(1, min(ITEMS, -(-len(items) // (2 * self.workers))))
        one.waiting.extend((start, min(start + size, len(items))) for start in range(0, len(items), size))
        with self._lock:
            if self._closing:
                raise WorkerError("the worker processes are closed")
            self._new.append(one)
            self._items += len(items)
            self._wake()
        return one.future

    def close(self) -> None:
        """Kill the workers; whatever is still waited for fails."""
        with self._lock:
            self._closing = True
            self._wake()
        self._thread.join()

    def _wake(self) -> None:
        """End the wait of the thread; called with the lock."""
        if not self._woken:
            self._woken = True
            self._wake_writer.send_bytes(b"!")

    # What follows runs in the pool's own thread.

    def _run(self) -> None:
        try:
            while self._take_new():
                self._start_jobs()
                if len(self._pool):
                    for number, answer in self._pool.collect(self._wake_reader).items():
                        self._finish_job(number, answer)
                else:
                    wait([self._wake_reader])
                self._end_what_is_over()
        finally:
            self._pool.close()
            with self._lock:
                self._closing = True
                left = [*self._open, *self._new]
            closed = Failed(WorkerError("the worker processes were closed"))
            if not self._started.done():
                self._started.set_exception(closed.error)
            for one in left:
                self._settle(one, closed)

    def _take_new(self) -> bool:
        """Take what was submitted; False if the pool is to be closed."""
        with self._lock:
            if self._woken:
                self._wake_reader.recv_bytes()
                self._woken = False
            self._open.extend(self._new)
            self._new.clear()
            warming, self._warming = self._warming, False
        if warming and not self._closing:
            self._start_all()
        return not self._closing

    def _start_all(self) -> None:
        if self._started.done():
            return
        try:
            self._pool.warm(self.workers)
            self._started.set_result(None)
        except WorkerError as error:
            self._started.set_exception(error)

    def _start_jobs(self) -> None:
        for one in self._open:
            while one.waiting and len(self._pool) < self.workers:
                if one.future.cancelled():
                    break
                start, end = one.waiting.popleft()
                number, self._number = self._number, self._number + 1
                one.began = one.began or time.monotonic()
                one.running.add(number)
                self._jobs[number] = one, start, end
                try:
                    self._pool.start(Job(number, [one.work, one.items[start:end]]))
                except WorkerError as error:
                    self._finish_job(number, Failed(error))

    def _finish_job(self, number: int, answer: "list[Any] | Failed") -> None:
        one, start, end = self._jobs.pop(number)
        one.running.discard(number)
        if isinstance(answer, Failed) and end - start > 1:  # so that one item takes no other with it
            one.waiting.extendleft((place, place + 1) for place in reversed(range(start, end)))
            return
        one.answers[start:end] = [answer] * (end - start) if isinstance(answer, Failed) else answer

    def _end_what_is_over(self) -> None:
        now = time.monotonic()
        for one in list(self._open):
            if one.future.cancelled():
                one.waiting.clear()
            late = one.is_over(now)
            if late:
                for number in one.running:
                    self._pool.drop(number)
                    del self._jobs[number]
                one.waiting.clear()
                one.running.clear()
            if not one.waiting and not one.running:
                self._open.remove(one)
                problem = f"no answer within {one.limit:g} s" if late else "given up by its caller"
                self._settle(one, Failed(TimeoutError(problem)))

    def _settle(self, one: _Submission, missing: Failed) -> None:
        """Hand over the answers; where there is none, ``missing``."""
        with self._lock:
            self._items -= len(one.items)
        with contextlib.suppress(InvalidStateError):  # it was cancelled
            one.future.set_result([missing if answer is None else answer for answer in one.answers])


def _call(batch: list[Any], progress: BatchProgress) -> list[Any]:
    """The work function of every shared pool: a batch says what is to be done with which items."""
    work, items = batch
    answers: list[Any] = work(items, progress)
    return answers


_pools: dict[tuple[int, float], SharedPool] = {}
_pools_lock = threading.Lock()


def shared_pool(workers: int, timeout: float) -> SharedPool:
    """The pool of this process with so many workers and that time limit of a check."""
    with _pools_lock:
        pool = _pools.get((workers, timeout))
        if pool is None or pool.closed:
            pool = _pools[workers, timeout] = SharedPool(workers, timeout)
        return pool


def can_have_workers() -> bool:
    """Whether this process may have processes of its own; those of a pool or of a data loader may not."""
    return not multiprocessing.current_process().daemon


def _close_all() -> None:
    with _pools_lock:
        pools = list(_pools.values())
        _pools.clear()
    for pool in pools:
        pool.close()


def _forget_all() -> None:
    """In a forked process: the threads and the workers are those of the process that it was forked from."""
    global _pools_lock
    _pools_lock = threading.Lock()
    _pools.clear()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
