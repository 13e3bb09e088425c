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

import typer

from hir_data.errors import HirDataError

ENTIRE = 0
PARTIAL = 1
FAILED = 2
INTERRUPTED = 130


@contextlib.contextmanager
def errors_in_one_line(when_interrupted: str = "") -> Iterator[None]:
    """Turn the errors of a command into a line on stderr and an exit code.

    Args:
        when_interrupted: what to say after Ctrl-C besides that it was.
    """
    try:
        yield
        sys.stdout.flush()
    except HirDataError as error:
        say(f"error: {error}")
        _forget_stdout()
        raise typer.Exit(FAILED) from None
    except BrokenPipeError:
        say("error: stdout: whoever read it has closed it")
        _forget_stdout()
        raise typer.Exit(FAILED) from None
    except OSError as error:
        problem = (error.strerror or str(error)).lower()
        say(f"error: {error.filename or 'stdout'}: cannot be written: {problem}")
        _forget_stdout()
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        say(f"interrupted{when_interrupted}")
        raise typer.Exit(INTERRUPTED) from None


def say(message: str) -> None:
    """Write one line to stderr."""
    with contextlib.suppress(OSError):
        typer.echo(f"hir-data: {' '.join(message.splitlines())}", err=True)


def _forget_stdout() -> None:
    """Keep the interpreter from flushing, and complaining about, a pipe that nobody reads any more."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
