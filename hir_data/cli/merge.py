"""``hir-data merge``: what several shards have written becomes one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.files import STREAM, FileCommand, check_writable, file_command, input_files
from hir_data.cli.outcome import warn, write_summary
from hir_data.schemas.english import number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hir_data.cli.settings import MergeConfig, RunConfig
    from hir_data.runs.merge import Content


@command(
    example="hir-data merge 'verified-*.jsonl' -o verified.jsonl",
    docs="how-to/machines.md",
    config="hir_data.cli.settings:MergeConfig",
    run="hir_data.cli.settings:RunConfig",
)
def merge(
    shards: Annotated[
        list[str],
        typer.Argument(
            metavar="SHARD",
            help="What the shards of one job have written: verifications, rollouts, summaries (.json) or "
            "data sets of replay; or a pattern in quotes.",
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE|DIR",
            help="File to write (.jsonl, .jsonl.gz, .parquet; .json for summaries; - for stdout), or folder "
            "for a data set.",
            rich_help_panel=options.FILES,
        ),
    ],
    *,
    config: "MergeConfig",
    run: "RunConfig",
) -> None:
    """Make one of what several shards have written, as if one machine had written it.

    Shards are taken in the order in which they are given, those of a pattern in the order of their names.
    Counts add up, and shares, means and intervals are computed anew. What does not belong together is
    refused: other settings, another version, the same records twice.
    """
    with file_command(*shards, output=output, run=run, plugins=config.plugin) as this:
        from hir_data.runs.merge import common_content

        sources = input_files(shards, output)
        content = common_content(sources)
        figures, show = _merged(content, sources, output, this, config, run)
        if content != "summaries" or output != STREAM:
            this.report(figures, show)
        this.end(figures.get("rejected", 0), figures.get("read"))


def _merged(
    content: "Content",
    sources: list[str],
    output: str,
    this: FileCommand,
    config: "MergeConfig",
    run: "RunConfig",
) -> "tuple[dict[str, Any], Callable[[dict[str, Any]], None]]":
    """The figures of all shards, which are merged, and what prints them."""
    from hir_data.errors import OutputError
    from hir_data.runs import merge as merging

    if content == "summaries":
        return _merged_summaries(sources, output, this, config), _shower(len(sources), content)
    if content == "data sets":
        if output == STREAM:
            raise OutputError("a data set needs a folder (-o DIR)")
        folders = [Path(source) for source in sources]
        return merging.merge_datasets(folders, Path(output), config.may_differ), _show_replay
    records = merging.MergedRecords(content, config.duplicates, config.may_differ)
    records.into(
        sources,
        output,
        this.stdout,
        resume=run.resume,
        identity={"shards": sources, **config.model_dump(mode="json")},
        on_rejected=this.rejections.show,
    )
    for problem in merging.problems_of(records, sources):
        warn(f"warning: {problem}")
    return records.figures(), _show_verify if content == "verifications" else _shower(len(sources), content)


def _merged_summaries(
    sources: "Sequence[str]", output: str, this: FileCommand, config: "MergeConfig"
) -> dict[str, Any]:
    from hir_data.report.merged_summaries import merge_summaries
    from hir_data.report.summary_formats import as_json
    from hir_data.runs.merge import read_summary

    figures = merge_summaries([(source, read_summary(source)) for source in sources], config.may_differ)
    if output == STREAM:
        this.stdout.write(as_json(figures).encode(errors="backslashreplace"))
        this.stdout.flush()
    else:
        check_writable(Path(output))
        write_summary(figures, Path(output))
    return figures


def _shower(number: int, content: str) -> "Callable[[dict[str, Any]], None]":
    return lambda figures: typer.echo(f"{content} of {number_of(number, 'shard')} merged")


def _show_verify(figures: dict[str, Any]) -> None:
    from hir_data.cli.screen import screen
    from hir_data.report.verify_table import print_report

    print_report(figures, screen())


def _show_replay(figures: dict[str, Any]) -> None:
    from hir_data.cli.screen import screen
    from hir_data.report.replay_table import print_replay

    print_replay(figures, screen())
