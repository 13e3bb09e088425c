"""MulDimIF's kinds about length: words, sentences, paragraphs."""

from typing import Annotated, ClassVar

from pydantic import Field

from hir_data.schemas.constraint import Example, Verdict
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import between, closeness, mean, share
from hir_data.verifiers.muldimif import elements
from hir_data.verifiers.muldimif.counted import Counted

Name = Annotated[str, Field(min_length=1)]
"""What "each ..." is said of: "definition", "cell in the table"."""


@register("muldimif:words")
class Words(Counted):
    """The response, or each of its entries, has a number of words; Chinese is counted by characters.

    ``each`` says which entries: those of a list, values of JSON, cells of a table (of the column whose header
    has the name, if one has), or else lines.
    """

    each: Name | None = None

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use {amount}{place}.",
        "The number of words has to be {range}{place}.",
    )
    example: ClassVar[Example] = Example({"min": 2, "max": 3}, "Don't panic.", "Please don't panic now.")
    counted = "word"
    sizes: ClassVar[range] = range(50, 401, 10)
    trivial = 4

    @property
    def place(self) -> str:
        """What is meant, in words."""
        return f" in each {self.each}" if self.each else ""

    def found(self, text: Text) -> int:
        if self.each is None:
            return counted(text.raw, text.pieces)
        sizes = self._sizes(text)
        most, least = max(sizes, default=0), min(sizes, default=0)
        return least if self.max is None or (self.min is not None and least < self.min) else most

    def check(self, text: Text) -> Verdict:
        if self.each is not None and not self._sizes(text):
            return Verdict(False, f"found no {self.each}")
        return between(self.found(text), self.min, self.max, "word")

    def nearness(self, text: Text) -> float | None:
        return mean(closeness(size, self.min, self.max) for size in self._sizes(text)) if self.each else None

    def _sizes(self, text: Text) -> list[int]:
        entries = elements.entries(text.raw, self.each or "") or elements.plain_lines(text.raw)
        return [counted(entry, entry.split()) for entry in entries]


def counted(raw: str, pieces: list[str]) -> int:
    """The number of words; where there is any Chinese, only its characters count."""
    return elements.chinese(raw) or len(pieces)


@register("muldimif:word_length")
class WordLength(Counted):
    """Each word has a number of characters."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use words of {amount} only.",
        "Every single word has to be {amount} long.",
    )
    example: ClassVar[Example] = Example({"max": 5}, "Do not run.", "Do not exaggerate.")
    counted = "character"
    sizes: ClassVar[range] = range(3, 13)

    def found(self, text: Text) -> int:
        lengths = [len(word) for word in text.pieces]
        return max(lengths, default=0) if self.max is not None else min(lengths, default=0)

    def check(self, text: Text) -> Verdict:
        for word in text.pieces:
            verdict = between(len(word), self.min, self.max, "character")
            if not verdict.satisfied:
                return verdict
        return Verdict(True, "every word fits")

    def nearness(self, text: Text) -> float:
        return share(closeness(len(word), self.min, self.max) == 1 for word in text.pieces)


@register("muldimif:sentences")
class Sentences(Counted):
    """There is a number of sentences, each of which ends with a full stop, exclamation or question mark.

    As MulDimIF counts them: "..." ends three, and "3.5" ends one.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write {amount}.",
        "The number of sentences in your answer has to be {range}.",
    )
    example: ClassVar[Example] = Example({"min": 2}, "It rains. We stay in.", "It rains; we stay in.")
    counted = "sentence"
    sizes: ClassVar[range] = range(3, 16)
    trivial = 2

    def found(self, text: Text) -> int:
        return elements.marks(text.raw)


@register("muldimif:paragraphs")
class Paragraphs(Counted):
    """There is a number of paragraphs, with blank lines between them."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write {amount}.",
        "The number of paragraphs in your answer has to be {range}.",
    )
    example: ClassVar[Example] = Example({"min": 2, "max": 2}, "First.\n\nSecond.", "First.\nSecond.")
    counted = "paragraph"
    sizes: ClassVar[range] = range(2, 7)

    def found(self, text: Text) -> int:
        return len(elements.blocks(text.raw))


@register("muldimif:characters")
class Characters(Counted):
    """The response has a number of characters: a "short blurb" up to 200, "medium length" 201 to 400."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use {amount}.",
        "Your answer has to be {amount} long.",
    )
    example: ClassVar[Example] = Example({"max": 5}, "Hello", "Hello there")
    counted = "character"
    sizes: ClassVar[range] = range(100, 401, 50)

    def found(self, text: Text) -> int:
        return len(text.raw)
