"""How many of what: the quantities in a sentence, such as "no more than 50 words" or "3 to 5 rows"."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hir_data.formats.grammar.tokens import ADVERBS, GrammarKind, Token


class Quantity(NamedTuple):
    """A number of something between bounds.

    Attributes:
        unit: what is counted, one of the values of ``tokens.UNITS``.
        least: the lower bound, None where it is open.
        most: the upper bound, likewise.
        start: the place of its first number among the tokens.
        unit_at: the place of its unit.
    """

    unit: str
    least: int | None
    most: int | None
    start: int
    unit_at: int


_RELATIONS: frozenset[GrammarKind] = frozenset({"least", "most", "exactly", "more", "less", "between"})
_NEGATED: dict[GrammarKind, GrammarKind] = {"more": "most", "less": "least"}
_REACH = 9
"""How many tokens a relation may stand before its number."""
_LINKS = set(
    """of is be are must should shall can may will to the a an than at total number count limit only just kept
    in has have 数 數 的 须 須""".split()
)
"""What may stand between a unit and its number behind it: "the number of rows should be 3"."""
_ENDS_NOUN = set("for of the to in with as that which is are be must should and or , . : ; ( )".split())


def quantities(tokens: Sequence[Token], unit: str | None = None) -> list[Quantity]:
    """The quantities of a sentence, in its order; numbers of things that are not units are left out.

    With ``unit`` those are found instead that end the sentence without one, as quantities of it.
    """
    found: list[Quantity] = []
    for first, last in _numbers(tokens):
        if _counts_nothing(tokens, first):
            continue
        unit_at = _unit(tokens, first, last)
        if unit_at is None and found and _is_of_the_same(tokens, found[-1], first, last):
            unit_at = found[-1].unit_at
        if unit is not None and last == len(tokens) - 1 and tokens[last].word not in ADVERBS:
            unit_at = last
        if unit_at is None:
            continue
        low, high = sorted((tokens[first].value, tokens[last].value))
        if first != last:
            found.append(Quantity(unit or tokens[unit_at].word, low, high, first, unit_at))
            continue
        relation = _relation(tokens, first) or _relation_behind(tokens, max(last, unit_at))
        if tokens[first].word == "multiple":
            relation = "least"
        elif tokens[first].word == "single" and _is_within(tokens, first):
            relation = "exactly"
        if relation is None and found and tokens[first - 1].kind == "and" and found[-1].unit_at >= first - 2:
            relation = _bounds_kind(found[-1])  # "no more than 3 columns and 5 rows"
        found.append(Quantity(unit or tokens[unit_at].word, *_bounds(relation, low), first, unit_at))
    return found


_POINTS_OUT = set("each every any this that which the no where another other".split())
_IN = set("in on into onto under over".split())


def _counts_nothing(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word for a number is none here: "each one", "where one column is ...", "in a single row"."""
    word = tokens[at].word
    before = [token.word for token in tokens[max(0, at - 2) : at]]
    if word == "one":
        return bool(before) and before[-1] in _POINTS_OUT
    follows = tokens[at + 1].word if at + 1 < len(tokens) else ""
    return word == "single" and follows in ("rows", "columns", "tables") and not _IN.isdisjoint(before)


def _is_within(tokens: Sequence[Token], at: int) -> bool:
    """Whether "within" stands in front of "a single sentence": it is no limit there."""
    return any(token.word == "within" for token in tokens[max(0, at - 2) : at])


def _is_of_the_same(tokens: Sequence[Token], before: Quantity, first: int, last: int) -> bool:
    """Whether a number without a unit counts what the one before it does: "three levels and at least two"."""
    ends = last + 1 == len(tokens) or tokens[last + 1].word in _ENDS_NOUN
    between = tokens[max(before.start, before.unit_at) + 1 : first]
    joined = bool(between) and (between[0].kind in ("and", "to") or between[0].word in (",", "but"))
    bounded = any(token.kind in _RELATIONS for token in between)
    return ends and joined and bounded and len(between) <= 5


def _numbers(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The places of each number; of a range, those of its two numbers."""
    at = 0
    while at < len(tokens):
        if tokens[at].kind == "number":
            last = _range_end(tokens, at)
            yield at, last
            at = last
        at += 1


def _range_end(tokens: Sequence[Token], at: int) -> int:
    """The place of the second number of a range that begins here, or this place if none does."""
    for joint in range(at + 1, min(at + 4, len(tokens) - 1)):
        kind = tokens[joint].kind
        if kind == "to" or (
            kind == "and" and any(token.kind == "between" for token in tokens[max(0, at - 4) : at])
        ):
            return joint + 1 if tokens[joint + 1].kind == "number" else at
        if kind != "unit":
            break
    return at


def _unit(tokens: Sequence[Token], first: int, last: int) -> int | None:
    """The place of the unit of a number: behind it, past a few adjectives, or before it."""
    for at in range(last + 1, min(last + 5, len(tokens))):
        token = tokens[at]
        if token.kind == "unit":
            follows = tokens[at + 1] if at + 1 < len(tokens) else None
            if follows and follows.kind == "unit" and token.word != follows.word:
                continue  # "two heading levels", "nesting levels"
            return at
        if token.word in _ENDS_NOUN or token.kind == "number":
            break
    for at in range(first - 1, max(first - _REACH, -1), -1):
        token = tokens[at]
        if token.kind == "unit":
            return at
        if token.kind not in _RELATIONS | {"not", "to"} and token.word not in _LINKS:
            break
    return None


def _relation(tokens: Sequence[Token], number: int) -> GrammarKind | None:
    """What is said of a number before it."""
    for at in range(number - 1, max(number - _REACH, -1), -1):
        token = tokens[at]
        if token.kind in _RELATIONS:
            return _NEGATED.get(token.kind, token.kind) if _is_negated(tokens, at) else token.kind
        if token.kind in ("number", "quoted") or token.word in (".", ",", ";"):
            return None
    return None


def _relation_behind(tokens: Sequence[Token], unit_at: int) -> GrammarKind | None:
    """What is said of a number behind it: "10 words or fewer", "10 words at most"."""
    for at in range(unit_at + 1, min(unit_at + 4, len(tokens))):
        token = tokens[at]
        if token.kind in ("more", "less") and tokens[at - 1].kind == "or":
            return "least" if token.kind == "more" else "most"
        if token.kind in ("least", "most"):
            return token.kind
    return None


def _is_negated(tokens: Sequence[Token], at: int) -> bool:
    for before in range(at - 1, max(at - 5, -1), -1):
        token = tokens[before]
        if token.kind == "not":
            return True
        if token.kind != "word":
            return False
    return False


def _bounds(relation: GrammarKind | None, number: int) -> tuple[int | None, int | None]:
    match relation:
        case "least":
            return number, None
        case "most":
            return None, number
        case "more":
            return number + 1, None
        case "less":
            return None, max(number - 1, 0)
    return number, number


def _bounds_kind(quantity: Quantity) -> GrammarKind:
    if quantity.least is None:
        return "most"
    return "exactly" if quantity.most is not None else "least"
