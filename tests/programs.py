"""Programs that tests start: they hear Ctrl-C wherever tests run, have a limit, and leave nothing behind."""

import contextlib
import os
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

LIMIT = 120.0
"""Seconds that a program may take unless a test says otherwise."""

_MARK = "HIR_DATA_TEST_PROGRAM"
"""The environment variable by which a program's descendants are known, those in other sessions too."""


@contextlib.contextmanager
def running(
    line: Iterable[object], *, limit: float = LIMIT, env: dict[str, str] | None = None, **options: Any
) -> Iterator[subprocess.Popen[Any]]:
    """A program that runs in here, in a session of its own; afterwards it and all its descendants are gone.

    After ``limit`` seconds all of them are killed, so that whoever reads from them or waits for them goes on,
    and an AssertionError is raised at the end. Python says first on standard error where its threads are.
    """
    line = [str(word) for word in line]
    mark = uuid.uuid4().hex
    environment = {**(os.environ if env is None else env), _MARK: mark}
    environment.setdefault("PYTHONFAULTHANDLER", "1")
    with _signals_heard():
        process = subprocess.Popen(line, env=environment, start_new_session=True, **options)
    overdue = threading.Event()

    def end() -> None:
        overdue.set()
        _signal(_marked(mark), signal.SIGABRT)
        time.sleep(1)  # for what they have to say
        _kill(process, mark)

    timer = threading.Timer(limit, end)
    timer.daemon = True
    timer.start()
    try:
        yield process
    finally:
        timer.cancel()
        _kill(process, mark)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        if overdue.is_set():
            raise AssertionError(f"killed after {limit:g} s: {' '.join(line)}")


def run_program(
    line: Iterable[object], *, input: Any = None, limit: float = LIMIT, **options: Any
) -> subprocess.CompletedProcess[Any]:
    """Run a program to its end, as ``subprocess.run`` would; its output is captured and read as UTF-8."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"} | options
    options["stdin"] = None if input is None else subprocess.PIPE
    stdout = stderr = None
    try:
        with running(line, limit=limit, **options) as process:
            stdout, stderr = process.communicate(input)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{stdout}\n{stderr}") from None
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def wait_until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something to become true, but not for ever."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited longer than {seconds:g} s"
        time.sleep(0.01)


@contextlib.contextmanager
def _signals_heard() -> Iterator[None]:
    """What is started in here has default signals, also if this process ignores them.

    What starts tests in the background may ignore SIGINT, nohup ignores SIGHUP, and programs inherit that. A
    handler is not inherited: a program that is started under one begins with the default.
    """
    if threading.current_thread() is not threading.main_thread():  # which alone may set handlers
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    ignored = [number for number in numbers if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, lambda *_: None)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


def _kill(process: "subprocess.Popen[Any]", mark: str) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    _signal(_marked(mark), signal.SIGKILL)


def _signal(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _marked(mark: str) -> list[int]:
    """The processes with a mark in their environment (Linux)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark.encode() in path.read_bytes():
                found.append(int(path.parent.name))
    return found
