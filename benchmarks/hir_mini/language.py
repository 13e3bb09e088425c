"""A language of a dozen words, and ten kinds of constraints on what is said in it.

The kinds are registered as anybody's own would be (docs/own-kinds.md). An instruction is a handful of them
that a hidden text satisfies, so that each can be followed, if not easily.
"""

import functools
from collections.abc import Iterator, Sequence
from random import Random
from typing import Annotated, Literal, get_args

from pydantic import Field

import hir_data as hir
from hir_data.schemas.claims import Boundary, Claim, ContainsText, Count, ExcludesText
from hir_data.schemas.drawing import Choices

Word = Literal["ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen", "jay", "koi", "owl", "pig"]
WORDS: tuple[Word, ...] = get_args(Word)
LONGEST = 8  # words
QUESTION = "write"


def after(word: str, among: Sequence[str]) -> str | None:
    """The next one of some words in alphabetical order, the first one behind the last."""
    return min(among, key=lambda other: (other <= word, other), default=None)


class OneWord(hir.Constraint):
    """Something is asked of one word."""

    word: Word


class Bound(hir.Constraint):
    """A number has a bound."""

    number: Annotated[int, Field(ge=1, le=LONGEST)]


@hir.register("mini:first")
class First(OneWord):
    """The first word is a certain one."""

    phrasings = ("first {word}", "begin {word}")
    example = hir.Example({"word": "ant"}, "ant bee", "bee ant")
    claims_are_exact = True

    def check(self, text: hir.Text) -> hir.Verdict:
        """Whether it is."""
        return hir.Verdict(text.pieces[0] == self.word, f"first word: {text.pieces[0]}, wanted {self.word}")

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

    def check(self, text: hir.Text) -> hir.Verdict:
        """Whether it is."""
        return hir.Verdict(text.pieces[-1] == self.word, f"last word: {text.pieces[-1]}, wanted {self.word}")

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

    def check(self, text: hir.Text) -> hir.Verdict:
        """Whether it does."""
        return hir.Verdict(self.word in text.pieces, f"wanted {self.word}")

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """A word that occurs."""
        return self.try_replace(word=after(self.word, text.pieces))

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """Without the word."""
        return Without(word=self.word)

    def claims(self) -> Sequence[Claim]:
        """That it occurs."""
        return [ContainsText(self.word)]


@hir.register("mini:without")
class Without(OneWord):
    """A word does not occur."""

    phrasings = ("without {word}", "avoid {word}")
    example = hir.Example({"word": "ant"}, "bee bee", "bee ant")
    claims_are_exact = True

    def check(self, text: hir.Text) -> hir.Verdict:
        """Whether it is not there."""
        return hir.Verdict(self.word not in text.pieces, f"wanted no {self.word}")

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """A word that is not there."""
        return self.try_replace(word=after(self.word, [word for word in WORDS if word not in text.pieces]))

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """With the word."""
        return Contains(word=self.word)

    def claims(self) -> Sequence[Claim]:
        """That it is not there."""
        return [ExcludesText(self.word)]


@hir.register("mini:twice")
class Twice(OneWord):
    """A word occurs twice or more."""

    phrasings = ("twice {word}", "repeat {word}")
    example = hir.Example({"word": "ant"}, "ant bee ant", "bee ant")
    claims_are_exact = True

    def check(self, text: hir.Text) -> hir.Verdict:
        """Whether it does."""
        found = text.pieces.count(self.word)
        return hir.Verdict(found >= 2, f"{self.word}: found {found}, wanted at least 2")

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """A word that does."""
        return self.try_replace(word=after(self.word, [w for w in text.pieces if text.pieces.count(w) > 1]))

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """Not at all, where it does not even occur once."""
        return Without(word=self.word)

    def claims(self) -> Sequence[Claim]:
        """How often it occurs."""
        return [ContainsText(self.word, times=2)]


@hir.register("mini:before")
class Before(OneWord):
    """Two words occur, and the first of one stands before the first of the other."""

    then: Word

    phrasings = ("order {word} {then}", "{word} before {then}")
    example = hir.Example({"word": "ant", "then": "bee"}, "ant cat bee", "bee ant")

    def check(self, text: hir.Text) -> hir.Verdict:
        """Whether both are there, in this order."""
        words = text.pieces
        ordered = (
            self.word in words and self.then in words and words.index(self.word) < words.index(self.then)
        )
        return hir.Verdict(ordered, f"wanted {self.word} before {self.then}")

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """Two words that stand in their order: those asked for, as far as they occur."""
        order = list(dict.fromkeys(text.pieces))
        if self.word in order[:-1]:
            return self.try_replace(then=after(self.then, order[order.index(self.word) + 1 :]))
        if self.then in order[1:]:
            return self.try_replace(word=after(self.word, order[: order.index(self.then)]))
        return self.try_replace(word=order[0], then=order[-1])

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

    def check(self, text: hir.Text) -> hir.Verdict:
        """Whether there are."""
        return hir.Verdict(len(text.pieces) >= self.number, f"{len(text.pieces)} words")

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """As many as there are."""
        return self.try_replace(number=len(text.pieces))

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """Fewer."""
        return Most(number=self.number - 1)

    def claims(self) -> Sequence[Claim]:
        """How many there are."""
        return [Count("words", least=self.number)]


@hir.register("mini:most")
class Most(Bound):
    """There are so many words or fewer."""

    number: Annotated[int, Field(ge=1, le=LONGEST - 1), Choices(range(4, LONGEST))]

    phrasings = ("most {number}", "max {number}")
    example = hir.Example({"number": 2}, "bee ant", "bee ant cat")
    claims_are_exact = True

    def check(self, text: hir.Text) -> hir.Verdict:
        """Whether there are."""
        return hir.Verdict(len(text.pieces) <= self.number, f"{len(text.pieces)} words")

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """As many as there are."""
        return self.try_replace(number=len(text.pieces))

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """More."""
        return Least(number=self.number + 1)

    def claims(self) -> Sequence[Claim]:
        """How many there are."""
        return [Count("words", most=self.number)]


@hir.register("mini:varied")
class Varied(Bound):
    """There are so many different words or more."""

    number: Annotated[int, Field(ge=2, le=LONGEST), Choices(range(3, LONGEST))]

    phrasings = ("varied {number}", "different {number}")
    example = hir.Example({"number": 2}, "bee ant", "bee bee")
    claims_are_exact = True

    def check(self, text: hir.Text) -> hir.Verdict:
        """Whether there are."""
        found = len(set(text.pieces))
        return hir.Verdict(found >= self.number, f"{found} different words, wanted at least {self.number}")

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """As many as there are."""
        return self.try_replace(number=len(set(text.pieces)))

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """Fewer."""
        return Plain(number=self.number - 1)

    def claims(self) -> Sequence[Claim]:
        """How many there are, and that they are words."""
        return [Count("different words", least=self.number), Count("words", least=self.number)]


@hir.register("mini:plain")
class Plain(Bound):
    """There are so many different words or fewer."""

    number: Annotated[int, Field(ge=1, le=LONGEST - 1), Choices(range(3, LONGEST))]

    phrasings = ("plain {number}", "alike {number}")
    example = hir.Example({"number": 2}, "bee ant bee", "bee ant cat")
    claims_are_exact = True

    def check(self, text: hir.Text) -> hir.Verdict:
        """Whether there are."""
        found = len(set(text.pieces))
        return hir.Verdict(found <= self.number, f"{found} different words, wanted at most {self.number}")

    def nearest(self, text: hir.Text) -> hir.Constraint | None:
        """As many as there are."""
        return self.try_replace(number=len(set(text.pieces)))

    def flip(self, text: hir.Text) -> hir.Constraint | None:
        """More."""
        return Varied(number=self.number + 1)

    def claims(self) -> Sequence[Claim]:
        """How many there are."""
        return [Count("different words", most=self.number)]


KINDS = (First, Last, Contains, Without, Twice, Before, Least, Most, Varied, Plain)


def random_text(rng: Random) -> str:
    """A text of a few words, some of which come again."""
    words = rng.sample(WORDS, rng.randint(3, 8))
    return " ".join(rng.choices(words, k=rng.randint(3, LONGEST)))


def instructions(seed: str, size: int) -> Iterator[tuple[hir.Instruction, str]]:
    """Instructions of so many constraints, each with the hidden text that satisfies it, without end.

    The constraints are drawn as people would ask for them, each of another kind, and kept if the text
    satisfies them and they go together.
    """
    rng = Random(seed)
    while True:
        text = hir.Text(random_text(rng))
        constraints: list[hir.Constraint] = []
        for kind in rng.sample(KINDS, len(KINDS)):
            one = _one_that_holds(kind, text, rng)
            if one and len(constraints) < size and all(_together(one, other) for other in constraints):
                constraints.append(one)
        if len(constraints) == size:
            yield instruction(constraints, rng), text.raw


def instruction(constraints: Sequence[hir.Constraint], rng: Random) -> hir.Instruction:
    """An instruction that states its constraints in phrasings drawn at random."""
    criteria = tuple(each.describe(rng.randrange(2)) for each in constraints)
    return hir.Instruction(
        prompt=hir.present(QUESTION, criteria, "lines"),
        constraints=tuple(constraints),
        question=QUESTION,
        criteria=criteria,
        presentation="lines",
    )


def _one_that_holds(kind: type[hir.Constraint], text: hir.Text, rng: Random) -> hir.Constraint | None:
    values = _values(kind)
    drawn = (rng.choice(values) for _ in range(30))
    return next((each for each in drawn if each.check(text).satisfied), None)


@functools.cache
def _values(kind: type[hir.Constraint]) -> list[hir.Constraint]:
    """Constraints of a kind, as often as people would ask for them."""
    rng = Random(kind.kind)
    return [each for _ in range(500) if (each := kind.sample(rng))]


@functools.lru_cache(maxsize=1 << 18)
def _together(one: hir.Constraint, other: hir.Constraint) -> bool:
    return not hir.conflicts([one, other])
