"""IFBench's kinds that count: ``count:*``."""

import re
import string
from collections.abc import Sequence
from random import Random
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from hir_data.schemas.claims import Claim, ContainsText, Count
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import WORDS, Choices
from hir_data.schemas.english import enumerate_words
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import (
    between,
    closeness,
    compare,
    count,
    exactly,
    mean,
    nearest_bound,
    nearest_range,
    quoted,
    share,
)
from hir_data.verifiers.general.text import Contains
from hir_data.verifiers.ifbench.lists import PERSON_NAMES, PRONOUNS
from hir_data.verifiers.ifeval.keywords import ForbiddenWords
from hir_data.verifiers.ifeval.length import NumberWords

_EDGES = string.punctuation + " "
_CONJUNCTIONS = frozenset(("and", "but", "for", "nor", "or", "so", "yet"))
_NAMES = tuple((name, re.compile(rf"\b{name}\b")) for name in PERSON_NAMES)
_NUMBER = re.compile(r"\d+")
_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_TIMES = (1, 2, 3, 5, 7)


@register("count:word_count_range")
class WordCountRange(Constraint):
    """The number of words lies in a range."""

    min_words: Annotated[int, Field(ge=0)]
    max_words: Annotated[int, Field(ge=0)]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use between {min_words} and {max_words} words.",
        "Your answer should be no shorter than {min_words} and no longer than {max_words} words.",
    )
    claims_are_exact = True
    example: ClassVar[Example] = Example({"min_words": 2, "max_words": 3}, "It rains.", "It rains all day.")

    @model_validator(mode="after")
    def _range_exists(self) -> Self:
        if self.min_words > self.max_words:
            raise ValueError(f"min_words is {self.min_words} and max_words only {self.max_words}")
        return self

    def check(self, text: Text) -> Verdict:
        return between(len(text.words), self.min_words, self.max_words, "word")

    def nearest(self, text: Text) -> Constraint | None:
        least, most = nearest_range(len(text.words), self.min_words, self.max_words)
        return (
            self.try_replace(min_words=least, max_words=most)
            if least and least > min(19, self.min_words // 2)
            else None
        )

    def flip(self, text: Text) -> Constraint | None:
        if len(text.words) < self.min_words:
            return NumberWords(relation="less than", num_words=self.min_words)
        return NumberWords(relation="at least", num_words=self.max_words + 1)

    def claims(self) -> Sequence[Claim]:
        return [Count("words", self.min_words, self.max_words)]

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """From one round number to another."""
        least, most = sorted(rng.sample(range(50, 401, 10), 2))
        return cls(min_words=least, max_words=most)


@register("count:unique_word_count")
class UniqueWordCount(Constraint):
    """There are at least so many different words."""

    N: Annotated[int, Field(ge=0), Choices(range(30, 151, 10))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use at least {N} different words.",
        "Your vocabulary has to be rich: at least {N} distinct words.",
    )
    claims_are_exact = True
    example: ClassVar[Example] = Example({"N": 3}, "The sea, the endless sea!", "The sea, the sea!")

    def check(self, text: Text) -> Verdict:
        return compare(self.found(text), "at least", self.N, "different word")

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(N=nearest_bound(self.found(text), "at least", trivial=min(19, self.N // 2)))

    def claims(self) -> Sequence[Claim]:
        return [Count("different words", self.N)]

    def found(self, text: Text) -> int:
        """How many different words there are."""
        return len(text.distinct_words)


@register("count:conjunctions")
class Conjunctions(Constraint):
    """There are at least so many different coordinating conjunctions."""

    small_n: Annotated[int, Field(ge=0), Choices(range(2, 6))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use at least {small_n} different coordinating conjunctions (and, but, for, nor, or, so, yet).",
        "Connect your thoughts with at least {small_n} of these words: and, but, for, nor, or, so, yet.",
    )
    claims_are_exact = True
    example: ClassVar[Example] = Example(
        {"small_n": 2}, "It rains, yet we row and sing.", "It rains and we row."
    )

    def check(self, text: Text) -> Verdict:
        return compare(self.found(text), "at least", self.small_n, "different conjunction")

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(small_n=nearest_bound(self.found(text), "at least", trivial=1))

    def claims(self) -> Sequence[Claim]:
        return [Count("different conjunctions", self.small_n)]

    def found(self, text: Text) -> int:
        """How many different conjunctions there are."""
        # Different as they are written: "and", "And" and "and," are three.
        return sum(1 for piece in set(text.pieces) if piece.strip(_EDGES).lower() in _CONJUNCTIONS)


@register("count:person_names")
class PersonNames(Constraint):
    """At least so many of fifty given names occur."""

    N: Annotated[int, Field(ge=0), Choices(range(2, 8))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Mention at least {N} of these names: {names}.",
        "From the following list, {N} or more names have to occur in your answer: {names}.",
    )
    claims_are_exact = True
    example: ClassVar[Example] = Example({"N": 2}, "Emma and Liam met.", "Emma met Emmanuel.")
    conflicts: ClassVar[tuple[str, ...]] = ("change_case:english_capital", "change_case:english_lowercase")

    @property
    def names(self) -> str:
        """The names to choose from."""
        return ", ".join(PERSON_NAMES)

    def check(self, text: Text) -> Verdict:
        return compare(self.found(text), "at least", self.N, "name")

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(N=nearest_bound(self.found(text), "at least"))

    def claims(self) -> Sequence[Claim]:
        return [Count("names", self.N)]

    def found(self, text: Text) -> int:
        """How many of the names occur."""
        # In the same case and as whole words: "Miami" is no Mia.
        return sum(1 for name, word in _NAMES if name in text.raw and word.search(text.raw))


@register("count:numbers")
class Numbers(Constraint):
    """There are exactly so many numbers, in digits."""

    N: Annotated[int, Field(ge=0), Choices(range(2, 9))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use exactly {N} numbers, written in digits.",
        "There should be {N} numbers in digits in your answer, no more and no fewer.",
    )
    claims_are_exact = True
    example: ClassVar[Example] = Example({"N": 2}, "From 3 to 1,000 birds.", "From 3 to many birds.")

    def check(self, text: Text) -> Verdict:
        # Without ASCII punctuation: "1,000", "3.5" and "1-2" are one number each, and so is the 2 of "w2".
        return exactly(len(_NUMBER.findall(text.bare)), self.N, "number")

    def nearest(self, text: Text) -> Constraint | None:
        found = len(_NUMBER.findall(text.bare))
        return self.try_replace(N=found) if found > 1 else None

    def claims(self) -> Sequence[Claim]:
        return [Count("numbers", self.N, self.N)]


@register("count:punctuation")
class Punctuation(Constraint):
    """Every standard punctuation mark occurs, and an interrobang."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use each of these punctuation marks at least once: . , ! ? ; : and the interrobang ?!",
        "Let every one of . , ! ? ; : appear somewhere, and ?! as well.",
    )
    example: ClassVar[Example] = Example(
        {}, "Wow?! One, two; three: four! Five? Six.", "Wow?! One, two; three: four."
    )
    conflicts: ClassVar[tuple[str, ...]] = (
        "punctuation:no_comma",
        "punctuation:punctuation_dot",
        "punctuation:punctuation_exclamation",
    )

    def check(self, text: Text) -> Verdict:
        rest = text.raw
        interrobang = next((mark for mark in ("?!", "!?", "‽") if mark in rest), None)
        if interrobang is None:
            return Verdict(False, "there is no interrobang")
        if interrobang != "‽":  # one is taken out, so that its marks do not count by themselves
            rest = rest.replace(interrobang, "", 1)
        missing = [mark for mark in ".,!?;:" if mark not in rest]
        return Verdict(not missing, f"missing: {' '.join(missing)}" if missing else "all marks occur")

    def nearness(self, text: Text) -> float:
        return share(mark in text.raw for mark in (*".,!?;:", "?!"))

    def flip(self, text: Text) -> Constraint | None:
        """Without a mark that most texts of some length have."""
        missing = next((mark for mark in ",:?!" if mark not in text.raw), None)
        return ~Contains(text=missing) if missing else None

    def claims(self) -> Sequence[Claim]:
        return [*map(ContainsText, ".,!?;:")]


@register("count:words_japanese")
class WordsJapanese(Constraint):
    """Every N-th word is in Japanese script."""

    N: Annotated[int, Field(ge=1), Choices(range(3, 11))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write every word whose position is a multiple of {N} in Japanese.",
        "One word in {N} has to be in Japanese, starting with word number {N}.",
    )
    composable = False  # a sound variant is (verifiers/hackable.py)
    example: ClassVar[Example] = Example({"N": 2}, "Good 朝 dear 友", "Good morning dear 友")
    no_hindsight = "nobody asks for Japanese words where they happen to be"

    def check(self, text: Text) -> Verdict:
        # Numbers and mere punctuation pass, Chinese too; fewer than N words have nothing to prove.
        for number, piece in enumerate(text.pieces[self.N - 1 :: self.N], start=1):
            word = piece.strip(_EDGES)
            if word and not word.isdigit() and not _JAPANESE.search(word):
                return Verdict(False, f"word {number * self.N} is {quoted(word)}")
        return Verdict(True, f"one word in {self.N} is Japanese")

    def nearness(self, text: Text) -> float:
        words = (piece.strip(_EDGES) for piece in text.pieces[self.N - 1 :: self.N])
        return share(not word or word.isdigit() or _JAPANESE.search(word) for word in words)


@register("count:pronouns")
class Pronouns(Constraint):
    """There are at least so many pronouns."""

    N: Annotated[int, Field(ge=0), Choices(range(10, 31, 5))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use at least {N} pronouns.",
        "Your answer should contain pronouns such as she, your or this at least {N} times.",
    )
    claims_are_exact = True
    example: ClassVar[Example] = Example({"N": 3}, "I know that she rows.", "I know the rower.")

    def check(self, text: Text) -> Verdict:
        return compare(self.found(text), "at least", self.N, "pronoun")

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(N=nearest_bound(self.found(text), "at least", trivial=min(4, self.N // 2)))

    def claims(self) -> Sequence[Claim]:
        return [Count("pronouns", self.N)]

    def found(self, text: Text) -> int:
        """How many pronouns there are."""
        # As tokens, so that "it's" has one; "she/her" has two.
        tokens = Text(text.raw.replace("/", " ").lower()).tokens
        return sum(1 for token in tokens if token in PRONOUNS)


@register("count:keywords_multiple")
class KeywordsMultiple(Constraint):
    """Five keywords occur once, twice, three, five and seven times."""

    keyword1: Annotated[str, Field(min_length=1)]
    keyword2: Annotated[str, Field(min_length=1)]
    keyword3: Annotated[str, Field(min_length=1)]
    keyword4: Annotated[str, Field(min_length=1)]
    keyword5: Annotated[str, Field(min_length=1)]

    phrasings: ClassVar[tuple[str, ...]] = (
        'Use the word "{keyword1}" once, "{keyword2}" twice, "{keyword3}" three times, "{keyword4}" five '
        'times and "{keyword5}" seven times.',
        'These words have to occur exactly this often: "{keyword1}" once, "{keyword2}" twice, '
        '"{keyword3}" 3 times, "{keyword4}" 5 times, "{keyword5}" 7 times.',
    )
    example: ClassVar[Example] = Example(
        {f"keyword{n}": word for n, word in enumerate(("a", "bee", "cow", "dog", "elk"), start=1)},
        "a, bee bee, cow cow cow, dog dog dog dog dog, elk elk elk elk elk elk elk",
        "a bee cow dog elk",
    )
    claims_are_exact = True

    def check(self, text: Text) -> Verdict:
        counts = [
            (word, text.lower.count(word.lower()), times)
            for word, times in zip(self._keywords, _TIMES, strict=True)
        ]
        wrong = [
            f'"{word}" {count(found, "time")}, not {times}' for word, found, times in counts if found != times
        ]
        return Verdict(
            not wrong, f"found {enumerate_words(wrong)}" if wrong else "each occurs as often as it should"
        )

    def nearness(self, text: Text) -> float:
        counts = zip(self._keywords, _TIMES, strict=True)
        return mean(closeness(text.lower.count(word.lower()), times, times) for word, times in counts)

    def flip(self, text: Text) -> Constraint | None:
        return ForbiddenWords.missing(self._keywords, text)

    def claims(self) -> Sequence[Claim]:
        words = [(word.lower(), times) for word, times in zip(self._keywords, _TIMES, strict=True)]
        counts = [Count(f"occurrences {word}", times, times) for word, times in words]
        return [*counts, *(ContainsText(word, times) for word, times in words)]

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """Of five different words."""
        return cls(**{f"keyword{n}": word for n, word in enumerate(rng.sample(WORDS, 5), start=1)})

    @property
    def _keywords(self) -> tuple[str, ...]:
        return self.keyword1, self.keyword2, self.keyword3, self.keyword4, self.keyword5
