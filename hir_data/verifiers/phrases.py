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
_MOST_WORDS_FIRST = 8
_MOST_WORDS_LAST = 12


def opening(text: str) -> str | None:
    """The first words up to a mark, where they are few and plain text; None where they are not."""
    line = text.split("\n", maxsplit=1)[0].strip()
    words = re.split(r"(?<!\w\.\w)[,;:.!?–—]|\s-", line, maxsplit=1)[0]
    return _plain(words.strip(), _MOST_WORDS_FIRST)


def closing(text: str) -> str | None:
    """The last sentence, where it is short and plain text.

    None where no mark ends it: a text that was cut off has no closing words.
    """
    line = text.split("\n")[-1].strip()
    last = re.split(r"(?<=[.!?])\s+", line)[-1]
    return _plain(last, _MOST_WORDS_LAST) if last.endswith((".", "!", "?")) else None


def _plain(phrase: str, words: int) -> str | None:
    return phrase if len(phrase.split()) <= words and _PLAIN.fullmatch(phrase) else None
