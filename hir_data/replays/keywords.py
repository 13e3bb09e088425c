"""Keywords that a response is an example of, where a violated constraint has no informative alternative.

Whoever asks for a word asks for a noun that says something, and that the topic does not bring along anyway.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterator

from hir_data.replays.information import OtherResponses
from hir_data.replays.natural import forms_in, same_stem
from hir_data.replays.rewriting.statements.cues import GENERAL
from hir_data.replays.traces import words_of
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.drawing import WORDS
from hir_data.text.text import Text
from hir_data.verifiers.ifeval.keywords import Existence

KEYWORD_TURN = 5
"""In how many responses there is one to which keywords are offered."""

_KEYWORDS = 2
_NOUN = re.compile(
    r"\b(?:the|an?|this|each|every|his|her|its|my|our|your|their|[Tt]he|[Aa]n?|of|in|for|with|and|as|by|from)"
    r" ([a-z]{5,})"
    r"(?=[.,;:!?\"”)\n]| (?:of|in|on|at|for|to|from|with|by|and|or|that|which|who|is|was|as|into|over|under|"
    r"through|between|where|when|can|has|had)\b)"
)
"""A word of five letters or more that is plainly a noun, as the words around it show."""
CREATIVE = re.compile(
    r"\b(?:stor(?:y|ies)|tale|fable|poems?|songs?|lyrics|rap|haiku|limerick|ballad|screenplay|scripts?|scenes?|"
    r"novel|chapter|fiction\w*|imagin\w*|invent|dialogue|letter|diary|advertisement|slogan|description|riddle|"
    r"jokes?)\b",
    re.IGNORECASE,
)
"""What a question asks for that may be about anything, so that people ask for words to be in it."""
_NO_NOUN = (
    *("ing", "ed", "ly", "ment", "ness", "ility", "able", "ible"),
    *("al", "ive", "ous", "ful", "ic", "ary", "ory", "less", "ent"),
)
"""Endings of adjectives, verbs and nouns of the mind."""
_ABSTRACT = frozenset(
    "ability access action culture difference spread amount approach aspect basis benefit cause "
    "challenge chance change choice concept "
    "condition context course degree demand effect effort element emphasis entity environment experience "
    "factor feature focus foundation function goal guide impact importance increase influence insight "
    "interaction issue level likelihood limit means method moment needs opportunity option order outcome "
    "overview pattern period person phase place point position possibility potential power presence practice "
    "problem process product property purpose quality range rate reality reason reduction relation resource "
    "response result return role scope sense series shift situation solution source state strategy "
    "structure style subject success support system technique tendency term thing tool topic trend type "
    "understanding usage value variety viewpoint volume whole world".split()
)
"""Nouns that say nothing of a subject, so that nobody asks for them."""
_WORDS_FOR_EACH = 200
"""Words of a response for each use of a keyword: one in a whole screenplay says nothing of it."""
_RARE = 0.05  # share of other responses
_RELATED = 0.25  # more of the responses with a word than of all speak of what is asked
ORDINARY = 0.2  # share of responses that have words of no topic
_EVERYDAY = frozenset(WORDS)
BEGINNING = frozenset("although another besides finally further however instead second".split())
SAYING_LITTLE = frozenset(
    "about addition although another because before beside besides between beyond cannot certain complete "
    "could either enough essence conclusion contrast general particular "
    "every example final first "
    "further however indeed instead itself largely likely matter maybe meant merely might neither never "
    "nevertheless nothing "
    "number often other others perhaps person points quite rather reaches reason regardless results second "
    "section sentence several shall "
    "should since still herself himself myself ourselves themselves yourself "
    "similar simple something sometimes somewhat suppose their there these things third those though three "
    "through together toward towards under "
    "unless until usual various version what when where "
    "whether which while whose within without would".split()
)
_WORD = re.compile(r"(?<![\w'-])[a-z]+(?![\w'-])")
_OPENER = re.compile(r"(?:\A|(?<=[.!?:\n])[\"”’')*_]*)[\s#>*_–-]*[A-Z][\w'’]*(?: [a-z'’]+){0,3},")
"""What a sentence begins with before it says anything: "In essence,", "For example,"."""


def keywords(text: Text, turn: int, question: str, others: OtherResponses) -> Iterator[Constraint | None]:
    """Keywords in one turn of some."""
    if turn % KEYWORD_TURN == 0:
        yield _keywords(text, turn, question, others)


def _keywords(text: Text, turn: int, question: str, others: OtherResponses) -> Constraint | None:
    """Words that the response uses, hardly any other one does, and the topic does not bring with it."""
    known = others.background.word_counts
    rarely, ordinary = (share * len(others.background.responses) for share in (_RARE, ORDINARY))
    asked = words_of(question)
    used = Counter(_WORD.findall(text.raw))
    openers = {*used} - {*_WORD.findall(_OPENER.sub(" ", text.raw))}
    nouns = {*_NOUN.findall(text.raw)}
    rare = [
        word
        for word in used
        if word in nouns
        and used[word] * _WORDS_FOR_EACH >= len(text.pieces)
        and 1 < known[word] <= max(2, rarely)  # a word of the language, not of this response alone
        and word not in SAYING_LITTLE
        and word not in _ABSTRACT
        and not word.endswith(_NO_NOUN)
        and (word[-1] != "s" or word.endswith("ss"))
        and word not in forms_in(question)
        and word not in openers
        and word not in GENERAL
    ]
    topic = frozenset(word for word in asked if len(word) > 3 and known[word] <= ordinary)
    siblings = others.siblings(text.raw)
    # What brings a word along is what the response is about: other responses with such a word share most of
    # its rare words. The half that shares the least could stand in a text about anything.
    speaks_of = frozenset(word for word in used if len(word) > 3 and known[word] <= rarely)
    company = others.in_company(rare, speaks_of)
    rare = sorted(rare, key=lambda word: (company[word], word))[: (len(rare) + 1) // 2]
    order = sorted(rare, key=lambda word: (word not in _EVERYDAY, zlib.crc32(f"{turn}{word}".encode())))
    wanted = 1 + (turn >> 2) % _KEYWORDS
    chosen: list[str] = []
    for word in order:
        if len(chosen) == wanted:
            break
        if (
            2 * sum(word in words for words in siblings) <= len(siblings)
            and not any(same_stem(word, one) for one in chosen)
            and others.goes_with(word, topic) < _RELATED
        ):
            chosen.append(word)
    return Existence(keywords=tuple(sorted(chosen))) if chosen else None
