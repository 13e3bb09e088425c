"""Conspicuous ways of writing, as figures: how far a text is written in each, from 0 to 1 and more.

What a reader notices before reading: every other word in *asterisks*, an emoji in each line, no comma on a
page, all words with one first letter. A figure is 0 where a text is too short to show it.
"""

import itertools
import operator
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from hir_data.text.quality.prose import is_nearly_ascii
from hir_data.text.quality.writing import ITEM, SENTENCE, WORD, Writing, sentences_of, without_label, words_in

_EMOJI = re.compile("[\U0001f1e6-\U0001f1ff]{2}|[\U0001f300-\U0001faff☀-➿⭐⭕✨]")
_MARKS = re.compile(r"\W*")
_END = re.compile(r"[.!?…:;,—–-]|[^\w\s\x00-\x7f”’]")
_FEW = 4  # sentences
_SOME = 25  # words
_PAGE = 100  # words
_LONG = 12  # words of a sentence

Measure = Callable[[Writing], float]


def _share(answers: Sequence[bool], least: int = _FEW) -> float:
    """The share of the answers that are true; 0 where there are fewer than so many."""
    return sum(answers) / len(answers) if len(answers) >= least else 0.0


def _of_words(found: int, text: Writing, least: int = _SOME) -> float:
    return found / len(text.words) if len(text.words) >= least else 0.0


# ---------------------------------------------------------------------------------------------------------
# Marks

_MARKED_WORD = re.compile(r"(?<![\w*_])(\*\*?|__?)[^\W_]+[.,;!?]?\1(?![\w*_:])|`[^\W_]+`")
_OPENING_MARKS = frozenset("\"“'‘([{*_«")
_WHOLE = re.compile(r"[\"“'‘(\[{*_«].*[\"”'’)\]}*_»][.!?,;]*", re.DOTALL)
_ITALIC = re.compile(r"[#\d.)\s>-]*(?:\*(?!\*)[^*\n]{20,}\*(?!\*)|_(?!_)[^_\n]{20,}_(?!_))")
_OPENING = 0.35


def _marked_words(text: Writing) -> float:
    may_have_some = "*" in text.raw or "_" in text.raw or "`" in text.raw
    return _of_words(sum(1 for _ in _MARKED_WORD.finditer(text.raw)), text) if may_have_some else 0.0


def _emoji(text: Writing) -> float:
    found = [] if is_nearly_ascii(text.raw) else _EMOJI.findall(text.raw)
    return len(found) / len(text.sentences) if len(found) > 2 and text.sentences else 0.0


def _without_commas(text: Writing) -> float:
    """How much less often there is a comma than once in fifty words of longer sentences."""
    most, known = sum(text.prose_line_lengths), 0
    for part in text.prose_sentences:
        if "," in part and len(part.split()) >= _LONG:
            known += part.count(",")
            if 50 * known >= most:
                return 0.0
    if most < _PAGE:
        return 0.0
    lengths = [length for length in text.prose_lengths if length >= _LONG]
    if sum(lengths) < _PAGE:
        return 0.0
    commas = sum(
        part.count(",")
        for part, length in zip(text.prose_sentences, text.prose_lengths, strict=True)
        if length >= _LONG
    )
    return max(0.0, 1 - 50 * commas / sum(lengths))


def _without_ends(text: Writing) -> float:
    lengths = zip(text.prose, text.prose_line_lengths, strict=True)
    long = [line for line, length in lengths if length >= _LONG]
    if len(long) < 2 or len(text.words) < _SOME:
        return 0.0
    ends = (_MARKS.match(line[::-1]) for line in long)
    return _share([not (end and _END.search(end.group())) for end in ends], 2)


def _wrapped(text: Writing) -> float:
    return _share(
        [
            len(said) > 2 and sentence[0] in _OPENING_MARKS and _WHOLE.fullmatch(sentence) is not None
            for sentence, said in zip(text.sentences, text.said, strict=True)
        ]
    )


def _italic_starts(text: Writing) -> float:
    """The share of paragraphs that begin with an italic clause; no less than a third where the first does."""
    if "*" not in text.raw and "_" not in text.raw:
        return 0.0
    starts = [
        _ITALIC.match(line) is not None
        for line, length in zip(text.lines, text.line_lengths, strict=True)
        if length >= SENTENCE
    ]
    return max(_share(starts, 3), _OPENING if len(starts) > 1 and starts[0] else 0.0)


def _semicolons(text: Writing) -> float:
    return _share([";" in sentence for sentence in text.sentences])


def _questions(text: Writing) -> float:
    asking = [sentence.rstrip("\"”’')*_ ").endswith("?") for sentence in text.sentences]
    return _share(asking) if sum(asking) >= 2 else 0.0


def _exclamations(text: Writing) -> float:
    return _share([sentence.rstrip("\"”’')*_ ").endswith("!") for sentence in text.sentences])


# ---------------------------------------------------------------------------------------------------------
# Letters

_USUAL = {
    "e": 0.12,
    "t": 0.09,
    "a": 0.08,
    "o": 0.075,
    "i": 0.07,
    "n": 0.067,
    "s": 0.063,
    "r": 0.06,
    "h": 0.05,
}
"""The shares of the commonest letters in English."""
_EXPECTED = 12  # of a letter, from which it is missed


def _missing_letter(text: Writing) -> float:
    """How far the letter that is most missing is from its usual share: 1 where there is none of it."""
    if not text.raw.isascii():
        return 0.0
    lower, number = text.raw.lower(), sum(map(len, text.words))
    return max(
        (
            1 - lower.count(letter) / (usual * number)
            for letter, usual in _USUAL.items()
            if usual * number >= _EXPECTED
        ),
        default=0.0,
    )


def _alliteration(text: Writing) -> float:
    """The share of the longer words, each counted once, that begin with one letter."""
    initials = Counter(map(operator.itemgetter(0), {*text.long_words}))
    number = sum(initials.values())
    return initials.most_common(1)[0][1] / number if number >= _SOME else 0.0


def _in_a_row(text: Writing) -> float:
    """The share of the longer words that begin as the one before, which is another word."""
    pairs = itertools.pairwise(text.long_words)
    return _share([one[0] == other[0] and one[:4] != other[:4] for one, other in pairs], _SOME)


def _capital_words(text: Writing) -> float:
    return _share([*map(str.isupper, (word for word in text.words if len(word) > 2))], _SOME)


def _title_words(text: Writing) -> float:
    ended = [line for line in text.prose if line.rstrip("\"”’')*_ ").endswith((".", "!", "?"))]
    long = [word[0] for word in words_in("\n".join(ended)) if len(word) > 3]
    return _share([*map(str.isupper, long)], _SOME)


def _lower_starts(text: Writing) -> float:
    return _share([sentence[:1].islower() for sentence in text.sentences])


def _word_length(text: Writing) -> float:
    """How far the mean length of a word is from that of prose, in letters; shorter counts double."""
    words = text.prose_said
    if len(words) < 40 or not text.raw.isascii():
        return 0.0
    mean = sum(map(len, words)) / len(words)
    return max(mean - 4.8, 2 * (4.8 - mean))


# ---------------------------------------------------------------------------------------------------------
# Words and sentences

_PARTICLES = frozenset(
    "the a an and or but of to in on at by for with from as is are was were be been it its this that these "
    "those i you he she we they my your his her our their not no do does did have has had will would can "
    "could may".split()
)
_ARCHAIC = frozenset(
    "thee thou thy thine hath doth dost hast shalt wilt ye verily forsooth prithee henceforth whence hither "
    "thither wherefore betwixt methinks nay yea 'tis tis 'twas twas anon hark alas lo unto".split()
)


def _telegraphic(text: Writing) -> float:
    """How far the share of the little words that any English has is below a fifth."""
    words = text.prose_said
    if len(words) < 40 or not text.raw.isascii():
        return 0.0
    return max(0.0, 1 - 5 * sum(map(_PARTICLES.__contains__, words)) / len(words))


def _archaic(text: Writing) -> float:
    if _ARCHAIC.isdisjoint(text.lower_words):
        return 0.0
    found = sum(map(_ARCHAIC.__contains__, text.lower_words))
    return _of_words(found, text) if found >= 3 else 0.0


def _short_sentences(text: Writing) -> float:
    return _share([len(words) <= _FEW for words in text.prose_words if words], 6)


def _long_sentences(text: Writing) -> float:
    """How many times sixty words the longest sentence of prose has."""
    return max(map(len, text.prose_words), default=0) / 60


def _alike(starts: Sequence[str], least: int = 6) -> float:
    return Counter(starts).most_common(1)[0][1] / len(starts) if len(starts) >= least else 0.0


def _starts_alike(text: Writing) -> float:
    starts = [words[0] for words in text.prose_words if len(words) >= _FEW]
    return _alike(starts) if starts.count("the") < len(starts) / 2 else 0.0


def _ends_alike(text: Writing) -> float:
    return _alike([words[-1] for words in text.prose_words if len(words) >= _FEW])


def _same_word_twice(text: Writing) -> float:
    """The share of sentences that begin with the last word of the one before, or end with their first."""
    pairs = itertools.pairwise(text.said)
    return _share([one[-1] == other[0] or (len(one) > 3 and one[0] == one[-1]) for one, other in pairs])


def _repeated(text: Writing) -> float:
    said = [tuple(words) for words in text.said if len(words) > 4]
    if len({*said}) == len(said):
        return 0.0
    known = Counter(said)
    return _share([known[sentence] > 1 for sentence in said], 3)


def _alphabetical(text: Writing) -> float:
    """The share of sentences or lines whose first letter is the next one of the alphabet."""
    long = text.lines if len(text.lines) > _ALPHABETICAL else []
    lines = (WORD.search(without_label(line.lower())) for line in long)
    starts = ([words[0][0] for words in text.said], [line.group()[0] for line in lines if line])
    return max(
        _share([ord(other) - ord(one) == 1 for one, other in itertools.pairwise(run)], _ALPHABETICAL)
        for run in starts
    )


_ALPHABETICAL = 5  # pairs


def _word_a_line(text: Writing) -> float:
    return _share([length == 1 for length in text.line_lengths], 6)


def _sentence_a_line(text: Writing) -> float:
    """The share of lines that are one sentence each, without blank lines between; verse has no ends."""
    if len(text.lines) < _VERSES or _BLANK.search(text.raw.strip()) or any(map(ITEM.match, text.lines)):
        return 0.0
    return _share(
        [
            length > SENTENCE and _ENDED.search(line) is not None and len(sentences_of(line)) == 1
            for line, length in zip(text.lines, text.line_lengths, strict=True)
        ],
        _VERSES,
    )


_VERSES = 8  # lines
_BLANK = re.compile(r"\n\s*\n")
_ENDED = re.compile(r"[.!?][\"”’')*_]*$")


def _without_vowels(text: Writing) -> float:
    """How many words of four letters and more in lower case have no vowel: "mtns"."""
    return float(sum(1 for _ in _VOWELLESS.finditer(text.raw))) if _may_be_without_vowels(text.raw) else 0.0


def _may_be_without_vowels(raw: str) -> bool:
    """Whether a word begins with four consonants; found faster than a word that has nothing else."""
    return b" cccc" in b" " + raw.encode(errors="surrogatepass").translate(_SORTS_OF_CHARACTERS)


_CONSONANTS = "bcdfghjklmnpqrstvwxz"
_SORTS_OF_CHARACTERS = bytes(
    ord("c" if chr(i) in _CONSONANTS else "v" if chr(i).isascii() and chr(i).isalnum() else " ")
    for i in range(256)
)
"""Of bytes: "c" for a consonant in lower case, "v" for another letter or a digit of ASCII, else a space."""
_VOWELLESS = re.compile(r"(?<![\w'’.@/-])[bcdfghjklmnpqrstvwxz]{4,}(?![\w'’.@/-])")


def _indented(text: Writing) -> float:
    lines = text.raw.splitlines()
    if not any(line.startswith(_INDENTS) for line in lines):
        return 0.0
    return _share([line.startswith(_INDENTS) for line in lines if line.strip() and not ITEM.match(line)])


_INDENTS = (" ", "\t")


MEASURES: Mapping[str, Measure] = {
    "marked words": _marked_words,
    "emoji": _emoji,
    "no commas": _without_commas,
    "no full stops": _without_ends,
    "sentences in marks": _wrapped,
    "italic openings": _italic_starts,
    "semicolons": _semicolons,
    "questions": _questions,
    "exclamations": _exclamations,
    "a missing letter": _missing_letter,
    "alliteration": _alliteration,
    "alliteration in a row": _in_a_row,
    "words in capitals": _capital_words,
    "title case": _title_words,
    "lower case": _lower_starts,
    "length of words": _word_length,
    "telegraphic": _telegraphic,
    "archaic": _archaic,
    "short sentences": _short_sentences,
    "long sentences": _long_sentences,
    "starts alike": _starts_alike,
    "ends alike": _ends_alike,
    "a word twice": _same_word_twice,
    "repeated": _repeated,
    "alphabetical": _alphabetical,
    "a word a line": _word_a_line,
    "a sentence a line": _sentence_a_line,
    "words without vowels": _without_vowels,
    "indented": _indented,
}
"""The figures by name."""


def measured(raw: str) -> dict[str, float]:
    """All figures of a text."""
    text = Writing(raw)
    return {name: measure(text) for name, measure in MEASURES.items()}
