"""``hir-data export``: the data set of ``hir-data replay`` as files that trainers read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.files import check_writable, file_command
from hir_data.cli.outcome import PARTIAL, warn
from hir_data.cli.progress import counted, progress
from hir_data.schemas.english import number_of

if TYPE_CHECKING:
    from hir_data.cli.settings import ResumableConfig
    from hir_data.engine.config import PluginConfig
    from hir_data.formats.exports.config import ExportRunConfig
    from hir_data.runs.export import Exported


@command(
    example="hir-data export replayed --to trl-kto -o kto.parquet",
    docs="how-to/export.md",
    config="hir_data.formats.exports.config:ExportRunConfig",
    plugins="hir_data.engine.config:PluginConfig",
    run="hir_data.cli.settings:ResumableConfig",
)
def export(
    datasets: options.Datasets,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="FORMAT",
            help="Format to write: trl-kto, -dpo, -sft, -grpo; verl; openrlhf; llama-factory-sft, -dpo, "
            "-kto; swift-sft, -dpo, -kto, -grpo; axolotl-sft, -dpo; prime-rl, prime-rl-sft; nemo-gym; "
            "feedback; instruction-pairs; jsonl.",
            rich_help_panel=options.FILES,
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE|DIR",
            help="File to write (.jsonl, .jsonl.gz or .parquet), folder of Parquet files, or - for stdout.",
            rich_help_panel=options.FILES,
        ),
    ],
    *,
    config: "ExportRunConfig",
    plugins: "PluginConfig",
    run: "ResumableConfig",
) -> None:
    """Write the data set of hir-data replay in the format of a trainer.

    Samples that make no row are counted by reason. The exit code is 1 if the rows are unfit for training:
    there are none, or one of the two labels that KTO needs is missing.
    """
    with file_command(*datasets, output=output, run=run, plugins=plugins.plugin) as this:
        from hir_data.errors import OutputError
        from hir_data.replays.merge import folders_of, merged_manifest, read_datasets
        from hir_data.runs import export as exporting
        from hir_data.runs.dataset_info import info_path

        if config.push_to_hub:
            if not _can_be_pushed(output):
                raise OutputError("--push-to-hub needs a file or a folder as the output")
            exporting.require_hub(config.push_to_hub)
        described = info_path(to, output)
        if described and run.summary and run.summary.absolute() == described.absolute():
            raise OutputError(f"{run.summary}: cannot be written: it describes the output to LlamaFactory")
        check_writable(described)
        folders = folders_of(datasets)
        with progress(run, "exporting", unit="samples") as advance:
            exported = exporting.export(
                counted(read_datasets(folders, verify_digests=config.verify_digests), advance),
                to,
                output,
                config,
                origin=config.origin,
                shard_rows=config.shard_rows,
                stdout=this.stdout,
                identity=_identity(folders, to, config, plugins),
                resume=run.resume,
            )
        this.report(exported.figures(), lambda _: _show(exported))
        for problem in exported.problems():
            warn(f"warning: {problem}")
        if exported.problems():
            raise typer.Exit(PARTIAL)
        if config.push_to_hub:
            told = config.model_dump(mode="json", exclude={"push_to_hub", "public", "verify_digests"})
            manifest = merged_manifest(folders)
            exporting.push(
                output,
                config.push_to_hub,
                public=config.public,
                license=config.license,
                card=exporting.card_of(output, config.push_to_hub, exported, told, manifest),
            )


def _identity(
    folders: list[Path], to: str, config: "ExportRunConfig", plugins: "PluginConfig"
) -> dict[str, Any]:
    """What has to be the same for a run to be resumed."""
    import hir_data
    from hir_data.replays import dataset

    return {
        "hir_data": hir_data.__version__,
        "shards": [shard.sha256 for folder in folders for shard in dataset.read_manifest(folder).shards],
        "to": to,
        **config.model_dump(mode="json", exclude={"push_to_hub", "public", "license", "verify_digests"}),
        **plugins.model_dump(mode="json"),
    }


def _can_be_pushed(output: str) -> bool:
    path = Path(output)
    return output != "-" and (not path.exists() or path.is_file() or path.is_dir())


def _show(exported: "Exported") -> None:
    labels = ", ".join(f"{number} {label}" for label, number in sorted(exported.labels.items(), reverse=True))
    told = f" ({labels})" if labels else ""
    typer.echo(f"{number_of(exported.rows, 'row')}{told} of {number_of(exported.samples, 'sample')}")
    for reason, number in exported.left_out.most_common():
        typer.echo(f"left out: {number:>7}  {reason}")
