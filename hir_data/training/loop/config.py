"""What a loop is told: one file, TOML or YAML, with a table for each of its stages."""

import difflib
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hir_data.errors import RecordError
from hir_data.models import sampling
from hir_data.replays import config as replays_config
from hir_data.replays.relabel import Relabel
from hir_data.replays.select import Method, SelectionConfig
from hir_data.training.settings import TrainConfig, read_table, settings_of

PositiveCount = Annotated[int, Field(ge=1)]
NonNegativeFloat = Annotated[float, Field(ge=0, allow_inf_nan=False)]
PositiveShare = Annotated[float, Field(gt=0, le=1)]
Seconds = Annotated[float, Field(ge=0.01, allow_inf_nan=False)]
Keep = Literal["all", "last"]
"""The models that stay on the disk: that of every iteration, or of the last one."""


class ConfigTable(BaseModel):
    """A part of the file; it has no other keys than these."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


class Rollout(ConfigTable):
    """How responses are drawn, by chance; the options of ``hir-data rollout``."""

    n: PositiveCount = 6
    temperature: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    top_p: PositiveShare = 1.0
    max_new_tokens: PositiveCount = 1024
    system: str | None = None
    batch_size: PositiveCount = 32
    device: str | None = None
    dtype: str | None = None

    @property
    def settings(self) -> sampling.SamplingParams:
        """The same for a sampler."""
        return sampling.SamplingParams(self.n, self.temperature, self.top_p, self.max_new_tokens, self.system)


class Verify(ConfigTable):
    """How all responses are verified, held-out ones too; the options of ``hir-data verify``."""

    workers: Annotated[int, Field(ge=0)] = 1
    timeout: Seconds = 10.0
    strip_thinking: str | None = None
    plugin: tuple[str, ...] = ()
    judge_model: str | None = None
    judge_url: str | None = None
    judge_concurrency: PositiveCount = 8
    judge_timeout: Seconds = 60.0
    judge_cache: Path | None = None
    no_judge_cache: bool = False
    judge_price: str | None = None


class Replay(ConfigTable):
    """How replays are made; the options of ``hir-data replay``. Its step is the iteration, counted from 0."""

    select: Method = "balanced"
    k: NonNegativeFloat = 6.0
    lambda0: NonNegativeFloat = 2.0
    eta: NonNegativeFloat = 0.05
    lambda_max: NonNegativeFloat = 4.0
    per_prompt: PositiveCount | None = None
    min_kept: PositiveCount = 1
    stratify: bool = False
    batch_prompts: PositiveCount | None = None
    relabel: Relabel = "hindsight"
    rewriter: replays_config.RewriterName = "spans"
    rewriter_model: str | None = None
    rewriter_url: str | None = None
    shard_size: PositiveCount = 8192

    @model_validator(mode="after")
    def _a_model_for_those_who_ask_one(self) -> Self:
        if self.rewriter == "llm" and self.rewriter_model is None:
            raise ValueError('rewriter = "llm" needs a rewriter_model')
        if self.rewriter != "llm" and (self.rewriter_model or self.rewriter_url):
            raise ValueError('rewriter_model and rewriter_url need rewriter = "llm"')
        return self

    def settings(self, step: int, seed: int) -> replays_config.ReplayConfig:
        """The same for a step of the training."""
        selecting = SelectionConfig(
            method=self.select,
            k=self.k,
            step=step,
            lambda0=self.lambda0,
            eta=self.eta,
            lambda_max=self.lambda_max,
            per_prompt=self.per_prompt,
            min_kept=self.min_kept,
            stratify=self.stratify,
            seed=seed,
        )
        return replays_config.ReplayConfig(
            selecting=selecting,
            relabel=self.relabel,
            rewriter=self.rewriter,
            batch_prompts=self.batch_prompts,
        )


class Evaluate(ConfigTable):
    """How held-out responses are drawn; what is not said here is as in ``rollout``."""

    n: PositiveCount = 1
    temperature: NonNegativeFloat = 0.0
    top_p: PositiveShare = 1.0
    max_new_tokens: PositiveCount | None = None
    batch_size: PositiveCount | None = None

    @model_validator(mode="after")
    def _samples_differ(self) -> Self:
        if self.n > 1 and self.temperature == 0:
            raise ValueError(f"at temperature 0 all {self.n} responses to a prompt would be the same")
        return self

    def drawing(self, rollout: Rollout) -> Rollout:
        """How they are drawn, in full."""
        said = {name: value for name, value in self if value is not None}
        return rollout.model_copy(update=said)


class Config(ConfigTable):
    """A loop.

    Attributes:
        instructions: what is trained on: records of prompts with constraints.
        split: which split of them.
        held_out: what is evaluated on, and never trained on.
        held_out_split: which split of them.
        model: what training starts from: a folder, or a name on the Hugging Face hub.
        output: the folder that everything goes to.
        iterations: how often it goes round.
        prompts: instructions in each iteration.
        seed: equal seeds give equal loops.
        keep_models: which models stay on the disk.
        rollout: how responses are drawn.
        verify: how they are verified.
        replay: how replays are made of them.
        train: how the model learns from these.
        evaluate: how held-out responses are drawn.
    """

    instructions: str
    split: str | None = None
    held_out: str
    held_out_split: str | None = None
    model: str
    output: Path
    iterations: PositiveCount
    prompts: PositiveCount
    seed: int = 0
    keep_models: Keep = "all"
    rollout: Rollout = Rollout()
    verify: Verify = Verify()
    replay: Replay = Replay()
    train: TrainConfig = TrainConfig()
    evaluate: Evaluate = Evaluate()

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        for name, decider in (("seed", "seed"), ("system", "rollout.system"), ("merge", "the loop")):
            if name in self.train.model_fields_set:
                raise ValueError(f"train.{name} cannot be set here: {decider} decides about it")
        return self

    def training(self, seed: int) -> TrainConfig:
        """How an iteration trains: as its rollouts were drawn, and to a model without an adapter."""
        decided: dict[str, Any] = {"seed": seed, "system": self.rollout.system, "merge": self.train.lora > 0}
        if "temperature" not in self.train.model_fields_set:
            decided["temperature"] = self.rollout.temperature
        return self.train.model_copy(update=decided)

    def told(self) -> dict[str, Any]:
        """What decides what a loop makes, as JSON: it may grow longer, and be checked by other processes."""
        told = self.model_dump(mode="json", exclude={"output", "iterations", "keep_models"})
        del told["verify"]["workers"]
        return told


def read_loop_config(path: Path, **instead: Any) -> Config:
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
        return Config.model_validate(table)
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
    known: Any = Config
    for table in tables:
        known = known.model_fields[table].annotation
    near = difflib.get_close_matches(str(key), list(known.model_fields), n=1)
    return f"there is no such key{f'; did you mean {near[0]}?' if near else ''}"
