"""The stages of a loop: each writes a file or a folder, resumes itself, and answers with its figures."""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hir_data.engine.judge import Judge
from hir_data.formats.reader import read_units
from hir_data.formats.rows import Row
from hir_data.models.config import LocalRolloutConfig
from hir_data.models.local_samplers import LocalSamplers
from hir_data.replays.config import ReplayRunConfig
from hir_data.replays.rewriting.rewriter import Rewriter
from hir_data.runs.parquet import write_rollouts
from hir_data.runs.replay import Run
from hir_data.runs.rollout import RolloutState, sample_into
from hir_data.runs.sinks import open_sink, sink_of
from hir_data.runs.verify import verify_into
from hir_data.schemas.rejected import Rejected
from hir_data.training.loop.buffer import Buffered, write_with
from hir_data.training.loop.config import LoopVerifyConfig
from hir_data.training.loop.ledger import StageFigures
from hir_data.training.settings import TrainConfig


@dataclass(slots=True)
class StageObserver:
    """Who is told how a stage goes.

    Attributes:
        rejected: told of each rejected record.
        progress: told what is done, and how much of it.
    """

    rejected: Callable[[Rejected], None] = lambda rejected: None
    progress: Callable[[str, int], None] = lambda what, done: None


@dataclass(slots=True)
class Verifier:
    """How responses are verified.

    Attributes:
        settings: as the configuration says.
        judge: who decides soft constraints.
    """

    settings: LoopVerifyConfig
    judge: Judge | None = None


def draw(
    prompts: Iterable[Row],
    model: str,
    output: Path,
    settings: LocalRolloutConfig,
    samplers: LocalSamplers,
    *,
    seed: int,
    digest: str,
    watch: StageObserver,
) -> StageFigures:
    """Draw responses of a model into a file of rollouts."""
    sampler = samplers.sampler(model, settings)
    sink = sink_of(
        RolloutState, write_rollouts, str(output), io.BytesIO(), identity={"loop": digest}, resume=True
    )
    state = sample_into(
        sink,
        prompts,
        sampler,
        seed=seed,
        template_options=settings.template_option,
        on_rejected=watch.rejected,
        on_progress=lambda state: watch.progress("sampling", state.read),
    )
    return {"rejected": state.rejected, **state.drawn.summary()}


def replay(
    rollouts: Path,
    output: Path,
    settings: ReplayRunConfig,
    *,
    verifier: Verifier,
    rewriter: Rewriter | None,
    digest: str,
    watch: StageObserver,
) -> StageFigures:
    """Verify rollouts and make a data set of them and of their replays."""
    run = Run(
        output,
        lambda: read_units(str(rollouts)),
        settings,
        thinking_tag=verifier.settings.strip_thinking,
        workers=verifier.settings.workers,
        timeout=verifier.settings.timeout,
        judge=verifier.judge,
        rewriter=rewriter,
        shard=settings.shard_size,
        identity={"loop": digest},
        resume=True,
        on_rejected=watch.rejected,
        on_progress=watch.progress,
    )
    return {"lambda": settings.weight, **run()}


def train(
    data: Path,
    model: str,
    output: Path,
    settings: TrainConfig,
    *,
    buffered: Sequence[Buffered] = (),
    iteration: int = 0,
    watch: StageObserver,
) -> StageFigures:
    """Train a model on a data set; ``learnt`` says whether there was anything to learn."""
    from hir_data.training import checkpoints, run

    if buffered:
        together = data.with_name("with_buffer")
        write_with(data, buffered, iteration, together)
        data = together
    trained = run.train(
        data,
        model,
        output,
        settings,
        resume=True,
        on_progress=lambda progress: watch.progress("training", progress.step),
    )
    checkpoints.remove_all(output)
    ages = [each.age for each in buffered]
    told = {"buffered": len(ages), "mean_age": round(sum(ages) / len(ages), 3)} if ages else {}
    return {"learnt": trained.model != model, **told, **trained.model_dump(mode="json", exclude={"model"})}


def evaluate(
    responses: Path, output: Path, *, verifier: Verifier, digest: str, watch: StageObserver
) -> StageFigures:
    """Verify held-out responses, strictly and loosely."""
    settings = verifier.settings
    state = verify_into(
        open_sink(str(output), io.BytesIO(), identity={"loop": digest}, resume=True),
        read_units(str(responses)),
        thinking_tag=settings.strip_thinking,
        workers=settings.workers,
        timeout=settings.timeout,
        judge=verifier.judge,
        on_rejected=watch.rejected,
        on_progress=lambda state: watch.progress("verifying", state.read),
    )
    return state.tally.summary(read=state.read, rejected=state.rejected, loose=True)
