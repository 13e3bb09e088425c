"""Work functions for executors, where worker processes can import them."""

import os
import signal
import sys
from pathlib import Path

from hir_data.engine.progress import BatchProgress
from hir_data.errors import HirDataError, RecordError
from hir_data.schemas.rollout import Rollout


def responses(batch: list[Rollout], progress: BatchProgress) -> list[str]:
    """No verdicts: just the responses, and nothing that counts as a check."""
    return [rollout.response for rollout in batch]


def fails(batch: list[Rollout], progress: BatchProgress) -> None:
    """Raises an error of its own."""
    raise ZeroDivisionError("one over nothing")


def complains(batch: list[Rollout], progress: BatchProgress) -> None:
    """Raises an error of ours."""
    raise RecordError("bad", "in.jsonl", 3, "kwargs[0]")


def answers_strangely(batch: list[Rollout], progress: BatchProgress) -> object:
    """Answers what cannot be sent to another process."""
    return lambda: None


class Peculiar(HirDataError):
    """An error that a plain copy cannot make again."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second}")


def complains_peculiarly(batch: list[Rollout], progress: BatchProgress) -> None:
    """Raises an error of ours that does not survive being sent."""
    raise Peculiar("salt", "pepper")


def exits(batch: list[Rollout], progress: BatchProgress) -> None:
    """Ends the process, and no check is to blame."""
    sys.exit(7)


class Dies:
    """Is killed between checks, as often as there are files to say so; then answers."""

    def __init__(self, folder: Path, times: int) -> None:
        self.lives = [folder / f"life-{number}" for number in range(times)]

    def __call__(self, batch: list[Rollout], progress: BatchProgress) -> list[str]:
        for life in self.lives:
            if not life.exists():
                life.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return responses(batch, progress)
