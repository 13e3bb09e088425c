"""How replays are made."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from hir_data.replays.relabel import Relabel
from hir_data.replays.select import SelectionConfig
from hir_data.schemas.settings import Flag, PositiveInt

RewriterName = Literal["spans", "criteria", "llm"]


class ReplayConfig(SelectionConfig):
    """How replays are made."""

    headings: ClassVar[Mapping[str, str]] = {"batch_prompts": "Selection", "relabel": "New instructions"}

    batch_prompts: PositiveInt | None = Field(
        None, description="Select among this many prompts at a time. Default: among all."
    )
    relabel: Relabel = Field(
        "hindsight",
        description="What replaces a violated constraint: the nearest one that the response satisfies, its "
        "negation (flip), or nothing (drop). hindsight tries the three in this order.",
    )
    rewriter: RewriterName = Field(
        "spans",
        description="How prompts are rewritten: from question and criteria (criteria); the same where these "
        "are known, else by removing the sentences that state a constraint (spans); or by a language model "
        "(llm).",
    )


class ReplayRunConfig(ReplayConfig):
    """How a data set of replays is made of a file."""

    headings: ClassVar[Mapping[str, str]] = {
        "rewriter_model": "New instructions",
        "verify_anew": "Verification",
        "shard_size": "Run",
    }

    rewriter_model: Annotated[str | None, Flag(metavar="NAME")] = Field(
        None, description="Language model of --rewriter llm."
    )
    rewriter_url: Annotated[str | None, Flag(metavar="URL")] = Field(
        None,
        description="OpenAI-compatible endpoint of that model, such as http://localhost:8000/v1. The key is "
        "read from HIR_DATA_MODEL_KEY, else OPENAI_API_KEY. Default: OpenAI's endpoint.",
    )
    verify_anew: bool = Field(
        False, description="Verify responses again, even where the input has their verdicts."
    )
    shard_size: PositiveInt = Field(
        8192, description="Number of rollouts in a shard of the data set, rounded up to a multiple of 64."
    )

    @model_validator(mode="after")
    def _model_of_the_rewriter(self) -> Self:
        if self.rewriter == "llm" and self.rewriter_model is None:
            raise ValueError("the rewriter llm needs a rewriter model (--rewriter-model)")
        if self.rewriter != "llm" and (self.rewriter_model or self.rewriter_url):
            raise ValueError("a rewriter model or URL needs the rewriter llm (--rewriter llm)")
        return self
