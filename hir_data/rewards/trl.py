"""Constraints as a reward for TRL's trainers, and for any loop that has its responses in columns."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from hir_data.engine.judge import Judge
from hir_data.errors import RecordError
from hir_data.rewards.score import (
    Score,
    check_score,
    check_weights,
    constraints_column,
    family,
    written_constraints,
)
from hir_data.rewards.scorer import Scorer, default_workers
from hir_data.rewards.scoring import Completion, CompletionFields, Scored, Scoring

_log = logging.getLogger("hir_data.rewards")

LogBy = Literal["kind", "family"]
"""What satisfied constraints are counted by in a trainer's log."""


class ColumnReward:
    """What the two reward functions for TRL have in common: how rows are read, and what is logged of them.

    Args:
        score: the reward of a response, as for :func:`reward`.
        column: the column that holds the constraints. Where there is no column ``constraints``, IFEval's
            ``instruction_id_list`` and ``kwargs`` and open-instruct's ``ground_truth`` are read.
        strip_thinking: what follows the reasoning is the response: ``auto`` for every dialect, or as in
            ``--strip-thinking``; None to take all.
        workers: processes that check, 0 for this one; with processes a check that hangs is ended. They are
            started once, and all rewards of this process share them.
        timeout: seconds that one check may take, with processes.
        judge: who decides soft constraints; without one they are undetermined.
        weights: for the score ``weighted``, by kind or by family; a column ``weights`` with a number for each
            constraint comes first.
        log_by: whether the share of satisfied constraints is also logged by ``kind`` or by ``family``, the
            part of a kind's name before the colon. With several processes each has to log the same names in
            versions of TRL before 1.16.

    Raises:
        RecordError: there is no such score, or weights are none.
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
        weights: Mapping[str, float] | None = None,
        log_by: LogBy | None = None,
    ) -> None:
        check_score(score)
        check_weights(weights or {})
        if log_by not in (None, "kind", "family"):
            raise RecordError(f"has to be kind or family, not {log_by!r}", field="log_by")
        self.score: Score = score
        self.column: str = column
        self.strip_thinking: str | None = strip_thinking
        self.workers: int = workers
        self.timeout: float = timeout
        self.judge: Judge | None = judge
        self.weights: Mapping[str, float] | None = weights
        self.log_by: LogBy | None = log_by
        self.__name__ = f"constraints_{score}"  # what TRL calls it in its logs

    def _scorer(self) -> Scorer:
        scoring = Scoring(self.score, self.weights, self.strip_thinking)
        return Scorer(scoring, workers=self.workers, timeout=self.timeout, judge=self.judge)

    def _items(
        self, completions: Sequence[Any], prompts: Sequence[Any] | None, columns: Mapping[str, Any]
    ) -> Iterator[Completion | Scored]:
        """Each completion with its constraints; or why it has none.

        Raises:
            RecordError: the data set has no such column.
        """
        column = constraints_column(columns, self.column)
        weights = columns.get("weights")
        for row, response in enumerate(completions):
            fields = CompletionFields(
                f"{column}[{row}]", f"completions[{row}]", f"prompts[{row}]", f"weights[{row}]"
            )
            try:
                written = written_constraints(columns, row, column)
                prompt = None if prompts is None else prompts[row]
                own = None if weights is None else weights[row]
                yield Completion(written, response, prompt, own, fields)
            except Exception as error:
                yield Scored.failed(error, "unread")

    def _told(
        self,
        scored: Sequence[Scored],
        log_extra: Callable[[str, list[Any]], None] | None,
        log_metric: Callable[[str, float], None] | None,
    ) -> list[float | None]:
        """The rewards, after the trainer's log and ours have what is to be said of them."""
        for one in scored:
            if one.error and one.status != "silent":
                _log.warning("no reward: %s", one.error)
        if log_extra:
            log_extra("verdicts", [one.verdicts_json for one in scored])
        if log_metric and scored:  # the same metrics at every call, on every process
            for name, values in {
                "ila": [one.ila for one in scored],
                "cla": [one.cla for one in scored],
            }.items():
                known = [value for value in values if value is not None]
                log_metric(f"constraints/{name}", sum(known) / len(known) if known else 0.0)
            unknown = sum(one.reward is None for one in scored)
            log_metric("constraints/undetermined", unknown / len(scored))
            for name, share in self._shares(scored):
                log_metric(name, share)
        return [one.reward for one in scored]

    def _shares(self, scored: Sequence[Scored]) -> Iterator[tuple[str, float]]:
        """The share of satisfied constraints by kind or family, of those whose verdict is known."""
        known: dict[str, list[bool]] = {}
        for one in scored:
            for kind, satisfied in zip(one.kinds, one.satisfied, strict=True):
                if satisfied is not None:
                    known.setdefault(family(kind) if self.log_by == "family" else kind, []).append(satisfied)
        if self.log_by:
            for name in sorted(known):
                yield f"constraints/{self.log_by}/{name}", sum(known[name]) / len(known[name])


class ConstraintReward(ColumnReward):
    """A reward function for TRL: how far each completion satisfies the constraints of its row.

    ``GRPOTrainer(..., reward_funcs=ConstraintReward())`` with a data set whose column ``constraints`` holds,
    in each row, a list of constraint records, or the same as a JSON string. Rewards are None where they could
    not be determined; TRL leaves those out. Instances can be pickled. The arguments are those of
    :class:`ColumnReward`.
    """

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
        items = list(self._items(completions, prompts, columns))
        scored = iter(self._scorer().scored([one for one in items if isinstance(one, Completion)]))
        return self._told(
            [one if isinstance(one, Scored) else next(scored) for one in items], log_extra, log_metric
        )


class AsyncConstraintReward(ColumnReward):
    """As :class:`ConstraintReward`, as an asynchronous function: the trainer's event loop goes on meanwhile.

    TRL calls asynchronous reward functions side by side. By default worker processes check, up to four, which
    are started once, shared with the other rewards of this process, and do not import its main module: no
    script has to guard its start. Instances can be pickled. The arguments are those of :class:`ColumnReward`;
    ``workers`` is None for the default.
    """

    def __init__(self, score: Score = "ila", *, workers: int | None = None, **options: Any) -> None:
        super().__init__(score, workers=default_workers() if workers is None else workers, **options)

    async def __call__(
        self,
        completions: Sequence[Any],
        prompts: Sequence[Any] | None = None,
        *,
        log_extra: Callable[[str, list[Any]], None] | None = None,
        log_metric: Callable[[str, float], None] | None = None,
        **columns: Any,
    ) -> list[float | None]:
        """The rewards of a batch, as :meth:`ConstraintReward.__call__` gives them."""
        items = list(self._items(completions, prompts, columns))
        known = await self._scorer().scored_async([one for one in items if isinstance(one, Completion)])
        scored = iter(known)
        return self._told(
            [one if isinstance(one, Scored) else next(scored) for one in items], log_extra, log_metric
        )
