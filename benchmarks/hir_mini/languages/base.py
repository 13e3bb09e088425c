"""What the two languages share: constraints on words, and instructions that a hidden text satisfies."""

import functools
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any, NamedTuple, Self

import hir_data as hir

QUESTION = "write"


class Language(NamedTuple):
    """A made-up language and what is asked in it.

    Attributes:
        name: in commands and files.
        words: all of them.
        longest: words of a text, at most.
        kinds: of constraints.
        size: constraints of an instruction; each is of another kind.
        random_text: draws a text.
        slots: words of a constraint's phrasing, at most.
    """

    name: str
    words: tuple[str, ...]
    longest: int
    kinds: tuple[type["WordConstraint"], ...]
    size: int
    random_text: Callable[[Random], str]
    slots: int


class WordConstraint(hir.Constraint):
    """A constraint whose equal instances are mostly one object, which makes comparing them fast."""

    def try_replace(self, **changes: Any) -> Self | None:
        """The same constraint with other values, as :meth:`hir.Constraint.try_replace`."""
        # What is cached for all kinds comes back as the kind that it is of.
        return _replaced(self, tuple(changes.items()))

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))


@functools.lru_cache(maxsize=1 << 16)
def _replaced(constraint: WordConstraint, changes: tuple[tuple[str, Any], ...]) -> hir.Constraint | None:
    other = hir.Constraint.try_replace(constraint, **dict(changes))
    return None if other is None else interned(other)


@functools.lru_cache(maxsize=1 << 16)
def interned(constraint: hir.Constraint) -> hir.Constraint:
    """The first constraint that was equal to this one."""
    return constraint


@functools.lru_cache(maxsize=1 << 16)
def cached(kind: type[hir.Constraint], value: Any) -> hir.Constraint:
    """A constraint of a kind with one parameter, always the same object."""
    return interned(kind(**{next(iter(kind.model_fields)): value}))


@functools.lru_cache(maxsize=1 << 16)
def opposite(constraint: hir.Constraint) -> hir.Constraint:
    """Anything but the constraint, always the same object."""
    return ~constraint


def after(word: str, among: Sequence[str]) -> str | None:
    """The next of some words in alphabetical order, the first one behind the last; None if there is none."""
    return min(among, key=lambda other: (other <= word, other), default=None)


def repeated(words: Sequence[str], times: int) -> list[str]:
    """The words that occur so many times or more."""
    return [word for word in dict.fromkeys(words) if words.count(word) >= times]


def nearest_order(constraint: Any, words: Sequence[str]) -> hir.Constraint | None:
    """Two words that stand in their order: ``word`` or ``then`` of the constraint, as far as one occurs."""
    order = list(dict.fromkeys(words))
    if constraint.word in order[:-1]:
        return constraint.try_replace(then=after(constraint.then, order[order.index(constraint.word) + 1 :]))
    if constraint.then in order[1:]:
        return constraint.try_replace(word=after(constraint.word, order[: order.index(constraint.then)]))
    return constraint.try_replace(word=order[0], then=order[-1])


def in_order(word: str, then: str, words: Sequence[str]) -> bool:
    """Whether both occur, the first ``word`` before the first ``then``."""
    return word in words and then in words and words.index(word) < words.index(then)


def instructions(language: Language, seed: str) -> Iterator[tuple[hir.Instruction, str]]:
    """Instructions, each with the hidden text that satisfies it, without end.

    The constraints are drawn as people would ask for them, and kept if the text satisfies them and they go
    together.
    """
    rng = Random(seed)
    while True:
        text = hir.Text(language.random_text(rng))
        constraints: list[hir.Constraint] = []
        for kind in rng.sample(language.kinds, len(language.kinds)):
            one = _one_that_holds(kind, text, rng)
            if (
                one
                and len(constraints) < language.size
                and all(_together(one, other) for other in constraints)
            ):
                constraints.append(one)
        if len(constraints) == language.size:
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


def shortened(asked: hir.Instruction, rng: Random, most: int) -> hir.Instruction:
    """An instruction with one to ``most`` of its constraints, in another order and other words."""
    size = rng.randint(1, min(most, len(asked.constraints)))
    return instruction(rng.sample(asked.constraints, size), rng)


def _one_that_holds(kind: type[WordConstraint], text: hir.Text, rng: Random) -> hir.Constraint | None:
    values = _values(kind)
    drawn = (rng.choice(values) for _ in range(60))
    return next((each for each in drawn if each.check(text)), None)


@functools.cache
def _values(kind: type[WordConstraint]) -> list[hir.Constraint]:
    """Constraints of a kind, as often as people would ask for them."""
    rng = Random(kind.kind)
    return [interned(each) for _ in range(500) if (each := kind.sample(rng))]


@functools.lru_cache(maxsize=1 << 18)
def _together(one: hir.Constraint, other: hir.Constraint) -> bool:
    return not hir.conflicts([one, other])
