"""Worker processes that can be killed, and what becomes of the batches that they are given.

Whoever has a :class:`WorkerPool` asks it again and again for answers. It uses no threads and no signals.
"""

import contextlib
import errno
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import threading
import time
import types
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, NamedTuple

from hir_data.engine.checks import Reading
from hir_data.engine.forked import QUICK, may_fork
from hir_data.engine.progress import Known, R, Work
from hir_data.engine.worker_process import serve
from hir_data.errors import WorkerError
from hir_data.schemas import registry
from hir_data.schemas.constraint import Verdict

MEMORY_LIMIT = 4 << 30
"""Bytes of address space that a worker may use; an allocation beyond fails inside the check that makes it.

Enforced where the system can (Linux)."""

_LOOK_EVERY = 0.05  # seconds between looks at the clocks
_GIVE_UP_AFTER = 3  # workers lost to one batch without a check to blame
_START_ATTEMPTS = 3  # to start a worker that does not come so far as to say who it is
_BLAME_AFTER = 2  # workers that ended at the same check: one may have been killed from outside


@dataclass
class Job:
    """A batch that a worker is given.

    Attributes:
        number: by which its answer is known.
        batch: what the work function is given.
        known: verdicts on checks that an earlier worker did not survive.
        losses: workers that were lost to it without a check to blame.
        ended: workers that ended at a check, by (rollout, constraint).
    """

    number: int
    batch: list[Any]
    known: Known = field(default_factory=dict)
    losses: int = 0
    ended: Counter[tuple[int, int]] = field(default_factory=Counter)


class Failed(NamedTuple):
    """What a job has instead of an answer."""

    error: Exception


class _Check(NamedTuple):
    """A check in progress: (rollout, constraint), the reading, and when it began."""

    place: tuple[int, int]
    reading: Reading
    began: float


class _Worker:
    """One process, its end of the pipe, and the memory that says what it is doing."""

    def __init__(
        self, context: Any, work: Work[Any], memory_limit: int, imports_main: bool, is_forked: bool
    ) -> None:
        self.plugins = registry.plugins()
        self.is_forked = is_forked
        try:
            self.slot = context.RawArray("d", 4)
            self.connection, theirs = context.Pipe()
        except OSError as error:
            raise _cannot_be_started(error) from error
        self.process = context.Process(
            target=serve,
            args=(theirs, self.slot, work, () if is_forked else self.plugins, memory_limit, is_forked),
            name="hir-data-worker",
            daemon=True,
        )
        try:
            keeps_main = imports_main or is_forked
            with _ctrl_c_held_back(is_forked), contextlib.nullcontext() if keeps_main else _nameless_main():
                self._start()
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise WorkerError(f"a worker cannot be sent its work function: {error}") from error
        except AssertionError as error:  # such as: daemonic processes are not allowed to have children
            raise WorkerError(f"a worker cannot be started: {error}") from error
        except (OSError, EOFError) as error:
            raise _cannot_be_started(error) from error
        finally:
            theirs.close()

    def _start(self) -> None:
        """Start the process, again where it or the server is killed before the process has said who it is."""
        for attempt in range(_START_ATTEMPTS):
            try:
                self.process.start()
                return
            except (EOFError, ConnectionError):
                if attempt == _START_ATTEMPTS - 1:
                    raise

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


class WorkerPool(Generic[R]):
    """The workers: those with a job and those without.

    Args:
        work: what they do with a batch.
        timeout: seconds that one check may take.
        memory_limit: bytes of address space for each worker.
        imports_main: whether they import the main module of this process, as scripts with kinds of their own
            need it; a script then has to guard its start.
        forks: whether the first worker is forked from this process if that is safe (:func:`may_fork`), which
            is best for a few records.
    """

    def __init__(
        self,
        work: Work[R],
        timeout: float,
        memory_limit: int = MEMORY_LIMIT,
        *,
        imports_main: bool = True,
        forks: bool = False,
    ) -> None:
        self.work: Work[R] = work
        self.timeout: float = timeout
        self.memory_limit: int = memory_limit
        self.imports_main = imports_main
        self.forks = forks
        self.context: Any = None
        self.busy: dict[_Worker, Job] = {}
        self.idle: list[_Worker] = []
        self.started: int = 0
        self.lost: int = 0

    def __len__(self) -> int:
        return len(self.busy)

    def next_number(self) -> int:
        """The number that the next job will have."""
        return self.started

    def warm(self, workers: int) -> None:
        """Start workers before there is work, up to so many.

        Raises:
            WorkerError: one cannot be started.
        """
        while len(self.busy) + len(self.idle) < workers:
            self.idle.append(self._worker())

    def start(self, job: Job) -> None:
        """Give a new job to a worker."""
        self.started = job.number + 1
        self._give(job)

    def collect(self, wake: Connection | None = None) -> dict[int, R | Failed]:
        """Wait a moment; the answers that came in, by the number of their job.

        Args:
            wake: ends the wait when something can be read from it.
        """
        answers: dict[int, R | Failed] = {}
        sources = [worker.connection for worker in self.busy]
        ready = wait([*sources, wake] if wake else sources, timeout=min(_LOOK_EVERY, self.timeout))
        for worker, job in list(self.busy.items()):
            if worker.connection in ready:
                try:
                    sort, answer = worker.connection.recv()
                except (EOFError, OSError):
                    if failed := self._lost(worker, job):
                        answers[job.number] = failed
                    continue
                del self.busy[worker]
                self.idle.append(worker)
                answers[job.number] = Failed(answer) if sort == "raised" else answer
            elif (check := worker.running()) and time.monotonic() - check.began > self._limit(worker):
                if not worker.is_forked:  # whose clocks measure more than checks
                    late = Verdict(None, f"took longer than {self.timeout:g} s", "timeout")
                    job.known[check.place] = check.reading, late
                if failed := self._again(worker, job):
                    answers[job.number] = failed
        return answers

    def drop(self, number: int) -> None:
        """Kill the worker that is at the job of this number, if one is; the job has no answer."""
        for worker, job in list(self.busy.items()):
            if job.number == number:
                del self.busy[worker]
                worker.end()

    def close(self) -> None:
        """Kill all workers."""
        for worker in [*self.busy, *self.idle]:
            worker.end()
        self.busy.clear()
        self.idle.clear()

    def _give(self, job: Job) -> None:
        worker = self._idle_worker() or self._worker()
        self.busy[worker] = job
        # A worker that died in the meantime is noticed when its answer is waited for.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            try:
                worker.connection.send((job.batch, job.known))
            except (pickle.PicklingError, AttributeError, TypeError) as error:
                problem = f"a worker cannot be sent its work, whose kinds have to be importable: {error}"
                del self.busy[worker]
                self.idle.append(worker)
                raise WorkerError(problem) from error

    def _limit(self, worker: _Worker) -> float:
        return min(self.timeout, QUICK) if worker.is_forked else self.timeout

    def _worker(self) -> _Worker:
        forks, self.forks = self.forks and may_fork(self.memory_limit), False
        if forks:
            context: Any = multiprocessing.get_context("fork")
        else:
            context = self.context = self.context or _context()
        return _Worker(context, self.work, self.memory_limit, self.imports_main, forks)

    def _idle_worker(self) -> _Worker | None:
        """A worker without a job, if there is one; those that lack a plugin are ended."""
        while self.idle:
            worker = self.idle.pop()
            if worker.plugins == registry.plugins():
                return worker
            worker.end()
        return None

    def _lost(self, worker: _Worker, job: Job) -> Failed | None:
        worker.process.join()
        code = worker.process.exitcode
        check = worker.running()
        if check is None:
            job.losses += 1
            if job.losses >= _GIVE_UP_AFTER:
                del self.busy[worker]
                worker.end()
                hint = '; a script that uses workers has to guard its start by if __name__ == "__main__"'
                return Failed(
                    WorkerError(
                        f"worker processes end (exit code {code}) before they check anything"
                        f"{hint if self.imports_main else ''}"
                    )
                )
            return self._again(worker, job)
        job.ended[check.place] += 1
        if job.ended[check.place] >= _BLAME_AFTER:
            job.known[check.place] = (
                check.reading,
                Verdict(None, f"ended its process (exit code {code})", "error"),
            )
        return self._again(worker, job)

    def _again(self, worker: _Worker, job: Job) -> Failed | None:
        """Give the job of a worker to a fresh one, which takes the verdicts that are known for granted."""
        self.lost += 1
        del self.busy[worker]
        worker.end()
        try:
            self._give(job)
        except WorkerError as error:
            return Failed(error)
        return None


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
def _ctrl_c_held_back(is_forked: bool) -> Iterator[None]:
    """What is started in here does not hear Ctrl-C before it can turn a deaf ear; the caller hears it after.

    A process has the mask of whoever starts it from its first moment on.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    if not is_forked:
        from multiprocessing import resource_tracker

        resource_tracker.ensure_running()  # first, since its start lets Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _nameless_main() -> Iterator[None]:
    """What is started in here does not import our main module: it has no name and no file to import.

    In the place of the module stands one that has all else that it has, since other threads may need it.
    """
    with _NAMELESS:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = _Nameless(main)
        try:
            yield
        finally:
            sys.modules["__main__"] = main


_NAMELESS = threading.Lock()


class _Nameless(types.ModuleType):
    """A module's stand-in without its name in the import system and without its file."""

    def __init__(self, module: types.ModuleType) -> None:
        super().__init__("__main__")
        vars(self)["_module"] = module

    def __getattr__(self, name: str) -> Any:
        if name == "__file__":
            raise AttributeError(name)
        return getattr(vars(self)["_module"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(vars(self)["_module"], name, value)


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
