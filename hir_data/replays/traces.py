"""What a response shows of constraints that it violates: it tried them, or speaks of them.

An instruction that no longer states such a constraint would not explain the response.
"""

import re

from hir_data.replays.information import OtherResponses
from hir_data.replays.rewriting.quotations import quotations
from hir_data.schemas.claims import Count, ExcludesText
from hir_data.schemas.constraint import Constraint
from hir_data.text.text import Text
from hir_data.verifiers.compare import RELATIONS

TRIED = 0.5
"""The degree from which on a violated constraint may count as tried: it is neither turned round nor dropped.

Any text is in lower case for the most part. So the response has to lack less than half of what others lack.
"""

TRIED_ALONE = 0.98
"""The same where there are too few others to compare with."""


def is_tried(constraint: Constraint, text: Text, others: OtherResponses) -> bool:
    """Whether a response visibly tried to satisfy a constraint that it violates."""
    return (
        is_near(constraint, constraint.degree(text), others)
        or any(repeats(each, text) for each in quotations(constraint))
        or (others.suffices and (mentions(constraint, text, others) or shows(constraint, text)))
    )


_OF_THE_INSTRUCTION = re.compile(
    r"\b(?:as (?:you )?(?:requested|instructed|specified)|per (?:your|the) (?:request|instructions?)"
    r"|(?:your|the|this|these|all|given|specified) (?:\w+ )?(?:request|instructions?|requirements?|criteria"
    r"|constraints?|prompt|guidelines)\b(?!s? (?:for|of) )|word count|character limit"
    r"|(?:this|the|my|following) (?:response|answer|text|message|letter|version) (?:is|has|contains|uses"
    r"|follows|meets|satisfies|adheres|maintains|includes|does not)\b"
    r"|i(?:'ve| have) (?:followed|used|included|avoided|kept|written|made sure)"
    r"|(?:exactly|at least|at most|under|fewer than|less than) \d+ (?:words|sentences|characters|paragraphs"
    r"|letters)|without (?:using|mentioning|including|the (?:use|word))"
    r"|(?:avoid(?:s|ed|ing)?|using) the (?:word|letter|phrase)s?"
    r"|(?:\d+|two|three|four|five|six) (?:numbers|words|sentences|keywords|letters):)",
    re.IGNORECASE,
)


def speaks_of_instruction(text: Text) -> str | None:
    """Where a response speaks of what it was asked, which another instruction would not explain."""
    found = _OF_THE_INSTRUCTION.search(text.raw)
    return found.group() if found else None


def mentions(constraint: Constraint, text: Text, others: OtherResponses) -> bool:
    """Whether a response has a word for what a constraint asks that hardly any other response has."""
    known, least = others.background.word_counts, 0.05 * len(others.background.responses)
    words = {
        word
        for phrasing in constraint.phrasings
        for word in words_of(_FIELD.sub(" ", phrasing))
        if len(word) > 4 and known[word] <= least
    }
    return bool(words) and not words.isdisjoint(words_of(text.raw))


def shows(constraint: Constraint, text: Text) -> bool:
    """Whether a text has a phrase or a mark that a constraint asks for, if not as it asks for it."""
    claims = constraint.claims()
    if claims and all(
        isinstance(claim, ExcludesText) or (isinstance(claim, Count) and not claim.least) for claim in claims
    ):
        return False  # it asks for less of it
    marks = {mark for phrasing in constraint.phrasings for mark in _MARK.findall(_FIELD.sub(" ", phrasing))}
    phrases = {value for _, value in constraint if isinstance(value, str) and len(value) > 2}
    return any(mark in text.raw for mark in marks) or any(
        phrase in text.raw for phrase in phrases - set(RELATIONS)
    )


_MARK = re.compile(r"\*{3,}|<<|-{3,}|={3,}|<i>")
_FIELD = re.compile(r"\{[^{}]*\}")


def is_near(constraint: Constraint, degree: float, others: OtherResponses) -> bool:
    """Whether a degree is nearer to 1 than those of other responses are."""
    if degree < TRIED:
        return False
    usual = others.usual_degree(constraint)
    return degree >= TRIED_ALONE if usual is None else 1 - degree < (1 - usual) / 2


def repeats(quotation: str, text: Text) -> bool:
    """Whether a response begins with what it was to repeat, or some words of it."""
    quoted, start = words_of(quotation), words_of(text.raw[: len(quotation) + 400])
    return bool(quoted) and " ".join(quoted[:_REPEATED]) in " ".join(start)


_REPEATED = 6  # words


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation."""
    return re.findall(r"[^\W_]+", text.lower())
