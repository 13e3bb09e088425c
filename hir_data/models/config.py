"""How responses are sampled from a model."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from hir_data.schemas.conversation import SystemMode
from hir_data.schemas.settings import (
    Flag,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveInt,
    Probability,
    Seconds,
    Settings,
)


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
        "--system before it. Default: refuse.",
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

    headings: ClassVar[Mapping[str, str]] = {"seed": "Sampling", "batch_size": "Model on this machine"}

    seed: int = Field(0, description="Random seed; equal seeds give equal responses.")
    no_logprobs: bool = Field(
        False, description="Do not write the token ids and log-probabilities of responses."
    )
    batch_size: PositiveInt = Field(32, description="Number of responses to sample at a time.")
    device: Annotated[str | None, Flag(metavar="NAME")] = Field(
        None, description="Device of the model, such as cuda:0. Default: a GPU if there is one."
    )
    dtype: Annotated[str | None, Flag(metavar="NAME")] = Field(
        None,
        description="Data type of the model, such as bfloat16. Default: the model's own on a GPU, float32 on "
        "a CPU.",
    )
    trust_remote_code: bool = Field(
        False,
        description="Run Python code that comes with the model, as some need. Without it such a model is "
        "refused.",
    )


class RolloutConfig(LocalRolloutConfig):
    """How responses are sampled from a model on this machine or behind a server."""

    headings: ClassVar[Mapping[str, str]] = {"with_feedback": "Sampling", "base_url": "Model behind a server"}

    with_feedback: bool = Field(
        False,
        description="Answer the failures of a file of hir-data verify again, with the reasons of verdicts in "
        "the prompt. The new responses are written as responses to the instruction without them.",
    )

    base_url: Annotated[str | None, Flag(metavar="URL")] = Field(
        None,
        description="OpenAI-compatible endpoint to sample from, such as http://localhost:8000/v1. The key is "
        "read from HIR_DATA_MODEL_KEY, else OPENAI_API_KEY. Default: none; the model is on this machine.",
    )
    concurrency: PositiveInt = Field(16, description="Maximum number of requests to the server at a time.")
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
