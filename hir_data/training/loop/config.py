"""The settings of a loop: one file, TOML or YAML, with a table for each of its stages.

The tables are the settings of the stages themselves; what the loop decides cannot be set in them.
"""

import difflib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from hir_data.engine.config import VerifyConfig
from hir_data.errors import RecordError
from hir_data.models.config import LocalRolloutConfig
from hir_data.replays.config import ReplayRunConfig
from hir_data.schemas.settings import NonNegativeFloat, NonNegativeInt, PositiveInt, Settings, Share
from hir_data.training.loop.buffer import BufferConfig
from hir_data.training.loop.prompts import PromptOrder
from hir_data.training.settings import TrainConfig, read_table, settings_of

KeepModels = Literal["all", "last"]

DECIDED_BY = {
    "rollout": {"seed": "seed", "no_logprobs": "the loop"},
    "replay": {"step": "the loop", "seed": "seed", "verify_anew": "the loop"},
    "train": {"seed": "seed", "system": "rollout.system", "merge": "the loop"},
    "evaluate": {
        "seed": "seed",
        "system": "rollout.system",
        "engine": "rollout.engine",
        "engine_option": "rollout.engine_option",
        "device": "rollout.device",
        "dtype": "rollout.dtype",
        "no_logprobs": "the loop",
    },
}
"""Settings of the stages that cannot be set in the file, and what decides about them."""


class LoopRolloutConfig(LocalRolloutConfig):
    """How responses to train on are sampled."""

    redraws: NonNegativeInt = Field(
        0,
        description="Number of times that further responses are sampled to prompts whose responses all have "
        "the same reward, as many as before; they join those before.",
    )

    @field_validator("temperature")
    @classmethod
    def _above_zero(cls, temperature: float) -> float:
        if temperature == 0:
            raise ValueError("has to be above 0: otherwise all responses to a prompt are the same")
        return temperature


class LoopVerifyConfig(VerifyConfig):
    """How all responses are verified, held-out ones too."""

    workers: NonNegativeInt = Field(
        1, description="Number of worker processes; 0 verifies in this process, without time limits."
    )


class EvaluateConfig(LocalRolloutConfig):
    """How held-out responses are sampled; batch size and length are those of ``rollout`` unless set."""

    every: NonNegativeInt = Field(
        1,
        description="Number of iterations from one evaluation to the next; the starting model and the last "
        "one are evaluated as well. 0 evaluates none.",
    )
    n: PositiveInt = Field(1, description="Number of responses to each held-out prompt.")
    temperature: NonNegativeFloat = Field(
        0.0, description="Sampling temperature; 0 takes the most probable token."
    )

    @model_validator(mode="after")
    def _samples_differ(self) -> Self:
        if self.n > 1 and self.temperature == 0:
            raise ValueError(f"at temperature 0 all {self.n} responses to a prompt would be the same")
        return self

    def completed(self, rollout: LocalRolloutConfig) -> LocalRolloutConfig:
        """These settings, and those of the rollouts where these are silent."""
        own = {"n", "temperature", "top_p", *self.model_fields_set} - {"every"}
        return rollout.model_copy(update={name: getattr(self, name) for name in own})


class LoopConfig(Settings):
    """How a model is improved in iterations of rollouts, replay and training."""

    instructions: str = Field(description="Prompts with constraints to train on.")
    split: str | None = Field(None, description="Split of the instructions, if they are a data set.")
    held_out: str = Field(description="Prompts with constraints to evaluate on; never trained on.")
    held_out_split: str | None = Field(
        None, description="Split of the held-out instructions, if they are a data set."
    )
    model: str = Field(description="Starting model: a folder, or a name on the Hugging Face hub.")
    output: Path = Field(description="Folder to write everything to.")
    iterations: PositiveInt = Field(description="Number of iterations.")
    prompts: PositiveInt = Field(description="Number of instructions in an iteration.")
    seed: int = Field(0, description="Random seed; equal seeds give equal loops.")
    min_pass: Share | None = Field(
        None, description="Train only on instructions with this pass_rate or more. Default: on all."
    )
    max_pass: Share | None = Field(
        None, description="Train only on instructions with this pass_rate or less. Default: on all."
    )
    order: PromptOrder = Field(
        "shuffled", description="Order in which instructions come: by chance, or by their pass_rate."
    )
    keep_models: KeepModels = Field("all", description="Models to keep on disk.")
    rollout: LoopRolloutConfig = Field(
        LoopRolloutConfig(), description="Sampling, as in hir-data rollout without a server."
    )
    verify: LoopVerifyConfig = Field(LoopVerifyConfig(), description="Verification, as in hir-data verify.")
    replay: ReplayRunConfig = Field(ReplayRunConfig(), description="Replay, as in hir-data replay.")
    buffer: BufferConfig = Field(
        BufferConfig(), description="Replays of earlier iterations to train on again. Default: none."
    )
    train: TrainConfig = Field(TrainConfig(), description="Training, as in hir-data train.")
    evaluate: EvaluateConfig = Field(
        EvaluateConfig(), description="Sampling of held-out responses; the rest is as in rollout."
    )

    @model_validator(mode="after")
    def _set_once(self) -> Self:
        for stage, decided in DECIDED_BY.items():
            for name, decider in decided.items():
                if name in getattr(self, stage).model_fields_set:
                    raise ValueError(f"{stage}.{name} cannot be set here: {decider} decides about it")
        return self

    @model_validator(mode="after")
    def _replays_stand_alone(self) -> Self:
        """Replays of earlier iterations come without the rollouts that they were made of."""
        if self.buffer.size:
            if self.train.statistics == "all":
                raise ValueError("buffer.size: train.statistics all compares replays within their group")
            if self.train.old_logprobs == "paper":
                raise ValueError("buffer.size: train.old_logprobs paper needs the source of each replay")
        return self

    @property
    def needs_pass_rates(self) -> bool:
        """Whether instructions have to say how often they are passed."""
        return self.order != "shuffled" or self.min_pass is not None or self.max_pass is not None

    def replaying(self, step: int, seed: int) -> ReplayRunConfig:
        """How an iteration replays; its step is the iteration, counted from 0."""
        return self.replay.model_copy(update={"step": step, "seed": seed})

    def training(self, seed: int) -> TrainConfig:
        """How an iteration trains: as its rollouts were drawn, and to a model without an adapter."""
        decided: dict[str, Any] = {"seed": seed, "system": self.rollout.system, "merge": self.train.lora > 0}
        if "temperature" not in self.train.model_fields_set:
            decided["temperature"] = self.rollout.temperature
        return self.train.model_copy(update=decided)

    def evaluates(self, iteration: int) -> bool:
        """Whether the model after an iteration is evaluated; number 0 is the one to start from."""
        every = self.evaluate.every
        return every > 0 and (iteration % every == 0 or iteration == self.iterations)

    def told(self) -> dict[str, Any]:
        """What decides what a loop makes, as JSON: it may grow longer, and be checked by other processes."""
        told = self.model_dump(mode="json", exclude={"output", "iterations", "keep_models"})
        for name in (
            "min_pass",
            "max_pass",
            "order",
            "buffer",
        ):  # which loops that began before they were there lack
            if name not in self.model_fields_set:
                del told[name]
        for stage in ("rollout", "evaluate"):
            for name in ("engine", "engine_option", "redraws"):
                if name in told[stage] and name not in getattr(self, stage).model_fields_set:
                    del told[stage][name]
        del told["verify"]["workers"]
        return told


def read_loop_config(path: Path, **instead: Any) -> LoopConfig:
    """A loop from its file.

    Args:
        path: the file, TOML or YAML.
        instead: keys that are said elsewhere.

    Raises:
        RecordError: there is no such file, or a key is unknown, missing or has a value that does not fit.
    """
    table = {name: _underscored(value) for name, value in read_table(path).items()} | instead
    if isinstance(table.get("train"), dict):
        try:
            table["train"] = settings_of(table["train"], str(path))
        except RecordError as error:
            raise error.inside("train") from None
    try:
        return LoopConfig.model_validate(table)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or None
        raise RecordError(
            _problem(first["type"], first["msg"], first["loc"]), str(path), field=field
        ) from None


def _underscored(value: Any) -> Any:
    """A table as options write their names, with dashes, or as Python does."""
    return (
        {name.replace("-", "_"): each for name, each in value.items()} if isinstance(value, dict) else value
    )


def _problem(sort: str, message: str, place: tuple[int | str, ...]) -> str:
    if sort == "missing":
        return "this key is missing"
    if sort != "extra_forbidden":
        return message.removeprefix("Value error, ")
    *tables, key = place
    known: Any = LoopConfig
    for table in tables:
        known = known.model_fields[table].annotation
    near = difflib.get_close_matches(str(key), list(known.model_fields), n=1)
    return f"there is no such key{f'; did you mean {near[0]}?' if near else ''}"
