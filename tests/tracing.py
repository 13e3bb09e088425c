"""What a killed process can leave: a process is traced, and its folder read before each change to it.

The process is held before every system call that writes, names or removes a file, whoever makes it: Python,
or a library in C++ or Rust, of which Python's own hooks see nothing. What is on the disk in that moment is
what a kill would leave there. So one run shows all states. Linux only (ptrace).
"""

import contextlib
import ctypes
import os
import platform
import signal
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from killable import quietly

Tree = dict[str, bytes | None]
"""All that is in a folder: files with their bytes, folders with None."""

_TRACEME, _SYSCALL, _SETOPTIONS, _SYSCALL_INFO = 0, 24, 0x4200, 0x420E
_OPTIONS = 0x1 | 0x8 | 0x100000  # mark system calls; trace threads too; kill the process if this one ends
_WALL = 0x40000000  # threads, too
_ENTRY = 1

_OPEN, _BY_NAME, _BY_FILE = {}, {}, {}
if platform.machine() == "x86_64":
    _OPEN = {2: 1, 85: None, 257: 2}  # open creat openat: which argument has the flags
    # truncate rename mkdir rmdir link unlink symlink, and the same in a folder: which argument has the name
    _BY_NAME = {
        76: 0,
        82: 0,
        83: 0,
        84: 0,
        86: 1,
        87: 0,
        88: 1,
        258: 1,
        263: 1,
        264: 1,
        265: 3,
        266: 2,
        316: 1,
    }
    # write pwrite writev sendfile fsync fdatasync ftruncate fallocate pwritev copy_file_range pwritev2
    _BY_FILE = {1: 0, 18: 0, 20: 0, 40: 0, 74: 0, 75: 0, 77: 0, 285: 0, 296: 0, 326: 2, 328: 0}
elif platform.machine() == "aarch64":
    _OPEN = {56: 2}
    _BY_NAME = {34: 1, 35: 1, 36: 2, 37: 3, 38: 1, 45: 0, 276: 1}
    _BY_FILE = {46: 0, 47: 0, 64: 0, 66: 0, 68: 0, 70: 0, 71: 0, 82: 0, 83: 0, 285: 2, 287: 0}

# rename link renameat linkat renameat2: which argument has the name of what gets another
_MOVES = {"x86_64": {82: 0, 86: 0, 264: 1, 265: 1, 316: 1}, "aarch64": {37: 1, 38: 1, 276: 1}}.get(
    platform.machine(), {}
)
# read mmap pread readv sendfile preadv copy_file_range preadv2: which argument has the file that is read
_READS = {
    "x86_64": {0: 0, 9: 4, 17: 0, 19: 0, 40: 1, 295: 0, 326: 0, 327: 0},
    "aarch64": {63: 0, 65: 0, 67: 0, 69: 0, 71: 1, 222: 4, 285: 0, 286: 0},
}.get(platform.machine(), {})
# unlink unlinkat: which argument has the name
_REMOVES = {"x86_64": {87: 0, 263: 1}, "aarch64": {35: 1}}.get(platform.machine(), {})
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

Called = Callable[[int, int, list[int]], None]
"""Gets the process, the number of a system call and its arguments, while the process waits."""


def trace(work: Callable[[], int], called: Called) -> int:
    """Do work in a process of its own.

    Args:
        work: what to do; it answers with an exit code.
        called: is called before each of its system calls.

    Returns:
        The exit code.
    """
    libc = ctypes.CDLL(None, use_errno=True)

    def ask(request: int, pid: int, address: int = 0, data: Any = 0) -> None:
        if libc.ptrace(request, pid, ctypes.c_void_p(address), data) == -1 and ctypes.get_errno() != 3:
            raise OSError(ctypes.get_errno(), "ptrace")  # 3: it was ended meanwhile

    child = os.fork()
    if child == 0:
        libc.ptrace(_TRACEME, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        quietly(work)
    os.waitpid(child, 0)
    ask(_SETOPTIONS, child, data=ctypes.c_void_p(_OPTIONS))
    ask(_SYSCALL, child)
    call = ctypes.create_string_buffer(96)
    while True:
        pid, status = os.waitpid(-1, _WALL)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            if pid == child:
                return os.waitstatus_to_exitcode(status)
            continue
        number = os.WSTOPSIG(status)
        if number == signal.SIGTRAP | 0x80:
            ask(_SYSCALL_INFO, pid, len(call), call)
            if call.raw[0] == _ENTRY:
                which, *arguments = struct.unpack_from("7Q", call.raw, 24)
                called(pid, which, arguments)
        quiet = status >> 16 or number in (signal.SIGTRAP | 0x80, signal.SIGSTOP)
        ask(_SYSCALL, pid, data=ctypes.c_void_p(0 if quiet else number))


def _changes(pid: int, call: int, arguments: list[int], folder: bytes) -> bool:
    """Whether a system call is about to change something in a folder."""
    if call in _OPEN:
        flags = _OPEN[call]
        if flags is not None and not arguments[flags] & _WRITES:
            return False
        name = 0 if flags is None else flags - 1
    elif call in _BY_NAME:
        name = _BY_NAME[call]
    elif call in _BY_FILE:
        try:
            file = Path(f"/proc/{pid}/fd/{arguments[_BY_FILE[call]]}").readlink()
        except OSError:
            return False
        return os.fsencode(file).startswith(folder)
    else:
        return False
    path = _name(pid, arguments[name])
    return not path.startswith(b"/") or path.startswith(folder)


def _name(pid: int, address: int) -> bytes:
    """A path in the memory of a process."""
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        memory.seek(address)
        return memory.read(4096).partition(b"\0")[0]


def _path(pid: int, arguments: list[int], name: int) -> Path:
    """A file that a process names, in full."""
    path = os.fsdecode(_name(pid, arguments[name]))
    within = ctypes.c_int(arguments[name - 1] & 0xFFFFFFFF).value if name else -100  # -100: where it works
    at = Path(f"/proc/{pid}/cwd" if within == -100 else f"/proc/{pid}/fd/{within}")
    return Path(os.path.normpath(path if path.startswith("/") else at.readlink() / path))


class States:
    """All states that a folder is in while a process works there, each once, in their order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.points = 0
        self.trees: list[Tree] = []
        self._known: dict[bytes, bytes] = {}  # equal bytes are held once

    def __call__(self, pid: int, call: int, arguments: list[int]) -> None:
        """Read the folder as it is now, if it is about to change."""
        if not _changes(pid, call, arguments, os.fsencode(self.folder)):
            return
        self.points += 1
        tree = {
            name: content if content is None else self._known.setdefault(content, content)
            for name, content in tree_of(self.folder).items()
        }
        if not self.trees or tree != self.trees[-1]:
            self.trees.append(tree)


class Uses:
    """Which files that are in a folder a process takes for what they are: reads, adds to, renames, or leaves.

    From two states that differ in the bytes of other files only it does the same.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._before = self._numbers()
        self._used: set[Path] = set()
        self._gone: set[Path] = set()

    def _numbers(self) -> dict[Path, int]:
        return {path: path.stat().st_ino for path in files(self.folder) if path.is_file()}

    def __call__(self, pid: int, call: int, arguments: list[int]) -> None:
        """Note what a system call uses."""
        if call in _MOVES:
            self._use(_path(pid, arguments, _MOVES[call]))
        elif call in _REMOVES:
            self._gone.add(_path(pid, arguments, _REMOVES[call]))
        elif call in _READS:
            with contextlib.suppress(OSError):
                self._use(Path(f"/proc/{pid}/fd/{arguments[_READS[call]]}").readlink())
        elif call in _OPEN:
            flags = _OPEN[call]
            if flags is None or arguments[flags] & os.O_TRUNC:
                self._gone.add(_path(pid, arguments, 0 if flags is None else flags - 1))

    def _use(self, path: Path) -> None:
        self._used |= {file for file in self._before if path in (file, *file.parents)} - self._gone

    def names(self) -> set[str]:
        """The files that were used, after the process has ended."""
        left = {path for path, _ in self._before.items() & self._numbers().items()} - self._gone
        return {str(path.relative_to(self.folder)) for path in self._used | left}


def alike(tree: Tree, other: Tree, used: set[str]) -> bool:
    """Whether two states differ in nothing but the bytes of files that were not used."""
    return tree.keys() == other.keys() and all(tree[name] == other[name] for name in used)


def files(folder: Path) -> Iterator[Path]:
    """All files and folders in a folder, in order."""
    yield from sorted(folder.rglob("*"))


def tree_of(folder: Path) -> Tree:
    """All that is in a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in files(folder)
    }


def restore(tree: Tree, folder: Path) -> None:
    """Make an empty folder what one was."""
    for name, content in tree.items():
        path = folder / name
        if content is None:
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
