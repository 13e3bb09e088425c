"""How often something occurs, and how hard a text is to read."""

import math
from collections.abc import Mapping, Sequence
from random import Random
from typing import Annotated, ClassVar

import regex

from hir_data.schemas.claims import Claim, Count, Language
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import Choices
from hir_data.schemas.registry import register
from hir_data.text import identify, occurrences, readability
from hir_data.text.readability import Formula
from hir_data.text.text import Text
from hir_data.verifiers.compare import between, closeness
from hir_data.verifiers.general.count import Range
from hir_data.verifiers.general.text import RegularExpression
from hir_data.verifiers.patterns import PATTERN_SECONDS, read_regex


class Occurrences(Range):
    """So many of something that most texts have none of."""

    @classmethod
    def _drawn_bounds(cls, rng: Random) -> dict[str, int]:
        """At least, or between two: of what a text has none, there are at most three."""
        low, high = sorted(rng.sample(cls.sizes, 2))
        return rng.choice(({"min": low}, {"min": low, "max": high}))

    @property
    def amount(self) -> str:
        """The bounds in words, with what is counted; "no" for none."""
        return f"no {self.counted}s" if self.max == 0 else super().amount

    def flip(self, text: Text) -> Constraint | None:
        """Fewer, where there are some: most texts have none, and nobody says so."""
        return super().flip(text) if self.found(text) else None


@register("url_count")
class UrlCount(Occurrences):
    """The number of addresses of the web lies between bounds.

    An address begins with ``http://``, ``https://``, ``ftp://`` or ``www.``; a Markdown link whose text is
    one, too, counts once. Whether there is anything at an address is not asked.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Include {amount} in your answer.",
        "Your answer should contain {amount}.",
    )
    example: ClassVar[Example] = Example(
        {"min": 1, "max": 1}, "See [the page](https://example.org/a?b=c).", "See the page."
    )
    counted = "URL"
    sizes: ClassVar[range] = range(1, 6)

    def found(self, text: Text) -> int:
        return len(occurrences.urls(text.raw))


@register("emoji_count")
class EmojiCount(Occurrences):
    """The number of emojis lies between bounds.

    A family, a flag, a hand with a skin tone are one each. Signs that are printed in black, too, such as ©, ™
    and arrows, count only with the selector that asks for the picture; hearts, stars and suns always do.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use {amount} in your answer.",
        "Your answer should contain {amount}.",
    )
    example: ClassVar[Example] = Example({"min": 2}, "Good morning 👋🏽 from 🇳🇴", "Good morning 👋🏽")
    counted = "emoji"
    sizes: ClassVar[range] = range(1, 8)

    def found(self, text: Text) -> int:
        return len(occurrences.emojis(text.raw))


_PATTERNS = (r"\d+", r"\b[A-Z]\w+", r"#\w+", r"\d{4}", r"\w+ing\b", r"\([^()]+\)", r'"[^"]+"')


@register("regex_count")
class RegexCount(Occurrences):
    """A regular expression matches so many times, from the left to the right, no match inside of another."""

    pattern: Annotated[RegularExpression, Choices(_PATTERNS)]
    ignore_case: bool = False

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write so that the regular expression `{pattern}` matches {times} in your answer.",
        "The regular expression `{pattern}` has to match {times}.",
    )
    example: ClassVar[Example] = Example(
        {"pattern": r"\d{4}-\d{2}-\d{2}", "min": 2},
        "From 2026-11-23 to 2026-11-30.",
        "From 2026-11-23 on.",
    )
    implicit_parameters: ClassVar[tuple[str, ...]] = ("pattern",)
    counted = "occurrence"
    sizes: ClassVar[range] = range(1, 8)

    @property
    def times(self) -> str:
        """The bounds in words: "at least 3 times", "nowhere"."""
        if self.max == 0:
            return "nowhere"
        one = (self.min or 1) == 1 and self.max in (None, 1)
        return self.range.replace(" 1", " once") if one else f"{self.range} times"

    @property
    def _measure(self) -> str:
        return f"matches of {self.pattern}{' in any case' if self.ignore_case else ''}"

    def found(self, text: Text) -> int:
        expression = read_regex(self.pattern, regex.IGNORECASE if self.ignore_case else 0)
        return sum(1 for _ in expression.finditer(text.raw, timeout=PATTERN_SECONDS))

    def check(self, text: Text) -> Verdict:
        try:
            found = self.found(text)
        except TimeoutError:
            return Verdict(None, f"the pattern was not done in {PATTERN_SECONDS:g} s", "timeout")
        return between(found, self.min, self.max, self.counted)


_LOWEST = -10_000
"""No text has a lower reading level."""

_FORMULAS: Mapping[Formula, str] = {
    "flesch_kincaid_grade": "Flesch-Kincaid grade level",
    "flesch_reading_ease": "Flesch reading ease",
}


@register("reading_level")
class ReadingLevel(Range):
    """How hard the response is to read lies between bounds, by a formula that was made for English.

    ``flesch_kincaid_grade`` is the grade of an American school: 8 can be read by pupils of 13.
    ``flesch_reading_ease`` is 100 for what is very easy and 0 for what is very hard. Both count words a
    sentence and syllables a word; code, tables and addresses are left out.
    It is undetermined for a response that is not in English, or too short to tell.
    """

    formula: Formula = "flesch_kincaid_grade"

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write so that the {measure} of your answer is {range}.",
        "The {measure} of your answer should be {range}.",
    )
    example: ClassVar[Example] = Example(
        {"max": 6},
        "The cat sat on the mat. It was a hot day. She went to sleep in the sun.",
        "Considerable atmospheric perturbations necessitated the indefinite postponement of the ceremony.",
    )
    counted = "level"

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """At most a grade, or a reading ease of at least so much."""
        formula = rng.choice(readability.FORMULAS)
        if formula == "flesch_reading_ease":
            return cls(min=rng.choice((50, 60, 70)), formula=formula)
        return cls(max=rng.choice((6, 8, 10)))

    @property
    def measure(self) -> str:
        """What is measured, in words."""
        return _FORMULAS[self.formula]

    @property
    def _measure(self) -> str:
        return self.measure

    def check(self, text: Text) -> Verdict:
        english = identify.shares(text.raw, "en")
        level = readability.level(text, self.formula)
        if english is None or level is None:
            return Verdict(None, "no words to measure", "error")
        if english.least < _ENGLISH:
            unsure = "not in English" if english.most < _ENGLISH else "not surely in English"
            return Verdict(None, f"{unsure}, for which the formula was made", "error")
        satisfied = (self.min is None or level >= self.min) and (self.max is None or level <= self.max)
        reason = f"found a {self.measure} of {level:.1f}, wanted {self.range}"
        return Verdict(satisfied, reason, nearness=closeness(level, self.min, self.max))

    def nearest(self, text: Text) -> Constraint | None:
        """The next whole level, if it says something of a text."""
        level = readability.level(text, self.formula) or 0
        if self.min is not None and level < self.min:
            return self.try_replace(min=math.floor(level)) if level >= 1 else None
        return self.try_replace(max=max(math.ceil(level), 0))

    def flip(self, text: Text) -> Constraint | None:
        return None

    def claims(self) -> Sequence[Claim]:
        # The level of easy texts is below 0, so there is no bound where none is given.
        return [
            Count(self.measure, _LOWEST if self.min is None else self.min, self.max),
            Language("en", mostly=True),
        ]


_ENGLISH = 80
"""Percent of the letters that have to be in English."""
