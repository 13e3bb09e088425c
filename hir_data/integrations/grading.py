"""Where all adapters meet: a prompt, a response and constraints become verdicts.

An adapter reads what its tool hands over, calls :func:`grade` or :func:`grade_async`, and says the answer in
the tool's words. So the same response has the same verdicts through all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from hir_data.engine.config import CheckConfig
from hir_data.engine.judge import Judge
from hir_data.models.shared_judge import shared_judge
from hir_data.rewards.score import Score, check_score, check_weights
from hir_data.rewards.scorer import Scorer, default_workers
from hir_data.rewards.scoring import Completion, Scored, Scoring


@dataclass(frozen=True)
class GradeOptions:
    """How responses are graded; every adapter takes these by name.

    Attributes:
        score: what ``reward`` is made of (:func:`hir_data.reward`).
        weights: for the score ``weighted``, by kind or by family.
        strip_thinking: what follows the reasoning is graded: ``auto`` for every dialect, or as in
            ``--strip-thinking``; None to grade all.
        workers: processes that check, started once and shared, where a check that takes longer than
            ``timeout`` is ended; 0 for this process. None for 0 in :func:`grade`, and for up to four in
            :func:`grade_async`.
        timeout: seconds that one check may take, with processes.
        judge: who decides soft constraints.
        judge_model: the model that decides them, where no judge is given; without it they are undetermined.
        judge_url: its endpoint; OpenAI's own by default.
        judge_cache: the folder of its answers; None to keep none.
        judge_votes: how often it is asked each question; the majority decides.

    Raises:
        RecordError: there is no such score, or weights are none.
    """

    score: Score = "ila"
    weights: Mapping[str, float] | None = None
    strip_thinking: str | None = "auto"
    workers: int | None = None
    timeout: float = CheckConfig().timeout
    judge: Judge | None = None
    judge_model: str | None = None
    judge_url: str | None = None
    judge_cache: str | None = None
    judge_votes: int = 1

    def __post_init__(self) -> None:
        check_score(self.score)
        check_weights(self.weights or {})

    def scorer(self, workers: int) -> Scorer:
        """Who grades: so many processes, unless these options say otherwise."""
        return Scorer(
            Scoring(self.score, self.weights, self.strip_thinking),
            workers=workers if self.workers is None else self.workers,
            timeout=self.timeout,
            judge=self.judge
            or shared_judge(self.judge_model, self.judge_url, self.judge_cache, self.judge_votes),
        )


class GradeFields(BaseModel):
    """The options that a file or a command line can state, for tools with configurations of pydantic's."""

    score: str = "ila"
    strip_thinking: str | None = "auto"
    workers: int | None = None
    timeout: float = GradeOptions.timeout
    judge_model: str | None = None
    judge_url: str | None = None
    judge_cache: str | None = None
    judge_votes: int = 1

    def options(self) -> GradeOptions:
        """The same as :class:`GradeOptions`.

        Raises:
            RecordError: there is no such score.
        """
        return GradeOptions(**{name: getattr(self, name) for name in GradeFields.model_fields})


def grade(prompt: Any, response: Any, constraints: Any, options: GradeOptions | None = None) -> Scored:
    """What is known of a response: the verdict on each constraint, and the reward that is made of them.

    Args:
        prompt: what was asked, as a text or messages; None where that is not known. Judges see it.
        response: a text, or messages of which what the assistant says last counts.
        constraints: a list of records, in any form that the rewards read, as JSON or not.
        options: how.

    Returns:
        ``reward`` is None where too little is known; ``error`` says what cannot be read.
    """
    scorer = (options or GradeOptions()).scorer(0)
    return scorer.scored([Completion(constraints, response, prompt)])[0]


async def grade_async(
    prompt: Any, response: Any, constraints: Any, options: GradeOptions | None = None
) -> Scored:
    """As :func:`grade`, while the event loop goes on, in worker processes."""
    scorer = (options or GradeOptions()).scorer(default_workers())
    return (await scorer.scored_async([Completion(constraints, response, prompt)]))[0]


_WORDS = {True: "satisfied", False: "violated", None: "undetermined"}


def explanation(scored: Scored) -> str:
    """The verdicts in words, a line each; or what is wrong."""
    if scored.error:
        return f"undetermined: {scored.error}"
    lines = (
        f"{_WORDS[verdict.satisfied]}: {kind}" + (f": {verdict.reason}" if verdict.reason else "")
        for kind, verdict in zip(scored.kinds, scored.verdicts, strict=True)
    )
    return "\n".join(lines)


def verdict_records(scored: Scored) -> list[dict[str, Any]]:
    """The verdicts as JSON: kind, whether it is satisfied (None: undetermined), status and reason."""
    return [
        {"kind": kind, "satisfied": verdict.satisfied, "status": verdict.status, "reason": verdict.reason}
        for kind, verdict in zip(scored.kinds, scored.verdicts, strict=True)
    ]
