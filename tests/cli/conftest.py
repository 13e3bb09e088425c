"""The command line, called in this process or in one of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from files import own_kinds
from programs import run_program
from typer.testing import CliRunner, Result

from hir_data.cli.main import app
from hir_data.cli.progress import SECONDS

Command = Callable[..., Result]
Program = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(autouse=True)
def _no_lines_of_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, nobody is told of progress who does not ask for it."""
    monkeypatch.setenv(SECONDS, "86400")


@pytest.fixture
def command() -> Iterator[Command]:
    """Call a command here, without a traceback; arguments of any type."""

    def call(*arguments: object, stdin: bytes = b"") -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
        if not isinstance(result.exception, SystemExit | None):
            raise result.exception
        assert "Traceback" not in result.output
        return result

    with own_kinds():
        yield call


@pytest.fixture(scope="session")
def program() -> Program:
    """Run ``python -m hir_data`` as a program of its own."""

    def call(*arguments: object, **options: Any) -> "subprocess.CompletedProcess[str]":
        line = [sys.executable, "-m", "hir_data", *arguments]
        options = {"env": os.environ} | options
        options["env"] = options["env"] | {"COLUMNS": "80"}
        return run_program(line, **options)

    return call
