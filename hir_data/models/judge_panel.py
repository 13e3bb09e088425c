"""Several judges who vote."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, Self

from hir_data.engine.judge import Question
from hir_data.engine.votes import Agreements, majority
from hir_data.models.openai_judge import OpenAIJudge
from hir_data.schemas.constraint import Verdict

_SUMMED = ("asked", "cached", "retries", "failed", "prompt_tokens", "completion_tokens", "requests", "cost")


class JudgePanel:
    """Asks several models, side by side; what more than half of all votes say is the verdict.

    A model that votes several times has as many votes (:func:`hir_data.engine.votes.majority`). Usable from
    any thread. To be closed, which closes the judges, or used as a context manager.

    Args:
        judges: two or more.

    Raises:
        ValueError: there are fewer.
    """

    def __init__(self, judges: Sequence[OpenAIJudge]) -> None:
        if len(judges) < 2:
            raise ValueError(f"a panel has two judges or more, not {len(judges)}")
        self.judges: tuple[OpenAIJudge, ...] = tuple(judges)
        self.agreements: Agreements = Agreements()
        self._lock = Lock()

    def judge(self, questions: Sequence[Question]) -> list[Verdict]:
        """The verdicts on the questions, in their order; equal questions are asked once.

        Raises:
            JudgeError: the endpoint of a judge cannot be reached, or refuses the key or the model.
        """
        distinct = list(dict.fromkeys(questions))
        with ThreadPoolExecutor(len(self.judges)) as pool:
            votes = list(pool.map(lambda judge: judge.judge(distinct), self.judges))
        verdicts = {
            question: majority(each)
            for question, each in zip(distinct, zip(*votes, strict=True), strict=True)
        }
        with self._lock:
            for question, verdict in verdicts.items():
                self.agreements.add(question, verdict)
        return [verdicts[question] for question in questions]

    def summary(self) -> dict[str, Any]:
        """The counts of all judges together, how far they agree, and the counts of each."""
        figures = [judge.summary() for judge in self.judges]
        sums = {
            name: sum(each[name] for each in figures)
            for name in _SUMMED
            if all(name in each for each in figures)
        }
        models = ", ".join(judge.model for judge in self.judges)
        votes = sum(judge.votes for judge in self.judges)
        return {"model": models, **sums, "votes": votes, **self.agreements.summary(), "judges": figures}

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.judges,)

    def close(self) -> None:
        """Close the judges."""
        for judge in self.judges:
            judge.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
