"""What a worker process does: it answers batch after batch until nobody asks."""

import multiprocessing
import os
import pickle
import sys
import traceback
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

from hir_data.engine.progress import BatchProgress, Work
from hir_data.errors import HirDataError, UnforeseenError, WorkerError
from hir_data.schemas import registry


def serve(
    connection: Connection,
    slot: Any,
    work: Work[Any],
    plugins: tuple[str, ...],
    memory_limit: int,
    is_forked: bool = False,
) -> None:
    """What a worker process does: answer batch after batch until nobody asks.

    One that is forked from its parent has what that has loaded, and loads more when a check wants it.
    """
    import hir_data.engine.ignore_sigint  # leaves Ctrl-C to the parent

    _end_with_the_parent()
    if is_forked and os.getppid() != getattr(multiprocessing.parent_process(), "pid", None):
        os._exit(1)  # it was killed before the system knew that we end with it
    os.dup2(2, 1)  # what a check prints must not get among the verifications on standard output
    try:
        for plugin in plugins:
            registry.load_plugin(plugin)
        if not is_forked:
            import hir_data.engine.preload  # noqa: F401  # loads what checks need, before any clock runs
    except HirDataError as error:
        connection.send(("raised", error))
        return
    _limit_memory(memory_limit)
    while True:
        try:
            packed = connection.recv_bytes()
        except (EOFError, OSError):  # nobody asks any more: the parent was killed, perhaps while it wrote
            return
        answer: tuple[str, Any]
        try:
            batch, known = pickle.loads(packed)
        except Exception as error:
            answer = ("raised", WorkerError(f"a worker cannot read its work: {error!r}"))
        else:
            answer = _answer(work, batch, BatchProgress(slot, known))
        slot[3] = 0.0
        try:
            connection.send_bytes(_packed(answer))
        except (BrokenPipeError, ConnectionResetError):  # nobody waits for it
            return


def _answer(work: Work[Any], batch: list[Any], progress: BatchProgress) -> tuple[str, Any]:
    """What the work function says of a batch, or the error that it raises."""
    try:
        return "done", work(batch, progress)
    except HirDataError as error:
        return "raised", error
    except Exception:
        return "raised", UnforeseenError(traceback.format_exc())


def _packed(answer: tuple[str, Any]) -> bytes:
    """The answer as ``Connection.send`` would send it, or an error that says why it cannot be sent."""
    try:
        packed = bytes(ForkingPickler.dumps(answer))
        if answer[0] == "raised":
            pickle.loads(packed)  # not every exception survives the journey
        return packed
    except Exception as error:
        what = answer[1] if answer[0] == "raised" else f"cannot pickle its answer: {error}"
        return bytes(ForkingPickler.dumps(("raised", WorkerError(f"a worker failed: {what}"))))


def _end_with_the_parent() -> None:
    """Have the system end this process when the parent is killed, even in the middle of a check (Linux).

    What is seen as our parent is the server that workers are forked from. It ends when nobody holds its
    lifeline any more, of which each worker got an end too: we let go of ours.
    """
    if sys.platform == "linux":
        import ctypes
        import signal
        from multiprocessing import forkserver

        on_parent_death = 1  # PR_SET_PDEATHSIG of prctl(2)
        ctypes.CDLL(None).prctl(on_parent_death, signal.SIGKILL)
        server = getattr(forkserver, "_forkserver", None)
        lifeline = getattr(server, "_forkserver_alive_fd", None)
        if lifeline is not None:
            os.close(lifeline)
            vars(server)["_forkserver_alive_fd"] = None


def _limit_memory(limit: int) -> None:
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ImportError, OSError, ValueError):  # not every system can
        return
