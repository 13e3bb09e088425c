"""Settings that commands have besides those of their stage: what is read, and how a run ends."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from hir_data.engine.config import PluginConfig
from hir_data.formats.conversations import ReadOptions, Templated
from hir_data.formats.named import FieldNames
from hir_data.formats.rows import MAX_RECORD_BYTES
from hir_data.report.summary_formats import SummaryFormat
from hir_data.schemas.settings import Flag, NonNegativeInt, PositiveInt, Settings


class FormatConfig(Settings):
    """What the input is."""

    headings: ClassVar[Mapping[str, str]] = {"format": "Input and output"}

    format: Annotated[str | None, Flag(metavar="NAME")] = Field(
        None,
        description="Format of the input, such as ifeval, verl, lm-eval or batch-output. Default: detected "
        "for each record.",
    )
    split: Annotated[str | None, Flag(metavar="NAME")] = Field(
        None, description="Split to read from a data set, such as train."
    )
    drop_parts: bool = Field(
        False,
        description="Leave out parts of messages that are not text, such as images. Without it such records "
        "are rejected.",
    )
    templated: Annotated[Templated, Flag(metavar="refuse|split|keep")] = Field(
        "refuse",
        description="Prompts to which a chat template was applied already: reject them, split them into "
        "their messages, or keep them as they are.",
    )

    max_record_bytes: Annotated[PositiveInt, Flag(metavar="N")] = Field(
        MAX_RECORD_BYTES, description="Number of bytes that a record may have; a larger one is rejected."
    )

    prompt_field: Annotated[str | None, Flag(metavar="FIELD")] = Field(
        None, description="Field of a record that has the prompt or the messages, such as input.text."
    )
    response_field: Annotated[str | None, Flag(metavar="FIELD")] = Field(
        None, description="Field of a record that has the response or a list of responses."
    )
    key_field: Annotated[str | None, Flag(metavar="FIELD")] = Field(
        None, description="Field of a record that has its key, by which --responses are joined."
    )
    constraints_field: Annotated[str | None, Flag(metavar="FIELD")] = Field(
        None,
        description="Field of a record that has the constraints, in any form that is read: ids beside "
        "kwargs, objects, a ground truth.",
    )

    @property
    def named(self) -> list[str]:
        """What the options name the fields of: ``prompt``, ``response``, ``key`` or ``constraints``."""
        return [name for name in FieldNames._fields[:4] if getattr(self, f"{name}_field")]

    @property
    def reading(self) -> dict[str, Any]:
        """How a file is read, as arguments of its readers."""
        names = FieldNames(self.prompt_field, self.response_field, self.key_field, self.constraints_field)
        options = ReadOptions(self.drop_parts, self.templated, names)
        return {
            "split": self.split,
            "format": self.format,
            "options": options,
            "max_record_bytes": self.max_record_bytes,
        }


class InputConfig(FormatConfig):
    """What the input is, and how much of it is read."""

    headings: ClassVar[Mapping[str, str]] = {"limit": "Input and output"}

    limit: PositiveInt | None = Field(None, description="Number of records to read. Default: all.")


Progress = Literal["auto", "bar", "lines", "none"]


class ProgressConfig(Settings):
    """How a command shows how far it is."""

    headings: ClassVar[Mapping[str, str]] = {"progress": "Run"}

    progress: Progress = Field(
        "auto",
        description="How to show on standard error how far the run is: a bar, a line every so often, or not "
        "at all; auto is a bar in a terminal, else lines.",
    )


class QuietConfig(ProgressConfig):
    """What is printed."""

    headings: ClassVar[Mapping[str, str]] = {"quiet": "Run"}

    quiet: Annotated[bool, Flag(("--quiet", "-q"))] = Field(False, description="Print errors only.")


class ReportConfig(QuietConfig):
    """What is reported."""

    headings: ClassVar[Mapping[str, str]] = {"summary": "Run"}

    summary: Path | None = Field(None, description="JSON file to write the figures to.")


class RejectConfig(Settings):
    """How many rejected records a run may have."""

    headings: ClassVar[Mapping[str, str]] = {"max_rejected": "Run"}

    max_rejected: NonNegativeInt = Field(
        0, description="Number of rejected records up to which the exit code is 0."
    )


class ResumeConfig(Settings):
    """Whether an interrupted run is resumed."""

    headings: ClassVar[Mapping[str, str]] = {"resume": "Run"}

    resume: bool = Field(False, description="Continue an interrupted run where it stopped.")


class ResumableQuiet(QuietConfig, ResumeConfig):
    """How a run without figures begins and ends."""


class ResumableConfig(ReportConfig, ResumeConfig):
    """How a run that can be resumed begins and ends."""


class RunConfig(ReportConfig, RejectConfig, ResumeConfig):
    """How a run over the records of a file begins and ends."""


class PageConfig(RunConfig):
    """How a run ends whose output people look at."""

    headings: ClassVar[Mapping[str, str]] = {"report": "Run"}

    report: Path | None = Field(
        None, description="HTML file to write about the output, as hir-data report does."
    )


class GateConfig(Settings):
    """What a run has to reach, and how its figures are written for a continuous integration."""

    headings: ClassVar[Mapping[str, str]] = {"format_summary": "Run", "fail_under": "Continuous integration"}

    format_summary: SummaryFormat = Field(
        "json",
        description="Form of --summary: JSON, JUnit's XML, Markdown, or Markdown with annotations for GitHub "
        "(to the page of the job where there is no --summary).",
    )
    fail_under: Annotated[tuple[str, ...], Flag(metavar="MEASURE=SHARE")] = Field(
        (),
        description="What has to be reached, such as ila=0.7, cla_loose=0.8, pass@4=0.9 or a kind: "
        "keywords:existence=0.6. The exit code is 3 where it is not.",
    )
    baseline: Path | None = Field(
        None,
        description="Summary (JSON) or verifications of an earlier run. The exit code is 3 where ILA, CLA or "
        "a kind got significantly worse.",
    )
    significance: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.05,
        description="Probability, at most, that --baseline calls any measure worse by chance.",
    )


class VerifyPageConfig(PageConfig):
    """How a run of verify ends."""

    headings: ClassVar[Mapping[str, str]] = {"pass_rates": "Run"}

    pass_rates: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None,
        description="File to write each prompt to (.jsonl, .jsonl.gz), with the share of its responses that "
        "satisfy all constraints, and each of them. Needs --output.",
    )


class MergeConfig(PluginConfig):
    """What may be merged."""

    headings: ClassVar[Mapping[str, str]] = {"duplicates": "Merging"}

    duplicates: Literal["refuse", "drop", "keep"] = Field(
        "refuse",
        description="What to do with a verification or rollout that an earlier shard has too: end with an "
        "error, leave it out, or have it twice.",
    )
    may_differ: Annotated[tuple[str, ...], Flag(metavar="FIELD")] = Field(
        (),
        description="Field in which shards need not be alike, such as sampling.model, loose or "
        "settings.judge_model.",
    )


class PageRunConfig(QuietConfig, RejectConfig):
    """How the making of a page ends."""


class CountedConfig(ReportConfig, RejectConfig):
    """How a run ends."""


class LoopPageConfig(CountedConfig):
    """How a loop ends."""

    headings: ClassVar[Mapping[str, str]] = {"report": "Run"}

    report: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="HTML file to write about the loop, as hir-data report does."
    )
