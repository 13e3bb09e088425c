"""How commands end: exit codes, and one clear line for each error.

===  ==========================================================================
0    all went well
1    done, but records were rejected, or a text does not satisfy its constraints
2    nothing could be done, or not all: input, output or arguments are wrong
3    done, but a threshold is not reached, or a measure got worse (``verify``)
130  interrupted
141  whoever read the standard output has closed it
===  ==========================================================================
"""

import contextlib
import errno
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer

from hir_data.cli.process import Interrupted, raising_signals
from hir_data.errors import HirDataError, HirDataWarning, UnforeseenError

PARTIAL = 1
FAILED = 2
BELOW = 3
UNREAD = 141  # 128 and the number of SIGPIPE
UNFORESEEN = 70  # EX_SOFTWARE of sysexits.h


@contextlib.contextmanager
def cli_errors(when_interrupted: str | Callable[[], str] = "") -> Iterator[None]:
    """Turn the errors of a command into a line on stderr and an exit code.

    Args:
        when_interrupted: what to say after Ctrl-C besides that it was, or what says it then.
    """
    try:
        with raising_signals(), _warning_in_lines():
            yield
            sys.stdout.flush()
    except UnforeseenError as error:
        warn_unforeseen(str(error))
        _forget_stdout()
        raise typer.Exit(UNFORESEEN) from None
    except HirDataError as error:
        warn(f"error: {error}")
        _forget_stdout()
        raise typer.Exit(FAILED) from None
    except BrokenPipeError:  # as under head: nobody wants more
        _forget_stdout()
        raise typer.Exit(UNREAD) from None
    except (OSError, MemoryError) as error:
        warn(f"error: {environment_problem(error)}")
        _forget_stdout()
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt as error:
        interrupted = error if isinstance(error, Interrupted) else Interrupted()
        interrupted.has_arrived = True
        more = when_interrupted if isinstance(when_interrupted, str) else when_interrupted()
        warn(f"{interrupted.word}{more}")
        raise typer.Exit(interrupted.code) from None


@contextlib.contextmanager
def reader_may_leave() -> Iterator[None]:
    """Go on after what is printed in here also where nobody reads it any more, as under ``head``."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()


@contextlib.contextmanager
def _warning_in_lines() -> Iterator[None]:
    """Write the warnings of hir-data as its lines, and leave those of others as they are."""
    others = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        if issubclass(category, HirDataWarning):
            warn(f"warning: {message}")
        else:
            others(message, category, *place, **more)

    warnings.showwarning = show
    try:
        yield
    finally:
        warnings.showwarning = others


def environment_problem(error: BaseException) -> str:
    """What of the environment has caused an error, as far as that is its cause; else nothing."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    for each in causes:
        if isinstance(each, OSError) and each.errno in (errno.EMFILE, errno.ENFILE):
            return f"too many open files{_open_files()}"
        if isinstance(each, MemoryError) or (isinstance(each, OSError) and each.errno == errno.ENOMEM):
            return "there is not enough memory"
    if isinstance(error, OSError):
        problem = (error.strerror or str(error)).lower()
        if error.filename is not None or error.errno in _WRITING:
            return f"{error.filename or 'stdout'}: cannot be written: {problem}"
        return problem
    return f"cannot be loaded: {error}" if isinstance(error, ImportError) else ""


_WRITING = (errno.ENOSPC, errno.EIO, errno.EBADF, errno.EFBIG, errno.EDQUOT)
"""What can be wrong with standard output, which has no file name."""


def _open_files() -> str:
    try:
        import resource

        return f": this process may have {resource.getrlimit(resource.RLIMIT_NOFILE)[0]} (ulimit -n)"
    except (ImportError, OSError):
        return ""


def warn(message: str) -> None:
    """Write one line to stderr."""
    from hir_data.report.visible import visible

    with contextlib.suppress(OSError):
        line = " ".join(message.splitlines())
        line = line.encode(
            errors="backslashreplace"
        ).decode()  # so that a name that is no UTF-8 can be told from others
        typer.echo(f"hir-data: {visible(line)}", err=True)


def warn_unforeseen(traceback: str) -> None:
    """Show what nobody has foreseen, and say that it is no fault of the user's."""
    with contextlib.suppress(OSError):
        typer.echo(traceback.rstrip(), err=True)
    warn(f"error: a fault of hir-data or of a plugin: {traceback.rstrip().splitlines()[-1]}")


def write_summary(figures: dict[str, Any], path: Path) -> None:
    """Write figures as JSON."""
    from hir_data.report.summary_formats import as_json

    write_text(as_json(figures), path)


def write_text(text: str, path: Path) -> None:
    """Write a file that is whole or as it was."""
    from hir_data.formats.atomic import replacing, writing

    with writing(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8", errors="backslashreplace")


def _forget_stdout() -> None:
    """Keep the interpreter from flushing, and complaining about, a pipe that nobody reads any more."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
