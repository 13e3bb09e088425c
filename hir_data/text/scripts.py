"""Which Chinese characters are written in one of the two scripts only (by OpenCC's tables)."""

import functools
import importlib.resources
from typing import Literal

Script = Literal["simplified", "traditional"]

_TABLES: dict[Script, str] = {"simplified": "TSCharacters.txt", "traditional": "STCharacters.txt"}
"""The table that leads to a script."""


def counts(text: str, script: Script) -> tuple[int, int]:
    """How many characters of a text are of this script only, and how many of the other only."""
    other: Script = "traditional" if script == "simplified" else "simplified"
    return sum(map(_only(script).__contains__, text)), sum(map(_only(other).__contains__, text))


@functools.cache
def _only(script: Script) -> frozenset[str]:
    """The characters that are written otherwise in the other script."""
    other: Script = "traditional" if script == "simplified" else "simplified"
    table = importlib.resources.files("opencc").joinpath("dictionary", _TABLES[other])
    rows = (line.split() for line in table.read_text(encoding="utf-8").splitlines())
    return frozenset(row[0] for row in rows if row and row[0] not in row[1:])
