"""What a run is going to do, before it does it."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor

from hir_data.training.memory import BatchShape, Memory, memory_of, sizes_of
from hir_data.training.rows import TrainingRow, TrainingRows
from hir_data.training.settings import TrainConfig
from hir_data.training.steps import MicroBatch, Step


class Plan(BaseModel):
    """What a run is going to do.

    Attributes:
        rows: that are trained on.
        replays: how many of them are replays.
        left_out: samples that are not trained on, by reason.
        retokenized: responses whose text was made into tokens, since they have none of this tokenizer.
        sequences: in which they are read: turns of one conversation are read at once.
        tokens: that are read, of prompts and responses.
        response_tokens: of these, those of responses.
        longest: tokens of the longest row.
        replay_share: the replays' share of the absolute advantage mass.
        without_advantage: rows from which nothing is to be learnt but to stay near the starting model.
        steps: of the run.
        micro_batches: of a step, on each device.
        parameters: of the model.
        trained: how many of these, or of an adapter, are trained.
        memory: what each device needs, about.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    rows: int
    replays: int
    left_out: dict[str, int]
    retokenized: int
    sequences: int
    tokens: int
    response_tokens: int
    longest: int
    replay_share: float
    without_advantage: int
    steps: int
    micro_batches: int
    parameters: int
    trained: int
    memory: Memory


def plan_of(
    rows: TrainingRows,
    advantages: Tensor,
    steps: Sequence[Step],
    share: Sequence[MicroBatch],
    micro_batches: int,
    config: Any,
    settings: TrainConfig,
    *,
    processes: int = 1,
) -> Plan:
    """The plan of a run, from what one process does in it."""
    lengths = torch.tensor([len(row.response) for row in rows.kept])
    mass = advantages.abs() * lengths
    sizes = sizes_of(config, settings)
    lengths_read = _lengths_read(rows.kept)
    shapes = list(_shapes(rows, share, micro_batches, settings))
    return Plan(
        rows=len(rows.kept),
        replays=int(rows.replays.sum()),
        left_out=dict(rows.left_out.most_common()),
        retokenized=rows.retokenized,
        sequences=len(lengths_read),
        tokens=sum(lengths_read),
        response_tokens=int(lengths.sum()),
        longest=max(map(len, rows.kept)),
        replay_share=float(mass[rows.replays].sum() / mass.sum().clamp(min=1e-12)),
        without_advantage=sum(
            advantage == 0 and row.teacher_prompt is None
            for row, advantage in zip(rows.kept, advantages.tolist(), strict=True)
        ),
        steps=len(steps),
        micro_batches=micro_batches,
        parameters=sizes.parameters,
        trained=sizes.trained,
        memory=memory_of(config, settings, sizes, shapes, processes=processes),
    )


def _shapes(
    rows: TrainingRows, share: Sequence[MicroBatch], micro_batches: int, settings: TrainConfig
) -> Iterator[BatchShape]:
    """The micro-batches of one process, in their order."""
    for number, batch in enumerate(share):
        lengths = _lengths_read([rows.kept[place] for place in batch.rows]) or [2]
        yield BatchShape(
            rows=len(lengths),
            tokens=sum(lengths) if settings.without_padding else max(lengths) * len(lengths),
            responses=sum(len(rows.kept[place].response) for place in batch.rows),
            first_step=number < micro_batches,
            first_in_step=number % micro_batches == 0,
        )


def _lengths_read(rows: Sequence[TrainingRow]) -> list[int]:
    """The tokens of each sequence that is read."""
    longest: dict[str, int] = {}
    for row in rows:
        longest[row.read_as] = max(len(row), longest.get(row.read_as, 0))
    return list(longest.values())
