"""The stages of a loop: each writes a file or a folder, resumes itself, and answers with its figures."""

import contextlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from hir_data.engine.judge import Judge
from hir_data.errors import HirDataError
from hir_data.formats.reader import parse_prompt, read_input, read_units
from hir_data.formats.rows import Row
from hir_data.models.config import LocalRolloutConfig
from hir_data.models.local_samplers import LocalSamplers
from hir_data.models.sampling import Sampler, prepared, seed_of
from hir_data.replays.config import ReplayRunConfig
from hir_data.replays.information import group_key
from hir_data.replays.rewriting.rewriter import Rewriter
from hir_data.rewards.score import Score
from hir_data.runs.parquet import write_rollouts
from hir_data.runs.replay import Run
from hir_data.runs.rollout import RolloutState, sample_into
from hir_data.runs.sinks import VerifyState, open_sink, sink_of
from hir_data.runs.verify import verify_into
from hir_data.schemas.rejected import Rejected
from hir_data.training.loop.buffer import Buffered, write_with
from hir_data.training.loop.config import LoopRolloutConfig, LoopVerifyConfig
from hir_data.training.loop.ledger import StageFigures
from hir_data.training.loop.redraws import DrawFiles, GroupRewards, Redraw, TimeCounts, figures_of
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
    state = _draw(prompts, sampler, output, settings, seed=seed, digest=digest, watch=watch)
    return {"rejected": state.rejected, **state.drawn.summary()}


def draw_and_redraw(
    prompts: Iterable[Row],
    model: str,
    folder: Path,
    settings: LoopRolloutConfig,
    samplers: LocalSamplers,
    *,
    score: Score,
    verifier: Verifier,
    seed: int,
    digest: str,
    watch: StageObserver,
) -> StageFigures:
    """Draw responses, verify them, and draw more to prompts whose responses all have the same reward.

    Args:
        prompts: what is asked.
        model: the name or folder of the model.
        folder: where the files of each time go (:class:`hir_data.training.loop.redraws.DrawFiles`).
        settings: how responses are drawn, and how many times more.
        samplers: who draws.
        score: which reward is compared.
        verifier: how responses are verified.
        seed: that of the first time; the others have seeds of their own.
        digest: of the configuration.
        watch: who is told.
    """
    sampler = samplers.sampler(model, settings)
    asked = [(_group_of(row, sampler, settings), row) for row in prompts]
    rewards = GroupRewards(score)
    times: list[TimeCounts] = []
    redraws: list[Redraw] = []
    for number in range(1 + settings.redraws):
        files, equal = DrawFiles.of(folder, number), rewards.equal
        counts = files.read_counts()
        if counts is None:
            state = _draw(
                [row for _, row in asked],
                sampler,
                files.rollouts,
                settings,
                seed=seed_of(seed, number, "redraw") if number else seed,
                first_sample=number * settings.n,
                digest=digest,
                watch=watch,
            )
            found = _verify(
                files.rollouts, files.verified, verifier, digest=digest, watch=watch, for_replay=True
            )
            counts = TimeCounts(state.drawn, state.rejected + found.rejected)
            files.write_counts(counts)
        times.append(counts)
        rewards.add(files.verified)
        if number:
            resolved = len(equal - rewards.equal)
            redraws.append(Redraw(counts.drawn.prompts, counts.drawn.responses, resolved))
        asked = [(group, row) for group, row in asked if group in rewards.equal]
        if not asked:
            break
    return figures_of(times, redraws)


def _group_of(row: Row, sampler: Sampler, settings: LocalRolloutConfig) -> bytes:
    """What the rollouts of a record are known by; of one that is rejected, anything else."""
    parsed = parse_prompt(row)
    if not isinstance(parsed, Rejected):
        with contextlib.suppress(HirDataError):
            return group_key(prepared(parsed.instruction, sampler, settings.template_option))
    return f"{row.source}:{row.line}".encode()


def _draw(
    prompts: Iterable[Row],
    sampler: Sampler,
    output: Path,
    settings: LocalRolloutConfig,
    *,
    seed: int,
    first_sample: int = 0,
    digest: str,
    watch: StageObserver,
) -> RolloutState:
    sink = sink_of(
        RolloutState, write_rollouts, str(output), io.BytesIO(), identity={"loop": digest}, resume=True
    )
    return sample_into(
        sink,
        prompts,
        sampler,
        seed=seed,
        first_sample=first_sample,
        template_options=settings.template_option,
        on_rejected=watch.rejected,
        on_progress=lambda state: watch.progress("sampling", state.read),
    )


def replay(
    rollouts: Sequence[Path],
    output: Path,
    settings: ReplayRunConfig,
    *,
    verifier: Verifier,
    verified: bool = False,
    rewriter: Rewriter | None,
    digest: str,
    watch: StageObserver,
) -> StageFigures:
    """Verify rollouts, unless they are verified, and make a data set of them and of their replays."""
    run = Run(
        output,
        [lambda: chain.from_iterable(read_units(str(path)) for path in rollouts)],
        settings,
        verified=verified,
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
    state = _verify(responses, output, verifier, digest=digest, watch=watch)
    return state.tally.summary(read=state.read, rejected=state.rejected, loose=True)


def _verify(
    responses: Path,
    output: Path,
    verifier: Verifier,
    *,
    digest: str,
    watch: StageObserver,
    for_replay: bool = False,
) -> VerifyState:
    """Verify responses: strictly and loosely, or as replay needs it, strictly and by degrees."""
    settings = verifier.settings
    return verify_into(
        open_sink(str(output), io.BytesIO(), identity={"loop": digest}, resume=True),
        read_input(str(responses)),
        thinking_tag=settings.strip_thinking,
        loose=not for_replay,
        degrees=for_replay,
        workers=settings.workers,
        timeout=settings.timeout,
        judge=verifier.judge,
        on_rejected=watch.rejected,
        on_progress=lambda state: watch.progress("verifying", state.read),
    )
