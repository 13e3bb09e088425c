"""Files that are written whole or not at all, and each by one process at a time."""

import contextlib
import errno
import os
import shutil
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from hir_data.errors import OutputError

fcntl: Any
try:
    import fcntl
except ModuleNotFoundError:  # Windows: whoever writes one file twice at a time is not stopped there
    fcntl = None

STREAM = "-"
"""The name of standard input and standard output."""

_OURS = b"hir-data"
_NO_LOCKS = {errno.ENOSYS, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL}  # of some network file systems


@contextlib.contextmanager
def writing(target: str) -> Iterator[None]:
    """Turn what the system says against writing into an :class:`OutputError`."""
    name = "stdout" if target == STREAM else target
    try:
        yield
    except BrokenPipeError as error:
        raise OutputError(f"{name}: whoever read it has closed it") from error
    except OSError as error:
        raise OutputError(f"{name}: cannot be written: {os_message(error)}") from error


def os_message(error: BaseException) -> str:
    """What the system says is wrong, in lower case."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()


def link_target(path: Path) -> Path:
    """The file that a symbolic link stands for, which is written in its place; any other path as it is.

    Raises:
        OutputError: links that lead back to themselves stand for nothing.
    """
    if not path.is_symlink():
        return path
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OutputError(f"{path}: cannot be written: it is a symbolic link that leads back to itself")
    return target


def check_writable(path: Path) -> None:
    """See that a file can be written, or replaced, before the work that it is for; nothing of it is left.

    Folders that are missing count as writable where the last one that is there is.

    Raises:
        OutputError: it cannot.
    """
    with writing(str(path)):
        path = link_target(path)
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path.exists() and not path.is_file():  # a pipe or a device, which opening would change
            if not os.access(path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return
        with contextlib.suppress(FileNotFoundError):  # a name may be too long, or lead through a file
            if stat.S_ISDIR(temporary_name(path).stat().st_mode):
                raise IsADirectoryError(errno.EISDIR, f"{temporary_name(path)} is in the way")
        folder = next(each for each in path.absolute().parents if each.exists())
        tempfile.TemporaryFile(
            dir=folder
        ).close()  # permissions do not say all: of a read-only system, of /proc


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary name to write under, which takes the place of ``path`` if all goes well.

    The name is the same each time, so what a killed process left there is overwritten. A pipe or a device is
    written to as it is: there is nothing to be replaced.

    Raises:
        OutputError: another process is writing it.
    """
    path = link_target(path)
    if path.exists() and not path.is_file():
        yield path
        return
    temporary = temporary_name(path)
    with Lock(temporary, path) as lock:
        try:
            yield temporary
            sync(temporary)
            temporary.replace(path)
            sync(path.parent)
        finally:
            lock.remove()


@contextlib.contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """A new folder to write into, which gets its name if all goes well; an empty folder may be there."""
    temporary = temporary_name(path)
    if temporary.exists():  # of a process that was killed
        shutil.rmtree(temporary)
    temporary.mkdir(parents=True)
    try:
        yield temporary
        for file in temporary.iterdir():
            sync(file)
        sync(temporary)
        temporary.replace(path)
        sync(path.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def temporary_name(path: Path) -> Path:
    """Where a file or a folder is until it is whole."""
    return path.with_name(f"{path.name}.hir-data.tmp")


def sync(path: Path) -> None:
    """See to it that a file, or the names in a folder, outlast a power cut, where the system can."""
    with contextlib.suppress(PermissionError):  # a folder, on Windows
        descriptor = os.open(path, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):  # some file systems cannot
                os.fsync(descriptor)
        finally:
            os.close(descriptor)


class Lock:
    """A file that one process at a time holds, until it lets go or ends, however it ends.

    Args:
        path: the file, which says who holds it.
        output: what is written meanwhile.
    """

    _descriptor: int | None = None

    def __init__(self, path: Path, output: Path) -> None:
        self.path: Path = path
        self.output: Path = output

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def __del__(self) -> None:  # an interruption may come before whoever holds it knows
        if self._descriptor is not None:
            os.close(self._descriptor)

    def acquire(self) -> None:
        """Hold it.

        Raises:
            OutputError: another process does, which the error names.
            OSError: there can be no such file.
        """
        try:
            while True:
                self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
                self._take(self._descriptor)
                if self._is_there(self._descriptor):
                    return
                Lock.release(self)  # whoever held it has removed it meanwhile
        except BaseException:
            Lock.release(self)  # and not remove: another process may hold it
            raise

    def remove(self) -> None:
        """Remove the file, if it is still the one that is held."""
        if self._descriptor is not None and self._is_there(self._descriptor):
            self.path.unlink(missing_ok=True)

    def release(self) -> None:
        """Let go."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)

    def _take(self, descriptor: int) -> None:
        if fcntl is None:
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            told = os.read(descriptor, 200)
            holder = told.decode(errors="replace").strip() if told.startswith(_OURS) else "another process"
            raise OutputError(f"{self.output}: cannot be written: {holder} is writing it") from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise

    def _is_there(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self.path.stat())
        except FileNotFoundError:
            return False


class OutputLock(Lock):
    """The lock of an output, ``OUT.lock`` beside it: while a run writes it no other run does."""

    def __init__(self, output: Path) -> None:
        target = link_target(output)
        super().__init__(target.with_name(f"{target.name}.lock"), output)

    def acquire(self) -> None:
        """Hold it, and write into it who does; in a folder that is made if it is not there."""
        if self._descriptor is not None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        super().acquire()
        assert self._descriptor is not None
        if os.read(self._descriptor, len(_OURS)) not in (b"", _OURS):
            super().release()  # and not remove
            raise OutputError(f"{self.path}: is in the way: it is no lock of hir-data")
        holder = f"{_OURS.decode()} (process {os.getpid()} on {socket.gethostname()}, since {time.ctime()})"
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, holder.encode(errors="replace"))

    def release(self) -> None:
        """Remove it, and let go."""
        try:
            with contextlib.suppress(OSError):
                self.remove()
        finally:
            super().release()


def locked(output: Path) -> OutputLock:
    """The lock of an output, held: to be released, or used as a context manager.

    Raises:
        OutputError: another run holds it, or nothing can be written there.
    """
    lock = OutputLock(output)
    with writing(str(output)):
        lock.acquire()
    return lock
