"""Bounds that say nothing beside another constraint, in texts as people write them.

A bound is idle where the other constraint makes it true of nearly every text: 5 sections hold 3 sentences,
120 words hold 400 letters, and in 6 sentences there are no 7 paragraphs. The ratios are those of texts in
which the one is rare beside the other, and so on the safe side, but never below the ``TAKES`` of
:mod:`hir_data.instructions.reader_rules`, which hold of any text.
"""

from collections.abc import Mapping, Sequence

from hir_data.instructions.length_taste import LETTERS
from hir_data.instructions.measures import told
from hir_data.instructions.reader_rules import unit_of
from hir_data.schemas.claims import (
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    HasElement,
    Layout,
    Roughly,
    WholeFormat,
)
from hir_data.text.letter_shares import LETTER_SHARES

_HOLDS: dict[tuple[str, str], float] = {
    ("words", "letters"): 3.4,
    ("words", "characters"): 4.5,
    ("words", "sentences"): 1 / 45,
    ("words", "different words"): 0.35,
    ("words", "lower-case words"): 0.5,
    ("words", "capitalised words"): 1 / 40,
    ("letters", "words"): 1 / 7,
    ("letters", "capitalised words"): 1 / 200,
    ("characters", "words"): 1 / 8,
    ("characters", "letters"): 0.7,
    ("characters", "sentences"): 1 / 260,
    ("characters", "capitalised words"): 1 / 220,
    ("sentences", "words"): 5,
    ("sentences", "letters"): 20,
    ("sentences", "capitalised words"): 0.8,
    ("paragraphs", "sentences"): 1,
    ("paragraphs", "words"): 10,
    ("paragraphs", "letters"): 40,
    ("paragraphs", "capitalised words"): 1,
    ("sections", "sentences"): 1,
    ("sections", "paragraphs"): 1,
    ("sections", "words"): 10,
    ("sections", "capitalised words"): 1,
    ("bullet points", "sentences"): 1,
    ("bullet points", "words"): 3,
    ("different words", "words"): 1,
    ("different words", "letters"): 3.5,
    ("lower-case words", "words"): 1,
    ("names", "capitalised words"): 1,
}
"""Where there are so many of the first, there are at least this many times so many of the second."""

_REACHES: dict[tuple[str, str], float] = {
    ("sentences", "paragraphs"): 1,
    ("sentences", "sections"): 1,
    ("sentences", "words"): 40,
    ("sentences", "letters"): 200,
    ("sentences", "characters"): 250,
    ("paragraphs", "sections"): 1,
    ("words", "sentences"): 1 / 4,
    ("words", "paragraphs"): 1 / 10,
    ("words", "letters"): 6.5,
    ("words", "characters"): 8,
    ("words", "lower-case words"): 0.95,
    ("words", "different words"): 0.8,
    ("words", "capital words"): 0.5,
    ("letters", "words"): 1 / 3.5,
    ("letters", "characters"): 1.5,
    ("letters", "lower-case words"): 1 / 3.5,
    ("characters", "words"): 1 / 4.5,
    ("characters", "letters"): 0.85,
    ("lower-case words", "words"): 2,
    ("lower-case words", "letters"): 10,
}
"""Where there are so many of the first, there are at most this many times so many of the second."""


def idle(one: Sequence[Claim], other: Sequence[Claim]) -> str | None:
    """Which bound of one of two constraints says nothing beside the other one; None where none is known."""
    return _beside(one, other) or _beside(other, one) or _two_sizes(_only_count(one), _only_count(other))


def _two_sizes(one: Count | None, other: Count | None) -> str | None:
    if one is None or other is None:
        return None
    units = {unit_of(one), unit_of(other)}
    both = len(units) == 1 or units <= {"words", "characters", "letters"}
    return f"{told(one)} and {told(other)} are two bounds of one thing" if both else None


def _beside(claims: Sequence[Claim], others: Sequence[Claim]) -> str | None:
    bound = _only_count(claims)
    if bound is None or Layout("no white space") in others:  # that is one word only to some definitions
        return None
    for other in others:
        match other:
            case Count() | Roughly() if _is_idle(bound, Count(other.of, other.least, other.most)):
                return f"{told(bound)} says nothing beside {told(Count(other.of, other.least, other.most))}"
            case ExcludesText(word) if bound.of == f"occurrences {word.strip().lower()}" and not bound.least:
                return f"{told(bound)} says nothing where the answer must not contain it"
            case Layout("paragraphs of equal sentences") if unit_of(bound) in _LENGTHS:
                return f"{told(bound)} where {other.form} have a length"
            case WholeFormat(form) if form in ("json", "csv", "xml", "toml") and _quotations(bound):
                return f"{told(bound)} in {form}"
            case HasElement("nested quotations") if _quotations(bound) and bound.least <= 2:
                return f"{told(bound)} beside {other.element}"
    return None


_LENGTHS = (
    "words",
    "sentences",
    "paragraphs",
    "characters",
    "letters",
    "lower-case words",
    "different words",
)


def _quotations(bound: Count) -> bool:
    return bound.of.startswith('matches of "')


def _only_count(claims: Sequence[Claim]) -> Count | None:
    """What a constraint counts, where it says nothing else: other counts may be implied, and not be read."""
    counts = [claim for claim in claims if isinstance(claim, Count)]
    rest = [claim for claim in claims if not isinstance(claim, Count | ContainsText)]
    return counts[0] if len(counts) == 1 and not rest else None


def _is_idle(bound: Count, other: Count) -> bool:
    """Whether an end of a bound, or an exact number, leaves out no text that the other one lets through."""
    below = bound.least > 0 and _at_least(other, unit_of(bound), _HOLDS) >= bound.least
    above = bound.most is not None and _at_most(other, unit_of(bound), _REACHES) <= bound.most
    return (below and above) if bound.least == bound.most else (below or above)


def _at_least(count: Count, unit: str, holds: Mapping[tuple[str, str], float]) -> float:
    own = unit_of(count)
    if unit.startswith("letter "):
        return count.least * LETTERS.get(own, 0) * LETTER_SHARES.get(unit[-1], 0) / 100 * _RARE
    return count.least * holds.get((own, unit), 0)


def _at_most(count: Count, unit: str, reaches: Mapping[tuple[str, str], float]) -> float:
    if count.most is None:
        return float("inf")
    own = unit_of(count)
    if unit.startswith("letter "):
        of_one = LETTERS.get(own, 0) * LETTER_SHARES.get(unit[-1], 0) / 100
        return (
            count.most * of_one * _COMMON
            if of_one and own in ("words", "letters", "characters")
            else float("inf")
        )
    return count.most * reaches.get((own, unit), float("inf"))


_RARE = 0.55
_COMMON = 1.5
"""Of a letter, of the share that it has in English: so much less, and so much more, is still usual."""
