"""Which rows make a step, and how a step is spread over micro-batches and processes."""

import math
from collections.abc import Iterator, Sequence
from itertools import chain
from random import Random
from typing import NamedTuple

from hir_data.training.rows import TrainingRow
from hir_data.training.settings import TrainConfig

Step = tuple[int, ...]
"""Places of rows."""


class MicroBatch(NamedTuple):
    """What a device works on at a time.

    Attributes:
        rows: places of rows; none where a step has too few.
        step_rows: rows of the whole step, over all processes.
        step_tokens: their response tokens.
    """

    rows: Step
    step_rows: int
    step_tokens: int


def plan_steps(rows: Sequence[TrainingRow], settings: TrainConfig) -> list[Step]:
    """The steps of a run: groups in random order, a pair in one step, steps of about equal size."""
    steps: list[Step] = []
    most = settings.max_steps or math.inf
    for epoch in range(math.ceil(settings.epochs)):
        if len(steps) >= most:
            break
        own = list(_epoch(rows, settings.batch_size, Random(f"{settings.seed} {epoch}")))
        share = min(1.0, settings.epochs - epoch)
        steps += own[: math.ceil(share * len(own))]
    return steps[: settings.max_steps]


def _epoch(rows: Sequence[TrainingRow], size: int, chance: Random) -> Iterator[Step]:
    groups: dict[str, list[list[int]]] = {}
    for together in _inseparable(rows):
        groups.setdefault(rows[together[0]].group, []).append(together)
    order = list(groups.values())
    chance.shuffle(order)
    even = len(rows) / math.ceil(len(rows) / size)  # a last step of a few rows would be a noisy one
    step: list[int] = []
    done = steps = 0
    for together in (together for group in order for together in group):
        if step and (done >= even * (steps + 1) or len(step) + len(together) > size):
            yield tuple(step)
            step, steps = [], steps + 1
        step += together
        done += len(together)
    yield tuple(step)


def _inseparable(rows: Sequence[TrainingRow]) -> list[list[int]]:
    """Rows that stay in one step: pairs, and turns of one sequence, with what stays with these."""
    leaders: dict[tuple[str, str], tuple[str, str]] = {}

    def leader(name: tuple[str, str]) -> tuple[str, str]:
        while (over := leaders.get(name, name)) != name:
            name = over
        return name

    for row in rows:
        pair, sequence = leader(("pair", row.pair)), leader(("sequence", row.read_as))
        if pair != sequence:
            leaders[sequence] = pair
    found: dict[tuple[str, str], list[int]] = {}
    for place, row in enumerate(rows):
        found.setdefault(leader(("pair", row.pair)), []).append(place)
    return list(found.values())


def micro_batches(
    steps: Sequence[Step], rows: Sequence[TrainingRow], size: int, processes: int = 1
) -> tuple[list[list[MicroBatch]], int]:
    """The micro-batches of each process, and how many of them are a step.

    Rows of about equal length come together. Turns of a sequence are neighbours, and count as one row. Every
    process has as many micro-batches as any other, a few of which may be empty.
    """
    read = [_sequences(step, rows) for step in steps]
    each = math.ceil(max(map(len, read)) / (size * processes))
    shares: list[list[MicroBatch]] = [[] for _ in range(processes)]
    for step, turns in zip(steps, read, strict=True):
        tokens = sum(len(rows[place].response) for place in step)
        by_length = sorted(turns, key=lambda places: (-len(rows[places[-1]]), places[-1]))
        for number, part in enumerate(_parts(by_length, each * processes)):
            shares[number % processes].append(MicroBatch(tuple(chain(*part)), len(step), tokens))
    return shares, each


def _sequences(step: Step, rows: Sequence[TrainingRow]) -> list[list[int]]:
    """The rows of a step by what is read at once, the longest turn last."""
    found: dict[str, list[int]] = {}
    for place in step:
        found.setdefault(rows[place].read_as, []).append(place)
    return [sorted(places, key=lambda place: len(rows[place])) for places in found.values()]


def _parts(sequences: list[list[int]], number: int) -> Iterator[list[list[int]]]:
    """So many parts, none of which has two more than another."""
    size, more = divmod(len(sequences), number)
    start = 0
    for part in range(number):
        end = start + size + (part < more)
        yield sequences[start:end]
        start = end
