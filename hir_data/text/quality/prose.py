"""The words of a text as measures of its quality count them."""

import re
from functools import lru_cache

_COMMAND = re.compile(r"\\[a-z]+")  # of a formula
WORD = re.compile(r"[^\s!-/:-@\[-`{-~“”„«»…—–。，、·।]+(?:'[^\s!-/:-@\[-`{-~“”…—–]+)*")
"""A word in plain text."""
MARKUP = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|<<[^>\n]{0,300}>>|</?[a-z][^<>]*>|\[[^\]\n]{0,300}\]|https?://\S+", re.DOTALL
)
"""Code, tags, placeholders and addresses in plain text."""
SENTENCE_END = re.compile(r"[.!?…。！？।۔؟]")


@lru_cache(maxsize=8)
def plain(text: str) -> str:
    """A text in lower case, apostrophes straight; remembered for a few texts."""
    return _plain(text)


def _plain(text: str) -> str:
    return text.lower().replace("’", "'").replace("‘", "'")


@lru_cache(maxsize=8)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, in lower case, apostrophes straight; remembered for a few texts."""
    return _words(plain(text))


def words_in(part: str) -> tuple[str, ...]:
    """The words of a line or a sentence, as :func:`words_of` gives them; not remembered."""
    return _words(_plain(part))


def _words(said: str) -> tuple[str, ...]:
    return tuple(WORD.findall(_COMMAND.sub(" ", said) if "\\" in said else said))


@lru_cache(maxsize=8)
def prose_of(text: str) -> tuple[str, ...]:
    """The words of a text outside code, markup and placeholders, in lower case."""
    prose = without_markup(plain(text))
    return words_of(text) if prose == plain(text) and "\\" not in prose else tuple(WORD.findall(prose))


@lru_cache(maxsize=8)
def without_markup(text: str) -> str:
    """A text with a space in place of code, tags, placeholders and addresses."""
    has_some = "`" in text or "<" in text or "[" in text or "://" in text
    return MARKUP.sub(" ", text) if has_some else text


@lru_cache(maxsize=8)
def lines_of(text: str) -> tuple[str, ...]:
    """The lines that are not blank, without the space around them; remembered for a few texts."""
    return tuple(filter(None, map(str.strip, text.splitlines())))
