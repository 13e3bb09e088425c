"""Texts of five to fourteen words out of twenty-four, and ten kinds of constraints that depend on each other.

A text uses few words again and again, and so do its constraints: the first word may have to be the last one
and to come three times. What is asked for is rare, so that its opposite is true of nearly every text and says
nothing, as in real data; it is the plain ``do not``, which no prompt asks for of its own accord.
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
    in_order,
    nearest_order,
    opposite,
    repeated,
)
from hir_data.schemas.claims import Boundary, Claim, ContainsText, Count
from hir_data.schemas.drawing import Choices

# fmt: off
Word = Literal[
    "ash", "bay", "cob", "dew", "elm", "fig", "gum", "hay", "ivy", "jut", "kelp", "lime",
    "moss", "nut", "oak", "pear", "quay", "rye", "sage", "teak", "urn", "vine", "wad", "yew",
]
# fmt: on
WORDS: tuple[Word, ...] = get_args(Word)
LONGEST = 14  # words
LENGTH = "tokens"


class Rare(WordConstraint):
    """Something that few texts satisfy."""

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """Anything else."""
        return opposite(self)


class OneWord(Rare):
    """Something is asked of one word."""

    word: Word


@hir.register("long:open")
class Open(OneWord):
    """The first word is a certain one."""

    phrasings = ("open {word}", "start {word}")
    example = hir.Example({"word": "ash"}, "ash bay", "bay ash")
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


@hir.register("long:close")
class Close(OneWord):
    """The last word is a certain one."""

    phrasings = ("close {word}", "finish {word}")
    example = hir.Example({"word": "ash"}, "bay ash", "ash bay")
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


@hir.register("long:mirror")
class Mirror(Rare):
    """The last word is the first one; there is no value that another text could have."""

    phrasings = ("mirror", "circle back")
    example = hir.Example({}, "ash bay ash", "ash bay")

    def check(self, text: hir.Text) -> bool:
        """Whether it is, in a text of two words or more."""
        return len(text.pieces) > 1 and text.pieces[0] == text.pieces[-1]


@hir.register("long:has")
class Has(OneWord):
    """A word occurs."""

    phrasings = ("has {word}", "use {word}")
    example = hir.Example({"word": "ash"}, "bay ash", "bay bay")
    claims_are_exact = True

    def check(self, text: hir.Text) -> bool:
        """Whether it does."""
        return self.word in text.pieces

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """A word that occurs."""
        return self.try_replace(word=after(self.word, text.pieces))

    def claims(self) -> Sequence[Claim]:
        """That it occurs."""
        return [ContainsText(self.word)]


@hir.register("long:thrice")
class Thrice(OneWord):
    """A word occurs three times or more."""

    phrasings = ("thrice {word}", "insist {word}")
    example = hir.Example({"word": "ash"}, "ash bay ash ash", "bay ash ash")
    claims_are_exact = True

    def check(self, text: hir.Text) -> bool:
        """Whether it does."""
        return text.pieces.count(self.word) >= 3

    def nearness(self, text: hir.Text) -> float:
        """A third each time that it occurs."""
        return text.pieces.count(self.word) / 3

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """A word that does."""
        return self.try_replace(word=after(self.word, repeated(text.pieces, 3)))

    def claims(self) -> Sequence[Claim]:
        """How often it occurs."""
        return [ContainsText(self.word, times=3)]


@hir.register("long:double")
class Double(OneWord):
    """A word stands twice in a row."""

    phrasings = ("double {word}", "stutter {word}")
    example = hir.Example({"word": "ash"}, "ash ash bay", "ash bay ash")

    def check(self, text: hir.Text) -> bool:
        """Whether it does."""
        return any(pair == (self.word, self.word) for pair in zip(text.pieces, text.pieces[1:], strict=False))

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """A word that does."""
        pairs = zip(text.pieces, text.pieces[1:], strict=False)
        return self.try_replace(word=after(self.word, [word for word, other in pairs if word == other]))

    def claims(self) -> Sequence[Claim]:
        """That it occurs twice."""
        return [ContainsText(self.word, times=2)]


@hir.register("long:pair")
class Pair(OneWord):
    """A word stands directly before another one."""

    then: Word

    phrasings = ("pair {word} {then}", "{word} meets {then}")
    example = hir.Example({"word": "ash", "then": "bay"}, "cob ash bay", "ash cob bay")

    def check(self, text: hir.Text) -> bool:
        """Whether it does."""
        return any(pair == (self.word, self.then) for pair in zip(text.pieces, text.pieces[1:], strict=False))

    def nearness(self, text: hir.Text) -> float:
        """A third for each of the words that occurs."""
        return ((self.word in text.pieces) + (self.then in text.pieces)) / 3

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """The word behind this one, else the one before the other, else the first two."""
        words = text.pieces
        if self.word in words[:-1]:
            return self.try_replace(then=words[words.index(self.word) + 1])
        if self.then in words[1:]:
            return self.try_replace(word=words[words.index(self.then, 1) - 1])
        return self.try_replace(word=words[0], then=words[1]) if len(words) > 1 else None

    def claims(self) -> Sequence[Claim]:
        """That both occur."""
        return [ContainsText(self.word), ContainsText(self.then)]


@hir.register("long:order")
class Order(OneWord):
    """Two words occur, and the first of one stands before the first of the other."""

    then: Word

    phrasings = ("order {word} {then}", "{word} before {then}")
    example = hir.Example({"word": "ash", "then": "bay"}, "ash cob bay", "bay ash")

    def check(self, text: hir.Text) -> bool:
        """Whether both are there, in this order."""
        return in_order(self.word, self.then, text.pieces)

    def nearness(self, text: hir.Text) -> float:
        """A third for each of the words that occurs."""
        return ((self.word in text.pieces) + (self.then in text.pieces)) / 3

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """Two words that stand in their order: those asked for, as far as they occur."""
        return nearest_order(self, text.pieces)

    def claims(self) -> Sequence[Claim]:
        """That both occur."""
        return [ContainsText(self.word), ContainsText(self.then)]


@hir.register("long:length")
class Length(Rare):
    """There are exactly so many words."""

    number: Annotated[int, Field(ge=2, le=LONGEST), Choices(range(5, LONGEST + 1))]

    phrasings = ("length {number}", "exactly {number}")
    example = hir.Example({"number": 2}, "bay ash", "bay")
    claims_are_exact = True

    def check(self, text: hir.Text) -> bool:
        """Whether there are."""
        return len(text.pieces) == self.number

    def nearness(self, text: hir.Text) -> float:
        """The smaller number's share of the larger one."""
        found = len(text.pieces)
        return min(found, self.number) / max(found, self.number)

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """As many as there are."""
        return self.try_replace(number=len(text.pieces))

    def claims(self) -> Sequence[Claim]:
        """How many there are."""
        return [Count(LENGTH, least=self.number, most=self.number)]


@hir.register("long:few")
class Few(Rare):
    """There are so many different words or fewer."""

    number: Annotated[int, Field(ge=1, le=LONGEST - 1), Choices(range(2, 6))]

    phrasings = ("few {number}", "plain {number}")
    example = hir.Example({"number": 2}, "bay ash bay", "bay ash cob")
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

    def claims(self) -> Sequence[Claim]:
        """How many there are."""
        return [Count(f"different {LENGTH}", most=self.number)]


def random_text(rng: Random) -> str:
    """A text of a few words that come again; often it ends as it began, or has a word twice in a row."""
    words = rng.choices(rng.sample(WORDS, rng.randint(2, 5)), k=rng.randint(5, LONGEST))
    if rng.random() < 0.4:
        words[-1] = words[0]
    if rng.random() < 0.4:
        place = rng.randrange(1, len(words))
        words[place] = words[place - 1]
    return " ".join(words)


KINDS = (Open, Close, Mirror, Has, Thrice, Double, Pair, Order, Length, Few)
LONG = Language("long", WORDS, LONGEST, KINDS, size=5, random_text=random_text, slots=5)
