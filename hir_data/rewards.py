"""Constraints as a reward: for TRL's trainers, for verl, and for any loop that wants a number.

Nothing here uses signals, so it works in threads and inside a running event loop. A check that crashes makes
no reward of 0: what cannot be determined is told apart from what is violated.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from hir_data.engine import verify
from hir_data.errors import HirDataError, RecordError
from hir_data.formats.records import read_prompt
from hir_data.formats.thinking import strip_thinking as answer_of
from hir_data.judge import Judge
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.result import Verification
from hir_data.schemas.rollout import Instruction, Rollout

Score = Literal["ila", "cla"]


def reward(verification: Verification, score: Score = "ila") -> float | None:
    """The reward of a verified response, by its strict verdicts.

    Args:
        verification: the verdicts.
        score: ``ila`` is 1 if all constraints are satisfied, else 0; ``cla`` is the share that is satisfied.

    Returns:
        None where verdicts that could not be determined would decide: for ``ila`` if no other constraint is
        violated, for ``cla`` always.
    """
    satisfied = [result.strict.satisfied for result in verification.results]
    if score == "ila" and False in satisfied:
        return 0.0
    if None in satisfied:
        return None
    return sum(map(bool, satisfied)) / len(satisfied)


class ConstraintReward:
    """A reward function for TRL: how far each completion satisfies the constraints of its row.

    ``GRPOTrainer(..., reward_funcs=ConstraintReward())`` with a data set whose column ``constraints`` holds,
    in each row, a list of constraint records, or the same as a JSON string. Rewards are None where they could
    not be determined; TRL leaves those out. Instances can be pickled.

    Args:
        score: ``ila`` or ``cla``, as for :func:`reward`.
        column: the column that holds the constraints.
        strip_thinking: what follows the last closing tag of this name is the response; None to take all.
        workers: processes that check, 0 for this one; with processes a check that hangs is ended.
        timeout: seconds that one check may take, with processes.
        judge: who decides soft constraints; without one they are undetermined.
    """

    def __init__(
        self,
        score: Score = "ila",
        *,
        column: str = "constraints",
        strip_thinking: str | None = "think",
        workers: int = 0,
        timeout: float = 10.0,
        judge: Judge | None = None,
    ) -> None:
        self.score, self.column, self.strip_thinking = score, column, strip_thinking
        self.workers, self.timeout, self.judge = workers, timeout, judge
        self.__name__ = f"constraints_{score}"  # what TRL calls it in its logs

    def __call__(
        self,
        completions: Sequence[Any],
        prompts: Sequence[Any] | None = None,
        *,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """The rewards of a batch, in its order.

        Args:
            completions: texts, or lists of messages, of which what the assistant has said last counts.
            prompts: what was asked, as text or messages; judges see it.
            log_extra: where the verdicts of each completion are told, as JSON.
            log_metric: where the mean ILA and CLA and the share that is undetermined are told.
            columns: the columns of the data set, each with an entry for each completion.

        Raises:
            RecordError: the column is missing, or an entry of it holds no constraints; names column and row.
        """
        rollouts = list(self._rollouts(completions, prompts, columns))
        checked = verify(rollouts, workers=self.workers, timeout=self.timeout, loose=False, judge=self.judge)
        verified = list(checked)
        if log_extra:
            log_extra("verdicts", [verdicts_json(one) for one in verified])
        if log_metric and verified:  # the same metrics at every call, on every process
            rewards = {name: [reward(one, name) for one in verified] for name in ("ila", "cla")}
            for name, values in rewards.items():
                known = [value for value in values if value is not None]
                log_metric(f"constraints/{name}", sum(known) / len(known) if known else 0.0)
            log_metric("constraints/undetermined", rewards["ila"].count(None) / len(verified))
        return [reward(one, self.score) for one in verified]

    def _rollouts(
        self, completions: Sequence[Any], prompts: Sequence[Any] | None, columns: Mapping[str, Any]
    ) -> Iterable[Rollout]:
        if self.column not in columns:
            raise RecordError("the data set has no such column", field=self.column)
        asked = columns[self.column]
        for row, (completion, constraints) in enumerate(zip(completions, asked, strict=True)):
            try:
                parsed = constraints_of(constraints)
            except HirDataError as error:
                inner = error if isinstance(error, RecordError) else RecordError(str(error))
                raise inner.inside(f"{self.column}[{row}]") from None
            prompt = _said(prompts[row], "user") if prompts is not None else ""
            response = _answer(_said(completion, "assistant"), self.strip_thinking)
            yield Rollout(instruction=Instruction(prompt=prompt, constraints=parsed), response=response)


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str | Mapping[str, Any] | Sequence[Any],
    extra_info: Mapping[str, Any] | None = None,
    *,
    score: Score = "ila",
    strip_thinking: str | None = "think",
    **_: Any,
) -> dict[str, Any]:
    """The score of a response for verl's ``custom_reward_function``.

    Every answer has the same fields, also where something is wrong, since verl takes their names from the
    first one of a batch:

    - ``score``: the reward, 0 where it could not be determined
    - ``ila``, ``cla``: 1 if all constraints are satisfied, and the share that is
    - ``satisfied``, ``total``: how many constraints are satisfied, and how many there are
    - ``undetermined``: how many nobody knows of
    - ``verdicts``: true, false or null for each constraint, as a JSON string
    - ``error``: what is wrong with the ground truth; empty if nothing is

    Args:
        data_source: not used.
        solution_str: the response.
        ground_truth: ``{"constraints": [...]}`` or just the list, IFEval's ``{"instruction_id_list",
            "kwargs"}``, or either as a JSON string.
        extra_info: not used.
        score: ``ila`` or ``cla``.
        strip_thinking: what follows the last closing tag of this name is the response; None to take all.
    """
    try:
        instruction = Instruction(prompt="", constraints=constraints_of(ground_truth))
        rollout = Rollout(instruction=instruction, response=_answer(solution_str, strip_thinking))
        (verified,) = verify([rollout], loose=False)
    except HirDataError as error:
        return _scored(0.0, [], str(error))
    satisfied = [result.strict.satisfied for result in verified.results]
    return _scored(reward(verified, score) or 0.0, satisfied, "")


def constraints_of(written: Any) -> tuple[Constraint, ...]:
    """The constraints that a column of a data set, or a ground truth, holds.

    Args:
        written: a list of records or of JSON strings, an object in one of the shapes of
            :mod:`hir_data.formats.records`, or one of these as a JSON string.

    Raises:
        RecordError: it holds none.
    """
    if isinstance(written, str):
        try:
            written = json.loads(written)
        except ValueError as error:
            raise RecordError(f"malformed JSON: {error}") from None
    if isinstance(written, Sequence) and not isinstance(written, str):
        written = {"constraints": list(written)}
    if not isinstance(written, Mapping):
        raise RecordError(f"has to be a list of constraints or an object, not {written!r}"[:200])
    return read_prompt({"prompt": "", **written}).instruction.constraints


def verdicts_json(verification: Verification) -> str:
    """The strict verdicts of a response as a JSON list of true, false and null."""
    return json.dumps([result.strict.satisfied for result in verification.results])


def _scored(score: float, satisfied: list[bool | None], error: str) -> dict[str, Any]:
    hits, total = satisfied.count(True), len(satisfied)
    return {
        "score": score,
        "ila": float(total > 0 and hits == total),
        "cla": hits / total if total else 0.0,
        "satisfied": hits,
        "total": total,
        "undetermined": satisfied.count(None),
        "verdicts": json.dumps(satisfied),
        "error": error,
    }


def _said(text: Any, role: str) -> str:
    """A text, or what the one of this role says last in a list of messages."""
    if isinstance(text, str):
        return text
    said = [turn.get("content") for turn in text if turn.get("role") == role]
    return said[-1] if said and isinstance(said[-1], str) else ""


def _answer(response: str, tag: str | None) -> str:
    return response if tag is None else answer_of(response, tag).text
