"""Where a response speaks of texts: of what it was asked, of itself, of words, sentences and letters.

Whoever was asked for a text on tea has a reason to speak of tea, and none to speak of sentences. So what is
said of texts shows a requirement, and no other instruction explains it than one that speaks of the same.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from hir_data.text.numerals import in_words
from hir_data.text.quality.prose import has_usual_cases
from hir_data.text.stems import stem


def speaks_of_instruction(text: str, rest: str) -> str | None:
    """Where a response speaks of what it was asked, which another instruction would not explain.

    Args:
        text: the response.
        rest: what the instruction says beside the constraints that are to go. What it speaks of itself the
            response may speak of, with numbers that it has; but no response may give the demand back.
    """
    text = text.replace("’", "'")
    if demand := next(_found(("demands",), text), None):
        return demand
    known = _stems(rest)
    for said in _found(("the request", "itself", "parts", "terms"), text):
        words = [word for word in _words(said) if _number(word) or stem(word) in _OF_TEXTS]
        if _DATA.intersection(words) and _DATA & known:  # the format of the JSON that is asked for
            words = [word for word in words if stem(word) not in _OF_DATA]
        if not words or not all(_is_known(word, known) for word in words):
            return said.strip()
    return None


_DATA = frozenset({"json", "markdown", "html", "xml", "csv"})
_OF_DATA = frozenset(map(stem, ("format", "formatted", "structure")))


def _found(subjects: Iterable[str], text: str) -> Iterator[str]:
    """What is said on some of the :data:`SUBJECTS` in any case, one after the other.

    The patterns are in lower case, and several times as fast on a text that is, too, as they would be if they
    ignored case. None goes beyond a line, so that only lines with one of its words are looked at.
    """
    lower = text.lower()
    if not has_usual_cases(text, lower):
        for subject in subjects:
            yield from _matches(re.compile(SUBJECTS[subject].said.pattern, re.IGNORECASE), text)
        return
    for subject in subjects:
        words, said = SUBJECTS[subject]
        for start, end in _lines_with(words, lower):
            for found in said.finditer(lower, start, end):
                yield text[found.start() : found.end()]


def _lines_with(words: Iterable[str], text: str) -> Sequence[tuple[int, int]]:
    """Where the lines of a text begin and end that have one of some words."""
    ends: dict[int, int] = {}
    for word in words:
        at = text.find(word)
        while at >= 0:
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            ends[text.rfind("\n", 0, at) + 1] = end
            at = text.find(word, end)
    return sorted(ends.items())


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    return (found.group() for found in pattern.finditer(text))


def _is_known(word: str, known: frozenset[str]) -> bool:
    if number := _number(word):
        return any(stem(each) in known for each in (str(number), *in_words(number)))
    return stem(word) in known


def _number(word: str) -> int | None:
    """The number that a word says, from two on."""
    return int(word) if word.isdecimal() and len(word) < 7 else _NUMBERS.get(word)


_NUMBERS = {word: number for number in range(2, 101) for word in in_words(number)[:1]}


@functools.lru_cache(maxsize=1 << 8)
def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, {*_words(text)}))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower().replace("lower-case", "lowercase").replace("upper-case", "uppercase"))


_WORD = re.compile(r"\d+|[^\W\d_]+")


# ---------------------------------------------------------------------------------------------------------
# What was asked

_PART = r"(?:words?|sentences?|letters?|phrases?|characters?|paragraphs?|lines?|keywords?|syllables?|commas?)"
_SELF = r"(?:response|answer|text|message|version|structure|format|output|json|letter|paragraph|sentence)"
_DOES = (
    r"(?:is (?:written|formatted|composed|structured|exactly|under|within|in)|has exactly|contains|uses"
    r"|follows|meets|satisfies|adheres|maintains|includes|does not|avoids|ensures|employs|starts|begins|ends)"
)
_DEMANDED = (
    r"(?:\w*specific|\w*specified|\w*given|structural|format\w*|length|word|style|stated|original|user|user's|other"
    r"|following|above|listed|initial|exact|same|writing|linguistic|mentioned)"
)
_OF_THE_REQUEST = re.compile(
    r"\b(?:as (?:you )?(?:requested|instructed|specified|asked)|(?:as|like) you (?:wanted|wished)"
    r"|you(?:'ve| have)? (?:asked|requested|specified|instructed)"
    r"(?! (?:yourself|me (?:\w+ ){0,3}?(?:about|why|how|what|whether|if|where|who)"
    r"|about|whether|if|why|how|what)\b)"
    r"|per (?:your|the) (?:request|instructions?)"
    rf"|(?:your|the|this|these|all|given|specified|original) (?:{_DEMANDED} )?(?:request|instructions?"
    r"|requirements?|criteria|constraints?|prompt|guidelines)\b"
    r"(?!s? (?:for|of|response|reply|attention|action|assistance)\b)"
    r"|keep(?:ing)? (?:your|the|this|my) (?:answer|response|output|text)"
    r"|(?:keep|stick) to the (?:word|phrase|format|length|topic of the)"
    r"|(?:there(?:'s| is) )?no need to (?:use|include|mention|write|repeat|begin|end)"
    r"|(?:a|the|my|your) (?:revised|corrected|modified|adjusted|rewritten|reworded|rephrased) (?:\w+ )?"
    rf"(?:{_SELF}|story|poem)"
    r"|i(?:'ve| have) (?:followed|used|included|avoided|kept|written|made sure|ensured|repeated|copied)"
    r"|(?:i|we)(?:'ll| will) (?:use|include|avoid|repeat|copy|write|begin|end) (?:\w+ ){0,3}?"
    rf"(?:request|{_PART})"
    r"|(?:i|we)(?:'ll| will) (?:make sure|be sure|ensure) (?:to|that) (?:\w+ ){1,4}?"
    rf"(?:{_PART}|punctuation|format)"
    r"|(?:a|the) user(?:'s creativity| wants| wanted| asks| asked| has asked| is asking))\b",
)

# ---------------------------------------------------------------------------------------------------------
# The response itself

_OF_ITSELF = re.compile(
    rf"\b(?:(?:this|my|the following) (?:\w+ )?{_SELF} {_DOES}"
    rf"|(?:the|above) (?:response|answer|text|version|output|json) {_DOES}"
    r"|this is an? (?:\w+ ){0,5}?(?:message|response|answer|text|letter|story|poem|paragraph|summary) that"
    r" (?:starts|begins|ends|contains|uses|includes|has|follows|meets|does not)"
    r"|(?:word|character|letter|sentence|syllable) (?:counts?|limits?|index|indices)"
    r"|(?:json|markdown|html|xml|csv)[- ](?:formatted|format|structure)"
    r"|(?:total|number) (?:of )?(?:words|sentences|letters|characters|paragraphs)(?=:))\b",
)

# ---------------------------------------------------------------------------------------------------------
# Words, sentences, letters

_ORDINAL = r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|final|next|each|every)"
_QUOTED = r"[\"“”‘'*]+[^\"“”’'*\n]{1,40}[\"“”’'*]+"
_DEMANDS = re.compile(
    r"\b(?:your (?:answer|response|output) (?:must|should|has to|needs to|cannot|can only)"
    rf"|{_ORDINAL} (?:word|sentence|letter|paragraph)s? (?:of (?:your|the|each|every) \w+ )?"
    r"(?:must|should|has to|have to|needs? to)"
    rf"|(?:word|letter|phrase|keyword)s? {_QUOTED}[^.\n]{{0,30}}?\b(?:has to|have to|must|should|needs? to)"
    r"|in (?:the context of )?your (?:answer|response)"
    r"|the number of (?:words|sentences|letters|characters|paragraphs)(?: in \w+ \w+)? "
    r"(?:between|should|has to|must|is (?:at|between|exactly|less|fewer|more)|at (?:least|most))"
    r"|do not (?:use|copy|repeat|include) (?:any|the) (?:words?|letters?|phrases?|commas?)"
    rf"|(?:word|letter|phrase|keyword)s? {_QUOTED} (?:is|are|was|were|has been|have been) "
    r"(?:repeated|mentioned|included)"
    rf"|(?:word|letter|phrase|keyword)s? {_QUOTED} (?:appears?|occurs?|(?:is|are) used) "
    r"(?:(?:at least|at most|exactly|more than|only) )?(?:once|twice|\w+ times)"
    r"|(?:sentence|text|story|answer|response|paragraph|poem) (?:is|was|has been) "
    r"(?:reworded|rephrased|rewritten))\b",
)
_UNIT = r"(?:words|sentences|letters|characters|paragraphs|syllables|keywords|bullet points|commas|lines)"
_COUNT = (
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty"
    r"|(?:one |a |two |three )?hundred)"
)
_USING = (
    r"(?:us(?:e|es|ed|ing)|copy|copies|copied|copying|(?:avoid|contain|repeat|mention|limit)(?:s|ed|ing)?|includ(?:e|es|ed|ing)"
    r"|(?:begin|start|end)(?:s|ed|ning|ing)? with"
    r"|(?:appearances?|occurrences?|frequency|use|usage|repetitions?|number) of)"
)
_OF_PARTS = re.compile(
    r"\b(?:\d+-?(?:st|nd|rd|th) (?:word|sentence|letter|paragraph|line|character|syllable)s?"
    rf"|{_ORDINAL} (?:word|sentence|letter|paragraph|line)s?"
    r" (?:is|are|was|begins?|starts?|ends?|has|have|must|should|contains?|flows?"
    r"|of (?:the|each|every|this|my|your)"
    r" (?:sentence|paragraph|line|response|answer|text|word|story|poem|list)s?)"
    r"|(?:word|sentence|paragraph|letter) (?:number |no\.? |#)?\d+|index \d+"
    r"|(?:exactly|at least|at most|under|fewer than|less than|only|no more than|within|about|approximately)"
    rf" {_COUNT} {_UNIT}"
    rf"|in (?:just |only |exactly )?{_COUNT} (?:words|sentences|paragraphs|letters)"
    rf"|{_COUNT} (?:words|sentences|characters|letters)(?=\))"
    rf"|{_COUNT} (?:numbers|words|sentences|keywords|letters)(?=:)"
    r"|without (?:using|mentioning|including|the (?:use|word)|any (?:commas|punctuation|capital))"
    rf"|{_USING} (?:the |each |every |any |that |this |these |those |a |only )(?:\w+ )?"
    r"(?:word|letter|phrase|keyword|sentence|comma|vowel|character)s?(?! from)"
    rf"|(?:word|letter|phrase|keyword)s? {_QUOTED}[^.\n]{{0,30}}?\b(?:has to|have to|must|should|needs? to"
    r"|is to|less than|fewer than|at least|at most|exactly|only once|\d+ times|twice)"
    r"|(?:didn't|did not|don't|do not|doesn't|does not|never|not) us(?:e|ing) (?:the|any|that|this|these) "
    rf"(?:\w+ )?{_PART}"
    r"|(?:words?|sentences?|lines?|paragraphs?) (?:flow|start|begin|end)(?:s|n?ing)?"
    r" (?:with|in|by) [\"“‘'*]*(?:[a-z]|the (?:letter|word|same)))\b",
)
_TERMS = re.compile(
    r"\b(?:vowels?|consonants?|palindromes?|palindromic|trigrams?|n-?grams?|lower-?case|upper-?case"
    r"|all[- ]caps|capital letters|title case|alliterations?|alliterative|alliterates?|stop ?words"
    r"|(?:no|without|any|avoiding|using) (?:commas|exclamation marks|question marks|punctuation)"
    r"|divided by (?:commas|asterisks)|bullet points?|placeholders?|square brackets|double quotation marks"
    r"|nested (?:quotes|quotations|brackets|parentheses))\b",
)
_OF_TEXTS = frozenset(
    map(
        stem,
        "word sentence letter phrase character paragraph line keyword syllable comma vowel consonant "
        "palindrome palindromic trigram gram ngram lowercase uppercase caps capital title alliteration "
        "alliterative stop stopwords bullet placeholder bracket quotation quote parentheses exclamation "
        "punctuation json markdown html xml csv format structure index number revised corrected modified "
        "adjusted rewritten reworded rephrased requirement criteria constraint prompt guideline".split(),
    )
)
"""Stems of words for texts and for what is asked of them."""


class Subject(NamedTuple):
    """Something that a response may speak of.

    Attributes:
        words: what it is spoken of with: each match has one of these, or a part of a word that does.
        said: how it is spoken of, in lower case and in one line.
    """

    words: tuple[str, ...]
    said: re.Pattern[str]


SUBJECTS: Mapping[str, Subject] = {
    "demands": Subject(
        (
            *("your answer", "your response", "your output", "must", "should", "has to", "have to", "need"),
            *("the number of", "do not ", "reworded", "rephrased", "rewritten"),
            *("repeated", "mentioned", "included", "once", "twice", " times"),
        ),
        _DEMANDS,
    ),
    "the request": Subject(
        (
            *("request", "instruct", "specif", "asked", "wanted", "wished", "requirement", "criteria"),
            *("constraint", "prompt", "guideline", "keep", "stick to the", "no need to", "revised"),
            *("corrected", "modified", "adjusted", "rewritten", "reworded", "rephrased"),
            *("i have ", "i've ", "i will ", "i'll ", "we will ", "we'll ", " user"),
        ),
        _OF_THE_REQUEST,
    ),
    "itself": Subject(
        (
            *("response", "answer", "text", "message", "version", "structure", "format", "output", "json"),
            *("letter", "paragraph", "sentence", "story", "poem", "summary", "word", "character", "syllable"),
        ),
        _OF_ITSELF,
    ),
    "parts": Subject(
        (
            *("word", "sentence", "letter", "phrase", "character", "paragraph", "line", "syllable", "comma"),
            *("bullet point", "vowel", "index ", "numbers", "without "),
        ),
        _OF_PARTS,
    ),
    "terms": Subject(
        (
            *("vowel", "consonant", "palindrom", "gram", "case", "caps", "capital", "alliterat", "stop"),
            *("comma", "marks", "punctuation", "divided by", "bullet", "placeholder", "bracket", "nested"),
        ),
        _TERMS,
    ),
}
"""What responses speak of that shows what they were asked, by its name."""
