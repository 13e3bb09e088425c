"""A text and its parts, as figures on the way it is written need them."""

import itertools
import re
import string
from collections.abc import Sequence

from hir_data.text.cached import cached_property
from hir_data.text.quality.prose import cut_behind, without_quotation_marks

_FENCE = re.compile(r"```.*?(?:```|\Z)|<[^<>\n]{1,200}>|https?://\S+", re.DOTALL)
_NOT_LATIN = re.compile(r"[^\W\d_\u0000-\u024f]")
_SENTENCE_END = re.compile(r"([.!?…][\"”’')\]*_]*)\s+")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LABEL = re.compile(r"^[\s#>*_•–-]*(?:\(?(?:\d{1,3}|[A-Za-z])[.):]\s+)?[\s*_]*")
ITEM = re.compile(r"^\s*(?:[*+•–-]\s|\(?\d{1,3}[.):]\s|#{1,6}\s|\||>|\*\*[^*\n]+\*\*:?\s*$)")
"""The start of an item of a list, a heading, a row, or a quotation."""
SENTENCE = 5
"""Words, from which a line may be prose."""


class Writing:
    """A text, and its parts as the figures need them; nothing of one that is not in Latin letters.

    Args:
        raw: the text.
    """

    def __init__(self, raw: str) -> None:
        has_some = "```" in raw or "<" in raw or "://" in raw
        raw = _FENCE.sub(" ", raw) if has_some else raw
        self.raw = raw if _is_latin(raw) else ""

    @cached_property
    def words(self) -> list[str]:
        """The words, without numbers and marks."""
        return words_in(self.raw)

    @cached_property
    def lower_words(self) -> list[str]:
        """The words in lower case."""
        return [*map(str.lower, self.words)]

    @cached_property
    def long_words(self) -> list[str]:
        """The words of more than three letters, in lower case."""
        return [lower for word, lower in zip(self.words, self.lower_words, strict=True) if len(word) > 3]

    @cached_property
    def lines(self) -> list[str]:
        """The lines that have a word."""
        return [line.strip() for line in self.raw.splitlines() if WORD.search(line)]

    @cached_property
    def prose(self) -> list[str]:
        """The lines that are no items, headings or rows, and have several words."""
        return [line for line, _ in self._prose]

    @cached_property
    def prose_line_lengths(self) -> list[int]:
        """How many pieces between white space each of these lines has."""
        return [length for _, length in self._prose]

    @cached_property
    def _prose(self) -> list[tuple[str, int]]:
        each = zip(self.lines, self.line_lengths, strict=True)
        return [(line, length) for line, length in each if length >= SENTENCE and not ITEM.match(line)]

    @cached_property
    def line_lengths(self) -> list[int]:
        """How many pieces between white space each line that has a word has."""
        return [len(line.split()) for line in self.lines]

    @cached_property
    def sentences(self) -> list[str]:
        """The sentences and lines that have a word, without labels before them."""
        parts = (without_label(part).strip() for part in sentences_of(self.raw))
        return [part for part in parts if WORD.search(part)]

    @cached_property
    def said(self) -> list[list[str]]:
        """The words of each sentence, in lower case."""
        return _lower_words_of_each(self.sentences)

    @cached_property
    def prose_sentences(self) -> list[str]:
        """The sentences that stand in no list."""
        return [part for line in self.prose for part in sentences_of(line)]

    @cached_property
    def prose_words(self) -> list[list[str]]:
        """The words of each sentence that stands in no list, in lower case."""
        return _words_of_each([part.lower() for part in self.prose_sentences])

    @cached_property
    def prose_said(self) -> list[str]:
        """The words of all sentences that stand in no list, in lower case."""
        return [*itertools.chain.from_iterable(self.prose_words)]

    @cached_property
    def prose_lengths(self) -> list[int]:
        """How many pieces between white space each sentence that stands in no list has."""
        return [len(part.split()) for part in self.prose_sentences]


def _is_latin(raw: str) -> bool:
    """Whether less than a third of a text are letters of other scripts, none of which is a byte alone."""
    most = 0.3 * len(raw)
    return len(raw.encode(errors="surrogatepass")) - len(raw) < most or len(_NOT_LATIN.findall(raw)) < most


def sentences_of(text: str) -> list[str]:
    """The sentences and lines of a text."""
    return cut_behind(_SENTENCE_END, text)


def words_in(text: str) -> list[str]:
    """What :data:`WORD` finds, found faster in English."""
    apart = _between_marks(text)
    return WORD.findall(text) if apart is None else apart.split()


def _words_of_each(parts: Sequence[str]) -> list[list[str]]:
    """The words of each part, none of which has a line break."""
    apart = _between_marks("\n".join(parts))
    if apart is None:
        return [*map(WORD.findall, parts)]
    return [*map(str.split, apart.split("\n"))] if parts else []


def _lower_words_of_each(parts: Sequence[str]) -> list[list[str]]:
    """The words of each part in lower case; none has a line break."""
    apart = _between_marks("\n".join(parts))
    if apart is None:
        return [[*map(str.lower, WORD.findall(part))] for part in parts]
    return [*map(str.split, apart.lower().split("\n"))] if parts else []


def _between_marks(said: str) -> str | None:
    """A text with a space in place of what is in no word; lines end where they did.

    None for one that has letters beyond ASCII, or apostrophes of both forms.
    """
    is_typographic = "’" in said
    if not said.isascii():
        if is_typographic and "'" in said:
            return None
        said = said.replace("’", "'")
        for mark in {*_NO_ASCII.findall(said)}:
            if WORD.match(mark):
                return None
            said = said.replace(mark, " ")
    apart = without_quotation_marks(said.encode().translate(_SPACE_FOR_MARKS).decode())
    return apart.replace("'", "’") if is_typographic else apart


_NO_ASCII = re.compile(r"[^\0-\x7f]")


_IN_WORDS = f"{string.ascii_letters}'\n".encode()
_SPACE_FOR_MARKS = bytes(byte if byte in _IN_WORDS else ord(" ") for byte in range(256))


def without_label(part: str) -> str:
    """A sentence or line without the mark of an item, or the number, before it."""
    found = _LABEL.match(part)
    return part[found.end() :] if found else part
