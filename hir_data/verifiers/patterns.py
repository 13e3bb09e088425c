"""Regular expressions that come from a record."""

import functools
import re
from typing import Annotated

from pydantic import AfterValidator, Field


@functools.lru_cache(maxsize=1 << 14)
def compiled(source: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """A pattern, compiled once; a data set has more of them than the cache of ``re`` holds."""
    return re.compile(source, flags)


def occurrences(keyword: str, text: str) -> int:
    """How often a keyword occurs, in any case, inside words too; only its outer spaces are dropped."""
    return sum(1 for _ in compiled(keyword.strip()).finditer(text))


def is_literal(keyword: str) -> bool:
    """Whether a keyword is plain words: as a pattern it finds itself, and ends where words do."""
    return re.fullmatch(r"\w[\w ]*\w|\w", keyword) is not None


def checked(source: str) -> str:
    """The pattern, if it is one; for validators."""
    try:
        compiled(source)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return source


Keyword = Annotated[str, AfterValidator(checked)]
"""A word to look for that the benchmarks read as a regular expression, unescaped: "c.t" finds "cat"."""

NonemptyKeyword = Annotated[str, Field(min_length=1), AfterValidator(checked)]
"""A keyword where an empty one makes no sense."""
