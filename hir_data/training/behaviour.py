"""The engine that sampled rollouts, beside the model that is trained on them."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import torch
from torch import Tensor

from hir_data.training.loss import behaviour_weights
from hir_data.training.rows import TrainingRow


class Behaviour(NamedTuple):
    """How much likelier tokens are under the starting model than under the engine that sampled them.

    Attributes:
        weights: the importance weight of each token of each row, (T,); 1 where a row has no log-probabilities
            of an engine, as a replay has none at its own prompt.
        gaps: the differences of log-probabilities of all tokens that have both, (M,), in nats.
        limit: the largest weight.
    """

    weights: list[Tensor]
    gaps: Tensor
    limit: float

    @classmethod
    def of(cls, rows: Sequence[TrainingRow], start: Sequence[Tensor], limit: float) -> Self | None:
        """That of rows whose log-probabilities under the starting model are known; None for a limit of 0."""
        if not limit:
            return None
        weights = [
            torch.ones(len(own)) if row.stored is None else behaviour_weights(own, row.stored, limit)
            for row, own in zip(rows, start, strict=True)
        ]
        both = [own - row.stored for row, own in zip(rows, start, strict=True) if row.stored is not None]
        return cls(weights, torch.cat(both) if both else torch.zeros(0), limit)

    def figures(self) -> dict[str, float]:
        """The mean ratio of the probabilities before it is cut, and the share of tokens whose ratio is cut.

        The mean is close to 1 where engine and trainer agree, and 1 on average where the engine has sampled
        from what it says.
        """
        if not len(self.gaps):
            return {}
        ratios = self.gaps.double().exp()
        cut = (ratios > self.limit).double()
        return {"behaviour_ratio": float(ratios.mean()), "behaviour_truncated": float(cut.mean())}
