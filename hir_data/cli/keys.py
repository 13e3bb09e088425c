"""Keys of a terminal, one by one, as they are pressed, and changes of its size between them."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Protocol

_NAMES = {
    "\x1b[A": "up", "\x1bOA": "up", "\x1b[B": "down", "\x1bOB": "down",
    "\x1b[C": "right", "\x1bOC": "right", "\x1b[D": "left", "\x1bOD": "left",
    "\x1b[5~": "page up", "\x1b[6~": "page down",
    "\x1b[H": "home", "\x1bOH": "home", "\x1b[1~": "home",
    "\x1b[F": "end", "\x1bOF": "end", "\x1b[4~": "end",
    "\r": "enter", "\n": "enter", "\t": "tab", "\x7f": "backspace", "\b": "backspace", "\x1b": "escape",
    "\x04": "end of input",
}  # fmt: skip
_SCANNED = {"H": "up", "P": "down", "M": "right", "K": "left", "I": "page up", "Q": "page down"} | {
    "G": "home",
    "O": "end",
}
"""The second characters by which Windows calls keys."""

RESIZED = "resized"
"""What is read in place of a key when the terminal has another size, or the program goes on after a stop."""

_ESCAPE_SECONDS = 0.05  # so long after an escape what follows belongs to it


class Keys(Protocol):
    """Where keys come from."""

    def read(self) -> str:
        """The next key: a character, the name of a key such as ``up``, or :data:`RESIZED`."""


@contextlib.contextmanager
def keys() -> Iterator[Keys]:
    """Read keys in here without their being shown; from the terminal also where standard input is a file."""
    if sys.platform == "win32":
        yield _WindowsKeys()
        return
    import termios
    import tty

    with contextlib.ExitStack() as stack:
        descriptor = sys.stdin.fileno()
        if not os.isatty(descriptor):
            descriptor = os.open("/dev/tty", os.O_RDONLY)
            stack.callback(os.close, descriptor)
        before = termios.tcgetattr(descriptor)
        stack.callback(termios.tcsetattr, descriptor, termios.TCSADRAIN, before)
        tty.setcbreak(descriptor)
        yield _TerminalKeys(descriptor, stack.enter_context(_resizes()))


@contextlib.contextmanager
def _resizes() -> Iterator[int]:
    """What can be read from as soon as the terminal has another size; it is drawn anew after a stop, too."""
    hear, tell = os.pipe()
    os.set_blocking(tell, False)

    def resized(number: int, frame: object) -> None:
        with contextlib.suppress(BlockingIOError):  # so many are waiting already
            os.write(tell, b"\0")

    is_main = threading.current_thread() is threading.main_thread()  # which alone may hear signals
    signals = (signal.SIGWINCH, signal.SIGCONT) if is_main else ()
    before = {number: signal.signal(number, resized) for number in signals}
    try:
        yield hear
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(hear)
        os.close(tell)


class _TerminalKeys:
    def __init__(self, descriptor: int, resizes: int) -> None:
        self._descriptor, self._resizes, self._waiting = descriptor, resizes, b""

    def read(self) -> str:
        import select

        if not self._waiting:
            ready, _, _ = select.select([self._descriptor, self._resizes], [], [])
            if self._resizes in ready:
                os.read(self._resizes, 1024)
                return RESIZED
            self._fill()
        if self._waiting == b"\x1b" and self._follows():
            self._fill()
        if not self._waiting:
            return "end of input"
        key = self._taken()
        return _NAMES.get(key, key)

    def _fill(self) -> None:
        self._waiting += os.read(self._descriptor, 1024)

    def _follows(self) -> bool:
        import select

        return bool(select.select([self._descriptor], [], [], _ESCAPE_SECONDS)[0])

    def _taken(self) -> str:
        """The next key, taken from what was read: an escape sequence as a whole, or a character."""
        waiting = self._waiting
        length = 1
        if waiting[:2] in (b"\x1b[", b"\x1bO"):
            length = 2
            while length < len(waiting) and not 0x40 <= waiting[length] <= 0x7E:
                length += 1
            length += 1
        else:
            while length < len(waiting) and waiting[length] & 0xC0 == 0x80:  # the rest of a character
                length += 1
        self._waiting = waiting[length:]
        return waiting[:length].decode(errors="replace")


class _WindowsKeys:
    def read(self) -> str:
        import msvcrt

        key: str = msvcrt.getwch()  # type: ignore[attr-defined]  # it is there on Windows
        if key in ("\0", "\xe0"):
            return _SCANNED.get(msvcrt.getwch(), "")  # type: ignore[attr-defined]  # likewise
        if key == "\x03":
            raise KeyboardInterrupt
        return _NAMES.get(key, key)
