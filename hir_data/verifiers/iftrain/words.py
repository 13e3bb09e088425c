"""IFTrain's kinds about where sentences and responses begin and end: ``first_word:*`` and ``last_word:*``."""

import re
import string
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from hir_data.schemas.claims import (
    Boundary,
    Claim,
    SentenceRule,
    UnitEdge,
)
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import Choices
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import share
from hir_data.verifiers.patterns import is_literal

_FIRST = ("The", "We", "Today", "Some", "It", "Sometimes", "People")
_LAST = ("today", "home", "again", "forever", "together", "everywhere")
_PUNCTUATION = re.compile(r"[^\w\s]")


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, tuple) and value else value


Word = Annotated[str, Field(min_length=1), BeforeValidator(_first)]
"""A word, or a list that begins with it, as some records have it."""


@register("first_word:first_word_sent")
class FirstWordSent(Constraint):
    """Each sentence starts with a word."""

    first_word: Annotated[Word, Choices(_FIRST)]

    phrasings: ClassVar[tuple[str, ...]] = (
        'Start each sentence with the word "{first_word}".',
        'The first word of every sentence of your answer has to be "{first_word}".',
    )
    example: ClassVar[Example] = Example({"first_word": "we"}, "We row. We sing.", "We row. They sing.")
    conflicts: ClassVar[tuple[str, ...]] = ("first_word:first_word_answer",)

    def check(self, text: Text) -> Verdict:
        wanted = self.first_word.lower()
        return _each_sentence("starts", map(_first_word, text.rule_sentences), wanted)

    def nearness(self, text: Text) -> float:
        return share(_first_word(sentence) == self.first_word.lower() for sentence in text.rule_sentences)

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(first_word=_letters(text.pieces[0]))

    def claims(self) -> Sequence[Claim]:
        # Splitting moves quotation marks, so a word with marks may stand elsewhere.
        each = UnitEdge("start", "sentence", self.first_word.lower())
        return (
            [SentenceRule("one first word"), each, Boundary("start", self.first_word)]
            if is_literal(self.first_word)
            else [each]
        )


@register("first_word:first_word_answer")
class FirstWordAnswer(Constraint):
    """The response starts with a word."""

    first_word: Annotated[Word, Choices(_FIRST)]

    phrasings: ClassVar[tuple[str, ...]] = (
        'Start your answer with the word "{first_word}".',
        'The very first word of your answer has to be "{first_word}".',
    )
    example: ClassVar[Example] = Example({"first_word": "today"}, "Today it rains.", "It rains today.")
    conflicts: ClassVar[tuple[str, ...]] = ("first_word:first_word_sent",)

    def check(self, text: Text) -> Verdict:
        found, wanted = _first_word(text.raw), self.first_word.lower()
        return Verdict(found == wanted, f'starts with "{found}", wanted "{wanted}"')

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(first_word=_letters(text.pieces[0]))

    def claims(self) -> Sequence[Claim]:
        return [Boundary("start", self.first_word)]


@register("last_word:last_word_sent")
class LastWordSent(Constraint):
    """Each sentence ends with a word."""

    last_word: Annotated[Word, Choices(_LAST)]

    phrasings: ClassVar[tuple[str, ...]] = (
        'End each sentence with the word "{last_word}".',
        'The last word of every sentence has to be "{last_word}"; only punctuation may follow it.',
    )
    example: ClassVar[Example] = Example(
        {"last_word": "sea"}, "I see the sea. You hear the sea!", "I see the sea. You swim."
    )

    def check(self, text: Text) -> Verdict:
        wanted = self.last_word.lower()
        return _each_sentence("ends", map(_last_word, text.rule_sentences), wanted)

    def nearness(self, text: Text) -> float:
        return share(_last_word(sentence) == self.last_word.lower() for sentence in text.rule_sentences)

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(last_word=_letters(text.pieces[-1].strip(string.punctuation)))

    def claims(self) -> Sequence[Claim]:
        return [SentenceRule("one last word"), UnitEdge("end", "sentence", self.last_word.lower())]


@register("last_word:last_word_answer")
class LastWordAnswer(Constraint):
    """The response ends with a word."""

    last_word: Annotated[Word, Choices(_LAST)]

    phrasings: ClassVar[tuple[str, ...]] = (
        'End your answer with the word "{last_word}".',
        'The very last word of your answer has to be "{last_word}"; only punctuation may follow it.',
    )
    example: ClassVar[Example] = Example({"last_word": "goodbye"}, "So I say goodbye.", "Goodbye, I say.")
    conflicts: ClassVar[tuple[str, ...]] = ("ends_with", "startend:end_checker")

    def check(self, text: Text) -> Verdict:
        found, wanted = _last_word(text.raw), self.last_word.lower()
        return Verdict(found == wanted, f'ends with "{found}", wanted "{wanted}"')

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(last_word=_letters(text.pieces[-1].strip(string.punctuation)))

    def claims(self) -> Sequence[Claim]:
        return [UnitEdge("end", "answer", self.last_word.lower())]


def _letters(word: str) -> str | None:
    """The word, if it is one that people would ask for: "dont" would not do for "don't"."""
    return word if word.isalpha() else None


def _each_sentence(verb: str, words: Iterable[str], wanted: str) -> Verdict:
    """Whether the words at one end of the sentences are all the one that was wanted."""
    for number, found in enumerate(words, start=1):
        if found != wanted:
            return Verdict(False, f'sentence {number} {verb} with "{found}", wanted "{wanted}"')
    return Verdict(True, f'each sentence {verb} with "{wanted}"')


def _first_word(text: str) -> str:
    """The first word in lower case with the punctuation that stands at it; "" if there is none."""
    words = text.split(maxsplit=1)
    return words[0].lower() if words else ""


def _last_word(text: str) -> str:
    """The last word in lower case without the punctuation in it: "don't!" is "dont"; "" if there is none."""
    words = text.rsplit(maxsplit=1)
    return _PUNCTUATION.sub("", words[-1]).lower() if words else ""
