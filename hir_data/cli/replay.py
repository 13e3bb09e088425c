"""``hir-data replay``: failed rollouts become successes of the instructions that they do satisfy."""

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.files import file_command, input_files, total_of
from hir_data.cli.outcome import warn
from hir_data.cli.progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hir_data.cli.settings import InputConfig, PageConfig
    from hir_data.engine.config import EngineConfig, VerifyConfig
    from hir_data.formats.reader import InputRecord
    from hir_data.replays.config import ReplayRunConfig
    from hir_data.runs.replay_part import ReplayStage


@command(
    example="hir-data replay rollouts.jsonl -o replayed -k 6",
    docs="how-to/replay.md",
    source="hir_data.cli.settings:InputConfig",
    config="hir_data.replays.config:ReplayRunConfig",
    verification="hir_data.engine.config:VerifyConfig",
    machines="hir_data.engine.config:EngineConfig",
    run="hir_data.cli.settings:PageConfig",
)
def replay(
    rollouts: Annotated[str, typer.Argument(help=options.ROLLOUTS)],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="Folder to write the data set to.",
            rich_help_panel=options.FILES,
        ),
    ],
    responses: options.Responses = None,
    *,
    source: "InputConfig",
    config: "ReplayRunConfig",
    verification: "VerifyConfig",
    machines: "EngineConfig",
    run: "PageConfig",
) -> None:
    """Replay failed rollouts under instructions that they satisfy.

    Rollouts are verified first; verifications are used as they are. The data set has every rollout and,
    after each rollout that was selected, its replay.
    """
    with file_command(
        rollouts, responses, output=str(output), run=run, plugins=verification.plugin, named=source.named
    ) as this:
        from hir_data.replays.dataset import read_manifest
        from hir_data.replays.merge import provenance_of
        from hir_data.runs.replay import Run

        notices: list[str] = []

        files = input_files([rollouts], output)
        sources = [functools.partial(_units, file, responses, source, len(files) > 1) for file in files]
        if len(files) > 1:
            _check_several(rollouts, responses, source)
        if rollouts != "-":  # where nothing can be read, nothing is left behind
            _check_readable(rollouts, sources)
        with (
            options.judge(verification) as judge,
            options.rewriter(config) as rewriter,
            progress(run, "replay", total_of(files, source.limit)) as advance,
        ):
            figures = Run(
                output,
                sources,
                config,
                anew=config.verify_anew or rollouts == "-" or responses is not None,
                thinking_tag=verification.strip_thinking,
                workers=machines.workers(verification.workers, options.cpus()),
                timeout=verification.timeout,
                engine=machines.engine,
                address=machines.address,
                judge=judge,
                rewriter=rewriter,
                shard=config.shard_size,
                names=files if len(files) > 1 else (),
                identity=_identity(rollouts, responses, source, config, verification),
                resume=run.resume,
                on_rejected=this.rejections.show,
                on_progress=lambda stage, units: advance(units, _STAGES[stage]),
                on_notice=notices.append,
            )()
        figures |= {"provenance": provenance_of(read_manifest(output))}
        figures |= {"judge": judge.summary()} if judge else {}
        figures |= {"rewriter_model": rewriter.summary()} if rewriter else {}
        this.report(figures, _show)
        if config.show:
            _show_examples(output, config.show)
        for notice in notices:
            warn(notice)
        this.end(figures["rejected"])


_STAGES: "dict[ReplayStage, str]" = {
    "verifying": "verifying",
    "sampling": "sampling responses to measure bits on",
    "looking": "selecting what is replayed",
    "writing": "rewriting",
}


def _units(
    file: str, responses: str | None, source: "InputConfig", may_be_empty: bool
) -> "Iterator[InputRecord]":
    """The records of a file; a cluster opens it where it reads it."""
    from hir_data.formats.reader import read_units
    from hir_data.runs.source import limited

    return limited(read_units(file, responses, may_be_empty=may_be_empty, **source.reading), source.limit)


def _check_readable(rollouts: str, sources: "Sequence[Callable[[], Iterator[InputRecord]]]") -> None:
    """See that each file can be opened, and that one of them has records."""
    from hir_data.errors import RecordError

    if not sum(next(units(), None) is not None for units in sources):
        raise RecordError(f"there are no records in any of its {len(sources)} files", rollouts)


def _check_several(rollouts: str, responses: str | None, source: "InputConfig") -> None:
    """See that nothing is asked for that is of one file."""
    from hir_data.errors import RecordError

    for option, value in {"--responses": responses, "--limit": source.limit}.items():
        if value:
            raise RecordError(f"is a pattern of several files; {option} needs one file", rollouts)


def _identity(
    rollouts: str,
    responses: str | None,
    source: "InputConfig",
    config: "ReplayRunConfig",
    verification: "VerifyConfig",
) -> dict[str, Any]:
    """What has to be the same for a run to be resumed, besides how replays are made."""
    return {
        "input": rollouts,
        "responses": responses,
        **source.model_dump(),
        **config.model_dump(include={"verify_anew", "rewriter_model"}),
        **verification.model_dump(mode="json", include={"strip_thinking", *options.DECIDING}),
    }


def _show_examples(folder: Path, number: int) -> None:
    from hir_data.cli.screen import screen
    from hir_data.replays.dataset import read_samples
    from hir_data.report.replay_examples import least_informative, print_examples

    print_examples(least_informative(read_samples(folder), number), screen(), str(folder))


def _show(figures: dict[str, Any]) -> None:
    from hir_data.cli.screen import screen
    from hir_data.report.replay_table import print_replay

    print_replay(figures, screen())
