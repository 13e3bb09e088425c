"""The stream of units that a run reads: cut into batches, counted and digested as their answers come back."""

import hashlib
import itertools
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from hir_data.engine.checks import batched
from hir_data.errors import OutputError
from hir_data.formats.files import Line
from hir_data.formats.join import Pair
from hir_data.formats.reader import InputRecord
from hir_data.formats.rows import Row
from hir_data.schemas.json_line import certain_line
from hir_data.schemas.rejected import Rejected

U = TypeVar("U", bound=InputRecord)


def limited(units: Iterable[InputRecord], limit: int | None) -> Iterator[InputRecord]:
    """The first units, all of them without a limit."""
    return iter(units) if limit is None else itertools.islice(units, limit)


class Source(Generic[U]):
    """The stream of units: cut into batches, and counted and digested as their answers come back."""

    def __init__(self, units: Iterable[U]) -> None:
        self.stream: Iterator[U] = iter(units)
        self.units: int = 0
        self.hash = hashlib.blake2b(digest_size=16)
        self.underway: deque[list[U]] = deque()

    @property
    def digest(self) -> str:
        """What tells the units that have been dealt with from any others."""
        return self.hash.copy().hexdigest()

    def batches(self, size: int) -> Iterator[list[U]]:
        """The units, batch by batch."""
        for chunk in batched(self.stream, size):
            self.underway.append(chunk)
            yield chunk

    def confirm(self) -> None:
        """The next batch has been answered."""
        self._pass(self.underway.popleft())

    def skip(self, number: int, digest: str | None = None) -> None:
        """Pass over units that an earlier run has dealt with, and come to its digest, if that is known.

        Raises:
            OutputError: they are others.
        """
        self._pass(itertools.islice(self.stream, number))
        if number and digest is not None and self.digest != digest:
            raise OutputError("the input is not the one that the interrupted run began with")

    def _pass(self, units: Iterable[InputRecord]) -> None:
        for unit in units:
            self.units += 1
            self.hash.update(_told(unit))


def _told(unit: InputRecord) -> bytes:
    """All that a unit says, for the digest."""
    if isinstance(unit, Line):
        return unit.content
    if isinstance(unit, Rejected):
        return str(unit.error).encode(errors="backslashreplace")
    if isinstance(unit, Pair):
        return _told(unit.prompt) + _told(unit.response)
    if isinstance(unit, Row):
        return certain_line(unit.record if unit.record is not None else {"raw": unit.raw})
    return certain_line({"rollout": unit})
