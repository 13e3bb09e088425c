"""Lengths, and counts of letters, that hardly anybody would ask for together.

Both can be kept, but not by what people write: there is hardly any room between the two, or one of them says
nothing beside the other.
"""

from hir_data.instructions.measures import told
from hir_data.instructions.reader_rules import TAKES, bounds_clash, unit_of
from hir_data.schemas.claims import Count
from hir_data.text.letter_shares import LETTER_SHARES

USUALLY_TAKES: dict[tuple[str, str], float] = TAKES | {
    ("sentences", "words"): 7,
    ("paragraphs", "words"): 15,
    ("paragraphs", "sentences"): 1.5,
    ("sections", "paragraphs"): 1.5,
    ("words", "sentences"): 1 / 30,
    ("words", "characters"): 5.5,
    ("characters", "words"): 1 / 7,
    ("sentences", "characters"): 45,
    ("characters", "sentences"): 1 / 220,
    ("sections", "sentences"): 2,
    ("sections", "words"): 15,
    ("bullet points", "sentences"): 1,
    ("bullet points", "words"): 5,
    ("bullet points", "characters"): 25,
    ("sections", "characters"): 80,
    ("sentences", "letters"): 35,
    ("bullet points", "letters"): 20,
    ("paragraphs", "letters"): 65,
    ("sections", "letters"): 65,
    ("paragraphs", "characters"): 80,
    ("different words", "words"): 1.5,
    ("different words", "letters"): 5,
    ("different words", "characters"): 8,
    ("pronouns", "words"): 5,
    ("names", "words"): 8,
    ("different conjunctions", "words"): 8,
    ("capital words", "words"): 3,
    ("words", "lower-case words"): 0.7,
    ("different words", "lower-case words"): 0.7,
    ("letters", "lower-case words"): 0.15,
    ("characters", "lower-case words"): 0.12,
    ("pronouns", "letters"): 20,
    ("pronouns", "characters"): 25,
    ("names", "characters"): 40,
}
"""So many of the first take so many of the second, in texts as most people write them."""


_ROOM = 1.2  # times the lower bound, at least, for an upper one that another constraint sets


def unusual_counts(one: Count, other: Count) -> str | None:
    """Hard to keep both, hardly any room between the two, or one of them idle beside the other."""
    if reason := bounds_clash(one, other, USUALLY_TAKES) or _letters_and_length(one, other):
        return reason
    for above, below in ((one, other), (other, one)):
        if below.most is None:
            continue
        if unit_of(above) == unit_of(below) and above.least * _ROOM > below.most:
            return f"{told(above)} and {told(below)} leave hardly any room"
        if unit_of(above) == unit_of(below) and below.least == below.most:
            return f"{told(above)} where there are {told(below)}"
        # A section has a heading, of which nobody knows if it is a paragraph.
        if unit_of(above) == "sections" and unit_of(below) == "paragraphs" and above.least:
            return f"{told(above)} where there are {told(below)}"
        # Of the larger thing there are no more than of the smaller one, so that this bound says nothing.
        if above.most is not None and (unit_of(above), unit_of(below)) in _INSIDE and above.most > below.most:
            return f"{told(above)} beside {told(below)}"
    return None


_INSIDE = {
    ("paragraphs", "sentences"), ("sections", "sentences"), ("sentences", "words"),
    ("lower-case words", "words"), ("capital words", "words"), ("words", "letters"),
}  # fmt: skip


LETTERS = {
    "words": 4.5,
    "different words": 5.0,
    "letters": 1.0,
    "characters": 0.78,
    "sentences": 35.0,
    "paragraphs": 70.0,
    "table cells": 4.0,
}


def _letters_and_length(one: Count, other: Count) -> str | None:
    """A letter that is far rarer, or far more common, than in other texts of that length."""
    for letter, length in ((one, other), (other, one)):
        share = LETTER_SHARES.get(letter.of.removeprefix("letter "), 0) / 100
        of_one = LETTERS.get(unit_of(length), 0) * share
        rare = letter.most is not None and letter.most < length.least * of_one * 0.6
        common = length.most is not None and of_one and letter.least > max(length.most * of_one * 1.5, 3)
        if letter.of != length.of and (rare or common):
            return f"{told(letter)} and {told(length)}"
    return None
