"""``hir-data replay``: failed rollouts become successes of the instructions that they do satisfy."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.outcome import PARTIAL, Rejections, cli_errors, warn, write_summary

if TYPE_CHECKING:
    from hir_data.replays.config import ReplayConfig
    from hir_data.replays.rewriting.llm import LLMRewriter


def replay(
    rollouts: Annotated[
        str,
        typer.Argument(
            help="Rollouts, or verifications: JSONL, JSON or Parquet, a folder, a data set, or - (stdin)."
        ),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the data set goes.")],
    responses: Annotated[
        str | None, typer.Option("--responses", "-r", help="Responses, joined by key, else by prompt.")
    ] = None,
    select: Annotated[
        str,
        typer.Option(
            metavar="METHOD", help="How rollouts are chosen: balanced, paper, random, cla or entropy."
        ),
    ] = "balanced",
    k: Annotated[float, typer.Option("-k", min=0, help="Replays a prompt, on average.")] = 6.0,
    step: Annotated[int, typer.Option(min=0, help="Of the training; CLA counts more as it goes on.")] = 0,
    lambda0: Annotated[float, typer.Option(min=0, help="The weight of CLA at step 0.")] = 2.0,
    eta: Annotated[float, typer.Option(min=0, help="How that grows: by the factor 1 + eta a step.")] = 0.05,
    lambda_max: Annotated[
        float, typer.Option(min=0, help="Where that ends (not with --select paper).")
    ] = 4.0,
    per_prompt: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Replays of one prompt, at most. Default: twice k; with --select paper no limit.",
            show_default=False,
        ),
    ] = None,
    min_kept: Annotated[
        int, typer.Option(min=1, help="Constraints that a replay's instruction has, at least.")
    ] = 1,
    stratify: Annotated[
        bool, typer.Option("--stratify", help="Take turns among the kinds that responses satisfy.")
    ] = False,
    batch_prompts: Annotated[
        int | None,
        typer.Option(
            min=1, help="Choose among so many prompts at a time. Default: among all.", show_default=False
        ),
    ] = None,
    relabel: Annotated[
        str,
        typer.Option(
            metavar="HOW",
            help="What becomes of a violated constraint: hindsight (nearest, else flip, else drop), nearest, "
            "flip or drop.",
        ),
    ] = "hindsight",
    rewriter: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="How prompts are rewritten: spans (from question and criteria where they are known, else "
            "by taking out the sentences that state a constraint), criteria (the former alone), or llm (a "
            "model is asked).",
        ),
    ] = "spans",
    rewriter_model: Annotated[
        str | None,
        typer.Option("--rewriter-model", metavar="NAME", help="The model that --rewriter llm asks."),
    ] = None,
    rewriter_url: Annotated[
        str | None,
        typer.Option(
            "--rewriter-url",
            metavar="URL",
            help="Its endpoint, such as http://localhost:8000/v1; by default OpenAI's. The key is taken from "
            "the environment: HIR_DATA_MODEL_KEY, else OPENAI_API_KEY.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal data sets.")] = 0,
    verify_anew: Annotated[
        bool, typer.Option("--verify-anew", help="Leave the verdicts of verifications aside.")
    ] = False,
    shard_size: Annotated[
        int, typer.Option(min=1, help="Rollouts of which one shard is made; rounded up to 64.")
    ] = 8192,
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
    limit: options.Limit = None,
    resume: options.Resume = False,
    max_rejected: options.MaxRejected = 0,
    summary: options.Summary = None,
    quiet: options.Quiet = False,
) -> None:
    """Replay failed rollouts under instructions that they do satisfy.

    Rollouts are verified on the way; verifications are taken as they are. The data set has the rollouts as
    they were and, behind each that was chosen, its replay.
    """
    with cli_errors(when_interrupted="; what is done is kept, --resume goes on from there"):
        from hir_data.errors import OutputError
        from hir_data.formats.reader import read_units
        from hir_data.runs.replay import Run
        from hir_data.runs.sinks import rejected_path
        from hir_data.runs.source import limited

        if resume and "-" in (rollouts, responses):
            raise OutputError("--resume needs input from files")
        settings = _settings(
            selecting={
                "method": select,
                "k": k,
                "step": step,
                "lambda0": lambda0,
                "eta": eta,
                "lambda_max": lambda_max,
                "per_prompt": per_prompt,
                "min_kept": min_kept,
                "stratify": stratify,
                "seed": seed,
            },
            relabel=relabel,
            rewriter=rewriter,
            batch_prompts=batch_prompts,
        )
        options.load(plugin)
        identity = {
            "input": rollouts,
            "responses": responses,
            "split": split,
            "format": format,
            "limit": limit,
            "verify_anew": verify_anew,
            "strip_thinking": strip_thinking,
            "plugins": plugin or [],
            "judge": judge_model,
            "rewriter_model": rewriter_model,
        }
        judging = options.judge(
            judge_model,
            judge_url,
            judge_concurrency,
            judge_timeout,
            judge_cache,
            no_judge_cache,
            judge_price,
        )
        with (
            judging as judge,
            _model(settings, rewriter_model, rewriter_url) as model,
            _progress(quiet) as on_progress,
        ):
            run = Run(
                output,
                lambda: limited(read_units(rollouts, responses, split=split, format=format), limit),
                settings,
                anew=verify_anew or rollouts == "-" or responses is not None,
                thinking_tag=strip_thinking,
                workers=options.processors() if workers is None else workers,
                timeout=timeout,
                judge=judge,
                rewriter=model,
                shard=shard_size,
                identity=identity,
                resume=resume,
                on_rejected=Rejections(quiet).show,
                on_progress=on_progress,
            )
            figures = run()
        if judge:
            figures["judge"] = judge.summary()
        if model:
            figures["rewriter_model"] = model.summary()
        if not quiet:
            _report(figures)
        if summary:
            write_summary(figures, summary)
        if rejected := figures["rejected"]:
            warn(f"{rejected} records were rejected (see {rejected_path(output)})")
        if rejected > max_rejected:
            raise typer.Exit(PARTIAL)


def _settings(**given: Any) -> "ReplayConfig":
    from pydantic import ValidationError

    from hir_data.errors import RecordError
    from hir_data.replays.config import ReplayConfig

    names = {"method": "--select", "k": "-k"}
    try:
        return ReplayConfig(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][-1])
        option = names.get(name, f"--{name.replace('_', '-')}")
        raise RecordError(f"{first['msg']}, not {first['input']!r}", option) from None


def _model(
    settings: "ReplayConfig", name: str | None, url: str | None
) -> "contextlib.AbstractContextManager[LLMRewriter | None]":
    """The model that rewrites prompts; None where none is to."""
    from hir_data.errors import ModelError

    if settings.rewriter != "llm":
        if name or url:
            raise ModelError("--rewriter-model and --rewriter-url need --rewriter llm")
        return contextlib.nullcontext()
    if name is None:
        raise ModelError("--rewriter llm needs --rewriter-model")
    from hir_data.replays.rewriting.llm import LLMRewriter

    return LLMRewriter(name, url)


@contextlib.contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, int], None]]:
    """What the run is at, if somebody is there to see it."""
    if quiet or not sys.stderr.isatty():
        yield lambda stage, units: None
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from hir_data.cli.screen import screen

    columns = (SpinnerColumn(), TextColumn("{task.fields[stage]}"), TextColumn("{task.completed} records"))
    with Progress(*columns, console=screen(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, stage="reading")
        yield lambda stage, units: bar.update(task, stage=stage, completed=units)


def _report(figures: dict[str, Any]) -> None:
    from hir_data.cli.screen import screen
    from hir_data.report.replay_table import print_replay

    print_replay(figures, screen())
