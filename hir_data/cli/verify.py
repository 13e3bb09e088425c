"""``hir-data verify``: which constraints the responses of a file satisfy."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.outcome import PARTIAL, Rejections, cli_errors, warn, write_summary

if TYPE_CHECKING:
    from hir_data.runs.sinks import VerifyState


def verify(
    prompts: Annotated[
        str,
        typer.Argument(
            help="Prompts with constraints: JSONL, JSON or Parquet, a folder, a data set, or - (stdin)."
        ),
    ],
    responses: Annotated[
        str | None, typer.Option("--responses", "-r", help="Responses, joined by key, else by prompt.")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", help="Where verifications go: .jsonl, .jsonl.gz, .parquet, or - (stdout)."
        ),
    ] = None,
    strict_only: Annotated[bool, typer.Option("--strict-only", help="Leave out the loose verdicts.")] = False,
    workers: options.Workers = None,
    timeout: options.Timeout = 10.0,
    strip_thinking: options.StripThinking = None,
    plugin: options.Plugins = None,
    judge_model: options.JudgeModel = None,
    judge_url: options.JudgeUrl = None,
    judge_concurrency: options.JudgeConcurrency = 8,
    judge_timeout: options.JudgeTimeout = 60.0,
    judge_cache: options.JudgeCache = None,
    no_judge_cache: options.NoJudgeCache = False,
    judge_price: options.JudgePrice = None,
    format: options.Format = None,
    split: options.Split = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD", help="Figures for each value of a field of metadata too. Repeatable."),
    ] = None,
    limit: options.Limit = None,
    resume: options.Resume = False,
    max_rejected: options.MaxRejected = 0,
    summary: options.Summary = None,
    quiet: options.Quiet = False,
) -> None:
    """Verify the responses of a file, and report accuracy.

    Overall, with confidence intervals, and by kind of constraint.
    """
    kept = "; what is done is kept, --resume goes on from there" if output not in (None, "-") else ""
    with cli_errors(when_interrupted=kept):
        from hir_data.errors import OutputError, RecordError
        from hir_data.formats.reader import read_units
        from hir_data.report.verify_figures import DEFAULT_GROUP_FIELDS
        from hir_data.runs.sinks import open_sink, rejected_path
        from hir_data.runs.source import limited
        from hir_data.runs.verify import verify_into

        if resume and (output in (None, "-") or "-" in (prompts, responses)):
            raise OutputError("--resume needs input from files and an output file (-o FILE)")
        if prompts == responses == "-":
            raise RecordError("prompts and responses cannot both come from there", "stdin")
        if output and any(options.same_file(output, source) for source in (prompts, responses)):
            raise OutputError(f"{output}: cannot be written: it is the input")
        if summary and output and summary.absolute() == Path(output).absolute():
            raise OutputError(f"{summary}: cannot be written: it is the output")
        options.load(plugin)
        units = limited(read_units(prompts, responses, split=split, format=format), limit)
        identity = _identity(prompts, responses, split, strict_only, strip_thinking, plugin, judge_model)
        identity |= {"format": format, "by": by or []}
        sink = open_sink(output, sys.stdout.buffer, identity=identity, resume=resume)
        aside = contextlib.redirect_stdout(sys.stderr) if output == "-" else contextlib.nullcontext()
        judging = options.judge(
            judge_model,
            judge_url,
            judge_concurrency,
            judge_timeout,
            judge_cache,
            no_judge_cache,
            judge_price,
        )
        with aside, judging as judge, _progress(responses or prompts, quiet) as on_progress:
            state = verify_into(
                sink,
                units,
                thinking_tag=strip_thinking,
                loose=not strict_only,
                workers=options.processors() if workers is None else workers,
                timeout=timeout,
                judge=judge,
                by=list(dict.fromkeys([*DEFAULT_GROUP_FIELDS, *(by or [])])),
                on_rejected=Rejections(quiet).show,
                on_progress=on_progress,
            )
        figures = state.tally.summary(read=state.read, rejected=state.rejected, loose=not strict_only)
        if judge:
            figures["judge"] = judge.summary()
        _report(figures, to_stderr=output == "-", quiet=quiet)
        if summary:
            write_summary(figures, summary)
        if state.rejected:
            where = f" (see {rejected_path(Path(output))})" if output and output != "-" else ""
            warn(f"{state.rejected} of {state.read} records were rejected{where}")
        if state.rejected > max_rejected:
            raise typer.Exit(PARTIAL)


def _identity(
    prompts: str,
    responses: str | None,
    split: str | None,
    strict_only: bool,
    strip_thinking: str | None,
    plugins: list[str] | None,
    judge_model: str | None,
) -> dict[str, Any]:
    """What has to be the same for a run to be resumed."""
    import hir_data

    return {
        "hir_data": hir_data.__version__,
        "prompts": prompts,
        "responses": responses,
        "split": split,
        "strict_only": strict_only,
        "strip_thinking": strip_thinking,
        "plugins": plugins or [],
        "judge": judge_model,
    }


@contextlib.contextmanager
def _progress(source: str, quiet: bool) -> Iterator[Callable[["VerifyState"], None]]:
    """A progress bar, if somebody is there to see it."""
    if quiet or not sys.stderr.isatty():
        yield lambda state: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from hir_data.cli.screen import screen
    from hir_data.formats.files import count_rows

    columns = (
        TextColumn("verifying"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=count_rows(source), rate="")

        def show(state: "VerifyState") -> None:
            speed = bar.tasks[0].speed
            bar.update(task, completed=state.read, rate=f"{speed:.0f}/s" if speed else "")

        yield show


def _report(figures: dict[str, Any], to_stderr: bool, quiet: bool) -> None:
    if quiet:
        return
    from hir_data.cli.screen import screen
    from hir_data.report.verify_table import print_report

    print_report(figures, screen(stderr=to_stderr))
