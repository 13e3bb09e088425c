"""Small training runs: a data set of a tiny model's own responses, and what a run makes of it.

A module of tests that imports this one is skipped where the extra ``train`` is not installed.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import tiny_model
from samples import FIVE, NO_COMMA, TWO, asking
from tiny_model import torch, transformers

from hir_data.models.config import SamplingParams
from hir_data.models.sampling import Request
from hir_data.models.transformers_sampler import TransformersSampler
from hir_data.replays import dataset
from hir_data.schemas.replay import ReplaySample
from hir_data.training.outcome import TrainingOutcome
from hir_data.training.run import train
from hir_data.training.settings import TrainConfig, settings_of

QUESTIONS = ["Tea?", "Why is the sea salty?", "Moon.", "The tide goes out?", "And again?"]
SGD = {"optim": "sgd"}  # whose steps are as far apart as the gradients, where AdamW's may not be


def save_model(folder: Path) -> str:
    return tiny_model.save(folder)


def drawn(model: str, questions: list[str] = QUESTIONS, n: int = 4, **options: Any) -> Iterator[ReplaySample]:
    """Responses that the model has drawn, with made-up verdicts; every failure but the last has a replay."""
    settings = SamplingParams(**({"n": n, "max_new_tokens": 12} | options))
    hard = [asking(question, NO_COMMA, FIVE) for question in questions]
    requests = [Request(each, 1000 * number) for number, each in enumerate(hard)]
    sampler = TransformersSampler(model, settings, device="cpu", dtype="float32")
    for number, responses in enumerate(sampler.sample(requests)):
        for place, response in enumerate(responses):
            success = (number + place) % 3 == 0
            own = {
                "group": str(number),
                "response": response.text,
                "sampling": response.sampling,
            }
            yield ReplaySample(
                id=f"{number}/{place}",
                origin="rollout",
                instruction=hard[number],
                reward=success,
                cla=1 if success else 0.5,
                verdicts=(True, success),
                **own,
            )
            if not success and place < n - 1:
                yield ReplaySample(
                    id=f"{number}/{place}/replay",
                    origin="replay",
                    instruction=asking(questions[number], NO_COMMA, TWO),
                    reward=1,
                    cla=1,
                    verdicts=(True, True),
                    source_id=f"{number}/{place}",
                    **own,
                )


def with_reasons(samples: Iterable[ReplaySample]) -> list[ReplaySample]:
    """Samples of :func:`drawn` with the reasons of their verdicts, of which feedback is made."""
    told = {"reasons": ("", "found 3 words, wanted at least 5")}
    return [each.model_copy(update=told) for each in samples]


def write(folder: Path, samples: Any) -> Path:
    dataset.write(folder, samples)
    return folder


def settings(**options: Any) -> TrainConfig:
    """Steps that move the model, and are not stopped for it."""
    given: dict[str, Any] = {
        "batch_size": 8,
        "micro_batch": 4,
        "learning_rate": 0.01,
        "schedule": "constant",
        "warmup": 0,
        "max_kl": float("inf"),
        "device": "cpu",
        "trainer": SGD,
    }
    return settings_of(given | options)


def run(data: Path, model: str, output: Path, **options: Any) -> TrainingOutcome:
    return train(data, model, output, settings(**options))


def weights(folder: Path | str) -> dict[str, Any]:
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    return {name: value.detach() for name, value in model.named_parameters()}


def distance(one: Path | str, other: Path | str) -> float:
    """The largest difference between the weights of two models."""
    theirs = weights(other)
    return max(float((value - theirs[name]).abs().max()) for name, value in weights(one).items())
