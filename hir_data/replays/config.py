"""How replays are made."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from hir_data.replays.guards import GUARDS, GuardName, ScoreBound, guards_named
from hir_data.replays.relabel import Relabel
from hir_data.replays.select import SelectionConfig
from hir_data.schemas.settings import Flag, NonNegativeFloat, NonNegativeInt, PositiveInt

RewriterName = Literal["spans", "criteria", "llm"]


class ReplayConfig(SelectionConfig):
    """How replays are made."""

    headings: ClassVar[Mapping[str, str]] = {
        "batch_prompts": "Selection",
        "guards": "Fitness",
        "min_bits": "Information",
        "relabel": "New instructions",
    }

    batch_prompts: PositiveInt | None = Field(
        None, description="Select among this many prompts at a time. Default: among all."
    )
    guards: Annotated[str, Flag(metavar="all|none|NAME,...")] = Field(
        "all",
        description="Guards that keep unfit responses from being replayed, with commas between their names: "
        f"{', '.join(GUARDS)}.",
    )
    min_score: Annotated[str | None, Flag(metavar="FIELD>=X")] = Field(
        None,
        description="Smallest figure that a judge or a reward model has to have given a replayed response, "
        "in a field of its record.",
    )
    min_bits: NonNegativeFloat = Field(
        1.0,
        description="Smallest number of bits of a relabelled constraint: minus log2 of the share of "
        "responses to other prompts that satisfy it.",
    )
    min_instruction_bits: NonNegativeFloat | None = Field(
        None,
        description="The same for all constraints of a replay together, which in addition no bare refusal "
        "and no empty text may satisfy; 0 turns both off. Default: --min-bits.",
    )
    background: NonNegativeInt = Field(
        256, description="Number of responses in the sample that bits are measured on."
    )
    substitutes: bool = Field(
        True,
        description="Ask for a length or for keywords in place of a violated constraint that has no "
        "informative alternative; with --relabel hindsight.",
    )
    relabel: Relabel = Field(
        "hindsight",
        description="What replaces a violated constraint: the nearest one that the response satisfies, its "
        "negation (flip), or nothing (drop). hindsight takes what explains the response best, in this order.",
    )
    rewriter: RewriterName = Field(
        "spans",
        description="How prompts are rewritten: from question and criteria (criteria); the same where these "
        "are known, else by removing the sentences that state a constraint (spans); or by a language model "
        "(llm).",
    )

    @field_validator("guards")
    @classmethod
    def _known_guards(cls, value: str) -> str:
        guards_named(value)
        return value

    @field_validator("min_score")
    @classmethod
    def _readable_score(cls, value: str | None) -> str | None:
        if value is not None:
            ScoreBound.parse(value)
        return value

    @property
    def guard_names(self) -> tuple[GuardName, ...]:
        """The guards that are on."""
        return guards_named(self.guards)

    @property
    def score_bound(self) -> ScoreBound | None:
        """The bound of :attr:`min_score`."""
        return None if self.min_score is None else ScoreBound.parse(self.min_score)

    @property
    def least_instruction_bits(self) -> float:
        """The bits that an instruction has to carry."""
        return self.min_bits if self.min_instruction_bits is None else self.min_instruction_bits

    @property
    def needs_background(self) -> bool:
        """Whether bits are measured at all."""
        return self.background > 0 and (
            self.min_bits > 0 or self.least_instruction_bits > 0 or self.select in ("balanced", "informative")
        )


class ReplayRunConfig(ReplayConfig):
    """How a data set of replays is made of a file."""

    headings: ClassVar[Mapping[str, str]] = {
        "rewriter_model": "New instructions",
        "show": "Report",
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
    show: NonNegativeInt = Field(
        0, description="Number of replays to print beside their sources, those that say least first."
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
