"""IFBench's kinds about words at a position: the rest of ``words:*``."""

import string
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from hir_data.schemas.claims import (
    Claim,
    ContainsText,
    Count,
    WordAt,
)
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import WORDS, Choices
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import quoted, share
from hir_data.verifiers.ifeval.keywords import ForbiddenWords
from hir_data.verifiers.patterns import is_literal

_COUNTED = 40  # words of a sentence, before nobody counts them any more


@register("words:keywords_specific_position")
class KeywordsSpecificPosition(Constraint):
    """A keyword is the m-th word of the n-th sentence."""

    keyword: Annotated[str, Field(min_length=1), Choices(WORDS)]
    n: Annotated[int, Field(ge=1), Choices(range(1, 4))]
    m: Annotated[int, Field(ge=1), Choices(range(2, 8))]

    phrasings: ClassVar[tuple[str, ...]] = (
        'Use the keyword "{keyword}" as word number {m} of sentence number {n}.',
        'In sentence {n} of your answer, word {m} has to be "{keyword}".',
    )
    example: ClassVar[Example] = Example(
        {"keyword": "tea", "n": 2, "m": 3}, "Hi. I like tea.", "Hi. I drink green tea."
    )

    def check(self, text: Text) -> Verdict:
        if len(text.sentences) < self.n:
            return Verdict(False, f"found no sentence number {self.n}")
        words = _words(text.sentences[self.n - 1])
        if len(words) < self.m:
            return Verdict(False, f"sentence {self.n} has no word number {self.m}")
        found = words[self.m - 1]
        return Verdict(found == self.keyword.lower(), f"found {quoted(found)}, wanted {quoted(self.keyword)}")

    def nearness(self, text: Text) -> float:
        """Half of the way where the word is elsewhere."""
        return 0.5 if self.keyword.lower() in text.lower else 0.0

    def nearest(self, text: Text) -> Constraint | None:
        """The keyword where it is in that sentence, or else the word that is where it should be."""
        sentences = text.sentences[self.n - 1 :]
        words = _words(sentences[0])[:_COUNTED] if sentences else []
        if self.keyword.lower() in words:
            return self.try_replace(m=words.index(self.keyword.lower()) + 1)
        if self.keyword.lower() in text.lower:
            return None  # it is in some sentence or other: nobody would ask for it just there
        there = _words(sentences[0])[self.m - 1 :] if sentences else []
        return self.try_replace(keyword=there[0]) if there and there[0].isalpha() else None

    def flip(self, text: Text) -> Constraint | None:
        return ForbiddenWords.missing([self.keyword], text)

    def claims(self) -> Sequence[Claim]:
        return (
            [WordAt(self.keyword, self.n, self.m), ContainsText(self.keyword), Count("sentences", self.n)]
            if is_literal(self.keyword)
            else []
        )


@register("words:words_position")
class WordsPosition(Constraint):
    """A keyword is the second word and the second last one."""

    keyword: Annotated[str, Field(min_length=1), Choices(WORDS)]

    phrasings: ClassVar[tuple[str, ...]] = (
        'Use "{keyword}" as the second word of your answer and also as the last word but one.',
        'The second word and the second to last word of your answer should both be "{keyword}".',
    )
    example: ClassVar[Example] = Example(
        {"keyword": "tea"}, "Hot tea, cold tea forever.", "Hot tea forever and ever."
    )

    def check(self, text: Text) -> Verdict:
        # Tokens, so marks inside count as words; of those at the end, only the last one is passed over.
        tokens = text.tokens
        if tokens and tokens[-1] in string.punctuation:
            tokens = tokens[:-1]
        if len(tokens) < 2:
            return Verdict(False, "there are fewer than two words")
        found = [tokens[1], tokens[-2]]
        return Verdict(
            all(token.lower() == self.keyword.lower() for token in found),
            f"found {quoted(found[0])} and {quoted(found[1])}, wanted {quoted(self.keyword)}",
        )

    def nearness(self, text: Text) -> float:
        keyword, tokens = self.keyword.lower(), [token.lower() for token in text.tokens]
        return max(share([keyword in tokens[1:2], keyword in tokens[-3:]]), 0.25 * (keyword in tokens))

    def nearest(self, text: Text) -> Constraint | None:
        word = text.tokens[1].lower() if len(text.tokens) > 1 else ""
        return self.try_replace(keyword=word) if word.isalpha() else None

    def flip(self, text: Text) -> Constraint | None:
        return ForbiddenWords.missing([self.keyword], text)

    def claims(self) -> Sequence[Claim]:
        if not is_literal(self.keyword):
            return []
        places = [WordAt(self.keyword, 1, 2), WordAt(self.keyword, -1, -2)]
        return [*places, ContainsText(self.keyword)]


def _words(sentence: str) -> list[str]:
    """The tokens with a letter or a digit, in lower case: "don't" is two, "do" and "n't"."""
    return [token.lower() for token in Text(sentence).tokens if any(map(str.isalnum, token))]
