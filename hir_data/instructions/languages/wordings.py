"""Constraints in other languages than English: how each kind is worded, and with which words it is drawn."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from hir_data.schemas.constraint import Constraint
from hir_data.verifiers.general.count import CharacterCount, ParagraphCount, Range, SentenceCount, WordCount
from hir_data.verifiers.general.json import Json
from hir_data.verifiers.general.text import Contains, EndsWith, StartsWith
from hir_data.verifiers.ifeval.format import (
    MultipleSections,
    NumberBulletLists,
    NumberHighlightedSections,
    NumberPlaceholders,
)
from hir_data.verifiers.ifeval.keywords import Existence, ForbiddenWords, Frequency

_TWO_STOPS = re.compile(r"(?<=[.!?。])( ?[»”“])[.。]$")
"""A quotation that ends a sentence with its own full stop."""


@dataclass(frozen=True)
class Wordings:
    """A language, as far as constraints are put into it.

    Attributes:
        code: of the language, by ISO 639-1.
        name: of the language, in English.
        units: of what is counted, by its name in English: singular and plural.
        least: "at least so many of a unit", a pattern of ``n`` and ``unit``; ``most``, ``exactly`` and, of
            ``n``, ``m`` and ``unit``, ``between`` likewise.
        times: "at least so many times" and "at most so many times", each for one, two and more (``n``).
        quotation: the marks around a text.
        word: a pattern of ``listed`` for one word, ``words`` for several.
        listing: what stands between words, and before the last.
        phrasings: by kind, its wordings, patterns of ``amount``, ``text``, ``words``, ``n``, ``times``.
        keywords: words that are drawn.
        openings: texts that answers begin with.
        closings: texts that they end with.
        section: what sections are called.
        either: "so many or one more", a pattern as ``between``; empty where that is said as ``between``.
    """

    code: str
    name: str
    units: Mapping[str, tuple[str, str]]
    least: str
    most: str
    exactly: str
    between: str
    times: tuple[tuple[str, str, str], tuple[str, str, str]]
    quotation: tuple[str, str]
    word: str
    words: str
    listing: tuple[str, str]
    phrasings: Mapping[str, Sequence[str]]
    keywords: Sequence[str]
    openings: Sequence[str]
    closings: Sequence[str]
    section: str
    either: str = ""

    def all(self, constraint: Constraint) -> tuple[str, ...]:
        """The wordings of a constraint; none where its kind, or its parameters, have none."""
        patterns = self.phrasings.get(constraint.kind, ())
        values = self._values(constraint) if patterns else None
        if values is None:
            return ()
        said = (pattern.format_map(values) for pattern in patterns)
        return tuple(_TWO_STOPS.sub(r"\1", text) for text in said)

    def localized(self, constraint: Constraint, rng: Random) -> Constraint | None:
        """A constraint that was drawn, with words of this language; None where it cannot be worded."""
        change = _LOCALIZE.get(type(constraint))
        localized = change(self, constraint, rng) if change else constraint
        return localized if self.all(localized) else None

    def _values(self, constraint: Constraint) -> Mapping[str, str] | None:
        """What a pattern may name; None for parameters that no pattern says."""
        match constraint:
            case WordCount(unit="word", split_hyphens=None):
                return {"amount": self._amount(constraint, "word")}
            case SentenceCount():
                return {"amount": self._amount(constraint, "sentence")}
            case ParagraphCount(unit="blank_line"):
                return {"amount": self._amount(constraint, "paragraph")}
            case CharacterCount(unit="grapheme", spaces=True):
                return {"amount": self._amount(constraint, "character")}
            case Contains(text=text) | StartsWith(text=text) | EndsWith(text=text):
                return {"text": self._quoted(text)}
            case Existence(keywords=words) | ForbiddenWords(forbidden_words=words):
                return {"words": self._listed(words)}
            case Frequency(keyword=word, relation=relation, frequency=number):
                most = relation == "less than"
                number -= most
                if number < 1:
                    return None
                return {
                    "text": self._quoted(word),
                    "times": self.times[most][min(number, 3) - 1].format(n=number),
                }
            case NumberBulletLists(num_bullets=number) if number > 0:
                return {"amount": self._of(self.exactly, number, "bullet")}
            case NumberHighlightedSections(num_highlights=number):
                return {"amount": self._of(self.least, number, "passage")}
            case NumberPlaceholders(num_placeholders=number):
                return {"amount": self._of(self.least, number, "placeholder")}
            case MultipleSections(section_spliter=name, num_sections=number) if number > 1:
                if name != self.section:
                    return None
                return {"amount": self._of(self.least, number, "section"), "text": self._quoted(name)}
            case Json(json_schema=None):
                return {}
        return {} if not type(constraint).model_fields else None

    def _amount(self, count: Range, unit: str) -> str:
        if count.min is None or count.max is None:
            pattern, number = (self.most, count.max) if count.min is None else (self.least, count.min)
            return self._of(pattern, number or 0, unit)
        if count.min == count.max:
            return self._of(self.exactly, count.min, unit)
        _, plural = self.units[unit]
        pattern = self.either if self.either and count.max == count.min + 1 else self.between
        return pattern.format(n=count.min, m=count.max, unit=plural)

    def _of(self, pattern: str, number: int, unit: str) -> str:
        singular, plural = self.units[unit]
        return pattern.format(n=number, unit=singular if number == 1 else plural)

    def _quoted(self, text: str) -> str:
        opening, closing = self.quotation
        return f"{opening}{text}{closing}"

    def _listed(self, words: Sequence[str]) -> str:
        comma, last = self.listing
        shown = [self._quoted(word) for word in words]
        if len(shown) == 1:
            return self.word.format(listed=shown[0])
        return self.words.format(listed=f"{comma.join(shown[:-1])}{last}{shown[-1]}")


def _with_keywords(name: str) -> "Callable[[Wordings, Constraint, Random], Constraint]":
    """As many words of the language as were drawn."""

    def change(wordings: Wordings, constraint: Constraint, rng: Random) -> Constraint:
        drawn = getattr(constraint, name)
        if isinstance(drawn, tuple):
            return constraint.replace(**{name: tuple(rng.sample(list(wordings.keywords), len(drawn)))})
        return constraint.replace(**{name: rng.choice(wordings.keywords)})

    return change


_LOCALIZE: "Mapping[type[Constraint], Callable[[Wordings, Constraint, Random], Constraint]]" = {
    Contains: _with_keywords("text"),
    Existence: _with_keywords("keywords"),
    ForbiddenWords: _with_keywords("forbidden_words"),
    Frequency: _with_keywords("keyword"),
    StartsWith: lambda wordings, it, rng: it.replace(text=rng.choice(wordings.openings)),
    EndsWith: lambda wordings, it, rng: it.replace(text=rng.choice(wordings.closings)),
    MultipleSections: lambda wordings, it, rng: it.replace(section_spliter=wordings.section),
}
"""How words of its language get into a constraint that was drawn with English ones."""
