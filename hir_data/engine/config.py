"""How responses are verified."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from hir_data.schemas.settings import (
    Flag,
    Names,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveInt,
    Seconds,
    Settings,
)
from hir_data.text.thinking import check_policy


def _checked_policy(policy: str | None) -> str | None:
    if policy is not None:
        check_policy(policy)
    return policy


class PluginConfig(Settings):
    """The user's own kinds of constraints."""

    headings: ClassVar[Mapping[str, str]] = {"plugin": "Kinds of constraints"}

    plugin: Annotated[tuple[str, ...], Flag(metavar="FILE|MODULE")] = Field(
        (), description="Python file or module that registers constraint kinds of your own."
    )


class CheckConfig(PluginConfig):
    """How one response is checked."""

    headings: ClassVar[Mapping[str, str]] = {"timeout": "Verification", "judge_model": "Judge"}

    timeout: Annotated[Seconds, Flag(metavar="SECONDS")] = Field(
        10.0, description="Time limit of one check; a check that exceeds it is undetermined."
    )
    judge_model: Annotated[Names, Flag(metavar="NAME")] = Field(
        (),
        description="Language model that decides soft constraints; several vote. Default: none; soft "
        "constraints are undetermined.",
    )
    judge_url: Annotated[Names, Flag(metavar="URL")] = Field(
        (),
        description="OpenAI-compatible endpoint of the judge, such as http://localhost:8000/v1; one for all "
        "judges, or one for each in their order. The key is read from HIR_DATA_JUDGE_KEY, else "
        "OPENAI_API_KEY. Default: OpenAI's endpoint.",
    )
    judge_criteria: PositiveInt = Field(
        16,
        description="Maximum number of criteria of one response in one request to the judge; 1 asks about "
        "each alone, which costs more and keeps them from influencing each other.",
    )
    judge_votes: PositiveInt = Field(
        1, description="Number of votes of the judge on each question; the majority decides."
    )
    judge_temperature: NonNegativeFloat | None = Field(
        None, description="Sampling temperature of the judge. Default: 0; 1 with --judge-votes."
    )
    judge_concurrency: PositiveInt = Field(
        8, description="Maximum number of requests to the judge at a time."
    )
    judge_timeout: Annotated[Seconds, Flag(metavar="SECONDS")] = Field(
        60.0, description="Time limit of one request to the judge."
    )
    judge_cache: Annotated[Path | None, Flag(metavar="DIR")] = Field(
        None, description="Folder in which the judge's answers are cached. Default: the user's cache folder."
    )
    no_judge_cache: bool = Field(False, description="Do not read or write cached answers of the judge.")


class VerifyConfig(CheckConfig):
    """How the responses of a file are verified."""

    headings: ClassVar[Mapping[str, str]] = {"workers": "Verification", "judge_price": "Judge"}

    workers: NonNegativeInt | None = Field(
        None,
        description="Number of worker processes; 0 verifies in this process, without time limits. Default: "
        "one per CPU.",
    )
    strip_thinking: Annotated[
        str | None, AfterValidator(_checked_policy), Flag(metavar="[=NAME|OPEN,CLOSE]")
    ] = Field(
        None,
        description="Verify only what follows the reasoning of a response: in any known dialect (auto, also "
        "without a value), in the channels of gpt-oss (harmony), in sections of this NAME, or between two "
        "markers. Default: verify the whole response.",
    )
    judge_price: Annotated[str | None, Flag(metavar="IN,OUT")] = Field(
        None,
        description="US dollars per million input tokens and per million output tokens of the judge, such as "
        "0.5,2; the summary then has the cost.",
    )


class EngineConfig(Settings):
    """On which machines the work is done."""

    headings: ClassVar[Mapping[str, str]] = {"engine": "Verification"}

    engine: Literal["processes", "ray"] = Field(
        "processes",
        description="Where checks run: in processes of this machine, or in actors of a Ray cluster (ray), "
        "one per CPU or as many as --workers says.",
    )
    address: Annotated[str | None, Flag(metavar="ADDRESS")] = Field(
        None,
        description="Address of the Ray cluster, such as auto or ray://head:10001. Default: RAY_ADDRESS, "
        "else a cluster of this machine for this run.",
    )

    def workers(self, given: int | None, cpus: int) -> int:
        """The number of workers: as it was given, or one per CPU of the machine or (0) of the cluster."""
        return given if given is not None else 0 if self.engine == "ray" else cpus


class VerifyRunConfig(VerifyConfig):
    """How the responses of a file are verified and their verdicts reported."""

    headings: ClassVar[Mapping[str, str]] = {"strict_only": "Verification"}

    strict_only: bool = Field(False, description="Compute strict verdicts only, not loose ones.")
    degree: bool = Field(
        False,
        description="Also say how far each constraint is satisfied, from 0 to 1; a reward can be made of it.",
    )
    quality: bool = Field(
        False,
        description="Also count the responses that nobody should learn from, by the guards of replay: "
        "cut off, repetitive, refusals and the like.",
    )
    by: Annotated[tuple[str, ...], Flag(metavar="FIELD")] = Field(
        (), description="Metadata field; accuracy is also reported for each of its values."
    )
