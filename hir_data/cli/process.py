"""The process of the program from its first moment on: its streams, and its signals.

Nothing is imported here that takes time: whoever presses Ctrl-C while the rest is loaded gets one line too.
"""

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

CLOSED: set[str] = set()
"""The standard streams that were closed when the program started."""

_WORDS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "hung up"}
"""The signals that end the program in order, by name, since not every system has all of them."""

_A_MOMENT = 0.01  # seconds

_SERIALIZERS = {
    (f"hir_data.schemas.{name}", "_write") for name in ("constraint", "conversation", "result", "rollout")
}

_main: int | None = None  # the process whose signals are heard here
_raised: set[signal.Signals] = set()  # the signals that raise an exception for now


class Interrupted(KeyboardInterrupt):
    """A signal has come in that ends the program: Ctrl-C, or one that does the same.

    Attributes:
        number: the signal's.
        word: what has happened to the program.
        code: the exit code.
        has_arrived: whether it has come out where the program ends in order. One that is let go of before has
            been lost, and the signal is sent again.
    """

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__()
        self.number: int = number
        self.word: str = _WORDS[signal.Signals(number).name]
        self.code: int = 128 + number
        self.has_arrived: bool = False

    def __del__(self) -> None:
        if not self.has_arrived:
            _send_again(self.number)


def begin() -> None:
    """Make the streams and the signals of this process those of the program."""
    _open_streams()
    _hear_signals()


@contextmanager
def one_of_several() -> Iterator[None]:
    """Under ``torchrun`` and its like, the process is gone once what is registered with ``atexit`` has run.

    What Python does after them is taking itself apart. PyTorch's threads may still hold Python objects then,
    and one that lets go of them waits for ever or aborts the process, although its work is done; the others
    are killed with it, or wait with it.
    """
    if os.environ.get("WORLD_SIZE", "1") == "1":
        yield
        return
    code = 1

    def leave() -> None:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)

    atexit.register(leave)  # before all others, so that it is called after them
    try:
        yield
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        raise


@contextmanager
def raising_signals() -> Iterator[None]:
    """While in here, the first signal raises :class:`Interrupted`, and a second one ends the program at once.

    An exception that somebody swallows, as Python does when it comes out of ``__del__``, is raised again a
    moment later. In a serializer it waits: pydantic would make an error of the record out of it.

    Nothing changes where the signals of a process are not the program's, and inside another such block.
    """
    if _main != os.getpid() or _raised:
        yield
        return
    hook = sys.unraisablehook
    _raised.update(number for number in _numbers() if signal.getsignal(number) is _end_at_once)
    _hear(_raise)
    sys.unraisablehook = lambda lost: None if isinstance(lost.exc_value, Interrupted) else hook(lost)
    try:
        yield
    except Interrupted as interrupted:
        interrupted.has_arrived = True
        raise
    finally:
        sys.unraisablehook = hook
        _hear(_end_at_once)
        _raised.clear()


def _hear(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in _raised:
        signal.signal(number, handler)


def _send_again(number: int) -> None:
    if number in _raised and _main == os.getpid():
        _hear(_raise)
        threading.Timer(_A_MOMENT, os.kill, (os.getpid(), number)).start()


def _raise(number: int, frame: FrameType | None) -> None:
    if os.getpid() != _main:
        _die(number)
    if _in_serializer(frame):
        _send_again(number)
        return
    _hear(_end_at_once)
    raise Interrupted(number)


def _in_serializer(frame: FrameType | None) -> bool:
    """Whether pydantic's compiled code has called what runs: it lets no exception out as it is."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        if module.startswith("pydantic.") or (module, frame.f_code.co_name) in _SERIALIZERS:
            return True
        frame = frame.f_back
    return False


def _end_at_once(number: int, frame: FrameType | None) -> None:
    if os.getpid() != _main:
        _die(number)
    interrupted = Interrupted(number)
    try:
        os.write(2, f"hir-data: {interrupted.word}\n".encode())
    finally:
        os._exit(interrupted.code)


def _die(number: int) -> None:
    """In a process that has inherited the handler: what the signal does to any other."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _hear_signals() -> None:
    """Have signals end the program with a line; those that are ignored, as under nohup, stay so."""
    global _main
    _main = os.getpid()
    for number in _numbers():
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _end_at_once)


def _numbers() -> list[signal.Signals]:
    return [getattr(signal, name) for name in _WORDS if hasattr(signal, name)]


def _open_streams() -> None:
    """Put something where standard streams are closed, so that no file gets their numbers.

    What is written to a closed stream is lost, as it would be; whoever asks for records there is refused
    (:data:`CLOSED`). Text in ASCII alone is UTF-8, as Python has it in the locale C.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            free = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one
            os.set_inheritable(free, True)  # worker processes need something there too
        if getattr(sys, name) is None:
            CLOSED.add(name)
            mode = "r" if name == "stdin" else "w"
            # It stays open as long as the process: it is its standard stream.
            stream = open(number, mode, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            ascii_only = stream.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968", "646")
            reconfigure(encoding="utf-8" if ascii_only else stream.encoding, errors="backslashreplace")
