"""MulDimIF's kinds about words that have to occur, or must not."""

import itertools
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import WORDS, Choices
from hir_data.schemas.english import enumerate_words
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import count, share
from hir_data.verifiers.muldimif import elements
from hir_data.verifiers.muldimif.length import Name

Term = Annotated[str, Field(min_length=1)]
Terms = Annotated[tuple[Term, ...], Field(min_length=1)]


def occurrences(term: str, text: Text) -> Iterator[int]:
    """Where a term occurs as a whole word, in any case; a Chinese one anywhere."""
    term, lower = term.lower(), text.lower
    whole = not elements.chinese(term)
    at = lower.find(term)
    while at >= 0:
        end = at + len(term)
        if whole and (_is_word(lower[at - 1 : at]) or _is_word(lower[end : end + 1])):
            end = at + 1
        else:
            yield at
        at = lower.find(term, end)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def occurs(term: str, text: Text, times: int = 1) -> bool:
    """Whether a term occurs so many times at least."""
    return sum(1 for _ in itertools.islice(occurrences(term, text), times)) == times


@register("muldimif:keywords")
class Keywords(Constraint):
    """Keywords occur as whole words, in any case: all of them or any, so many times each.

    With ``each`` they occur in each entry of that name: values of JSON, cells of the column of a table,
    entries of a list, or else what stands between horizontal rules. A response that is not divided at all is
    one entry, unless it ``needs_entries``.
    """

    keywords: Annotated[Terms, Choices(WORDS, 2)]
    match: Literal["all", "any"] = "all"
    times: Annotated[int, Field(ge=1)] = 1
    each: Name | None = None
    needs_entries: bool = False

    phrasings: ClassVar[tuple[str, ...]] = (
        "Include {wanted}{place}.",
        "Your answer has to contain {wanted}{place}.",
    )
    example: ClassVar[Example] = Example(
        {"keywords": ["tide", "moon"]}, "The moon moves the tide.", "The tide is high."
    )
    composable = False

    @property
    def wanted(self) -> str:
        """The keywords, in words."""
        terms = [f'"{term}"' for term in self.keywords]
        listed = enumerate_words(terms, "and" if self.match == "all" else "or")
        return listed if self.times == 1 else f"{listed} at least {count(self.times, 'time')}"

    @property
    def place(self) -> str:
        """Where they have to occur, in words."""
        return f" in each {self.each}" if self.each else ""

    def check(self, text: Text) -> Verdict:
        if self.each is None:
            return self.within(text)
        entries = elements.entries(text.raw, self.each) or elements.parts(text.raw)
        if self.needs_entries and len(entries) < 2:
            return Verdict(False, f"found no {self.each} beside another one")
        for entry in entries:
            verdict = self.within(Text(entry))
            if not verdict.satisfied:
                return verdict
        return Verdict(bool(entries), f"found {len(entries)} entries")

    def nearness(self, text: Text) -> float:
        """The share of keywords that are there, or of the entries that have what they should."""
        if self.each is None:
            return share(occurs(term, text, self.times) for term in self.keywords)
        entries = elements.entries(text.raw, self.each) or elements.parts(text.raw)
        return share(self.within(Text(entry)).satisfied for entry in entries)

    def within(self, text: Text) -> Verdict:
        """What is said of one text."""
        missing = [term for term in self.keywords if not occurs(term, text, self.times)]
        satisfied = not missing if self.match == "all" else len(missing) < len(self.keywords)
        return Verdict(satisfied, f"missing: {enumerate_words(missing)}" if missing else "all occur")

    def flip(self, text: Text) -> Constraint | None:
        return ~self


@register("muldimif:no_keywords")
class NoKeywords(Constraint):
    """None of the keywords occurs as a whole word, in any case."""

    keywords: Annotated[Terms, Choices(WORDS, 2)]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not use {any_of_them}.",
        "Your answer must not contain {any_of_them}.",
    )
    example: ClassVar[Example] = Example({"keywords": ["tide"]}, "The moon rises.", "The tide is high.")
    composable = False

    @property
    def any_of_them(self) -> str:
        """The keywords, in words."""
        return enumerate_words([f'"{term}"' for term in self.keywords], "or")

    def denial(self) -> str:
        return f"use {self.any_of_them}"

    def check(self, text: Text) -> Verdict:
        found = [term for term in self.keywords if occurs(term, text)]
        return Verdict(not found, f"found: {enumerate_words(found)}" if found else "none occurs")

    def nearness(self, text: Text) -> float:
        return share(not occurs(term, text) for term in self.keywords)

    def flip(self, text: Text) -> Constraint | None:
        return ~self
