"""From verifications to samples: look at each, choose among all, make the replays of the chosen ones.

The same three steps serve :func:`replay`, where everything is in memory, and :mod:`hir_data.runs.replay`,
where the input is read twice.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hir_data.engine.checks import NO_MONITOR, CheckMonitor, JudgeAnswers, verify_one
from hir_data.replays.assess import _changes, assess
from hir_data.replays.config import ReplayConfig
from hir_data.replays.index import Index, RolloutRef
from hir_data.replays.relabel import known_answers
from hir_data.replays.rewriting.conversation import rewritten
from hir_data.replays.rewriting.rewriter import CriteriaRewriter, Rewriter, RewriteRefusal
from hir_data.replays.rewriting.spans import SpanRewriter
from hir_data.schemas.replay import Change, ReplaySample
from hir_data.schemas.result import Verification
from hir_data.schemas.rollout import Rollout


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
        sampling=rollout.sampling,
        metadata=rollout.metadata,
    )


class Draft(NamedTuple):
    """A replay that is not verified yet.

    Attributes:
        rollout: the response under its new instruction.
        changes: what became of the source's constraints.
        known: what a judge has said of the response.
    """

    rollout: Rollout
    changes: tuple[Change, ...]
    known: JudgeAnswers


def drafted(
    verification: Verification,
    place: RolloutRef,
    settings: ReplayConfig,
    rewriter: Rewriter,
    watch: CheckMonitor = NO_MONITOR,
) -> Draft | RewriteRefusal:
    """A chosen rollout under the instruction that it would have satisfied."""
    changes = _changes(verification, settings, watch)
    if isinstance(changes, RewriteRefusal):
        return changes
    rollout = verification.rollout
    new = rewritten(rollout.instruction, changes, rewriter, f"{settings.seed}:{place.id}")
    if isinstance(new, RewriteRefusal):
        return new
    instruction, changes = new
    if len(instruction.constraints) < settings.min_kept:
        return RewriteRefusal("too few constraints are left")
    return Draft(
        rollout.model_copy(update={"instruction": instruction}), changes, known_answers(verification)
    )


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
        source_id=place.id,
        changes=draft.changes,
        score=place.score,
        sampling=rollout.sampling,
        metadata=rollout.metadata,
    )


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
    rewriter = rewriter or rewriter_of(settings)
    kept = list(verifications)
    index = Index(settings, settings.batch_prompts)
    for verification in kept:
        index.add(assess(verification, settings, rewriter))
    index.choose()
    for unit, verification in enumerate(kept):
        place = index.place(unit)
        assert place is not None
        yield original(verification, place)
        if place.score is None:
            continue
        draft = drafted(verification, place, settings, rewriter)
        sample = draft if isinstance(draft, RewriteRefusal) else verified(draft, verification, place)
        if isinstance(sample, ReplaySample):
            yield sample
