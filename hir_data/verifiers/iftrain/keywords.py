"""IFTrain's kinds about words: ``keywords:*``."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Annotated, ClassVar

from pydantic import Field

from hir_data.schemas.claims import (
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    Roughly,
    UnitEdge,
    WordAt,
    WordRule,
)
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import WORDS, Choices
from hir_data.schemas.registry import register
from hir_data.text import segment
from hir_data.text.text import Text
from hir_data.verifiers import neighbours
from hir_data.verifiers.compare import closeness, count, exactly, floor, share
from hir_data.verifiers.general.text import Contains
from hir_data.verifiers.ifeval.keywords import ForbiddenWords, Frequency, topical_words
from hir_data.verifiers.iftrain.words import Word
from hir_data.verifiers.patterns import NonemptyKeyword, is_literal, occurrences


@register("keywords:word_once")
class WordOnce(Constraint):
    """A keyword occurs exactly once."""

    keyword: Annotated[NonemptyKeyword, Choices(WORDS)]

    phrasings: ClassVar[tuple[str, ...]] = (
        'Use the word "{keyword}" exactly once.',
        'The word "{keyword}" has to occur in your answer, but only one time.',
    )
    example: ClassVar[Example] = Example({"keyword": "sea"}, "The sea is calm.", "The sea, oh the sea!")
    claims_are_exact = True

    def check(self, text: Text) -> Verdict:
        return exactly(occurrences(self.keyword, text.raw), 1, "occurrence")

    def nearest(self, text: Text) -> Constraint | None:
        found = occurrences(self.keyword, text.raw)
        more = Frequency(keyword=self.keyword, frequency=floor(found), relation="at least")
        return more if found > 1 else None

    def flip(self, text: Text) -> Constraint | None:
        return ForbiddenWords(forbidden_words=(self.keyword,))

    def claims(self) -> Sequence[Claim]:
        word = self.keyword.strip()
        return [Count(f"occurrences {word.lower()}", 1, 1), ContainsText(word)] if is_literal(word) else []


@register("keywords:word_count_different_numbers")
class WordCountDifferentNumbers(Frequency):
    """A keyword occurs at least, or less than, a number of times; answers as ``keywords:frequency`` does."""


@register("keywords:exclude_word_harder")
class ExcludeWordHarder(Constraint):
    """A word does not stand between spaces."""

    keyword: Annotated[str, Field(min_length=1)]
    instruction: str | None = None
    """The request that the word was taken from; decides nothing."""

    phrasings: ClassVar[tuple[str, ...]] = (
        'Do not use the word "{keyword}".',
        'Your answer must do without the word "{keyword}".',
    )
    example: ClassVar[Example] = Example(
        {"keyword": "sea"}, "We saw blue waves.", "We saw the sea and waves."
    )
    claims_are_exact = True
    implicit_parameters: ClassVar[tuple[str, ...]] = ("instruction",)

    def denial(self) -> str:
        return f'use the word "{self.keyword}"'

    def check(self, text: Text) -> Verdict:
        # At either end, beside punctuation or in another case it is not seen.
        found = text.raw.count(f" {self.keyword} ")
        return Verdict(not found, f"found {count(found, 'occurrence')}, wanted none")

    def nearness(self, text: Text) -> float:
        return closeness(text.raw.count(f" {self.keyword} "), None, 0)

    def flip(self, text: Text) -> Constraint | None:
        return Contains(text=self.keyword)

    def claims(self) -> Sequence[Claim]:
        return [ExcludesText(f" {self.keyword} ", cased=True)]

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """Most often a word of the question, which is the harder to do without."""
        return cls(keyword=rng.choice([*topical_words(question), rng.choice(WORDS)]))


@register("keywords:no_adjacent_consecutive")
class NoAdjacentConsecutive(Constraint):
    """No word is followed by one that starts with the next letter of the alphabet."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not let a word start with the letter of the alphabet that follows the first letter of the word "
        'before it, as in "a bird".',
        "No word may start with the letter of the alphabet that follows the first letter of the word before "
        "it.",
    )
    example: ClassVar[Example] = Example({}, "Blue ants dance.", "Ants bring crumbs.")
    no_hindsight = "nobody asks for words in the order of the alphabet here and there"

    def check(self, text: Text) -> Verdict:
        # Any first character, digits and marks too: "1." before "2." is a pair. "İ", which is two characters
        # in lower case, fails beside any word.
        for one, other in pairwise(text.pieces):
            first, second = one[0].lower(), other[0].lower()
            if len(first + second) != 2 or ord(second) - ord(first) == 1:
                return Verdict(False, f"found {one!r} before {other!r}")
        return Verdict(True, "no consecutive letters side by side")

    def nearness(self, text: Text) -> float:
        initials = [piece[0].lower()[0] for piece in text.pieces]
        return share(ord(other) - ord(one) != 1 for one, other in pairwise(initials))

    def claims(self) -> Sequence[Claim]:
        return [WordRule("no two words in a row with letters in a row", follows=neighbours.is_not_next)]


@register("keywords:palindrome")
class Palindrome(Constraint):
    """There is a palindrome among the words."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Include a palindrome: a word that reads the same backwards.",
        "At least one word of your answer has to read the same from both ends.",
    )
    example: ClassVar[Example] = Example({}, "We took the kayak out.", "We took the boat out.")
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        # What stands between white space: "I", "1" and "..." will do, "Level" and "level." will not.
        found = next((word for word in text.pieces if word == word[::-1]), None)
        return Verdict(found is not None, f"found {found!r}" if found else "found no palindrome")

    def claims(self) -> Sequence[Claim]:
        return [Roughly("palindromes", 1)]


@register("keywords:keyword_specific_position")
class KeywordSpecificPosition(Constraint):
    """The m-th token of the n-th sentence is a word."""

    keyword: Annotated[Word, Choices(WORDS)]
    n: Annotated[int, Field(ge=1), Choices(range(1, 4))]
    m: Annotated[int, Field(ge=1), Choices(range(2, 8))]

    phrasings: ClassVar[tuple[str, ...]] = (
        'Put the word "{keyword}" in sentence number {n}, as its word number {m} (count punctuation marks, '
        "too).",
        'In sentence {n}, word {m} has to be "{keyword}"; punctuation marks count as words.',
    )
    example: ClassVar[Example] = Example(
        {"keyword": "tea", "n": 2, "m": 3}, "It rains. We drink tea.", "We drink tea. It still rains."
    )

    def check(self, text: Text) -> Verdict:
        sentences = text.rule_sentences
        if self.n > len(sentences):
            return Verdict(False, f"found {count(len(sentences), 'sentence')}, wanted {self.n}")
        tokens = Text(sentences[self.n - 1]).tokens
        if self.m > len(tokens):
            return Verdict(
                False, f"found {count(len(tokens), 'token')} in sentence {self.n}, wanted {self.m}"
            )
        found = tokens[self.m - 1]  # in the same case
        return Verdict(found == self.keyword, f'found "{found}", wanted "{self.keyword}"')

    def nearness(self, text: Text) -> float:
        """Half of the way where the word is elsewhere."""
        return 0.5 if self.keyword in text.raw else 0.0

    def nearest(self, text: Text) -> Constraint | None:
        """The word where it is, or else the one that is where it should be."""
        for n, sentence in enumerate(text.rule_sentences, start=1):
            tokens = Text(sentence).tokens if self.keyword in sentence else []
            if self.keyword in tokens:
                return self.try_replace(n=n, m=tokens.index(self.keyword) + 1)
        sentences = text.rule_sentences[self.n - 1 :][:1]
        tokens = [token for sentence in sentences for token in Text(sentence).tokens]
        there = tokens[self.m - 1 :][:1]
        return self.try_replace(keyword=there[0]) if there and there[0].isalpha() else None

    def flip(self, text: Text) -> Constraint | None:
        """The word anywhere, or nowhere."""
        word = Contains(text=self.keyword)
        return word if self.keyword in text.raw else ~word

    def claims(self) -> Sequence[Claim]:
        return (
            [WordAt(self.keyword, self.n, self.m, marks=True), ContainsText(self.keyword, cased=True)]
            if is_literal(self.keyword)
            else []
        )


@register("keywords:start_end")
class StartEnd(Constraint):
    """The response ends with the word that it starts with."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Start and end your answer with the same word, without punctuation behind it.",
        "The last word of your answer has to be its first word again, with no punctuation behind it.",
    )
    example: ClassVar[Example] = Example(
        {}, "Rain keeps falling, endless rain", "Rain keeps falling, endless rain."
    )
    conflicts: ClassVar[tuple[str, ...]] = ("ends_with", "startend:end_checker")
    no_hindsight = "nobody asks for different words at both ends"

    def check(self, text: Text) -> Verdict:
        # Punctuation marks are tokens, so a final full stop fails and "*like this*" passes. Only the
        # sentences at the ends are split into tokens: splitting all of them is slow.
        ends = text.sentences[:1] + text.sentences[1:][-1:]
        tokens = [token for sentence in ends for token in segment.penn_tokens(sentence)]
        if len(tokens) < 2:
            return Verdict(False, f"found {count(len(tokens), 'token')}, wanted at least 2")
        return Verdict(
            tokens[0].lower() == tokens[-1].lower(), f'starts with "{tokens[0]}", ends with "{tokens[-1]}"'
        )

    def claims(self) -> Sequence[Claim]:
        return [UnitEdge("start", "answer", None), UnitEdge("end", "answer", None)]
