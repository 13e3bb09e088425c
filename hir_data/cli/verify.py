"""``hir-data verify``: which constraints the responses of a file satisfy."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.files import STREAM, file_command, own_files, total_of
from hir_data.cli.gate import Gate
from hir_data.cli.outcome import warn
from hir_data.cli.progress import progress, reporting

if TYPE_CHECKING:
    from hir_data.cli.settings import GateConfig, InputConfig, VerifyPageConfig
    from hir_data.engine.config import EngineConfig, VerifyRunConfig


@command(
    example="hir-data verify prompts.jsonl -r responses.jsonl -o verified.jsonl",
    docs="how-to/verify.md",
    source="hir_data.cli.settings:InputConfig",
    config="hir_data.engine.config:VerifyRunConfig",
    machines="hir_data.engine.config:EngineConfig",
    run="hir_data.cli.settings:VerifyPageConfig",
    gate="hir_data.cli.settings:GateConfig",
)
def verify(
    prompts: options.Prompts,
    responses: options.Responses = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="File to write verifications to: .jsonl, .jsonl.gz or .parquet; - for stdout. With "
            "--engine ray also a folder, to which each file of PROMPTS is written under its name.",
            rich_help_panel=options.FILES,
        ),
    ] = None,
    *,
    source: "InputConfig",
    config: "VerifyRunConfig",
    machines: "EngineConfig",
    run: "VerifyPageConfig",
    gate: "GateConfig",
) -> None:
    """Verify the responses of a file against the constraints of their prompts, and report the accuracy.

    The report has the accuracy of instructions and of constraints, with confidence intervals, and the
    accuracy of each kind of constraint.
    """
    with (
        file_command(
            prompts,
            responses,
            output=output,
            run=run,
            plugins=config.plugin,
            beside=gate.baseline,
            named=source.named,
        ) as this,
        Gate(gate, output, this.run) as passing,
    ):
        from hir_data.formats.reader import read_input
        from hir_data.report.provenance import provenance
        from hir_data.report.verify_figures import DEFAULT_GROUP_FIELDS
        from hir_data.runs.sinks import open_sink
        from hir_data.runs.source import limited
        from hir_data.runs.verify import verify_into

        identity = _identity(prompts, responses, source, config)
        if machines.engine == "ray" and _is_folder(output):
            figures = _verify_shards(prompts, str(output), responses, source, config, machines, run, gate)
            this.report(figures | passing.results(figures), _show, passing.write)
            if figures["rejected"]:
                warn(f"what was rejected is in {Path(str(output)) / 'rejected'}")
            dataclasses.replace(this, output=None).end(
                figures["rejected"], figures["read"], passing.end(figures)
            )
            return
        units = limited(
            read_input(prompts, responses, **source.reading),
            source.limit,
        )
        sink = open_sink(passing.output, this.stdout, identity=identity, resume=run.resume)
        notices: list[str] = []
        with (
            options.judge(config) as judge,
            progress(run, "verifying", total_of(responses or prompts, source.limit)) as advance,
        ):
            report = reporting(advance)
            state = verify_into(
                sink,
                units,
                thinking_tag=config.strip_thinking,
                loose=not config.strict_only,
                degrees=config.degree,
                quality=config.quality,
                workers=machines.workers(config.workers, options.cpus()),
                timeout=config.timeout,
                engine=machines.engine,
                address=machines.address,
                judge=judge,
                by=list(dict.fromkeys([*DEFAULT_GROUP_FIELDS, *config.by])),
                on_rejected=this.rejections.show,
                on_progress=lambda state: report(state.read),
                on_notice=notices.append,
            )
        figures = state.tally.summary(
            read=state.read, rejected=state.rejected, loose=not config.strict_only
        ) | ({"judge": judge.summary()} if judge else {})
        figures |= {"prompts": state.tally.sums(), "provenance": provenance(identity, state.digest)}
        if run.pass_rates:
            from hir_data.runs.pass_rates import write_pass_rates

            if passed := write_pass_rates(str(output), run.pass_rates) if state.tally.rollouts else {}:
                figures["pass_at_k"] = passed
        figures |= passing.results(figures)
        this.report(figures, _show, passing.write)
        for notice in notices:
            warn(notice)
        this.end(state.rejected, state.read, passing.end(figures))


def _is_folder(output: str | None) -> bool:
    """Whether an output is a folder of shards."""
    return output not in (None, STREAM) and (Path(str(output)).is_dir() or not Path(str(output)).suffix)


def _verify_shards(
    prompts: str,
    output: str,
    responses: str | None,
    source: "InputConfig",
    config: "VerifyRunConfig",
    machines: "EngineConfig",
    run: "VerifyPageConfig",
    gate: "GateConfig",
) -> dict[str, Any]:
    """The figures of files that a cluster verifies into a folder."""
    from hir_data.errors import OutputError
    from hir_data.report.verify_figures import DEFAULT_GROUP_FIELDS
    from hir_data.runs.ray import ShardOptions, shard_files, verify_shards

    for option, value in {
        "--responses": responses,
        "--limit": source.limit,
        "--judge-model": config.judge_model,
        "--report": run.report,
        "--pass-rates": run.pass_rates,
        "--baseline": gate.baseline,
    }.items():
        if value:
            raise OutputError(f"{option} needs an output file; {output} is a folder of shards")
    chosen = ShardOptions(
        thinking_tag=config.strip_thinking,
        loose=not config.strict_only,
        degrees=config.degree,
        quality=config.quality,
        timeout=config.timeout,
        by=tuple(dict.fromkeys([*DEFAULT_GROUP_FIELDS, *config.by])),
        reading=source.reading,
    )
    with progress(run, "verifying") as advance:
        return verify_shards(
            shard_files(prompts, own_files(output)),
            Path(output),
            chosen,
            identity=_identity(prompts, None, source, config),
            workers=config.workers or 0,
            address=machines.address,
            resume=run.resume,
            on_progress=reporting(advance),
        )


def _identity(
    prompts: str, responses: str | None, source: "InputConfig", config: "VerifyRunConfig"
) -> dict[str, Any]:
    """What has to be the same for a run to be resumed."""
    import hir_data

    same = {"strict_only", "degree", "quality", "strip_thinking", "by", *options.DECIDING}
    return {
        "hir_data": hir_data.__version__,
        "prompts": prompts,
        "responses": responses,
        **source.model_dump(mode="json", exclude={"limit"}),
        **config.model_dump(mode="json", include=same),
    }


def _show(figures: dict[str, Any]) -> None:
    from hir_data.cli.screen import screen
    from hir_data.report.verify_table import print_report

    print_report(figures, screen())
