"""Parts of an answer of which nobody knows whether they count.

"Word 4 of sentence 1" beside a title, "exactly 3 paragraphs" beside a table: whoever reads both has to ask
whether the title is a sentence and the table a paragraph. Nothing is contradictory about it, and nobody would
ask for both.
"""

from collections.abc import Iterator, Sequence

from hir_data.instructions.reader_rules import unit_of
from hir_data.instructions.shape_rules import BLOCKS, HEADS, LISTS
from hir_data.schemas.claims import Claim, Count, HasElement, Layout, SentenceRule, UnitEdge, WordAt

_TITLE = "a title in brackets"
_MARKED_WORDS = frozenset(
    {"each word in brackets", "pairs of words in brackets", "hyphens between sentences"}
)
_UNCLEAR: dict[str, frozenset[str]] = {
    "the place of a word": _MARKED_WORDS | {_TITLE, "sections", "a template"},
    "the place of a word, marks counted": _MARKED_WORDS
    | HEADS
    | {"sections", "a template", "highlighted parts", "placeholders", "a quotation"},
    "words to a sentence, marks counted": frozenset({"highlighted parts", "placeholders"}),
    "the number of each word": HEADS | {"placeholders", "a quotation", "a list", "emojis"},
    "words two by two": frozenset({"emojis"}),
    "at most so many": frozenset({"two responses"}),
    "a number of sentences": BLOCKS | LISTS | {"a list"},
    "a number of paragraphs": BLOCKS | LISTS | {_TITLE, "a postscript"},
    "a paragraph by its place": BLOCKS | LISTS | HEADS | _MARKED_WORDS,
    "the ends of a paragraph": BLOCKS | HEADS | {"bullet points", "a postscript", "dividers", "paragraphs"},
    "each sentence": LISTS | {_TITLE, "a template", "a list"},
    "one sentence beside another": LISTS | {_TITLE, "a template"},
    "kinds of sentences": BLOCKS | LISTS | {_TITLE, "a list", "a postscript"},
    "the ends of the answer": BLOCKS | HEADS | _MARKED_WORDS,
    "the last words": BLOCKS,
}
"""By what is counted or named: the parts that may or may not belong to it."""


def unclear(one: Sequence[Claim], other: Sequence[Claim]) -> str | None:
    """Which part one constraint asks for, where it is not clear whether the other one counts it."""
    return next(_unclear(one, other), None) or next(_unclear(other, one), None)


def _unclear(counting: Sequence[Claim], adding: Sequence[Claim]) -> Iterator[str]:
    parts = {part for claim in adding for part in _parts(claim)}
    for counted in (name for claim in counting for name in _counted(claim)) if parts else ():
        for part in sorted(parts & _UNCLEAR[counted]):
            yield f"whether {part} belongs to {counted}"


def _parts(claim: Claim) -> Iterator[str]:
    """The parts that a claim asks for."""
    match claim:
        case HasElement(element):
            yield element
        case Layout(form):
            yield form
        case Count("paragraphs between ***"):
            yield "dividers"
        case Count("paragraphs", least, most) if least == most:
            yield "paragraphs"
        case Count(_, least) if least:
            unit = unit_of(claim)
            if unit in ("sections", "placeholders", "emojis"):
                yield unit


def _counted(claim: Claim) -> Iterator[str]:
    """What a claim counts, or names by its place."""
    match claim:
        case HasElement("Japanese words"):
            yield "the number of each word"
        case WordAt(word=None) | WordAt(marks=False):
            yield "the place of a word" if claim.sentence > 0 else "the last words"
        case WordAt():
            yield "the place of a word, marks counted"
        case Layout("paragraphs of equal sentences"):
            yield "words to a sentence, marks counted"
        case Layout("pairs of words in brackets"):
            yield "words two by two"
        case Count(_, _, most) if most is not None:
            yield "at most so many"
            if (unit := unit_of(claim)) in ("sentences", "paragraphs"):
                yield f"a number of {unit}"
        case UnitEdge(_, "first paragraph" | "paragraph", text):
            yield "a paragraph by its place" if text else "the ends of a paragraph"
        case UnitEdge(_, "answer", None):
            yield "the ends of the answer"
        case SentenceRule(rule):
            yield _SENTENCES.get(rule, "one sentence beside another")


_SENTENCES = {
    "one first word": "each sentence",
    "one last word": "each sentence",
    "sentences that end with an emoji": "each sentence",
    "statements and questions": "kinds of sentences",
    "statements, questions and exclamations": "kinds of sentences",
}
