"""A program in a terminal of its own, as somebody in front of it sees it and types."""

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from typing import Any

from programs import running

_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """What a program has written to its terminal, and keys for it.

    Attributes:
        written: all of it, as it came.
        process: the program.
    """

    def __init__(self, main: int, process: Any) -> None:
        self._main, self.process, self.written = main, process, ""

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._main, keys.encode())

    def resize(self, columns: int, lines: int) -> None:
        """Have the window be so large, and say so, as terminals do."""
        fcntl.ioctl(self._main, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process.send_signal(signal.SIGWINCH)

    def wait_for(self, text: str, seconds: float = 60) -> str:
        """Read until the last screen has a text; that screen, without colours."""
        end = time.monotonic() + seconds
        while text not in self.screen():
            assert time.monotonic() < end, f"{text!r} does not come up:\n{self.screen()}"
            self._read(1)
        while self._read(0.2):  # the rest of the screen
            pass
        return self.screen()

    def read_all(self) -> str:
        """Read until the program is gone; everything that it wrote."""
        end = time.monotonic() + 60
        while self._read(0.1) or self.process.poll() is None:
            assert time.monotonic() < end, f"the program does not end:\n{self.screen()}"
        return self.written

    def screen(self) -> str:
        """What was written since the program last began at the top, without colours."""
        return _CODES.sub("", self.raw_screen())

    def raw_screen(self) -> str:
        """The same with colours."""
        return self.written.rpartition("\x1b[H")[2]

    def _read(self, seconds: float) -> bool:
        if not select.select([self._main], [], [], seconds)[0]:
            return False
        try:
            piece = os.read(self._main, 1 << 16)
        except OSError:  # the program has closed its end
            return False
        self.written += piece.decode(errors="replace")
        return bool(piece)


@contextlib.contextmanager
def terminal(*arguments: object, columns: int = 100, lines: int = 30, **env: str) -> Iterator[Terminal]:
    """Run ``python -m hir_data`` in a terminal."""
    main, other = os.openpty()
    try:
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        before = termios.tcgetattr(other)
        environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        environment |= {"TERM": "xterm-256color", "COLORTERM": "", **env}
        line = [sys.executable, "-m", "hir_data", *arguments]
        with running(line, env=environment, stdin=other, stdout=other, stderr=other) as process:
            yield Terminal(main, process)
        assert termios.tcgetattr(other) == before, "the terminal is not as it was"
    finally:
        os.close(main)
        os.close(other)
