"""From verifications to samples: look at each, choose among all, make the replays of the chosen ones.

The same three steps serve :func:`replay`, where everything is in memory, and :mod:`hir_data.runs.replay`,
where the input is read twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from hir_data.engine.checks import NO_MONITOR, CheckMonitor, JudgeAnswers, verify_one
from hir_data.replays.assess import assess, hindsight, started
from hir_data.replays.config import ReplayConfig
from hir_data.replays.explanation import Explanation, measured
from hir_data.replays.explanations import unpacked
from hir_data.replays.index import Index, RolloutRef
from hir_data.replays.information import Background, ResponseSample, group_key
from hir_data.replays.relabel import known_answers
from hir_data.replays.rewriting.conversation import rewritten
from hir_data.replays.rewriting.quotations import quotations
from hir_data.replays.rewriting.rewriter import CriteriaRewriter, Rewriter, RewriteRefusal
from hir_data.replays.rewriting.spans import SpanRewriter
from hir_data.replays.traces import repeats
from hir_data.schemas.replay import Change, ReplaySample
from hir_data.schemas.result import Verification
from hir_data.schemas.rollout import Rollout
from hir_data.text.text import Text


def rewriter_of(settings: ReplayConfig) -> Rewriter:
    """Who writes new prompts by rules."""
    return CriteriaRewriter() if settings.rewriter == "criteria" else SpanRewriter()


def original(verification: Verification, place: RolloutRef) -> ReplaySample:
    """A rollout as it was."""
    rollout = verification.rollout
    return ReplaySample(
        id=place.id,
        group=place.group,
        origin="rollout",
        instruction=rollout.instruction,
        response=rollout.response,
        original=rollout.original,
        reward=float(verification.ila),
        cla=verification.cla,
        degree=verification.degree,
        verdicts=tuple(result.strict.satisfied for result in verification.results),
        reasons=tuple(result.strict.reason for result in verification.results),
        pass_rate=place.pass_rate,
        constraint_pass_rates=place.constraint_pass_rates,
        sampling=rollout.sampling,
        metadata=rollout.metadata,
    )


class Draft(NamedTuple):
    """A replay that is not verified yet.

    Attributes:
        rollout: the response under its new instruction.
        explanation: what became of the source's constraints, and how much that says.
        known: what a judge has said of the response.
    """

    rollout: Rollout
    explanation: Explanation
    known: JudgeAnswers


def drafted(
    verification: Verification,
    place: RolloutRef,
    settings: ReplayConfig,
    rewriter: Rewriter,
    background: Background,
    watch: CheckMonitor = NO_MONITOR,
    kept: str = "",
) -> Draft | RewriteRefusal:
    """A chosen rollout under the instruction that it would have satisfied.

    Args:
        verification: of the rollout.
        place: where it stands.
        settings: how replays are made.
        rewriter: who writes the new prompt.
        background: responses to measure bits on.
        watch: follows what takes time.
        kept: the explanation that was found when it was assessed, packed; nothing to look for it again.
    """
    if problem := started(watch):
        return problem
    rollout = verification.rollout
    explanation = unpacked(kept, rollout.instruction) or hindsight(
        verification, settings, background.view(group_key(rollout.instruction)), rewriter, watch
    )
    if isinstance(explanation, RewriteRefusal):
        return explanation
    new = rewritten(rollout.instruction, explanation.changes, rewriter, f"{settings.seed}:{place.id}")
    if isinstance(new, RewriteRefusal):
        return new
    instruction, changes = new
    if changes != explanation.changes:
        again = without_quotations(verification, changes, settings, background)
        if isinstance(again, RewriteRefusal):
            return again
        explanation = again
    if len(instruction.constraints) < settings.min_kept:
        return RewriteRefusal("too few constraints are left")
    return Draft(
        rollout.model_copy(update={"instruction": instruction}), explanation, known_answers(verification)
    )


def without_quotations(
    verification: Verification, changes: tuple[Change, ...], settings: ReplayConfig, background: Background
) -> Explanation | RewriteRefusal:
    """The explanation where constraints were dropped because the new prompt does not say what they repeat."""
    if settings.relabel != "drop":
        text = Text(verification.rollout.response)
        for change in changes:
            if change.became is None and any(repeats(each, text) for each in quotations(change.constraint)):
                return RewriteRefusal("the response repeats the old prompt", change.constraint.kind)
    return measured(changes, settings, background.view(group_key(verification.rollout.instruction)))


def verified(
    draft: Draft,
    verification: Verification,
    place: RolloutRef,
    answers: JudgeAnswers | None = None,
    watch: CheckMonitor = NO_MONITOR,
) -> ReplaySample | RewriteRefusal:
    """A replay, if the response strictly satisfies every constraint of its new instruction."""
    anew = verify_one(draft.rollout, loose=False, monitor=watch, answers=answers or draft.known)
    for result in anew.results:
        if not result.strict.satisfied:
            return RewriteRefusal(
                "is not satisfied when it is verified again",
                f"{result.constraint.kind}: {result.strict.reason}",
            )
    rollout = verification.rollout
    return ReplaySample(
        id=f"{place.id}/replay",
        group=place.group,
        origin="replay",
        instruction=draft.rollout.instruction,
        response=rollout.response,
        original=rollout.original,
        reward=1.0,
        cla=1.0,
        degree=1.0,
        verdicts=(True,) * len(anew.results),
        reasons=tuple(result.strict.reason for result in anew.results),
        source_id=place.id,
        changes=draft.explanation.changes,
        constraint_bits=draft.explanation.bits,
        instruction_bits=draft.explanation.instruction_bits,
        source_bits=draft.explanation.source_bits,
        pass_rate=place.pass_rate,
        score=place.score,
        sampling=rollout.sampling,
        metadata=rollout.metadata,
    )


def background_of(verifications: Iterable[Verification], settings: ReplayConfig) -> Background:
    """A sample of the responses, to measure bits on."""
    sample = ResponseSample(settings.background if settings.needs_background else 0, settings.seed)
    for verification in verifications:
        sample.add(group_key(verification.rollout.instruction), verification.rollout.response)
    return sample.background()


def replay(
    verifications: Iterable[Verification],
    settings: ReplayConfig | None = None,
    *,
    rewriter: Rewriter | None = None,
) -> Iterator[ReplaySample]:
    """The rollouts as they were and, behind each that was chosen, its replay.

    Everything is held in memory; ``hir-data replay`` does the same with files.

    Args:
        verifications: those of all rollouts, in any order.
        settings: how replays are made.
        rewriter: who writes the new prompts; needed where the settings name a model.
    """
    settings = settings or ReplayConfig()
    kept = list(verifications)
    background = background_of(kept, settings)
    index = Index(settings, settings.batch_prompts, settings.guard_names)
    for source, replayed in replays_of(kept, settings, rewriter or rewriter_of(settings), background, index):
        yield source
        if isinstance(replayed, ReplaySample):
            yield replayed


def replays_of(
    verifications: Sequence[Verification],
    settings: ReplayConfig,
    rewriter: Rewriter,
    background: Background,
    index: Index,
) -> Iterator[tuple[ReplaySample, ReplaySample | RewriteRefusal | None]]:
    """Each rollout as it was, with its replay, why it has none although it was chosen, or None.

    Args:
        verifications: those of all rollouts.
        settings: how replays are made.
        rewriter: who writes the new prompts.
        background: responses to measure bits on.
        index: an empty one; it is filled, and says what became of the rollouts.
    """
    explanations: list[str] = []
    for verification in verifications:
        seen = assess(verification, settings, rewriter, background)
        index.add(seen)
        explanations.append(seen.explanation)
    index.choose()
    for verification, kept, place in zip(verifications, explanations, index.places(), strict=True):
        assert place is not None
        draft: Draft | RewriteRefusal | None = None
        if place.score is not None:
            draft = drafted(verification, place, settings, rewriter, background, kept=kept)
        sample = verified(draft, verification, place) if isinstance(draft, Draft) else draft
        yield original(verification, place), sample
