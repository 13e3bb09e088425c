"""A training run from a data set to a model."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from hir_data.train.settings import TrainSettings


class Progress(BaseModel):
    """Where a run is.

    Attributes:
        step: steps that are done.
        steps: steps of the whole run.
        figures: what was measured in the steps since the last progress.
    """

    model_config = ConfigDict(frozen=True)

    step: int
    steps: int
    figures: dict[str, float]


class Trained(BaseModel):
    """What came of a run.

    Attributes:
        model: what to go on with: the output, or the starting model where there was nothing to learn.
        rows: that were trained on, and how many were left out, by reason.
        steps: that were done.
        stopped: why the run ended before its last step, None where it did not.
        figures: those of the last step.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    rows: dict[str, Any]
    steps: int
    stopped: str | None = None
    figures: dict[str, float]


def train(
    data: Path,
    model: str,
    output: Path,
    settings: TrainSettings,
    *,
    resume: bool = False,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Trained:
    """Train a model on a data set that ``hir-data replay`` wrote; it lies in ``output`` then.

    Args:
        data: the folder of the data set.
        model: a folder, or a name on the Hugging Face hub.
        output: the folder of the model, of its checkpoints and of what is known of the run.
        settings: how it is trained.
        resume: go on from the last checkpoint in ``output``.
        on_progress: is called every few steps.

    Raises:
        RecordError: the data set cannot be trained on.
        ModelError: the model cannot be loaded or trained.
        OutputError: the output is there already, or what it should continue does not match.
    """
    raise NotImplementedError
