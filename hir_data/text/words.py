"""Words as a reader sees them, in any language."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import regex

_UNICODE_WORD = regex.compile(r"(?w)\b[\p{L}\p{N}_].*?\b")
_SIGNS = r"(?<=[A-Za-z])[.:'’‘](?=[A-Za-z])|(?<=[0-9])[.,;':/’‘–-](?=[0-9])|(?<=[A-Z])&(?=[A-Z])"
_ENGLISH_WORD, _ENGLISH_PART = (
    re.compile(rf"[A-Za-z0-9_]+(?:(?=[-.,:;'/&’‘–])(?:{signs})[A-Za-z0-9_]+)*")
    for signs in (rf"{_SIGNS}|-(?=[A-Za-z0-9_])", _SIGNS)
)
"""A word, and one that a hyphen splits, in a text of :data:`_ENGLISH` alone, where they are found several
times as fast: the same with all that :func:`_is_one_word` joins."""
_ENGLISH = re.compile(
    "[\0-\x7f‘’“”–—…•×±\u2190-\u22ff\u2500-\u2775\u2794-\u27bf\U0001f300-\U0001f3fa\U0001f400-\U0001faff]*"
)
"""ASCII, typographic marks, and arrows, dingbats and emoji, which stand in no word and join none."""
_OPENING_QUOTE = re.compile(r"(?<!\w)['’](?=\w)|(?<=[\d_])['’](?=[^\W\d_])")
"""An apostrophe that belongs to no word before it: ahead of a vowel it would hide the word for
:data:`_UNICODE_WORD`."""
_LINE_END = re.compile(r"\n(?=[\0-\x7f])")
"""Where a line ends and with it a word, whatever stands around."""
_URL_SIGNS = r"[!#-;=?-~\p{Latin}\p{Cyrillic}\p{M}]"
_LIST_MARK = (
    r"(?m)^[^\S\n]*(?:>[^\S\n]*)*(?:[-*+•][^\S\n]+\[[ xX]\]|(?:(?:[-*+•]|\#{1,6})[^\S\n]+)?"
    r"\(?(?:\d{1,3}(?:\.\d{1,3})*[.)]|[A-Za-z]\)))[^\S\n]+(?:\[[ xX]\][^\S\n]+)?(?=\S)"
)
_LIST_MARKS = regex.compile(rf"{_LIST_MARK}(?P<address>(?!))?")
_NO_PLAIN_WORDS = regex.compile(
    rf"{_LIST_MARK}|(?P<address>(?:https?|ftp)://{_URL_SIGNS}++|\bwww\.{_URL_SIGNS}++"
    r"|(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++@[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)+"
    rf"|(?<![A-Za-z0-9.-])(?:[A-Za-z0-9-]++\.)+[A-Za-z]{{2,}}/{_URL_SIGNS}*+)"
)
HYPHENS = "-\u2010\u2011"
_NUMBER_SIGN = regex.compile(r"\p{No}")  # the small digits of "m²" and "H₂O", and fractions
_INSIDE_NUMBERS = "-\u2010\u2011\u2012\u2013:/.,"
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_UNSPACED_LETTER = regex.compile(rf"[[{_UNSPACED}]&&\p{{L}}]", regex.VERSION1)
_NEEDS_A_DICTIONARY = regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_ATTACHED = regex.compile(rf"[{_UNSPACED}\p{{Hangul}}]")
_STANDS_APART_BEHIND = rf"(?<![\w--[{_UNSPACED}\p{{Hangul}}]])"
_STANDS_APART_BEFORE = rf"(?!\p{{M}}|[\w--[{_UNSPACED}\p{{Hangul}}]])"


def words(text: str, *, split_hyphens: bool = False) -> list[str]:
    """Words as a reader counts them: "don't", "well-known", "3.50", "10:30" and an address are one each.

    By the default word boundaries of Unicode (UAX #29), but that hyphens join words (unless
    ``split_hyphens``), dates and times are whole, and so are addresses (of the web, of mail). The number of
    a list item is no word. Each Chinese character is one; of Thai, Lao, Khmer and Burmese, where words can
    only be told apart by a dictionary, all that stands between two spaces is taken for one word
    (:func:`most_words`).
    """
    found: list[str] = []
    start = 0
    for match in _NO_PLAIN_WORDS.finditer(text) if _may_have_address(text) else _list_marks(text):
        found += _plain_words(text[start : match.start()], split_hyphens)
        found += [match["address"]] if match["address"] else []
        start = match.end()
    return found + _plain_words(text[start:], split_hyphens)


def _may_have_address(text: str) -> bool:
    return "://" in text or "@" in text or "www." in text or _PATH.search(text) is not None


_PATH = re.compile(r"\.[A-Za-z]{2,}/")
"""The end of a domain and a slash behind it."""


def _list_marks(text: str) -> Iterator[Any]:
    """The marks of list items, which stand at the start of a line."""
    start = 0
    while True:
        if mark := _LIST_MARKS.match(text, start):
            yield mark
        start = text.find("\n", start) + 1
        if not start:
            return


def most_words(words: Sequence[str]) -> int:
    """How many there may be at most, if each letter of a script that needs a dictionary is one."""
    joined = "".join(words)
    if joined.isascii() or not _NEEDS_A_DICTIONARY.search(joined):
        return len(words)
    return sum(max(1, len(_NEEDS_A_DICTIONARY.findall(word))) for word in words)


def _plain_words(text: str, split_hyphens: bool) -> list[str]:
    if text.isascii() or _ENGLISH.fullmatch(text):
        found = (_ENGLISH_PART if split_hyphens else _ENGLISH_WORD).findall(text)
        return [word for word in found if word.strip("_")] if "_" in text else found
    lines = _LINE_END.split(text)
    if len(lines) > 1:
        return [word for line in lines for word in _plain_words(line, split_hyphens)]
    spans: list[tuple[int, int]] = []
    last = 0
    for start, end in _word_spans(text):
        if spans and text[last:start] != " " and _is_one_word(text, last, start, split_hyphens):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        last = end
    return [text[start:end] for start, end in spans if text[start:end].strip("_")]


def _word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the words by the boundaries of Unicode begin and end."""
    return (match.span() for match in _UNICODE_WORD.finditer(_OPENING_QUOTE.sub('"', text)))


def _is_one_word(text: str, end: int, start: int, split_hyphens: bool) -> bool:
    """Whether what ends and what starts there are parts of one word."""
    before, between, behind = text[end - 1], text[end:start], text[start]
    if not between:
        if _NUMBER_SIGN.match(before) or _NUMBER_SIGN.match(behind):
            return not (_UNSPACED_LETTER.match(before) or _UNSPACED_LETTER.match(behind))
        return _NEEDS_A_DICTIONARY.match(before) is not None and _NEEDS_A_DICTIONARY.match(behind) is not None
    if len(between) > 1:
        return False
    if before.isdecimal() and behind.isdecimal():
        return between in _INSIDE_NUMBERS
    if (between == "&" and before.isupper() and behind.isupper()) or (between == "°" and behind in "CFK"):
        return True
    if split_hyphens or between not in HYPHENS:
        return False
    return not (_UNSPACED_LETTER.match(before) or _UNSPACED_LETTER.match(behind))


def word_pattern(word: str) -> str:
    """A pattern (of ``regex``) for a text where it stands as a word of its own.

    No letter, digit, underscore or combining mark may stand beside it. In scripts without spaces between
    words anything may, and in Korean, where endings are attached; a combining mark may not even there.
    """
    before = _STANDS_APART_BEHIND if _ATTACHED.match(word[:1]) is None else ""
    behind = _STANDS_APART_BEFORE if _ATTACHED.match(word[-1:]) is None else r"(?!\p{M})"
    return f"{before}{regex.escape(word)}{behind}"


def stands_apart(word: str) -> bool:
    """Whether it is divided from its neighbours in a text, by the scripts of its first and last letter."""
    return not (_ATTACHED.match(word[:1]) or _ATTACHED.match(word[-1:]))


def unspaced_letters(text: str) -> list[str]:
    """The letters of scripts that put no spaces between words (Chinese, Japanese, Thai, ...)."""
    return _UNSPACED_LETTER.findall(text)


def without_unspaced(text: str) -> str:
    """The text with a space in place of each letter that :func:`unspaced_letters` finds."""
    return _UNSPACED_LETTER.sub(" ", text)
