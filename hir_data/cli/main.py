"""The command line: ``hir-data COMMAND``."""

import sys
import traceback
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from hir_data.cli import (
    check,
    compose,
    convert,
    doctor,
    export,
    init,
    kinds,
    lint,
    loop,
    merge,
    replay,
    report,
    rollout,
    serve,
    train,
    verify,
    view,
)
from hir_data.cli.help import program_help, terminal_width
from hir_data.cli.outcome import FAILED, UNFORESEEN, environment_problem, warn, warn_unforeseen
from hir_data.cli.process import begin

COMMANDS = {
    command.name: command
    for command in (
        verify.verify,
        check.check,
        lint.lint,
        compose.compose,
        rollout.rollout,
        replay.replay,
        report.report,
        view.view,
        export.export,
        convert.convert,
        merge.merge,
        serve.serve,
        init.init,
        train.train,
        loop.loop,
        kinds.kinds,
        doctor.doctor,
    )
}


class Program(TyperGroup):
    """The commands, each of which is made when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command by its name; None if there is none."""
        return COMMANDS[cmd_name].build() if cmd_name in COMMANDS else None

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help of the program."""
        formatter.write("\n".join(program_lines(self, terminal_width())) + "\n")


def program_lines(program: Any, width: int) -> list[str]:
    """The help of the program, line by line."""
    commands = [(name, command.help) for name, command in COMMANDS.items()]
    return list(program_help(program.help, commands, program.params, width))


app: typer.Typer = typer.Typer(
    cls=Program,
    name="hir-data",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from hir_data.runs.versions import versions

        for name, version in versions():
            typer.echo(f"{name} {version}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Show the version, and those of what it uses, and exit.",
            is_eager=True,
            callback=_show_version,
        ),
    ] = False,
) -> None:
    """Verify language-model responses against typed constraints, and turn failures into training data."""


def main() -> None:
    """Run the command line of this process, whose streams and signals are as they should be."""
    try:
        # An option whose value may be left out: typer has no such thing.
        app(args=["--strip-thinking=auto" if word == "--strip-thinking" else word for word in sys.argv[1:]])
    except Exception as error:
        if problem := environment_problem(error):
            warn(f"error: {problem}")
            sys.exit(FAILED)
        warn_unforeseen(traceback.format_exc())
        sys.exit(UNFORESEEN)


def run() -> None:
    """Run the command line of this process; :mod:`hir_data.cli.program` hears signals earlier."""
    begin()
    main()


if __name__ == "__main__":
    run()
