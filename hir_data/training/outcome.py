"""What a training run tells while it goes on, and what came of it."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from hir_data.training.figures import LoggedFigures
from hir_data.training.plan import Plan

TrainingStage = Literal["reading", "loading", "measuring", "stepping"]
"""What a run does, one after the other: it reads the data set, loads the model, measures the rows under the
starting model (not where a checkpoint has what was measured), and does its steps."""


class TrainingProgress(BaseModel):
    """Where a run is.

    Attributes:
        step: steps that are done.
        steps: steps of the whole run.
        figures: what was measured in the steps since the last progress.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    step: int
    steps: int
    figures: dict[str, float]


class TrainingOutcome(BaseModel):
    """What came of a run.

    Attributes:
        model: what to go on with: the output, or the starting model where there was nothing to learn.
        plan: what was to be done.
        steps: that were done.
        stopped: why the run ended before its last step, None where it did not.
        figures: those of the last steps.
        history: those of all steps, as they were logged.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    model: str
    plan: Plan
    steps: int = 0
    stopped: str | None = None
    figures: dict[str, float] = {}
    history: tuple[LoggedFigures, ...] = ()
