"""Constraints in English: values as a reader wants them written, orders as parts of sentences."""

import re
from collections.abc import Sequence
from typing import Any


class Wording(dict[str, Any]):
    """The values that a phrasing asks for, as a reader would want them written."""

    def __init__(self, constraint: object) -> None:
        self.constraint = constraint

    def __missing__(self, name: str) -> Any:
        value = getattr(self.constraint, name)
        if isinstance(value, tuple):
            return enumerate_words([f'"{item}"' for item in value])
        return _Number(value) if type(value) is int else str(value)


class _Number(int):
    """A number that a phrasing can give a unit: ``{num_words:word}`` is "1 word" or "2 words"."""

    def __format__(self, unit: str) -> str:
        if not unit:
            return str(int(self))
        if unit == "time" and self in (1, 2):
            return "once" if self == 1 else "twice"
        return number_of(int(self), unit)


def number_of(number: int, noun: str, plural: str | None = None) -> str:
    """A number with what it counts: "1 record", "2 records".

    Args:
        number: how many.
        noun: what one of them is called.
        plural: what several are called, where that is not the noun with an s: "1 entry", "2 entries".
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def clause(sentence: str) -> str:
    """A sentence as a part of another one: without its full stop, and small where it starts with a word."""
    sentence = sentence.strip().removesuffix(".")
    first = re.match(r"[A-Z][a-z]*\b(?!\.)", sentence)
    return sentence[0].lower() + sentence[1:] if first and first.group() != "I" else sentence


def sentence(clause: str) -> str:
    """A clause as a sentence of its own."""
    ended = clause.rstrip('"').endswith((".", "!", "?"))
    return f"{clause[:1].upper()}{clause[1:]}" + ("" if ended else ".")


def enumerate_words(items: Sequence[str], conjunction: str = "and") -> str:
    """Items as a list in a sentence: "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}"
