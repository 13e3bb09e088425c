"""IFBench's kinds about sentences: ``sentence:*``. Sentences are those of NLTK's Punkt."""

import re
import string
from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Annotated, ClassVar

from pydantic import Field

from hir_data.schemas.claims import (
    Claim,
    ContainsText,
    Count,
    SentenceRule,
    WordAt,
)
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import WORDS, Choices
from hir_data.schemas.registry import register
from hir_data.text.segment import without_punctuation
from hir_data.text.text import Text
from hir_data.verifiers.compare import count, quoted, share
from hir_data.verifiers.ifeval.keywords import ForbiddenWords
from hir_data.verifiers.patterns import compiled, is_literal

_EDGES = string.punctuation + " "


@register("sentence:alliteration_increment")
class AlliterationIncrement(Constraint):
    """Each sentence has more alliterating words than the one before."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use more words that alliterate (stand in a row and start with the same letter) in each sentence "
        "than in the sentence before it.",
        "Each sentence must have more alliterating words (neighbours with the same first letter) than the "
        "sentence before it.",
    )
    example: ClassVar[Example] = Example({}, "It rains. Bring big boots.", "Bring big boots. It rains.")
    no_hindsight = "nobody asks for fewer alliterations"

    def check(self, text: Text) -> Verdict:
        counts = map(_alliterating, text.sentences)
        for number, (before, found) in enumerate(pairwise(counts), start=2):
            if found <= before:
                words = count(found, "alliterating word")
                return Verdict(False, f"sentence {number} has {words}, wanted more than {before}")
        return Verdict(True, "each sentence has more alliterating words than the one before")

    def nearness(self, text: Text) -> float:
        return share(found > before for before, found in pairwise(map(_alliterating, text.sentences)))

    def claims(self) -> Sequence[Claim]:
        return [SentenceRule("sentences that alliterate more and more")]


def _alliterating(sentence: str) -> int:
    """The words that share their first character with a neighbour, those of all runs together."""
    words = (word.lstrip(_EDGES) for word in sentence.lower().split())
    runs = (len(list(run)) for _, run in groupby(word[0] for word in words if word))
    return sum(length for length in runs if length > 1)


@register("sentence:increment")
class Increment(Constraint):
    """Each sentence has exactly so many words more than the one before."""

    small_n: Annotated[int, Field(ge=0), Choices(range(1, 4))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Let the number of words grow by exactly {small_n} from one sentence to the next.",
        "Make each sentence longer than the sentence before it, by exactly {small_n:word}.",
    )
    example: ClassVar[Example] = Example(
        {"small_n": 1}, "It rains. It rains again.", "It rains. It does not stop."
    )

    def check(self, text: Text) -> Verdict:
        if not text.sentences:
            return Verdict(False, "there are no sentences")
        counts = (len(without_punctuation(sentence).split()) for sentence in text.sentences)
        for number, (before, found) in enumerate(pairwise(counts), start=2):
            wanted = before + self.small_n
            if found != wanted:
                return Verdict(False, f"sentence {number} has {count(found, 'word')}, wanted {wanted}")
        return Verdict(True, f"each sentence has {count(self.small_n, 'word')} more than the one before")

    def nearness(self, text: Text) -> float:
        counts = [len(without_punctuation(sentence).split()) for sentence in text.sentences]
        return share(found == before + self.small_n for before, found in pairwise(counts))

    def nearest(self, text: Text) -> Constraint | None:
        counts = [len(without_punctuation(sentence).split()) for sentence in text.sentences[:2]]
        return self.try_replace(small_n=counts[1] - counts[0] or None) if len(counts) == 2 else None

    def claims(self) -> Sequence[Claim]:
        return [SentenceRule("sentences that grow")]


@register("sentence:keyword")
class Keyword(Constraint):
    """A word occurs in the N-th sentence."""

    word: Annotated[str, Field(min_length=1), Choices(WORDS)]
    N: Annotated[int, Field(ge=1), Choices(range(1, 6))]

    phrasings: ClassVar[tuple[str, ...]] = (
        'Use the word "{word}" in sentence {N}.',
        'Sentence number {N} of your answer must contain the keyword "{word}".',
    )
    example: ClassVar[Example] = Example(
        {"word": "tea", "N": 2}, "It rains. Tea helps.", "Tea helps. It rains."
    )

    def check(self, text: Text) -> Verdict:
        if len(text.sentences) < self.N:
            return Verdict(False, f"found {count(len(text.sentences), 'sentence')}, wanted at least {self.N}")
        sentence = text.sentences[self.N - 1]
        found = compiled(rf"\b{re.escape(self.word)}\b").search(sentence)
        return Verdict(
            found is not None, f"{quoted(self.word)} {'is' if found else 'is not'} in sentence {self.N}"
        )

    def nearness(self, text: Text) -> float:
        """Half of the way where the word is in another sentence."""
        return 0.5 if compiled(rf"\b{re.escape(self.word)}\b").search(text.raw) else 0.0

    def nearest(self, text: Text) -> Constraint | None:
        word = compiled(rf"\b{re.escape(self.word)}\b")
        places = (number for number, one in enumerate(text.sentences, start=1) if word.search(one))
        return self.try_replace(N=next(places, None))

    def flip(self, text: Text) -> Constraint | None:
        return ForbiddenWords.missing([self.word], text)

    def claims(self) -> Sequence[Claim]:
        return [
            WordAt(self.word, self.N),
            ContainsText(self.word, whole_word=is_literal(self.word)),
            Count("sentences", self.N),
        ]
