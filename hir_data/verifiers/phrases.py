"""The phrases that a text begins and ends with, as people would ask for them."""

import re

_PLAIN = re.compile(r"[^\W_][^*#`_<>\[\]{}|\\\"“”]*")
_LONGEST = 60  # characters


def opening(text: str, words: int) -> str | None:
    """The first few words, without a comma or the like behind them; None where they are not plain text."""
    lines = text.split("\n", maxsplit=1)
    return _plain(" ".join(lines[0].split()[:words]).rstrip(",;:.!?-–—"))


def closing(text: str, words: int) -> str | None:
    """The last few words with the marks behind them; None where they are not plain text."""
    return _plain(" ".join(text.split("\n")[-1].split()[-words:]))


def size(phrase: str, most: int = 4) -> int:
    """As many words as a phrase has, but no more than a few."""
    return min(len(phrase.split()), most)


def _plain(phrase: str) -> str | None:
    return phrase if len(phrase) <= _LONGEST and _PLAIN.fullmatch(phrase) else None
