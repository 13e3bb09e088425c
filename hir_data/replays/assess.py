"""What is known of each rollout when some of them are chosen."""

import hashlib
import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from hir_data.engine.checks import NO_MONITOR, CheckMonitor
from hir_data.errors import HirDataError
from hir_data.replays.config import ReplayConfig
from hir_data.replays.relabel import relabelled
from hir_data.replays.rewriting.conversation import objection_to
from hir_data.replays.rewriting.rewriter import Rewriter, RewriteRefusal
from hir_data.replays.select import Candidate
from hir_data.schemas.replay import Change
from hir_data.schemas.result import Verification
from hir_data.schemas.rollout import Sampling

ReplayState = Literal["success", "undetermined", "hopeless", "candidate", "unwritable"]
"""What a rollout is to replay: it needs none, nobody knows whether it does, nothing would remain of its
instruction, it can be replayed, or it could be if its prompt could be rewritten."""


class Assessment(NamedTuple):
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
    state: ReplayState
    verdicts: tuple[tuple[str, bool | None], ...]
    candidate: Candidate | None = None
    objection: RewriteRefusal | None = None


def assess(
    verification: Verification, settings: ReplayConfig, rewriter: Rewriter, watch: CheckMonitor = NO_MONITOR
) -> Assessment:
    """See what a rollout is to replay."""
    rollout = verification.rollout
    instruction = rollout.instruction
    verdicts = [result.strict.satisfied for result in verification.results]
    state, candidate, objection = _state(verification, verdicts, settings), None, None
    if state == "candidate":
        violated = [i for i, satisfied in enumerate(verdicts) if satisfied is not True]
        objection = objection_to(instruction, violated, rewriter)
        candidate = _candidate(verification, verdicts, settings, watch)
        if candidate is None:
            state, objection = "hopeless", None
        elif objection:
            state = "unwritable"
    return Assessment(
        _digest(f"{instruction.id!r}\n{instruction.conversation_key}"),
        instruction.id,
        state,
        tuple((result.constraint.kind, result.strict.satisfied) for result in verification.results),
        candidate,
        objection,
    )


def _state(
    verification: Verification, verdicts: Sequence[bool | None], settings: ReplayConfig
) -> ReplayState:
    if all(verdicts):
        return "success"
    if False not in verdicts:
        return "undetermined"
    return "candidate" if True in verdicts or settings.relabel != "drop" else "hopeless"


def _candidate(
    verification: Verification, verdicts: Sequence[bool | None], settings: ReplayConfig, watch: CheckMonitor
) -> Candidate | None:
    """A failed rollout as a candidate; None where nothing would remain of its instruction."""
    kept = sum(satisfied is True for satisfied in verdicts)
    if kept < settings.min_kept and settings.relabel != "drop":
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
        kinds=tuple(sorted(kinds)) if settings.stratify else (),
    )


def _remaining(verification: Verification, settings: ReplayConfig, watch: CheckMonitor) -> int:
    """How many constraints an instruction has in hindsight, at least; 0 where that cannot be found out."""
    changes = _changes(verification, settings, watch, enough=settings.min_kept)
    return 0 if isinstance(changes, RewriteRefusal) else sum(change.became is not None for change in changes)


def _changes(
    verification: Verification, settings: ReplayConfig, watch: CheckMonitor, enough: float = math.inf
) -> tuple[Change, ...] | RewriteRefusal:
    """What becomes of the constraints: of all, or of the first ones of which so many remain."""
    if watch.known_verdict(0, "strict"):  # the attempt before did not survive this
        return RewriteRefusal("hindsight took too long or ended its process")
    watch.check_started(0, "strict")
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
        return RewriteRefusal("hindsight failed", f"{type(error).__name__}: {error}"[:200])


def _diversity(sampling: Sampling | None) -> dict[Literal["entropy", "mean_nll"], float]:
    found: dict[Literal["entropy", "mean_nll"], float] = {}
    if sampling and sampling.entropy is not None:
        found["entropy"] = sampling.entropy
    if sampling and sampling.logprobs:
        found["mean_nll"] = -sum(sampling.logprobs) / len(sampling.logprobs)
    return found


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=12).digest()
