"""Counts between bounds, by definitions that hold in any language."""

from collections.abc import Sequence
from random import Random
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from hir_data.schemas.claims import Claim, Count
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import draw
from hir_data.schemas.registry import register
from hir_data.text import segment, words
from hir_data.text.text import Text
from hir_data.verifiers.compare import between, bounds, ceiling, floor, nearest_range

_FEW = 12
"""Up to here people ask for any number, beyond for round ones."""


class Range(Constraint):
    """A count between two bounds, of which one may be left open."""

    min: Annotated[int, Field(ge=0)] | None = None
    max: Annotated[int, Field(ge=0)] | None = None

    claims_are_exact = True
    counted: ClassVar[str]
    """What is counted, one of it."""
    sizes: ClassVar[range]
    """The bounds that people ask for."""

    trivial: ClassVar[int] = 1
    """A lower bound up to this is nothing to ask for, unless it is more than half of what was asked for."""

    def found(self, text: Text) -> int:
        """How many there are."""
        raise NotImplementedError

    def check(self, text: Text) -> Verdict:
        return between(self.found(text), self.min, self.max, self.counted)

    def nearest(self, text: Text) -> Constraint | None:
        least, most = nearest_range(self.found(text), self.min, self.max)
        says_little = least != self.min and (least or 0) <= min(self.trivial, (self.min or 0) // 2)
        return self.try_replace(min=None if says_little else least, max=most)

    def flip(self, text: Text) -> Constraint | None:
        """Beyond the bound that is broken."""
        found = self.found(text)
        if self.min is not None and found < self.min:
            most = self.min - 1
            return self.try_replace(min=None, max=most if most <= _FEW else min(most, ceiling(found)))
        if self.max is None:
            return None
        least = self.max + 1
        return self.try_replace(min=least if least <= _FEW else max(least, floor(found)), max=None)

    def denial(self) -> str:
        """The opposite of "no emojis" is some."""
        some = self.clause().replace(" no ", " some ", 1)
        return some if self.max == 0 and some != self.clause() else super().denial()

    def claims(self) -> Sequence[Claim]:
        return [Count(self._measure, self.min or 0, self.max)]

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """At least, at most, or between two."""
        chosen: dict[str, Any] = cls._drawn_bounds(rng)
        required = {name: field for name, field in cls.model_fields.items() if field.is_required()}
        return cls(**chosen, **{name: draw(field, rng) for name, field in required.items()})

    @classmethod
    def _drawn_bounds(cls, rng: Random) -> dict[str, int]:
        low, high = sorted(rng.sample(cls.sizes, 2))
        return rng.choice(({"min": low}, {"max": high}, {"min": low, "max": high}))

    @property
    def _measure(self) -> str:
        """What is counted, and by which definition."""
        options = [str(value) for name, value in self if name not in ("min", "max")]
        return " ".join([f"{self.counted}s", *options])

    @property
    def range(self) -> str:
        """The bounds in words."""
        if self.min is not None and self.max == self.min + 1:
            return f"{self.min} or {self.max}"
        return bounds(self.min, self.max)

    @property
    def amount(self) -> str:
        """The bounds in words, with what is counted."""
        last = self.min if self.max is None else self.max
        return f"{self.range} {self.counted}{'' if last == 1 else 's'}"

    @model_validator(mode="after")
    def _bounds_make_sense(self) -> Self:
        if self.min is None and self.max is None:
            raise ValueError("give min, max or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min is {self.min} and max only {self.max}")
        return self


@register("word_count")
class WordCount(Range):
    """The number of words lies between bounds.

    The unit says what a word is. With ``word`` it is what a reader takes for one: "don't", "well-known",
    "3.50", "10:30" and an address are one each (with ``split_hyphens`` "well-known" is two), the number of a
    list item is none; a Chinese character is one. Thai, Lao, Khmer and Burmese words can only be told apart
    by a dictionary: where the spaces alone do not decide the verdict, it is undetermined. ``character``
    counts each letter of a script without spaces (Chinese, Japanese, Thai, ...) as a word and the rest as
    ``word`` does; ``whitespace`` counts what stands between spaces.
    """

    unit: Literal["word", "character", "whitespace"] = "word"
    split_hyphens: Literal[True] | None = None

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use {amount}.",
        "The number of words in your answer should be {range}.",
    )
    example: ClassVar[Example] = Example({"min": 2, "max": 3}, "Don't panic.", "Please don't panic now.")
    counted = "word"
    sizes: ClassVar[range] = range(50, 401, 10)
    trivial = 19

    @property
    def _measure(self) -> str:
        return f"words {self.unit}{' split' if self.split_hyphens and self.unit != 'whitespace' else ''}"

    def check(self, text: Text) -> Verdict:
        if self.unit != "word":
            return super().check(text)
        found = self._words(text)
        least, most = len(found), words.most_words(found)
        too_few, too_many = most < (self.min or 0), self.max is not None and self.max < least
        enough = (self.min or 0) <= least and (self.max is None or most <= self.max)
        if least == most or too_few or too_many or enough:
            return between(most if too_few else least, self.min, self.max, "word")
        reason = f"without a dictionary it has {least} to {most} words, wanted {self.range}"
        return Verdict(None, reason, "error")

    def found(self, text: Text) -> int:
        if self.unit == "whitespace":
            return len(text.pieces)
        if self.unit == "word":
            return len(self._words(text))
        spaced = Text(words.without_unspaced(text.raw))
        return len(words.unspaced_letters(text.raw)) + len(self._words(spaced))

    def _words(self, text: Text) -> list[str]:
        return text.split_words if self.split_hyphens else text.reader_words


@register("sentence_count")
class SentenceCount(Range):
    """The number of sentences lies between bounds, in any script.

    A list item or a heading is one at least, a line that is only wrapped is none, and so is code.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write {amount}.",
        "The number of sentences in your answer should be {range}.",
    )
    example: ClassVar[Example] = Example({"min": 2}, "下雨了。我们在家。", "下雨了，我们在家。")
    counted = "sentence"
    sizes: ClassVar[range] = range(3, 16)
    trivial = 2

    @property
    def _measure(self) -> str:
        return "sentences in any script"

    def found(self, text: Text) -> int:
        return len(text.sections("sentence"))


@register("paragraph_count")
class ParagraphCount(Range):
    """The number of paragraphs lies between bounds.

    The unit says what ends a paragraph: a ``blank_line``, outside of code, or a rule (``---``), which is
    none itself; or every ``line`` break.
    """

    unit: Literal["blank_line", "line"] = "blank_line"

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write {amount}.",
        "The number of paragraphs in your answer should be {range}.",
    )
    example: ClassVar[Example] = Example({"min": 2, "max": 2}, "First.\n\nSecond.", "First.\nSecond.")
    counted = "paragraph"
    sizes: ClassVar[range] = range(2, 7)

    def found(self, text: Text) -> int:
        return len(text.sections("paragraph" if self.unit == "blank_line" else "line"))


@register("character_count")
class CharacterCount(Range):
    """The number of characters lies between bounds.

    The unit says what a character is: a ``grapheme`` is what a reader calls one (an emoji with a skin tone,
    a letter with its accents), a ``codepoint`` is Unicode's. Spaces and line breaks count unless ``spaces``
    is false; white space around the response never does.
    """

    unit: Literal["grapheme", "codepoint"] = "grapheme"
    spaces: bool = True

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use {amount}.",
        "Your answer should be {amount} long.",
    )
    example: ClassVar[Example] = Example({"max": 5}, "Olá 👋🏽", "Bom dia")
    counted = "character"
    sizes: ClassVar[range] = range(300, 2001, 100)
    trivial = 99

    def found(self, text: Text) -> int:
        characters = segment.graphemes(text.stripped) if self.unit == "grapheme" else text.stripped
        return len(characters) if self.spaces else sum(not one.isspace() for one in characters)
