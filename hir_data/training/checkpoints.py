"""Checkpoints: which of them are whole, and what they know besides what the library keeps in them.

A checkpoint is whole once it has our file, which is written when everything else in it is safe on the disk.
One without it was cut off when a run was killed, or was being removed.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from hir_data.formats.atomic import replacing, sync
from hir_data.report.training_folders import STATE
from hir_data.training.figures import Figures, LoggedFigures

_PREFIX = "checkpoint-"  # the library's


class CheckpointState(BaseModel):
    """What a run goes on with, besides weights, optimizer, schedule and random numbers.

    Attributes:
        step: steps that were done.
        stopped: why training was stopped at this step; None where it goes on.
        figures: those that were logged last.
        history: all that were logged so far, in their order.
        sums: what was measured in the steps since then, (2, S) as
            :func:`hir_data.training.figures.sums_of` has it; empty where there are none.
        losses: the losses of these steps.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, ser_json_inf_nan="constants")

    step: int
    stopped: str | None = None
    figures: Figures = {}
    history: tuple[LoggedFigures, ...] = ()
    sums: tuple[tuple[float, ...], ...] = ()
    losses: tuple[float, ...] = ()


class Checkpoint(NamedTuple):
    """A checkpoint that is whole.

    Attributes:
        folder: where it is.
        state: what it knows.
    """

    folder: Path
    state: CheckpointState


def folder_of(output: Path, step: int) -> Path:
    """The checkpoint of a step."""
    return output / f"{_PREFIX}{step}"


def complete(folder: Path, state: CheckpointState) -> None:
    """Make a checkpoint whole: all else that belongs into it has been written."""
    for path in folder.rglob("*"):
        sync(path)
    with replacing(folder / STATE) as temporary:
        temporary.write_text(state.model_dump_json() + "\n", encoding="utf-8")
    sync(folder.parent)


def last_checkpoint(output: Path) -> Checkpoint | None:
    """The last checkpoint that is whole."""
    return max(_whole(output), key=lambda checkpoint: checkpoint.state.step, default=None)


def keep_last(output: Path, number: int) -> None:
    """Remove all but so many of the checkpoints that are whole."""
    whole = sorted(_whole(output), key=lambda checkpoint: checkpoint.state.step)
    for checkpoint in whole[:-number]:
        remove(checkpoint.folder)


def remove_cut_off(output: Path) -> None:
    """Remove the checkpoints that a run was killed in."""
    whole = {checkpoint.folder for checkpoint in _whole(output)}
    for folder in _folders(output):
        if folder not in whole:
            shutil.rmtree(folder)


def remove_all(output: Path) -> None:
    """Remove all checkpoints."""
    for folder in _folders(output):
        remove(folder)


def remove(folder: Path) -> None:
    """Remove a checkpoint, which from the first moment on is none."""
    (folder / STATE).unlink(missing_ok=True)
    shutil.rmtree(folder)


def _whole(output: Path) -> Iterator[Checkpoint]:
    for folder in _folders(output):
        try:
            state = CheckpointState.model_validate_json((folder / STATE).read_bytes())
        except (OSError, ValidationError):
            continue
        yield Checkpoint(folder, state)


def _folders(output: Path) -> list[Path]:
    """The folders with names that the library gives to checkpoints."""
    return [
        path
        for path in output.glob(f"{_PREFIX}*")
        if path.is_dir() and not path.is_symlink() and path.name.removeprefix(_PREFIX).isdecimal()
    ]
