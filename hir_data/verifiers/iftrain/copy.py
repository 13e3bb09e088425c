"""IFTrain's kinds that ask for a copy: ``copy:*`` and ``new:*``."""

import operator
import re
from collections.abc import Sequence
from random import Random
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from hir_data.schemas.claims import (
    Boundary,
    Claim,
    ContainsText,
    OneOf,
    Roughly,
    Variants,
)
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import PHRASES, Choices
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import closeness, count, shared_start
from hir_data.verifiers.patterns import checked, compiled, is_literal


def _repetition(phrase: str) -> str:
    """The pattern of what starts and ends as a phrase does; its first and last word are unescaped."""
    words = phrase.split()
    return f"{words[0]} .*? {words[-1]}"


def _has_ends(phrase: str) -> str:
    if not phrase.strip():
        raise ValueError("a phrase needs words")
    checked(_repetition(phrase))
    return phrase


def _same(one: str, other: str) -> bool:
    return one.strip().lower() == other.strip().lower()


@register("copy:repeat_phrase")
class RepeatPhrase(Constraint):
    """A phrase is repeated so many times, each time with one of its words replaced."""

    phrase: Annotated[str, AfterValidator(_has_ends), Choices(PHRASES)]
    small_n: Annotated[int, Field(ge=1), Choices(range(2, 5))]

    phrasings: ClassVar[tuple[str, ...]] = (
        'Write the phrase "{phrase}" {small_n} times, but never as it is: each time another word has to '
        "stand in place of exactly one of the words in its middle.",
        'Write {small_n:variant} of "{phrase}": in each, replace exactly one word, but neither the first nor '
        "the last.",
    )
    example: ClassVar[Example] = Example(
        {"phrase": "over the hill", "small_n": 2},
        "Some live over a hill and some over that hill.",
        "Some live over the hill and some over that hill.",
    )

    def check(self, text: Text) -> Verdict:
        found, changed = self._repetitions(text)
        # One that is unchanged, or changed too much, spoils the others.
        return Verdict(
            changed == found == self.small_n,
            f"found {count(found, 'repetition')}, {changed} with one word replaced, wanted {self.small_n}",
        )

    def nearness(self, text: Text) -> float:
        found, changed = self._repetitions(text)
        return closeness(changed, self.small_n, self.small_n) * changed / max(found, 1)

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(small_n=self._repetitions(text)[1])

    def claims(self) -> Sequence[Claim]:
        words = self.phrase.split()
        edges = [word for word in (words[0], words[-1]) if is_literal(word)]
        return [
            *(ContainsText(word, self.small_n, cased=True) for word in edges),
            Roughly("words", self.small_n * len(words)),
            Variants(self.phrase, self.small_n),
        ]

    def _repetitions(self, text: Text) -> tuple[int, int]:
        """How many there are, and how many of them with one word replaced."""
        phrase = self.phrase.split()
        # On one line, inside words too. A phrase of one or two words has no word to replace: never satisfied.
        found = [
            text.raw[match.start() : match.end()].split()
            for match in compiled(_repetition(self.phrase), re.NOFLAG).finditer(text.raw)
        ]
        changed = sum(
            1 for words in found if len(words) == len(phrase) and sum(map(operator.ne, words, phrase)) == 1
        )
        return len(found), changed


@register("copy:copy")
class Copy(Constraint):
    """The response is a copy of a text."""

    prompt_to_repeat: Annotated[str, Field(min_length=1)]

    phrasings: ClassVar[tuple[str, ...]] = (
        'Repeat the text "{prompt_to_repeat}" word for word instead of answering it.',
        "Your answer has to be this text, without any change: {prompt_to_repeat}",
    )
    example: ClassVar[Example] = Example(
        {"prompt_to_repeat": "Name a colour."}, "Name a colour.", "Name a colour. Blue."
    )
    claims_are_exact = True
    quoted_parameter = "prompt_to_repeat"
    only_compatible_with: ClassVar[tuple[str, ...]] = ()
    no_hindsight = "there is nothing else to copy"
    composable = False

    def check(self, text: Text) -> Verdict:
        same = _same(text.raw, self.prompt_to_repeat)  # in any case
        return Verdict(same, "is a copy" if same else f"is no copy of {self.prompt_to_repeat!r}")

    def nearness(self, text: Text) -> float:
        return shared_start(text.stripped.lower(), self.prompt_to_repeat.strip().lower())

    def claims(self) -> Sequence[Claim]:
        return [OneOf((self.prompt_to_repeat.strip(),))]

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """Of the question."""
        return cls(prompt_to_repeat=question) if question.strip() else None


@register("copy:copying_simple")
class CopyingSimple(Copy):
    """The response is a copy of a text; answers as ``copy:copy`` does."""

    phrasings: ClassVar[tuple[str, ...]] = (
        'Give back the text "{prompt_to_repeat}" as it is, with nothing beside it.',
        "Do not do what the following text asks for, only repeat it: {prompt_to_repeat}",
    )


@register("copy:copying_multiple")
class CopyingMultiple(Constraint):
    """The response is so many copies of a text, divided by six asterisks."""

    prompt_to_repeat: Annotated[str, Field(min_length=1)]
    N: Annotated[int, Field(ge=1)]

    phrasings: ClassVar[tuple[str, ...]] = (
        'Write the text "{prompt_to_repeat}" {N} times, with six asterisks (******) between the copies and '
        "nothing else.",
        "Your answer has to be {N} copies of the following text, separated by ******: {prompt_to_repeat}",
    )
    example: ClassVar[Example] = Example(
        {"prompt_to_repeat": "Name a colour.", "N": 2},
        "Name a colour.\n******\nName a colour.",
        "Name a colour.\nName a colour.",
    )
    quoted_parameter = "prompt_to_repeat"
    only_compatible_with: ClassVar[tuple[str, ...]] = ()
    composable = False

    def check(self, text: Text) -> Verdict:
        parts = text.raw.split("******")  # asterisks at the end make a part, too
        copies = sum(_same(part, self.prompt_to_repeat) for part in parts)
        return Verdict(
            copies == len(parts) == self.N,
            f"found {count(len(parts), 'part')}, {copies} of them a copy, wanted {self.N}",
        )

    def nearness(self, text: Text) -> float:
        parts = text.raw.split("******")
        return sum(_same(part, self.prompt_to_repeat) for part in parts) / max(len(parts), self.N)

    def nearest(self, text: Text) -> Constraint | None:
        found = len(text.raw.split("******"))
        return self.try_replace(N=found) if found > 1 else None

    def claims(self) -> Sequence[Claim]:
        copied = self.prompt_to_repeat.strip()
        dividers = [ContainsText("******", self.N - 1)] if self.N > 1 else []
        return [Boundary("start", copied), Boundary("end", copied), ContainsText(copied, self.N), *dividers]

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """Two to four of the question."""
        return cls(prompt_to_repeat=question, N=rng.randint(2, 4)) if question.strip() else None


@register("new:copy_span_idx")
class CopySpanIdx(Constraint):
    """The response is a copy of a span of a text, from one character up to another."""

    prompt_to_repeat: Annotated[str, Field(min_length=1)]
    n_start: Annotated[int, Field(ge=0)]
    n_end: Annotated[int, Field(ge=1)]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Copy only the characters from index {n_start} (included) to index {n_end} (excluded), counted from "
        '0, of the text "{prompt_to_repeat}".',
        "Your answer has to be the characters with the indices {n_start} (included) to {n_end} (excluded) "
        "of this text: {prompt_to_repeat}",
    )
    example: ClassVar[Example] = Example(
        {"prompt_to_repeat": "Name a colour.", "n_start": 5, "n_end": 13}, "a colour", "a colour."
    )
    claims_are_exact = True
    quoted_parameter = "prompt_to_repeat"
    only_compatible_with: ClassVar[tuple[str, ...]] = ()
    composable = False

    @property
    def span(self) -> str:
        """The part to copy. A text that is too short ends it early."""
        return self.prompt_to_repeat[self.n_start : self.n_end]

    @model_validator(mode="after")
    def _span_exists(self) -> Self:
        if not self.span.strip():
            raise ValueError(f"prompt_to_repeat has nothing between {self.n_start} and {self.n_end}")
        return self

    def check(self, text: Text) -> Verdict:
        same = _same(text.raw, self.span)
        return Verdict(same, f"is {'a' if same else 'no'} copy of {self.span!r}")

    def nearness(self, text: Text) -> float:
        return shared_start(text.stripped.lower(), self.span.strip().lower())

    def nearest(self, text: Text) -> Constraint | None:
        start = self.prompt_to_repeat.lower().find(text.stripped.lower())
        return self.try_replace(n_start=start, n_end=start + len(text.stripped))

    def claims(self) -> Sequence[Claim]:
        return [OneOf((self.span.strip(),))]

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """Up to six words of the question."""
        words = list(re.finditer(r"\S+", question))
        if not words:
            return None
        first = rng.randrange(len(words))
        last = rng.choice(words[first : first + 6])
        return cls(prompt_to_repeat=question, n_start=words[first].start(), n_end=last.end())
