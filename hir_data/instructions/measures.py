"""What is counted, and what one count says of another.

A measure is the name of a :class:`~hir_data.schemas.claims.Count`: the thing, and by which definition it is
counted.
"""

import itertools
from collections.abc import Iterable

from hir_data.schemas.claims import Count
from hir_data.verifiers.compare import bounds

_PER_CHARACTER = "characters codepoint False"
_CHARACTERS = "characters codepoint True"
SPACED_WORDS = ("words", "words whitespace")
WORDS = (*SPACED_WORDS, "words word", "words character")
_PARAGRAPHS = ("paragraphs", "paragraphs blank_line", "paragraphs line")
_SENTENCES = ("sentences", "sentences in any script")

# What comes first has at least one of what comes second, and none of them twice. Of the shortest text there
# is no more: IFEval takes "a-a" for two words and Unicode for one, or "天气" for one and two.
_NO_MORE_THAN = (
    _PARAGRAPHS,
    ("paragraphs line", _PER_CHARACTER),
    *((words, _PER_CHARACTER) for words in WORDS),
    ("words word", "words character"),
    ("sentences", _PER_CHARACTER),
    ("letters", _PER_CHARACTER, _CHARACTERS),
    ("characters grapheme False", "characters grapheme True"),
    ("characters grapheme False", _PER_CHARACTER),
    ("characters grapheme True", _CHARACTERS),
)
# How many characters stand between two of them, at least.
_BETWEEN = {"paragraphs": 2, "paragraphs blank_line": 2, "paragraphs line": 1} | dict.fromkeys(
    SPACED_WORDS, 1
)


def _closure(chains: Iterable[tuple[str, ...]]) -> dict[str, frozenset[str]]:
    """Of each measure, those that are never smaller."""
    above: dict[str, set[str]] = {}
    for chain in chains:
        for fewer, more in itertools.pairwise(chain):
            above.setdefault(fewer, {fewer}).add(more)
            above.setdefault(more, {more})
    for _ in above:
        for measures in above.values():
            measures.update(*(above[measure] for measure in tuple(measures)))
    return {measure: frozenset(measures) for measure, measures in above.items()}


_ABOVE = _closure(_NO_MORE_THAN)


def implied(of: str, least: int, other: str) -> int:
    """How many there are of another thing, at least, where there are so many of one."""
    if of == other or not least:
        return least
    if of.startswith("letter "):
        return least if of[-1] in "abcdefghijklmnopqrstuvwxyz" and other in _ABOVE["letters"] else 0
    if other not in _ABOVE.get(of, ()):
        return 0
    return least + _BETWEEN.get(of, 0) * (least - 1) if other == _CHARACTERS else least


def usually_implied(of: str, least: int, other: str) -> int:
    """The same of texts that people write."""
    if other in WORDS:
        if of in _SENTENCES or of in _PARAGRAPHS:
            return least
        # Definitions of a word differ, in ordinary texts by a tenth.
        return (least - 10) // 2 if of in (*SPACED_WORDS, "words word") else 0
    if other.startswith("characters") and of in SPACED_WORDS:
        return 2 * least - 1
    return 0


def told(claim: Count) -> str:
    """A count in words: "at least 3 letters "e""."""
    least = claim.least if claim.least or claim.most is None else None
    return f"{bounds(least, claim.most)} {named(claim.of)}"


def named(of: str) -> str:
    """A measure in words, without the definition that it goes by."""
    match of.split(" ", 1):
        case ["letter", letter]:
            return f'letters "{letter}"'
        case ["occurrences", text]:
            return f'occurrences of "{text}"'
        case [("words" | "characters" | "sentences") as name, _]:
            return name
        case ["paragraphs", "blank_line"]:
            return "paragraphs"
        case ["paragraphs", "line"]:
            return "lines"
    return of
