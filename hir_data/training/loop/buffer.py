"""Replays of earlier iterations, which are trained on again beside those of an iteration."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import ClassVar, Literal, NamedTuple

from pydantic import Field

from hir_data.replays import dataset
from hir_data.report.training_folders import iteration_folder
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.settings import NonNegativeInt, PositiveInt, Settings

BufferOrder = Literal["recent", "medium", "hard"]
"""Which replays are taken first."""


class BufferConfig(Settings):
    """Which replays of earlier iterations are trained on again."""

    headings: ClassVar[Mapping[str, str]] = {"size": "Buffer"}

    size: NonNegativeInt = Field(
        0, description="Maximum number of replays of earlier iterations in the data of an iteration."
    )
    max_age: PositiveInt = Field(4, description="Number of iterations after which a replay is too old.")
    order: BufferOrder = Field(
        "medium",
        description="Replays to take first: those of the latest iterations (recent), or of prompts with a "
        "pass rate near one half (medium) or near zero (hard), of equal ones the latest.",
    )


class Buffered(NamedTuple):
    """A replay of an earlier iteration, and how many iterations ago that was."""

    sample: ReplaySample
    age: int


def choose(folders: Iterable[tuple[int, Path]], config: BufferConfig, seed: int) -> list[Buffered]:
    """The replays to train on again.

    A response comes once under an instruction, as the latest of its replays. Replays whose pass rate nobody
    knows come last where that decides; those that nothing tells apart are shuffled.

    Args:
        folders: data sets of earlier iterations, and the age of each, from 1.
        config: how many are taken, and which.
        seed: of the shuffling.
    """
    found: dict[tuple[str, str], Buffered] = {}
    for age, folder in sorted(folders):
        if age <= config.max_age:
            for sample in dataset.read_samples(folder):
                if sample.origin == "replay":
                    key = sample.instruction.conversation_key, sample.response
                    found.setdefault(key, Buffered(sample, age))
    replays = list(found.values())
    Random(seed).shuffle(replays)
    replays.sort(key=lambda each: _rank(each, config.order))
    return replays[: config.size]


def _rank(replay: Buffered, order: BufferOrder) -> tuple[bool, float, int]:
    rate = replay.sample.pass_rate
    if order == "recent" or rate is None:
        return order != "recent", 0.0, replay.age
    return False, abs(rate - 0.5) if order == "medium" else rate, replay.age


def write_with(data: Path, buffered: Iterable[Buffered], iteration: int, output: Path) -> None:
    """Write the data set of an iteration with replays of earlier ones behind it, unless it is there.

    These keep what they were, but for names: an id or a group of an earlier iteration is none of this one.
    """
    if not (output / dataset.MANIFEST).exists():
        manifest = dataset.read_manifest(data)
        samples = itertools.chain(dataset.read_samples(data), _renamed(buffered, iteration))
        dataset.write(output, samples, input=manifest.input, configuration=manifest.configuration)


def _renamed(buffered: Iterable[Buffered], iteration: int) -> Iterator[ReplaySample]:
    for sample, age in buffered:
        prefix = iteration_folder(iteration - age)
        names = {"id": f"{prefix}/{sample.id}", "group": f"{prefix}/{sample.group}"}
        yield sample.model_copy(update=names | {"source_id": f"{prefix}/{sample.source_id}"})
