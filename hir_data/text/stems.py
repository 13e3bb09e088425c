"""Words without their endings, so that "bridges" and "bridge", "purring" and "purr" are one."""

import functools
import re
from collections.abc import Collection, Iterable

_SUFFIX = re.compile(r"(?:ings?|ed|e?s|e|ly)$")
_DERIVED = re.compile(r"(?<=...)(?:ers?|ies?|y)$")
_ROOT = 5  # letters


@functools.lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """A word in lower case without its ending, as far as it takes to know it again."""
    word = word.removesuffix("'s").removesuffix("'")
    if len(word) < 4 or word.endswith("ss"):
        return word
    short = _SUFFIX.sub("", word)
    if len(short) < 3:
        return word
    return short[:-1] if len(short) > 3 and short[-1] == short[-2] else short


@functools.lru_cache(maxsize=1 << 14)
def root(word: str) -> str:
    """The first letters of a word in lower case, which its relatives have too: "teach" of "teacher"."""
    return _DERIVED.sub("", stem(word))[:_ROOT]


def words_with_roots(words: Iterable[str], roots: Collection[str]) -> list[str]:
    """The first of some words in lower case that has each of some roots, in the order of the words."""
    first: dict[str, str] = {}
    for word in words:
        if len(word) >= 3 and root(word) in roots:
            first.setdefault(root(word), word)
    return [*first.values()]


def roots_of(words: Iterable[str]) -> set[str]:
    """The roots of words in lower case that have three letters and more."""
    return {root(word) for word in words if len(word) >= 3}
