"""What loops and trainings leave behind, as far as a report shows it: their figures, and texts of a loop.

They are read as their files say, so that nothing heavy is imported. Those that still go on, or were
interrupted, are shown as far as they are.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hir_data.errors import RecordError
from hir_data.report.summaries import LoopSummary

LOOP = "loop.json"
"""The ledger of a loop, in its folder."""

EVALUATION = "evaluation.jsonl.gz"
"""The verifications of held-out responses, in the folder of an iteration."""

IDENTITY = "run.json"
"""What a training is a run of, in its folder."""

OUTCOME = "outcome.json"
"""What came of a training, in its folder."""

STATE = "hir_data.json"
"""What a checkpoint of a training knows, in its folder; a checkpoint without it is not whole."""

Figures = Mapping[str, Any]

History = list[tuple[int, Figures]]
"""Each step at which something was logged, with the figures of all steps since the entry before."""


@dataclass(frozen=True, slots=True)
class LoopFolder:
    """A loop as it is on a disk.

    Attributes:
        path: its folder.
        summary: what its ledger says.
    """

    path: Path
    summary: LoopSummary

    def evaluation(self, iteration: int) -> Path | None:
        """The verifications after an iteration; None where they are not whole, or elsewhere."""
        path = self.path / iteration_folder(iteration) / EVALUATION
        whole = "evaluate" in self.summary.iterations[iteration].stages
        return path if whole and path.is_file() else None


@dataclass(frozen=True, slots=True)
class TrainingFolder:
    """A training as it is on a disk.

    Attributes:
        identity: what it is a run of.
        history: what it has logged; of one that is not done, up to its last checkpoint.
        steps: how many steps were done; None where it goes on, or was interrupted.
        stopped: why it ended before its last step; None where it did not.
        versions: of what matters.
    """

    identity: Figures
    history: History
    steps: int | None
    stopped: str | None
    versions: Mapping[str, str]


def iteration_folder(iteration: int) -> str:
    """The name of the folder of an iteration."""
    return f"iteration-{iteration:02}"


def is_loop(folder: Path) -> bool:
    """Whether a folder is that of a loop."""
    return (folder / LOOP).is_file()


def is_training(folder: Path) -> bool:
    """Whether a folder is that of a training."""
    return (folder / IDENTITY).is_file()


def read_loop(folder: Path) -> LoopFolder:
    """A loop that is done, goes on or was interrupted.

    Raises:
        RecordError: its ledger cannot be read.
    """
    path = folder / LOOP
    try:
        return LoopFolder(folder, LoopSummary.model_validate(_table(path)))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or None
        raise RecordError(f"is no ledger of a loop: {first['msg']}", str(path), field=place) from None


def read_training(folder: Path) -> TrainingFolder:
    """A training that is done, goes on or was interrupted.

    Raises:
        RecordError: what it has written cannot be read.
    """
    identity = _table(folder / IDENTITY)
    if (folder / OUTCOME).is_file():
        outcome = _table(folder / OUTCOME)
        return TrainingFolder(
            identity,
            history_of(outcome),
            outcome.get("steps"),
            outcome.get("stopped"),
            outcome.get("versions") or {},
        )
    last = last_state(folder)
    return TrainingFolder(identity, history_of(last), None, last.get("stopped"), {})


def last_state(folder: Path) -> dict[str, Any]:
    """What the last whole checkpoint of a training knows; nothing where there is none.

    Raises:
        RecordError: what a checkpoint has written cannot be read.
    """
    states = [_table(path) for path in folder.glob(f"checkpoint-*/{STATE}")]
    return max(states, key=lambda state: state.get("step", 0), default={})


def history_of(told: Figures) -> History:
    """The figures of all steps; those of the last ones alone where no others were kept.

    Args:
        told: what came of a training, or what one of its checkpoints knows.
    """
    if history := told.get("history"):
        return [(entry["step"], entry["figures"]) for entry in history]
    figures, step = told.get("figures"), told.get("steps", told.get("step"))
    return [(step, figures)] if figures and step else []


def _table(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecordError(f"cannot be read: {error.strerror}", str(path)) from None
    except ValueError as error:
        raise RecordError(f"is no JSON: {error}", str(path)) from None
    if not isinstance(found, dict):
        raise RecordError("is no JSON object", str(path))
    return found
