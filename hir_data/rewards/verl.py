"""Constraints as a reward for verl: the functions of its ``custom_reward_function``."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from hir_data.engine.judge import Judge
from hir_data.formats.fields import at
from hir_data.models.shared_judge import shared_judge
from hir_data.rewards.score import Score, check_score, check_weights
from hir_data.rewards.scorer import Scorer, default_workers
from hir_data.rewards.scoring import Completion, CompletionFields, Scored, Scoring

_FIELDS = CompletionFields("ground_truth", "solution_str", "extra_info.prompt", "extra_info.weights")


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str | Mapping[str, Any] | Sequence[Any],
    extra_info: Mapping[str, Any] | None = None,
    *,
    score: Score = "ila",
    strip_thinking: str | None = "auto",
    undetermined: float = math.nan,
    workers: int = 0,
    timeout: float = 10.0,
    judge: Judge | None = None,
    judge_model: str | None = None,
    judge_url: str | None = None,
    judge_cache: str | None = None,
    judge_votes: int = 1,
    weights: Mapping[str, float] | None = None,
    **_: Any,
) -> dict[str, Any]:
    """The score of a response for verl's ``custom_reward_function``.

    Every answer has the same fields, also where something is wrong, since verl takes their names from the
    first one of a batch:

    - ``score``: the reward; ``undetermined`` where it could not be determined
    - ``ila``, ``cla``: 1 if all constraints are satisfied, and the share that is
    - ``satisfied``, ``total``: how many constraints are satisfied, and how many there are
    - ``undetermined``: how many nobody knows of; 1 where something is wrong
    - ``verdicts``: true, false or null for each constraint, as a JSON string
    - ``kinds``: the kind of each constraint, as a JSON string
    - ``error``: what is wrong with the ground truth or the response; empty if nothing is

    Args:
        data_source: not used.
        solution_str: the response.
        ground_truth: ``{"constraints": [...]}`` or just the list, IFEval's ``{"instruction_id_list",
            "kwargs"}``, open-instruct's ground truth, or one of these as a string. Where it is empty, a
            rubric in ``extra_info`` counts: ``rubrics``, or ``reward_model.rubrics``.
        extra_info: ``prompt`` or else ``question`` in it is what a judge is told that was asked; ``weights``,
            a number for each constraint, are those of the score ``weighted``.
        score: the reward (:func:`hir_data.reward`).
        strip_thinking: what follows the reasoning is the response: ``auto`` for every dialect, or as in
            ``--strip-thinking``; None to take all.
        undetermined: the score of a response of which too little is known; verl wants a number.
        workers: processes that check, started once and shared; 0 for this one, where a check that never ends
            never ends.
        timeout: seconds that one check may take, with processes.
        judge: who decides soft constraints.
        judge_model: the model that decides them, where no judge is given.
        judge_url: its endpoint; OpenAI's own by default.
        judge_cache: the folder of its answers; None to keep none.
        judge_votes: how often it is asked each question; the majority decides.
        weights: for ``weighted``, by kind or by family.

    Raises:
        RecordError: there is no such score, or weights are none.
    """
    check_score(score)
    check_weights(weights or {})
    scorer = Scorer(
        Scoring(score, weights, strip_thinking),
        workers=workers,
        timeout=timeout,
        judge=judge or shared_judge(judge_model, judge_url, judge_cache, judge_votes),
    )
    (scored,) = scorer.scored([_completion(solution_str, ground_truth, extra_info)])
    return _answer(scored, undetermined)


async def compute_score_async(
    data_source: str,
    solution_str: str,
    ground_truth: str | Mapping[str, Any] | Sequence[Any],
    extra_info: Mapping[str, Any] | None = None,
    *,
    score: Score = "ila",
    strip_thinking: str | None = "auto",
    undetermined: float = math.nan,
    workers: int | None = None,
    timeout: float = 10.0,
    judge: Judge | None = None,
    judge_model: str | None = None,
    judge_url: str | None = None,
    judge_cache: str | None = None,
    judge_votes: int = 1,
    weights: Mapping[str, float] | None = None,
    **_: Any,
) -> dict[str, Any]:
    """As :func:`compute_score`, as an asynchronous function: verl then scores responses side by side.

    By default worker processes check, up to four, so that a check that hangs is ended.
    """
    check_score(score)
    check_weights(weights or {})
    scorer = Scorer(
        Scoring(score, weights, strip_thinking),
        workers=default_workers() if workers is None else workers,
        timeout=timeout,
        judge=judge or shared_judge(judge_model, judge_url, judge_cache, judge_votes),
    )
    (scored,) = await scorer.scored_async([_completion(solution_str, ground_truth, extra_info)])
    return _answer(scored, undetermined)


def _completion(solution: Any, truth: Any, extra_info: Mapping[str, Any] | None) -> Completion:
    info = extra_info if isinstance(extra_info, Mapping) else {}
    prompt = info.get("prompt") or info.get("question") or None
    if truth in ("", None):  # as in rows whose reward model is a rubric
        truth = info.get("rubrics") or at(info, "reward_model.rubrics") or truth
    return Completion(truth, solution, prompt, info.get("weights"), _FIELDS)


def _answer(scored: Scored, undetermined: float) -> dict[str, Any]:
    satisfied = scored.satisfied
    hits, total = satisfied.count(True), len(satisfied)
    return {
        "score": undetermined if scored.reward is None else scored.reward,
        "ila": float(total > 0 and hits == total),
        "cla": hits / total if total else 0.0,
        "satisfied": hits,
        "total": total,
        "undetermined": satisfied.count(None) or int(bool(scored.error)),
        "verdicts": json.dumps(satisfied),
        "kinds": json.dumps(scored.kinds),
        "error": scored.error,
    }
