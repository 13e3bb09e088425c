"""What suits a question: no postscript in a poem, no five paragraphs for a yes or no.

A question is read by rules, in English: what it asks for (a poem, a letter, code, a fact, ...) and what it
states itself (a length, a format, a language). A constraint is read by its claims. Where a question is not
understood, everything suits it.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from hir_data.schemas.claims import (
    Boundary,
    Case,
    Count,
    ExcludesText,
    HasElement,
    Language,
    UnitEdge,
    WholeFormat,
)
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.drawing import CLOSINGS, OPENINGS
from hir_data.verifiers.ifeval.keywords import LANGUAGE_NAMES

Genre = Literal[
    "prose",
    "article",
    "story",
    "poem",
    "letter",
    "speech",
    "dialogue",
    "message",
    "code",
    "data",
    "short answer",
]
"""What is asked for: ``prose`` is any answer, ``article`` a piece of writing, ``message`` a slogan or a
headline, ``data`` a list or a table."""

Trait = Literal[
    "words", "sentences", "paragraphs", "characters", "many", "bullet points", "sections", "placeholders",
    "a postscript", "highlighted parts", "a table", "a block of code", "emojis", "a whole format",
    "reading level", "case", "language", "a phrase", "edges", "marks",
]  # fmt: skip
"""What a constraint is about; ``many`` of anything but a length is asked for."""

_LENGTHS: frozenset[Trait] = frozenset({"words", "sentences", "paragraphs", "characters"})
_LAYOUT: frozenset[Trait] = frozenset(
    {
        "bullet points",
        "sections",
        "placeholders",
        "a postscript",
        "highlighted parts",
        "a table",
        "a block of code",
        "a whole format",
    }
)
_SENTENCES: frozenset[Trait] = frozenset({"sentences", "paragraphs"})

_UNFIT: dict[Genre, frozenset[Trait]] = {
    "prose": frozenset({"placeholders", "a block of code"}),
    "article": frozenset({"a phrase", "placeholders", "a block of code"}),
    "story": _LAYOUT - {"sections"} | {"a phrase"},
    "poem": _LAYOUT | _SENTENCES | {"a phrase", "reading level"},
    "letter": frozenset(
        {"sections", "a whole format", "a phrase", "bullet points", "a table", "a block of code"}
    ),
    "speech": _LAYOUT - {"placeholders"} | {"a phrase"},
    "dialogue": _LAYOUT | {"paragraphs", "a phrase"},
    "message": _LAYOUT | _LENGTHS | {"a phrase", "many", "edges", "reading level"},
    "code": _LAYOUT - {"a block of code"}
    | _LENGTHS
    | {"a phrase", "edges", "case", "language", "marks", "many", "emojis", "reading level"},
    "data": _LAYOUT | _SENTENCES | {"a phrase", "edges", "emojis", "reading level"},
    "short answer": _LAYOUT | {"paragraphs", "many", "reading level"},
}
"""What does not suit what is asked for."""

_SHORT = {"words": 60, "sentences": 4, "characters": 400}
"""So many at most are asked of a short answer."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question is read.

    Attributes:
        genre: what is to be written.
        stated: what the question states itself, so that no constraint has to.
    """

    genre: Genre
    stated: frozenset[Trait] = frozenset()


def misfit(constraint: Constraint, question: str) -> str | None:
    """Why a constraint does not suit a question, in words; None where nothing is known against it."""
    request = read(question)
    for trait in traits(constraint):
        if trait in request.stated:
            return f"the question says {trait} itself"
        if trait in _UNFIT[request.genre]:
            return f"{trait} in a {request.genre}"
    if request.genre == "short answer":
        for claim in constraint.claims():
            size = _SHORT.get(_unit(claim)) if isinstance(claim, Count) else None
            if size and isinstance(claim, Count) and max(claim.least, claim.most or 0) > size:
                return "too long for a short answer"
    return None


# ---------------------------------------------------------------------------------------------------------
# Constraints

_PHRASES = {*OPENINGS, *CLOSINGS}
_COUNTED: dict[str, Trait] = {
    "words": "words",
    "sentences": "sentences",
    "paragraphs": "paragraphs",
    "characters": "characters",
    "sections": "sections",
    "placeholders": "placeholders",
}

_MEASURED: dict[str, Trait] = {
    "emojis": "emojis",
    "Flesch-Kincaid grade level": "reading level",
    "Flesch reading ease": "reading level",
}


def _unit(count: Count) -> str:
    return count.of.split(" ", 1)[0]


@functools.lru_cache(maxsize=1 << 14)
def traits(constraint: Constraint) -> frozenset[Trait]:
    """What a constraint is about."""
    return frozenset(_traits(constraint))


def _traits(constraint: Constraint) -> Iterator[Trait]:
    for claim in constraint.claims():
        match claim:
            case Count(of, least):
                if trait := _COUNTED.get(of.split(" ", 1)[0]) or _MEASURED.get(of):
                    yield trait
                elif of == "bullet points":
                    yield "bullet points"
                elif least > 1:
                    yield "many"
            case HasElement("bullet points" | "highlighted parts" | "a postscript" | "a table" as element):
                yield element
            case HasElement("a block of code" | "a fenced document"):
                yield "a block of code"
            case WholeFormat():
                yield "a whole format"
            case Case():
                yield "case"
            case Language():
                yield "language"
            case Boundary(_, text) if text in _PHRASES:
                yield "a phrase"
            case Boundary() | UnitEdge():
                yield "edges"
            case ExcludesText(text) if not text.strip().isalpha():
                yield "marks"


# ---------------------------------------------------------------------------------------------------------
# Questions

_NUMBER = (
    r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|fifty|hundred|single|few)"
)
_ASKS = r"\b(?:write|compose|draft|give|make|create|come up with|tell|invent|generate|produce|need|prepare)\b"

# The first that is found in a question counts.
_GENRES: tuple[tuple[Genre, str], ...] = (
    (
        "code",
        r"\b(?:code|function|program|script|sql|regex|regular expression|python|javascript|java|c\+\+|html"
        r"|css|bash|algorithm|unit tests?|class) (?:that|to|for|in|which|called|named)\b"
        r"|\bin (?:python|java|javascript|typescript|rust|c\+\+|sql|bash)\b",
    ),
    (
        "data",
        r"\b(?:json|csv|yaml|xml|latex|markdown|table|spreadsheet|bullet(?:ed)?|numbered list|bulleted list"
        r"|checklist|outline)\b|^(?:list|name|enumerate) "
        r"|\b(?:make|give me|write|create) an? (?:\w+ )?list\b",
    ),
    (
        "message",
        _ASKS + r".{0,40}\b(?:tweet|slogans?|headlines?|taglines?|mottos?|caption|titles?|haikus?|one-liner"
        r"|text message|sms|status|jokes?|puns?|riddles?|limericks?|subject line|name|names)\b",
    ),
    (
        "poem",
        _ASKS
        + r".{0,40}\b(?:poems?|sonnet|ballad|ode|verses?|rhymes?|rap|songs?|lyrics|lullaby|hymn|psalm)\b",
    ),
    (
        "letter",
        _ASKS + r".{0,40}\b(?:letter|e-?mail|note|invitation|apology|memo|cover letter|complaint|message"
        r"|resignation|application|postcard)\b",
    ),
    ("dialogue", _ASKS + r".{0,40}\b(?:dialogue|conversation|screenplay|play|sketch|scene|interview)\b"),
    ("speech", _ASKS + r".{0,40}\b(?:speech|toast|eulogy|sermon|monologue)\b"),
    (
        "story",
        _ASKS
        + r".{0,40}\b(?:story|tale|legend|fable|myth|fairy tale|novel|narrative|anecdote|diary entry)\b",
    ),
)

_ARTICLE = re.compile(r"^(?:please )?(?:write|compose|draft|invent|tell|describe|imagine)\b", re.I)
_YES_OR_NO = re.compile(
    r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|should|would|will|may|must|am)\b(?! you\b)", re.I
)
_FACT = re.compile(
    r"^(?:who (?:is|was|were|wrote|invented|discovered|painted|won|played|said|founded)\b"
    r"|when (?:is|was|were|did|does|do|will)\b|where (?:is|was|are)\b"
    r"|how (?:many|old|tall|far|long is|long was|high|big|fast|heavy|deep|large)\b"
    r"|(?:what|which) (?:year|day|country|city|colou?r|number|planet|animal|element|date|time)\b"
    r"|what(?: is|'s) (?:the )?(?:capital|name|population|currency|square root|sum|result|answer|height"
    r"|area|distance|date|opposite|plural|past tense|chemical symbol|boiling point|largest|smallest"
    r"|tallest|longest|\d)"
    r"|translate\b|convert\b|calculate\b|solve\b|spell\b)",
    re.I,
)
_LENGTH = re.compile(
    rf"\b{_NUMBER}[\s-]+(?:\w+[\s-]+)?(?:words?|sentences?|paragraphs?|lines?|pages?|characters?|stanzas?"
    r"|minutes?|verses?)\b|\b(?:briefly|brief|concise(?:ly)?|in short|in detail|detailed|at length"
    r"|tl;?dr|short answer|one-word|one-sentence|in a nutshell)\b",
    re.I,
)
_ITEMS = re.compile(
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty) (?:[\w-]+ ){0,2}?"
    r"(?:ideas|tips|reasons|ways|examples|steps|facts|points|things|questions|names|options|suggestions|books"
    r"|films|movies|words|sentences|paragraphs|items|benefits|causes|rules|habits|places|sections|parts"
    r"|chapters|types|kinds|differences|advantages|recipes|strategies|titles|slogans|jokes|paragraphs)\b",
    re.I,
)
_LANGUAGE = re.compile(
    rf"\b(?:in|into|to|from) (?:{'|'.join(sorted({*LANGUAGE_NAMES.values()}))})\b|\btranslat", re.I
)
_PARTS = re.compile(r"\b(?:sections?|chapters?|headings?|parts)\b", re.I)
_MARKED = re.compile(r"\b(?:json|csv|yaml|xml|html|latex)\b", re.I)  # whose marks no one leaves out
_CASE = re.compile(r"\b(?:in capitals|capital letters|lower-?case|upper-?case|all caps)\b", re.I)


@functools.lru_cache(maxsize=1 << 12)
def read(question: str) -> Reading:
    """What a question asks for, and what it states itself."""
    return Reading(_genre(question.strip()), frozenset(_stated(question)))


def _genre(question: str) -> Genre:
    for genre, pattern in _GENRES:
        if re.search(pattern, question, re.I):
            return genre
    if _ARTICLE.search(question):
        return "article"
    is_short = _YES_OR_NO.search(question) or _FACT.search(question)
    return "short answer" if is_short and len(question.split()) <= 25 else "prose"


def _stated(question: str) -> Iterator[Trait]:
    if _LENGTH.search(question):
        yield from sorted(_LENGTHS)
    if _ITEMS.search(question):
        yield from ("bullet points", "sections")
    if _PARTS.search(question):
        yield "sections"
    if _LANGUAGE.search(question) or not _is_english(question):
        yield from ("language", "case")
    if _CASE.search(question):
        yield "case"
    if _MARKED.search(question):
        yield "marks"


def _is_english(question: str) -> bool:
    letters = [letter for letter in question if letter.isalpha()]
    return sum(map(str.isascii, letters)) * 2 >= len(letters)
