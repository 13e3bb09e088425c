"""Where batches of work run: here, or in processes that can be killed.

A *work* function takes a batch of rollouts, or of what it makes rollouts of, and the :class:`BatchProgress`
of their checks, and answers whatever it likes. :func:`serial` calls it here. :func:`processes` calls it in
worker processes that survive nothing and need not: each writes down which check it is at and since when, in
memory that the parent reads. A worker whose check takes too long is killed; one that dies is noticed. Either
way the check that it was at gets its verdict from here, and the batch is given to a fresh worker, which does
not try that check again.

No signals, no threads: this works in any thread and inside a running event loop.
"""

import contextlib
import errno
import functools
import itertools
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import Any, Generic, NamedTuple

from hir_data.engine.checks import Judged, PendingRollout, Reading, ask, batched, questions, verify_one
from hir_data.engine.config import CheckConfig
from hir_data.engine.judge import Judge
from hir_data.engine.progress import BatchProgress, Known, R, Work
from hir_data.engine.worker_process import serve
from hir_data.errors import HirDataError, WorkerError
from hir_data.schemas import registry
from hir_data.schemas.constraint import Verdict
from hir_data.schemas.result import Verification
from hir_data.schemas.rollout import Rollout

BATCH = 64
"""Rollouts a batch: large enough that passing them around costs little, small enough to share out evenly."""

MEMORY_LIMIT = 4 << 30
"""Bytes of address space that a worker may use; an allocation beyond fails inside the check that makes it.

Enforced where the system can (Linux)."""

_DEFAULTS = CheckConfig()
_READ_AHEAD = 4  # batches a worker, so that a slow batch does not stop the others at once
_LOOK_EVERY = 0.05  # seconds between looks at the clocks
_GIVE_UP_AFTER = 3  # workers lost to one batch without a check to blame


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


def verify_in_processes(
    rollouts: Iterable[Rollout],
    *,
    workers: int,
    timeout: float,
    loose: bool,
    judge: Judge | None = None,
    degrees: bool = False,
) -> Iterator[Verification]:
    """Verify rollouts in worker processes; see :func:`hir_data.verify`."""
    judged: Iterator[Judged] = (Judged(rollout, {}) for rollout in rollouts)
    if judge is not None:
        asked = processes(batched(rollouts, BATCH), question_batch, workers=workers, timeout=timeout)
        judged = ask(itertools.chain.from_iterable(asked), judge)
    work = functools.partial(verify_batch, loose=loose, degrees=degrees)
    for verified in processes(batched(judged, BATCH), work, workers=workers, timeout=timeout):
        yield from verified


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
    pool = _Pool(work, timeout, memory_limit)
    jobs = (_Job(number, batch) for number, batch in enumerate(batches))
    try:
        yield from _in_order(pool, jobs, workers)
    finally:
        pool.close()


@dataclass
class _Job:
    number: int
    batch: list[Any]
    known: Known = field(default_factory=dict)
    losses: int = 0


def _in_order(pool: "_Pool[R]", jobs: Iterator[_Job], workers: int) -> Iterator[R]:
    finished: dict[int, R] = {}
    due = 0
    exhausted = False
    failure: HirDataError | None = None
    while True:
        while not exhausted and len(pool) < workers and pool.next_number() - due < _READ_AHEAD * workers:
            try:
                job = next(jobs, None)
            except HirDataError as error:  # raised when all that was read before is answered
                job, failure = None, error
            if job is None:
                exhausted = True
            else:
                pool.start(job)
        if not len(pool):
            if failure:
                raise failure
            return
        finished.update(pool.collect())
        while due in finished:
            yield finished.pop(due)
            due += 1


class _Check(NamedTuple):
    """A check in progress: (rollout, constraint), the reading, and when it began."""

    place: tuple[int, int]
    reading: Reading
    began: float


class _Worker:
    """One process, its end of the pipe, and the memory that says what it is doing."""

    def __init__(self, context: Any, work: Work[Any], memory_limit: int) -> None:
        try:
            self.slot = context.RawArray("d", 4)
            self.connection, theirs = context.Pipe()
        except OSError as error:
            raise _cannot_be_started(error) from error
        self.process = context.Process(
            target=serve,
            args=(theirs, self.slot, work, registry.plugins(), memory_limit),
            name="hir-data-worker",
            daemon=True,
        )
        try:
            with _ctrl_c_held_back():
                self.process.start()
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise WorkerError(f"a worker cannot be sent its work function: {error}") from error
        except AssertionError as error:  # such as: daemonic processes are not allowed to have children
            raise WorkerError(f"a worker cannot be started: {error}") from error
        except (OSError, EOFError) as error:
            raise _cannot_be_started(error) from error
        finally:
            theirs.close()

    def running(self) -> "_Check | None":
        """The check that is running; None between checks."""
        began = self.slot[3]
        check = _Check((int(self.slot[0]), int(self.slot[1])), "loose" if self.slot[2] else "strict", began)
        return check if began and self.slot[3] == began else None

    def end(self) -> None:
        """Kill the process and free what it holds."""
        self.process.kill()
        self.process.join()
        self.connection.close()
        self.process.close()


class _Pool(Generic[R]):
    """The workers: those with a job and those without."""

    def __init__(self, work: Work[R], timeout: float, memory_limit: int) -> None:
        self.work, self.timeout, self.memory_limit = work, timeout, memory_limit
        self.context = _context()
        self.busy: dict[_Worker, _Job] = {}
        self.idle: list[_Worker] = []
        self.started = 0

    def __len__(self) -> int:
        return len(self.busy)

    def next_number(self) -> int:
        """The number that the next job will have."""
        return self.started

    def start(self, job: _Job) -> None:
        """Give a new job to a worker."""
        self.started = job.number + 1
        self._give(job)

    def collect(self) -> dict[int, R]:
        """Wait a moment; the answers that came in, by the number of their job."""
        answers: dict[int, R] = {}
        ready = wait([worker.connection for worker in self.busy], timeout=min(_LOOK_EVERY, self.timeout))
        for worker, job in list(self.busy.items()):
            if worker.connection in ready:
                try:
                    sort, answer = worker.connection.recv()
                except (EOFError, OSError):
                    self._lost(worker, job)
                    continue
                del self.busy[worker]
                self.idle.append(worker)
                if sort == "raised":
                    raise answer
                answers[job.number] = answer
            elif (check := worker.running()) and time.monotonic() - check.began > self.timeout:
                self._again(
                    worker, job, check, Verdict(None, f"took longer than {self.timeout:g} s", "timeout")
                )
        return answers

    def close(self) -> None:
        """Kill all workers."""
        for worker in [*self.busy, *self.idle]:
            worker.end()
        self.busy.clear()
        self.idle.clear()

    def _give(self, job: _Job) -> None:
        worker = self.idle.pop() if self.idle else _Worker(self.context, self.work, self.memory_limit)
        self.busy[worker] = job
        # A worker that died in the meantime is noticed when its answer is waited for.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            try:
                worker.connection.send((job.batch, job.known))
            except (pickle.PicklingError, AttributeError, TypeError) as error:
                problem = f"a worker cannot be sent its work, whose kinds have to be importable: {error}"
                raise WorkerError(problem) from error

    def _lost(self, worker: _Worker, job: _Job) -> None:
        worker.process.join()
        code = worker.process.exitcode
        check = worker.running()
        if check is None:
            job.losses += 1
            if job.losses >= _GIVE_UP_AFTER:
                raise WorkerError(
                    f"worker processes end (exit code {code}) before they check anything; "
                    'a script that uses workers has to guard its start by if __name__ == "__main__"'
                )
        self._again(worker, job, check, Verdict(None, f"ended its process (exit code {code})", "error"))

    def _again(self, worker: _Worker, job: _Job, check: _Check | None, verdict: Verdict) -> None:
        """Give the job of a worker to a fresh one, which takes the verdict on the check for granted."""
        if check is not None:
            job.known[check.place] = check.reading, verdict
        del self.busy[worker]
        worker.end()
        self._give(job)


def _cannot_be_started(error: Exception) -> WorkerError:
    """Why there is no worker, as the system says it; with the bound, where one is reached."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    if isinstance(error, EOFError | ConnectionError):
        said = "the process that they are forked from has ended, perhaps for want of memory"
    bound = ""
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        bound = "; more can be allowed with ulimit -n, and --workers 0 needs fewest"
    return WorkerError(f"a worker cannot be started: {said.lower()}{bound}")


@contextlib.contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """What is started in here does not hear Ctrl-C before it can turn a deaf ear; the caller hears it after.

    A process has the mask of whoever starts it from its first moment on.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_LONGEST_FOLDER = 60
"""Characters of the folder of temporary files beyond which no name of a socket fits behind it."""


def _context() -> Any:
    """Processes that begin clean: forking a process with threads can lock it up for ever."""
    too_long = len(os.fsencode(tempfile.gettempdir())) > _LONGEST_FOLDER
    if too_long or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    # Loaded once, in the process that all workers are forked from; the command line is their main module.
    modules = (
        "hir_data.engine.ignore_sigint",
        "hir_data.engine.workers",
        "hir_data.engine.preload",
        "hir_data.cli.main",
    )
    context.set_forkserver_preload([name for name in modules if name != modules[-1] or name in sys.modules])
    return context
