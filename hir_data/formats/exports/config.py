"""How the samples of a data set become the rows of a trainer."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from hir_data.schemas.settings import Flag, PositiveInt, Settings, Share

Order = Literal["easy-first", "hard-first"]
"""By the pass rates of prompts."""


class ExportOptions(Settings):
    """How a sample becomes a row."""

    headings: ClassVar[Mapping[str, str]] = {"thinking": "Rows", "min_pass": "Difficulty"}

    thinking: Annotated[bool, Flag(("--thinking/--without-thinking",))] = Field(
        True,
        description="Write responses as they were sampled, with their thinking where it is known; or as they "
        "were verified, without it. Default: with thinking.",
    )
    system: str | None = Field(None, description="System message before each prompt. Default: none.")
    pairs: Annotated[PositiveInt, Flag(("--max-pairs",))] = Field(
        4, description="Maximum number of pairs of one prompt (trl-dpo)."
    )
    min_pass: Share | None = Field(
        None,
        description="Write only samples of prompts with this pass rate or more: the share of their rollouts "
        "that satisfy all constraints. Default: all.",
    )
    max_pass: Share | None = Field(
        None, description="Write only samples of prompts with this pass rate or less. Default: all."
    )
    order: Order | None = Field(
        None,
        description="Order of the rows, by the pass rates of their prompts; the rows then have the columns "
        "of --pass-rates. Default: that of the data set.",
    )
    pass_rates: bool = Field(
        False,
        description="Write the pass rate of each prompt, and of each of its constraints, as columns.",
    )

    @property
    def says_pass_rates(self) -> bool:
        """Whether rows have the columns of pass rates."""
        return self.pass_rates or self.order is not None

    @model_validator(mode="after")
    def _is_corridor(self) -> Self:
        if self.min_pass is not None and self.max_pass is not None and self.min_pass > self.max_pass:
            raise ValueError(f"min_pass {self.min_pass} is above max_pass {self.max_pass}")
        return self


class ExportRunConfig(ExportOptions):
    """How the rows of a data set are written."""

    headings: ClassVar[Mapping[str, str]] = {"origin": "Rows", "verify_digests": "Input and output"}

    origin: Literal["rollout", "replay"] | None = Field(
        None, description="Write only samples of this origin. Default: both."
    )
    verify_digests: bool = Field(
        True, description="Refuse a data set whose files are not, byte for byte, those that were written."
    )
    shard_rows: PositiveInt = Field(
        50_000, description="Maximum number of rows in a Parquet file of a folder."
    )
    push_to_hub: Annotated[str | None, Flag(metavar="REPO")] = Field(
        None, description="Hugging Face data set to push the rows to as well. Default: none."
    )
    license: str | None = Field(
        None,
        description="Licence of the sources, as the card of the data set on the hub states it, such as "
        "apache-2.0. Default: the card says that it was not stated.",
    )
    public: bool = Field(False, description="Make the data set on the hub public if it is new.")
