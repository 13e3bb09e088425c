"""``hir-data report``: an HTML page of what verify and replay have written."""

from pathlib import Path
from typing import Annotated

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.outcome import cli_errors


@command(example="hir-data report verified.jsonl replayed -o report.html", docs="report.md")
def report(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT", help="Verifications (JSONL or Parquet files), and data sets of replay."
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
        str,
        typer.Option(metavar="TEXT", help="Title of the page.", rich_help_panel="Page"),
    ] = "hir-data report",
    records: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=1,
            help="How many responses of a file, and replays of a data set, are shown; if there are more, a "
            "sample. The figures are of all. [default: 10000]",
            show_default=False,
            rich_help_panel="Page",
        ),
    ] = 10_000,
) -> None:
    """Make a page to look at verifications and replays in a browser.

    The page is one file that needs no network. Of verifications it has the figures, those of several files
    side by side, and each response with the places that decide its verdicts marked. Of a data set of replay
    it has the figures and each replay beside its source.
    """
    with cli_errors():
        from hir_data.runs.report import write_report

        write_report(inputs, output, title=title, records=records)
