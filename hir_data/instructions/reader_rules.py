"""Claims as a reader takes them: a word is a word, whatever the definition that counts it.

Proofs (:mod:`hir_data.instructions.clash_rules`) go by the checks, to which "at least 9 words" and "at most 2
words" may be about two things. Whoever reads both sees a contradiction, and in "at most 350 words" beside
"less than 340 words" the same thing said twice.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from hir_data.instructions.measures import told
from hir_data.instructions.shape_rules import SHAPES
from hir_data.schemas.claims import (
    Boundary,
    Claim,
    Count,
    ExcludesText,
    Roughly,
    SentenceRule,
    UnitEdge,
    WholeFormat,
    WordAt,
)

Rules = dict[tuple[type, type], Callable[..., str | None]]

_UNITS = ("words", "sentences", "paragraphs", "characters")
_NAMED = (*_UNITS, "sections")  # "sections Part", "sections Day"

# So many of the first take at least so many of the second, in texts that people write: the number for each.
TAKES: dict[tuple[str, str], float] = {
    ("sentences", "words"): 3,
    ("paragraphs", "sentences"): 1,
    ("paragraphs", "words"): 3,
    ("words", "sentences"): 1 / 80,
    ("sections", "sentences"): 1,
    ("sections", "paragraphs"): 1,
    ("bullet points", "sentences"): 1,
    ("bullet points", "words"): 1,
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


def unit_of(claim: Count) -> str:
    """What a reader takes a measure to count."""
    name = claim.of.split(" ", 1)[0]
    return name if name in _NAMED and claim.of != "paragraphs line" else claim.of


def _counts(one: Count, other: Count) -> str | None:
    return bounds_clash(one, other, TAKES)


def bounds_clash(one: Count, other: Count, takes: Mapping[tuple[str, str], float]) -> str | None:
    """Where a text has at least as many of one thing as a claim says: whether it has too many of another."""
    for above, below in ((one, other), (other, one)):
        own, unit = unit_of(above), unit_of(below)
        each = 1 if own == unit else takes.get((own, unit), 0)
        if below.most is not None and above.least * each > below.most:
            return f"{told(above)} and {told(below)}"
    return None


def _unit_edges(one: UnitEdge, other: UnitEdge) -> str | None:
    """A paragraph starts as its first sentence does, and the answer as both."""
    if one.at != other.at or one.text == other.text:
        return None
    units = {one.unit, other.unit}
    known = one.text is not None and other.text is not None
    if "sentence" in units or (known and (units == {"answer"} or units == {"answer", "first paragraph"})):
        return f"the {one.unit} and the {other.unit} {one.at} with different words"
    return None


def _unit_edge_and_boundary(edge: UnitEdge, boundary: Boundary) -> str | None:
    """The response starts as its first sentence and its first paragraph do, and ends as its last sentence."""
    if edge.unit == "sentence" and edge.at == "start" and boundary.at == "end":
        first = re.match(r"[A-Z][\w'’-]*", boundary.text)  # of a sentence, not of the rest of one
        other = first and len(boundary.text.split()) > 1 and first.group().lower() != edge.text
        return f'"{boundary.text}" is a sentence that starts with another word' if other else None
    if edge.at != boundary.at or edge.unit == "paragraph":
        return None
    if edge.text is None:
        own = edge.unit == "sentence" and edge.at == "end"
        return f'"{boundary.text}" is not how each sentence ends' if own else None
    words = re.findall(r"[\w'’-]+", boundary.text.lower())
    if not words:  # a mark, such as that of a quotation
        return None
    word = words[0] if edge.at == "start" else words[-1]
    return None if word == edge.text else f'"{boundary.text}" does not {edge.at} with the word "{edge.text}"'


def _unit_edge_and_form(edge: UnitEdge, form: WholeFormat) -> str | None:
    return f"{form.form} has no sentences"


def _count_and_form(count: Count, form: WholeFormat) -> str | None:
    prose = unit_of(count) in ("sentences", "paragraphs", "sections", "placeholders")
    return f"{form.form} has no {unit_of(count)}" if prose and (count.least > 1 or count.most) else None


# What can hardly be left out of a form.
_SIGNS = {"json": ',:"', "csv": ",", "toml": "=", "xml": "<>", "quotation": '"'}


def _ban_and_form(ban: ExcludesText, form: WholeFormat) -> str | None:
    needed = ban.text.strip() in _SIGNS.get(form.form, "") and ban.text.strip()
    return f'{form.form} without "{ban.text}"' if needed else None


READING: Rules = {
    (Count, Count): _counts,
    (UnitEdge, UnitEdge): _unit_edges,
    (UnitEdge, Boundary): _unit_edge_and_boundary,
    (UnitEdge, WholeFormat): _unit_edge_and_form,
    (Count, WholeFormat): _count_and_form,
    (ExcludesText, WholeFormat): _ban_and_form,
    **SHAPES,
}
"""What a reader takes for a contradiction, by the claims that are compared."""


def clash(one: Sequence[Claim], other: Sequence[Claim]) -> str | None:
    """Why a reader sees a contradiction between the claims of two constraints; None where none is known."""
    return first_reason(READING, one, other)


def first_reason(rules: Rules, one: Sequence[Claim], other: Sequence[Claim]) -> str | None:
    """What the first rule that finds something says of a claim of one constraint and one of the other."""
    pairs = itertools.product(map(_counted, one), map(_counted, other))
    return next(filter(None, reasons(rules, pairs)), None)


def _counted(claim: Claim) -> Claim:
    return Count(claim.of, claim.least, claim.most) if isinstance(claim, Roughly) else claim


def reasons(rules: Rules, pairs: Iterable[tuple[Claim, Claim]]) -> Iterator[str | None]:
    """What rules say of pairs of claims, either way round."""
    for one, other in pairs:
        for first, second in ((one, other), (other, one)):
            if rule := rules.get((type(first), type(second))):
                yield rule(first, second)


def said_twice(one: Sequence[Claim], other: Sequence[Claim]) -> str | None:
    """What two constraints both say to a reader: the same form, or two bounds of a thing on the same side."""
    # "The word sea in sentence 3" takes three sentences, and does not ask for them.
    follows_only = any(isinstance(claim, WordAt | SentenceRule) for claim in (*one, *other))
    for first, second in itertools.product(one, other):
        match first, second:
            case WholeFormat(form), WholeFormat(same) if form == same:
                return f"both ask for {form}"
            case Count(), Count() if (
                unit_of(first) == unit_of(second) and unit_of(first) in _UNITS and not follows_only
            ):
                bounded = [(claim.least > 1, claim.most is not None) for claim in (first, second)]
                if any(map(all, zip(*bounded, strict=True))):
                    return f"{told(first)} and {told(second)}"
    return None
