"""Whether a text says the same again and again."""

import functools
import itertools
import operator
import re
import zlib
from collections import Counter
from collections.abc import Sequence

from hir_data.text.quality.prose import (
    lines_of,
    pieces_of,
    plain,
    prose_of,
    words_of,
    words_of_parts,
)
from hir_data.text.quality.twins import twin_items

_ENOUGH = 12  # words
_DISTINCT = 0.35  # share of distinct runs of three words, below which nobody writes
_COMPRESSED = 0.22  # of its bytes, below which nobody writes
_IN_A_ROW = {1: 8, 2: 5, 3: 5, 4: 4}
"""How often a run of so many words has to follow itself."""
_ECHOING = re.compile(r"\b([^\W\d_]{4,})(?:[*_]*[ ]+[*_]*\1\b){4,}", re.IGNORECASE)
"""A word five times in a row without a mark between; songs have commas there."""
_OF_SONGS = frozenset("very blah yeah merrily hallelujah".split())
_BLOCK = 8  # words, from which a block is long enough to be counted by itself
_BLOCK_TIMES = 3
_BLOCK_SHARE = 0.5  # of the text, that such blocks are
_LONGEST_BLOCK = 120  # words


def repetition(text: str) -> str | None:
    """How a text repeats itself more than people do; None where it does not."""
    words = words_of(text)
    if len(words) < _ENOUGH:
        return _unspaced(text)
    if is_babble(words):
        return "has hardly any different words"
    if run := _same_in_a_row(words) or _echoing(text, words):
        return f"{run!r} again and again"
    runs, again = len(words) - 2, _runs_again(text)
    distinct = runs - again  # few come back, and most of what is looked for cannot be there
    if 3 * (again + 4) >= len(words) and (block := _repeated_block(words)):
        return block
    if distinct / runs < _DISTINCT:
        return f"{distinct / runs:.0%} of its runs of three words are distinct"
    raw = " ".join(words).encode(errors="surrogatepass")
    if len(raw) >= 600 and raw.isascii():
        ratio = len(zlib.compress(raw, 6)) / len(raw)
        # Longer texts compress better.
        if ratio < _COMPRESSED - 0.02 * min(4, len(raw) // 4000):
            return f"compresses to {ratio:.0%}"
    return (
        _repeated_lines(text)
        or _cut_line(text)
        or _same_line(text)
        or (_same_openings(text) if again >= _OPENINGS_AGAIN else None)
        or (_same_sentence(text) if again >= _SENTENCE_AGAIN else None)
        or (_copied_sentences(text) if again >= _SENTENCES_AGAIN else None)
        or twin_items(text)
        or _unspaced(text)
    )


def distinct_share(text: str) -> float:
    """The share of runs of three words that differ, from 0 to 1; 1 for a text of fewer words."""
    runs = len(words_of(text)) - 2
    return (runs - _runs_again(text)) / runs if runs > 0 else 1.0


@functools.lru_cache(maxsize=8)
def _runs_again(text: str) -> int:
    """How many runs of three words a text has that it had before; remembered for a few texts."""
    words = words_of(text)
    runs = zip(words, words[1:], words[2:], strict=False)
    return max(0, len(words) - 2) - len({*runs})


def is_babble(words: Sequence[str]) -> bool:
    """Whether a text of some length has hardly any different words."""
    return 8 <= len(words) <= 300 and len(set(words)) <= max(2, len(words) // 12)


def _same_in_a_row(words: Sequence[str]) -> str | None:
    """A run of up to four words that follows itself too often; letters and numbers alone are none."""
    words = [word for word in words if len(word) > 1 and word[0].isalpha()]
    for size, often in _IN_A_ROW.items():
        length = size * (often - 1)
        if not _may_be_in_a_row(words, size, length):
            continue
        as_before = bytes(map(operator.eq, words[size:], words))
        if (start := as_before.find(b"\1" * length)) >= 0:
            return " ".join(words[start + length : start + length + size])
    return None


def _may_be_in_a_row(words: Sequence[str], distance: int, length: int) -> bool:
    """Whether so many words in a row may be the same so far before: one of so many is compared."""
    return any(map(operator.eq, words[distance::length], words[::length]))


def _echoing(text: str, words: Sequence[str]) -> str | None:
    # Three in the middle stand between spaces, whatever there is around the first and the last.
    if not _has_odd_cases(text) and not _may_be_in_a_row(words, 1, 2):
        return None
    as_before = bytes(map(operator.eq, words, words[1:]))
    if as_before.count(1) < 4 or (not _has_odd_cases(text) and b"\1\1" not in as_before):
        return None
    match = _ECHOING.search(text)
    return match[1] if match and match[1].lower() not in _OF_SONGS else None


def _repeated_block(words: Sequence[str]) -> str | None:
    """A block of words that follows itself three times and is most of the text.

    Runs of four words say how far back they stood before; where that distance stays the same, a block of
    that length comes back.
    """
    runs = list(zip(words, words[1:], words[2:], words[3:], strict=False))
    known_before = len(runs) - len({*runs})
    if 3 * (known_before + 4) < len(words):  # no block comes back three times that is half of the text
        return None
    last: dict[tuple[str, ...], int] = {}
    distance = length = 0
    for i, run in enumerate(runs):
        back = i - last.get(run, i)
        last[run] = i
        length = length + 1 if back and back == distance else 0
        distance = back
        if length and _BLOCK <= distance <= _LONGEST_BLOCK:
            covered = length + 4 + distance
            if covered >= max(_BLOCK_TIMES * distance, _BLOCK_SHARE * len(words)):
                return f"the same {distance} words {covered // distance} times in a row"
    return None


_MOST_LINES = 200
_LONGEST_PERIOD = 10  # lines
_CUT_LINE = 4  # words


def _repeated_lines(text: str) -> str | None:
    """Lines that follow themselves three times and are most of the text."""
    lines = lines_of(text)[:_MOST_LINES]
    if len({*lines}) == len(lines):
        return None
    words_before: list[int] = []
    for period in range(1, min(_LONGEST_PERIOD, len(lines) // _BLOCK_TIMES) + 1):
        as_before = bytes(map(operator.eq, lines[period:], lines))
        if b"\1" * ((_BLOCK_TIMES - 1) * period) not in as_before:
            continue
        words_before = words_before or [0, *itertools.accumulate(len(line.split()) for line in lines)]
        least = max(_BLOCK_TIMES * _BLOCK, _BLOCK_SHARE * len(pieces_of(text)))
        same = 0
        for i in range(period, len(lines)):
            same = same + 1 if lines[i] == lines[i - period] else 0
            if same < (_BLOCK_TIMES - 1) * period:
                continue
            if words_before[i + 1] - words_before[i - same - period + 1] >= least:
                return f"the same {period} lines {same // period + 1} times in a row"
    return None


def _cut_line(text: str) -> str | None:
    """The last line breaks off in what stands some lines before, and the line above stands there, too."""
    lines = lines_of(text)
    last = lines[-1].rstrip() if lines else ""
    if len(last.split()) < _CUT_LINE:
        return None
    for period in range(1, min(_LONGEST_PERIOD, len(lines) - 2) + 1):
        before, above = lines[-1 - period], lines[-2]
        if before != last and before.startswith(last) and above == lines[-2 - period]:
            return "breaks off in lines that it has already"
    return None


_SAME_LINE = 3  # times


def _same_line(text: str) -> str | None:
    lines = lines_of(text)
    if len(lines) - len({*lines}) < _SAME_LINE - 1:
        return None
    lines = tuple(line for line in lines if len(line.split()) > 3)
    if len(lines) >= 4:
        most = max(Counter(lines).values())
        if most >= _SAME_LINE and most / len(lines) > 0.5:
            return f"the same line {most} times"
    return None


_OPENING = 4  # words
_OPENED_ALIKE = 4  # lines
_OPENED_SHARE = {2: 0.6, 5: 0.5}
"""The share of the lines, from so many openings on."""
_OPENINGS_AGAIN = 2 * (_OPENING - 2) * (_OPENED_ALIKE - 1)
"""Runs of three words that stand there again where two openings come back so often."""


def _same_openings(text: str) -> str | None:
    """Verses most of which begin like several others: one stanza again and again, hardly changed."""
    long = [line for line in lines_of(text) if len(line) > 2 * _OPENING]
    if len(long) < 5 * _OPENED_ALIKE:
        return None
    lines = [words for words in words_of_parts(long) if len(words) > _OPENING]
    if len(lines) < 5 * _OPENED_ALIKE:
        return None
    openings = Counter(tuple(words[:_OPENING]) for words in lines)
    often = [number for number in openings.values() if number >= _OPENED_ALIKE]
    alike = sum(often)
    for least, share in _OPENED_SHARE.items():  # one alone is a figure of speech
        if len(often) >= least and alike >= share * len(lines):
            return f"{alike} of {len(lines)} lines begin alike"
    return None


_SENTENCE_END = re.compile(r"[.!?][\"')*_]*\s+")
_SENTENCE = 6  # words
_LONG_SENTENCE = 20  # words, from which nobody says it twice
_COPIED = 8  # words, from which a sentence may be said again in nearly the same words
_COPIED_RUNS = 0.7  # share of its runs of three words that were there before
_COPIES = 40  # words
_COPIES_SHARE = 0.25  # of the words of such sentences
_PROSE = 12  # words a line, on average
_SENTENCE_AGAIN = (3 - 1) * (_SENTENCE - 2)
_SENTENCES_AGAIN = int(_COPIED_RUNS * _COPIES * (_COPIED - 2) / _COPIED)
"""Runs of three words that stand there again where a sentence does, or several do nearly."""


def _same_sentence(text: str) -> str | None:
    """A sentence that stands in prose three times, or a long one twice; songs have refrains."""
    if len(pieces_of(text)) < _PROSE * len(lines_of(text)):
        return None
    long = [tuple(words) for words in words_of_parts(_SENTENCE_END.split(text)) if len(words) >= _SENTENCE]
    if len({*long}) == len(long):
        return None
    sentences = Counter(long)
    for words, number in sentences.most_common():
        if number >= _BLOCK_TIMES or (number > 1 and len(words) >= _LONG_SENTENCE):
            return f"{' '.join(words[:_SENTENCE])!r} {number} times"
    return None


_ITEM = re.compile(r"[-*+•#>|]|\d+[.)]|```")


def _copied_sentences(text: str) -> str | None:
    """Sentences of prose that say again, in nearly the same words, what earlier ones said."""
    if len(pieces_of(text)) < _PROSE * len(lines_of(text)):
        return None
    known: set[tuple[str, ...]] = set()
    copied = number = 0
    prose = [line for line in lines_of(text) if not _ITEM.match(line)]
    sentences = [part for line in prose for part in _SENTENCE_END.split(line)]
    for words in words_of_parts(sentences):
        if len(words) < _COPIED:
            continue
        runs = {*zip(words, words[1:], words[2:], strict=False)}
        number += len(words)
        copied += len(words) if len(runs & known) >= _COPIED_RUNS * len(runs) else 0
        known |= runs
    if copied >= _COPIES and copied >= _COPIES_SHARE * number:
        return f"{copied} of {number} words are in sentences that were there before"
    return None


_DOUBLED = re.compile(
    r"\b((?:[^\W\d_]++ )?(?!again|around|through|never)[^\W\d_]{5,}+) (?:and|or|nor) \1"
    r"(?:(?=[.,;:!?]|\s*\Z| (?:that|which|who|in|of|to|for|from|with|by|on|at|as|is|are|the|an?|your|our|"
    r"their)\b)"
    r"|(?<=able)|(?<=ible)|(?<=ful)|(?<=ous)|(?<=ive))(?!\w)",
    re.IGNORECASE,
)
_IDIOM = re.compile(r"(?:er|s|ed|ing) and ", re.IGNORECASE)
_JOINING = frozenset(("and", "or", "nor"))
_DOUBLED_LETTERS = 5


def doubled(text: str) -> str | None:
    """A word joined to itself, "luxury and luxury"; None where there is none, or it is a way of speaking.

    "Louder and louder", "years and years" and "she talked and talked" are.
    """
    if not _has_odd_cases(text) and not _has_word_behind_itself(plain(text)):
        return None
    for found in _DOUBLED.finditer(text):
        if not _IDIOM.search(found.group()):
            return found.group()
    return None


_AGAIN = 6  # words
_AGAIN_SHARE = 0.16  # of the words of a short text
_AGAIN_WORDS = 9
_RUNS_AGAIN = _AGAIN_WORDS - 2
"""Runs of three words that stand there again where so many words do."""
_SHORT = 250  # words


def said_again(text: str) -> str | None:
    """What a short text of prose says again word for word, where that is much of it; None where it is not.

    Counted are the words of the second and later uses of runs of six words.
    """
    words = prose_of(text)
    if len(words) > _SHORT or not text.isascii() or _NO_PROSE.search(text):
        return None
    if words is words_of(text) and _runs_again(text) < _RUNS_AGAIN:
        return None
    runs = [*zip(*(words[i:] for i in range(_AGAIN)), strict=False)]
    if len(runs) - len({*runs}) < _AGAIN_WORDS - _AGAIN + 1:
        return None
    known: set[tuple[str, ...]] = set()
    again: set[int] = set()
    first = ""
    for start, run in enumerate(runs):
        if run in known:
            first = first or " ".join(run)
            again.update(range(start, start + _AGAIN))
        known.add(run)
    return first if len(again) >= max(_AGAIN_WORDS, _AGAIN_SHARE * len(words)) else None


_NO_PROSE = re.compile(r"```|</|[{}|=]")


def _has_word_behind_itself(said: str) -> bool:
    """Whether a word that is joined to others is one of the two before, in plain text.

    It is whenever :data:`_DOUBLED` finds something, and seen faster.
    """
    pieces = said.split(" ")
    for at in itertools.compress(itertools.count(), map(_JOINING.__contains__, pieces)):
        if not 0 < at < len(pieces) - 1:
            continue
        before, behind = pieces[at - 1], pieces[at + 1]
        if len(behind) >= _DOUBLED_LETTERS and behind[:_DOUBLED_LETTERS] in before:  # "night and night"
            return True
        if (  # "dark night and dark night"
            1 < at < len(pieces) - 2 and pieces[at - 2].endswith(behind) and pieces[at + 2].startswith(before)
        ):
            return True
    return False


def _has_odd_cases(text: str) -> bool:
    """Whether a text has letters in upper case whose lower case depends on who writes it."""
    return not text.isascii() and ("İ" in text or "Σ" in text)


# ---------------------------------------------------------------------------------------------------------
# Scripts without spaces between words

_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UNSPACED_LETTERS = 60
_RUN = 6  # characters
_LONG_TAIL = 500  # characters
_DISTINCT_TAIL = 0.55


def _unspaced(text: str) -> str | None:
    """Whether the letters of scripts without spaces, or the last of many, come again and again."""
    if text.isascii():
        return None
    if len(text.encode(errors="surrogatepass")) < len(text) + 2 * _UNSPACED_LETTERS:
        return None  # each has three bytes
    letters = "".join(_UNSPACED.findall(text))
    for part in (letters, letters[-_LONG_TAIL:]):
        if len(part) >= _UNSPACED_LETTERS:
            runs = [part[i : i + _RUN] for i in range(len(part) - _RUN + 1)]
            distinct = len(set(runs)) / len(runs)
            # Longer texts have more of their phrases in common.
            if distinct < _DISTINCT_TAIL - 0.1 * min(2, len(part) // 3000):
                return f"{distinct:.0%} of its runs of {_RUN} characters are distinct"
    return None
