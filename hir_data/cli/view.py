"""``hir-data view``: records of a file in the terminal, with what decides their verdicts marked."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from hir_data.cli.command import command
from hir_data.cli.files import file_command

if TYPE_CHECKING:
    from hir_data.cli.records import Filter, Records
    from hir_data.cli.settings import PageRunConfig
    from hir_data.engine.config import PluginConfig
    from hir_data.errors import RecordError

_SHOWN = "Records"


@command(
    example="hir-data view verified.jsonl --verdict violated --kind no_comma",
    docs="how-to/view.md",
    plugins="hir_data.engine.config:PluginConfig",
    run="hir_data.cli.settings:PageRunConfig",
)
def view(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="Verifications (JSONL or Parquet file, or - for stdin), or a data set of replay.",
        ),
    ],
    record: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Number of the record to show, from 1.", rich_help_panel=_SHOWN
        ),
    ] = None,
    verdict: Annotated[
        Literal["satisfied", "violated", "undetermined"] | None,
        typer.Option(
            metavar="satisfied|violated|undetermined",
            help="Show records that have a constraint with this verdict.",
            rich_help_panel=_SHOWN,
        ),
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Show records that have a constraint of a kind with this text in its name.",
            rich_help_panel=_SHOWN,
            show_default=False,
        ),
    ] = "",
    search: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Show records with this text in their conversation, response or key.",
            rich_help_panel=_SHOWN,
            show_default=False,
        ),
    ] = "",
    limit: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="Number of records to print with --plain.", rich_help_panel=_SHOWN
        ),
    ] = None,
    plain: Annotated[
        bool,
        typer.Option(
            "--plain",
            help="Print the records one after the other, without colours and keys. Default: where the "
            "output is no terminal.",
            rich_help_panel=_SHOWN,
        ),
    ] = False,
    *,
    plugins: "PluginConfig",
    run: "PageRunConfig",
) -> None:
    """Look at verifications and replays in the terminal.

    Each record is shown with its conversation, with the verdict on each constraint and its reason, and with
    the places of the response that decide marked. A replay stands beside its source. The key ? lists the
    keys.
    """
    with file_command(source, output=None, run=run, plugins=plugins.plugin) as this:
        from hir_data.cli.records import Filter

        records = _records(source, this.rejections.count)
        wanted = Filter(verdict or "", kind, search)
        if plain or not sys.stdout.isatty():
            shown = _print(records, wanted, record, limit)
            if not shown:
                if records.unverified == len(records):
                    this.rejections.forget()
                raise _nothing_shown(records, wanted, record, source)
        else:
            from hir_data.cli.browse import browse
            from hir_data.cli.screen import screen

            browse(records, source, wanted, (record or 1) - 1, screen())
        this.end(records.rejected)


def _nothing_shown(records: "Records", wanted: "Filter", record: int | None, source: str) -> "RecordError":
    """Why no record is shown."""
    from hir_data.errors import RecordError, UnverifiedError

    read, hidden = len(records), records.rejected
    if read and records.unverified == read:
        return UnverifiedError(source)
    if words := wanted.words():
        problem = f"there is no such record: {words}" + (f"; {hidden} cannot be shown" if hidden else "")
    elif record is not None and record > read:
        problem = f"there is no such record: {record} of {read}"
    elif record is not None:
        problem = f"record {record} is no verification that can be shown"
    else:
        problem = f"none of its {read} records can be shown" if read else "there are no records in it"
    return RecordError(problem, source)


def _records(source: str, on_rejected: Any) -> "Records":
    from hir_data.cli.records import Records
    from hir_data.formats.reader import read_units
    from hir_data.replays.dataset import MANIFEST, read_samples
    from hir_data.replays.verifications import read_verification
    from hir_data.report.replay_examples import replay_pairs

    if (Path(source) / MANIFEST).is_file():
        pairs: Iterator[Any] = replay_pairs(read_samples(Path(source)))
        return Records(pairs, lambda pair: pair, on_rejected)
    return Records(iter(read_units(source)), read_verification, on_rejected)


def _print(records: "Records", wanted: "Filter", record: int | None, limit: int | None) -> int:
    """Print the records that a filter takes, and say how many they are."""
    from hir_data.cli.records import blocks_of, heading_of
    from hir_data.report.record_view import Marking

    marking = Marking(colours=False)
    shown, place = 0, (record or 1) - 1
    most = 1 if record else limit
    while (most is None or shown < most) and (found := records.find(wanted, place)):
        here, each = found
        if record and here != place:
            break
        lines = [f"=== {heading_of(each, here + 1)}"]
        for block in blocks_of(each, marking):
            for number, column in enumerate(block.columns):
                name = f", {block.names[number]}" if block.names else ""
                lines += [f"--- {block.title}{name}", column.plain]
        typer.echo("\n".join([*lines, ""]))
        shown += 1
        for passed in range(place, here + 1):
            records.forget(passed)
        place = here + 1
    return shown
