"""``hir-data report``: an HTML page of what verify, replay, loop and train have written."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.files import STREAM, check_writable, file_command, input_files
from hir_data.cli.progress import progress

if TYPE_CHECKING:
    from hir_data.cli.settings import PageRunConfig
    from hir_data.engine.config import PluginConfig


@command(
    example="hir-data report verified.jsonl replayed -o report.html",
    docs="how-to/report.md",
    plugins="hir_data.engine.config:PluginConfig",
    run="hir_data.cli.settings:PageRunConfig",
)
def report(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="Verifications (JSONL or Parquet files), data sets of replay, folders of loop and train; "
            "or a pattern in quotes.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="HTML file to write.",
            rich_help_panel=options.FILES,
        ),
    ],
    title: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="Title of the page. [default: what it is a report of]",
            show_default=False,
            rich_help_panel="Page",
        ),
    ] = None,
    records: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=1,
            help="How many responses of a file, replays of a data set and answers of a loop are shown; if "
            "there are more, a sample. The figures are of all. [default: 10000]",
            show_default=False,
            rich_help_panel="Page",
        ),
    ] = 10_000,
    *,
    plugins: "PluginConfig",
    run: "PageRunConfig",
) -> None:
    """Make a page to look at verifications, replays and trainings in a browser.

    The page is one file that needs no network. Of verifications it has the figures, those of several files
    side by side, and each response with the places that decide its verdicts marked. Of a data set of replay
    it has the figures and each replay beside its source. Of a loop or a training it has the curves, also
    while it goes on, and of a loop the answers to the same held-out prompts side by side.
    """
    with file_command(*inputs, output=str(output), run=run, plugins=plugins.plugin) as this:
        from hir_data.errors import OutputError, UnverifiedError
        from hir_data.runs.report import write_report

        if str(output) == STREAM:
            raise OutputError("a page needs a file (-o FILE)")
        check_writable(output)
        with progress(run, "making the page"):
            try:
                rejected = write_report(
                    input_files(inputs, output),
                    output,
                    title=title,
                    records=records,
                    on_rejected=this.rejections.count,
                )
            except UnverifiedError:
                this.rejections.forget()
                raise
        dataclasses.replace(this, output=None).end(
            rejected
        )  # beside a page there is no file of rejected records
