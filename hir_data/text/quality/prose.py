"""The words of a text as measures of its quality count them."""

import re
import string
from collections.abc import Sequence
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


def has_usual_cases(text: str, lower: str) -> bool:
    """Whether a pattern in ASCII finds in a text, where case is ignored, what it finds in that in lower case.

    Args:
        text: the text.
        lower: the same in lower case.
    """
    return text.isascii() or (len(lower) == len(text) and "ı" not in lower and "ſ" not in lower)


@lru_cache(maxsize=8)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, in lower case, apostrophes straight; remembered for a few texts."""
    return tuple(words_between_marks(_without_commands(plain(text))))


def _without_commands(said: str) -> str:
    return _COMMAND.sub(" ", said) if "\\" in said else said


_MARKS = string.punctuation.replace("'", "").encode()
_SPACE_FOR_MARKS = bytes.maketrans(_MARKS, b" " * len(_MARKS))
_MARKS_BEFORE_APOSTROPHES = "„«»。，、·।"  # that end no word behind an apostrophe
_OTHER_MARKS = f"“”…—–{_MARKS_BEFORE_APOSTROPHES}"
_NO_APOSTROPHE = re.compile(r"'(?:(?![^\s'])|(?<![^\s']'))")


def words_between_marks(said: str) -> list[str]:
    """What :data:`WORD` finds in plain text, found faster."""
    return _between_marks(said).split()


def words_of_parts(parts: Sequence[str]) -> list[list[str]]:
    """The words of some lines or sentences, as :func:`words_of` gives those of each; not remembered."""
    said = _plain("\n".join([part.replace("\n", " ") if "\n" in part else part for part in parts]))
    return words_of_lines(_without_commands(said)) if parts else []


def words_of_lines(said: str) -> list[list[str]]:
    """What :func:`words_between_marks` gives of each line of plain text, found faster of all at once."""
    return [*map(str.split, _between_marks(said).split("\n"))]


def _between_marks(said: str) -> str:
    """Plain text with white space in place of what is in no word; lines end where they did."""
    if not said.isascii():
        if "'" in said and any(map(said.__contains__, _MARKS_BEFORE_APOSTROPHES)):
            return "\n".join(" ".join(WORD.findall(line)) for line in said.split("\n"))
        for mark in _OTHER_MARKS:
            said = said.replace(mark, " ")
    apart = said.encode(errors="surrogatepass").translate(_SPACE_FOR_MARKS).decode(errors="surrogatepass")
    return without_quotation_marks(apart)


def without_quotation_marks(apart: str) -> str:
    """Words apart with white space in place of each apostrophe that has a letter on one side at most."""
    return _NO_APOSTROPHE.sub(" ", apart) if "'" in apart else apart


def cut_behind(marks: re.Pattern[str], text: str) -> list[str]:
    """The parts of a text between line breaks, and between the marks that a pattern has as its one group.

    What the pattern matches beside the group, such as white space behind it, is in no part.
    """
    return in_lines(marks, text).split("\n")


def in_lines(marks: re.Pattern[str], text: str) -> str:
    """A text with a line for each part that :func:`cut_behind` gives."""
    parts = marks.split(text)
    parts[1::2] = [f"{mark}\n" for mark in parts[1::2]]
    return "".join(parts)


def is_nearly_ascii(text: str) -> bool:
    """Whether a text is ASCII but for typographic quotes, dashes and dots."""
    if text.isascii():
        return True
    for mark in "’‘“”—–…":
        text = text.replace(mark, "")
    return text.isascii()


@lru_cache(maxsize=8)
def prose_of(text: str) -> tuple[str, ...]:
    """The words of a text outside code, markup and placeholders, in lower case."""
    prose = without_markup(plain(text))
    return words_of(text) if prose == plain(text) and "\\" not in prose else tuple(words_between_marks(prose))


@lru_cache(maxsize=8)
def without_markup(text: str) -> str:
    """A text with a space in place of code, tags, placeholders and addresses."""
    has_some = "`" in text or "<" in text or "[" in text or "://" in text
    return MARKUP.sub(" ", text) if has_some else text


@lru_cache(maxsize=8)
def pieces_of(text: str) -> tuple[str, ...]:
    """What stands between white space in a text, marks and all; remembered for a few texts."""
    return tuple(text.split())


@lru_cache(maxsize=8)
def lines_of(text: str) -> tuple[str, ...]:
    """The lines that are not blank, without the space around them; remembered for a few texts."""
    return tuple(filter(None, map(str.strip, text.splitlines())))
