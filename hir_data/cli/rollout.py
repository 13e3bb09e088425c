"""``hir-data rollout``: responses of a model to the instructions of a file."""

import contextlib
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.files import file_command, total_of
from hir_data.cli.outcome import warn
from hir_data.cli.progress import progress, reporting
from hir_data.schemas.english import number_of

if TYPE_CHECKING:
    from hir_data.cli.settings import InputConfig, RunConfig
    from hir_data.engine.config import PluginConfig
    from hir_data.models.config import RolloutConfig
    from hir_data.models.sampling import Sampler
    from hir_data.runs.rollout import RolloutState


@command(
    example="hir-data rollout prompts.jsonl -m Qwen/Qwen2.5-0.5B-Instruct -n 6 -o rollouts.jsonl",
    docs="how-to/rollout.md",
    source="hir_data.cli.settings:InputConfig",
    config="hir_data.models.config:RolloutConfig",
    plugins="hir_data.engine.config:PluginConfig",
    run="hir_data.cli.settings:RunConfig",
)
def rollout(
    instructions: options.Prompts,
    output: options.Output,
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME|DIR",
            help="Model to sample from: a folder or a name on the Hugging Face hub; with --base-url the "
            "server's name of it.",
            rich_help_panel="Sampling",
        ),
    ],
    *,
    source: "InputConfig",
    config: "RolloutConfig",
    plugins: "PluginConfig",
    run: "RunConfig",
) -> None:
    """Sample responses to the prompts of a file from a model, with their log-probabilities."""
    with file_command(
        instructions, output=output, run=run, plugins=plugins.plugin, named=source.named
    ) as this:
        from hir_data.formats.reader import read_units
        from hir_data.report.provenance import PLACES, provenance
        from hir_data.runs.feedback import Failures
        from hir_data.runs.parquet import write_rollouts
        from hir_data.runs.rollout import RolloutState, sample_into
        from hir_data.runs.sinks import sink_of
        from hir_data.runs.source import limited

        units = limited(
            read_units(instructions, **source.reading),
            source.limit,
        )
        failures = Failures(units)
        identity = _identity(instructions, model, source, config, plugins)
        sink = sink_of(
            RolloutState, write_rollouts, output, this.stdout, identity=identity, resume=run.resume
        )
        if source.templated == "keep":  # what is read as it is, is sent as it is
            config = config.model_copy(update={"allow_templated": True})
        ended = _Ended(config.n)
        total = total_of(instructions, source.limit)
        with (
            sink.reserved(),  # before a model is loaded
            _sampler(model, config) as sampler,
            progress(
                run,
                "sampling",
                lambda: None if (prompts := total()) is None or config.with_feedback else config.n * prompts,
                unit="responses",
                tokens=lambda: sampler.tokens,
                counter=lambda: ended.of(sampler),
            ) as advance,
        ):
            report = reporting(advance)

            def on_progress(state: "RolloutState") -> None:
                kept = 0 if ended.begun else sink.batches.number  # those of a run that this one goes on with
                ended.read(state)
                report(config.n * state.read + kept)

            began = time.perf_counter()
            state = sample_into(
                sink,
                failures if config.with_feedback else units,
                sampler,
                seed=config.seed,
                keep_tokens=not config.no_logprobs,
                with_feedback=config.with_feedback,
                template_options=config.template_option,
                on_rejected=this.rejections.show,
                on_progress=on_progress,
            )
            seconds = time.perf_counter() - began
        figures = _figures(model, state, sampler.tokens, seconds)
        figures["provenance"] = provenance(identity, state.digest, (*PLACES, "seed"))
        if servers := getattr(sampler, "servers", None):
            figures["servers"] = servers
        if config.with_feedback:
            figures["without_violation"] = failures.others
        this.report(figures, _show)
        this.end(state.rejected, state.read)


class _Ended:
    """Counts the responses that have come to their end; of a record that is rejected, all that it would have.

    Args:
        n: responses to a prompt.
    """

    def __init__(self, n: int) -> None:
        self._n = n
        self._before: int | None = None  # records of an earlier run that this one goes on with
        self._elsewhere = 0  # records that the sampler has no responses to: those, and rejected ones

    def read(self, state: "RolloutState") -> None:
        """Say how far the run is; at its start too."""
        if self._before is None:
            self._before = state.read - state.rejected
        self._elsewhere = self._before + state.rejected

    @property
    def begun(self) -> bool:
        """Whether the run has said how far it is."""
        return self._before is not None

    def of(self, sampler: "Sampler") -> int:
        """Responses that have come to their end."""
        return self._n * self._elsewhere + int(getattr(sampler, "ended", 0))


def _figures(model: str, state: "RolloutState", tokens: int, seconds: float) -> dict[str, Any]:
    return {
        "model": model,
        "read": state.read,
        "rejected": state.rejected,
        **state.drawn.summary(),
        "seconds": round(seconds, 3),
        "tokens_per_second": round(tokens / seconds, 1),
    }


def _identity(
    instructions: str, model: str, source: "InputConfig", config: "RolloutConfig", plugins: "PluginConfig"
) -> dict[str, Any]:
    """What has to be the same for a run to be resumed."""
    import hir_data
    from hir_data.models.config import SamplingParams

    return {
        "hir_data": hir_data.__version__,
        "instructions": instructions,
        **source.model_dump(exclude={"limit"}),
        "model": model,
        "server": bool(config.base_url),
        **config.model_dump(include={*SamplingParams.model_fields, "seed", "no_logprobs"}),
        **({"with_feedback": True} if config.with_feedback else {}),
        **(
            {"engine": config.engine, "dtype": config.dtype, "engine_option": config.engine_option}
            if config.engine != "transformers"
            else {}
        ),
        **plugins.model_dump(mode="json"),
    }


@contextlib.contextmanager
def _sampler(model: str, config: "RolloutConfig") -> "Iterator[Sampler]":
    """What samples responses, ready to."""
    server = config.model_dump(include={"concurrency", "timeout", "top_logprobs", "processed_logprobs"})
    if len(config.base_url) > 1:
        from hir_data.models.server_fleet import ServerFleet

        with ServerFleet(model, config, config.base_url, on_trouble=warn, **server) as fleet:
            yield fleet
    elif config.base_url:
        from hir_data.models.openai_sampler import OpenAISampler

        with OpenAISampler(model, config, *config.base_url, **server) as sampler:
            yield sampler
    else:
        from hir_data.models.local_samplers import LocalSamplers

        with LocalSamplers() as samplers:
            yield samplers.sampler(model, config)


def _show(figures: dict[str, Any]) -> None:
    from hir_data.cli.screen import screen

    counts = ", ".join(number_of(figures[f"{noun}s"], noun) for noun in ("prompt", "response", "token"))
    lines = [
        f"{counts}, {{tokens_per_second:.0f}} tokens/s",
        "cut off: {cut_off} ({share:.1f}%), blank: {blank}",
        "mean entropy: {mean}",
    ]
    share = 100 * (figures["cut_off_share"] or 0.0)
    mean = "unknown" if figures["entropy"] is None else f"{figures['entropy']:.3f} nats a token"
    for line in lines:
        screen().print(line.format(**figures, share=share, mean=mean))
    for server in figures.get("servers", ()):
        times = server["left_out"]
        left_out = f", left out {number_of(times, 'time')}: {server['problem']}" if times else ""
        responses = number_of(server["responses"], "response")
        screen().print(f"{server['server']} {responses}{left_out}", soft_wrap=True)
    if "without_violation" in figures:
        passed = figures["without_violation"]
        verbs = "violates nothing and is" if passed == 1 else "violate nothing and are"
        screen().print(f"{number_of(passed, 'response')} {verbs} passed over")
