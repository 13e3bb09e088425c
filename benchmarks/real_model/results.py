"""The folder of what is found: small files, each written as a whole."""

import contextlib
import csv
import fcntl
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.real_model.arms import label
from benchmarks.real_model.learning import Piece, Spent
from benchmarks.real_model.measures import Seen, read, write
from hir_data.formats.atomic import replacing

START = "start"
"""The name of the model that all arms start from."""

NAMES = ("phase", "arm", "point", "seed")


@contextlib.contextmanager
def alone(file: Path) -> Iterator[None]:
    """Wait until no other process is in here with the same file; the system lets go when a process ends."""
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Trained(NamedTuple):
    """A model that was looked at.

    Attributes:
        phase: of its piece.
        arm: that learnt.
        point: the values of what is tuned, in words.
        seed: of all chance.
        spent: by then.
    """

    phase: str
    arm: str
    point: str
    seed: int
    spent: Spent

    @property
    def name(self) -> str:
        """What its prompts are listed under."""
        piece = f"{self.phase} {self.arm} {self.point} seed={self.seed}"
        return f"{piece} rollouts={self.spent.rollouts}"


class Results:
    """What is found.

    Args:
        folder: which is made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self._claims = folder, folder / ".claims"
        self._claims.mkdir(parents=True, exist_ok=True)

    def fix(self, name: str, settings: dict[str, Any]) -> None:
        """Write down what all figures of the folder have in common, or compare it.

        Raises:
            SystemExit: the folder has figures of something else.
        """
        file, text = self.folder / name, json.dumps(settings) + "\n"
        with self.alone():
            if not file.exists():
                _replace(file, text)
        if file.read_text() != text:
            raise SystemExit(
                f"{file} says that this folder has figures of something else; use another --output"
            )

    @property
    def choices(self) -> dict[str, dict[str, Any]]:
        """The frozen choices by arm: the point, and what all points came to."""
        file = self.folder / "chosen.json"
        return json.loads(file.read_text()) if file.exists() else {}

    def freeze(self, arm: str, choice: dict[str, Any]) -> None:
        """Write down a choice, which is never made again."""
        with self.alone():
            _replace(self.folder / "chosen.json", json.dumps({arm: choice, **self.choices}, indent=1) + "\n")

    def trained(self) -> list[Trained]:
        """All models that were looked at, but the one at the start."""
        file = self.folder / "models.csv"
        if not file.exists():
            return []
        with file.open(newline="") as lines:
            return [
                Trained(
                    row["phase"],
                    row["arm"],
                    row["point"],
                    int(row["seed"]),
                    Spent(*(int(row[name]) for name in Spent._fields[:-1]), float(row["seconds"])),
                )
                for row in csv.DictReader(lines)
            ]

    def seen(self, purpose: str) -> dict[str, list[Seen]]:
        """What was seen on the prompts of a purpose, by the name of the model."""
        return read(self.folder / f"{purpose.replace(' ', '_')}.csv")

    def add(self, piece: Piece, spent: Spent, purpose: str, rows: Sequence[Seen]) -> None:
        """Keep what was seen of a model. The table of models comes last: it says that the look is done."""
        model = Trained(piece.phase, piece.arm, label(piece.point), piece.seed, spent)
        self.add_seen(purpose, model.name, rows)
        with self.alone():
            models = sorted({each.name: each for each in (*self.trained(), model)}.values(), key=_order)
            with replacing(self.folder / "models.csv") as part, part.open("w", newline="") as lines:
                writer = csv.writer(lines, lineterminator="\n")
                writer.writerow((*NAMES, *Spent._fields))
                writer.writerows(
                    (each.phase, each.arm, each.point, each.seed, *each.spent) for each in models
                )

    def has(self, name: str) -> bool:
        """Whether a model was looked at."""
        return name in {each.name for each in self.trained()}

    def add_seen(self, purpose: str, model: str, rows: Sequence[Seen]) -> None:
        """Keep what was seen of a model."""
        file = self.folder / f"{purpose.replace(' ', '_')}.csv"
        with self.alone():
            write(file, {**read(file), model: rows}.items())

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Wait until no other process changes the folder."""
        return alone(self._claims / "folder")


def _order(model: Trained) -> tuple[Any, ...]:
    return model.phase, model.arm, model.point, model.seed, model.spent.rollouts


def _replace(file: Path, text: str) -> None:
    with replacing(file) as part:
        part.write_text(text, encoding="utf-8")
