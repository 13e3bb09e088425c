"""Kinds of our own that users expect, and that the benchmarks lack or get wrong outside English."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

import regex
from pydantic import AfterValidator, Field

from hir_data.schemas.claims import Boundary, Claim, ContainsText
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import CLOSINGS, OPENINGS, WORDS, Choices
from hir_data.schemas.registry import register
from hir_data.text.excerpt import excerpt, first_words, last_words
from hir_data.text.normal import normalized
from hir_data.text.text import Text
from hir_data.text.words import stands_apart, word_pattern
from hir_data.verifiers.compare import shared_end, shared_start
from hir_data.verifiers.patterns import PATTERN_SECONDS, read_regex
from hir_data.verifiers.phrases import MARKS, closing, opening


@register("contains")
class Contains(Constraint):
    """The response contains a text, read literally, but for equivalent ways to write the same letters.

    As a ``whole_word`` it has no letter or digit beside it. In scripts without spaces between words, and
    behind a Korean word, anything may follow: "苹果" is a word in "我喜欢苹果和梨".
    """

    text: Annotated[str, Field(min_length=1), Choices(WORDS)]
    whole_word: bool = False
    ignore_case: bool = False

    phrasings: ClassVar[tuple[str, ...]] = (
        "Include {wanted} in your answer.",
        "Your answer has to contain {wanted}.",
    )
    example: ClassVar[Example] = Example(
        {"text": "C++", "whole_word": True}, "I like C++ best.", "I like C best."
    )
    claims_are_exact = True

    @property
    def wanted(self) -> str:
        """What has to be there, in words."""
        name = MARKS.get(self.text)
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}" if name else f'"{self.text}"'

    def denial(self) -> str:
        return f"do not use any {MARKS[self.text]}s" if self.text in MARKS else super().denial()

    def stated(self) -> dict[str, Any]:
        return super().stated() | {"text": MARKS.get(self.text, self.text)}

    def check(self, text: Text) -> Verdict:
        wanted = composed(self.text)
        pattern = word_pattern(wanted) if self.whole_word else regex.escape(wanted)
        case = regex.IGNORECASE | regex.FULLCASE if self.ignore_case else 0
        found = read_regex(pattern, regex.VERSION1 | case).search(composed(text.raw))
        return Verdict(found is not None, f"{'found' if found else 'did not find'} {self.text!r}")

    def nearness(self, text: Text) -> float:
        return 0.75 if self.text.casefold() in text.raw.casefold() else 0.0

    def nearest(self, text: Text) -> Constraint | None:
        """As the text has it: in another case, or as a part of a word."""
        wanted = rf"\w*{regex.escape(self.text)}\w*" if self.whole_word else regex.escape(self.text)
        found = read_regex(wanted, regex.IGNORECASE).search(text.raw)
        return self.try_replace(text=found.group()) if found else None

    def flip(self, text: Text) -> Constraint | None:
        return ~self

    def claims(self) -> Sequence[Claim]:
        apart = self.whole_word and stands_apart(self.text)
        return [ContainsText(self.text, cased=not self.ignore_case, whole_word=apart)]


def _check_pattern(source: str) -> str:
    try:
        read_regex(source)
    except regex.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return source


RegularExpression = Annotated[str, Field(min_length=1), AfterValidator(_check_pattern)]


@register("matches")
class Matches(Constraint):
    """A regular expression matches somewhere in the response, or the whole of it."""

    pattern: RegularExpression
    whole: bool = False
    ignore_case: bool = False

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write so that the regular expression `{pattern}` matches {reach}.",
        "The regular expression `{pattern}` has to match {reach}.",
    )
    example: ClassVar[Example] = Example(
        {"pattern": r"\d{4}-\d{2}-\d{2}"}, "Due on 2026-11-23.", "Due on Monday."
    )
    implicit_parameters: ClassVar[tuple[str, ...]] = ("pattern",)

    @property
    def reach(self) -> str:
        """How much of the answer has to match, in words."""
        return "the whole of your answer" if self.whole else "some part of your answer"

    def check(self, text: Text) -> Verdict:
        expression = read_regex(self.pattern, regex.IGNORECASE if self.ignore_case else 0)
        look = expression.fullmatch if self.whole else expression.search
        try:
            found = look(text.raw, timeout=PATTERN_SECONDS)
        except TimeoutError:
            return Verdict(None, f"the pattern was not done in {PATTERN_SECONDS:g} s", "timeout")
        return Verdict(found is not None, f"found {excerpt(found.group(), 80)!r}" if found else "no match")

    def flip(self, text: Text) -> Constraint | None:
        return ~self


def _check_phrase(text: str) -> str:
    if not text.strip():
        raise ValueError("has to hold more than white space")
    return text


Phrase = Annotated[str, AfterValidator(_check_phrase)]


@register("starts_with")
class StartsWith(Constraint):
    """The response starts with a text, white space and a byte order mark aside."""

    text: Annotated[Phrase, Choices(OPENINGS)]
    ignore_case: bool = False

    phrasings: ClassVar[tuple[str, ...]] = (
        'Start your answer with "{text}".',
        'The very first words of your answer should be "{text}".',
    )
    claims_are_exact = True
    example: ClassVar[Example] = Example({"text": "Dear"}, "Dear Ana, thank you.", "Hello Ana, thank you.")

    def check(self, text: Text) -> Verdict:
        wanted, value = _comparable(self.text, text.raw, self.ignore_case)
        return Verdict(
            value.startswith(wanted), f"starts with {first_words(value, len(wanted))!r}, wanted {wanted!r}"
        )

    def nearness(self, text: Text) -> float:
        wanted, value = _comparable(self.text, text.raw, self.ignore_case)
        return shared_start(value, wanted)

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(text=opening(text.stripped))

    def claims(self) -> Sequence[Claim]:
        return [Boundary("start", self.text.strip(), cased=not self.ignore_case)]


@register("ends_with")
class EndsWith(Constraint):
    """The response ends with a text, white space aside."""

    text: Annotated[Phrase, Choices(CLOSINGS)]
    ignore_case: bool = False

    phrasings: ClassVar[tuple[str, ...]] = (
        'End your answer with "{text}" and nothing after it.',
        'The very last words of your answer should be "{text}", with nothing after them.',
    )
    claims_are_exact = True
    example: ClassVar[Example] = Example(
        {"text": "Yours, Ana"}, "Thank you!\n\nYours, Ana", "Thank you!\n\nAna"
    )

    def wordings(self) -> tuple[str, ...]:
        mark = MARKS.get(self.text.strip())
        if not mark:
            return self.phrasings
        name = f"{'an' if mark[0] in 'aeiou' else 'a'} {mark}"
        return (f"End your answer with {name}.", f"The last character of your answer should be {name}.")

    def check(self, text: Text) -> Verdict:
        wanted, value = _comparable(self.text, text.raw, self.ignore_case)
        return Verdict(
            value.endswith(wanted), f"ends with {last_words(value, len(wanted))!r}, wanted {wanted!r}"
        )

    def nearness(self, text: Text) -> float:
        wanted, value = _comparable(self.text, text.raw, self.ignore_case)
        return shared_end(value, wanted)

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(text=closing(text.stripped))

    def claims(self) -> Sequence[Claim]:
        return [Boundary("end", self.text.strip(), cased=not self.ignore_case)]


def composed(text: str) -> str:
    """The text in Unicode's normal form C, in which "é" is one character however it was written."""
    return normalized(text, "NFC")


_UNSEEN = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\u200b\u2060"
)
"""White space by Unicode, and what has no width."""


def _comparable(wanted: str, value: str, ignore_case: bool) -> tuple[str, str]:
    """Both without what stands around them: white space, and the byte order mark of a file."""
    wanted, value = (composed(text.lstrip(f"{_UNSEEN}\ufeff").rstrip(_UNSEEN)) for text in (wanted, value))
    return (wanted.casefold(), value.casefold()) if ignore_case else (wanted, value)
