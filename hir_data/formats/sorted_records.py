"""Records in order, however many there are: an external merge sort."""

import heapq
import itertools
import pickle
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, Generic, NamedTuple, TypeVar

T = TypeVar("T", bound=tuple[Any, ...])

IN_MEMORY = 1 << 14
"""Records that are in memory at a time, unless a caller has another number."""

_BLOCK = 128  # records that are read at a time of each run
_FAN_IN = 64  # runs of equal length, of which one is made
_LENGTH = 4  # bytes of a number


class _Run(NamedTuple):
    """Sorted records in the file, block after block: where they begin and end."""

    start: int
    end: int


class SortedRecords(Generic[T]):
    """Takes records in any order and gives them back sorted, as often as they are asked for.

    Up to ``in_memory`` records nothing is written. What is beyond waits in a file without a name, as runs
    that are sorted each and merged when they are read, so that memory does not grow with the number of
    records. A process that is killed leaves nothing of it.

    Args:
        folder: where the file is, if there has to be one; None for where temporary files are.
        in_memory: how many records are in memory at a time.
    """

    def __init__(self, folder: Path | None = None, in_memory: int = IN_MEMORY) -> None:
        self._folder = folder
        self._in_memory = in_memory
        self._latest: list[T] = []
        self._levels: list[list[_Run]] = []  # a run of a level is made of _FAN_IN of the level below
        self._last: T | None = None  # of the latest run
        self._are_in_order = True  # the runs, one behind the other
        self._opened: IO[bytes] | None = None
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, record: T) -> None:
        """Take a record: a tuple whose first entries can be compared, and tell it from all others.

        Raises:
            OSError: the file cannot be written.
        """
        self._latest.append(record)
        self._count += 1
        if len(self._latest) >= self._in_memory:
            self._sort_latest()
            self._last = self._latest[-1]
            self._keep(self._written(self._latest), 0)
            self._latest = []

    def __iter__(self) -> Iterator[T]:
        """All records in their order. Several of these can be under way, but nothing may be added then."""
        self._sort_latest()
        if not self._levels:
            return iter(self._latest)
        return self._merged([*itertools.chain.from_iterable(reversed(self._levels))], self._latest)

    def _sort_latest(self) -> None:
        self._latest.sort()
        if self._latest and self._last is not None and self._latest[0] < self._last:
            self._are_in_order = False

    def _merged(self, runs: Iterable["_Run"], latest: Iterable[T] = ()) -> Iterator[T]:
        """The records of runs, the oldest first, and of the latest; what came in order needs no merging."""
        parts = [*map(self._read, runs), iter(latest)]
        return itertools.chain.from_iterable(parts) if self._are_in_order else heapq.merge(*parts)

    def _keep(self, run: _Run, level: int) -> None:
        """Note a run; of many of one level one of the next is made."""
        if level == len(self._levels):
            self._levels.append([])
        runs = self._levels[level]
        runs.append(run)
        if len(runs) == _FAN_IN:
            merged = self._written(self._merged(runs))
            runs.clear()
            self._keep(merged, level + 1)

    def _written(self, records: Iterable[T]) -> _Run:
        file = self._file()
        start = end = file.seek(0, 2)
        records = iter(records)
        while block := list(itertools.islice(records, _BLOCK)):
            packed = pickle.dumps(block, pickle.HIGHEST_PROTOCOL)
            file.seek(end)  # the records may be read from the same file
            end += file.write(len(packed).to_bytes(_LENGTH) + packed)
        return _Run(start, end)

    def _read(self, run: _Run) -> Iterator[T]:
        file, at = self._file(), run.start
        while at < run.end:
            file.seek(at)
            length = int.from_bytes(file.read(_LENGTH))
            packed = file.read(length)
            at += _LENGTH + length
            yield from pickle.loads(packed)  # in a file without a name, of this run

    def _file(self) -> IO[bytes]:
        if self._opened is None:
            self._opened = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  # closed when this goes
            weakref.finalize(self, self._opened.close)
        return self._opened


def together(records: Iterable[T]) -> Iterator[Iterator[T]]:
    """Sorted records, those whose first entries are equal at a time."""
    return (equal for _, equal in itertools.groupby(records, key=itemgetter(0)))


def runs(records: SortedRecords[T]) -> Iterator[tuple[int, Iterator[T]]]:
    """Records whose first entries are equal: how many these are, and they themselves, to be read to the end.

    They are read twice at a time, so that no run has to be in memory.
    """
    again = iter(records)
    for equal in together(records):
        size = sum(1 for _ in equal)
        yield size, itertools.islice(again, size)
