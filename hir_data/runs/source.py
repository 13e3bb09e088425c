"""The stream of units that a run reads: cut into batches, counted and digested as their answers come back."""

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar, cast

from hir_data.errors import OutputError
from hir_data.formats.join import Pair
from hir_data.formats.jsonl import Line, Lines
from hir_data.formats.reader import InputPiece
from hir_data.formats.rows import Row
from hir_data.schemas.json_line import certain_line
from hir_data.schemas.rejected import Rejected

U = TypeVar("U", bound=InputPiece)

_AT_A_TIME = 1024  # units that are passed over


def limited(units: Iterable[U], limit: int | None) -> Iterator[U]:
    """The first units, all of them without a limit."""
    return iter(units) if limit is None else _first(units, limit)


def _first(units: Iterable[U], limit: int) -> Iterator[U]:
    """The first units; no more of the others than there is in a piece is read."""
    rest = iter(units)
    while limit and (unit := next(rest, None)) is not None:
        first, found, _ = _cut(unit, limit)
        yield first
        limit -= found


def _cut(unit: U, most: int) -> tuple[U, int, U | None]:
    """A unit, which counts as one; of lines in one piece the first, how many they are, and the rest."""
    if isinstance(unit, Lines):
        return cast("tuple[U, int, U | None]", unit.cut(most))
    return unit, 1, None


class Source(Generic[U]):
    """The stream of units: cut into batches, and counted and digested as their answers come back.

    Args:
        units: the stream.
        name: what it is called, in errors.

    Attributes:
        units: how many have been dealt with.
        digest: what tells these from any others.
    """

    def __init__(self, units: Iterable[U], name: str = "the input") -> None:
        self._name = name
        self._stream: Iterator[U] = iter(units)
        self._rest: U | None = None
        self._read = 0
        self._hash = hashlib.blake2b(digest_size=16)
        self.units: int = 0
        self.digest: str = self._hash.hexdigest()
        self._underway: deque[tuple[int, str]] = deque()

    def batches(self, size: int) -> Iterator[list[U]]:
        """The units, batch by batch."""
        while chunk := self._take(size):
            self._underway.append((self._read, self._hash.hexdigest()))
            yield chunk

    def confirm(self) -> None:
        """The next batch has been answered."""
        self.units, self.digest = self._underway.popleft()

    def skip(self, number: int, digest: str | None = None) -> None:
        """Pass over units that an earlier run has dealt with, and come to its digest, if that is known.

        Raises:
            OutputError: they are others.
        """
        while self._read < number and self._take(min(number - self._read, _AT_A_TIME)):
            pass
        self.units, self.digest = self._read, self._hash.hexdigest()
        if number and digest is not None and self.digest != digest:
            raise OutputError(f"{self._name} is not the one that the interrupted run began with")

    def _take(self, number: int) -> list[U]:
        """The next units, so many if they are there, digested at once, while they are at hand."""
        taken: list[U] = []
        due = self._read + number
        while self._read < due:
            unit, self._rest = self._rest, None
            if unit is None and (unit := next(self._stream, None)) is None:
                break
            first, found, self._rest = _cut(unit, due - self._read)
            taken.append(first)
            self._read += found
        self._hash.update(b"".join(map(_told, taken)))
        return taken


def _told(unit: InputPiece) -> bytes:
    """All that a unit says, for the digest."""
    if isinstance(unit, Lines):
        return unit.told
    if isinstance(unit, Line):
        return unit.content
    if isinstance(unit, Rejected):
        return str(unit.error).encode(errors="backslashreplace")
    if isinstance(unit, Pair):
        return _told(unit.prompt) + _told(unit.response)
    if isinstance(unit, Row):
        return certain_line(unit.record if unit.record is not None else {"raw": unit.raw})
    return certain_line({"rollout": unit})
