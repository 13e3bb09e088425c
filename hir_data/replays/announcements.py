"""Numbers that a response announces, "Here are the five ideas", and that its instruction or itself belies."""

import functools
import re

from hir_data.replays.traces import words_of
from hir_data.schemas.constraint import Constraint
from hir_data.text.numerals import in_words
from hir_data.text.text import Text


def announces(constraint: Constraint, text: Text, rest: str) -> str | None:
    """Where a response announces a number that the constraint asks for and the rest of the prompt does not.

    "Here are the five ideas" is explained by an instruction that asks for five, and by no other.
    """
    numbers = _numbers_stated(constraint)
    announced = _announced(text.raw) if numbers else ()
    known = {*words_of(rest)} if announced else set()
    for said, words in announced:
        for number in numbers:
            names = {str(number), *in_words(number)[:1]}
            if said in names and not names & known:
                return words
    return None


@functools.lru_cache(maxsize=1 << 10)
def _numbers_stated(constraint: Constraint) -> frozenset[int]:
    """The whole numbers from two on that a prompt has to mention."""
    values = constraint.stated().values()
    return frozenset(value for value in values if type(value) is int and value > 1)


@functools.lru_cache(maxsize=4)
def _announced(text: str) -> tuple[tuple[str, str], ...]:
    """The numbers that a text may announce, in lower case, and with what words."""
    if not text.isascii():
        return tuple((found["number"].lower(), found.group()) for found in _ANNOUNCED.finditer(text))
    # Where case need not be ignored it is found several times as fast.
    each = _ANNOUNCED_IN_LOWER_CASE.finditer(text.lower())
    return tuple((found["number"], text[found.start() : found.end()]) for found in each)


def miscounts(text: Text) -> str | None:
    """Where a response announces a list and a number of items that the one list in it does not have."""
    may_announce = not text.raw.isascii() or "here are " in text.lower or "here is " in text.lower
    found = _LIST_ANNOUNCED.search(text.raw) if may_announce else None
    if found is None:
        return None
    said = found["number"].lower()
    number = int(said) if said.isdecimal() else _NUMBERS.get(said)
    after = text.raw[found.end() :]
    items = [sum(1 for _ in pattern.finditer(after)) for pattern in _ITEMS]
    has_one_list = sum(1 for each in items if each) == 1
    return found.group().strip() if number and has_one_list and max(items) not in (1, number) else None


_NUMBERS = {in_words(number)[0]: number for number in range(2, 21)}
_LIST_ANNOUNCED = re.compile(
    r"\bhere (?:are|is) (?:the |my |your |some |a list of )?(?P<number>\d{1,2}|[a-z]+) [^.!?\n]{0,80}:?\s*\n",
    re.IGNORECASE,
)
_ITEMS = (
    re.compile(r"^\d{1,2}[.)]\s", re.MULTILINE),
    re.compile(r"^[*•-]\s", re.MULTILINE),
    re.compile(r"^#{1,4}\s", re.MULTILINE),
)
_ANNOUNCED = re.compile(
    r"(?:\b(?:here (?:are|is)|following|below (?:are|is)|these|list of|top|exactly|all|total of|in)\s)"
    r"(?:(?:the|my|your|a list of|some|of|just|only)\s)*"
    r"(?P<number>\d+|[a-z]+)(?=[\s-][a-z])",
    re.IGNORECASE,
)
_ANNOUNCED_IN_LOWER_CASE = re.compile(_ANNOUNCED.pattern)
