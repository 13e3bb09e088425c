"""Regular expressions that come from a record."""

import functools
import re
from typing import Annotated

from pydantic import AfterValidator


@functools.lru_cache(maxsize=1 << 14)
def compiled(source: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """A pattern, compiled once; a data set has more of them than the cache of ``re`` holds."""
    return re.compile(source, flags)


def _check(source: str) -> str:
    try:
        compiled(source)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return source


Keyword = Annotated[str, AfterValidator(_check)]
"""A word to look for that the benchmarks read as a regular expression, unescaped: "c.t" finds "cat"."""
