"""What sentences about content state: keywords, punctuation marks, openings and references."""

from collections.abc import Iterator
from itertools import pairwise, takewhile
from typing import Literal

from hir_data.formats.grammar import tokens
from hir_data.formats.grammar.sentence import Sentence
from hir_data.schemas.constraint import Constraint
from hir_data.verifiers.muldimif import identifiers, keywords, punctuation

_START = tokens.Token("mark", "")

_INCLUDE = set("include includes including included mention mentions incorporate contain contains".split())


_FORBIDDEN = (
    r"\bbe (avoided|excluded|left out)\b"
    r"|\b(not|never|nowhere) (be )?(used|mentioned|included|contained|appear\w*|occur\w*)\b"
)
"""What forbids the terms in front of it."""


def read_keywords(sentence: Sentence) -> Iterator[Constraint]:
    """Terms in quotation marks that have to occur, or must not."""
    if sentence.matches(r"^if discussing"):  # a condition that no kind has
        return
    wanted, avoided = _terms(sentence)
    times = _times(sentence)
    if times is None:  # no kind bounds them from above
        return
    if wanted:
        match: Literal["all", "any"] = "any" if _are_alternatives(sentence) else "all"
        within = None if sentence.each else sentence.within_each
        yield keywords.Keywords(
            keywords=tuple(wanted),
            match=match,
            times=times,
            each=sentence.each or within,
            needs_entries=within is not None,
        )
    if avoided:
        yield keywords.NoKeywords(keywords=tuple(avoided))


def _times(sentence: Sentence) -> int | None:
    """How often a term has to occur at least; None where it must not occur more often than that."""
    times = 1
    for quantity in sentence.counted("times"):
        said = sentence.tokens[quantity.start].kind == "number" and quantity.least == quantity.most
        if quantity.least is None or (quantity.most is not None and not said) or sentence.says("exactly"):
            return None
        times = max(times, quantity.least)
    for at, token in enumerate(sentence.tokens):
        if token.word in tokens.ADVERBS and token.word != "single":  # "twice", "multiple times"
            before = [earlier.kind for earlier in sentence.tokens[max(at - 4, 0) : at]]
            more = "more" in before
            if "most" in before or "exactly" in before or (more and "not" in before):
                return None
            times = token.value + more
    return times


def _terms(sentence: Sentence) -> tuple[list[str], list[str]]:
    """The terms that are wanted and those that are forbidden, each once."""
    wanted: dict[str, None] = {}
    avoided: dict[str, None] = {}
    negative = sentence.matches(_FORBIDDEN)
    for before, token in pairwise([_START, *sentence.tokens]):
        if token.kind == "not":
            negative = True
        elif token.word in _INCLUDE:
            negative = before.kind == "not"
        elif token.kind == "quoted":
            (avoided if negative else wanted)[token.word.rstrip(".,") or token.word] = None
    return list(wanted), list(avoided)


def _are_alternatives(sentence: Sentence) -> bool:
    """Whether "or" stands between two quoted terms."""
    kinds = [token.kind for token in sentence.tokens]
    return any(kinds[at : at + 3] == ["quoted", "or", "quoted"] for at in range(len(kinds)))


_MARKS = {
    "period": ".",
    "full stop": ".",
    "question mark": "?",
    "exclamation mark": "!",
    "semicolon": ";",
    "colon": ":",
    "comma": ",",
    "句号": "。",
    "问号": "？",
    "感叹号": "！",
}


_ALSO_FORBIDS = r"\b(and|but)\b.*?\b(without|use no|avoid\w*|exclude|not (use|contain|include|have))\b"
"""What forbids marks anywhere, beside those at the end: "end with a period, and use no commas"."""


def read_punctuation(sentence: Sentence) -> Iterator[Constraint]:
    """Marks that have to stand at an end, or must not."""
    found = _marks(sentence)
    if not found and sentence.matches(r"punctuation marks?"):
        found = punctuation.PUNCTUATION
    if not found:
        return
    if sentence.matches(r"\bfollowed by\b") and sentence.quoted:
        found = tuple(mark + sentence.quoted[-1] for mark in found)
    of = _part(sentence)
    named, allowed = _marks(sentence), _marks(sentence, before="not")
    if allowed and allowed != named:  # "a period, not a question mark"
        yield punctuation.Ending(marks=allowed, of=of)
        if sentence.matches(_ALSO_FORBIDS):
            yield punctuation.NoMarks(marks=tuple(mark for mark in named if mark not in allowed))
    elif not sentence.is_negative:
        yield punctuation.Ending(marks=found, of=of)
    elif sentence.matches(r"\bend"):
        yield punctuation.NoEnding(marks=found, of=of)
    else:
        yield punctuation.NoMarks(marks=found)


def _marks(sentence: Sentence, before: str | None = None) -> tuple[str, ...]:
    """The marks that are named, each once; of a negative sentence those in front of its negation."""
    named = takewhile(lambda token: token.kind != before, sentence.tokens)
    names = [name for token in named for name in (token.word, token.word.removesuffix("s"))]
    return tuple(dict.fromkeys(_MARKS[name] for name in names if name in _MARKS))


def _part(sentence: Sentence) -> punctuation.EndedPart:
    """What is to end with a mark."""
    each = sentence.each or ""
    if sentence.says("cell", "cells", "tables"):
        return "cell"
    if sentence.says("bullets"):
        return "bullet"
    if "paragraph" in each or "section" in each:
        return "paragraph"
    if "question" in each:
        return "question"
    return "sentence" if each or sentence.matches(r"\b(all (the )?|no )sentences?\b") else "text"


def read_required(sentence: Sentence) -> Iterator[Constraint]:
    """Keywords that a sentence about something else asks for, too."""
    if sentence.matches(r"\bkeywords?\b[^.]*['\"]"):
        yield from read_keywords(sentence)


def read_references(sentence: Sentence) -> Iterator[Constraint]:
    """Numbers of references."""
    for quantity in sentence.counted("references"):
        yield identifiers.References(**quantity.bounds)


def read_identifiers(sentence: Sentence) -> Iterator[Constraint]:
    """How to start, and what to cite."""
    if sentence.quoted and sentence.matches(r"\b(start|begin)") and not sentence.says("letter"):
        first, *others = sentence.quoted
        ends = sentence.matches(r"\b(start|begin).*\b(end|conclude|close|finish)")
        if len(others) != ends:  # alternatives, or more than an opening
            return
        if sentence.each:
            yield keywords.Keywords(keywords=(first,))
        else:
            yield identifiers.Opening(text=first)
        for last in others:
            yield punctuation.Ending(marks=(last,), of="text")
