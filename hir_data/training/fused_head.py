"""Log-probabilities from hidden states by PyTorch's own fusion of a linear map and its cross entropy."""

import torch
from torch import Tensor
from torch.nn import functional

from hir_data.errors import TrainingError


def require_fused() -> None:
    """Refuse a PyTorch that computes the cross entropy of a linear map from all of its logits.

    Raises:
        TrainingError: this one does.
    """
    if not hasattr(torch.nn, "LinearCrossEntropyOptions"):
        raise TrainingError(
            "--logits fused needs another PyTorch, one with torch.nn.LinearCrossEntropyOptions; "
            f"this is {torch.__version__}"
        )


def fused_logprobs(
    hidden: Tensor, weight: Tensor, tokens: Tensor, *, bias: Tensor | None = None, factor: float = 1.0
) -> Tensor:
    """The log-probability of each token, (K,), in nats, float32 or wider.

    The logits are ``factor * (hidden @ weight.T + bias)``, in the type of autocast, if that is on, or else of
    the hidden states.

    Args:
        hidden: (K, H), hidden states.
        weight: (V, H), of the head.
        tokens: (K,), which entry of the vocabulary is wanted.
        bias: (V,), of the head.
        factor: what the output of the head is multiplied by.
    """
    device = hidden.device.type
    dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else hidden.dtype
    with torch.autocast(device, enabled=False):
        losses = functional.linear_cross_entropy(
            (hidden * factor).to(dtype),
            weight.to(dtype),
            tokens,
            linear_bias=None if bias is None else (bias * factor).to(dtype),
            reduction="none",
            options=torch.nn.LinearCrossEntropyOptions(),
        )
    return -losses.to(torch.promote_types(dtype, torch.float32))
