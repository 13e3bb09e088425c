"""Claims as a reader takes them: a word is a word, whatever the definition that counts it.

Proofs (:mod:`hir_data.instructions.clash_rules`) go by the checks, to which "at least 9 words" and "at most 2
words" may be about two things. Whoever reads both sees a contradiction, and in "at most 350 words" beside
"less than 340 words" the same thing said twice.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from hir_data.instructions.measures import named, told
from hir_data.schemas.claims import (
    Boundary,
    Case,
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    HasElement,
    Language,
    UnitEdge,
    WholeFormat,
)

_Rules = dict[tuple[type, type], Callable[..., str | None]]

_UNITS = ("words", "sentences", "paragraphs", "characters")
_NAMED = (*_UNITS, "sections")  # "sections Part", "sections Day"

# So many of the first take at least so many of the second, in texts that people write: the number for each.
_TAKES: dict[tuple[str, str], float] = {
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


def _unit(claim: Count) -> str:
    """What a reader takes a measure to count."""
    name = claim.of.split(" ", 1)[0]
    return name if name in _NAMED and claim.of != "paragraphs line" else claim.of


def _counts(one: Count, other: Count) -> str | None:
    return _bounds_clash(one, other, _TAKES)


def _bounds_clash(one: Count, other: Count, takes: Mapping[tuple[str, str], float]) -> str | None:
    """Where a text has at least as many of one thing as a claim says: whether it has too many of another."""
    for above, below in ((one, other), (other, one)):
        own, unit = _unit(above), _unit(below)
        each = 1 if own == unit else takes.get((own, unit), 0)
        if below.most is not None and above.least * each > below.most:
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


# What can hardly be left out of a form.
_SIGNS = {"json": ',:"', "csv": ",", "quotation": '"'}


def _ban_and_form(ban: ExcludesText, form: WholeFormat) -> str | None:
    needed = ban.text.strip() in _SIGNS.get(form.form, "") and ban.text.strip()
    return f'{form.form} without "{ban.text}"' if needed else None


_RULES: _Rules = {
    (Count, Count): _counts,
    (UnitEdge, UnitEdge): _unit_edges,
    (UnitEdge, Boundary): _unit_edge_and_boundary,
    (UnitEdge, WholeFormat): _unit_edge_and_form,
    (Count, WholeFormat): _count_and_form,
    (ExcludesText, WholeFormat): _ban_and_form,
}


# ---------------------------------------------------------------------------------------------------------
# What can be done, and yet nobody would ask for

# The same as above, of texts as most people write them.
_USUALLY_TAKES: dict[tuple[str, str], float] = _TAKES | {
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
    ("paragraphs", "characters"): 80,
}


_ROOM = 1.2  # times the lower bound, at least, for an upper one that another constraint sets


def _unusual_counts(one: Count, other: Count) -> str | None:
    """Hard to keep both, hardly any room between the two, or one of them idle beside the other."""
    if reason := _bounds_clash(one, other, _USUALLY_TAKES):
        return reason
    for above, below in ((one, other), (other, one)):
        if below.most is None:
            continue
        if _unit(above) == _unit(below) and above.least * _ROOM > below.most:
            return f"{told(above)} and {told(below)} leave hardly any room"
        # Of the larger thing there are no more than of the smaller one, so that this bound says nothing.
        if above.most is not None and (_unit(above), _unit(below)) in _INSIDE and above.most > below.most:
            return f"{told(above)} beside {told(below)}"
    return None


_INSIDE = {("paragraphs", "sentences"), ("sections", "sentences"), ("sentences", "words")}


def _edge_and_few(edge: Boundary, count: Count) -> str | None:
    """A phrase to begin or to end with takes a sentence of the few that there may be."""
    few = _unit(count) == "sentences" and count.most is not None and count.most < _FEW
    return f'{told(count)} with "{edge.text}" among them' if few else None


_FEW = 3


def _edge_and_case(edge: Boundary, case: Case) -> str | None:
    return _in_other_case(edge.text, case)


def _mark_and_case(shown: HasElement, case: Case) -> str | None:
    return _in_other_case(shown.mark, case)


def _in_other_case(text: str, case: Case) -> str | None:
    """What a prompt quotes has the case in which it is quoted."""
    wanted = text.upper() if case.case == "upper" else text.lower()
    return None if text == wanted else f'"{text}" is not in {case.case} case'


def _two_ends(edge: Boundary, shown: HasElement) -> str | None:
    both = edge.at == "end" and shown.element == "a postscript"
    return f'{shown.element} at the end, and "{edge.text}"' if both else None


def _edge_and_count(edge: Boundary, count: Count) -> str | None:
    if reason := _edge_and_few(edge, count):
        return reason
    both = edge.at == "start" and _unit(count) == "sections" and count.least
    return f'{named(count.of)} from the start on, and "{edge.text}"' if both else None


def _same_word(one: ContainsText, other: ContainsText) -> str | None:
    return f'"{one.text}" twice' if one.text.lower() == other.text.lower() else None


_UNSPACED = ("zh", "ja", "th", "lo", "km", "my", "hi", "bn", "ne", "mr")
"""Languages without spaces between words, or with full stops of their own."""
_SPACED = ("words", "words whitespace", "sentences")


def _measure_abroad(language: Language, count: Count) -> str | None:
    foreign = language.code in _UNSPACED and count.of in _SPACED
    return f"{named(count.of)} in {language.code}" if foreign else None


def _abroad(language: Language, text: Boundary | ContainsText | ExcludesText) -> str | None:
    """Words are drawn in English."""
    words = [word for word in re.findall(r"[^\W\d_]+", text.text) if len(word) > 1 and word.isascii()]
    return f'"{words[0]}" in {language.code}' if words and language.code != "en" else None


def _counted_abroad(language: Language, count: Count) -> str | None:
    if reason := _measure_abroad(language, count):
        return reason
    word = count.of.removeprefix("occurrences ")
    return _abroad(language, ContainsText(word)) if word != count.of else None


_AWKWARD: _Rules = {
    (Count, Count): _unusual_counts,
    (Boundary, Case): _edge_and_case,
    (HasElement, Case): _mark_and_case,
    (Boundary, HasElement): _two_ends,
    (Boundary, Count): _edge_and_count,
    (ContainsText, ContainsText): _same_word,
    (Language, Boundary): _abroad,
    (Language, ContainsText): _abroad,
    (Language, ExcludesText): _abroad,
    (Language, Count): _counted_abroad,
}


def awkward(one: Sequence[Claim], other: Sequence[Claim]) -> str | None:
    """Why nobody would ask for both, although a text can be written; None where none is known."""
    return next(filter(None, _reasons(_AWKWARD, itertools.product(one, other))), None)


def clash(one: Sequence[Claim], other: Sequence[Claim]) -> str | None:
    """Why a reader sees a contradiction between the claims of two constraints; None where none is known."""
    return next(filter(None, _reasons(_RULES, itertools.product(one, other))), None)


def _reasons(rules: _Rules, pairs: Iterable[tuple[Claim, Claim]]) -> Iterator[str | None]:
    for one, other in pairs:
        for first, second in ((one, other), (other, one)):
            if rule := rules.get((type(first), type(second))):
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
