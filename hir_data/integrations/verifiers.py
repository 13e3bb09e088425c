"""A taskset for verifiers (version 1): prompts with constraints, and the reward for satisfying them.

``hir-data init verifiers`` writes a package with one. Checked in its own environment, with verifiers 0.4.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import verifiers.v1 as vf

from hir_data.errors import RecordError
from hir_data.integrations.grading import GradeFields, explanation, grade_async
from hir_data.integrations.prompts import TaskPrompt, read_prompts


class ConstraintData(vf.TaskData):
    """A prompt with its constraints."""

    constraints: list[dict[str, Any]]


class ConstraintTaskConfig(GradeFields, vf.TaskConfig):
    """How responses are graded (``--env.taskset.task.*``), as :class:`hir_data.GradeOptions` says."""


class ConstraintTask(vf.Task[ConstraintData, vf.State, ConstraintTaskConfig]):
    """A prompt, whose reward is how far the last message of the model satisfies its constraints."""

    @vf.reward
    async def constraints(self, trace: vf.Trace) -> float:
        """The reward; ``ila`` and ``cla`` are recorded as metrics.

        Raises:
            RecordError: too little is known. verifiers keeps the rollout with the error and without a reward:
                it counts for nothing, and is run again by ``--resume``.
        """
        replies = trace.assistant_messages
        response = replies[-1].content if replies else None
        said = [] if response is None else response
        scored = await grade_async(self.data.prompt_text, said, self.data.constraints, self.config.options())
        known = {"ila": scored.ila, "cla": scored.cla}
        trace.record_metrics({name: value for name, value in known.items() if value is not None})
        if scored.reward is None:
            raise RecordError(f"the reward is undetermined: {explanation(scored)}")
        return scored.reward


class ConstraintTasksetConfig(vf.TasksetConfig):
    """Which prompts there are (``--env.taskset.*``)."""

    prompts: Path | None = None
    """A file in any format that ``hir-data verify`` reads; by default that of the package."""
    task: ConstraintTaskConfig = ConstraintTaskConfig()


class ConstraintTaskset(vf.Taskset[ConstraintTask, ConstraintTasksetConfig]):
    """The prompts of a file."""

    prompts: ClassVar[Path | None] = None
    """The file of a package's own."""

    def load(self) -> Sequence[ConstraintTask]:
        """The tasks.

        Raises:
            RecordError: no file is named, or a record is no prompt with constraints.
        """
        path = self.config.prompts or self.prompts
        if path is None:
            raise RecordError("no file of prompts is named", field="prompts")
        return [ConstraintTask(_data(each), self.config.task) for each in read_prompts(path)]


def _data(prompt: TaskPrompt) -> ConstraintData:
    system, rest = "", prompt.messages
    if rest[0]["role"] == "system":
        system, rest = rest[0]["content"], rest[1:]
    asked: Any = rest[0]["content"] if len(rest) == 1 else rest
    return ConstraintData(
        id=prompt.id, prompt=asked, system_prompt=system or None, constraints=prompt.constraints
    )
