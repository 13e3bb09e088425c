"""Replays beside their sources, for people who look."""

import heapq
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from hir_data.report.described import described
from hir_data.report.marks import places
from hir_data.report.visible import visible
from hir_data.report.words import FATES, FATES_OF_SATISFIED, WORDS
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.message import Message
from hir_data.schemas.replay import Change, ReplaySample

_LONGEST = 600  # characters of a prompt or a response
_NARROWEST = 100  # columns


class ReplayPair(NamedTuple):
    """A replay and the rollout that it was made of."""

    source: ReplaySample
    replay: ReplaySample


def least_informative(samples: Iterable[ReplaySample], number: int) -> list[ReplayPair]:
    """The replays whose instructions carry the fewest bits, the worst first; those without bits come last.

    Args:
        samples: of a data set, in its order: a replay follows its source.
        number: how many, at most.
    """

    def bits(pair: ReplayPair) -> float:
        known = pair.replay.instruction_bits
        return float("inf") if known is None else known

    return heapq.nsmallest(number, replay_pairs(samples), key=bits)


def replay_pairs(samples: Iterable[ReplaySample]) -> Iterator[ReplayPair]:
    """The replays of a data set with their sources, in its order: a replay follows its source."""
    source: ReplaySample | None = None
    for sample in samples:
        if sample.origin == "rollout":
            source = sample
        elif source is not None and sample.source_id == source.id:
            yield ReplayPair(source, sample)


def marked_constraint(change: Change, response: str) -> Constraint:
    """The constraint whose places in a response show a change.

    It is what the constraint became; or what it was, if it is gone or no place shows what it became.
    """
    if change.became is not None and places(change.became, response):
        return change.became
    return change.constraint


def print_examples(pairs: Iterable[ReplayPair], console: Console, folder: str = "") -> None:
    """Print each replay beside its source: the prompts, what became of the constraints, the response.

    Args:
        pairs: the replays.
        console: where they are printed.
        folder: of the data set, in which all of their texts are; for a hint where one is shortened.
    """
    if not console.is_terminal:
        console.width = max(console.width, _NARROWEST)
    pairs, shortened = list(pairs), False
    for pair in pairs:
        console.print(_rendered(pair))
        shortened = shortened or any(len(text) > _LONGEST for text in _texts(pair))
    if any(pair.replay.instruction_bits is not None for pair in pairs):
        console.print(Line(f"bits: {WORDS['bits']}", style="dim"), soft_wrap=True)
    for line in _legend(pairs):
        console.print(Line(line, style="dim"), soft_wrap=True)
    if shortened and folder:
        console.print(
            Line(f"long texts are shortened; hir-data view {folder} shows them whole"), soft_wrap=True
        )


def _legend(pairs: Iterable[ReplayPair]) -> Iterator[str]:
    """What the fates of constraints mean, by whether the verifier finds them satisfied."""
    fates = {
        (change.fate, verdict is True and change.fate in FATES_OF_SATISFIED)
        for source, replay in pairs
        for change, verdict in zip(replay.changes, source.verdicts, strict=False)
    }
    for fate, meaning in FATES.items():
        if (fate, False) in fates:
            yield f"{fate}: {meaning}"
        if (fate, True) in fates:
            yield f"{fate}, of a constraint that the response satisfies: {FATES_OF_SATISFIED[fate]}"


def _texts(pair: ReplayPair) -> Iterator[str]:
    """The texts that a table may shorten."""
    yield pair.replay.response
    for both in _shown(pair.source.instruction, pair.replay.instruction):
        yield from both


def _rendered(pair: ReplayPair) -> Table:
    source, replay = pair
    table = Table(title=Line(visible(replay.id)), title_justify="left", show_lines=True, expand=True)
    table.add_column(f"source{_bits(replay.source_bits)}", ratio=1)
    table.add_column(f"replay{_bits(replay.instruction_bits)}", ratio=1)
    for before, after in _shown(source.instruction, replay.instruction):
        table.add_row(_part(before), _part(after))
    for change, bits in replay.changes_with_bits():
        became = change.became
        fate = f"{change.fate}" if became is None else f"{change.fate}: {described(became)}"
        table.add_row(_part(described(change.constraint)), _part(fate + _bits(bits)))
    table.add_row(Line("response"), _part(replay.response))
    return table


def _shown(source: Instruction, replay: Instruction) -> list[tuple[str, str]]:
    """The messages that differ, and the last one of the user; all in one where their numbers differ."""
    before, after = ([_said(message) for message in each.messages] for each in (source, replay))
    if len(before) != len(after):
        return [("\n".join(before), "\n".join(after))]
    pairs = enumerate(zip(before, after, strict=True))
    return [pair for number, pair in pairs if number == source.last_user or pair[0] != pair[1]]


def _said(message: Message) -> str:
    """What a message says, behind its role unless that is the user's."""
    return message.content if message.role == "user" else f"{message.role}: {message.content}"


def _bits(bits: float | None) -> str:
    return "" if bits is None else f" ({bits:.1f} bits)"


def _part(text: str) -> Line:
    """A text, without its middle where it is long."""
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]} ... {text[-_LONGEST // 2 :]}"
    return Line(visible(text))
