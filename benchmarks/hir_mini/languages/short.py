"""Texts of three to eight words out of twelve, and ten kinds of constraints that are mostly independent.

The opposite of a constraint is another kind that is asked for as often. The kinds are registered as
anybody's own would be (docs/tutorials/own-kinds.md).
"""

from collections.abc import Sequence
from random import Random
from typing import Annotated, Literal, get_args

from pydantic import Field

import hir_data as hir
from benchmarks.hir_mini.languages.base import (
    Language,
    WordConstraint,
    after,
    cached,
    in_order,
    nearest_order,
    repeated,
)
from hir_data.schemas.claims import Boundary, Claim, ContainsText, Count, ExcludesText
from hir_data.schemas.drawing import Choices

Word = Literal["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen", "jay", "koi", "owl", "pig"]
WORDS: tuple[Word, ...] = get_args(Word)
LONGEST = 8  # words
LENGTH = (
    "tokens"  # not "words": replay takes two bounds on words for one thing said twice; here both are asked
)


class OneWord(WordConstraint):
    """Something is asked of one word."""

    word: Word


class Bound(WordConstraint):
    """A number has a bound."""

    number: Annotated[int, Field(ge=1, le=LONGEST)]


@hir.register("mini:first")
class First(OneWord):
    """The first word is a certain one."""

    phrasings = ("first {word}", "begin {word}")
    example = hir.Example({"word": "ant"}, "ant bee", "bee ant")
    claims_are_exact = True

    def check(self, text: hir.Text) -> bool:
        """Whether it is."""
        return text.pieces[0] == self.word

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """The word that is first."""
        return self.try_replace(word=text.pieces[0])

    def claims(self) -> Sequence[Claim]:
        """Where it stands."""
        return [Boundary("start", self.word)]


@hir.register("mini:last")
class Last(OneWord):
    """The last word is a certain one."""

    phrasings = ("last {word}", "end {word}")
    example = hir.Example({"word": "ant"}, "bee ant", "ant bee")
    claims_are_exact = True

    def check(self, text: hir.Text) -> bool:
        """Whether it is."""
        return text.pieces[-1] == self.word

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """The word that is last."""
        return self.try_replace(word=text.pieces[-1])

    def claims(self) -> Sequence[Claim]:
        """Where it stands."""
        return [Boundary("end", self.word)]


@hir.register("mini:has")
class Contains(OneWord):
    """A word occurs."""

    phrasings = ("has {word}", "use {word}")
    example = hir.Example({"word": "ant"}, "bee ant", "bee bee")
    claims_are_exact = True

    def check(self, text: hir.Text) -> bool:
        """Whether it does."""
        return self.word in text.pieces

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """A word that occurs."""
        return self.try_replace(word=after(self.word, text.pieces))

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """Without the word."""
        return cached(Without, self.word)

    def claims(self) -> Sequence[Claim]:
        """That it occurs."""
        return [ContainsText(self.word)]


@hir.register("mini:without")
class Without(OneWord):
    """A word does not occur."""

    phrasings = ("without {word}", "avoid {word}")
    example = hir.Example({"word": "ant"}, "bee bee", "bee ant")
    claims_are_exact = True

    def check(self, text: hir.Text) -> bool:
        """Whether it is not there."""
        return self.word not in text.pieces

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """A word that is not there."""
        return self.try_replace(word=after(self.word, [word for word in WORDS if word not in text.pieces]))

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """With the word."""
        return cached(Contains, self.word)

    def claims(self) -> Sequence[Claim]:
        """That it is not there."""
        return [ExcludesText(self.word)]


@hir.register("mini:twice")
class Twice(OneWord):
    """A word occurs twice or more."""

    phrasings = ("twice {word}", "repeat {word}")
    example = hir.Example({"word": "ant"}, "ant bee ant", "bee ant")
    claims_are_exact = True

    def check(self, text: hir.Text) -> bool:
        """Whether it does."""
        return text.pieces.count(self.word) >= 2

    def nearness(self, text: hir.Text) -> float:
        """Half where it occurs once."""
        return text.pieces.count(self.word) / 2

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """A word that does."""
        return self.try_replace(word=after(self.word, repeated(text.pieces, 2)))

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """Not at all, where it does not even occur once."""
        return cached(Without, self.word)

    def claims(self) -> Sequence[Claim]:
        """How often it occurs."""
        return [ContainsText(self.word, times=2)]


@hir.register("mini:before")
class Before(OneWord):
    """Two words occur, and the first of one stands before the first of the other."""

    then: Word

    phrasings = ("order {word} {then}", "{word} before {then}")
    example = hir.Example({"word": "ant", "then": "bee"}, "ant cat bee", "bee ant")

    def check(self, text: hir.Text) -> bool:
        """Whether both are there, in this order."""
        return in_order(self.word, self.then, text.pieces)

    def nearness(self, text: hir.Text) -> float:
        """A third for each of the words that occurs."""
        return ((self.word in text.pieces) + (self.then in text.pieces)) / 3

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """Two words that stand in their order: those asked for, as far as they occur."""
        return nearest_order(self, text.pieces)

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """The other way round."""
        return self.try_replace(word=self.then, then=self.word)

    def claims(self) -> Sequence[Claim]:
        """That both occur."""
        return [ContainsText(self.word), ContainsText(self.then)]


@hir.register("mini:least")
class Least(Bound):
    """There are so many words or more."""

    number: Annotated[int, Field(ge=2, le=LONGEST), Choices(range(3, LONGEST))]

    phrasings = ("least {number}", "min {number}")
    example = hir.Example({"number": 2}, "bee ant", "bee")
    claims_are_exact = True

    def check(self, text: hir.Text) -> bool:
        """Whether there are."""
        return len(text.pieces) >= self.number

    def nearness(self, text: hir.Text) -> float:
        """Their share of the number."""
        return len(text.pieces) / self.number

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """As many as there are."""
        return self.try_replace(number=len(text.pieces))

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """Fewer."""
        return cached(Most, self.number - 1)

    def claims(self) -> Sequence[Claim]:
        """How many there are."""
        return [Count(LENGTH, least=self.number)]


@hir.register("mini:most")
class Most(Bound):
    """There are so many words or fewer."""

    number: Annotated[int, Field(ge=1, le=LONGEST - 1), Choices(range(4, LONGEST))]

    phrasings = ("most {number}", "max {number}")
    example = hir.Example({"number": 2}, "bee ant", "bee ant cat")
    claims_are_exact = True

    def check(self, text: hir.Text) -> bool:
        """Whether there are."""
        return len(text.pieces) <= self.number

    def nearness(self, text: hir.Text) -> float:
        """The number's share of them."""
        return self.number / len(text.pieces)

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """As many as there are."""
        return self.try_replace(number=len(text.pieces))

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """More."""
        return cached(Least, self.number + 1)

    def claims(self) -> Sequence[Claim]:
        """How many there are."""
        return [Count(LENGTH, most=self.number)]


@hir.register("mini:varied")
class Varied(Bound):
    """There are so many different words or more."""

    number: Annotated[int, Field(ge=2, le=LONGEST), Choices(range(3, LONGEST))]

    phrasings = ("varied {number}", "different {number}")
    example = hir.Example({"number": 2}, "bee ant", "bee bee")
    claims_are_exact = True

    def check(self, text: hir.Text) -> bool:
        """Whether there are."""
        return len(set(text.pieces)) >= self.number

    def nearness(self, text: hir.Text) -> float:
        """Their share of the number."""
        return len(set(text.pieces)) / self.number

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """As many as there are."""
        return self.try_replace(number=len(set(text.pieces)))

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """Fewer."""
        return cached(Plain, self.number - 1)

    def claims(self) -> Sequence[Claim]:
        """How many there are, and that they are words."""
        return [Count(f"different {LENGTH}", least=self.number), Count(LENGTH, least=self.number)]


@hir.register("mini:plain")
class Plain(Bound):
    """There are so many different words or fewer."""

    number: Annotated[int, Field(ge=1, le=LONGEST - 1), Choices(range(3, LONGEST))]

    phrasings = ("plain {number}", "alike {number}")
    example = hir.Example({"number": 2}, "bee ant bee", "bee ant cat")
    claims_are_exact = True

    def check(self, text: hir.Text) -> bool:
        """Whether there are."""
        return len(set(text.pieces)) <= self.number

    def nearness(self, text: hir.Text) -> float:
        """The number's share of them."""
        return self.number / len(set(text.pieces))

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """As many as there are."""
        return self.try_replace(number=len(set(text.pieces)))

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """More."""
        return cached(Varied, self.number + 1)

    def claims(self) -> Sequence[Claim]:
        """How many there are."""
        return [Count(f"different {LENGTH}", most=self.number)]


def random_text(rng: Random) -> str:
    """A text of a few words, some of which come again."""
    words = rng.sample(WORDS, rng.randint(3, 8))
    return " ".join(rng.choices(words, k=rng.randint(3, LONGEST)))


KINDS = (First, Last, Contains, Without, Twice, Before, Least, Most, Varied, Plain)
SHORT = Language("short", WORDS, LONGEST, KINDS, size=8, random_text=random_text, slots=3)
