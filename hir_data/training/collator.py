"""Rows as the tensors of a micro-batch, padded or one behind the other."""

from collections.abc import Sequence
from dataclasses import dataclass
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
        wanted: whether that is a token of the row's response, (B, C). The wanted ones, row by row, are all
            tokens of the responses.
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
        reference: those of the starting model at the row's own prompt.
    """

    advantages: Tensor
    old: Sequence[Tensor]
    reference: Sequence[Tensor]


def sequences(pairs: Sequence[tuple[Tensor, Tensor]], *, padding_free: bool) -> Sequences:
    """The tensors of some prompts and responses; of none, those of an empty response."""
    lengths = [len(response) for _, response in pairs]
    mask = (torch.arange(max(lengths, default=0)) < torch.tensor(lengths)[:, None]).float()
    if not pairs:  # a model cannot read nothing
        pairs = [(torch.zeros(2, dtype=torch.int32), torch.zeros(0, dtype=torch.int32))]
        mask = torch.zeros(1, 0)
    arrange = _behind_each_other if padding_free else _padded
    return Sequences(*arrange(pairs), mask)


def _padded(pairs: Sequence[tuple[Tensor, Tensor]]) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    ids = pad_sequence([torch.cat(pair).long() for pair in pairs], batch_first=True)
    prompts = torch.tensor([len(prompt) for prompt, _ in pairs])[:, None]
    ends = torch.tensor([len(prompt) + len(response) for prompt, response in pairs])[:, None]
    places = torch.arange(ids.shape[1])
    follows = (places >= prompts - 1) & (places < ends - 1)
    columns = follows.any(0).nonzero()[:, 0] if follows.any() else places[:1]
    attention = (places < ends).long()
    inputs = {
        "input_ids": ids,
        "attention_mask": attention,
        "position_ids": (attention.cumsum(1) - 1).clamp(min=0),
        "logits_to_keep": columns,
    }
    return inputs, ids.roll(-1, 1)[:, columns], follows[:, columns]


def _behind_each_other(pairs: Sequence[tuple[Tensor, Tensor]]) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    ids = torch.cat([tokens for pair in pairs for tokens in pair]).long()[None]
    positions = torch.cat([torch.arange(len(prompt) + len(response)) for prompt, response in pairs])
    spans = [(len(prompt), len(response)) for prompt, response in pairs]
    starts = [0]
    for prompt, response in spans:
        starts.append(starts[-1] + prompt + response)
    columns = torch.cat(
        [
            torch.arange(start + prompt - 1, start + prompt + response - 1)
            for start, (prompt, response) in zip(starts, spans, strict=False)
        ]
    )
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
        read = sequences([(row.prompt, row.response) for row in rows], padding_free=self.padding_free)
        places = list(batch.rows)
        return {
            "sequences": read._asdict(),
            "old": _beside(learned.old, places, read.mask),
            "reference": _beside(learned.reference, places, read.mask),
            "advantages": learned.advantages[places] if places else torch.zeros(1),
            "replay": torch.tensor([row.replay for row in rows] or [False]),
            "reward": torch.tensor([row.reward for row in rows] or [0.0]),
            "read": torch.tensor([len(row) for row in rows] or [0]),
            "step_rows": batch.step_rows,
            "step_tokens": batch.step_tokens,
        }


def _beside(values: Sequence[Tensor], places: Sequence[int], mask: Tensor) -> Tensor:
    """Values of tokens, where the mask has these tokens."""
    return pad_sequence([values[place] for place in places], batch_first=True) if places else mask.clone()
