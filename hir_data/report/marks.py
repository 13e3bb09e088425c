"""The places in a response that decide whether it satisfies a constraint, for people who look.

They come from what kinds claim (:meth:`hir_data.Constraint.claims`), so that a kind of a user's own has them
too: "no commas" excludes a text, and wherever that text stands is such a place.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

import regex

from hir_data.schemas.claims import (
    Boundary,
    Case,
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    HasElement,
    Pattern,
    WordRule,
)
from hir_data.schemas.constraint import Constraint
from hir_data.text.occurrences import EMOJI, URL
from hir_data.text.words import word_pattern
from hir_data.verifiers.compose import Composite
from hir_data.verifiers.patterns import read_regex

Span = tuple[int, int]
"""Where a place begins and where it ends, in characters from the start of the response."""

MOST = 400
"""How many places of one constraint are shown."""

_SECONDS = 0.2

_COUNTED: Mapping[str, str] = MappingProxyType(
    {
        "bullet points": r"^[^\S\n]*(?:\*(?!\*)|-)",
        "capital words": r"\b\p{Lu}[\p{Lu}\p{N}'-]*\b(?!\p{Ll})",
        "highlighted parts": r"\*\*[^\n*]+\*\*|\*[^\n*]+\*",
        "letters": r"\p{L}",
        "emojis": f"(?x){EMOJI.pattern}",
        "numbers": r"\d+",
        "URLs": f"(?xi){URL.pattern}",
        "placeholders": r"\[[^\]\n]*\]",
        "sections": r"{word}\s?\d+",
        "occurrences": r"(?i){word}",
        "letter": r"(?i){word}",
        "a postscript": r"(?i)\bp\.\s?(?:p\.\s?)?s\b.*$",
        "a title in brackets": r"<<[^\n]+>>",
    }
)
"""What is counted or shown, and how it looks; ``{word}`` stands for the word that is named behind it."""


def places(constraint: Constraint, text: str) -> list[Span]:
    """Where in a response that stands which a constraint asks for, or excludes, in order and apart.

    None where nothing in particular decides, as with a number of words.
    """
    found: set[Span] = set()
    for span in _of_constraint(constraint, text):
        if span[0] < span[1]:
            found.add(span)
        if len(found) >= MOST:
            break
    return _apart(sorted(found, key=lambda span: (span[0], -span[1])))


def _of_constraint(constraint: Constraint, text: str) -> Iterator[Span]:
    if isinstance(constraint, Composite):
        for part in constraint.inner():
            yield from _of_constraint(part, text)
        return
    try:
        claims = list(constraint.claims())
    except Exception:  # a plugin's kind: what it claims is no reason to show nothing
        return
    for claim in claims:
        yield from _of_claim(claim, text)


def _of_claim(claim: Claim, text: str) -> Iterable[Span]:
    match claim:
        case ContainsText(wanted, _, cased, whole_word) | ExcludesText(wanted, whole_word, cased):
            pattern = word_pattern(wanted) if whole_word else regex.escape(wanted)
            return _found(pattern if cased else f"(?i){pattern}", text)
        case Pattern(source):
            return _found(f"(?i){source}", text)
        case Boundary("start", wanted):
            start = len(text) - len(text.lstrip())
            return [(start, min(start + len(wanted), len(text)))]
        case Boundary(_, wanted):
            end = len(text.rstrip())
            return [(max(end - len(wanted), 0), end)]
        case Case("upper"):
            return _found(r"\p{Ll}+", text)
        case Case():
            return _found(r"\p{Lu}+", text)
        case WordRule(fits=fits) if fits:
            words = _found(r"[\w'-]+", text)
            return ((a, b) for a, b in words if not re.fullmatch(fits, text[a:b], re.IGNORECASE))
        case Count(of) if of.startswith("matches of "):
            source = of.removeprefix("matches of ")
            any_case = source.removesuffix(" in any case")
            return _found(source if source == any_case else f"(?i){any_case}", text)
        case Count(of) | HasElement(of):
            name, _, word = (of, "", "") if of in _COUNTED else of.partition(" ")
            look = _COUNTED.get(name)
            return _found(look.replace("{word}", regex.escape(word)), text) if look else ()
    return ()


def _found(pattern: str, text: str) -> Iterator[Span]:
    try:
        look = read_regex(pattern, regex.MULTILINE | regex.VERSION1)
        for match in look.finditer(text, timeout=_SECONDS):
            yield match.span()
    except (regex.error, TimeoutError):
        return


def _apart(spans: list[Span]) -> list[Span]:
    """Without those that begin inside of the one before."""
    kept: list[Span] = []
    for start, end in spans:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept
