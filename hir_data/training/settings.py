"""How a model is trained: every option of ``hir-data train`` but the data, the model and the output."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from hir_data.errors import RecordError
from hir_data.schemas.settings import (
    Flag,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    Settings,
    Share,
    UpperLimit,
    make_settings,
)

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
    "save_only_model": "--save-steps",
    "ignore_data_skip": "--resume",
    "restore_callback_states_from_checkpoint": "--resume",
    "use_cpu": "--device",
    "remove_unused_columns": "nothing",
    "auto_find_batch_size": "nothing",
}
"""Arguments of ``transformers.TrainingArguments`` that are ours, and the option that says so."""


NAMED_LOSSES: Mapping[str, Mapping[str, Any]] = {
    "gspo": {
        "advantage": "grpo",
        "ratio": "sequence",
        "clip_low": 3e-4,
        "clip_high": 4e-4,
        "dual_clip": float("inf"),
        "aggregate": "sequence-mean",
        "kl": 0.0,
    },
    "dapo": {"advantage": "grpo", "clip_high": 0.28, "dual_clip": float("inf"), "kl": 0.0},
    "dr-grpo": {"advantage": "dr-grpo", "dual_clip": float("inf"), "aggregate": "constant", "kl": 0.0},
    "sapo": {"advantage": "grpo", "aggregate": "sequence-mean", "kl": 0.0},
    "sdpo": {"advantage": "grpo", "dual_clip": float("inf"), "kl": 0.0},
}
"""What a loss that is known by the name of its paper means: options that stand unless others are given."""


class TrainConfig(Settings):
    """How a model is trained."""

    headings: ClassVar[Mapping[str, str]] = {
        "loss": "Objective",
        "verify_digests": "Training data",
        "epochs": "Steps",
        "dtype": "Model",
        "save_steps": "Run",
    }

    loss: Literal["ppo", "cispo", "sft", "gspo", "dapo", "dr-grpo", "sapo", "sdpo"] = Field(
        "ppo",
        description="Loss: the clipped policy loss of PPO, that of CISPO, or the weighted log-likelihood of "
        "the successes (sft). gspo, dapo, dr-grpo and sapo also set the advantage, the ratio, the clipping, "
        "the aggregation and the KL weight as their papers do, unless these are given. sdpo learns what the "
        "model would say if it read in its prompt what is wrong with a response.",
    )
    advantage: Literal["baseline", "reinforce++", "reinforce++-baseline", "grpo", "dr-grpo", "rloo"] = Field(
        "reinforce++-baseline",
        description="Advantage estimator. baseline is the reward minus the mean reward of the prompt; "
        "reinforce++-baseline also scales it to unit variance over the batch.",
    )
    reward: Literal["ila", "cla", "degree"] = Field(
        "cla",
        description="Reward of a rollout: 1 if all of its constraints are satisfied, else 0 (ila); the share "
        "of its constraints that are satisfied (cla); or how far they are satisfied on average (degree; "
        "from hir-data verify --degree).",
    )
    equal_groups: Literal["keep", "skip"] = Field(
        "keep",
        description="Rollouts of a prompt whose rewards are all equal, which have no advantage: train on "
        "them, which holds the model where it is (keep), or leave them out (skip). Their replays stay.",
    )
    statistics: Literal["rollouts", "all"] = Field(
        "rollouts",
        description="Samples over which the mean and variance of rewards are computed: rollouts, and the "
        "advantage of a replay is 1; or rollouts and replays (all).",
    )
    replay_weight: NonNegativeFloat = Field(2.0, description="Factor of the advantages of replays.")
    replay_bits: NonNegativeFloat = Field(
        0.0,
        description="Bits from which on the instruction of a replay says enough for its full weight; with "
        "fewer it has that share of it. 0: all replays weigh the same.",
    )
    replay_cap: Annotated[float, Field(ge=0)] = Field(
        float("inf"),
        description="Limit on the total absolute advantage of replays, as a multiple of that of rollouts; "
        "inf for no limit.",
    )
    old_logprobs: Literal["recompute", "stored", "paper"] = Field(
        "recompute",
        description="Old policy log-probabilities in the importance ratio: those of the starting model "
        "(recompute); those in the data set (stored); or, for a replay, those of the starting model given "
        "the original prompt (paper).",
    )
    behaviour_correction: NonNegativeFloat = Field(
        0.0,
        description="Largest importance weight of a token of a rollout: its probability under the starting "
        "model divided by that in the data set, which the engine that sampled it computed (truncated "
        "importance sampling). 0: no weights.",
    )
    ratio: Literal["token", "sequence"] = Field(
        "token",
        description="Importance ratio of each token, or its geometric mean over a response (sequence).",
    )
    clip_low: NonNegativeFloat = Field(0.2, description="Importance ratios below 1 minus this are clipped.")
    clip_high: NonNegativeFloat = Field(0.2, description="Importance ratios above 1 plus this are clipped.")
    dual_clip: UpperLimit = Field(
        3.0,
        description="Importance ratios above this are clipped where the advantage is negative; inf for "
        "never.",
    )
    sapo_positive: PositiveFloat = Field(
        1.0, description="Temperature of the gate where the advantage is positive (--loss sapo)."
    )
    sapo_negative: PositiveFloat = Field(
        1.05, description="Temperature of the gate where the advantage is negative (--loss sapo)."
    )
    sdpo_reward_share: Share = Field(
        0.0,
        description="Share of the reward's advantage in that of a rollout; the rest is that of the feedback "
        "(--loss sdpo).",
    )
    cispo_max: UpperLimit = Field(5.0, description="Upper limit of the importance ratio (--loss cispo).")
    kl: NonNegativeFloat = Field(
        0.02, description="Weight of the KL divergence from the starting model (k3 estimator) in the loss."
    )
    reference_steps: NonNegativeInt = Field(
        0,
        description="Number of steps after which the model that divergence is measured from, and that reads "
        "feedback, becomes the current one. 0: it stays the starting model.",
    )
    max_kl: UpperLimit = Field(
        0.1,
        description="Stop training when the absolute mean KL divergence per token (k1 estimator) exceeds "
        "this; inf for never.",
    )
    aggregate: Literal["token-mean", "sequence-mean", "constant"] = Field(
        "token-mean",
        description="How token losses become the loss of a step: their mean (token-mean); the mean over "
        "responses of each response's mean (sequence-mean); or their sum divided by a constant length per "
        "response (constant).",
    )
    constant_length: PositiveInt = Field(
        1024, description="Length in tokens by which --aggregate constant divides."
    )
    temperature: PositiveFloat = Field(
        1.0, description="Sampling temperature of the rollouts; logits are divided by it."
    )

    verify_digests: bool = Field(
        True, description="Refuse a data set whose files are not, byte for byte, those that were written."
    )
    origin: Literal["all", "rollout", "replay"] = Field("all", description="Samples to train on, by origin.")
    max_length: PositiveInt = Field(
        2048,
        description="Maximum number of tokens of prompt and response; longer rows are left out, never cut.",
    )
    system: str | None = Field(
        None, description="System message with which the responses were sampled. Default: none."
    )
    template_option: dict[str, Any] = Field(
        default_factory=dict,
        description="Variable of the chat template, such as enable_thinking=false, for records that do not "
        "set it.",
    )
    turns: Literal["last", "all"] = Field(
        "last",
        description="Assistant turns to train on: the response of each sample (last), or also the assistant "
        "messages before it (all), with the advantage of the sample unless they have a reward of their own.",
    )
    without_thinking: bool = Field(False, description="Train on answers without the reasoning before them.")
    allow_templated: bool = Field(
        False, description="Accept prompts that contain markers of a chat template, and use them as they are."
    )
    trust_remote_code: bool = Field(
        False,
        description="Run Python code that comes with the model, as some need. Without it such a model is "
        "refused.",
    )

    epochs: PositiveFloat = Field(1.0, description="Number of passes over the training data.")
    max_steps: PositiveInt | None = Field(None, description="Maximum number of steps. Default: no limit.")
    batch_size: PositiveInt = Field(
        64, description="Number of rows in a step, over all processes; a pair counts as two."
    )
    micro_batch: PositiveInt = Field(
        8,
        description="Number of rows that a device processes at a time; it changes speed and memory, not the "
        "result of a step.",
    )
    padding_free: bool | None = Field(
        None,
        description="Concatenate the rows of a micro-batch instead of padding them. Default: with a flash "
        "attention only.",
    )
    learning_rate: PositiveFloat | None = Field(
        None, description="Peak learning rate. Default: 1e-6; with --lora 2e-5."
    )
    schedule: Literal["constant", "linear", "cosine"] = Field(
        "linear", description="Learning rate schedule after the warm-up."
    )
    warmup: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.05, description="Share of the steps in which the learning rate rises from 0."
    )
    weight_decay: NonNegativeFloat = Field(0.0, description="Weight decay of AdamW.")
    max_grad_norm: UpperLimit = Field(1.0, description="Maximum norm of the gradient.")
    seed: int = Field(0, description="Random seed; equal seeds give equal steps.")

    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        "auto",
        description="Data type of the computation; auto is bfloat16 on a GPU that supports it, else float32.",
    )
    param_dtype: Literal["float32", "bfloat16"] = Field(
        "float32",
        description="Data type in which trained parameters and their gradients are held; with bfloat16 the "
        "optimizer works on float32 copies of them (master weights), and all is computed in bfloat16.",
    )
    device: Literal["auto", "cpu"] = Field(
        "auto", description="Device to train on; auto is a GPU if there is one, else the CPU."
    )
    attention: Annotated[str | None, Flag(metavar="NAME")] = Field(
        None,
        description="Attention implementation, such as flash_attention_2. Default: that of transformers.",
    )
    logits: Literal["chunked", "fused", "full"] = Field(
        "chunked",
        description="Compute log-probabilities some tokens at a time (chunked), so by a function of PyTorch "
        "that gives no entropies (fused), or from the logits of all tokens, for models whose head is refused "
        "(full).",
    )
    gradient_checkpointing: bool = Field(
        False, description="Recompute activations in the backward pass: less memory, about a third more time."
    )
    lora: NonNegativeInt = Field(
        0, description="Rank of a LoRA adapter to train; 0 trains all weights of the model."
    )
    lora_alpha: PositiveFloat | None = Field(
        None, description="Scale (alpha) of the adapter. Default: twice its rank."
    )
    lora_targets: Annotated[tuple[str, ...], Flag(metavar="NAME")] = Field(
        ("all-linear",), description="Suffix of the names of modules to adapt, or all-linear."
    )
    merge: bool = Field(
        False, description="Write the model with the adapter merged into it instead of the adapter alone."
    )

    save_steps: PositiveInt = Field(100, description="Number of steps between checkpoints.")
    keep: PositiveInt = Field(2, description="Number of most recent checkpoints to keep.")
    log_steps: PositiveInt = Field(1, description="Number of steps between lines of progress.")
    report_to: Annotated[tuple[str, ...], Flag(metavar="NAME")] = Field(
        (), description="Tracker to report to, such as tensorboard, wandb or trackio. Default: none."
    )
    trainer: dict[str, Any] = Field(
        default_factory=dict,
        description="Further argument of transformers.TrainingArguments, such as torch_compile=true.",
    )

    @model_validator(mode="before")
    @classmethod
    def _as_its_paper_does(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or not isinstance(given.get("loss"), str):
            return given
        return {**NAMED_LOSSES.get(given["loss"], {}), **given}

    @model_validator(mode="after")
    def _computed_as_held(self) -> Self:
        if self.param_dtype == "bfloat16" and self.dtype == "float32":
            raise ValueError("dtype float32 cannot be computed with param_dtype bfloat16")
        return self

    @model_validator(mode="after")
    def _corrects_once(self) -> Self:
        if self.behaviour_correction:
            if self.old_logprobs == "stored":
                raise ValueError(
                    "behaviour_correction: with old_logprobs stored, ratios are taken to the engine already"
                )
            if self.loss == "sft":
                raise ValueError("behaviour_correction: loss sft has no policy that sampled")
        return self

    @property
    def stored_by(self) -> str:
        """The option that needs log-probabilities of the data set for rollouts; empty if none does."""
        if self.old_logprobs == "stored":
            return "--old-logprobs stored"
        return "--behaviour-correction" if self.behaviour_correction else ""

    @property
    def without_padding(self) -> bool:
        """Whether rows of a micro-batch lie behind each other."""
        return self.padding_free if self.padding_free is not None else "flash" in (self.attention or "")

    @property
    def merges(self) -> bool:
        """Whether an adapter is trained and merged into the model."""
        return self.merge and self.lora > 0

    @property
    def peak_learning_rate(self) -> float:
        """The learning rate at its highest."""
        return self.learning_rate or (2e-5 if self.lora else 1e-6)


def settings_of(given: Mapping[str, Any], source: str | None = None) -> TrainConfig:
    """Settings from a mapping; ``source``, the command line if None, is named where one does not fit.

    Raises:
        RecordError: an option is unknown, or its value is not possible.
    """
    settings = make_settings(TrainConfig, given, source)
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
        import yaml

        try:
            return yaml.safe_load(text) or {}
        except yaml.YAMLError as error:
            raise RecordError(f"is no YAML: {' '.join(str(error).split())}", str(path)) from None
    raise RecordError("has to end in .toml, .yaml or .yml", str(path))
