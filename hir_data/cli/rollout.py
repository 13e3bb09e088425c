"""``hir-data rollout``: responses of a model to the instructions of a file."""

import contextlib
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.outcome import PARTIAL, Rejections, cli_errors, warn, write_summary

if TYPE_CHECKING:
    from hir_data.models.sampling import Sampler, SamplingParams
    from hir_data.runs.rollout import RolloutState


def rollout(
    instructions: Annotated[
        str,
        typer.Argument(
            help="Prompts with constraints: JSONL, JSON or Parquet, a folder, a data set, or - (stdin)."
        ),
    ],
    output: Annotated[
        str,
        typer.Option("--output", "-o", help="Where rollouts go: .jsonl, .jsonl.gz, .parquet, or - (stdout)."),
    ],
    model: Annotated[
        str,
        typer.Option("--model", "-m", help="A Hugging Face model: a folder or a name; or the server's name."),
    ],
    number: Annotated[int, typer.Option("-n", min=1, help="Responses to each prompt.")] = 6,
    base_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Ask a server that speaks OpenAI's chat protocol, such as http://localhost:8000/v1. The key "
            "is taken from the environment: HIR_DATA_MODEL_KEY, else OPENAI_API_KEY.",
        ),
    ] = None,
    system: Annotated[str | None, typer.Option(help="A system message.")] = None,
    temperature: Annotated[
        float, typer.Option(min=0, help="Of the softmax; 0 takes the likeliest token.")
    ] = 1.0,
    top_p: Annotated[
        float, typer.Option(min=0.0001, max=1, help="The share of the probability to draw from.")
    ] = 1.0,
    max_new_tokens: Annotated[int, typer.Option(min=1, help="Where a response is cut off.")] = 1024,
    seed: Annotated[int, typer.Option(help="Equal seeds give equal responses.")] = 0,
    batch_size: Annotated[
        int, typer.Option(min=1, help="Responses that are drawn at a time (without --base-url).")
    ] = 32,
    device: Annotated[
        str | None,
        typer.Option(help="Such as cuda:0. Default: a GPU if there is one.", show_default=False),
    ] = None,
    dtype: Annotated[
        str | None,
        typer.Option(
            help="Such as bfloat16. Default: the model's own on a GPU, else float32.", show_default=False
        ),
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Requests to the server at a time, at most.")] = 16,
    timeout: Annotated[
        float, typer.Option(min=0.01, help="Seconds that one request to the server may take.")
    ] = 600.0,
    top_logprobs: Annotated[
        int, typer.Option(min=0, help="Likeliest tokens of which the server is asked, for the entropy.")
    ] = 20,
    processed_logprobs: Annotated[
        bool,
        typer.Option(
            "--processed-logprobs",
            help="The server's log-probabilities are those at the temperature, not at 1 (vLLM: "
            "--logprobs-mode processed_logprobs).",
        ),
    ] = False,
    no_logprobs: Annotated[
        bool, typer.Option("--no-logprobs", help="Leave out token ids and log-probabilities.")
    ] = False,
    plugin: options.Plugins = None,
    format: options.Format = None,
    split: options.Split = None,
    limit: options.Limit = None,
    resume: options.Resume = False,
    max_rejected: options.MaxRejected = 0,
    summary: options.Summary = None,
    quiet: options.Quiet = False,
) -> None:
    """Draw responses to the instructions of a file from a model, with their log-probabilities."""
    kept = "; what is done is kept, --resume goes on from there" if output != "-" else ""
    with cli_errors(when_interrupted=kept):
        from hir_data.errors import ModelError, OutputError
        from hir_data.formats.reader import read_units
        from hir_data.models.sampling import SamplingParams
        from hir_data.runs.parquet import write_rollouts
        from hir_data.runs.rollout import RolloutState, sample_into
        from hir_data.runs.sinks import rejected_path, sink_of
        from hir_data.runs.source import limited

        if resume and "-" in (output, instructions):
            raise OutputError("--resume needs input from files and an output file (-o FILE)")
        if options.same_file(output, instructions):
            raise OutputError(f"{output}: cannot be written: it is the input")
        if summary and summary.absolute() == Path(output).absolute():
            raise OutputError(f"{summary}: cannot be written: it is the output")
        if not math.isfinite(temperature):
            raise ModelError(f"--temperature {temperature}: has to be a number")
        options.load(plugin)
        settings = SamplingParams(number, temperature, top_p, max_new_tokens, system)
        identity = _identity(instructions, split, model, base_url, settings, seed, plugin, no_logprobs)
        identity["format"] = format
        units = limited(read_units(instructions, split=split, format=format), limit)
        sink = sink_of(
            RolloutState, write_rollouts, output, sys.stdout.buffer, identity=identity, resume=resume
        )
        aside = contextlib.redirect_stdout(sys.stderr) if output == "-" else contextlib.nullcontext()
        sampling = _sampler(
            model,
            settings,
            base_url,
            server={
                "concurrency": concurrency,
                "timeout": timeout,
                "top_logprobs": top_logprobs,
                "processed_logprobs": processed_logprobs,
            },
            local={"batch_size": batch_size, "device": device, "dtype": dtype},
        )
        with aside, sampling as sampler, _progress(instructions, limit, quiet, sampler) as on_progress:
            began = time.perf_counter()
            state = sample_into(
                sink,
                units,
                sampler,
                seed=seed,
                keep_tokens=not no_logprobs,
                on_rejected=Rejections(quiet).show,
                on_progress=on_progress,
            )
            seconds = time.perf_counter() - began
            drawn = sampler.tokens
        figures = {
            "model": model,
            "read": state.read,
            "rejected": state.rejected,
            **state.drawn.summary(),
            "seconds": round(seconds, 3),
            "tokens_per_second": round(drawn / seconds, 1),
        }
        if not quiet:
            _show(figures, to_stderr=output == "-")
        if summary:
            write_summary(figures, summary)
        if state.rejected:
            where = f" (see {rejected_path(Path(output))})" if output != "-" else ""
            warn(f"{state.rejected} of {state.read} records were rejected{where}")
        if state.rejected > max_rejected:
            raise typer.Exit(PARTIAL)


def _identity(
    instructions: str,
    split: str | None,
    model: str,
    base_url: str | None,
    settings: "SamplingParams",
    seed: int,
    plugins: list[str] | None,
    no_logprobs: bool,
) -> dict[str, Any]:
    """What has to be the same for a run to be resumed."""
    from dataclasses import asdict

    import hir_data

    return {
        "hir_data": hir_data.__version__,
        "instructions": instructions,
        "split": split,
        "model": model,
        "server": base_url is not None,
        **asdict(settings),
        "seed": seed,
        "plugins": plugins or [],
        "no_logprobs": no_logprobs,
    }


@contextlib.contextmanager
def _sampler(
    model: str,
    settings: "SamplingParams",
    base_url: str | None,
    server: dict[str, Any],
    local: dict[str, Any],
) -> "Iterator[Sampler]":
    """Whoever draws, ready to."""
    if base_url:
        from hir_data.models.openai_sampler import OpenAISampler

        with OpenAISampler(model, settings, base_url, **server) as sampler:
            yield sampler
    else:
        from hir_data.models.transformers_sampler import TransformersSampler

        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")  # there is one of ours
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        yield TransformersSampler(model, settings, **local)


@contextlib.contextmanager
def _progress(
    source: str, limit: int | None, quiet: bool, sampler: "Sampler"
) -> Iterator[Callable[["RolloutState"], None]]:
    """A progress bar with the tokens a second, if somebody is there to see it."""
    if quiet or not sys.stderr.isatty():
        yield lambda state: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
    from rich.progress import TimeRemainingColumn as TimeLeft
    from rich.text import Text

    from hir_data.cli.screen import screen
    from hir_data.formats.files import count_rows

    class Speed(ProgressColumn):
        """The tokens a second, also between answers."""

        def render(self, task: Task) -> Text:
            return Text(f"{sampler.tokens / task.elapsed if task.elapsed else 0.0:.0f} tokens/s")

    columns = (TextColumn("sampling"), BarColumn(), MofNCompleteColumn(), Speed(), TimeLeft())
    number = count_rows(source)
    with Progress(*columns, console=screen(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=min(filter(None, (number, limit)), default=None))
        yield lambda state: bar.update(task, completed=state.read)


def _show(figures: dict[str, Any], to_stderr: bool) -> None:
    from hir_data.cli.screen import screen

    lines = [
        "{prompts} prompts, {responses} responses, {tokens} tokens, {tokens_per_second:.0f} tokens/s",
        "cut off: {cut_off} ({share:.1f}%), blank: {blank}",
        "mean entropy: {mean}",
    ]
    share = 100 * (figures["cut_off_share"] or 0.0)
    mean = "unknown" if figures["entropy"] is None else f"{figures['entropy']:.3f} nats a token"
    for line in lines:
        screen(stderr=to_stderr).print(line.format(**figures, share=share, mean=mean))
