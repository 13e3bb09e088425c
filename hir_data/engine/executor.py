"""Which of the ways to spread work is taken: this process, its own processes, or a Ray cluster."""

import functools
from collections.abc import Generator, Iterable
from typing import Any, Literal, Protocol

from hir_data.engine.progress import R, Work
from hir_data.engine.workers import processes, serial

Engine = Literal["processes", "ray"]


class Executor(Protocol):
    """Works through batches; answers come in the order of the batches."""

    def __call__(self, batches: Iterable[list[Any]], work: Work[R]) -> Generator[R]:
        """The answers of the work function to the batches."""


def executor(
    engine: Engine = "processes", *, workers: int, timeout: float, address: str | None = None
) -> Executor:
    """What works through batches.

    Args:
        engine: ``processes`` of this machine, or ``ray``.
        workers: the number of processes or actors; 0 is this process, and with ``ray`` all CPUs of the
            cluster.
        timeout: seconds that one check may take; nobody keeps it in this process.
        address: of the Ray cluster (:func:`hir_data.engine.ray.connected`).
    """
    if engine == "ray":
        from hir_data.engine.ray import actors

        return functools.partial(actors, workers=workers or None, timeout=timeout, address=address)
    if workers == 0:
        return serial
    return functools.partial(processes, workers=workers, timeout=timeout)
