"""What is known of each rollout when some of them are selected."""

import hashlib
from collections.abc import Sequence
from typing import Literal, NamedTuple

from hir_data.engine.checks import NO_MONITOR, CheckMonitor
from hir_data.errors import HirDataError
from hir_data.replays.config import ReplayConfig
from hir_data.replays.explanation import Explanation, explain
from hir_data.replays.explanations import packed
from hir_data.replays.guards import unfit
from hir_data.replays.idle import without_idle
from hir_data.replays.information import Background, OtherResponses, group_key
from hir_data.replays.relabel import known_answers
from hir_data.replays.rewriting.conversation import objection_to, values_only
from hir_data.replays.rewriting.rewriter import Rewriter, RewriteRefusal
from hir_data.replays.select import Candidate
from hir_data.replays.strict_reading import is_followed
from hir_data.schemas.result import ConstraintResult, Verification
from hir_data.schemas.rollout import Sampling
from hir_data.text.quality.prose import pieces_of
from hir_data.text.text import Text

ReplayState = Literal[
    "success", "undetermined", "hopeless", "unfit", "unwritable", "uninformative", "candidate"
]
"""What a rollout is to replay: it needs none, nobody knows whether it does, nothing would remain of its
instruction, a guard objects to it, its prompt cannot be rewritten, no instruction in hindsight would
explain it, or it can be replayed."""

_LARGEST = (2 - 2**-23) * 2.0**127
"""The largest number of four bytes, which log-probabilities are."""


class Assessment(NamedTuple):
    """What has to be known of a rollout to choose among all of them.

    Attributes:
        prompt: what tells its prompt from any other.
        key: the instruction's own.
        state: what it is to replay.
        verdicts: its kinds, and whether they are satisfied.
        words: how long the response is, as far as white space shows.
        candidate: it as a candidate, but for its place.
        objection: the guard that objects to it and why, or why it cannot be rewritten or explained.
        explanation: that of a candidate, packed.
    """

    prompt: bytes
    key: int | str | None
    state: ReplayState
    verdicts: tuple[tuple[str, bool | None], ...]
    words: int = 0
    candidate: Candidate | None = None
    objection: RewriteRefusal | None = None
    explanation: str = ""


def assess(
    verification: Verification,
    settings: ReplayConfig,
    rewriter: Rewriter,
    background: Background,
    watch: CheckMonitor = NO_MONITOR,
) -> Assessment:
    """See what a rollout is to replay."""
    instruction = verification.rollout.instruction
    prompt = group_key(instruction)
    state, found = _judged(verification, settings, rewriter, background.view(prompt), watch)
    return Assessment(
        prompt,
        instruction.id,
        state,
        tuple((result.constraint.kind, result.strict.satisfied) for result in verification.results),
        len(pieces_of(verification.rollout.response)),
        _candidate(verification, found, settings) if isinstance(found, Explanation) else None,
        found if isinstance(found, RewriteRefusal) else None,
        packed(found) if isinstance(found, Explanation) else "",
    )


def _judged(
    verification: Verification,
    settings: ReplayConfig,
    rewriter: Rewriter,
    others: OtherResponses,
    watch: CheckMonitor,
) -> tuple[ReplayState, Explanation | RewriteRefusal | None]:
    """The state of a rollout, and what explains it as a candidate or why it is none."""
    verdicts = [result.strict.satisfied for result in verification.results]
    if all(verdicts):
        return "success", None
    if False not in verdicts:
        return "undetermined", None
    if settings.relabel == "drop" and True not in verdicts:
        return "hopeless", None
    if guarded := unfit(verification.rollout, settings.guard_names, settings.score_bound, others):
        return "unfit", RewriteRefusal(*guarded)
    violated = [i for i, satisfied in enumerate(verdicts) if satisfied is not True]
    objection = objection_to(verification.rollout.instruction, violated, rewriter)
    if objection and settings.relabel == "drop":
        return "unwritable", objection
    found = hindsight(verification, settings, others, rewriter, watch)
    if objection and isinstance(found, RewriteRefusal):
        return "unwritable", objection
    if isinstance(found, RewriteRefusal):
        return ("hopeless", None) if found.reason == NOTHING_LEFT else ("uninformative", found)
    return "candidate", found


NOTHING_LEFT = "no constraint is left"


def hindsight(
    verification: Verification,
    settings: ReplayConfig,
    others: OtherResponses,
    rewriter: Rewriter,
    watch: CheckMonitor = NO_MONITOR,
) -> Explanation | RewriteRefusal:
    """The instruction that explains the response of a failed rollout best."""
    if problem := started(watch):
        return problem
    rollout = verification.rollout
    text = Text(rollout.response, known_answers(verification))
    try:
        verdicts = [_read(result, text, settings) for result in verification.results]
        violated = [place for place, satisfied in enumerate(verdicts) if satisfied is not True]
        fixed = values_only(rollout.instruction, violated, rewriter)
        if isinstance(fixed, RewriteRefusal):
            return fixed

        def may_go(places: Sequence[int]) -> bool:
            return objection_to(rollout.instruction, places, rewriter) is None

        found = explain(
            rollout.instruction,
            text,
            verdicts,
            settings,
            others,
            fixed,
            may_go,
            [place for place, result in enumerate(verification.results) if result.strict.satisfied is False],
        )
        if isinstance(found, RewriteRefusal):
            return found
        return without_idle(found, rollout.instruction, text, settings, others, may_go)
    except HirDataError:
        raise
    except Exception as error:  # whatever a kind of a plugin may do
        return RewriteRefusal("hindsight failed", f"{type(error).__name__}: {error}"[:200])


def started(watch: CheckMonitor) -> RewriteRefusal | None:
    """Note that what takes time begins; why it does not, where the attempt before did not survive it."""
    if watch.known_verdict(0, "strict"):
        return RewriteRefusal("hindsight took too long or ended its process")
    watch.check_started(0, "strict")
    return None


def _read(result: ConstraintResult, text: Text, settings: ReplayConfig) -> bool | None:
    """The verdict on a constraint, violated also where only a verifier would say that it is satisfied."""
    satisfied = result.strict.satisfied
    if satisfied and settings.relabel != "drop" and not is_followed(result.constraint, text):
        return False
    return satisfied


def _candidate(verification: Verification, found: Explanation, settings: ReplayConfig) -> Candidate:
    kinds: Sequence[str] = ()
    if settings.stratify:
        satisfied = {result.constraint.kind for result in verification.results if result.strict.satisfied}
        kinds = sorted(satisfied or {result.constraint.kind for result in verification.results})
    return Candidate(
        unit=0,
        group=0,
        integrity=verification.cla,
        kept=sum(change.became is not None for change in found.changes),
        bits=found.instruction_bits,
        diversity=_diversity(verification.rollout.sampling),
        response=_digest(verification.rollout.response),
        kinds=tuple(kinds),
    )


def _diversity(sampling: Sampling | None) -> dict[Literal["entropy", "mean_nll"], float]:
    known: dict[Literal["entropy", "mean_nll"], float] = {}
    if sampling and sampling.entropy is not None:
        known["entropy"] = sampling.entropy
    if sampling and sampling.logprobs:
        known["mean_nll"] = -sum(sampling.logprobs) / len(sampling.logprobs)
    # What is not finite has no rank and no mean, nor have sums that grow beyond all numbers.
    return {measure: figure for measure, figure in known.items() if abs(figure) <= _LARGEST}


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=12).digest()
