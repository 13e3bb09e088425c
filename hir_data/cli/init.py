"""``hir-data init``: a ready folder for a tool that calls us."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.outcome import cli_errors

if TYPE_CHECKING:
    from hir_data.engine.config import PluginConfig


@command(
    example="hir-data init lm-eval tasks/seaside --prompts prompts.jsonl",
    docs="how-to/integrations.md",
    plugins="hir_data.engine.config:PluginConfig",
)
def init(
    tool: Annotated[
        str,
        typer.Argument(
            metavar="TOOL",
            help="Tool to write for: verifiers, lm-eval, inspect, pydantic-evals, promptfoo or nemo-gym.",
        ),
    ],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write; its name names the task.")],
    prompts: Annotated[
        str | None,
        typer.Option(
            "--prompts",
            metavar="FILE",
            help="Prompts with constraints that the folder is to have, in any format that verify reads. "
            "Default: two examples.",
            rich_help_panel=options.FILES,
        ),
    ] = None,
    *,
    plugins: "PluginConfig",
) -> None:
    """Write a ready folder for a tool that evaluates or trains.

    No file is written over. A record that is no prompt with constraints is an error, and nothing is written.
    """
    with cli_errors():
        from hir_data.errors import RecordError
        from hir_data.integrations.prompts import read_prompts
        from hir_data.integrations.scaffold import EXAMPLES, TOOLS, run_command, write_folder

        if tool not in TOOLS:
            raise RecordError(f"there is no tool {tool!r}; there are {', '.join(TOOLS)}", field="TOOL")
        options.load(plugins.plugin)
        asked = EXAMPLES if prompts is None else read_prompts(prompts, single_message=tool == "lm-eval")
        for path in write_folder(tool, folder, asked):
            typer.echo(f"wrote {path}")
        typer.echo("run it with: " + run_command(tool, folder))
