"""Advantages: how much better each response did than was to be expected.

Shapes: N rows, one for each response, T tokens. ``mask`` (N, T) is 1 on the tokens of a response, up to and
with the one that ends it, and 0 on padding, where other tensors may hold anything. ``scores`` (N,) are
rewards of whole responses, floating point; ``groups`` (N,) are integers, equal for responses to the same
prompt. Advantages have the unit of the rewards, or that of their standard deviation where they are divided by
one.

``baseline_mask`` (N,) is True for the rows that means and deviations are taken over (such as the responses
that were really drawn, not their replays); all rows are then measured by those. Where these scores are all
equal, in the batch or in a group, nothing is to be learnt from them: the advantages of that batch or group
are zero, not amplified noise.
"""

from typing import NamedTuple

import torch
from torch import Tensor

_EQUAL = 1e-6  # scores no further apart than this are the same
_EPSILON = 1e-8  # keeps a variance from being divided by when it is zero


def masked(values: Tensor, mask: Tensor) -> Tensor:
    """The values where the mask is 1, and 0 elsewhere, whatever is there: neither value nor gradient leaks.

    Raises:
        ValueError: the shapes differ.
    """
    if values.shape != mask.shape:
        raise ValueError(f"values of the shape {tuple(values.shape)} under a mask of {tuple(mask.shape)}")
    return values.masked_fill(mask == 0, 0)


def broadcast(advantages: Tensor, mask: Tensor) -> Tensor:
    """Give each token the advantage of its row: (N,) becomes (N, T)."""
    return masked(advantages[:, None].expand(mask.shape), mask)


# Whitening


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """The mean over all tokens of the mask, (); zero where there are none."""
    return masked(values, mask).sum() / (mask != 0).sum().clamp(min=1)


def masked_var(values: Tensor, mask: Tensor) -> Tensor:
    """The unbiased variance over all n tokens of the mask (divided by n - 1), (); zero for n < 2."""
    squares = masked(values - masked_mean(values, mask), mask).square().sum()
    return squares / ((mask != 0).sum() - 1).clamp(min=1)


def whiten(values: Tensor, mask: Tensor, baseline_mask: Tensor | None = None) -> Tensor:
    """Give the values (N, T) of the mask mean 0 and variance 1: ``(values - mean) / sqrt(variance + 1e-8)``.

    Mean and variance are those of all tokens (of the rows in ``baseline_mask``), so long rows weigh more than
    short ones.
    """
    counted = mask != 0 if baseline_mask is None else (mask != 0) & baseline_mask[:, None]
    centred = values - masked_mean(values, counted)
    whitened = masked(centred * torch.rsqrt(masked_var(values, counted) + _EPSILON), mask)
    return whitened.masked_fill(_all_equal(values, counted), 0)


def _all_equal(values: Tensor, counted: Tensor) -> Tensor:
    """Whether the values that count are all the same, ()."""
    largest = values.masked_fill(~counted, -torch.inf).amax()
    return largest - values.masked_fill(~counted, torch.inf).amin() <= _EQUAL


# REINFORCE++ (arXiv 2501.03262)


def token_rewards(scores: Tensor, mask: Tensor, kl: Tensor | None = None, kl_coef: float = 0.0) -> Tensor:
    """The reward of each token, (N, T): the score on the last one, and ``-kl_coef * kl`` (N, T) on all."""
    left = (mask != 0).flip(1).cumsum(1).flip(1)  # tokens from here to the end
    rewards = masked(scores[:, None].expand(mask.shape), (left == 1) & (mask != 0))
    return rewards if kl is None else rewards - kl_coef * masked(kl, mask)


def returns(rewards: Tensor, mask: Tensor, gamma: float = 1.0) -> Tensor:
    """The rewards from each token t on, (N, T): the sum of ``gamma ** (s - t) * rewards[s]`` over s >= t."""
    rewards = masked(rewards, mask)
    if gamma == 1:
        return masked(rewards.flip(1).cumsum(1).flip(1), mask)
    running, backwards = torch.zeros_like(rewards[:, 0]), []
    for reward in reversed(rewards.unbind(1)):
        running = reward + gamma * running
        backwards.append(running)
    return masked(torch.stack(backwards[::-1], 1), mask)


def reinforce_plus_plus(
    scores: Tensor,
    mask: Tensor,
    *,
    kl: Tensor | None = None,
    kl_coef: float = 0.0,
    gamma: float = 1.0,
    baseline_mask: Tensor | None = None,
) -> Tensor:
    """REINFORCE++: the returns of all tokens, whitened over the batch, (N, T).

    Zero where all scores are equal, even if ``kl`` (N, T; log-probability of a token when it was drawn, less
    that under the reference model) differs: whitening would turn a trace of it into a full signal.
    """
    whitened = whiten(returns(token_rewards(scores, mask, kl, kl_coef), mask, gamma), mask, baseline_mask)
    return whitened.masked_fill(_all_equal(scores, _every(scores, baseline_mask)), 0)


def reinforce_plus_plus_baseline(
    scores: Tensor, groups: Tensor, mask: Tensor, *, baseline_mask: Tensor | None = None
) -> Tensor:
    """REINFORCE++ with a baseline: scores less the mean of their group, whitened over all tokens, (N, T).

    Groups with equal scores take part in the whitening, but get zero, not what their zeros become by it.
    """
    found = _statistics(scores, groups, baseline_mask)
    whitened = whiten(broadcast(scores - found.mean, mask), mask, baseline_mask)
    return whitened.masked_fill(found.all_equal[:, None], 0)


# Relative to a group


def prompt_baseline(scores: Tensor, groups: Tensor, *, baseline_mask: Tensor | None = None) -> Tensor:
    """The score less the mean of its group, (N,), in the unit of the scores."""
    found = _statistics(scores, groups, baseline_mask)
    return (scores - found.mean).masked_fill(found.all_equal, 0)


def dr_grpo(scores: Tensor, groups: Tensor, *, baseline_mask: Tensor | None = None) -> Tensor:
    """Dr. GRPO (arXiv 2503.20783), (N,): those of `prompt_baseline`; the mode of its loss is ``constant``."""
    return prompt_baseline(scores, groups, baseline_mask=baseline_mask)


def grpo(scores: Tensor, groups: Tensor, *, baseline_mask: Tensor | None = None) -> Tensor:
    """GRPO (arXiv 2402.03300): ``(score - mean) / (deviation + 1e-6)`` in its group, unbiased, (N,)."""
    found = _statistics(scores, groups, baseline_mask)
    return ((scores - found.mean) / (found.deviation + 1e-6)).masked_fill(found.all_equal, 0)


def rloo(scores: Tensor, groups: Tensor, *, baseline_mask: Tensor | None = None) -> Tensor:
    """RLOO (arXiv 2402.14740): the score less the mean of the others in its group, (N,).

    For one of n rows that is ``n / (n - 1) * (score - mean)``; a row outside of ``baseline_mask`` is no part
    of the mean.
    """
    found = _statistics(scores, groups, baseline_mask)
    others = torch.where(_every(scores, baseline_mask), found.count / (found.count - 1).clamp(min=1), 1)
    return (others * (scores - found.mean)).masked_fill(found.all_equal, 0)


class _Statistics(NamedTuple):
    """Of each row's group, (N,): rows that count, mean, unbiased deviation, whether the scores are equal."""

    count: Tensor
    mean: Tensor
    deviation: Tensor
    all_equal: Tensor


def _statistics(scores: Tensor, groups: Tensor, baseline_mask: Tensor | None) -> _Statistics:
    """A group that has one row, or none that counts, has equal scores."""
    counted = _every(scores, baseline_mask)
    present, group = groups.unique(return_inverse=True)

    def total(values: Tensor) -> Tensor:
        return scores.new_zeros(len(present)).index_add(0, group, masked(values, counted))[group]

    def largest(values: Tensor) -> Tensor:
        lowest = scores.new_full((len(present),), -torch.inf)
        return lowest.scatter_reduce(0, group, values.masked_fill(~counted, -torch.inf), "amax")[group]

    count = total(torch.ones_like(scores))
    mean = total(scores) / count.clamp(min=1)
    variance = total((scores - mean).square()) / (count - 1).clamp(min=1)
    return _Statistics(count, mean, variance.sqrt(), largest(scores) + largest(-scores) <= _EQUAL)


def _every(scores: Tensor, baseline_mask: Tensor | None) -> Tensor:
    return torch.ones_like(scores, dtype=torch.bool) if baseline_mask is None else baseline_mask


# Replays


def limit_replays(
    advantages: Tensor, replay: Tensor, mask: Tensor, *, weight: float = 1.0, cap: float | None = None
) -> Tensor:
    """Weigh the replays' advantages, (N,) or (N, T), and keep their share of the whole in bounds.

    The mass of a row is the sum of the absolute advantages of its tokens. Where, after their advantages were
    multiplied by ``weight``, the replays (``replay`` (N,) is True) have more than ``cap`` times the mass of
    the other rows, they are scaled down to that. Where the others have none at all, replays keep theirs:
    there is nothing else to learn from.
    """
    of_rows = advantages.dim() == 1
    of_tokens = broadcast(advantages, mask) if of_rows else masked(advantages, mask)
    mass = of_tokens.abs().sum(1)
    replays, others = weight * masked(mass, replay).sum(), masked(mass, ~replay).sum()
    factor = advantages.new_tensor(weight)
    if cap is not None:
        over = (others > 0) & (replays > cap * others)
        factor = torch.where(over, factor * cap * others / replays, factor)
    factors = torch.where(replay, factor, 1)
    return advantages * factors if of_rows else of_tokens * factors[:, None]
