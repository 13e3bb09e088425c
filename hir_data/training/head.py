"""Log-probabilities and entropies from hidden states, without the logits of all tokens.

A causal language model ends in a head, a linear map from hidden states to logits of the vocabulary. For K
tokens and a vocabulary of V entries, the K x V logits and their gradient are most of what a step of a small
model holds. Here the head works on a block of tokens at a time, forwards and backwards, and nothing of K x V
entries exists at any time.
"""

import math
from collections.abc import Iterator
from functools import wraps
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor
from torch.distributed.tensor import DTensor

from hir_data.errors import TrainingError
from hir_data.training.fused_head import fused_logprobs, require_fused

_AT_ONCE = 1 << 25  # logits of a block: 128 MiB in float32, of which there are two or three at a time
REMEDY = "--logits full computes them from the logits of all tokens"


def tokens_at_once(vocabulary: int) -> int:
    """The tokens of a block."""
    return max(1, _AT_ONCE // vocabulary)


class LogitScaling(NamedTuple):
    """What a model does to the output x of its head: ``cap * tanh(scale * x / cap)``.

    Attributes:
        scale: the factor (Cohere, Granite).
        cap: the bound of soft-capped logits (Gemma); infinity for none, that is ``scale * x``.
    """

    scale: float = 1.0
    cap: float = math.inf

    def __call__(self, output: Tensor) -> Tensor:
        """The logits, in the memory of the output."""
        if self.cap == math.inf:
            return output if self.scale == 1 else output.mul_(self.scale)
        return output.mul_(self.scale / self.cap).tanh_().mul_(self.cap)

    @classmethod
    def measured(cls, output: Tensor, logits: Tensor) -> Self | None:
        """The scaling that turns these outputs of a head into these logits; None if there is none.

        Args:
            output: any shape, float32, with the values of :meth:`probe`.
            logits: the same shape, what the model made of them.
        """
        if logits.shape != output.shape:
            return None
        small, large = output == _SMALL, output == _LARGE
        scale = float(logits[small].double().mean() / _SMALL)
        scale = round(scale) if abs(scale - round(scale)) < 1e-6 else scale
        cap = float(logits[large].double().mean())
        found = cls(scale, math.inf if abs(cap / (scale * _LARGE or 1) - 1) < 1e-3 else cap)
        wanted = found(output.clone())
        return found if torch.allclose(logits.float(), wanted, rtol=1e-4, atol=1e-6) else None

    @staticmethod
    def probe(tokens: int, vocabulary: int, device: torch.device) -> Tensor:
        """Outputs of a head, (1, T, V), from which its scaling can be measured."""
        values = torch.tensor([_SMALL, _LARGE, -_LARGE, 0.0, 1.0, -3.0, 40.0], device=device)
        return values.repeat(tokens * vocabulary // len(values) + 1)[: tokens * vocabulary].view(
            1, tokens, vocabulary
        )


_SMALL, _LARGE = 2.0**-10, 2.0**30


def head_logprobs(
    factors: list[tuple[Tensor, Tensor]],
    tokens: Tensor,
    *,
    bias: Tensor | None = None,
    scaling: LogitScaling = LogitScaling(),  # noqa: B008 - it is immutable
    temperature: float = 1.0,
    entropy: bool = True,
) -> tuple[Tensor, Tensor]:
    """The log-probability of each token and the entropy of its distribution, (K,) and (K,), in nats.

    The logits are ``scaling(sum(x @ w.T for x, w in factors) + bias) / temperature``, computed in the type of
    autocast, if that is on, or else of the hidden states; all that follows is float32 or wider.

    Args:
        factors: hidden states (K, H) and the weight (V, H) of the head; and, for an adapter of low rank r of
            it, (K, r) and (V, r).
        tokens: (K,), which entry of the vocabulary is wanted.
        bias: (V,), of the head.
        scaling: what the model does to the output of its head.
        temperature: by which logits are divided.
        entropy: whether entropies are wanted; they are zeros otherwise. They have no gradient.
    """
    hidden = factors[0][0]
    device = hidden.device.type
    autocast = torch.is_autocast_enabled(device)
    dtype = torch.get_autocast_dtype(device) if autocast else hidden.dtype
    options = _Options(dtype, scaling, temperature, entropy)
    logp, entropies = _HeadLogprobs.apply(options, tokens, bias, *(each for pair in factors for each in pair))
    return logp, entropies


class _Options(NamedTuple):
    dtype: torch.dtype
    scaling: LogitScaling
    temperature: float
    entropy: bool


class _HeadLogprobs(torch.autograd.Function):
    """The log-probabilities of blocks of tokens.

    The gradient of logits is ``upstream * (1[token] - softmax(logits))``, so where the head is frozen and
    only hidden states have a gradient, it is known but for a factor for each token when the forward pass has
    the logits: (K, H) of it are kept. Where the head is trained the logits are computed again.
    """

    @staticmethod
    def forward(
        ctx: Any, options: _Options, tokens: Tensor, bias: Tensor | None, *factors: Tensor
    ) -> tuple[Tensor, Tensor]:
        of_bias, of_hidden, *of_others = ctx.needs_input_grad[2:]
        keeps_slopes = of_hidden and not of_bias and not any(of_others)
        with torch.autocast(factors[0].device.type, enabled=False):
            head = _Head(options, bias, factors)
            logp = factors[0].new_zeros(len(tokens), dtype=_wide(options.dtype))
            entropies = torch.zeros_like(logp)
            slopes = torch.zeros_like(head.states[0]) if keeps_slopes else None
            for block in head.blocks():
                chosen = tokens[block, None]
                logits, chances = head.distribution(block)
                top, place = logits.max(-1, keepdim=True)
                rest = chances.gather(-1, place).log()[
                    :, 0
                ]  # of the likeliest entry, exact to the last digit
                logp[block] = (logits.gather(-1, chosen) - top)[:, 0] + rest
                if slopes is not None:
                    slopes[block] = head.slope(logits, chances.clone(), chosen) @ head.weights[0]
                if options.entropy:
                    gaps = logits.sub_(top).clamp_(min=torch.finfo(logits.dtype).min)  # 0 x -inf would be NaN
                    entropies[block] = -rest - torch.einsum("tv,tv->t", chances, gaps)
        ctx.mark_non_differentiable(entropies)
        ctx.options, ctx.keeps_slopes = options, keeps_slopes
        ctx.save_for_backward(*([slopes] if keeps_slopes else [tokens, bias, *factors]))
        return logp, entropies

    @staticmethod
    def backward(ctx: Any, upstream: Tensor, _: Tensor) -> tuple[Tensor | None, ...]:
        if ctx.keeps_slopes:
            (slopes,) = ctx.saved_tensors
            others = [None] * (len(ctx.needs_input_grad) - 4)
            return None, None, None, (upstream[:, None] * slopes).to(slopes.dtype), *others
        tokens, *given = ctx.saved_tensors
        gradients = [
            torch.zeros_like(each, dtype=_wide(each.dtype)) if needed else None
            for each, needed in zip(given, ctx.needs_input_grad[2:], strict=True)
        ]
        head, (of_bias, *of_factors) = _Head(ctx.options, given[0], given[1:]), gradients
        for block in head.blocks():
            slope = head.slope(*head.distribution(block), tokens[block, None], upstream[block, None])
            if of_bias is not None:
                of_bias += slope.sum(0)
            for of_states, states, of_weight, weight in zip(
                of_factors[::2], head.states, of_factors[1::2], head.weights, strict=True
            ):
                if of_states is not None:
                    of_states[block] = slope @ weight
                if of_weight is not None and of_weight.dtype == slope.dtype:
                    of_weight.addmm_(slope.T, states[block])
                elif of_weight is not None:
                    of_weight += slope.T @ states[block]
        typed = [
            None if found is None else found.to(each.dtype)
            for found, each in zip(gradients, given, strict=True)
        ]
        return None, None, *typed


class _Head:
    """The head in the type that it computes in; what it returns lies in memory that the next block takes."""

    def __init__(self, options: _Options, bias: Tensor | None, factors: Any) -> None:
        self.options = options
        self.bias = bias
        self.states = [each.to(options.dtype) for each in factors[::2]]
        self.weights = [each.to(options.dtype) for each in factors[1::2]]
        tokens, vocabulary = len(self.states[0]), len(self.weights[0])
        size = min(tokens, tokens_at_once(vocabulary))
        self._output = self.states[0].new_empty(size, vocabulary)
        self._chances = self._output.new_empty(size, vocabulary, dtype=_wide(options.dtype))

    def blocks(self) -> Iterator[slice]:
        """All tokens, some at a time."""
        tokens, size = len(self.states[0]), len(self._output)
        return (slice(start, min(start + size, tokens)) for start in range(0, tokens, max(size, 1)))

    def distribution(self, block: slice) -> tuple[Tensor, Tensor]:
        """Logits divided by the temperature, (B, V), and their softmax, (B, V), in float32 or wider."""
        scaling, temperature = self.options.scaling, self.options.temperature
        tokens = block.stop - block.start
        output = torch.mm(self.states[0][block], self.weights[0].T, out=self._output[:tokens])
        for states, weight in zip(self.states[1:], self.weights[1:], strict=True):
            output.addmm_(states[block], weight.T)
        if self.bias is not None:
            output += self.bias.to(output.dtype)
        logits = scaling(output.to(_wide(output.dtype)))
        logits = logits if temperature == 1 else logits.div_(temperature)
        return logits, torch.softmax(logits, -1, out=self._chances[:tokens])

    def slope(
        self, logits: Tensor, chances: Tensor, chosen: Tensor, upstream: Tensor | float = 1.0
    ) -> Tensor:
        """The gradient of the output of the head, (B, V), from that of the log-probabilities, (B, 1)."""
        scaling, temperature = self.options.scaling, self.options.temperature
        found = chances.neg_().scatter_add_(-1, chosen, torch.ones_like(chances[:, :1]))
        found *= upstream * (scaling.scale / temperature)
        if scaling.cap != math.inf:
            found -= found * (logits * (temperature / scaling.cap)).square_()
        return found.to(self.options.dtype)


def _wide(dtype: torch.dtype) -> torch.dtype:
    return torch.promote_types(dtype, torch.float32)


class _Request(NamedTuple):
    """What the head does in a forward pass in place of computing logits."""

    tokens: Tensor | None = None
    wanted: Tensor | None = None
    columns: Tensor | None = None
    temperature: float = 1.0
    entropy: bool = False
    probe: Tensor | None = None


class ChunkedHead:
    """Has a model return log-probabilities of given tokens where it would return logits.

    The forward pass of the model goes on as it always does, hooks and sharding included, but for its head,
    which is given what to compute.

    Args:
        model: a causal language model, or one with an adapter.
        fused: whether PyTorch's own function computes them, which gives no entropies: they are zeros.

    Raises:
        TrainingError: its head is none that can be computed in blocks.
    """

    def __init__(self, model: Any, *, fused: bool = False) -> None:
        if fused:
            require_fused()
        self._fused = fused
        self._model = model.get_base_model() if hasattr(model, "get_base_model") else model
        self._name = type(self._model).__name__
        self._head = self._model.get_output_embeddings()
        linear = getattr(self._head, "base_layer", self._head)
        if type(linear) is not torch.nn.Linear or not _is_plain(self._head):
            kind = type(self._head).__name__
            raise self._refusal(f"its head is a {kind}, not a Linear or a LoRA of one")
        self.vocabulary: int = linear.out_features
        self._scaling = LogitScaling()
        self._request: _Request | None = None
        self._found: tuple[Tensor, Tensor] | None = None
        self._install()

    def _refusal(self, reason: str) -> TrainingError:
        return TrainingError(f"{self._name}: no log-probabilities in chunks: {reason}; {REMEDY}")

    def _install(self) -> None:
        forward, head = self._model.forward, self._head.forward

        @wraps(forward)
        def of_model(*arguments: Any, head_request: _Request | None = None, **options: Any) -> Any:
            if head_request is None:
                return forward(*arguments, **options)
            self._request, self._found = head_request, None
            try:
                output = forward(*arguments, **options)
            finally:
                self._request = None
            if head_request.probe is not None:
                return output.logits
            found, self._found = self._found, None
            return found

        @wraps(head)
        def of_head(hidden: Tensor, *arguments: Any, **options: Any) -> Tensor:
            if self._request is None:
                return head(hidden, *arguments, **options)
            if self._request.probe is not None:
                return self._request.probe[:, : hidden.shape[1]].clone()  # it may be written into
            self._found = self._compute(hidden, self._request)
            return hidden.new_empty(*hidden.shape[:-1], 0)

        self._model.forward = of_model
        self._head.forward = torch.compiler.disable(of_head)

    def _compute(self, hidden: Tensor, request: _Request) -> tuple[Tensor, Tensor]:
        linear = getattr(self._head, "base_layer", self._head)
        if isinstance(linear.weight, DTensor):
            raise self._refusal("its head is sharded over the vocabulary (tensor parallelism)")
        tokens, wanted = request.tokens, request.wanted
        assert tokens is not None and wanted is not None
        hidden = hidden if request.columns is None else hidden[:, request.columns]
        hidden = hidden[wanted]
        factors = [(hidden, linear.weight)]
        if linear is not self._head and not self._head.disable_adapters and not self._head.merged:
            factors += [
                (self._head.scaling[name] * self._head.lora_A[name](hidden), self._head.lora_B[name].weight)
                for name in self._head.active_adapters
            ]
        if self._fused:
            return self._compute_fused(factors, tokens[wanted], linear.bias, request.temperature)
        return head_logprobs(
            factors,
            tokens[wanted],
            bias=linear.bias,
            scaling=self._scaling,
            temperature=request.temperature,
            entropy=request.entropy,
        )

    def _compute_fused(
        self, factors: list[tuple[Tensor, Tensor]], tokens: Tensor, bias: Tensor | None, temperature: float
    ) -> tuple[Tensor, Tensor]:
        if len(factors) > 1:
            raise self._refusal("its head has an adapter (--logits fused)")
        if self._scaling.cap != math.inf:
            raise self._refusal("its logits are soft-capped (--logits fused)")
        (hidden, weight), factor = factors[0], self._scaling.scale / temperature
        logp = fused_logprobs(hidden, weight, tokens, bias=bias, factor=factor)
        return logp, torch.zeros_like(logp)

    def measure(self, call: Any, inputs: dict[str, Tensor]) -> None:
        """See what the model does behind its head, on some tokens.

        Args:
            call: the model, as it is called in training.
            inputs: what it is called with.

        Raises:
            TrainingError: neither a factor nor a soft cap.
        """
        width = inputs["input_ids"].shape[1]
        probe = LogitScaling.probe(width, self.vocabulary, inputs["input_ids"].device)
        with torch.no_grad():
            logits = call(**inputs, use_cache=False, head_request=_Request(probe=probe))
        scaling = LogitScaling.measured(probe[:, : logits.shape[1]], logits)
        if scaling is None:
            raise self._refusal("behind its head it does more than scale or soft-cap the logits")
        self._scaling = scaling

    def logprobs(
        self,
        call: Any,
        inputs: dict[str, Tensor],
        tokens: Tensor,
        wanted: Tensor,
        *,
        columns: Tensor | None = None,
        temperature: float = 1.0,
        entropy: bool = False,
    ) -> tuple[Tensor, Tensor]:
        """Log-probabilities and entropies of the wanted tokens, row by row, (K,) and (K,).

        Args:
            call: the model, as it is called in training.
            inputs: what it is called with.
            tokens: (B, C), what follows each place whose hidden state reaches the head.
            wanted: (B, C), at which of these places it is wanted.
            columns: the C places, where the hidden states of all places reach the head.
            temperature: by which logits are divided.
            entropy: whether entropies are wanted; they are zeros otherwise.

        Raises:
            TrainingError: the model computes its logits without its head, or its head is sharded.
        """
        request = _Request(tokens, wanted, columns, temperature, entropy)
        found = call(**inputs, use_cache=False, head_request=request)
        if found is None:
            raise self._refusal("its logits are not those of its head")
        return found[0], found[1]


def _is_plain(head: Any) -> bool:
    """Whether a head is a linear map, or one with adapters that only add a product of low rank."""
    if type(head) is torch.nn.Linear:
        return True
    own = getattr(head, "lora_A", None)
    variants = getattr(head, "lora_variant", None) or {}
    return bool(own) and not variants and not any(getattr(head, "use_dora", {}).values())
