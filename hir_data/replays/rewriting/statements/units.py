"""The parts of a prompt: its sentences and list items, and their tokens."""

import functools
import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, cast

TokenType = Literal["word", "number", "quote", "sample", "mark"]


class PromptToken(NamedTuple):
    """A word or the like.

    Attributes:
        start: where it starts in the prompt.
        end: where it ends.
        text: what it says, in small letters.
        sort: a word, a number, something in quotation marks, a sample of a format ("*this*"), or a mark.
    """

    start: int
    end: int
    text: str
    sort: TokenType


class PromptSentence(NamedTuple):
    """A sentence, a list item, or a line.

    Attributes:
        start: where it starts in the prompt, behind the mark of a list item.
        end: where it ends.
        bullet: where the mark of the list item starts; the same as ``start`` where there is none.
    """

    start: int
    end: int
    bullet: int

    @property
    def is_item(self) -> bool:
        """Whether it begins a list item."""
        return self.bullet < self.start


_TOKEN = re.compile(
    r"""
    (?P<quote>"[^"\n]*"|“[^”\n]*”|(?<!\w)'[^'\n]{1,80}'(?!\w)|(?<!\w)‘[^’\n]{1,80}’(?!\w))
  | (?P<sample><<[^<>\n]*>>|\[[^\[\]\n]*\]|\*{3,}|\*{1,2}[^*\s][^*\n]{0,80}\*{1,2}|```[a-z]*|<i>|</i>)
  | (?P<number>\d+(?:[.,:]\d+)*)
  | (?P<word>(?:[^\W\d_]\.)+[^\W\d_](?!\w)\.?|[^\W\d_]+(?:['’][^\W\d_]+)*)
  | (?P<mark>\S)
    """,
    re.VERBOSE,
)
_OPAQUE = re.compile(
    r"""```.*?```|"[^"]{1,4000}?"|“[^”]{1,4000}?”|(?<!\w)'[^'\n]{1,200}'(?!\w)|\([^()\n]{1,400}\)""",
    re.DOTALL,
)
_BULLET = re.compile(r"[^\S\n]*(?:[-*+•]|\d{1,2}[.)]|\(\d{1,2}\))[^\S\n]+(?=\S)")
_END = re.compile(r"(?<=\S)[.!?。！？]+[\"'”’)\]]*(?=\s|$)|\s{2,}(?=[A-Z])")
_NEVER_AN_END = re.compile(r"\b(?:i\.?e|e\.?g|vs|mr|mrs|ms|dr|st|no|prof|approx|cf)\.$", re.IGNORECASE)
_SELDOM_AN_END = re.compile(r"(?:\b(?:[a-z]|etc)\.|\.\.|[.!?][\"'”’])$", re.IGNORECASE)


@functools.lru_cache(maxsize=1 << 10)
def tokens(prompt: str, start: int, end: int) -> tuple[PromptToken, ...]:
    """The tokens of a part of a prompt."""
    return tuple(
        PromptToken(found.start(), found.end(), plain(found.group()), cast(TokenType, found.lastgroup))
        for found in _TOKEN.finditer(prompt, start, end)
    )


def plain(text: str) -> str:
    """A text in small letters, with straight apostrophes; no longer or shorter."""
    small = text.lower()
    return (small if len(small) == len(text) else text).replace("’", "'").replace("‘", "'")


def units(prompt: str) -> list[PromptSentence]:
    """The sentences of a prompt, in order; what is quoted or in brackets is not cut apart."""
    hidden = _OPAQUE.sub(_hidden, prompt)
    return [
        PromptSentence(start, end, bullet)
        for first, last, bullet in _lines(hidden)
        for start, end, bullet in _sentences(hidden, first, last, bullet)
    ]


def _hidden(found: re.Match[str]) -> str:
    """As many signs that end nothing; a sentence may end with what is quoted."""
    text = found.group()
    ends = len(text) > 2 and text[-2] in ".!?" and text[0] in "\"“'"
    return "x" * (len(text) - 2) + text[-2:] if ends else "x" * len(text)


def _lines(text: str) -> Iterator[tuple[int, int, int]]:
    """The lines that are not blank: where their words start and end, and where their list mark starts."""
    for line in re.finditer(r"[^\n]+", text):
        if not line.group().strip():
            continue
        bullet = line.start() + len(line.group()) - len(line.group().lstrip())
        mark = _BULLET.match(text, line.start(), line.end())
        yield (mark.end() if mark else bullet), line.end(), bullet


def _sentences(text: str, start: int, end: int, bullet: int) -> Iterator[tuple[int, int, int]]:
    begun = start
    for found in _END.finditer(text, start, end):
        if _NEVER_AN_END.search(text, begun, found.end()):
            continue
        following = text[found.end() : end].lstrip()[:1]
        if found.group().strip() and following.islower() and _SELDOM_AN_END.search(text, begun, found.end()):
            continue
        stop = found.end() if found.group().strip() else found.start()
        if text[begun:stop].strip():
            yield begun, stop, bullet
        begun = bullet = stop + len(text[stop:end]) - len(text[stop:end].lstrip())
    if text[begun:end].strip():
        yield begun, begun + len(text[begun:end].rstrip()), bullet
