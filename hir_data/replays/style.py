"""A conspicuous way of writing that an instruction does not explain comes from what is not asked any more.

Nobody writes every other word in *asterisks* unless asked to. So a response that does is an example of an
instruction that asks for it, or of a question that brings it along, and of no other. What is conspicuous,
:mod:`hir_data.text.quality.style` measures; how much of it a reader notices, and which words explain it, a
table says. What is common among other responses is a habit of theirs.
"""

import functools
import re
from collections.abc import Mapping
from typing import NamedTuple

from hir_data.replays.information import OtherResponses
from hir_data.text.quality.style import measured

COMMON = 0.1
"""The share of other responses from which on a way of writing is nothing conspicuous."""


class Style(NamedTuple):
    """When a way of writing is noticed, and what explains it.

    Attributes:
        noticed: the figure from which on a reader wonders.
        trace: the figure from which on it shows a constraint of the same that is gone.
        named: words of constraints that ask for it.
        brought: words of questions that bring it along.
    """

    noticed: float
    trace: float
    named: str
    brought: str = r"(?!)"


_VERSE = r"poem|poetry|song|lyric|rap\b|haiku|sonnet|limerick|verse|ballad|\bode\b|rhym|chant|lullaby|jingle"
_TALK = r"dialogue|conversation|script|screenplay|\bplay\b|scene|interview|chat|debate|skit|transcript"
_LIST = r"\blists?\b|names?\b|titles?\b|headlines?|slogans?|taglines?|captions?|outline|table|keywords"
_CODE = (
    r"\bcodes?\b|\bprogram(?:s|ming|mer)?\b|\bfunctions?\b|\bscripts?\b|json|xml|html|yaml|toml|\bcsv\b|\btables?\b|"
    r"schema|latex|\bformulas?\b|\bequations?\b|\bmath"
)
_FORM = (
    r"resume|résumé|\bcv\b|template|schedule|menu|invitation|itinerary|agenda|\bplan\b|profile|form\b|minutes"
)
_LIVELY = r"social media|instagram|facebook|tweets?\b|twitter|tiktok|blog|\bposts?\b|advert|\bads?\b|promot"

STYLES: dict[str, Style] = {
    "marked words": Style(
        0.12, 0.08, r"highlight|emphas|italic|bold|asterisk|alternat", "glossary|vocabulary"
    ),
    "emoji": Style(0.5, 0.05, r"emoji|emoticon", _LIVELY),
    "no commas": Style(0.9, 0.8, r"comma|punctuation", _VERSE),
    "no full stops": Style(
        0.6,
        0.5,
        r"punctuation|full stop|period|emoji|sentence\b.*\bend",
        f"{_VERSE}|{_CODE}|{_LIST}|{_TALK}|{_FORM}",
    ),
    "sentences in marks": Style(
        0.5,
        0.3,
        r"quot|bracket|parenthes|wrap|italic|highlight|\*|bold|mark",
        f"{_TALK}|{_LIST}|{_CODE}|proverb|sayings?",
    ),
    "italic openings": Style(
        0.4, 0.3, r"italic|highlight|emphas|\*|bold|section|thesis", f"{_LIST}|{_TALK}|{_VERSE}"
    ),
    "semicolons": Style(0.6, 0.4, r"semi-?colon|punctuation", _CODE),
    "questions": Style(
        0.5,
        0.2,
        r"question|interrogative|types? of sentence|sentence types?",
        f"{_TALK}|{_VERSE}|quiz|riddle|faq|survey|trivia|\\bask|curio|poll|rhetoric|exam|test|check",
    ),
    "exclamations": Style(
        0.5,
        0.3,
        r"exclam",
        f"{_VERSE}|{_TALK}|{_LIVELY}|joke|excit|enthus|angry|joy|invit|birthday|kids?\\b|child|\\bfun|letter|rant|cheer",
    ),
    "a missing letter": Style(
        0.8, 0.6, r"\bletters?\b(?= [\"'a-z]\b)|vowel|consonant|lipogram|alphabet", _CODE
    ),
    "alliteration": Style(
        0.35, 0.25, r"allitera|tongue|(?:start|begin)\w* with the (?:same )?letter", "tongue"
    ),
    "alliteration in a row": Style(
        0.25, 0.1, r"allitera|tongue|(?:start|begin)\w* with the (?:same )?letter", "tongue"
    ),
    "words in capitals": Style(
        0.3, 0.15, r"capital|upper|\bcase\b|\bcaps\b", f"{_TALK}|acronym|abbrev|shout|yell|{_CODE}"
    ),
    "title case": Style(0.7, 0.4, r"capital|title|upper|\bcase\b|\bcaps\b", f"{_LIST}|{_CODE}"),
    "lower case": Style(0.7, 0.4, r"lower|capital|\bcase\b", f"{_LIST}|{_CODE}|{_VERSE}"),
    "length of words": Style(
        3.0,
        2.0,
        r"\bwords?\b.*\b(?:long|short|character|letter|syllable)|syllable",
        f"{_CODE}|{_VERSE}|simple",
    ),
    "telegraphic": Style(
        0.6, 0.25, r"stop ?words?|vowel|syllable|\bwords?\b.*\bonce", f"{_VERSE}|{_LIST}|{_CODE}"
    ),
    "archaic": Style(
        0.02,
        0.01,
        r"archaic|old english|shakespear|biblic|medieval",
        f"{_VERSE}|king|knight|queen|prayer|psalm|bible|ancient|old[- ]|"
        r"centur|god\b|pirate|elizabeth|middle ages",
    ),
    "short sentences": Style(
        0.7, 0.5, r"short|sentence|\bwords?\b", f"{_VERSE}|{_TALK}|{_LIST}|{_CODE}|{_FORM}"
    ),
    "long sentences": Style(
        2.0, 1.7, r"sentences?|punctuation|full stop|period|paragraph", f"{_VERSE}|{_CODE}|{_LIST}"
    ),
    "starts alike": Style(
        0.8,
        0.6,
        r"(?:sentence|line|paragraph)s?\b.*\b(?:start|begin)|(?:start|begin) (?:each|every)|first word",
        f"{_VERSE}|{_LIST}|{_FORM}|mantra|affirm|speech|prayer|step|trip",
    ),
    "ends alike": Style(
        0.6,
        0.3,
        r"(?:sentence|line|paragraph)s?\b.*\b(?:end|finish)|(?:end|finish) (?:each|every)|last word\b",
        f"{_VERSE}|{_LIST}|{_FORM}|mantra|affirm|prayer",
    ),
    "a word twice": Style(0.3, 0.15, r"\bstart|\bbegin|\bend|first word|last word\b|repeat", _VERSE),
    "repeated": Style(
        0.4,
        0.2,
        r"repeat|twice|say again|copy (?:of )?(?:the|this|my)|refrain|chorus",
        f"{_VERSE}|mantra|drill|prayer",
    ),
    "alphabetical": Style(
        0.6, 0.4, r"alphabet|\border\b|\b(?:start|begin)\w*\b.*\bletter", f"a to z|acrostic|sort|{_LIST}"
    ),
    "a word a line": Style(
        0.6, 0.4, r"\blines?\b|line break|word per|column", f"{_VERSE}|{_LIST}|{_CODE}|{_FORM}"
    ),
    "a sentence a line": Style(
        0.9, 0.6, r"\blines?\b|line break|sentence", f"{_VERSE}|{_LIST}|{_CODE}|{_FORM}|{_TALK}"
    ),
    "words without vowels": Style(
        5, 1, r"\bletters?\b|vowel|consonant|lipogram", f"{_CODE}|sound|abbrev|slang|text message|\\bsms"
    ),
    "indented": Style(0.7, 0.5, r"indent|stair|space|shape", f"{_VERSE}|{_CODE}|{_LIST}|{_TALK}|{_FORM}"),
}
"""The ways of writing by name."""


def unexplained(text: str, asked: str, gone: str, others: OtherResponses) -> str | None:
    """A conspicuous way of writing that nothing explains; None where there is none.

    Args:
        text: the response.
        asked: all that the new instruction says, the question too.
        gone: what constraints say that are not asked for any more.
        others: responses to other instructions, which may have the same habit.
    """
    if not others.suffices:
        return None
    figures = _figures(text)
    for name, style in STYLES.items():
        figure = figures[name]
        if figure < min(style.trace, style.noticed):
            continue
        is_gone = re.search(style.named, gone, re.IGNORECASE) is not None
        bar = style.trace if is_gone else style.noticed
        if figure < bar or re.search(f"{style.named}|{style.brought}", asked, re.IGNORECASE):
            continue
        if others.written_share(name, figure if is_gone else bar) <= COMMON:
            return name
    return None


@functools.lru_cache(maxsize=4)
def _figures(text: str) -> Mapping[str, float]:
    return measured(text)
