"""Constraints as a reward: for TRL's trainers, for verl, and for any loop that wants a number.

Nothing here uses signals, so it works in threads and inside a running event loop. A check that crashes makes
no reward of 0: what cannot be determined is told apart from what is violated.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hir_data.engine.judge import Judge
from hir_data.engine.verify import verify
from hir_data.errors import JudgeError, RecordError, WorkerError
from hir_data.rewards.score import (
    Score,
    _answer,
    check_score,
    constraints_column,
    reward_or_none,
    row_constraints,
    spoken,
    verdicts_json,
)
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.result import Verification
from hir_data.schemas.rollout import Rollout

_log = logging.getLogger("hir_data.rewards")


class ConstraintReward:
    """A reward function for TRL: how far each completion satisfies the constraints of its row.

    ``GRPOTrainer(..., reward_funcs=ConstraintReward())`` with a data set whose column ``constraints`` holds,
    in each row, a list of constraint records, or the same as a JSON string. Rewards are None where they could
    not be determined; TRL leaves those out. Instances can be pickled.

    Args:
        score: ``ila`` or ``cla``, as for :func:`reward`.
        column: the column that holds the constraints. Where there is no column ``constraints``, IFEval's
            ``instruction_id_list`` and ``kwargs`` and open-instruct's ``ground_truth`` are read.
        strip_thinking: what follows the reasoning is the response: ``auto`` for every dialect, or as in
            ``--strip-thinking``; None to take all.
        workers: processes that check, 0 for this one; with processes a check that hangs is ended.
        timeout: seconds that one check may take, with processes.
        judge: who decides soft constraints; without one they are undetermined.
    """

    def __init__(
        self,
        score: Score = "ila",
        *,
        column: str = "constraints",
        strip_thinking: str | None = "auto",
        workers: int = 0,
        timeout: float = 10.0,
        judge: Judge | None = None,
    ) -> None:
        check_score(score)
        self.score: Score = score
        self.column: str = column
        self.strip_thinking: str | None = strip_thinking
        self.workers: int = workers
        self.timeout: float = timeout
        self.judge: Judge | None = judge
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

        A row of which nothing can be known has no reward, and the log says why (``hir_data.rewards``): one
        whose entry holds no constraints or whose completion is no text, and one whose check lacks something.
        Where the judge cannot be reached, soft constraints are undetermined.

        Raises:
            RecordError: the data set has no such column.
        """
        rollouts = list(self._rollouts(completions, prompts, columns))
        answers = self._verified(rollouts, self.judge)
        if log_extra:
            log_extra("verdicts", ["[]" if one is None else verdicts_json(one) for one in answers])
        if log_metric and answers:  # the same metrics at every call, on every process
            unknown = sum(reward_or_none(one) is None for one in answers)
            for name in ("ila", "cla"):
                values = [reward_or_none(one, name) for one in answers]
                known = [value for value in values if value is not None]
                log_metric(f"constraints/{name}", sum(known) / len(known) if known else 0.0)
            log_metric("constraints/undetermined", unknown / len(answers))
        return [reward_or_none(one, self.score) for one in answers]

    def _rollouts(
        self, completions: Sequence[Any], prompts: Sequence[Any] | None, columns: Mapping[str, Any]
    ) -> Iterable[Rollout | None]:
        """A rollout for each completion; None for one that says nothing, such as the call of a tool."""
        column = constraints_column(columns, self.column)
        for row, completion in enumerate(completions):
            try:
                constraints = row_constraints(columns, row, column)
                prompt = None if prompts is None else spoken(prompts[row], "user", f"prompts[{row}]")
                response = spoken(completion, "assistant", f"completions[{row}]")
                instruction = Instruction(prompt=prompt or "", constraints=constraints)
                yield (
                    None
                    if response is None
                    else Rollout(instruction=instruction, response=_answer(response, self.strip_thinking))
                )
            except Exception as error:
                _log.warning("no reward: %s", RecordError.of(error))
                yield None

    def _verified(self, rollouts: Sequence[Rollout | None], judge: Judge | None) -> list[Verification | None]:
        """The verdicts on each rollout; None where there is none, or nothing can be known of it."""
        try:
            checked = verify(
                (one for one in rollouts if one is not None),
                workers=self.workers,
                timeout=self.timeout,
                loose=False,
                judge=judge,
            )
            return [None if one is None else next(checked) for one in rollouts]
        except JudgeError as error:
            _log.warning("soft constraints are undetermined: %s", error)
            return self._verified(rollouts, None)
        except Exception as error:
            if len(rollouts) > 1 and not isinstance(error, WorkerError):
                return [each for one in rollouts for each in self._verified([one], judge)]
            _log.warning("no reward: %s", error)
            return [None] * len(rollouts)
