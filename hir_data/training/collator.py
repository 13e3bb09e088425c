"""Rows as the tensors of a micro-batch, padded or one behind the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from hir_data.training.rows import TrainingRow
from hir_data.training.steps import MicroBatch


class Sequences(NamedTuple):
    """Prompts with their responses, for a forward pass.

    Attributes:
        inputs: what the model is called with; ``logits_to_keep`` are the C places (columns) whose logits are
            wanted, those in front of a token of a response.
        tokens: what follows each of these places, (B, C); B is 1 where rows lie behind each other.
        wanted: whether that is a token of a response, (B, C). The wanted ones, row by row, are all tokens of
            the responses, in their order.
        mask: 1.0 on the tokens of each response, (N, R).
    """

    inputs: dict[str, Tensor]
    tokens: Tensor
    wanted: Tensor
    mask: Tensor


@dataclass(frozen=True, slots=True)
class TrainingTargets:
    """What the rows are trained with, in their order.

    Attributes:
        advantages: of each row, (N,).
        old: the log-probabilities that ratios are taken to, of the tokens of each response.
        reference: those of the reference model (the starting one) at the row's own prompt.
        teacher: those of the reference model at the prompt with feedback; none where there is none.
    """

    advantages: Tensor
    old: Sequence[Tensor]
    reference: Sequence[Tensor]
    teacher: Sequence[Tensor]


def batches_by_length(
    pairs: Sequence[tuple[Tensor, Tensor]], read_as: Sequence[str], size: int
) -> list[list[int]]:
    """Places of prompts and responses in batches of so many sequences, the longest first.

    Those of one name are neighbours, the longest last, as :func:`sequences` reads them.
    """
    lengths = [len(prompt) + len(response) for prompt, response in pairs]
    shared: dict[str, list[int]] = {}
    for place in sorted(range(len(pairs)), key=lengths.__getitem__):
        shared.setdefault(read_as[place], []).append(place)
    turns = sorted(shared.values(), key=lambda places: lengths[places[-1]], reverse=True)
    return [list(chain(*turns[start : start + size])) for start in range(0, len(turns), size)]


class _Sequence(NamedTuple):
    """Tokens that are read at once, and where responses are in them: first token, and the one behind."""

    tokens: Tensor
    spans: list[tuple[int, int]]

    def follows(self, width: int) -> Tensor:
        """Which tokens, of so many places, are in front of a token of a response, (width,)."""
        found = torch.zeros(width, dtype=torch.bool)
        for start, end in self.spans:
            found[start - 1 : end - 1] = True
        return found


def sequences(
    pairs: Sequence[tuple[Tensor, Tensor]], *, padding_free: bool, read_as: Sequence[str] | None = None
) -> Sequences:
    """The tensors of some prompts and responses; of none, those of an empty response.

    Args:
        pairs: prompts and responses, tokens each.
        padding_free: lay them behind each other.
        read_as: names; neighbours of one name are read as one sequence, the last of them, whose prompt begins
            with all tokens of those before it. By default each pair is a sequence of its own.
    """
    lengths = [len(response) for _, response in pairs]
    mask = (torch.arange(max(lengths, default=0)) < torch.tensor(lengths)[:, None]).float()
    if not pairs:  # a model cannot read nothing
        pairs, read_as = [(torch.zeros(2, dtype=torch.int32), torch.zeros(0, dtype=torch.int32))], None
        mask = torch.zeros(1, 0)
    places = range(len(pairs))
    shared = groupby(places, places.__getitem__ if read_as is None else read_as.__getitem__)
    read = [_read_at_once([pairs[place] for place in turns]) for _, turns in shared]
    return Sequences(*(_behind_each_other if padding_free else _padded)(read), mask)


def _read_at_once(turns: Sequence[tuple[Tensor, Tensor]]) -> _Sequence:
    spans = [(len(prompt), len(prompt) + len(response)) for prompt, response in turns]
    return _Sequence(torch.cat(turns[-1]).long(), spans)


def _padded(read: Sequence[_Sequence]) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    ids = pad_sequence([each.tokens for each in read], batch_first=True)
    width = ids.shape[1]
    follows = torch.stack([each.follows(width) for each in read])
    columns = follows.any(0).nonzero()[:, 0] if follows.any() else torch.arange(1)
    ends = torch.tensor([len(each.tokens) for each in read])[:, None]
    attention = (torch.arange(width) < ends).long()
    inputs = {
        "input_ids": ids,
        "attention_mask": attention,
        "position_ids": (attention.cumsum(1) - 1).clamp(min=0),
        "logits_to_keep": columns,
    }
    return inputs, ids.roll(-1, 1)[:, columns], follows[:, columns]


def _behind_each_other(read: Sequence[_Sequence]) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    ids = torch.cat([each.tokens for each in read])[None]
    positions = torch.cat([torch.arange(len(each.tokens)) for each in read])
    columns = torch.cat([each.follows(len(each.tokens)) for each in read]).nonzero()[:, 0]
    wanted = torch.ones(1, max(len(columns), 1), dtype=torch.bool)
    if not len(columns):
        columns, wanted = torch.zeros(1, dtype=torch.long), ~wanted
    inputs = {"input_ids": ids, "position_ids": positions[None], "logits_to_keep": columns}
    return inputs, ids.roll(-1, 1)[:, columns], wanted


@dataclass(frozen=True, slots=True)
class Collator:
    """Makes the tensors of micro-batches.

    Attributes:
        rows: all rows of the run.
        padding_free: rows lie behind each other.
    """

    rows: Sequence[TrainingRow]
    padding_free: bool

    def __call__(self, batches: Sequence[MicroBatch], learned: TrainingTargets) -> dict[str, Any]:
        """The tensors of one micro-batch; tokens, mask and what belongs to them are (N, R)."""
        (batch,) = batches
        rows = [self.rows[place] for place in batch.rows]
        read = sequences(
            [(row.prompt, row.response) for row in rows],
            padding_free=self.padding_free,
            read_as=[row.read_as for row in rows],
        )
        places = list(batch.rows)
        return {
            "sequences": read._asdict(),
            "old": beside(learned.old, places, read.mask),
            "places": places,
            "advantages": learned.advantages[places] if places else torch.zeros(1),
            "replay": torch.tensor([row.replay for row in rows] or [False]),
            "taught": torch.tensor([row.teacher_prompt is not None for row in rows] or [False]),
            "reward": torch.tensor([row.reward for row in rows] or [0.0]),
            "read": torch.tensor(tokens_read(rows) or [0]),
            "step_rows": batch.step_rows,
            "step_tokens": batch.step_tokens,
        }


def tokens_read(rows: Sequence[TrainingRow]) -> list[int]:
    """The tokens that each row adds to what is read; turns of a conversation are neighbours."""
    before: list[TrainingRow | None] = [None, *rows]
    return [
        len(row) - (len(last) if last is not None and last.read_as == row.read_as else 0)
        for row, last in zip(rows, before, strict=False)
    ]


def beside(values: Sequence[Tensor], places: Sequence[int], mask: Tensor) -> Tensor:
    """Values of tokens, (N, R), where the mask (N, R) has these tokens; 0 of rows that have no values."""
    found = torch.zeros(mask.shape)
    for number, place in enumerate(places):
        found[number, : len(values[place])] = values[place]
    return found.to(mask.device)
