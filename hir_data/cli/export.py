"""``hir-data export``: the data set of ``hir-data replay`` as files that trainers read."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hir_data.cli import options
from hir_data.cli.outcome import PARTIAL, cli_errors, warn, write_summary

if TYPE_CHECKING:
    from hir_data.runs.export import Exported


class Origin(StrEnum):
    """Which samples are wanted."""

    ROLLOUT = "rollout"
    REPLAY = "replay"


def export(
    folder: Annotated[Path, typer.Argument(help="What hir-data replay has written.")],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help="trl-kto, trl-dpo, trl-sft, trl-grpo, verl, openrlhf, instruction-pairs or jsonl.",
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            help="Where rows go: .jsonl, .jsonl.gz, .parquet, a folder (of Parquet files), or - (stdout).",
        ),
    ],
    origin: Annotated[
        Origin | None,
        typer.Option(
            metavar="rollout|replay", help="Only samples as they were, or only replays. Default: both."
        ),
    ] = None,
    without_thinking: Annotated[
        bool,
        typer.Option("--without-thinking", help="Write what was verified: no thinking that was taken out."),
    ] = False,
    system: Annotated[
        str | None, typer.Option(metavar="TEXT", help="A system message before each prompt.")
    ] = None,
    max_pairs: Annotated[int, typer.Option(min=1, help="Pairs that a prompt may have (trl-dpo).")] = 4,
    shard_rows: Annotated[int, typer.Option(min=1, help="Rows in each file of a folder, at most.")] = 50_000,
    push_to_hub: Annotated[
        str | None,
        typer.Option(metavar="REPO", help="Push the rows to this data set on the Hugging Face Hub as well."),
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="Make that data set a public one.")] = False,
    summary: options.Summary = None,
    plugin: options.Plugins = None,
    resume: options.Resume = False,
    quiet: options.Quiet = False,
) -> None:
    """Write the data set of hir-data replay in the format of a trainer.

    Samples that make no row of the format are counted by reason. The exit code is 1 if the rows are unfit to
    train on: there are none, or KTO would lack one of its labels.
    """
    kept = "; what is done is kept, --resume goes on from there" if output != "-" else ""
    with cli_errors(when_interrupted=kept):
        import hir_data
        from hir_data.errors import OutputError
        from hir_data.formats.exports.rows import ExportOptions
        from hir_data.replays import dataset
        from hir_data.runs import export as exporting

        if push_to_hub:
            if not _can_be_pushed(output):
                raise OutputError("--push-to-hub needs a file or a folder as the output")
            exporting.require_hub(push_to_hub)
        if resume and output == "-":
            raise OutputError("--resume needs an output file or folder (-o OUT)")
        options.load(plugin)
        manifest = dataset.read_manifest(folder)
        identity = {
            "hir_data": hir_data.__version__,
            "shards": [shard.sha256 for shard in manifest.shards],
            "to": to,
            "origin": origin,
            "without_thinking": without_thinking,
            "system": system,
            "max_pairs": max_pairs,
            "shard_rows": shard_rows,
            "plugins": plugin or [],
        }
        exported = exporting.export(
            dataset.read_samples(folder),
            to,
            output,
            ExportOptions(thinking=not without_thinking, system=system, pairs=max_pairs),
            origin=origin,
            shard_rows=shard_rows,
            identity=identity,
            resume=resume,
        )
        if summary:
            write_summary(exported.figures(), summary)
        if not quiet:
            _show(exported, to_stderr=output == "-")
        for problem in exported.problems():
            warn(f"warning: {problem}")
        if exported.problems():
            raise typer.Exit(PARTIAL)
        if push_to_hub:
            exporting.push(output, push_to_hub, public=public)


def _can_be_pushed(output: str) -> bool:
    path = Path(output)
    return output != "-" and (not path.exists() or path.is_file() or path.is_dir())


def _show(exported: "Exported", *, to_stderr: bool) -> None:
    labels = ", ".join(f"{number} {label}" for label, number in sorted(exported.labels.items(), reverse=True))
    told = f" ({labels})" if labels else ""
    typer.echo(f"{exported.rows} rows{told} of {exported.samples} samples", err=to_stderr)
    for reason, number in exported.left_out.most_common():
        typer.echo(f"left out: {number:>7}  {reason}", err=to_stderr)
