"""From verifications to samples: look at each, choose among all, make the replays of the chosen ones.

The same three steps serve :func:`replay`, where everything is in memory, and :mod:`hir_data.replay.run`,
where the input is read twice.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from hir_data.engine import NOBODY, Answers, Watch, verify_one
from hir_data.errors import HirDataError
from hir_data.replay.index import Index, Place
from hir_data.replay.relabel import Relabel, known_answers, relabelled
from hir_data.replay.rewrite import Criteria, Objection, Rewriter, rewritten
from hir_data.replay.select import Candidate, Selecting
from hir_data.replay.spans import Spans
from hir_data.schemas.replay import Change, ReplaySample
from hir_data.schemas.result import Verification
from hir_data.schemas.rollout import Rollout, Sampling

RewriterName = Literal["spans", "criteria", "llm"]


class Settings(BaseModel):
    """How replays are made.

    Attributes:
        selecting: how rollouts are chosen.
        relabel: what becomes of violated constraints.
        rewriter: who writes the new prompts.
        batch_prompts: how many prompts make a batch, from which rollouts are chosen together; None for all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    selecting: Selecting = Selecting()
    relabel: Relabel = "hindsight"
    rewriter: RewriterName = "spans"
    batch_prompts: Annotated[int, Field(ge=1)] | None = None


def rewriter_of(settings: Settings) -> Rewriter:
    """Who writes new prompts by rules."""
    return Criteria() if settings.rewriter == "criteria" else Spans()


State = Literal["success", "undetermined", "hopeless", "candidate", "unwritable"]
"""What a rollout is to replay: it needs none, nobody knows whether it does, nothing would remain of its
instruction, it can be replayed, or it could be if its prompt could be rewritten."""


class Look(NamedTuple):
    """What has to be known of a rollout to choose among all of them.

    Attributes:
        prompt: what tells its prompt from any other.
        key: the instruction's own.
        state: what it is to replay.
        verdicts: its kinds, and whether they are satisfied.
        candidate: it as a candidate, but for its place.
        objection: why its prompt cannot be rewritten.
    """

    prompt: bytes
    key: int | str | None
    state: State
    verdicts: tuple[tuple[str, bool | None], ...]
    candidate: Candidate | None = None
    objection: Objection | None = None


def look(verification: Verification, settings: Settings, rewriter: Rewriter, watch: Watch = NOBODY) -> Look:
    """See what a rollout is to replay."""
    rollout = verification.rollout
    instruction = rollout.instruction
    verdicts = [result.strict.satisfied for result in verification.results]
    state, candidate, objection = _state(verification, verdicts, settings), None, None
    if state == "candidate":
        violated = [i for i, satisfied in enumerate(verdicts) if satisfied is not True]
        objection = rewriter.objection(instruction, violated)
        candidate = _candidate(verification, verdicts, settings, watch)
        if candidate is None:
            state, objection = "hopeless", None
        elif objection:
            state = "unwritable"
    return Look(
        _digest(f"{instruction.id!r}\n{instruction.prompt}"),
        instruction.id,
        state,
        tuple((result.constraint.kind, result.strict.satisfied) for result in verification.results),
        candidate,
        objection,
    )


def _state(verification: Verification, verdicts: Sequence[bool | None], settings: Settings) -> State:
    if all(verdicts):
        return "success"
    if False not in verdicts:
        return "undetermined"
    return "candidate" if True in verdicts or settings.relabel != "drop" else "hopeless"


def _candidate(
    verification: Verification, verdicts: Sequence[bool | None], settings: Settings, watch: Watch
) -> Candidate | None:
    """A failed rollout as a candidate; None where nothing would remain of its instruction."""
    kept = sum(satisfied is True for satisfied in verdicts)
    if kept < settings.selecting.min_kept and settings.relabel != "drop":
        kept = _remaining(verification, settings, watch) or kept
    if not kept:
        return None
    kinds = {r.constraint.kind for r in verification.results if r.strict.satisfied} or {
        r.constraint.kind for r in verification.results
    }
    rollout = verification.rollout
    return Candidate(
        unit=0,
        group=0,
        integrity=verification.cla,
        kept=kept,
        diversity=_diversity(rollout.sampling),
        response=_digest(rollout.response),
        kinds=tuple(sorted(kinds)) if settings.selecting.stratify else (),
    )


def _remaining(verification: Verification, settings: Settings, watch: Watch) -> int:
    """How many constraints an instruction has in hindsight, at least; 0 where that cannot be found out."""
    changes = _changes(verification, settings, watch, enough=settings.selecting.min_kept)
    return 0 if isinstance(changes, Objection) else sum(change.became is not None for change in changes)


def _changes(
    verification: Verification, settings: Settings, watch: Watch, enough: float = math.inf
) -> tuple[Change, ...] | Objection:
    """What becomes of the constraints: of all, or of the first ones of which so many remain."""
    if watch.decided(0, "strict"):  # the attempt before did not survive this
        return Objection("hindsight took too long or ended its process")
    watch.starts(0, "strict")
    try:
        changes: list[Change] = []
        remaining = 0
        for change in relabelled(verification, settings.relabel):
            changes.append(change)
            remaining += change.became is not None
            if remaining >= enough:
                break
        return tuple(changes)
    except HirDataError:
        raise
    except Exception as error:  # whatever a kind of a plugin may do
        return Objection("hindsight failed", f"{type(error).__name__}: {error}"[:200])


def _diversity(sampling: Sampling | None) -> dict[Literal["entropy", "mean_nll"], float]:
    found: dict[Literal["entropy", "mean_nll"], float] = {}
    if sampling and sampling.entropy is not None:
        found["entropy"] = sampling.entropy
    if sampling and sampling.logprobs:
        found["mean_nll"] = -sum(sampling.logprobs) / len(sampling.logprobs)
    return found


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=12).digest()


def original(verification: Verification, place: Place) -> ReplaySample:
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
    known: Answers


def drafted(
    verification: Verification, place: Place, settings: Settings, rewriter: Rewriter, watch: Watch = NOBODY
) -> Draft | Objection:
    """A chosen rollout under the instruction that it would have satisfied."""
    changes = _changes(verification, settings, watch)
    if isinstance(changes, Objection):
        return changes
    rollout = verification.rollout
    new = rewritten(rollout.instruction, changes, rewriter, f"{settings.selecting.seed}:{place.id}")
    if isinstance(new, Objection):
        return new
    instruction, changes = new
    if len(instruction.constraints) < settings.selecting.min_kept:
        return Objection("too few constraints are left")
    return Draft(
        rollout.model_copy(update={"instruction": instruction}), changes, known_answers(verification)
    )


def verified(
    draft: Draft,
    verification: Verification,
    place: Place,
    answers: Answers | None = None,
    watch: Watch = NOBODY,
) -> ReplaySample | Objection:
    """A replay, if the response strictly satisfies every constraint of its new instruction."""
    anew = verify_one(draft.rollout, loose=False, watch=watch, answers=answers or draft.known)
    for result in anew.results:
        if not result.strict.satisfied:
            return Objection(
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
        verdicts=(True,) * len(anew.results),
        source_id=place.id,
        changes=draft.changes,
        score=place.score,
        sampling=rollout.sampling,
        metadata=rollout.metadata,
    )


def replay(
    verifications: Iterable[Verification],
    settings: Settings | None = None,
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
    settings = settings or Settings()
    rewriter = rewriter or rewriter_of(settings)
    kept = list(verifications)
    index = Index(settings.selecting, settings.batch_prompts)
    for verification in kept:
        index.add(look(verification, settings, rewriter))
    index.choose()
    for unit, verification in enumerate(kept):
        place = index.place(unit)
        assert place is not None
        yield original(verification, place)
        if place.score is None:
            continue
        draft = drafted(verification, place, settings, rewriter)
        sample = draft if isinstance(draft, Objection) else verified(draft, verification, place)
        if isinstance(sample, ReplaySample):
            yield sample
