"""The command line: ``hir-data COMMAND``."""

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from hir_data.cli import (
    check,
    compose,
    convert,
    doctor,
    export,
    kinds,
    lint,
    loop,
    replay,
    rollout,
    train,
    verify,
)


class _Commands(TyperGroup):
    """The commands; that of train is made when it is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is meant."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, _whole_train() if name == "train" else command, rest


def _whole_train() -> Any:
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    alone.command()(train.with_options_of_settings())
    return get_command(alone)


app = typer.Typer(
    cls=_Commands,
    name="hir-data",
    help="Verify language-model responses against typed constraints.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(verify.verify)
app.command()(check.check)
app.command()(lint.lint)
app.command()(compose.compose)
app.command()(rollout.rollout)
app.command()(replay.replay)
app.command()(export.export)
app.command()(convert.convert)
app.command("train", help=train.train.__doc__)(lambda: None)  # for the list; the whole is made above
app.command()(loop.loop)
app.command()(kinds.kinds)
app.command()(doctor.doctor)


def _show_version(wanted: bool) -> None:
    if wanted:
        import hir_data

        typer.echo(f"hir-data {hir_data.__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_show_version),
    ] = False,
) -> None:
    """Verify language-model responses against typed constraints."""


def run() -> None:
    """Run the command line of this process."""
    # An option whose value may be left out: typer has no such thing.
    app(args=["--strip-thinking=auto" if word == "--strip-thinking" else word for word in sys.argv[1:]])


if __name__ == "__main__":
    run()
