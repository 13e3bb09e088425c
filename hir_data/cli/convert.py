"""``hir-data convert``: the records of a file in another format."""

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.outcome import PARTIAL, Rejections, cli_errors, warn, write_summary

if TYPE_CHECKING:
    from hir_data.runs.convert import Converted


def convert(
    prompts: Annotated[
        str,
        typer.Argument(
            help="Prompts with constraints: JSONL, JSON or Parquet, a folder, a data set, or - (stdin)."
        ),
    ],
    to: Annotated[
        str,
        typer.Option(
            "--to", metavar="NAME", help="native, ifeval, open-instruct, nemo-gym, verl or muldimif."
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", help="Where records go: .jsonl, .jsonl.gz, .parquet (verl), or - (stdout)."
        ),
    ],
    lossy: Annotated[
        bool,
        typer.Option(
            "--lossy", help="Leave out what has no place in the format; without it such records are rejected."
        ),
    ] = False,
    format: options.Format = None,
    plugin: options.Plugins = None,
    split: options.Split = None,
    limit: options.Limit = None,
    resume: options.Resume = False,
    max_rejected: options.MaxRejected = 0,
    summary: options.Summary = None,
    quiet: options.Quiet = False,
) -> None:
    """Write the records of a file in another format.

    Nothing is lost unnoticed: every record that is written is read again and compared. What has no place in
    the format is named.
    """
    kept = "; what is done is kept, --resume goes on from there" if output != "-" else ""
    with cli_errors(when_interrupted=kept):
        import hir_data
        from hir_data.errors import OutputError
        from hir_data.formats.catalogue import target_named
        from hir_data.formats.reader import read_units
        from hir_data.runs.convert import Converted, convert_into, table_writer
        from hir_data.runs.sinks import rejected_path, sink_of
        from hir_data.runs.source import limited

        if resume and "-" in (output, prompts):
            raise OutputError("--resume needs input from files and an output file (-o FILE)")
        if options.same_file(output, prompts):
            raise OutputError(f"{output}: cannot be written: it is the input")
        if summary and summary.absolute() == Path(output).absolute():
            raise OutputError(f"{summary}: cannot be written: it is the output")
        options.load(plugin)
        target = target_named(to)
        units = limited(read_units(prompts, split=split, format=format), limit)
        identity = {
            "hir_data": hir_data.__version__,
            "prompts": prompts,
            "to": to,
            "lossy": lossy,
            "format": format,
            "split": split,
            "plugins": plugin or [],
        }
        as_table = table_writer(target, output)
        sink = sink_of(Converted, as_table, output, sys.stdout.buffer, identity=identity, resume=resume)
        aside = contextlib.redirect_stdout(sys.stderr) if output == "-" else contextlib.nullcontext()
        with aside:
            state = convert_into(sink, units, target, lossy=lossy, on_rejected=Rejections(quiet).show)
        if not quiet:
            _report(state, to, to_stderr=output == "-")
        if summary:
            write_summary({"to": to, **state.figures()}, summary)
        if state.rejected:
            where = f" (see {rejected_path(Path(output))})" if output != "-" else ""
            warn(f"{state.rejected} of {state.read} records were rejected{where}")
        if state.rejected > max_rejected:
            raise typer.Exit(PARTIAL)


def _report(state: "Converted", to: str, to_stderr: bool) -> None:
    figures: dict[str, Any] = state.figures()
    line = f"{state.read} read = {state.written} written as {to} + {state.rejected} rejected"
    typer.echo(line, err=to_stderr)
    for name, number in figures["lost"].items():
        typer.echo(f"left out of {number}: {name}", err=to_stderr)
