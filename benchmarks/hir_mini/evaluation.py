"""What is seen of a policy: how much of what is asked its responses satisfy."""

from collections.abc import Sequence
from typing import NamedTuple

import torch

import hir_data as hir
from benchmarks.hir_mini.policy import Policy, mask_of, sample


class Found(NamedTuple):
    """Means over responses.

    Attributes:
        ila: the share that satisfy the whole instruction.
        cla: the share of an instruction's constraints that they satisfy.
        length: in tokens, with the end.
    """

    ila: float
    cla: float
    length: float


def evaluate(policy: Policy, asked: Sequence[hir.Instruction], samples: int, seed: int) -> Found:
    """Draw so many responses to each instruction, and check them."""
    drawn = sample(policy, policy.codec.prompts(asked), samples, torch.Generator().manual_seed(seed))
    shares = [share(asked[row // samples], text) for row, text in enumerate(policy.codec.texts(drawn.tokens))]
    length = float(mask_of(drawn.tokens).sum(1).mean())
    whole = sum(found == 1 for found in shares)
    return Found(round(whole / len(shares), 5), round(sum(shares) / len(shares), 5), round(length, 3))


def share(asked: hir.Instruction, response: str) -> float:
    """The share of an instruction's constraints that a response satisfies."""
    text = hir.Text(response)
    return sum(hir.check(each, text).satisfied is True for each in asked.constraints) / len(asked.constraints)
