"""Pieces of work, and the folder that has what is done of them.

A piece is one arm at one point that learns once. What it found is added to the tables of the folder as a
whole, or not at all; processes that work side by side claim pieces, and a claim ends with its process.
"""

import contextlib
import csv
import fcntl
import hashlib
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from benchmarks.hir_mini.starts import Setting

Phase = Literal["tune", "run"]
NAMES = ("setting", "phase", "arm", "point", "seed")
MEASURES = ("ila", "cla", "length")
FIGURES = (*NAMES, "rollouts", "tokens", *MEASURES)
SECONDS = (*NAMES, "rollouts", "seconds")


class Piece(NamedTuple):
    """An arm that learns once.

    Attributes:
        setting: where.
        phase: ``tune`` on a development seed, or ``run`` on a fresh one.
        arm: its name.
        point: the values of what is tuned.
        seed: of all chance.
    """

    setting: Setting
    phase: Phase
    arm: str
    point: Mapping[str, Any]
    seed: int

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from any other, as it is written in files."""
        return str(self.setting), self.phase, self.arm, label(self.point), str(self.seed)


class Look(NamedTuple):
    """What was seen of a policy.

    Attributes:
        rollouts: that were drawn by then.
        tokens: that were learnt from by then.
        ila: of sampled responses.
        cla: of sampled responses.
        length: tokens of a response, with its end.
        seconds: of the processor, without those of looking.
    """

    rollouts: int
    tokens: int
    ila: float
    cla: float
    length: float
    seconds: float


def label(point: Mapping[str, Any]) -> str:
    """A point in words, such as ``rate=0.001 kl=0.02``."""
    return " ".join(f"{name}={_short(value)}" for name, value in point.items())


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


class Folder:
    """What is done.

    Args:
        path: of the folder, which is made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._claims = path / ".claims"
        self._claims.mkdir(parents=True, exist_ok=True)

    def looks(self) -> dict[tuple[str, ...], list[Look]]:
        """What was seen, by the key of a piece, in the order of rollouts."""
        seconds = {(*_key(row), row["rollouts"]): float(row["seconds"]) for row in self._rows("seconds.csv")}
        found: dict[tuple[str, ...], list[Look]] = {}
        for row in self._rows("figures.csv"):
            key = _key(row)
            spent = seconds.get((*key, row["rollouts"]), float("nan"))
            measured = [float(row[name]) for name in MEASURES]
            found.setdefault(key, []).append(Look(int(row["rollouts"]), int(row["tokens"]), *measured, spent))
        return found

    def add(self, piece: Piece, looks: Sequence[Look]) -> None:
        """Keep what was seen, all of it at once, in an order that does not depend on who is ready first."""
        own = dict(zip(NAMES, piece.key, strict=True))
        with _locked(self._claims / "folder", wait=True):
            # figures come last: they say that the piece is done
            for name, columns in (
                ("seconds.csv", SECONDS),
                ("figures.csv", FIGURES),
            ):
                rows = [row for row in self._rows(name) if _key(row) != piece.key]
                rows += [
                    own | {column: str(getattr(look, column)) for column in columns if column not in own}
                    for look in looks
                ]
                rows.sort(key=lambda row: (*_key(row)[:4], int(row["seed"]), int(row["rollouts"])))
                written = io.StringIO()
                writer = csv.DictWriter(written, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
                replace(self.path / name, written.getvalue())

    @contextlib.contextmanager
    def claimed(self, piece: Piece) -> Iterator[bool]:
        """Whether a piece is this process's for the time being, and not done by another one."""
        name = hashlib.blake2b("\n".join(piece.key).encode(), digest_size=12).hexdigest()
        with _locked(self._claims / name, wait=False) as ours:
            yield ours and piece.key not in {_key(row) for row in self._rows("figures.csv")}

    def _rows(self, name: str) -> list[dict[str, str]]:
        file = self.path / name
        if not file.exists():
            return []
        with file.open(newline="") as lines:
            return list(csv.DictReader(lines))


def replace(file: Path, text: str) -> None:
    """Write a file so that nobody ever reads half of it."""
    part = file.with_name(f"{file.name}.{os.getpid()}")
    part.write_text(text)
    part.replace(file)


def mean(values: Iterable[float]) -> float:
    """The mean of some values."""
    known = list(values)
    return sum(known) / len(known)


def _key(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row[name] for name in NAMES)


@contextlib.contextmanager
def _locked(file: Path, *, wait: bool) -> Iterator[bool]:
    """Hold a lock that the system takes away when the process ends; False if another process has it."""
    lock: IO[str] = file.open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True
