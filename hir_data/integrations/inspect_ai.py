"""A scorer and a task for inspect_ai.

>>> from hir_data.integrations.inspect_ai import constraint_scorer, constraint_task

Checked in its own environment, with inspect_ai 0.3.285.
"""

import math
from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageSystem, ChatMessageUser
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState, generate

from hir_data.errors import RecordError
from hir_data.integrations.grading import GradeOptions, explanation, grade_async, verdict_records
from hir_data.integrations.prompts import TaskPrompt, read_prompts


@scorer(metrics={"ila": [mean(), stderr()], "cla": [mean(), stderr()]})
def constraint_scorer(**options: Any) -> Scorer:
    """A scorer: how far the completion satisfies the constraints in the metadata of its sample.

    ``ila`` is 1 if all are satisfied, else 0, and ``cla`` the share that is. What could not be determined is
    NaN, which inspect_ai counts as unscored and leaves out of metrics. The verdicts are in the metadata.

    Args:
        options: of :class:`hir_data.integrations.grading.GradeOptions`.
    """
    chosen = GradeOptions(**options)

    async def score(state: TaskState, target: Target) -> Score:
        constraints = state.metadata.get("constraints")
        if constraints is None:
            return Score.unscored(explanation="the metadata of the sample has no constraints")
        scored = await grade_async(state.input_text, state.output.completion, constraints, chosen)
        said = explanation(scored)
        if scored.error:
            return Score.unscored(answer=state.output.completion, explanation=said)
        return Score(
            value={"ila": _or_nan(scored.ila), "cla": _or_nan(scored.cla)},
            answer=state.output.completion,
            explanation=said,
            metadata={"verdicts": verdict_records(scored), "reward": scored.reward},
        )

    return score


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def constraint_dataset(path: Path | str) -> MemoryDataset:
    """The prompts of a file as samples, with the constraints in their metadata.

    Args:
        path: a file in any format that ``hir-data verify`` reads.

    Raises:
        RecordError: a record is no prompt with constraints.
    """
    samples = [
        Sample(id=each.id, input=_conversation(each), metadata={"constraints": each.constraints})
        for each in read_prompts(path)
    ]
    return MemoryDataset(samples, name=Path(path).stem)


_MESSAGES: dict[str, type[ChatMessageSystem | ChatMessageUser | ChatMessageAssistant]] = {
    "system": ChatMessageSystem,
    "developer": ChatMessageSystem,
    "user": ChatMessageUser,
    "assistant": ChatMessageAssistant,
}


def _conversation(prompt: TaskPrompt) -> str | list[ChatMessage]:
    """What a sample asks.

    Raises:
        RecordError: a tool is called in it, which a sample cannot hold as it was.
    """
    if len(prompt.messages) == 1:
        return prompt.prompt
    for number, message in enumerate(prompt.messages):
        if message["role"] not in _MESSAGES or message.get("tool_calls"):
            raise RecordError(f"prompt {prompt.id} has calls of tools", field=f"messages[{number}]")
    return [_MESSAGES[message["role"]](content=message["content"]) for message in prompt.messages]


@task
def constraint_task(prompts: str, **options: Any) -> Task:
    """A task: the prompts of a file, answered and scored.

    Args:
        prompts: a file in any format that ``hir-data verify`` reads.
        options: of the scorer.
    """
    return Task(dataset=constraint_dataset(prompts), solver=generate(), scorer=constraint_scorer(**options))
