"""The loss that the settings ask for."""

import torch
from torch import Tensor

from hir_data.train import loss as losses
from hir_data.train.settings import TrainSettings


def policy_loss(
    logp: Tensor, old: Tensor, advantages: Tensor, mask: Tensor, settings: TrainSettings
) -> losses.Loss:
    """The loss of each token, (N, T), without the distance to the start.

    Args:
        logp: (N, T), the log-probabilities that are trained.
        old: (N, T), those that ratios are taken to.
        advantages: (N,), those of :func:`hir_data.train.credit.credit`.
        mask: (N, T), 1 on the tokens of responses.
        settings: which loss, and how it is clipped.
    """
    if settings.loss == "sft":
        ratio = losses.ratio(logp.detach(), old, mask)
        nothing = torch.zeros_like(mask, dtype=torch.bool)
        return losses.Loss(losses.sft_loss(logp, advantages, mask), ratio, nothing, nothing)
    of_tokens = advantages[:, None].expand(mask.shape)
    if settings.loss == "cispo":
        bound = settings.cispo_max - 1
        return losses.cispo_loss(logp, old, of_tokens, mask, clip_high=bound, level=settings.ratio)
    return losses.ppo_loss(
        logp,
        old,
        of_tokens,
        mask,
        clip_low=settings.clip_low,
        clip_high=settings.clip_high,
        dual_clip=None if settings.dual_clip == float("inf") else settings.dual_clip,
        level=settings.ratio,
    )
