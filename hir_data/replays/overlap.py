"""Whether two constraints of an instruction say one thing twice, or against each other."""

import itertools
import math
from collections.abc import Sequence
from functools import lru_cache

from hir_data.instructions.conflicts import conflicts
from hir_data.replays.information import OtherResponses
from hir_data.schemas.claims import Boundary, ContainsText, Count, ExcludesText
from hir_data.schemas.constraint import Constraint, check
from hir_data.text.text import Text

_TOGETHER = 8  # responses that have to satisfy the rest to say that it implies something
_ADDED = 0.5  # share of the least bits that a constraint has to add to each other one
_LENGTHS = frozenset({"words", "sentences", "characters", "letters"})
_UNITS = _LENGTHS | {"paragraphs"}


@lru_cache(maxsize=1 << 16)
def clash(one: Constraint, other: Constraint) -> bool:
    """Whether two constraints conflict, or a reader would find one thing asked for twice."""
    found = conflicts([one, other])
    if any(a.quoted_parameter and is_about_words(b) for a, b in ((one, other), (other, one))):
        # A request that is repeated states which words are asked for, so that these follow from it.
        return any(conflict.type != "redundant" for conflict in found)
    return bool(found) or (one.kind != "within" and other.kind != "within" and _says_twice(one, other))


def _says_twice(one: Constraint, other: Constraint) -> bool:
    """Whether both count one thing, state one end, or bound the length of the response on the same side.

    Two bounds of one kind, the least and the most, are said by two constraints where a range is asked for.
    """
    if _has(one, other) or _has(other, one) or _edges(one) & _edges(other):
        return True
    if units(one) & units(other) and not (one.kind == other.kind and is_range(one, other)):
        return True
    return any(
        (here.least and there.least) or (here.most is not None and there.most is not None)
        for here in _length_counts(one)
        for there in _length_counts(other)
    )


def _has(one: Constraint, other: Constraint) -> bool:
    """Whether all words that one constraint asks for stand in what the other says of the start or the end."""
    words = [claim.text.lower() for claim in one.claims() if isinstance(claim, ContainsText)]
    edges = [claim.text.lower() for claim in other.claims() if isinstance(claim, Boundary)]
    return bool(words and edges) and all(any(word in edge for edge in edges) for word in words)


def _edges(constraint: Constraint) -> frozenset[str]:
    """Which ends of the whole response the constraint states."""
    return frozenset(claim.at for claim in constraint.claims() if isinstance(claim, Boundary))


def is_range(one: Constraint, other: Constraint) -> bool:
    """Whether one of two constraints is the least and the other the most of a range."""
    least = [claim.least > 1 for claim in (*_counts(one), *_counts(other))]
    most = [claim.most is not None for claim in (*_counts(one), *_counts(other))]
    return sum(least) == sum(most) == 1


def is_either(one: Constraint, other: Constraint) -> bool:
    """Whether two constraints leave two neighbouring numbers of one thing: 5 or 6 sentences."""
    if one.kind != other.kind or units(one) != units(other) or not is_range(one, other):
        return False
    counts = [claim for each in (one, other) for claim in each.claims() if isinstance(claim, Count)]
    return any(
        here.most is not None and 0 <= here.most - there.least <= 1
        for here, there in itertools.permutations(counts, 2)
    )


@lru_cache(maxsize=1 << 12)
def units(constraint: Constraint) -> frozenset[str]:
    """What the constraint counts of the whole: sentences, words, paragraphs, whatever their definition."""
    return frozenset(claim.of.split()[0] for claim in _counts(constraint))


def is_about_length(constraint: Constraint) -> bool:
    """Whether the constraint bounds how long the response is, in any unit."""
    return bool(units(constraint))


def is_about_words(constraint: Constraint) -> bool:
    """Whether the constraint asks for words, or forbids some."""
    return any(isinstance(claim, ContainsText | ExcludesText) for claim in constraint.claims())


def has_words(text: str, constraints: Sequence[Constraint]) -> bool:
    """Whether all that constraints ask for is words, and a text has them."""
    return all(
        any(isinstance(claim, ContainsText) for claim in constraint.claims())
        and check(constraint, Text(text)).satisfied
        for constraint in constraints
    )


def _length_counts(constraint: Constraint) -> list[Count]:
    return [claim for claim in _counts(constraint) if claim.of.split()[0] in _LENGTHS]


def _counts(constraint: Constraint) -> list[Count]:
    """What the constraint counts, unless it says where a word is to be, or that there is any text."""
    claims = constraint.claims()
    if any(isinstance(claim, ContainsText) for claim in claims):
        return []
    return [
        claim
        for claim in claims
        if isinstance(claim, Count)
        and claim.of.split()[0] in _UNITS
        and (claim.least > 1 or claim.most is not None)
    ]


def adds(new: Constraint, known: Constraint, least: float, others: OtherResponses) -> bool:
    """Whether a constraint says something beside another one, as far as responses show."""
    if new.soft:  # a grade: nobody has judged the others
        return True
    before = others.satisfied(known)
    if before.bit_count() < _TOGETHER:
        return True
    share = (before & others.satisfied(new)).bit_count() / before.bit_count()
    return -math.log2(max(share, 1e-9)) >= _ADDED * min(least, 1.0)
