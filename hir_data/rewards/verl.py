"""Constraints as a reward for verl: the function of its ``custom_reward_function``."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from hir_data.engine.verify import verify
from hir_data.errors import RecordError
from hir_data.rewards.score import Score, _answer, check_score, constraints_of, reward_or_none, spoken
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.rollout import Rollout


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str | Mapping[str, Any] | Sequence[Any],
    extra_info: Mapping[str, Any] | None = None,
    *,
    score: Score = "ila",
    strip_thinking: str | None = "auto",
    **_: Any,
) -> dict[str, Any]:
    """The score of a response for verl's ``custom_reward_function``.

    Every answer has the same fields, also where something is wrong, since verl takes their names from the
    first one of a batch:

    - ``score``: the reward, 0 where it could not be determined
    - ``ila``, ``cla``: 1 if all constraints are satisfied, and the share that is
    - ``satisfied``, ``total``: how many constraints are satisfied, and how many there are
    - ``undetermined``: how many nobody knows of; 1 where something is wrong
    - ``verdicts``: true, false or null for each constraint, as a JSON string
    - ``error``: what is wrong with the ground truth or the response; empty if nothing is

    Args:
        data_source: not used.
        solution_str: the response.
        ground_truth: ``{"constraints": [...]}`` or just the list, IFEval's ``{"instruction_id_list",
            "kwargs"}``, open-instruct's ground truth, or one of these as a string.
        extra_info: not used.
        score: ``ila`` or ``cla``.
        strip_thinking: what follows the reasoning is the response: ``auto`` for every dialect, or as in
            ``--strip-thinking``; None to take all.

    Raises:
        RecordError: there is no such score.
    """
    check_score(score)
    try:
        response = spoken(solution_str, "assistant", "solution_str")
        instruction = Instruction(prompt="", constraints=constraints_of(ground_truth))
        rollout = Rollout(instruction=instruction, response=_answer(response or "", strip_thinking))
        (verified,) = verify([rollout], loose=False)
    except Exception as error:
        return _scored(0.0, [], str(RecordError.of(error)))
    satisfied = [result.strict.satisfied for result in verified.results]
    return _scored(reward_or_none(verified, score) or 0.0, satisfied, "")


def _scored(score: float, satisfied: list[bool | None], error: str) -> dict[str, Any]:
    hits, total = satisfied.count(True), len(satisfied)
    return {
        "score": score,
        "ila": float(total > 0 and hits == total),
        "cla": hits / total if total else 0.0,
        "satisfied": hits,
        "total": total,
        "undetermined": satisfied.count(None) or int(bool(error)),
        "verdicts": json.dumps(satisfied),
        "error": error,
    }
