"""Some of many records, the same ones each time."""

import hashlib
import heapq
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Sampled:
    """Records to show: all of them, or a sample that depends on their lots alone."""

    most: int
    seen: int = 0
    _kept: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)

    def wants(self, lot: str) -> bool:
        """Whether the next record belongs to the sample, as far as the ones before decide."""
        return len(self._kept) < self.most or -drawn(lot) > self._kept[0][0]

    def add(self, lot: str, record: dict[str, Any]) -> None:
        """Keep a record, in place of the last one by lot if there are too many."""
        entry = (-drawn(lot), self.seen, record)
        (heapq.heappushpop if len(self._kept) >= self.most else heapq.heappush)(self._kept, entry)

    def records(self) -> list[dict[str, Any]]:
        """Those that were kept, in their order."""
        return [record for _, _, record in sorted(self._kept, key=lambda entry: entry[1])]


def drawn(lot: str) -> int:
    """A number by chance that is the same each time for the same lot; those with the least are the sample."""
    return int.from_bytes(hashlib.blake2b(lot.encode(), digest_size=8).digest(), "big")
