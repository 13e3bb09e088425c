"""Losses of single tokens, and what becomes of them in a batch.

Shapes: N rows, one for each response, T tokens, V entries of the vocabulary. ``mask`` (N, T) is 1 on the
tokens of a response, up to and with the one that ends it, and 0 on padding, where other tensors may hold
anything, even NaN: it reaches neither a loss nor a gradient. Log-probabilities are in nats: ``logp`` (N, T)
under the model that is trained, ``old`` under the one that the ratio refers to, ``ref`` under the one to stay
close to. Gradients flow through ``logp``; the others, and ``advantages`` (N, T), are constants.
"""

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, get_args

import torch
from torch import Tensor

from hir_data.training.advantages import masked

RatioLevel = Literal["token", "sequence"]
Estimator = Literal["k1", "k2", "k3"]
Aggregation = Literal["token-mean", "sequence-mean", "sequence-mean-token-sum", "constant"]

_LARGEST = 20.0  # nats: e to the power of more is not told apart from infinitely likely
_AT_ONCE = 1 << 22  # logits that are held in float32 at a time: 16 MiB


# From logits


def token_logprobs(logits: Tensor, tokens: Tensor, temperature: float = 1.0) -> Tensor:
    """The log-probability of each token, (N, T), in float32 or the wider type of ``logits`` (N, T, V).

    Only a few rows are held in float32 at a time, forwards and backwards; beside the logits and their
    gradient, in their own type, nothing is as large as they are. Negative ``tokens`` (N, T), such as the -100
    of labels, get zero.

    Raises:
        ValueError: the shapes do not go together.
    """
    if logits.shape[:-1] != tokens.shape:
        raise ValueError(f"logits of the shape {tuple(logits.shape)} for tokens of {tuple(tokens.shape)}")
    chosen = _TokenLogprobs.apply(logits, tokens.clamp(min=0), temperature)
    return chosen.masked_fill(tokens < 0, 0)


def entropy(logits: Tensor, temperature: float = 1.0) -> Tensor:
    """The entropy of each distribution, (N, T), in nats; without a gradient, a few rows at a time."""
    with torch.no_grad():
        found = logits.new_empty(logits.shape[:-1], dtype=_wide(logits))
        for block in _blocks(logits):
            found[block] = torch.special.entr(_scaled(logits[block], temperature).softmax(-1)).sum(-1)
        return found


class _TokenLogprobs(torch.autograd.Function):
    """Log-softmax and the choice of one entry; backwards the softmax is computed again, block by block."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, tokens: Tensor, temperature: float) -> Tensor:
        ctx.save_for_backward(logits, tokens)
        ctx.temperature = temperature
        chosen = logits.new_empty(tokens.shape, dtype=_wide(logits))
        for block in _blocks(logits):
            logprobs = _scaled(logits[block], temperature).log_softmax(-1)
            chosen[block] = logprobs.gather(-1, tokens[block].unsqueeze(-1)).squeeze(-1)
        return chosen

    @staticmethod
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor, None, None]:
        logits, tokens = ctx.saved_tensors
        gradient = torch.empty_like(logits)
        for block in _blocks(logits):
            part = _scaled(logits[block], ctx.temperature).softmax(-1)
            chosen, slope = tokens[block].unsqueeze(-1), -upstream[block].unsqueeze(-1) / ctx.temperature
            part.scatter_add_(-1, chosen, torch.full_like(slope, -1))
            torch.mul(part, slope, out=gradient[block])
        gradient[upstream == 0] = 0  # padding, whose logits may be NaN
        return gradient, None, None


def _wide(logits: Tensor) -> torch.dtype:
    return torch.promote_types(logits.dtype, torch.float32)


def _scaled(logits: Tensor, temperature: float) -> Tensor:
    wide = logits.to(_wide(logits))
    return wide if temperature == 1 else wide / temperature


def _blocks(logits: Tensor) -> Iterator[tuple[slice, slice]]:
    """Views that cover the logits and are small enough to be copied, whatever their strides."""
    rows, tokens, vocabulary = logits.shape
    long = max(1, min(tokens, _AT_ONCE // vocabulary))
    few = max(1, _AT_ONCE // (long * vocabulary))
    for row in range(0, rows, few):
        for token in range(0, tokens, long):
            yield slice(row, row + few), slice(token, token + long)


# Of each token


class Loss(NamedTuple):
    """A loss of each token, and what it did there; all (N, T), all but ``loss`` without a gradient.

    Attributes:
        loss: zero on padding.
        ratio: of the probabilities under the model and under the old one; 1 on padding.
        clipped: whether the ratio was beyond the bound on its side.
        dual_clipped: whether the advantage was negative and the ratio beyond the dual clip.
    """

    loss: Tensor
    ratio: Tensor
    clipped: Tensor
    dual_clipped: Tensor


def ratio(logp: Tensor, old: Tensor, mask: Tensor, level: RatioLevel = "token") -> Tensor:
    """How many times as likely as before, (N, T): ``exp(logp - old)``, with at most 20 nats either way.

    At the level of the sequence, all tokens of a row have ``exp(mean(logp - old))`` (GSPO, arXiv 2507.18071).
    """
    gap = masked(logp - old, mask)
    if level == "sequence":
        length = (mask != 0).sum(1, keepdim=True).clamp(min=1)
        gap = masked((gap.sum(1, keepdim=True) / length).expand(mask.shape), mask)
    return gap.clamp(-_LARGEST, _LARGEST).exp()


def behaviour_weights(start: Tensor, sampled: Tensor, limit: float) -> Tensor:
    """Truncated importance weights of tokens that another engine has sampled, (T,).

    With p the probability of a token under the model as the trainer computes it when training starts, and q
    that under the engine that sampled it, the weight is ``min(p / q, limit)`` (E. L. Ionides, "Truncated
    importance sampling", 2008; between engine and trainer: F. Yao et al., "Your efficient RL framework
    secretly brings you off-policy RL training", 2025). The loss of a token is multiplied by it, so that its
    expectation is that under p, but for what is cut off.

    Args:
        start: log p of each token, (T,), in nats.
        sampled: log q of each token, (T,), in nats.
        limit: the largest weight; above 0.
    """
    return (start - sampled).clamp(max=_LARGEST).exp().clamp(max=limit)


def ppo_loss(
    logp: Tensor,
    old: Tensor,
    advantages: Tensor,
    mask: Tensor,
    *,
    clip_low: float = 0.2,
    clip_high: float = 0.2,
    dual_clip: float | None = 3.0,
    level: RatioLevel = "token",
) -> Loss:
    """The clipped loss of PPO (arXiv 1707.06347), with the dual clip (arXiv 1912.09729).

    With r the ratio and A the advantage: ``max(-A * r, -A * clamp(r, 1 - clip_low, 1 + clip_high))``, and
    where A < 0 at most ``-A * dual_clip``. That is -A times r bounded above by ``1 + clip_high`` where A > 0,
    and bounded by ``1 - clip_low`` and ``dual_clip`` where A < 0; beyond the bounds there is no gradient.
    """
    advantages, found = masked(advantages, mask), ratio(logp, old, mask, level)
    worse = advantages < 0
    bounded = torch.where(worse, found.clamp(1 - clip_low, dual_clip), found.clamp(max=1 + clip_high))
    seen = found.detach()
    clipped = torch.where(worse, seen < 1 - clip_low, (advantages > 0) & (seen > 1 + clip_high))
    dual_clipped = torch.zeros_like(clipped) if dual_clip is None else worse & (seen > dual_clip)
    return Loss(-advantages * bounded, seen, clipped, dual_clipped)


def cispo_loss(
    logp: Tensor,
    old: Tensor,
    advantages: Tensor,
    mask: Tensor,
    *,
    clip_high: float = 0.2,
    level: RatioLevel = "token",
) -> Loss:
    """CISPO (arXiv 2506.13585): ``-min(r, 1 + clip_high) * A * logp``, the ratio r without a gradient.

    Tokens beyond the bound weigh no more than it, but are learnt from all the same.
    """
    seen = ratio(logp.detach(), old, mask, level)
    loss = -seen.clamp(max=1 + clip_high) * masked(advantages, mask) * masked(logp, mask)
    return Loss(loss, seen, seen > 1 + clip_high, torch.zeros_like(seen, dtype=torch.bool))


def sapo_loss(
    logp: Tensor,
    old: Tensor,
    advantages: Tensor,
    mask: Tensor,
    *,
    temperatures: tuple[float, float] = (1.0, 1.05),
    level: RatioLevel = "token",
) -> Loss:
    """SAPO (arXiv 2511.20347): ``-A * sigmoid(t * (r - 1)) * 4 / t`` in place of the ratio r times ``-A``.

    ``temperatures`` are t where the advantage A is positive, and where it is not. At r = 1 the gradient is
    that of ``-A * r``; it fades out to both sides, and no token is cut off.
    """
    advantages, found = masked(advantages, mask), ratio(logp, old, mask, level)
    positive, negative = (torch.full_like(found, each) for each in temperatures)
    slope = torch.where(advantages > 0, positive, negative)
    gate = torch.sigmoid(slope * (found - 1)) * 4 / slope
    nothing = torch.zeros_like(found, dtype=torch.bool)
    return Loss(-advantages * gate, found.detach(), nothing, nothing)


def sft_loss(logp: Tensor, weights: Tensor, mask: Tensor) -> Tensor:
    """The weighted negative log-likelihood of each token, (N, T): ``-weights * logp``, ``weights`` (N, T)."""
    return -masked(weights, mask) * masked(logp, mask)


def kl(logp: Tensor, ref: Tensor, estimator: Estimator = "k3") -> Tensor:
    """An estimate of the divergence from the reference at each token, (N, T), in nats.

    With d = ``logp - ref``, at most 20 nats either way: k1 is d, unbiased; k2 is ``d ** 2 / 2``, biased, but
    its gradient is right for what the model has drawn itself; k3 is ``exp(-d) + d - 1``, unbiased and never
    negative (J. Schulman, "Approximating KL divergence", 2020). What padding holds is still in the values,
    but has no gradient.
    """
    gap = (logp - ref).clamp(-_LARGEST, _LARGEST)
    match estimator:
        case "k1":
            return gap
        case "k2":
            return gap.square() / 2
        case "k3":
            return torch.expm1(-gap) + gap
    raise ValueError(f"the estimators are {', '.join(get_args(Estimator))}, not {estimator!r}")


# Of the batch


def aggregate(
    loss: Tensor,
    mask: Tensor,
    mode: Aggregation = "token-mean",
    *,
    tokens: int | Tensor | None = None,
    rows: int | Tensor | None = None,
    length: int | None = None,
) -> Tensor:
    """One figure, (), of the losses of all tokens, (N, T).

    =========================== ==================================================================
    ``token-mean``              the sum over ``tokens`` (DAPO, arXiv 2503.14476)
    ``sequence-mean``           the mean of each row, their sum over ``rows`` (GRPO)
    ``sequence-mean-token-sum`` the sum over ``rows``
    ``constant``                the sum over ``rows * length``, the same for all batches (Dr. GRPO)
    =========================== ==================================================================

    ``tokens`` and ``rows`` (those that have tokens) are counted here unless they are given. Give those of the
    whole batch with each of its parts, and the parts add up to what the batch would be as one.

    Raises:
        ValueError: an unknown mode, or ``constant`` without a length.
    """
    found, sizes = masked(loss, mask), (mask != 0).sum(1)
    rows = (sizes > 0).sum().clamp(min=1) if rows is None else rows
    match mode:
        case "token-mean":
            return found.sum() / (sizes.sum().clamp(min=1) if tokens is None else tokens)
        case "sequence-mean":
            return (found.sum(1) / sizes.clamp(min=1)).sum() / rows
        case "sequence-mean-token-sum":
            return found.sum() / rows
        case "constant":
            if length is None:
                raise ValueError("the mode 'constant' needs a length")
            return found.sum() / (rows * length)
    raise ValueError(f"the modes are {', '.join(get_args(Aggregation))}, not {mode!r}")
