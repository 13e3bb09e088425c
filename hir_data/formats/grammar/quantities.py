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

    @property
    def bounds(self) -> dict[str, int | None]:
        """The bounds, by the names that parameters of kinds have."""
        return {"min": self.least, "max": self.most}


_RELATIONS: frozenset[GrammarKind] = frozenset({"least", "most", "exactly", "more", "less", "between"})
_NEGATED: dict[GrammarKind, GrammarKind] = {"more": "most", "less": "least"}
_REACH = 9
"""How many tokens a relation may stand before its number."""
_LINKS = set(
    """of is be are must should shall can may will to the a an than at total number count limit only just kept
    in has have 数 數 的 须 須""".split()
)
"""What may stand between a unit and its number behind it: "the number of rows should be 3"."""
_ENDS_NOUN = set(
    """for of the to in with as that which because since so while long is are be must should
    and or , . : ; ( )""".split()
)


def quantities(tokens: Sequence[Token], unit: str | None = None) -> list[Quantity]:
    """The quantities of a sentence, in its order; numbers of things that are not units are left out.

    With ``unit`` those are found instead that end the sentence without one, as quantities of it.
    """
    found: list[Quantity] = []
    open_bound: _Bound | None = None  # the "at least 20" of "at least 20 and at most 30 words"
    read_to = -1  # what is said behind a number, "or fewer", says nothing of the next one
    for first, last in _numbers(tokens):
        if _counts_nothing(tokens, first):
            continue
        behind = _or_more(tokens, last)
        before = _relation(tokens, first, read_to)
        if unit is not None and last == len(tokens) - 1 and tokens[last].word not in ADVERBS:
            unit_at: int | None = last
        else:
            unit_at = _unit(tokens, first, behind.at if behind else last)
            if unit_at is None and found and _is_of_the_same(tokens, found[-1], first, last):
                unit_at = found[-1].unit_at
        if unit_at is None:
            open_bound = _Bound(before, last) if before and first == last else None
            continue
        name = unit or tokens[unit_at].word
        if first != last:
            low, high = sorted((_scaled(tokens[first], tokens[last]), tokens[last].value))
            found.append(Quantity(name, low, high, first, unit_at))
            continue
        if open_bound and before and _is_of_the_next(tokens, open_bound.at):
            bounds = _bounds(open_bound.relation, tokens[open_bound.at].value)
            found.append(Quantity(name, *bounds, open_bound.at, unit_at))
        open_bound = None
        behind = None if before else behind or _relation_behind(tokens, max(last, unit_at))
        relation = before or (behind.relation if behind else None)
        if relation is None and found and read_to < 0 and _is_listed_with(tokens, found[-1], first):
            relation = _bounds_kind(found[-1])  # "no more than 3 columns and 5 rows"
        relation = _RELATION_OF.get(tokens[first].word, relation)
        if tokens[first].word == "single" and _is_within(tokens, first):
            relation = "exactly"
        read_to = behind.at if behind else read_to
        found.append(Quantity(name, *_bounds(relation, tokens[first].value), first, unit_at))
    return found


def leaves_a_bound(tokens: Sequence[Token], found: Sequence[Quantity]) -> bool:
    """Whether a number with a relation counts something that is no unit: "at most 50 words and 3 emojis"."""
    read = {quantity.start for quantity in found}
    if any(token.kind == "if" for token in tokens):  # a condition, which bounds nothing
        return False
    return any(
        first not in read
        and tokens[first].word not in ADVERBS
        and _is_bounded(tokens, first)
        and not _counts_nothing(tokens, first)
        for first, last in _numbers(tokens)
        if first == last
    )


def _is_bounded(tokens: Sequence[Token], number: int) -> bool:
    """Whether a relation stands directly in front of a number, past words such as "a total of"."""
    at = number - 1
    while at > 0 and (tokens[at].word in _LINKS or tokens[at].kind == "not"):
        at -= 1
    return at >= 0 and tokens[at].kind in _RELATIONS - {"between"}


def _scaled(number: Token, other: Token) -> int:
    """The value of the first number of a range: 200 in "two to three hundred"."""
    for word, value in (("hundred", 100), ("thousand", 1000)):
        if word in other.word and word not in number.word and number.value < other.value // value:
            return number.value * value
    return number.value


_RELATION_OF: dict[str, GrammarKind] = {"multiple": "least"}


class _Bound(NamedTuple):
    """What is said of a number, and the last place among the tokens that says it."""

    relation: GrammarKind
    at: int


def _joins(between: Sequence[Token]) -> bool:
    """Whether the words between two numbers, such as "and at most", make them bounds of one thing."""
    joint = between[0].kind in ("and", "not") or between[0].word in (",", "but") if between else False
    return joint and len(between) <= 6 and any(token.kind in _RELATIONS for token in between)


def _or_more(tokens: Sequence[Token], last: int) -> _Bound | None:
    """What stands between a number and its unit: "or more" of "20 or more words"."""
    follows = tokens[last + 1 : last + 3]
    if [token.kind for token in follows[:1]] != ["or"] or follows[-1].kind not in ("more", "less"):
        return None
    return _Bound("least" if follows[-1].kind == "more" else "most", last + 2)


_JOINTS = set("that which with where who whose if has have must should is are".split())
"""Words behind which something else is spoken of."""
_POINTS_OUT = set("each every any this that which the no where another other".split())
_ABOUT = set("about roughly approximately around circa nearly almost ~".split())
_IN = set("in on into onto under over".split())


def _counts_nothing(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number bounds nothing: "each one", "where one column is", "in a single row", "about 50"."""
    word = tokens[at].word
    before = [token.word for token in tokens[max(0, at - 2) : at]]
    if before[-1:] and before[-1] in _ABOUT:
        return True
    if word == "one" or (word == "single" and before[-1:] in (["each"], ["every"])):
        return bool(before) and before[-1] in _POINTS_OUT
    follows = tokens[at + 1].word if at + 1 < len(tokens) else ""
    if word == "single":
        return follows in ("rows", "columns", "tables") and not _IN.isdisjoint(before)
    return before[-1:] in (["the"], ["these"], ["those"]) and not _is_bounded(tokens, at)  # "the two men"


def _is_within(tokens: Sequence[Token], at: int) -> bool:
    """Whether "within" stands in front of "a single sentence": it is no limit there."""
    return any(token.word == "within" for token in tokens[max(0, at - 2) : at])


def _is_listed_with(tokens: Sequence[Token], before: Quantity, first: int) -> bool:
    return tokens[first - 1].kind == "and" and before.unit_at >= first - 2


def _is_of_the_same(tokens: Sequence[Token], before: Quantity, first: int, last: int) -> bool:
    """Whether a number without a unit counts what the one before it does: "three levels and at least two".

    And not what the next one does, as the first of "at most 3 columns, and at least 2 and at most 5 rows".
    """
    ends = last + 1 == len(tokens) or tokens[last + 1].word in _ENDS_NOUN
    at = max(before.start, before.unit_at) + 1
    while at < first and (tokens[at].word == "of" or tokens[at].kind == "unit"):
        at += 1  # "levels of headings"
    if last + 1 < len(tokens) and tokens[last + 1].word != "," and _is_of_the_next(tokens, last):
        return False
    return ends and _joins(tokens[at:first])


def _is_of_the_next(tokens: Sequence[Token], last: int) -> bool:
    """Whether a number without a unit counts what the next one does: "at least 3 and at most 5 rows"."""
    for at in range(last + 1, min(last + 8, len(tokens))):
        if tokens[at].kind == "number":
            relations = {_relation(tokens, last, -1), _relation(tokens, at, last)}
            is_other_bound = relations == {"least", "most"}
            return is_other_bound and _joins(tokens[last + 1 : at]) and _unit_behind(tokens, at) is not None
    return False


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
    for joint in range(at + 1, min(at + 5, len(tokens) - 1)):
        kind = tokens[joint].kind
        if kind == "to" or (
            kind == "and" and any(token.kind == "between" for token in tokens[max(0, at - 4) : at])
        ):
            return joint + 1 if tokens[joint + 1].kind == "number" else at
        if kind == "or" and joint == at + 1 and tokens[joint + 1].kind == "number":
            return joint + 1  # "one or two sentences"
        if kind not in ("unit", "word"):
            break
    return at


def _unit(tokens: Sequence[Token], first: int, last: int) -> int | None:
    """The place of the unit of a number: behind it, past a few adjectives, or before it."""
    behind = _unit_behind(tokens, last)
    if behind is not None:
        return behind
    for at in range(first - 1, max(first - _REACH, -1), -1):
        token = tokens[at]
        if token.kind == "unit":
            is_subject = any(before.word in ("each", "every") for before in tokens[max(at - 2, 0) : at])
            return None if token.word in _CONTAINERS or is_subject else at
        if token.kind not in _RELATIONS | {"not", "to"} and token.word not in _LINKS:
            break
    return None


_CONTAINERS = {"tables", "json", "xml"}
"""What has so many of something, and is not counted itself."""


def _unit_behind(tokens: Sequence[Token], last: int) -> int | None:
    for at in range(last + 1, min(last + 5, len(tokens))):
        token = tokens[at]
        if token.kind == "unit":
            follows = tokens[at + 1] if at + 1 < len(tokens) else None
            is_part = token.word not in ("rows", "columns")  # "two-column table"
            if is_part and follows and follows.kind == "unit" and token.word != follows.word:
                continue  # "two heading levels", "nesting levels"
            return at
        if token.word in _ENDS_NOUN or token.kind == "number":
            break
    return None


def _relation(tokens: Sequence[Token], number: int, read_to: int) -> GrammarKind | None:
    """What is said of a number before it, and behind a place."""
    for at in range(number - 1, max(number - _REACH, read_to), -1):
        token = tokens[at]
        if token.kind in _RELATIONS:
            if not _is_negated(tokens, at):
                return token.kind
            opposite = {"more": "less", "less": "more"}.get(token.kind)
            before = [earlier.kind for earlier in tokens[max(0, read_to + 1, at - 4) : at]]
            if opposite in before and "number" not in before:
                return "exactly"  # "no more and no less than 20"
            return _NEGATED.get(token.kind, token.kind)
        if token.kind in ("number", "quoted") or token.word in (".", ",", ";"):
            return None
    return None


def _relation_behind(tokens: Sequence[Token], unit_at: int) -> _Bound | None:
    """What is said of a number behind it: "10 words or fewer", "2 levels of headings at the least"."""
    for at in range(unit_at + 1, min(unit_at + 6, len(tokens))):
        token = tokens[at]
        if token.kind in ("more", "less") and tokens[at - 1].kind == "or":
            return _Bound("least" if token.kind == "more" else "most", at)
        if token.kind in ("least", "most", "exactly"):
            is_of_the_next = at + 1 < len(tokens) and tokens[at + 1].kind == "number"
            return None if is_of_the_next else _Bound(token.kind, at)
        if token.kind not in ("word", "unit", "or") or token.word in _JOINTS:
            return None
    return None


def _is_negated(tokens: Sequence[Token], at: int) -> bool:
    for before in range(at - 1, max(at - 5, -1), -1):
        token = tokens[before]
        if token.kind == "not":
            return True
        is_subject = token.kind == "unit" and before > 0 and tokens[before - 1].word == "no"  # "no line may"
        if token.kind != "word" and not is_subject:
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
