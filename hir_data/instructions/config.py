"""How instructions are composed."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from hir_data.instructions.languages.catalogue import Language
from hir_data.instructions.mixes import Mix
from hir_data.schemas.settings import Flag, Settings

Share = Annotated[float, Field(ge=0, le=1)]


def _range(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", text.strip(), re.ASCII)
    least, most = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not 1 <= least <= most:
        raise ValueError('has to be a number or a range such as "3-6"')
    return least, most


def _checked(text: str) -> str:
    _range(text)
    return text


class ComposeConfig(Settings):
    """How instructions are composed of questions and constraints."""

    headings: ClassVar[Mapping[str, str]] = {"constraints": "Instructions"}

    constraints: Annotated[str, AfterValidator(_checked), Flag(metavar="N|MIN-MAX")] = Field(
        "3-6", description="Number of constraints in an instruction."
    )
    seed: int = Field(0, description="Random seed; equal seeds give equal instructions.")
    mix: Mix = Field(
        "everyday",
        description="Kinds to use where neither --kinds nor --suites names any: what people ask for, the "
        "kinds of the benchmarks, or all that can be composed.",
    )
    kinds: Annotated[tuple[str, ...], Flag(metavar="PATTERN")] = Field(
        (),
        description='Kinds to use, such as "keywords:*"; several are separated by commas. Default: those of '
        "the mix.",
    )
    suites: Annotated[tuple[str, ...], Flag(metavar="SUITE")] = Field(
        (),
        description="Suites to use, such as ifeval; commas separate several. Default: what --mix says.",
    )
    language: Language = Field(
        "en",
        description="Language that constraints are put into, that of the questions; another one than English "
        "has kinds of its own.",
    )
    weights: Path | None = Field(
        None,
        description="JSON file with the relative frequency of kinds, {PATTERN: NUMBER}. Default: all equal.",
    )
    presentations: Annotated[tuple[str, ...], Flag(metavar="NAME")] = Field(
        (),
        description="Ways to write a prompt, such as numbered; several are separated by commas. Default: "
        "all that are in the language.",
    )

    system: Share = Field(
        0.0, description="Share of instructions that state some of their constraints in a system message."
    )
    history: Share = Field(
        0.0, description="Share of instructions that state some of their constraints two turns before."
    )

    @property
    def least(self) -> int:
        """The smallest number of constraints."""
        return _range(self.constraints)[0]

    @property
    def most(self) -> int:
        """The largest number of constraints."""
        return _range(self.constraints)[1]
