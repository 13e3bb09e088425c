"""The records that ``hir-data view`` goes through: read as they are needed, found by what is in them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hir_data.replays.verifications import is_unverified
from hir_data.report.record_view import VERDICTS, Block, Marking, pair_blocks, verification_blocks
from hir_data.report.replay_examples import ReplayPair
from hir_data.report.visible import visible
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.rejected import Rejected

if TYPE_CHECKING:
    from hir_data.schemas.result import Verification

    Viewed = Verification | ReplayPair


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records are shown.

    Attributes:
        verdict: they have a constraint with this verdict; of the kind, if there is one. Empty for any.
        kind: they have a constraint of a kind with this text in its name.
        search: their conversation, response or key has this text, in any case.
    """

    verdict: str = ""
    kind: str = ""
    search: str = ""

    def takes(self, record: "Viewed") -> bool:
        """Whether a record is shown."""
        kind, search = self.kind.lower(), self.search.casefold()
        if (self.verdict or kind) and not any(
            kind in name.lower() and self.verdict in ("", VERDICTS[verdict])
            for name, verdict in _verdicts(record)
        ):
            return False
        return not search or any(search in text.casefold() for text in _texts(record))

    def words(self) -> str:
        """The filter in a few words; empty where it takes all."""
        parts = [self.verdict, self.kind and f"kind {self.kind}", self.search and f"with {self.search!r}"]
        return visible(", ".join(part for part in parts if part))


def _verdicts(record: "Viewed") -> list[tuple[str, bool | None]]:
    if isinstance(record, ReplayPair):
        kinds = [each.kind for each in record.source.instruction.constraints]
        return list(zip(kinds, record.source.verdicts, strict=False))
    return [(each.constraint.kind, each.strict.satisfied) for each in record.results]


def _texts(record: "Viewed") -> Iterator[str]:
    if isinstance(record, ReplayPair):
        yield from (record.replay.id, record.replay.response)
        instructions: Sequence[Instruction] = [record.source.instruction, record.replay.instruction]
    else:
        yield record.rollout.response
        instructions = [record.rollout.instruction]
    for instruction in instructions:
        yield "" if instruction.id is None else str(instruction.id)
        yield from (message.content for message in instruction.messages)


def blocks_of(record: "Viewed", marking: Marking) -> list[Block]:
    """What is shown of a record."""
    if isinstance(record, ReplayPair):
        return pair_blocks(record, marking)
    return verification_blocks(record, marking)


def heading_of(record: "Viewed", number: int) -> str:
    """What a record is called: its number and its key."""
    if isinstance(record, ReplayPair):
        return visible(f"replay {number}, {record.replay.id}")
    key = record.rollout.instruction.id
    sample = f", sample {record.rollout.sample}" if record.rollout.sample else ""
    return visible(f"record {number}{'' if key is None else f', key {key}'}{sample}")


@dataclass
class Records:
    """The records of a file, kept as they were read.

    Attributes:
        units: gives them, one after the other.
        parse: makes of one what is shown of it, or says why nothing can be.
        on_rejected: is called once with each of which nothing can be.
        unverified: how many of these are records without verdicts.
    """

    units: Iterator[Any]
    parse: "Callable[[Any], Viewed | Rejected]"
    on_rejected: Callable[[Rejected], None]
    _read: list[Any] = field(default_factory=list)
    _rejected: set[int] = field(default_factory=set)
    unverified: int = 0
    ended: bool = False

    def __len__(self) -> int:
        """How many were read so far."""
        return len(self._read)

    def find(self, wanted: Filter, start: int, step: int = 1) -> "tuple[int, Viewed] | None":
        """The next record that a filter takes, with its place from 0.

        Args:
            wanted: the filter.
            start: the place to begin at.
            step: 1 to go on, -1 to go back.
        """
        place = start
        while place >= 0 and self._reaches(place):
            record = self.parse(self._read[place])
            if isinstance(record, Rejected):
                if place not in self._rejected:
                    self._rejected.add(place)
                    self.unverified += is_unverified(record)
                    self.on_rejected(record)
            elif wanted.takes(record):
                return place, record
            place += step
        return None

    def last(self) -> int:
        """The place of the last record; reads all."""
        self._read += self.units
        self.ended = True
        return len(self._read) - 1

    @property
    def rejected(self) -> int:
        """Of how many nothing could be shown so far."""
        return len(self._rejected)

    def forget(self, place: int) -> None:
        """Keep a record no longer, to which nobody goes back."""
        self._read[place] = None

    def _reaches(self, place: int) -> bool:
        while len(self._read) <= place and not self.ended:
            unit = next(self.units, None)
            if unit is None:
                self.ended = True
            else:
                self._read.append(unit)
        return place < len(self._read)
