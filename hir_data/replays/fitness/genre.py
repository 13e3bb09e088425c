"""The guard that looks at the form of text that a question names: a letter, a poem, a table, code.

What tells a form is what nearly every text of it has: a poem lines, a letter a greeting, code brackets. A
text that has none of that is none, whatever it speaks of.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from hir_data.replays.fitness.attempt import GuardedResponse
from hir_data.text.quality.prose import SENTENCE_END, lines_of, plain

_WRITE = r"\b(?:write|compose|draft|pen|create|give me|generate|make)\b(?: me| us| up)? (?:an?|the|my)"
_ABOUT = (
    r"(?!(?:prose|for|of|about|to|on|from|with|that|in|like|reviews?|titles?|analysis|essay|critique|"
    r"summary)\b)"
)
_BETWEEN = rf"(?: {_ABOUT}[\w-]+){{0,3}}?"


def _asked(form: str) -> re.Pattern[str]:
    """How a question in lower case asks for a text of a form."""
    return re.compile(
        rf"{_WRITE}{_BETWEEN} (?P<form>{form})\b(?! (?:title|name|idea|analysis|review|page|list|template))"
        rf"|\b(?:in (?:the )?(?:form|style|format) of|as|into|in) an? (?:[\w-]+ )?(?P<as>{form})\b"
        r"(?! (?:style|in|to|by|page|writer|of the))"
    )


class _Genre(NamedTuple):
    """A form of text.

    Attributes:
        asked: how questions ask for it; what it is called is the group that matches.
        lacks: whether a response lacks what nearly every text of the form has.
    """

    asked: re.Pattern[str]
    lacks: Callable[[str], bool]


_LETTERS_MARKS = re.compile(
    r"\b(?:dear|hello|hi|hey|greetings|to whom|sincerely|regards|yours|best|love|cheers|respectfully|warmly|"
    r"gratefully|thank you|thanks|subject|good (?:morning|day|evening|afternoon)|salutations|esteemed|"
    r"honou?rable|"
    r"attention|attn|ps|p\.s|i am writing|i'm writing|i write)\b"
)
_SPEECH = re.compile(
    r"[\"“”«»„「]|^[*_\s\[(]*[\w .'()-]{1,40}[*_\])]*:|^\s*[-–—]|\b(?:said|says|asked|replied)\b",
    re.MULTILINE,
)
_CODE_MARKS = re.compile(r"[(){}=;<>]|```|\b(?:select|def|function|import|echo|return)\b", re.IGNORECASE)
_TABLE_MARKS = re.compile(r"\||\t|<t[rdh]|,[^\n]*\n[^\n]*,|&.*\\\\")
_QUESTIONS = re.compile(r"[?؟？]|_{3,}|\.{4,}|\btrue or false\b", re.IGNORECASE)
_AMOUNTS = re.compile(
    r"\d|[½¼¾⅓⅔]|\b(?:cups?|tablespoons?|teaspoons?|grams?|pinch|handful|minutes|ingredients?)\b",
    re.IGNORECASE,
)
_ENOUGH = 20  # words
_LONG_LINE = 60  # words in one line, from which it is prose
_PROSE_LINE = 35  # words a line on average
_ITEM = re.compile(r"^\s*(?:[-*+•–]|\(?\d{1,3}[.):]|\(?[a-zA-Z][.)]|\|)[ \t]*")
_ITEMS = 3
_ITEM_WORDS = 8  # on average, from which the items of a list are no verse
_ITEMS_SHARE = 0.5  # of the lines
_LONGEST_HAIKU = 80  # words
_LONGEST_TWEET = 110  # words


def _is_letterless(text: str) -> bool:
    return not _LETTERS_MARKS.search(plain(text)) and not _opens_with_name(text)


def _opens_with_name(text: str) -> bool:
    first = next(iter(lines_of(text)), "")
    return len(first.split()) <= 6 and first.rstrip("*_ ")[-1:] in ",:!-—"


def is_list(text: str) -> bool:
    """Whether a text is a list of things that are said in prose, or a table."""
    lines = lines_of(text)
    items = [line for line in lines if _ITEM.match(line)]
    if len(items) < _ITEMS or len(items) < _ITEMS_SHARE * len(lines):
        return False
    words = sum(len(_ITEM.sub("", item).split()) for item in items)
    return words >= _ITEM_WORDS * len(items) or all(item.startswith("|") for item in items)


def _is_no_verse(text: str) -> bool:
    """Whether a text is a list, a table, or prose: one long line, or several that are paragraphs."""
    lines = lines_of(text)
    if "/" in text or len(text.split()) < _LONG_LINE:
        return is_list(text) and "|" in text
    if len(lines) == 1:
        return len(SENTENCE_END.findall(text)) > 1
    if is_list(text):
        return True
    return len(text.split()) >= _PROSE_LINE * len(lines) and len(SENTENCE_END.findall(text)) > len(lines)


_POEM = _asked("poem|song|sonnet|limerick|haiku|ballad|rap|ode|acrostic|lullaby|jingle|hymn|villanelle")

GENRES: tuple[_Genre, ...] = (
    _Genre(
        re.compile(
            r"\b(?:write|create|implement|generate)\b(?: me| us)? (?:an?|the)(?: [\w-]+){0,3}? (?:python|"
            r"java|"
            r"javascript|c\+\+|bash|sql|html|rust|go|ruby|php|shell)\b(?: [\w-]+){0,2}? "
            r"(?:program|script|function|code|query|class|page)\b"
        ),
        lambda text: not _CODE_MARKS.search(text),
    ),
    _Genre(
        re.compile(
            r"\b(?:as|in|into|create|make|write|draw)(?: me)? an? (?:markdown |comparison |html )?"
            r"(?P<form>table)\b(?! of contents)"
        ),
        lambda text: not _TABLE_MARKS.search(text),
    ),
    _Genre(
        re.compile(
            rf"{_WRITE}{_BETWEEN} (?P<form>letter|e-?mail)"
            r"(?! of recommendation form| template| [a-z]+ (?:page|list))\b"
        ),
        _is_letterless,
    ),
    _Genre(_POEM, _is_no_verse),
    _Genre(_asked("haiku"), lambda text: len(text.split()) > _LONGEST_HAIKU),
    _Genre(_asked(r"tweet(?![ -]?(?:storm|thread))"), lambda text: len(text.split()) > _LONGEST_TWEET),
    _Genre(
        re.compile(rf"{_WRITE}{_BETWEEN} (?P<form>(?:fairy |short )?(?:story|tale|fable)|fanfiction)\b"),
        is_list,
    ),
    _Genre(
        re.compile(rf"{_WRITE}{_BETWEEN} (?P<form>dialogue|conversation|screenplay)\b"),
        lambda text: not _SPEECH.search(text),
    ),
    _Genre(re.compile(rf"{_WRITE}{_BETWEEN} (?P<form>quiz)\b"), lambda text: not _QUESTIONS.search(text)),
    _Genre(
        re.compile(rf"{_WRITE}{_BETWEEN} (?P<form>recipe)\b(?! book)"), lambda text: not _AMOUNTS.search(text)
    ),
)
"""The forms that questions name, and what their texts have."""

_HOW = re.compile(r"\bhow (?:to|do (?:i|you|we)|can (?:i|you|we|one)|should (?:i|we|one)) \Z")
_LISTED = re.compile(r"\b(?:lists?|bullets?|bulleted|numbered|outline|table|recap)\b")


def wrong_form(attempt: GuardedResponse) -> str | None:
    """The question names a form, a letter or a poem, a dialogue, code or a table, and this is none."""
    text, task = attempt.text.raw, attempt.task
    if len(attempt.words) < _ENOUGH or (not text.isascii() and len(attempt.prose) < _ENOUGH):
        return None
    for lacks, name in _wanted(task):
        if not lacks(text):
            continue
        if lacks in (is_list, _is_no_verse) and is_list(text) and _LISTED.search(attempt.asked):
            continue
        return f"is no {name}"
    return None


@lru_cache(maxsize=1 << 9)
def _wanted(task: str) -> tuple[tuple[Callable[[str], bool], str], ...]:
    """The forms that a question asks for, which many responses answer: whether a text lacks it, its name."""
    found = ((genre.lacks, genre.asked.search(task)) for genre in GENRES)
    return tuple(
        (lacks, next((form for form in match.groupdict().values() if form), "code"))
        for lacks, match in found
        if match is not None and not _HOW.search(task[: match.start()])
    )
