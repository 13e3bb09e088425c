"""Which rows make a step, and how a step is spread over micro-batches and processes."""

import math
from collections.abc import Iterator, Sequence
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
    groups: dict[str, dict[str, list[int]]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(row.group, {}).setdefault(row.pair, []).append(place)
    order = list(groups.values())
    chance.shuffle(order)
    even = len(rows) / math.ceil(len(rows) / size)  # a last step of a few rows would be a noisy one
    step: list[int] = []
    done = steps = 0
    for pair in (pair for group in order for pair in group.values()):
        if step and (done >= even * (steps + 1) or len(step) + len(pair) > size):
            yield tuple(step)
            step, steps = [], steps + 1
        step += pair
        done += len(pair)
    yield tuple(step)


def micro_batches(
    steps: Sequence[Step], rows: Sequence[TrainingRow], size: int, processes: int = 1
) -> tuple[list[list[MicroBatch]], int]:
    """The micro-batches of each process, and how many of them are a step.

    Rows of about equal length come together. Every process has as many micro-batches as any other, a few of
    which may be empty.
    """
    each = math.ceil(max(map(len, steps)) / (size * processes))
    shares: list[list[MicroBatch]] = [[] for _ in range(processes)]
    for step in steps:
        tokens = sum(len(rows[place].response) for place in step)
        by_length = sorted(step, key=lambda place: (-len(rows[place]), place))
        for number, part in enumerate(_parts(by_length, each * processes)):
            shares[number % processes].append(MicroBatch(tuple(part), len(step), tokens))
    return shares, each


def _parts(places: list[int], number: int) -> Iterator[list[int]]:
    """So many parts, none of which has two more than another."""
    size, more = divmod(len(places), number)
    start = 0
    for part in range(number):
        end = start + size + (part < more)
        yield places[start:end]
        start = end
