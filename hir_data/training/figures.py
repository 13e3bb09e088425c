"""What is measured in a step: sums that can be added up, and the figures that are made of them."""

from typing import Any, ClassVar

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor

from hir_data.training.loss import Loss

Figures = dict[str, float]


class LoggedFigures(BaseModel):
    """What was measured in some steps, as it was logged.

    Attributes:
        step: the last of these steps, from 1.
        figures: those of all steps since the entry before.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, ser_json_inf_nan="constants")

    step: int
    figures: Figures


_SUMS = ("read", "rows", "reward", "tokens", "mass", "loss", "ratio", "clipped", "k1", "kl", "entropy")
_OF_TOKENS = _SUMS[5:]
_OF_ALL = ("loss", "clipped", "k1", "kl", "entropy")


def sums_of(
    inputs: dict[str, Any],
    mask: Tensor,
    found: Loss,
    total: Tensor,
    gap: Tensor,
    divergence: Tensor,
    entropy: Tensor,
    advantages: Tensor,
) -> Tensor:
    """The sums of a micro-batch, (2, S): of rollouts, and of replays; ``advantages`` are (N, T)."""
    lengths = mask.sum(1)
    there = (lengths > 0).float()  # all but the row of an empty micro-batch
    tokens = (total, found.ratio, (found.clipped | found.dual_clipped).float(), gap, divergence, entropy)
    rows = torch.stack(
        [
            inputs["read"],
            there,
            inputs["reward"] * there,
            lengths,
            (advantages.abs() * mask).sum(1),
            *((values.detach() * mask).sum(1) for values in tokens),
        ]
    ).double()
    kinds = torch.stack([~inputs["replay"], inputs["replay"]]).double()
    return kinds @ rows.T


def figures_of(sums: Tensor, *, entropies: bool = True) -> Figures:
    """The figures of some steps, those of rollouts and of replays apart.

    ``tokens`` are those of prompts and responses. The mass is the sum of the absolute advantages of the
    tokens; of replays it is given as a share of all.

    Args:
        sums: (2, S), as :func:`sums_of` has them.
        entropies: whether there are any.
    """
    table = dict(zip(_SUMS, sums.cpu().unbind(1), strict=True))
    figures = {name: float(table[name].sum() / table["tokens"].sum()) for name in _OF_ALL}
    figures["tokens"] = float(table["read"].sum())
    figures["replay_share"] = float(table["mass"][1] / table["mass"].sum().clamp(min=1e-12))
    for kind, name in enumerate(("rollout", "replay")):
        if not table["rows"][kind]:
            continue
        own = {each: float(values[kind]) for each, values in table.items()}
        figures[f"{name}/rows"] = own["rows"]
        figures[f"{name}/reward"] = own["reward"] / own["rows"]
        figures[f"{name}/mass"] = own["mass"]
        figures |= {f"{name}/{each}": own[each] / own["tokens"] for each in _OF_TOKENS}
    return {name: value for name, value in figures.items() if entropies or not name.endswith("entropy")}
