"""How commands end: exit codes, and one clear line for each error.

===  ==========================================================================
0    all went well
1    done, but records were rejected, or a text does not satisfy its constraints
2    nothing could be done, or not all: input, output or arguments are wrong
130  interrupted
===  ==========================================================================
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from hir_data.errors import HirDataError, UnforeseenError

if TYPE_CHECKING:
    from hir_data.schemas.rejected import Rejected

PARTIAL = 1
FAILED = 2
UNFORESEEN = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED = 130

_REJECTED_SHOWN = 10


@contextlib.contextmanager
def cli_errors(when_interrupted: str = "") -> Iterator[None]:
    """Turn the errors of a command into a line on stderr and an exit code.

    Args:
        when_interrupted: what to say after Ctrl-C besides that it was.
    """
    try:
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
    except BrokenPipeError:
        warn("error: stdout: whoever read it has closed it")
        _forget_stdout()
        raise typer.Exit(FAILED) from None
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        warn(f"error: {error.filename or 'stdout'}: cannot be written: {problem}")
        _forget_stdout()
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        warn(f"interrupted{when_interrupted}")
        raise typer.Exit(INTERRUPTED) from None


def warn(message: str) -> None:
    """Write one line to stderr."""
    with contextlib.suppress(OSError):
        typer.echo(f"hir-data: {' '.join(message.splitlines())}", err=True)


def warn_unforeseen(traceback: str) -> None:
    """Show what nobody has foreseen, and say that it is no fault of the user's."""
    with contextlib.suppress(OSError):
        typer.echo(traceback.rstrip(), err=True)
    warn(f"error: a fault of hir-data or of a plugin: {traceback.rstrip().splitlines()[-1]}")


class Rejections:
    """Shows the first rejected records; the rest are counted and, with an output, kept."""

    def __init__(self, quiet: bool) -> None:
        self.left = 0 if quiet else _REJECTED_SHOWN

    def show(self, rejected: "Rejected") -> None:
        """Show one, if there is still room."""
        if self.left:
            self.left -= 1
            warn(f"rejected: {rejected.error}")


def write_summary(figures: dict[str, Any], path: Path) -> None:
    """Write figures as JSON."""
    import json

    from hir_data.formats.atomic import replacing, writing

    with writing(str(path)), replacing(path) as temporary:
        temporary.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _forget_stdout() -> None:
    """Keep the interpreter from flushing, and complaining about, a pipe that nobody reads any more."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
