"""Batches of work in actors of a Ray cluster, on this machine or on many, and whole jobs in tasks.

An actor is to a cluster what a worker is to a machine: it has one worker process of its own, which can be
killed (:mod:`hir_data.engine.pool`), so that checks have their time limit there too. Ray starts an actor anew
that ends, and gives its batches to it again: a work function is pure, so nothing is lost and nothing twice.
"""

import contextlib
import itertools
import os
import re
import socket
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic

from hir_data.engine.config import CheckConfig
from hir_data.engine.pool import MEMORY_LIMIT, Failed, Job, WorkerPool
from hir_data.engine.progress import R, Work
from hir_data.engine.workers import in_order
from hir_data.errors import HirDataError, WorkerError, needs_extra
from hir_data.schemas import registry

_DEFAULTS = CheckConfig()
_IN_FLIGHT = 2  # batches an actor
_KNOCKING = 10.0  # seconds
_RETRIES = 8  # of one batch, whose actors end


class Actor(Generic[R]):
    """What an actor does: it answers batch after batch, in a process that it can kill.

    Args:
        work: what it does with a batch.
        timeout: seconds that one check may take.
        memory_limit: bytes of address space for its worker process.
        plugins: files and modules with the user's own kinds; they have to be there on its machine.
    """

    def __init__(
        self,
        work: Work[R],
        timeout: float = _DEFAULTS.timeout,
        memory_limit: int = MEMORY_LIMIT,
        plugins: tuple[str, ...] = (),
    ) -> None:
        for plugin in plugins:
            registry.load_plugin(plugin)
        # The main module of an actor is Ray's own.
        self.pool: WorkerPool[R] = WorkerPool(work, timeout, memory_limit, imports_main=False)

    def answer(self, batch: list[Any]) -> R | Failed:
        """The answer to a batch, or what was raised in place of one."""
        number = self.pool.next_number()
        try:
            self.pool.start(Job(number, batch))
            while number not in (answers := self.pool.collect()):
                pass
        except HirDataError as error:
            return Failed(error)
        return answers[number]


@contextlib.contextmanager
def connected(address: str | None = None) -> Iterator[int]:
    """A Ray cluster: the one that this process is connected to, the one at an address, or one of its own.

    Args:
        address: of the cluster, such as ``auto`` or ``ray://head:10001``; by default ``RAY_ADDRESS``, else a
            cluster of this machine, which is there for as long as the context is.

    Yields:
        The number of its CPUs.

    Raises:
        MissingExtraError: Ray is not installed.
        WorkerError: there is no cluster at the address.
    """
    with needs_extra("ray", "--engine ray cannot be used"):
        import ray
    mine = not ray.is_initialized()
    try:
        if mine:
            _knock(address or os.environ.get("RAY_ADDRESS", ""))
            # What workers print is not among the verifications on standard output.
            ray.init(address=address, log_to_driver=False, logging_level="error")
        cpus = int(ray.cluster_resources().get("CPU", 0))
    except Exception as error:  # whatever a network and another version of Ray can do
        raise WorkerError(f"there is no Ray cluster: {' '.join(str(error).split())}"[:500]) from error
    try:
        yield cpus
    finally:
        if mine:
            ray.shutdown()


def _knock(address: str) -> None:
    """See that somebody is there, where an address has a host and a port: Ray itself tries for minutes.

    Raises:
        OSError: nobody is.
    """
    if at := re.fullmatch(r"(?:ray://)?\[?([^/\[\]]+?)\]?:(\d+)", address):
        try:
            socket.create_connection((at[1], int(at[2])), timeout=_KNOCKING).close()
        except OSError as error:
            raise OSError(f"{address} cannot be reached: {error}") from error


def actors(
    batches: Iterable[list[Any]],
    work: Work[R],
    *,
    workers: int | None = None,
    timeout: float = _DEFAULTS.timeout,
    memory_limit: int = MEMORY_LIMIT,
    address: str | None = None,
) -> Generator[R]:
    """Work through the batches in actors of a Ray cluster; answers come in the order of the batches.

    Args:
        batches: the batches; read no further ahead than needed to keep the actors busy.
        work: what to do with one; it has to be importable on all machines, as have the kinds of constraints.
        workers: the number of actors, each of which takes a CPU; by default one for each CPU of the cluster.
        timeout: seconds that one check may take.
        memory_limit: bytes of address space for the worker process of each.
        address: see :func:`connected`.

    Raises:
        HirDataError: a check or the work function raised it.
        MissingExtraError: Ray is not installed.
        WorkerError: there is no cluster, or the actors end again and again.
    """
    with connected(address) as cpus:
        import ray

        number = max(1, min(workers or cpus, cpus))
        remote = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=_RETRIES)(Actor)
        plugins = absolute_plugins()
        started = [remote.remote(work, timeout, memory_limit, plugins) for _ in range(number)]
        pool: _ActorPool[R] = _ActorPool(ray, started)
        try:
            yield from in_order(pool, batches, _IN_FLIGHT * number)
        except ray.exceptions.RayError as error:
            problem = " ".join(str(error).split())
            raise WorkerError(f"the actors of Ray cannot do their work: {problem}"[:500]) from error
        finally:
            for actor in started:
                ray.kill(actor)


def tasks(jobs: Sequence[Callable[[], R]], at_once: int) -> Iterator[tuple[int, R]]:
    """Do jobs in tasks of the cluster that is connected; answers come as they are there.

    A task that ends with its machine or its process is begun again elsewhere.

    Args:
        jobs: what to do, each on a CPU; a job has to be importable on all machines, and go on where another
            attempt at it has stopped.
        at_once: how many tasks there are at a time.

    Yields:
        The number of a job, and what it gave.

    Raises:
        HirDataError: a job raised it.
        WorkerError: the tasks end again and again.
    """
    import ray

    remote = ray.remote(num_cpus=1, max_retries=_RETRIES)(_task)
    plugins = absolute_plugins()
    waiting = iter(enumerate(jobs))
    underway: dict[Any, int] = {}
    try:
        while True:
            for number, job in itertools.islice(waiting, max(1, at_once) - len(underway)):
                underway[remote.remote(job, plugins)] = number
            if not underway:
                return
            for promise in ray.wait(list(underway), num_returns=1)[0]:
                answer = ray.get(promise)
                if isinstance(answer, Failed):
                    raise answer.error
                yield underway.pop(promise), answer
    except ray.exceptions.RayError as error:
        problem = " ".join(str(error).split())
        raise WorkerError(f"the tasks of Ray cannot do their work: {problem}"[:500]) from error
    finally:
        for promise in underway:
            ray.cancel(promise, force=True)


def _task(job: Callable[[], R], plugins: tuple[str, ...]) -> R | Failed:
    try:
        for plugin in plugins:
            registry.load_plugin(plugin)
        return job()
    except HirDataError as error:
        return Failed(error)


class _ActorPool(Generic[R]):
    """Actors and their batches under way, a few for each, so that none need wait for the next one."""

    def __init__(self, ray: Any, actors: list[Any]) -> None:
        self.ray = ray
        self.free = deque(actor for _ in range(_IN_FLIGHT) for actor in actors)
        self.underway: dict[Any, tuple[int, Any]] = {}  # by Ray's promise, the number of a job and its actor

    def __len__(self) -> int:
        return len(self.underway)

    def start(self, job: Job) -> None:
        actor = self.free.popleft()
        self.underway[actor.answer.remote(job.batch)] = (job.number, actor)

    def collect(self) -> dict[int, R | Failed]:
        answers: dict[int, R | Failed] = {}
        for promise in self.ray.wait(list(self.underway), num_returns=1)[0]:
            number, actor = self.underway.pop(promise)
            self.free.append(actor)
            answers[number] = self.ray.get(promise)
        return answers


def absolute_plugins() -> tuple[str, ...]:
    """The plugins that are loaded, as actors find them, whose working folder is another one."""
    return tuple(
        str(Path(plugin).resolve()) if Path(plugin).is_file() else plugin for plugin in registry.plugins()
    )
