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
    r"""```.*?```|"[^"]{1,4000}+"|“[^”]{1,4000}+”|(?<!\w)'[^'\n]{1,200}'(?!\w)|\([^()\n]{1,400}\)""",
    re.DOTALL,
)
_BULLET = re.compile(r"[^\S\n]*(?:[-*+•]|\d{1,2}[.)]|\(\d{1,2}\))[^\S\n]+(?=\S)")
_END = re.compile(
    r"(?<![.!?。！？])[.!?。！？]++(?<=\S.)[\"'”’)\]]*+(?=\s|$)"  # from the first of them: each is read once
    r"|(?<!\s)\s{2,}+(?=[A-Z])"
)
_NEVER_AN_END = re.compile(r"\b(?:i\.?e|e\.?g|vs|mr|mrs|ms|dr|st|no|prof|approx|cf)\.$", re.IGNORECASE)
_LONGEST_NO_END = 8  # characters of what _NEVER_AN_END and _SELDOM_AN_END match, at most
_SELDOM_AN_END = re.compile(r"(?:\b(?:[a-z]|etc)\.|\.\.|[.!?][\"'”’])$", re.IGNORECASE)


@functools.lru_cache(maxsize=1 << 10)
def tokens(prompt: str, start: int, end: int) -> tuple[PromptToken, ...]:
    """The tokens of a part of a prompt."""
    return tuple(
        PromptToken(
            found.start(),
            found.end(),
            plain(prompt[found.start() : found.end()]),
            cast(TokenType, found.lastgroup),
        )
        for found in _TOKEN.finditer(_closed(prompt), start, end)
    )


@functools.lru_cache(maxsize=64)
def _closed(prompt: str) -> str:
    """A prompt with another mark for “ where its line has no ” behind it: nobody seeks that in vain."""
    if "“" not in prompt:
        return prompt
    return "\n".join(
        line[: (last := line.rfind("”") + 1)] + line[last:].replace("“", "¤") for line in prompt.split("\n")
    )


def plain(text: str) -> str:
    """A text in small letters, with straight apostrophes; no longer or shorter."""
    small = text.lower()
    return (small if len(small) == len(text) else text).replace("’", "'").replace("‘", "'")


@functools.lru_cache(maxsize=64)
def units(prompt: str) -> tuple[PromptSentence, ...]:
    """The sentences of a prompt, in order; what is quoted or in brackets is not cut apart."""
    last = prompt.rfind("”") + 1
    closable = prompt[:last] + prompt[last:].replace("“", "¤")
    hidden = _OPAQUE.sub(_hidden, closable)
    return tuple(
        PromptSentence(start, end, bullet)
        for first, last, bullet in _lines(hidden)
        for start, end, bullet in _sentences(hidden, first, last, bullet)
    )


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
        if found.group().strip():
            before = max(begun, found.end() - _LONGEST_NO_END), found.end()
            if _NEVER_AN_END.search(text, *before):
                continue
            following = _WORD.search(text, found.end(), end)
            if following and following.group().islower() and _SELDOM_AN_END.search(text, *before):
                continue
            stop = found.end()
        else:
            stop = found.start()
        if _WORD.search(text, begun, stop):
            yield begun, stop, bullet
        following = _WORD.search(text, stop, end)
        begun = bullet = following.start() if following else end
    if _WORD.search(text, begun, end):
        yield begun, begun + len(text[begun:end].rstrip()), bullet


_WORD = re.compile(r"\S")
