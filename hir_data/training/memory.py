"""The memory that a device needs: what a step holds at once, counted without weights or data.

Activations are not estimated from a formula for one architecture. One and two layers of the model read a
micro-batch of the right shape with tensors that have a type and a shape and no numbers, and what autograd
keeps for the way back is added up; further layers are like the second.
"""

import os
import re
import warnings
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import torch
import transformers
from pydantic import BaseModel, ConfigDict
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.autograd.graph import saved_tensors_hooks

from hir_data.training import models
from hir_data.training.collator import sequences
from hir_data.training.head import tokens_at_once
from hir_data.training.settings import TrainConfig

_OPTIMIZER_BYTES = {"sgd": 0, "adafactor": 0, "adamw_bnb_8bit": 2, "adamw_8bit": 2, "paged_adamw_8bit": 2}
_OF_ADAM = 8  # two moments in float32


class Memory(BaseModel):
    """What a device holds at the moment when it holds most, in bytes.

    Attributes:
        weights: of the model and its adapter, with float32 copies of parameters in bfloat16; with FSDP the
            device's share, and what is gathered of a layer and of the head.
        gradients: of trained weights; those of earlier micro-batches, or else none but that of the head.
        optimizer: the state that it keeps; in the first step there is none yet.
        activations: what a micro-batch keeps for the way back; None where it cannot be counted.
        head: blocks of logits and the gradient of the head's weight.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    weights: int
    gradients: int
    optimizer: int
    activations: int | None
    head: int

    @property
    def total(self) -> int:
        """All of it, as far as it is known."""
        return self.weights + self.gradients + self.optimizer + (self.activations or 0) + self.head


class BatchShape(NamedTuple):
    """A micro-batch, as far as memory goes.

    Attributes:
        rows: how many.
        tokens: that the model reads, padding included.
        responses: tokens of responses.
        first_step: whether the optimizer has no state yet.
        first_in_step: whether there are no gradients yet.
    """

    rows: int
    tokens: int
    responses: int
    first_step: bool = False
    first_in_step: bool = False


def device_memory(settings: TrainConfig) -> int:
    """The memory of the device that is trained on, in bytes."""
    if models.uses_gpu(settings):
        return int(torch.cuda.mem_get_info()[1])
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


class Sizes(NamedTuple):
    """Parameters of a model.

    Attributes:
        parameters: all but those of an adapter.
        trained: those that are trained.
        head: of the head (the embedding, where both are the same).
        head_trained: whether the head is trained.
        layer: of the largest layer.
        vocabulary: entries.
    """

    parameters: int
    trained: int
    head: int
    head_trained: bool
    layer: int
    vocabulary: int


def sizes_of(config: Any, settings: TrainConfig) -> Sizes:
    """The parameters of a model that is to be trained, without its weights being loaded."""
    model = _empty(config, settings, layers=None)
    adapter = [each for name, each in model.named_parameters() if "lora_" in name]
    layers = [module for module in model.modules() if isinstance(module, torch.nn.ModuleList)]
    head = _base(model).get_output_embeddings()
    own = list(head.parameters())
    return Sizes(
        parameters=sum(each.numel() for each in model.parameters()) - sum(map(torch.numel, adapter)),
        trained=sum(each.numel() for each in model.parameters() if each.requires_grad),
        head=own[0].numel(),
        head_trained=own[0].requires_grad,
        layer=max((_numel(layer) for each in layers for layer in each), default=0),
        vocabulary=own[0].shape[0],
    )


def memory_of(
    config: Any,
    settings: TrainConfig,
    sizes: Sizes,
    batches: Sequence[BatchShape],
    *,
    processes: int = 1,
) -> Memory:
    """What the micro-batch that needs most holds: at its head, or at the way back through its first layer.

    Args:
        config: of the model.
        settings: how it is trained.
        sizes: of the model, by :func:`sizes_of`.
        batches: all micro-batches, or one of each kind.
        processes: devices that share the work, and with FSDP the weights.
    """
    widest = max(batches, key=lambda batch: batch.tokens)
    try:
        one, two = (_kept(config, settings, widest, number) for number in (1, 2))
    except Exception:  # an architecture may look at the numbers, or come in no other number of layers
        found = [_of_batch(settings, sizes, batch, None, processes, at_head=True) for batch in batches]
        return max(found, key=lambda memory: memory.total)
    text = config.get_text_config()
    layer, layers, width = two - one, int(text.num_hidden_layers), int(text.hidden_size)
    if settings.gradient_checkpointing:
        inputs = layers * widest.tokens * width * (2 if models.uses_bfloat16(settings) else 4)
        kept = [(one - layer + inputs, True), (one + inputs, False)]
    else:
        kept = [(one + (layers - 1) * layer, True), (one, False)]
    found = [
        _of_batch(settings, sizes, batch, size * batch.tokens // widest.tokens, processes, at_head=at_head)
        for batch in batches
        for size, at_head in kept
    ]
    if settings.param_dtype == "bfloat16":  # an update takes gradients in float32, and no activations
        last = _of_batch(settings, sizes, batches[-1], 0, processes, at_head=False)
        found.append(last.model_copy(update={"gradients": 4 * sizes.trained}))
    return max(found, key=lambda memory: memory.total)


def _of_batch(
    settings: TrainConfig,
    sizes: Sizes,
    batch: BatchShape,
    activations: int | None,
    processes: int,
    *,
    at_head: bool,
) -> Memory:
    bfloat16 = models.uses_bfloat16(settings)
    sharded = processes if settings.trainer.get("fsdp") else 1
    width = 2 if bfloat16 else 4
    adapter = sizes.trained if settings.lora else 0
    held = 2 if settings.param_dtype == "bfloat16" else 4
    weights = (sizes.parameters * (width if settings.lora else held) + held * adapter) // sharded
    weights += 4 * sizes.trained if held == 2 else 0  # the copies of the optimizer
    gradients = 0 if batch.first_in_step and at_head else held * sizes.trained // sharded
    if sharded > 1:  # the layer at work, the next one, and the head are whole
        weights += width * (2 * sizes.layer + sizes.head)
    elif processes > 1:
        gradients += held * sizes.trained  # buckets of what is exchanged
    optimizer = _OPTIMIZER_BYTES.get(str(settings.trainer.get("optim", "adamw")), _OF_ADAM)
    return Memory(
        weights=weights,
        gradients=gradients,
        optimizer=0 if batch.first_step else optimizer * sizes.trained // sharded,
        activations=activations,
        head=_head(settings, sizes, batch, width) if at_head else 0,
    )


def _head(settings: TrainConfig, sizes: Sizes, batch: BatchShape, width: int) -> int:
    """Blocks of logits with their softmax, and the gradient of the weight of the head."""
    fresh = 4 * sizes.head if sizes.head_trained else 0
    if settings.logits == "full":
        return batch.responses * sizes.vocabulary * (10 if width == 2 else 8) + fresh
    tokens = min(batch.responses, tokens_at_once(sizes.vocabulary))
    entry = (8 if width == 4 else 12) + (0 if sizes.head_trained else 4)
    return tokens * sizes.vocabulary * entry + fresh + (width * sizes.head if width == 2 else 0)


def _kept(config: Any, settings: TrainConfig, batch: BatchShape, layers: int) -> int:
    """What autograd keeps of the forward pass of so many layers, but for weights and the head."""
    model = _empty(config, settings, layers)
    mode = FakeTensorMode(allow_non_fake_inputs=True)
    own = _fill(model, mode, settings)
    length = -(-batch.tokens // batch.rows)
    response = min(length - 1, -(-batch.responses // batch.rows))
    pair = (torch.zeros(length - response).long(), torch.zeros(response).long())
    read = sequences([pair] * batch.rows, padding_free=settings.without_padding)
    held: dict[int, torch.Tensor] = {}

    def pack(tensor: torch.Tensor) -> torch.Tensor:
        if tensor.untyped_storage()._cdata not in own:
            held[tensor.untyped_storage()._cdata] = tensor
        return tensor

    _base(model).get_output_embeddings().forward = lambda hidden: hidden.new_zeros(*hidden.shape[:-1], 0)
    bfloat16 = models.uses_bfloat16(settings)
    inputs = {name: mode.from_tensor(value) for name, value in read.inputs.items()}
    hooks = saved_tensors_hooks(pack, lambda tensor: tensor)
    with mode, hooks, torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
        model.train()(**inputs, use_cache=False)
    return sum(tensor.untyped_storage().nbytes() for tensor in held.values())


def _empty(config: Any, settings: TrainConfig, layers: int | None) -> Any:
    """A model of so many layers, with its adapter, without weights."""
    if layers is not None:
        config = type(config).from_dict(config.to_dict())
        text = config.get_text_config()
        text.num_hidden_layers = layers
        if vars(text).get("layer_types"):
            text.layer_types = text.layer_types[:layers]
    with torch.device("meta"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        attention = settings.attention if settings.attention in ("eager", "sdpa") else None
        model = transformers.AutoModelForCausalLM.from_config(
            config, attn_implementation=attention, dtype=torch.float32
        )
        if not settings.lora:
            return model
        return models.adapted(model, settings if layers is None else _of_any_layer(settings))


def _of_any_layer(settings: TrainConfig) -> TrainConfig:
    """With an adapter in each layer, where it may be in some: "layers.7.mlp.up_proj" is "mlp.up_proj" of all.

    Layers below the first with an adapter keep less than this says.
    """
    targets = dict.fromkeys(re.sub(r"^.*\.\d+\.", "", target) for target in settings.lora_targets)
    return settings.model_copy(update={"lora_targets": tuple(targets)})


def _fill(model: Any, mode: FakeTensorMode, settings: TrainConfig) -> set[int]:
    """Give a model weights without numbers, in the types that they have in training; what memory they are."""
    frozen = torch.bfloat16 if models.uses_bfloat16(settings) else torch.float32
    in_bfloat16 = settings.trainer.get("fsdp") or settings.param_dtype == "bfloat16"
    gathered = frozen if in_bfloat16 else torch.float32
    filled: dict[int, torch.Tensor] = {}
    for module in model.modules():
        named = [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
        for name, each in named:
            if id(each) not in filled:
                weight = isinstance(each, torch.nn.Parameter)
                dtype = (gathered if each.requires_grad else frozen) if weight else each.dtype
                with mode:
                    made: torch.Tensor = torch.empty(each.shape, dtype=dtype)
                    filled[id(each)] = torch.nn.Parameter(made, each.requires_grad) if weight else made
            setattr(module, name, filled[id(each)])
    return {each.untyped_storage()._cdata for each in filled.values()}


def _base(model: Any) -> Any:
    return model.get_base_model() if hasattr(model, "get_base_model") else model


def _numel(module: torch.nn.Module) -> int:
    return sum(each.numel() for each in module.parameters())
