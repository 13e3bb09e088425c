"""Sentences as a reader sees them, in any language.

Rules, without a model and without being given the language: a full stop ends a sentence unless an
abbreviation, an initial, an ordinal, or what stands behind it says otherwise (:mod:`.abbreviations`).
"""

import bisect
import re
from collections.abc import Iterator

import regex

from hir_data.text import abbreviations
from hir_data.text.cached import cached_property

# ---------------------------------------------------------------------------------------------------------
# Blocks

_LINE_BREAK = regex.compile(r"\R")
_FENCE = regex.compile(r"\s{0,3}(?:>\s?)*(`{3,}|~{3,})")
_ITEM_MARK = regex.compile(r"^\s*(?:\#{1,6}\s+)?(?:[-*+•]|\d{1,3}[.)]|\p{L}[.)])\s+")
_STARTS_BLOCK = regex.compile(r"\s*(?:\#{1,6}\s|[-*+•]\s|\d{1,3}[.)]\s|\p{L}\)\s|\||>)")
_RUNS_ON = regex.compile(r"[,;，、；:-]$|\b(?:the|a|an|of|to|and|or|in|on|at|for|with|by|from|as|that)$")
_FULL_WIDTH = 40  # a line of so many columns is wrapped
_WIDE_LETTER = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]")


def sentences(text: str) -> list[str]:
    """The sentences of a text in any script, in its order.

    A list item, a heading, a row of a table and what stands on a line of its own are one at least; a line
    that is only wrapped is none. What holds neither a letter nor a digit is no sentence, and code is none.
    """
    return [
        sentence for block in _blocks(text) for sentence in _of_block(block) if _WORDLIKE.search(sentence)
    ]


def _of_block(block: str) -> Iterator[str]:
    """The sentences of a block, the mark of a list item with the first of them."""
    mark = _ITEM_MARK.match(block)
    begun = mark.group().lstrip() if mark else ""
    first, *others = split(block[mark.end() :] if mark else block)
    yield begun + first
    yield from others


def _blocks(text: str) -> Iterator[str]:
    """Lines that a reader takes together; without code, and without what fences it."""
    block: list[str] = []
    fence = ""
    for line in _LINE_BREAK.split(text):
        if opened := _FENCE.match(line):
            if not fence:
                fence = opened[1]
            elif opened[1].startswith(fence):
                fence = ""
            yield "\n".join(block)
            block = []
        elif not fence:
            if block and not _continues(block[-1], line):
                yield "\n".join(block)
                block = []
            block.append(line)
    yield "\n".join(block)


def _continues(before: str, line: str) -> bool:
    """Whether a line goes on with what the line before it says."""
    before, line = before.rstrip(), line.strip()
    if not before or not line or _STARTS_BLOCK.match(line) or before.lstrip()[0] in "#|":
        return False
    return (
        line[0].islower()
        or (before[-1] == "." and before[-6:-1].split(" ")[-1] in abbreviations.TITLES)
        or _RUNS_ON.search(before) is not None
        or len(before) + len(_WIDE_LETTER.findall(before)) >= _FULL_WIDTH
    )


# ---------------------------------------------------------------------------------------------------------
# Marks

_CLOSING = "\"'”’»›」』】）》)]}*_~`“‘«‹"  # the last four close in German
_OPENING = "\"'“”‘„«‹「『【（《([{*_~`¿¡"
_WIDE_ENDS = frozenset("。！？｡．।॥؟۔።།။។៕")  # no white space has to follow
_ENDS = ".?!…‽⁇⁈⁉։" + "".join(sorted(_WIDE_ENDS))
_ANY_CLOSING, _ANY_OPENING, _ANY_END = (f"[{regex.escape(signs)}]" for signs in (_CLOSING, _OPENING, _ENDS))
_MARK = regex.compile(
    rf"(?P<marks>{_ANY_END}(?:{_ANY_END}|{_ANY_CLOSING})*+)"
    r"(?P<closed>[\s\u00a0\u202f]?»)?(?:\[\d{1,3}\]|[¹²³⁰⁴-⁹])*+"
)
_NEXT = regex.compile(
    rf"(?P<space>\s*+)(?:{_ANY_OPENING}|[—–-]|\s|\p{{Sc}})*+(?P<word>[\p{{L}}\p{{N}}\p{{M}}'’-]*+)"
)
_GOES_ON = regex.compile(r"\s*+[,;:](?=\s)")
_FULL_STOPS = frozenset(".…")
_WORDLIKE = regex.compile(r"[\p{L}\p{N}]")
_LAST_WORD = regex.compile(r"(?r)[^\s(\[{\"'“„«‘—–/]*+")  # from the end backwards
_SAYS = regex.compile(r"[\s，,]{0,2}\p{Han}{0,5}?(?:说|說|道|问|問|喊|叫|答|笑着)")
_PARTICLE = regex.compile(
    r"(?:と|っ|の|が|を|に(?!わ)|は(?!い)|など|も(?!う|し|ち|っ)|や(?!は|っ|が)|的|这[个句样种类话首段番])"
)
_BRACKETS = {"）": "（", ")": "(", "】": "【", "]": "["}
_ANNOUNCED = regex.compile(r"[:：]\s*[\"“”‘「『«„]")


_WINDOW = 100  # how far in front of a mark anything matters


def split(text: str) -> Iterator[str]:
    """The sentences of one block, with the white space inside them as it was."""
    start = last = 0
    has_word = False
    without_capitals = text == text.lower()
    before = _Before(text)
    for mark in _MARK.finditer(text):
        has_word = has_word or _WORDLIKE.search(text, last, mark.start()) is not None
        last = mark.end()
        if has_word and _ends(before, start, mark, without_capitals):
            yield text[start:last].strip()
            start, has_word = last, False
    yield text[start:].strip()


class _Before:
    """What stands in a text between the start of a sentence and a mark.

    A sentence may have thousands of marks that do not end it: each is answered without reading all before it.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._openings: dict[str, list[int]] = {}

    def opening(self, sign: str, start: int, end: int) -> int | None:
        """The last place of a bracket that opens something."""
        if sign not in self._openings:
            self._openings[sign] = [place for place, each in enumerate(self.text) if each == sign]
        places = self._openings[sign]
        index = bisect.bisect_left(places, end)
        return places[index - 1] if index and places[index - 1] >= start else None

    def announces(self, start: int, end: int) -> bool:
        """Whether a quotation is announced, as by ``she said: "``."""
        index = bisect.bisect_left(self._announced, (start, 0))
        return index < len(self._announced) and self._announced[index][1] <= end

    @cached_property
    def _announced(self) -> list[tuple[int, int]]:
        return [match.span() for match in _ANNOUNCED.finditer(self.text)]

    def first_word(self, start: int) -> int:
        """The first letter or digit; there is one."""
        if start != self._first[0]:
            found = _WORDLIKE.search(self.text, start)
            self._first = (start, found.start() if found else len(self.text))
        return self._first[1]

    _first = (-1, 0)  # of the last start that was asked about


def _ends(before: _Before, start: int, mark: "regex.Match[str]", without_capitals: bool) -> bool:
    """Whether the sentence that began at ``start`` ends with these marks."""
    text = before.text
    behind = _NEXT.match(text, mark.end())
    assert behind is not None  # it matches whatever there is
    marks, word = mark["marks"], behind["word"]
    plain = marks.rstrip(_CLOSING)
    closed = plain != marks or bool(mark["closed"])
    if closed and _goes_on_behind_a_quotation(before, start, mark):
        return False
    if not _WIDE_ENDS.isdisjoint(marks):
        return not (closed and behind["space"] and _is_said_by(text, behind.start("word")))
    if not behind["space"]:  # "3.5", "example.com"; but in scripts without case a letter may follow at once
        at_once = word != "" and _caseless(word[0]) and not set(plain) <= _FULL_STOPS
        return at_once or behind.end() == len(text)
    if _GOES_ON.match(text, mark.end()):
        return False
    if word == "":
        return True  # an emoji or the like: it is no part of the sentence before it
    begins = not word[0].islower() or _is_a_name(word)  # a capital, a digit, or a script without case
    if not set(plain) <= _FULL_STOPS:
        if begins:
            return not (closed and _is_said_by(text, behind.start("word")))
        return without_capitals and not closed
    if len(plain) > 1 or plain == "…":
        is_pause = word[0].isalpha() and _caseless(
            word[0]
        )  # as in scripts without case, for all one can tell
        return begins and not is_pause and re.split("['’]", word)[0] != "I"  # which has a capital everywhere
    if closed:
        return begins
    front = text[max(start, mark.start() - _WINDOW) : mark.start()]
    return _full_stop_ends(front, word, begins, without_capitals)


def _goes_on_behind_a_quotation(before: _Before, start: int, mark: "regex.Match[str]") -> bool:
    """A particle stands behind it in Japanese; Chinese says there who said it, if not before."""
    text = before.text
    if _PARTICLE.match(text, mark.end()) or _is_inside_brackets(before, start, mark):
        return True
    if "》" in mark["marks"] and mark.end() < len(text):  # a title ends, such as that of a film
        return True
    says = _SAYS.match(text, mark.end(), mark.end() + 8)
    return says is not None and not before.announces(start, mark.start())


def _is_inside_brackets(before: _Before, start: int, mark: "regex.Match[str]") -> bool:
    """Whether words stand around brackets that the marks close, as in 东京（首都！）很大."""
    opening = _BRACKETS.get(mark["marks"][-1])
    behind = before.text[mark.end() : mark.end() + 1]
    if opening is None or not behind or not _caseless(behind):
        return False
    place = before.opening(opening, start, mark.start())
    return place is not None and before.first_word(start) < place


def _is_said_by(text: str, start: int) -> bool:
    """Whether a name and a verb of saying stand there, as behind "Go!" in: "Go!" Ana cried."""
    words = text[start : start + 40].split()[:3]
    return any(word.strip(".,;:।").lower() in abbreviations.SAYING for word in words)


def _caseless(letter: str) -> bool:
    return letter.lower() == letter.upper() and letter.isalpha()


def _is_a_name(word: str) -> bool:
    """Such as iPhone or eBay."""
    return any(letter.isupper() for letter in word[1:3])


# ---------------------------------------------------------------------------------------------------------
# Full stops


def _full_stop_ends(front: str, word: str, begins: bool, without_capitals: bool) -> bool:
    """Whether a sentence ends at one full stop, with white space behind it.

    Args:
        front: what stands before the full stop.
        word: the word behind it.
        begins: whether that word looks like the first one of a sentence.
        without_capitals: whether there are none in the text, so that they tell nothing.
    """
    found = _LAST_WORD.match(front)
    before = found.group() if found else ""
    earlier = front[: len(front) - len(before)].split()
    key, previous = before.lower(), earlier[-1].strip("(\"'“„«").lower() if earlier else ""
    begins = begins or without_capitals
    starts = begins and word.lower() in abbreviations.STARTERS
    if key.isdecimal():
        return _number_ends(key, earlier, word, begins)
    if f"{key}.{word.lower()}" in abbreviations.SPACED:
        return False
    if f"{previous}{key}" in abbreviations.SPACED:
        key = f"{previous}{key}"
    if before in abbreviations.TITLES or key.removeprefix("و") in abbreviations.PREFIXES:  # "and" in Arabic
        return False
    before_numbers = key in abbreviations.BEFORE_NUMBERS or key.endswith("str")  # as German streets do
    if before_numbers and (word[0].isdecimal() or re.fullmatch(r"[IVXLC]+|[A-Z]", word)):
        return False
    is_unit = key in abbreviations.UNITS and previous[-1:].isdecimal()
    if key in abbreviations.ANYWHERE or is_unit or before in abbreviations.SHORT_CALENDAR:
        if not begins or word[0].isdecimal() or word.lower() in abbreviations.CALENDAR:
            return False
        shouted = len(word) > 1 and word.isupper()  # as the EST behind "5 p.m."
        return starts or (key in abbreviations.MOSTLY_LAST and not shouted)
    is_spelt = key in abbreviations.SPELT_INITIALS or key in abbreviations.SPELT_WORDS
    if is_spelt and _is_beside_initials(key, previous, word):
        return False
    if len(key) == 1 and key.isalpha():
        return _initial_ends(before, previous, word, starts, begins)
    if _SHORTENED.fullmatch(key):
        return starts  # an abbreviation that is in no list, such as "N.A.T.O."
    is_short = len(key) <= (5 if before[:1].isupper() else 3)  # "Calif. and", "Johannes XXIII. starb"
    return begins or (not is_short and _VOWEL.search(key) is not None)  # "MwSt. und" has none


def _is_beside_initials(key: str, previous: str, word: str) -> bool:
    """Whether a letter as Hindi spells it, with a full stop, is an initial, as the second of ए. पी. जे. is."""
    spelt = abbreviations.SPELT_INITIALS
    return key in spelt or previous.rstrip(".") in spelt or word in spelt


_SHORTENED = regex.compile(r"(?:\p{L}\p{M}*\p{L}?\p{M}*\.-?)+\p{L}\p{M}*\p{L}?\p{M}*")
_VOWEL = regex.compile(r"[^\p{Latin}]|[aeiouy]|[^\x00-\x7f]")


def _number_ends(number: str, earlier: list[str], word: str, begins: bool) -> bool:
    """Whether a sentence ends behind a number and a full stop: not at an ordinal, nor at a list's number."""
    if not earlier or earlier[-1].endswith(":") or word.lower() in abbreviations.MONTHS:
        return False
    if len(number) > 2:
        return begins
    is_date = word[0].isdecimal() and len(earlier) < 3
    is_ordinal = earlier[-1].lower() in abbreviations.BEFORE_ORDINALS and word[0].isupper()
    return begins and not is_date and not is_ordinal


def _initial_ends(before: str, previous: str, word: str, starts: bool, begins: bool) -> bool:
    """Whether a sentence ends behind one letter: not behind an initial, but behind "vitamin C"."""
    if _caseless(before[0]) or ("а" <= before < "я"):  # р. Волга, с. Ивановка; but "это я."
        return False
    if before == "M" and word.lower() in ("le", "la", "du", "de", "des"):  # the title, and a French name
        return False
    if before[0].isupper():
        return starts and previous.islower() and not previous.endswith(".")
    return starts or (begins and len(word) > 1 and word[0].isupper() and previous.isalpha())
