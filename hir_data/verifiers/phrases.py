"""The phrases that a text begins and ends with, as people would ask for them."""

import re

MARKS = {
    ",": "comma",
    ".": "full stop",
    ";": "semicolon",
    ":": "colon",
    "!": "exclamation mark",
    "?": "question mark",
    "*": "asterisk",
    "-": "hyphen",
    "#": "hash sign",
    '"': "double quotation mark",
}
"""What marks are called."""

_PLAIN = re.compile(r"[^\W_][^*#`_<>\[\]{}|\\\"“”]*")
_LONGEST = 60  # characters
_SHORT = 6  # words of a sentence that can be asked for as a whole


def opening(text: str, words: int) -> str | None:
    """The first few words, without a comma or the like behind them; None where they are not plain text."""
    lines = text.split("\n", maxsplit=1)
    return _plain(" ".join(lines[0].split()[:words]).rstrip(",;:.!?-–—"))


def closing(text: str, words: int) -> str | None:
    """The last sentence where it is short, else the last few words of it, with the marks behind them.

    None where they are not plain text, or no mark ends them: a text that was cut off has no closing words.
    """
    line = text.split("\n")[-1].strip()
    last = re.split(r"(?<=[.!?])\s+", line)[-1]
    if not last.endswith((".", "!", "?")):
        return None
    return _plain(last) if len(last.split()) <= _SHORT else _plain(" ".join(last.split()[-words:]))


def size(phrase: str, most: int = 4) -> int:
    """As many words as a phrase has, but no more than a few."""
    return min(len(phrase.split()), most)


def _plain(phrase: str) -> str | None:
    return phrase if len(phrase) <= _LONGEST and _PLAIN.fullmatch(phrase) else None
