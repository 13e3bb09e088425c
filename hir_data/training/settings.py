"""How a model is trained: every option of ``hir-data train`` but the data, the model and the output."""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hir_data.errors import RecordError

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
UpperLimit = Annotated[float, Field(gt=0)]
Natural = Annotated[int, Field(ge=1)]

OURS = {
    "output_dir": "--output",
    "per_device_train_batch_size": "--micro-batch",
    "gradient_accumulation_steps": "--batch-size and --micro-batch",
    "num_train_epochs": "--epochs",
    "max_steps": "--max-steps",
    "learning_rate": "--learning-rate",
    "lr_scheduler_type": "--schedule",
    "warmup_steps": "--warmup",
    "weight_decay": "--weight-decay",
    "max_grad_norm": "--max-grad-norm",
    "bf16": "--dtype",
    "fp16": "--dtype",
    "gradient_checkpointing": "--gradient-checkpointing",
    "activation_checkpointing": "--gradient-checkpointing",
    "seed": "--seed",
    "report_to": "--report-to",
    "logging_steps": "--log-steps",
    "save_steps": "--save-steps",
    "save_total_limit": "--keep",
    "use_cpu": "--device",
    "remove_unused_columns": "nothing",
    "auto_find_batch_size": "nothing",
}
"""Arguments of ``transformers.TrainingArguments`` that are ours, and the option that says so."""


class TrainConfig(BaseModel):
    """How a model is trained. Every field is an option; ``inf`` means no limit where there is one."""

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    # What is learnt
    loss: Literal["ppo", "cispo", "sft"] = Field(
        "ppo", description="The clipped policy loss, CISPO, or weighted positives."
    )
    advantage: Literal["baseline", "reinforce++", "reinforce++-baseline", "grpo", "dr-grpo", "rloo"] = Field(
        "reinforce++-baseline",
        description="What a reward is compared with; baseline: the mean of its prompt; here with variance 1.",
    )
    reward: Literal["ila", "cla"] = Field(
        "cla", description="Of a rollout: 1 if all constraints are satisfied, else 0; or the share that is."
    )
    statistics: Literal["rollouts", "all"] = Field(
        "rollouts",
        description="Means and variances are those of rollouts, and the advantage of a replay is 1; or those "
        "of replays as well, and a replay has the advantage that follows.",
    )
    replay_weight: NonNegative = Field(2.0, description="The advantages of replays are multiplied by it.")
    replay_cap: Annotated[float, Field(ge=0)] = Field(
        float("inf"),
        description="Replays have at most this many times the absolute advantage of rollouts; inf: no limit.",
    )
    old_logprobs: Literal["recompute", "stored", "paper"] = Field(
        "recompute",
        description="What ratios are taken to: log-probabilities of the starting model, those that the data "
        "set has, or, of a replay, those of the starting model at the prompt of its source.",
    )
    ratio: Literal["token", "sequence"] = Field(
        "token", description="Of each token, or the geometric mean of a response."
    )
    clip_low: NonNegative = Field(0.2, description="Ratios below 1 minus it are clipped.")
    clip_high: NonNegative = Field(0.2, description="Ratios above 1 plus it are clipped.")
    dual_clip: UpperLimit = Field(
        3.0, description="Ratios above it are clipped where the advantage is negative; inf: never."
    )
    cispo_max: UpperLimit = Field(5.0, description="Ratios count up to it (--loss cispo).")
    kl: NonNegative = Field(0.02, description="The weight of the distance to the starting model (k3).")
    max_kl: UpperLimit = Field(
        0.1, description="Stop when the mean k1 a token passes it, in either direction; inf: never."
    )
    aggregate: Literal["token-mean", "sequence-mean", "constant"] = Field(
        "token-mean",
        description="The loss is a mean over the tokens of a step, over its responses of their means, or the "
        "sum over a constant length a response.",
    )
    constant_length: Natural = Field(1024, description="That length (--aggregate constant).")
    temperature: Positive = Field(1.0, description="Of the softmax whose probabilities are trained.")

    # The rows
    origin: Literal["all", "rollout", "replay"] = Field("all", description="Which samples are trained on.")
    max_length: Natural = Field(
        2048, description="Tokens of prompt and response, at most; longer rows are left out, never cut."
    )
    system: str | None = Field(None, description="The system message that responses were drawn with.")
    template_option: dict[str, Any] = Field(
        default_factory=dict,
        description="Variables of the chat template, such as enable_thinking=false, where a record has none.",
    )
    without_thinking: bool = Field(
        False, description="Train on answers alone, without the reasoning in front of them."
    )
    allow_templated: bool = Field(
        False, description="Take prompts that hold markers of a chat template as they are."
    )

    # The steps
    epochs: Positive = Field(1.0, description="How often each row is trained on.")
    max_steps: Natural | None = Field(None, description="Stop after so many steps.")
    batch_size: Natural = Field(64, description="Rows in a step, over all processes; a pair counts as two.")
    micro_batch: Natural = Field(
        8, description="Rows that a device works on at a time. It changes speed and memory, not the step."
    )
    padding_free: bool | None = Field(
        None,
        description="Rows of a micro-batch behind each other, without padding. Default: with a flash "
        "attention.",
    )
    learning_rate: Positive | None = Field(
        None, description="At its highest. Default: 1e-6, with --lora 2e-5."
    )
    schedule: Literal["constant", "linear", "cosine"] = Field(
        "linear", description="How the learning rate falls after the warm-up."
    )
    warmup: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.05, description="The share of the steps in which the learning rate rises."
    )
    weight_decay: NonNegative = Field(0.0, description="Of AdamW.")
    max_grad_norm: UpperLimit = Field(1.0, description="Gradients above it are scaled down to it.")
    seed: int = Field(0, description="Equal seeds give equal steps.")

    # The model
    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="Of the computation; auto: bfloat16 on a GPU that has it, else float32."
    )
    device: Literal["auto", "cpu"] = Field("auto", description="auto: a GPU if there is one.")
    attention: str | None = Field(
        None, description="The implementation, such as flash_attention_2. Default: the library's choice."
    )
    gradient_checkpointing: bool = Field(False, description="Less memory, a third more time.")
    lora: Annotated[int, Field(ge=0)] = Field(
        0, description="Train an adapter of this rank; 0: all weights of the model."
    )
    lora_alpha: Positive | None = Field(None, description="Its scale. Default: twice the rank.")
    lora_targets: tuple[str, ...] = Field(
        ("all-linear",), description="The modules that it adapts, by the ends of their names."
    )
    merge: bool = Field(
        False, description="Write the model with the adapter merged into it, not the adapter alone."
    )

    # The run
    save_steps: Natural = Field(100, description="Steps from one checkpoint to the next.")
    keep: Natural = Field(2, description="Checkpoints that are kept, the latest ones.")
    log_steps: Natural = Field(1, description="Steps from one line of progress to the next.")
    report_to: tuple[str, ...] = Field((), description="Trackers: tensorboard, wandb, trackio, ...")
    trainer: dict[str, Any] = Field(
        default_factory=dict,
        description="Any other of transformers.TrainingArguments, such as fsdp or torch_compile.",
    )

    @property
    def without_padding(self) -> bool:
        """Whether rows of a micro-batch lie behind each other."""
        return self.padding_free if self.padding_free is not None else "flash" in (self.attention or "")

    @property
    def peak_learning_rate(self) -> float:
        """The learning rate at its highest."""
        return self.learning_rate or (2e-5 if self.lora else 1e-6)


def settings_of(given: Mapping[str, Any], source: str | None = None) -> TrainConfig:
    """Settings from a mapping; ``source``, the command line if None, is named where one does not fit.

    Raises:
        RecordError: an option is unknown, or its value is not possible.
    """
    for name in given:
        if name not in TrainConfig.model_fields:
            near = difflib.get_close_matches(name, TrainConfig.model_fields, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise RecordError(f"there is no such option{hint}", source, field=name)
    try:
        settings = TrainConfig.model_validate(given)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        field = ".".join(map(str, problem["loc"]))
        field = field if source else f"--{field.replace('_', '-')}"
        raise RecordError(f"{problem['msg']}, not {problem['input']!r}", source, field=field) from None
    for name in settings.trainer:
        if name in OURS:
            raise RecordError(
                f"cannot be set here: {OURS[name]} decides about it", source, field=f"trainer.{name}"
            )
    return settings


def read_table(path: Path) -> dict[str, Any]:
    """The table of a TOML or YAML file, with underscores in the names of options.

    Raises:
        RecordError: there is none.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"cannot be read: {error}", str(path)) from None
    table = _parsed(text, path)
    if not isinstance(table, dict):
        raise RecordError("has to be a table of options", str(path))
    return {str(name).replace("-", "_"): value for name, value in table.items()}


def _parsed(text: str, path: Path) -> Any:
    if path.suffix == ".toml":
        import tomllib

        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise RecordError(f"is no TOML: {error}", str(path)) from None
    if path.suffix in (".yaml", ".yml"):
        try:
            import yaml
        except ModuleNotFoundError:
            from hir_data.errors import MissingExtraError

            raise MissingExtraError("pyyaml", "train") from None
        try:
            return yaml.safe_load(text) or {}
        except yaml.YAMLError as error:
            raise RecordError(f"is no YAML: {' '.join(str(error).split())}", str(path)) from None
    raise RecordError("has to end in .toml, .yaml or .yml", str(path))
