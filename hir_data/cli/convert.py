"""``hir-data convert``: the records of a file in another format."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.files import file_command, total_of
from hir_data.cli.progress import counted, progress

if TYPE_CHECKING:
    from hir_data.cli.settings import InputConfig, RunConfig
    from hir_data.engine.config import PluginConfig


@command(
    example="hir-data convert prompts.jsonl --to verl -o prompts.parquet",
    docs="reference/formats.md",
    source="hir_data.cli.settings:InputConfig",
    plugins="hir_data.engine.config:PluginConfig",
    run="hir_data.cli.settings:RunConfig",
)
def convert(
    prompts: options.Prompts,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="NAME",
            help="Format to write: native, ifeval, open-instruct, nemo-gym, verl or muldimif.",
            rich_help_panel=options.FILES,
        ),
    ],
    output: options.Output,
    lossy: Annotated[
        bool,
        typer.Option(
            "--lossy",
            help="Leave out fields that the format cannot hold. Without it such records are rejected.",
            rich_help_panel=options.FILES,
        ),
    ] = False,
    *,
    source: "InputConfig",
    plugins: "PluginConfig",
    run: "RunConfig",
) -> None:
    """Write the records of a file in another format.

    Every record that is written is read again and compared with the input, so nothing is lost unnoticed:
    fields that the format cannot hold are named.
    """
    with file_command(prompts, output=output, run=run, plugins=plugins.plugin, named=source.named) as this:
        from hir_data.formats.catalogue import target_named
        from hir_data.formats.reader import read_units
        from hir_data.runs.convert import Converted, convert_into, table_writer
        from hir_data.runs.sinks import sink_of
        from hir_data.runs.source import limited

        target = target_named(to)
        units = limited(
            read_units(prompts, **source.reading),
            source.limit,
        )
        identity = _identity(prompts, to, lossy, source, plugins)
        as_table = table_writer(target, output)
        sink = sink_of(Converted, as_table, output, this.stdout, identity=identity, resume=run.resume)
        with progress(run, "converting", total_of(prompts, source.limit)) as advance:
            state = convert_into(
                sink,
                counted(units, advance),
                target,
                lossy=lossy,
                as_table=output is not None and output.endswith(".parquet"),
                on_rejected=this.rejections.show,
            )
        this.report({"to": to, **state.figures()}, _show)
        this.end(state.rejected, state.read)


def _identity(
    prompts: str, to: str, lossy: bool, source: "InputConfig", plugins: "PluginConfig"
) -> dict[str, Any]:
    """What has to be the same for a run to be resumed."""
    import hir_data

    return {
        "hir_data": hir_data.__version__,
        "prompts": prompts,
        "to": to,
        "lossy": lossy,
        **source.model_dump(exclude={"limit"}),
        **plugins.model_dump(mode="json"),
    }


def _show(figures: dict[str, Any]) -> None:
    typer.echo("{read} read = {written} written as {to} + {rejected} rejected".format(**figures))
    for name, number in figures["lost"].items():
        typer.echo(f"left out of {number}: {name}")
