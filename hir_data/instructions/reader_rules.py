"""Claims as a reader takes them: a word is a word, whatever the definition that counts it.

Proofs (:mod:`hir_data.instructions.clash_rules`) go by the checks, to which "at least 9 words" and "at most 2
words" may be about two things. Whoever reads both sees a contradiction, and in "at most 350 words" beside
"less than 340 words" the same thing said twice.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from hir_data.instructions.measures import told
from hir_data.schemas.claims import Boundary, Claim, Count, UnitEdge, WholeFormat

_UNITS = ("words", "sentences", "paragraphs", "characters")
_NAMED = (*_UNITS, "sections")  # "sections Part", "sections Day"

# So many of the first take at least so many of the second, in texts that people write: the number for each.
_TAKES: dict[tuple[str, str], float] = {
    ("sentences", "words"): 3,
    ("paragraphs", "sentences"): 1,
    ("paragraphs", "words"): 3,
    ("words", "sentences"): 1 / 80,
    ("sections", "sentences"): 1,
    ("sections", "words"): 4,
    ("words", "letters"): 2.5,
    ("words", "characters"): 3,
    ("letters", "characters"): 1,
    ("letters", "words"): 1 / 9,
    ("characters", "words"): 1 / 12,
    ("characters", "letters"): 0.5,
    ("sentences", "letters"): 8,
    ("sentences", "characters"): 10,
    ("different words", "words"): 1,
    ("pronouns", "words"): 3,
    ("words", "lower-case words"): 0.4,
}


def _unit(claim: Count) -> str:
    """What a reader takes a measure to count."""
    name = claim.of.split(" ", 1)[0]
    return name if name in _NAMED and claim.of != "paragraphs line" else claim.of


def _enough(above: Count, unit: str) -> float:
    """How many of a unit a text has at least that has as many as a claim says, as people write."""
    own = _unit(above)
    return above.least if unit == own else above.least * _TAKES.get((own, unit), 0)


def _counts(one: Count, other: Count) -> str | None:
    for above, below in ((one, other), (other, one)):
        if below.most is not None and _enough(above, _unit(below)) > below.most:
            return f"{told(above)} and {told(below)}"
    return None


def _unit_edges(one: UnitEdge, other: UnitEdge) -> str | None:
    """A paragraph starts as its first sentence does."""
    if one.at != other.at or "sentence" not in (one.unit, other.unit) or one.text == other.text:
        return None
    return f"each {one.unit} and each {other.unit} {one.at}s with another word"


def _unit_edge_and_boundary(edge: UnitEdge, boundary: Boundary) -> str | None:
    """The response starts as its first sentence and its first paragraph do, and ends as its last sentence."""
    if edge.at != boundary.at or edge.unit == "paragraph":
        return None
    words = re.findall(r"[\w'’-]+", boundary.text.lower())
    if not words:  # a mark, such as that of a quotation
        return None
    word = words[0] if edge.at == "start" else words[-1]
    return None if word == edge.text else f'"{boundary.text}" does not {edge.at} with the word "{edge.text}"'


def _unit_edge_and_form(edge: UnitEdge, form: WholeFormat) -> str | None:
    return f"{form.form} has no sentences"


def _count_and_form(count: Count, form: WholeFormat) -> str | None:
    prose = _unit(count) in ("sentences", "paragraphs", "sections", "placeholders")
    return f"{form.form} has no {_unit(count)}" if prose and (count.least > 1 or count.most) else None


_RULES: dict[tuple[type, type], Callable[..., str | None]] = {
    (Count, Count): _counts,
    (UnitEdge, UnitEdge): _unit_edges,
    (UnitEdge, Boundary): _unit_edge_and_boundary,
    (UnitEdge, WholeFormat): _unit_edge_and_form,
    (Count, WholeFormat): _count_and_form,
}


def clash(one: Sequence[Claim], other: Sequence[Claim]) -> str | None:
    """Why a reader sees a contradiction between the claims of two constraints; None where none is known."""
    return next(filter(None, _reasons(itertools.product(one, other))), None)


def _reasons(pairs: Iterable[tuple[Claim, Claim]]) -> Iterator[str | None]:
    for one, other in pairs:
        for first, second in ((one, other), (other, one)):
            if rule := _RULES.get((type(first), type(second))):
                yield rule(first, second)


def said_twice(one: Sequence[Claim], other: Sequence[Claim]) -> str | None:
    """What two constraints both say to a reader: the same form, or two bounds of a thing on the same side."""
    for first, second in itertools.product(one, other):
        match first, second:
            case WholeFormat(form), WholeFormat(same) if form == same:
                return f"both ask for {form}"
            case Count(), Count() if _unit(first) == _unit(second) and _unit(first) in _UNITS:
                bounded = [(claim.least > 1, claim.most is not None) for claim in (first, second)]
                if any(map(all, zip(*bounded, strict=True))):
                    return f"{told(first)} and {told(second)}"
    return None
