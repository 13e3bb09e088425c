"""An arm that learns once: a loop of the product, in as many pieces as it takes."""

import json
import math
import time
from pathlib import Path
from typing import Any, Literal, NamedTuple

import transformers

import hir_data as hir
from benchmarks.real_model.arms import ARMS, Point, label
from benchmarks.real_model.prompts import SYSTEM
from benchmarks.real_model.sizes import Size
from hir_data.formats.atomic import replacing
from hir_data.models.config import LocalRolloutConfig
from hir_data.training.loop.config import LoopConfig
from hir_data.training.loop.stages import StageObserver

Phase = Literal["tune", "run"]

TEMPERATURE = 0.8
"""At 1 so small a model rambles."""

_PROJECTIONS = (
    *(f"self_attn.{name}_proj" for name in "qkvo"),
    *(f"mlp.{name}_proj" for name in ("gate", "up", "down")),
)


class Piece(NamedTuple):
    """An arm that learns once.

    Attributes:
        phase: ``tune`` on the development seed, or ``run`` on a fresh one.
        arm: its name.
        point: the values of what is tuned.
        seed: of all chance.
    """

    phase: Phase
    arm: str
    point: Point
    seed: int

    @property
    def name(self) -> str:
        """What tells it from any other."""
        return f"{self.phase} {self.arm} {label(self.point)} seed={self.seed}"


class Machine(NamedTuple):
    """What it is all done with.

    Attributes:
        model: the model to start from: a folder, or a name on the Hugging Face hub.
        device: such as ``cpu``; by default a GPU if there is one.
        dtype: of computation, such as ``bfloat16``; by default that of the product.
        batch_size: responses that are drawn at a time.
        micro_batch: rows that are trained on at a time.
    """

    model: str
    device: str | None
    dtype: str | None
    batch_size: int
    micro_batch: int


class TimeIsOverError(Exception):
    """Nothing more is to be begun."""


class Clock:
    """Says when to stop.

    Args:
        minutes: from now.
    """

    def __init__(self, minutes: float = float("inf")) -> None:
        self._end = time.monotonic() + 60 * minutes

    def check(self, *_: Any) -> None:
        """Go on, or not.

        Raises:
            TimeIsOverError: the time is over.
        """
        if time.monotonic() >= self._end:
            raise TimeIsOverError

    def check_sampling(self, what: str, done: int) -> None:
        """Go on, or not, where what is done already is not lost: in the middle of sampling."""
        if what == "sampling":
            self.check()


def sampling(
    machine: Machine, size: Size, n: int, temperature: float = TEMPERATURE, **other: Any
) -> LocalRolloutConfig:
    """How responses are drawn."""
    given: dict[str, Any] = {"max_new_tokens": size.max_new_tokens, "system": SYSTEM, **other}
    return LocalRolloutConfig(
        n=n,
        temperature=temperature,
        batch_size=machine.batch_size,
        device=machine.device,
        dtype=machine.dtype,
        **given,
    )


def upper_modules(model: str, share: float) -> list[str]:
    """The names of the projections in the upper layers of a model of the Llama family."""
    config = transformers.AutoConfig.from_pretrained(model).get_text_config()
    layers = config.num_hidden_layers
    lowest = layers - math.ceil(share * layers)
    return [f"layers.{layer}.{name}" for layer in range(lowest, layers) for name in _PROJECTIONS]


def loop_of(
    piece: Piece, machine: Machine, size: Size, asked: dict[str, Path], folder: Path, iterations: int
) -> LoopConfig:
    """The loop of a piece, as a file of ``hir-data loop`` would say it."""
    arm = ARMS[piece.arm]
    training = {
        "lora": size.rank,
        "lora_targets": upper_modules(machine.model, size.layers),
        "schedule": "constant",
        "warmup": 0.0,
        "batch_size": size.batch_size,
        "micro_batch": machine.micro_batch,
        "device": "cpu" if machine.device == "cpu" else "auto",
        "dtype": machine.dtype or "auto",
        **arm.train,
        **piece.point,
    }
    rollout = sampling(machine, size, size.n).model_dump(exclude_unset=True)
    return LoopConfig.model_validate(
        {
            "instructions": str(asked["train"]),
            "held_out": str(asked["held out"]),
            "model": machine.model,
            "output": folder,
            "iterations": iterations,
            "prompts": size.prompts,
            "seed": piece.seed,
            "keep_models": "last",
            "rollout": rollout,
            "verify": {"workers": 0},
            "replay": dict(arm.replay),
            "train": training,
            "evaluate": {"every": 0},
        }
    )


class Spent(NamedTuple):
    """What a piece has spent by an iteration.

    Attributes:
        rollouts: drawn.
        replays: made of them.
        tokens: of rows that were trained on, prompts and responses, each time that they were.
        steps: of the optimizer.
        seconds: of the processor; not those of stages that were interrupted.
    """

    rollouts: int
    replays: int
    tokens: int
    steps: int
    seconds: float


def learn(config: LoopConfig, clock: Clock) -> tuple[str, Spent]:
    """Do what is left of a loop.

    Returns:
        The model after its last iteration, and what was spent.

    Raises:
        TimeIsOverError: the rest is for later.
    """
    spent_file = config.output.with_name(f"{config.output.name}.seconds.json")
    seconds: dict[str, float] = json.loads(spent_file.read_text()) if spent_file.exists() else {}
    began = time.process_time()

    def begin(iteration: int, stage: str) -> None:
        nonlocal began
        clock.check()
        began = time.process_time()

    def end(iteration: int, stage: str, figures: dict[str, Any]) -> None:
        seconds[f"{iteration} {stage}"] = round(time.process_time() - began, 2)
        with replacing(spent_file) as part:
            part.write_text(json.dumps(seconds, indent=1) + "\n")
        print(f"  {config.output.name} {iteration} {stage} {seconds[f'{iteration} {stage}']} s", flush=True)

    loop = hir.Loop(config, watch=StageObserver(progress=clock.check_sampling), on_begin=begin, on_end=end)
    ledger = loop()
    stages = [each.stages for each in ledger.iterations[: config.iterations + 1]]
    trained = [each["train"] for each in stages if each.get("train", {}).get("learnt")]
    return loop.model(config.iterations), Spent(
        rollouts=sum(each.get("rollout", {}).get("responses", 0) for each in stages),
        replays=sum(each.get("replay", {}).get("replays", 0) for each in stages),
        tokens=round(sum(each["plan"]["tokens"] for each in trained) * config.train.epochs),
        steps=sum(each["steps"] for each in trained),
        seconds=round(
            sum(value for name, value in seconds.items() if int(name.split()[0]) <= config.iterations), 1
        ),
    )
