"""How responses are sampled from a model."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import Field, model_validator

from hir_data.schemas.conversation import SystemMode
from hir_data.schemas.settings import (
    Flag,
    Names,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveInt,
    Probability,
    Seconds,
    Settings,
)

SamplingEngine = Literal["transformers", "vllm", "ctranslate2"]
ComputeType = Literal["int8", "float32"]

ENGINE_OPTIONS: dict[SamplingEngine, dict[str, str]] = {
    "vllm": {
        "model": "--model",
        "tokenizer": "--model",
        "dtype": "--dtype",
        "trust_remote_code": "--trust-remote-code",
        "seed": "--seed",
        "logprobs_mode": "the sampler",
        "enable_prefix_caching": "the sampler",
        "enable_lora": "the sampler",
    },
    "ctranslate2": {
        "model_path": "--model",
        "compute_type": "--dtype",
        "device": "the sampler",
        "device_index": "the sampler",
        "inter_threads": "the sampler",
        "files": "the sampler",
        "tensor_parallel": "the sampler",
        "flash_attention": "the sampler",
    },
}
"""Arguments of engines that cannot be set as an ``engine_option``, and what decides about them."""


class SamplingParams(Settings):
    """How the tokens of responses are sampled."""

    headings: ClassVar[Mapping[str, str]] = {"n": "Sampling"}

    n: Annotated[PositiveInt, Flag(("-n",))] = Field(6, description="Number of responses to each prompt.")
    temperature: NonNegativeFloat = Field(
        1.0, description="Sampling temperature; 0 takes the most probable token."
    )
    top_p: Probability = Field(
        1.0, description="Sample from the most probable tokens whose probabilities add up to this."
    )
    max_new_tokens: PositiveInt = Field(1024, description="Maximum number of tokens in a response.")
    system: str | None = Field(
        None, description="System message before each conversation, recorded in each rollout. Default: none."
    )
    system_mode: Annotated[SystemMode, Flag(metavar="refuse|replace|prepend")] = Field(
        "refuse",
        description="Conversations that have another system message: reject them, replace it, or put "
        "--system before it.",
    )
    template_option: dict[str, Any] = Field(
        default_factory=dict,
        description="Variable of the chat template, such as enable_thinking=false, overriding records.",
    )
    allow_templated: bool = Field(
        False, description="Accept prompts that contain markers of a chat template, and use them as they are."
    )


class LocalRolloutConfig(SamplingParams):
    """How responses are sampled from a model on this machine."""

    headings: ClassVar[Mapping[str, str]] = {"seed": "Sampling", "engine": "Model on this machine"}

    seed: int = Field(0, description="Random seed; equal seeds give equal responses.")
    no_logprobs: bool = Field(
        False, description="Do not write the token ids and log-probabilities of responses."
    )
    engine: SamplingEngine = Field(
        "transformers",
        description="Library that samples: transformers; vLLM in this process, which is faster on a GPU, "
        "needs the extra vllm and was tested against a stand-in of its interface only; or CTranslate2, which "
        "is faster on a processor and needs the extra ctranslate2.",
    )
    engine_option: dict[str, Any] = Field(
        default_factory=dict,
        description="Further argument of the engine: of vllm.LLM, such as gpu_memory_utilization=0.8 or "
        "tensor_parallel_size=2; of ctranslate2.Generator, such as intra_threads=8.",
    )
    batch_size: PositiveInt = Field(
        32,
        description="Number of responses to sample at a time with transformers or CTranslate2; vLLM decides "
        "itself.",
    )
    device: Annotated[str | None, Flag(metavar="NAME")] = Field(
        None,
        description="Device of the model, such as cuda:0, with transformers. Default: a GPU if there is one.",
    )
    dtype: Annotated[str | None, Flag(metavar="NAME")] = Field(
        None,
        description="Data type of the model, such as bfloat16. Default: the model's own on a GPU, float32 on "
        "a CPU; with vLLM what it chooses (auto). With CTranslate2 int8 (the default) or float32.",
    )
    trust_remote_code: bool = Field(
        False,
        description="Run Python code that comes with the model, as some need. Without it such a model is "
        "refused.",
    )

    @model_validator(mode="after")
    def _fits_the_engine(self) -> Self:
        if self.engine == "vllm":
            if self.device is not None:
                raise ValueError("device: vLLM chooses it; CUDA_VISIBLE_DEVICES says which GPUs it sees")
            if 0 < self.temperature < 0.01:
                raise ValueError("temperature: vLLM samples at 0.01 where it is less and not 0")
        elif self.engine == "ctranslate2":
            if self.device not in (None, "cpu"):
                raise ValueError("device: engine ctranslate2 samples on the processor (cpu)")
            if self.dtype not in (None, *get_args(ComputeType)):
                raise ValueError(f"dtype: with engine ctranslate2 int8 or float32, not {self.dtype}")
        elif self.engine_option:
            raise ValueError(
                f"engine_option {', '.join(self.engine_option)}: is for engine vllm or ctranslate2"
            )
        decided = ENGINE_OPTIONS.get(self.engine, {})
        for name in self.engine_option:
            if name in decided:
                raise ValueError(f"engine_option.{name} cannot be set here: {decided[name]} decides about it")
        return self


class RolloutConfig(LocalRolloutConfig):
    """How responses are sampled from a model on this machine or behind a server."""

    headings: ClassVar[Mapping[str, str]] = {"with_feedback": "Sampling", "base_url": "Model behind a server"}

    with_feedback: bool = Field(
        False,
        description="Answer the failures of a file of hir-data verify again, with the reasons of verdicts in "
        "the prompt. The new responses are written as responses to the instruction without them.",
    )

    base_url: Annotated[Names, Flag(metavar="URL")] = Field(
        (),
        description="OpenAI-compatible endpoint to sample from, such as http://localhost:8000/v1; several "
        "share the prompts. The key is read from HIR_DATA_MODEL_KEY, else OPENAI_API_KEY. Default: none; the "
        "model is on this machine.",
    )
    concurrency: PositiveInt = Field(16, description="Maximum number of requests to each server at a time.")
    timeout: Annotated[Seconds, Flag(metavar="SECONDS")] = Field(
        600.0, description="Time limit of one request to the server."
    )
    top_logprobs: NonNegativeInt = Field(
        20,
        description="Number of most probable tokens to request at each position, from which the entropy is "
        "estimated.",
    )
    processed_logprobs: bool = Field(
        False,
        description="The server returns log-probabilities at the sampling temperature, not at temperature 1 "
        "(vLLM: --logprobs-mode processed_logprobs).",
    )

    @model_validator(mode="after")
    def _in_one_process(self) -> Self:
        if self.base_url and self.engine != "transformers":
            raise ValueError(f"engine {self.engine}: is for a model on this machine, not for one at base_url")
        return self
