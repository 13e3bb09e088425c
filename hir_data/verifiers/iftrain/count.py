"""IFTrain's kinds that count: ``count:*`` and ``letters:*``."""

import re
import string
from collections.abc import Iterable, Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from hir_data.schemas.claims import (
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    Layout,
    Roughly,
    SentenceRule,
    WordRule,
)
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import WORDS, Choices
from hir_data.schemas.registry import register
from hir_data.text import segment
from hir_data.text.text import Text
from hir_data.verifiers.compare import (
    Relation,
    about,
    amount,
    between,
    ceiling,
    closeness,
    compare,
    count,
    exactly,
    mean,
    nearest_bound,
    opposite,
)
from hir_data.verifiers.ifeval.keywords import Existence, ForbiddenWords, LetterFrequency
from hir_data.verifiers.ifeval.length import DIVIDER
from hir_data.verifiers.patterns import NonemptyKeyword, is_literal, occurrences

_LOWERCASE_WORD = re.compile(r"\b[a-z]+\b")
_NO_LETTERS = bytes(set(range(128)) - set(string.ascii_letters.encode()))


@register("count:lowercase_counting")
class LowercaseCounting(Constraint):
    """There are at most so many words in lower case."""

    N: Annotated[int, Field(ge=0), Choices(range(20, 151, 10))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use at most {N} words that are all in lower case.",
        "No more than {N} words of your answer may be written in lowercase letters.",
    )
    example: ClassVar[Example] = Example({"N": 1}, "Tea OR Milk, please.", "Tea or Milk, please.")
    claims_are_exact = True

    def check(self, text: Text) -> Verdict:
        # Letters a to z only: "don't" is two words, "café" and "iPhone" are none.
        return between(len(_LOWERCASE_WORD.findall(text.raw)), None, self.N, "lower-case word")

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(N=ceiling(len(_LOWERCASE_WORD.findall(text.raw))))

    def claims(self) -> Sequence[Claim]:
        return [Count("lower-case words", 0, self.N)]


@register("count:counting_composition")
class CountingComposition(Constraint):
    """There are three paragraphs, divided by ``***``, of so many sentences with so many tokens each."""

    n_sent: Annotated[int, Field(ge=1), Choices(range(2, 5))]
    n_words: Annotated[int, Field(ge=1), Choices(range(5, 13))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write three paragraphs, separated by ***, of exactly {n_sent} sentences each, every one of them "
        "with exactly {n_words} words, punctuation marks counted as words.",
        "Your answer should have three paragraphs with the markdown divider *** between them. Each needs "
        "{n_sent} sentences of {n_words} words; a punctuation mark counts as a word.",
    )
    example: ClassVar[Example] = Example(
        {"n_sent": 1, "n_words": 3}, "It rains.\n***\nWe wait.\n***\nSun comes.", "It rains. We wait."
    )
    conflicts: ClassVar[tuple[str, ...]] = (
        "count:count_increment_word",
        "count:count_unique",
        "keywords:frequency",
        "keywords:letter_frequency",
        "paragraphs:paragraphs",
        "paragraphs:paragraphs2",
    )

    def check(self, text: Text) -> Verdict:
        paragraphs = DIVIDER.split(text.raw)
        if len(paragraphs) != 3:  # a divider at the beginning or the end makes a paragraph, too
            return Verdict(False, f"found {count(len(paragraphs), 'paragraph')}, wanted 3")
        for paragraph in paragraphs:
            sentences = segment.rule_sentences(paragraph)
            if len(sentences) != self.n_sent:
                return exactly(len(sentences), self.n_sent, "sentence")
            for sentence in sentences:
                tokens = Text(sentence).tokens
                if len(tokens) != self.n_words:
                    return exactly(len(tokens), self.n_words, "token")
        return Verdict(True, "3 paragraphs, each sentence as it should be")

    def nearness(self, text: Text) -> float:
        """The share of sentences that are as they should be, of those that there are or should be."""
        sentences = [one for part in DIVIDER.split(text.raw) for one in segment.rule_sentences(part)]
        fitting = sum(len(Text(one).tokens) == self.n_words for one in sentences)
        return fitting / max(len(sentences), 3 * self.n_sent)

    def nearest(self, text: Text) -> Constraint | None:
        sentences = segment.rule_sentences(DIVIDER.split(text.raw)[0])
        return (
            self.try_replace(n_sent=len(sentences), n_words=len(Text(sentences[0]).tokens))
            if sentences
            else None
        )

    def claims(self) -> Sequence[Claim]:
        return [
            SentenceRule("sentences of one length"),
            Layout("paragraphs of equal sentences"),
            Roughly("sentences", 3 * self.n_sent, 3 * self.n_sent),
            Roughly("words", 3 * self.n_sent * (self.n_words - 2), 3 * self.n_sent * self.n_words),
            Count("paragraphs between ***", 3, 3),
            ContainsText("***", 2),
            ExcludesText("******"),
        ]


@register("count:count_unique")
class CountUnique(Constraint):
    """No token occurs twice."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use every word and every punctuation mark at most once.",
        "Every word and every punctuation mark of your answer may occur only once.",
    )
    example: ClassVar[Example] = Example({}, "Rain falls, we wait.", "Rain falls. We wait.")
    no_hindsight = "nobody asks for words to be repeated"
    conflicts: ClassVar[tuple[str, ...]] = ("count:counting_composition", "detectable_format:title")

    def check(self, text: Text) -> Verdict:
        # Tokens keep their case: "The the" passes. A word between spaces is a token or a fixed sequence of
        # them ("cannot"), so where one of those recurs there is no need to look at tokens, which is slow.
        repeated = _repeated(filter(str.isalpha, text.pieces)) or _repeated(text.tokens)
        return Verdict(repeated is None, f'"{repeated}" occurs twice' if repeated else "none occurs twice")

    def nearness(self, text: Text) -> float:
        return len(set(text.tokens)) / max(len(text.tokens), 1)

    def claims(self) -> Sequence[Claim]:
        # Of the marks that are tokens wherever they stand.
        marks = [Count(f"occurrences {mark}", most=1) for mark in "*[]<>{}()?!;#"]
        return [WordRule("each word once", uses=1), *marks]


@register("count:count_increment_word")
class CountIncrementWord(Constraint):
    """One keyword occurs once, another one twice."""

    keyword1: Annotated[NonemptyKeyword, Choices(WORDS[::2])]
    keyword2: Annotated[NonemptyKeyword, Choices(WORDS[1::2])]

    phrasings: ClassVar[tuple[str, ...]] = (
        'Use the word "{keyword1}" once and the word "{keyword2}" twice.',
        'The word "{keyword1}" has to occur exactly one time, the word "{keyword2}" exactly two times.',
    )
    example: ClassVar[Example] = Example(
        {"keyword1": "sun", "keyword2": "sea"}, "The sun, the sea, the sea!", "The sun and the sea."
    )
    conflicts: ClassVar[tuple[str, ...]] = ("count:counting_composition",)

    def check(self, text: Text) -> Verdict:
        found = occurrences(self.keyword1, text.raw), occurrences(self.keyword2, text.raw)
        return Verdict(found == (1, 2), f"found {found[0]} and {found[1]} occurrences, wanted 1 and 2")

    def nearness(self, text: Text) -> float:
        wanted = ((self.keyword1, 1), (self.keyword2, 2))
        return mean(closeness(occurrences(word, text.raw), times, times) for word, times in wanted)

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(keyword1=self.keyword2, keyword2=self.keyword1)

    def flip(self, text: Text) -> Constraint | None:
        keywords = (self.keyword1, self.keyword2)
        missing = tuple(word for word in keywords if not occurrences(word, text.raw))
        return ForbiddenWords(forbidden_words=missing) if missing else Existence(keywords=keywords)

    def claims(self) -> Sequence[Claim]:
        words = (self.keyword1.strip(), 1), (self.keyword2.strip(), 2)
        if not all(is_literal(word) for word, _ in words):
            return []
        exact = [Count(f"occurrences {word.lower()}", times, times) for word, times in words]
        return [*exact, *(ContainsText(word, times) for word, times in words)]


@register("letters:letter_counting")
class LetterCounting(Constraint):
    """The response has at least, or less than, a number of letters."""

    N: Annotated[int, Field(ge=0), Choices(range(200, 1501, 100))]
    relation: Relation

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use {amount}.",
        "The number of letters in your answer should be {relation} {N}.",
    )
    example: ClassVar[Example] = Example({"N": 5, "relation": "at least"}, "We row.", "We go.")
    claims_are_exact = True

    @property
    def amount(self) -> str:
        """How many, as an order says it."""
        return amount(self.relation, self.N, "letter")

    def check(self, text: Text) -> Verdict:
        return compare(self.found(text), self.relation, self.N, "letter")

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(
            N=nearest_bound(self.found(text), self.relation, trivial=min(99, self.N // 2))
        )

    def flip(self, text: Text) -> Constraint | None:
        return self.try_replace(relation=opposite(self.relation))

    def claims(self) -> Sequence[Claim]:
        return [about("letters", self.relation, self.N)]

    def found(self, text: Text) -> int:
        """How many letters there are."""
        # A to Z in either case; "é" is none.
        return len(text.raw.encode("ascii", "ignore").translate(None, _NO_LETTERS))


@register("letters:letter_counting2")
class LetterCounting2(LetterFrequency):
    """A letter occurs at least, or less than, a number of times; answers as ``keywords:letter_frequency``."""


def _repeated(words: Iterable[str]) -> str | None:
    """The first word that was there before."""
    seen: set[str] = set()
    for word in words:
        if word in seen:
            return word
        seen.add(word)
    return None
