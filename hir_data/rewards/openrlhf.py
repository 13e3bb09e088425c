"""Constraints as a reward for OpenRLHF: the path of this file is what ``--reward.remote_url`` names.

A file of one's own, with other settings, is ``reward_func = hir_data.OpenRLHFReward("cla")``.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from hir_data.engine.judge import Judge
from hir_data.errors import RecordError, needs_extra
from hir_data.rewards.score import Score, check_score, check_weights, continuation
from hir_data.rewards.scorer import Scorer
from hir_data.rewards.scoring import Completion, CompletionFields, Scored, Scoring

_log = logging.getLogger("hir_data.rewards")

_LABELS = 4096  # whose mean rewards are remembered
_NOBODY_KNOWS = 0.5  # before there is any reward to take the mean of


class OpenRLHFReward:
    """A ``reward_func(queries, prompts, labels)`` of OpenRLHF.

    OpenRLHF wants a number for every response, and cannot leave one out: one without a number ends the step.
    So a response whose reward is not known gets the mean of what the others to the same prompt have got so
    far, which makes its advantage about 0; where there are none, that of all responses so far.

    Args:
        score: the reward of a response, as for :func:`reward`.
        strip_thinking: what follows the reasoning is the response: ``auto`` for every dialect, or as in
            ``--strip-thinking``; None to take all.
        undetermined: a number for responses whose reward is not known, in place of that mean.
        workers: processes that check, started once and shared; 0 for this one, where a check that never ends
            never ends.
        timeout: seconds that one check may take, with processes.
        judge: who decides soft constraints; without one they are undetermined.
        weights: for the score ``weighted``, by kind or by family.

    Raises:
        RecordError: there is no such score, or weights are none.
    """

    def __init__(
        self,
        score: Score = "ila",
        *,
        strip_thinking: str | None = "auto",
        undetermined: float | None = None,
        workers: int = 0,
        timeout: float = 10.0,
        judge: Judge | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> None:
        check_score(score)
        check_weights(weights or {})
        self.strip_thinking: str | None = strip_thinking
        self.undetermined: float | None = undetermined
        self.scorer: Scorer = Scorer(
            Scoring(score, weights, strip_thinking), workers=workers, timeout=timeout, judge=judge
        )
        self._usual: _MeanRewards = _MeanRewards()

    def __call__(
        self, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any], **_: Any
    ) -> dict[str, Any]:
        """The rewards of responses.

        Args:
            queries: each prompt with the response behind it, as the tokenizer writes them.
            prompts: the prompts alone.
            labels: the constraints, in any form that rewards read.

        Returns:
            ``rewards`` and ``scores``, tensors with a number for each response, and as ``extra_logs`` how
            many constraints are satisfied, how many there are, and how many nobody knows of.

        Raises:
            MissingExtraError: there is no torch, which OpenRLHF itself needs.
        """
        with needs_extra("train", "OpenRLHF's rewards are tensors"):
            import torch

        scored = self._scored(queries, prompts, labels)
        for one in scored:
            if one.error and one.status != "silent":
                _log.warning("no reward for a response: %s", one.error)
        for one, label in zip(scored, labels, strict=True):
            if one.reward is not None:
                self._usual.add(label, one.reward)
        rewards = torch.tensor(
            [self._number(one, label) for one, label in zip(scored, labels, strict=True)], dtype=torch.float
        )
        logs = {
            "satisfied": [one.satisfied.count(True) for one in scored],
            "constraints": [len(one.kinds) for one in scored],
            "undetermined": [int(one.reward is None) for one in scored],
        }
        return {
            "rewards": rewards,
            "scores": rewards.clone(),
            "extra_logs": {name: torch.tensor(values, dtype=torch.float) for name, values in logs.items()},
        }

    def _scored(self, queries: Sequence[str], prompts: Sequence[str], labels: Sequence[Any]) -> list[Scored]:
        """What is known of each response; one that cannot be read does not keep the others from it."""
        answers: list[Completion | Scored] = []
        for number, (query, prompt, label) in enumerate(zip(queries, prompts, labels, strict=True)):
            fields = CompletionFields(f"labels[{number}]", f"queries[{number}]", f"prompts[{number}]")
            try:
                response = continuation(query, prompt, fields.response)
            except RecordError as error:
                answers.append(Scored.failed(error, "unread"))
            else:
                answers.append(Completion(label, response, prompt, None, fields))
        read = iter(self.scorer.scored([each for each in answers if isinstance(each, Completion)]))
        return [each if isinstance(each, Scored) else next(read) for each in answers]

    def _number(self, one: Scored, label: Any) -> float:
        if one.reward is not None:
            return one.reward
        return self._usual.of(label) if self.undetermined is None else self.undetermined


class _MeanRewards:
    """The mean of the rewards so far, of each of the last labels and of all. Usable from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all = (0.0, 0)
        self._by_label: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def add(self, label: Any, reward: float) -> None:
        """Count a reward."""
        key = str(label)
        with self._lock:
            total, number = self._by_label.pop(key, (0.0, 0))
            self._by_label[key] = total + reward, number + 1
            if len(self._by_label) > _LABELS:
                self._by_label.popitem(last=False)
            self._all = self._all[0] + reward, self._all[1] + 1

    def of(self, label: Any) -> float:
        """The mean of a label, else of all."""
        with self._lock:
            total, number = self._by_label.get(str(label), self._all)
        return total / number if number else _NOBODY_KNOWS


reward_func: OpenRLHFReward = OpenRLHFReward()
"""What OpenRLHF calls: ILA, with responses that nobody knows of neither good nor bad."""
