"""What a run is going to do, before it does it."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
import transformers
from pydantic import BaseModel, ConfigDict
from torch import Tensor

from hir_data.training.models import uses_bfloat16
from hir_data.training.rows import TrainingRows
from hir_data.training.settings import TrainConfig
from hir_data.training.steps import MicroBatch, Step


class Memory(BaseModel):
    """An estimate of what a device needs, in bytes.

    Attributes:
        weights: of the model and, if there is one, of its adapter.
        training: gradients and the two moments of AdamW.
        activations: what a micro-batch keeps for the way back; a rough figure.
        logits: what it needs at the vocabulary.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    weights: int
    training: int
    activations: int
    logits: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.training + self.activations + self.logits


class Plan(BaseModel):
    """What a run is going to do.

    Attributes:
        rows: that are trained on.
        replays: how many of them are replays.
        left_out: samples that are not trained on, by reason.
        retokenized: responses whose text was made into tokens, since they have none of this tokenizer.
        tokens: of prompts and responses.
        response_tokens: of these, those of responses.
        longest: tokens of the longest row.
        replay_share: the replays' share of the absolute advantage mass.
        without_advantage: rows from which nothing is to be learnt but to stay near the starting model.
        steps: of the run.
        micro_batches: of a step, on each device.
        parameters: of the model.
        trained: how many of these, or of an adapter, are trained.
        memory: what each device needs, about.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True)

    rows: int
    replays: int
    left_out: dict[str, int]
    retokenized: int
    tokens: int
    response_tokens: int
    longest: int
    replay_share: float
    without_advantage: int
    steps: int
    micro_batches: int
    parameters: int
    trained: int
    memory: Memory


def plan_of(
    rows: TrainingRows,
    advantages: Tensor,
    steps: Sequence[Step],
    share: Sequence[MicroBatch],
    micro_batches: int,
    config: Any,
    settings: TrainConfig,
) -> Plan:
    """The plan of a run, from what one process does in it."""
    lengths = torch.tensor([len(row.response) for row in rows.kept])
    mass = advantages.abs() * lengths
    parameters, trained = _parameters(config, settings)
    return Plan(
        rows=len(rows.kept),
        replays=int(rows.replays.sum()),
        left_out=dict(rows.left_out.most_common()),
        retokenized=rows.retokenized,
        tokens=sum(map(len, rows.kept)),
        response_tokens=int(lengths.sum()),
        longest=max(map(len, rows.kept)),
        replay_share=float(mass[rows.replays].sum() / mass.sum().clamp(min=1e-12)),
        without_advantage=int((advantages == 0).sum()),
        steps=len(steps),
        micro_batches=micro_batches,
        parameters=parameters,
        trained=trained,
        memory=_memory(rows, share, parameters, trained, config.get_text_config(), settings),
    )


def _parameters(config: Any, settings: TrainConfig) -> tuple[int, int]:
    """Parameters of the model, and those that are trained, without its weights being loaded."""
    with torch.device("meta"):
        model = transformers.AutoModelForCausalLM.from_config(config)
    parameters = sum(each.numel() for each in model.parameters())
    if not settings.lora:
        return parameters, parameters
    targets = settings.lora_targets
    linear = [
        module
        for name, module in model.named_modules()
        if isinstance(module, torch.nn.Linear)
        and module is not model.get_output_embeddings()
        and (targets == ("all-linear",) or name.endswith(targets))
    ]
    return parameters, sum(settings.lora * (each.in_features + each.out_features) for each in linear)


def _memory(
    rows: TrainingRows,
    share: Sequence[MicroBatch],
    parameters: int,
    trained: int,
    config: Any,
    settings: TrainConfig,
) -> Memory:
    width = 2 if uses_bfloat16(settings) else 4
    widest = max(share, key=lambda batch: _tokens(rows, batch, settings))
    tokens = _tokens(rows, widest, settings)
    responses = max(sum(len(rows.kept[place].response) for place in batch.rows) for batch in share)
    layer = 17 * width * config.hidden_size  # as counted in arXiv 2205.05198, without attention scores
    layers = config.num_hidden_layers
    kept = layer + layers * width * config.hidden_size if settings.gradient_checkpointing else layers * layer
    return Memory(
        weights=parameters * (width if settings.lora else 4) + (4 * trained if settings.lora else 0),
        training=12 * trained,
        activations=tokens * kept,
        logits=2 * responses * config.vocab_size * width,
    )


def _tokens(rows: TrainingRows, batch: MicroBatch, settings: TrainConfig) -> int:
    lengths = [len(rows.kept[place]) for place in batch.rows]
    return sum(lengths) if settings.without_padding else max(lengths, default=0) * len(lengths)
