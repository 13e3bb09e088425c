"""Whether a text cannot be read: torn words, pages without a mark, letters at random, marks of a template."""

import operator
import re
import string
from collections.abc import Iterator, Sequence
from itertools import compress, pairwise

from hir_data.text.quality.prose import lines_of, pieces_of, plain, prose_of, without_markup, words_of

_TEMPLATE = re.compile(
    r"<\|[a-z][\w ]{1,30}\|>|<｜[^｜\n]{1,40}｜>|</s>|<s>|\[/?INST\]|<</?SYS>>|<(?:start|end)_of_turn>|"
    r"<eos>|<pad>|<unk>"
)
_CODE = re.compile(r"`[^`]*`")
_BROKEN = "\ufffd\ufffd"
_GLUED = re.compile(r"\[\w{3,}\][a-z]{2,}")
_GLUED_OFTEN = 3  # "[address]ing"
_UNBROKEN = re.compile(r"[A-Za-z]{60,}")


def gibberish(text: str) -> str | None:
    """Why a text cannot be read; None where it can."""
    prose = without_markup(text)
    may_have_mark = "<" in text or "[" in text
    if may_have_mark and (mark := _TEMPLATE.search(_CODE.sub(" ", text) if "`" in text else text)):
        return f"has the mark {mark.group()} of a template"
    if _BROKEN in text:
        return "has broken characters"
    if ("\\" in text or max(map(len, words_of(text)), default=0) >= 60) and _UNBROKEN.search(prose):
        return "has a word without an end"
    if may_have_mark and len(glued := _GLUED.findall(text)) >= _GLUED_OFTEN:
        return f"has placeholders in words, such as {glued[0]!r}"
    if any(map(_TURN.match, lines_of(text))) and (turn := _next_turn(text)):
        return f"goes on with the turn {turn!r} of a template"
    return _torn(text) or _scattered(prose) or _unmarked(prose) or _without_vowels(text)


_TURN = re.compile(
    r"^[ \t]*(?:#{1,4} ?(?:instructions?|response|input|output|human|user|assistant|system|question|"
    r"answer|prompt|task)[ \t]*:?[ \t]*$"
    r"|(?:human|user|assistant|<human>|<bot>|instruction|prompt)[ \t]*:)",
    re.IGNORECASE | re.MULTILINE,
)


def _next_turn(text: str) -> str | None:
    """The heading of another instruction and its answer, which a base model goes on with."""
    turns = [turn.group().strip() for turn in _TURN.finditer(text)]
    names = {turn.strip("#: ").lower() for turn in turns}
    return turns[0] if len(names) > 1 or (turns and turns[0].startswith("###")) else None


# ---------------------------------------------------------------------------------------------------------
# Words with spaces inside

_JOINED = frozenset(
    "the and that this with for from will can have has was were their which also are not but all your "
    "you they "
    "these those there when what more most other some such into over under only than then them his her "
    "its our "
    "would could should about between after before because through while where who how may many each must "
    "make made time world people change word words language different important help use used using being "
    "been very just like way well work life day one two first new good need take know see think".split()
)
_ENTIRE = frozenset(
    "a i o an as at am be by do go he hi if in is it me my no of oh ok on or so to up us we al all and "
    "any are art "
    "ask ate bad big but can day did end far few for get god got had has her him his hot how its key "
    "kid law let low "
    "man may men new nor not now off old one our out own per put ran run sat saw say sea see set she "
    "sit six son sun "
    "ten the too top try two use war was way who why win won yes yet you air age box boy car cup cut "
    "dog eat eye fit "
    "hand hear here other over some thing time where with ever every body day self where there after "
    "under with in "
    "be side fore come like well more most just this that such then them work life world word".split()
)
_TORN_SHARE = 0.04
_TORN = 4
_SPELLED_SHARE = 0.5
_SPELLED = 40  # words
_LETTERS = frozenset(string.ascii_letters)
_HALVES = frozenset(half for word in _JOINED for i in range(1, len(word)) for half in (word[:i], word[i:]))
"""What a usual word can be torn into."""
_FRAGMENTS = _HALVES - _ENTIRE
"""One of these is in each torn word, and none is in more than two."""


def _torn(text: str) -> str | None:
    """Whether usual words stand there in two parts that are none: "th e", "an d"."""
    words = prose_of(text)
    if len(words) < 12:
        return None
    least = max(_TORN, _TORN_SHARE * len(words))
    torn = [*_torn_words(words)] if 2 * sum(map(_FRAGMENTS.__contains__, words)) >= least else []
    if len(torn) >= least:
        return f"has torn words: {torn[0]!r}, {torn[1]!r}"
    most = _SPELLED_SHARE * len(words)
    if (
        len(words) >= _SPELLED
        and [*map(len, words)].count(1) > most
        and sum(map(_LETTERS.__contains__, words)) > most
    ):
        return "has spaces between its letters"
    return None


def _torn_words(words: Sequence[str]) -> Iterator[str]:
    for first, second in _joining(words):
        if len(first) + len(second) > 2 and (first not in _ENTIRE or second not in _ENTIRE):
            yield f"{first} {second}"


def _joining(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The pairs of neighbours that are a usual word together."""
    is_usual = map(_JOINED.__contains__, map(operator.add, words, words[1:]))
    return compress(pairwise(words), is_usual)


# ---------------------------------------------------------------------------------------------------------
# Marks

_MARK = re.compile(r"[^\w\s'’‘\-*_/&%$°\"“”]|\n")
_EMPHASIS = re.compile(r"(?<![\w*])(\*\*?)(?=\S)[^*\n ]+(?: [^*\n ]+){3,}\1(?![\w*])")
"""Some words in emphasis, which stand apart from the rest as between marks."""
_LONGEST_UNMARKED = 100  # words
_RUNS_ON = 60  # words, of which there is no mark in two lines or sentences
_UNSPACED_UNMARKED = 400  # characters
_DOTS = re.compile(r"(?:\.{3}|…)[*_\"'” ]*(?=[a-z*_])")
_MANY_DOTS = 3
_WORDS_PER_DOTS = 25


def _unmarked(prose: str) -> str | None:
    """Whether a line goes on for a page without a mark."""
    if prose.isascii() or len(pieces_of(prose)) > _LONGEST_UNMARKED:
        lines = "\n".join(filter(_may_run_on, prose.split("\n")))
        if not lines:
            return None
        apart = _EMPHASIS.sub(".", lines) if "*" in lines else lines
        long = [part for part in _between_marks(apart) if len(part) > 2 * _RUNS_ON]
        lengths = sorted(len(part.split()) for part in long)
        if len(lengths) > 1 and lengths[-2] > _RUNS_ON:
            return f"twice {lengths[-2]} words without a mark"
        longest = lengths[-1] if lengths else 0
        return f"{longest} words without a mark" if longest > _LONGEST_UNMARKED else None
    longest = max(map(len, re.split(r"[^\w]", prose)), default=0)
    return f"{longest} characters without a mark" if longest > _UNSPACED_UNMARKED else None


def _may_run_on(line: str) -> bool:
    """Whether a line has as many characters without a comma or a full stop."""
    return len(line) > 2 * _RUNS_ON and max(map(len, line.replace(",", ".").split("."))) > 2 * _RUNS_ON


_MARKS_OF_ASCII = "".join(filter(_MARK.match, map(chr, range(128)))).encode()
_LINE_END_FOR_MARKS = bytes.maketrans(_MARKS_OF_ASCII, b"\n" * len(_MARKS_OF_ASCII))


def _between_marks(prose: str) -> list[str]:
    """What :data:`_MARK` divides, divided faster in ASCII."""
    if not prose.isascii():
        return _MARK.split(prose)
    return prose.encode().translate(_LINE_END_FOR_MARKS).decode().split("\n")


def _scattered(prose: str) -> str | None:
    """Whether sentences stop in dots and go on with something else, again and again."""
    dots = len(_DOTS.findall(prose)) if "..." in prose or "…" in prose else 0
    if dots < _MANY_DOTS or ("\n" in prose.strip() and dots < 2 * _MANY_DOTS and prose.count("\n\n") > dots):
        return None
    if dots * _WORDS_PER_DOTS < len(prose.split()):
        return None
    return "falls apart into pieces between dots" if re.search(r"(?:\.{3}|…) ?\*", prose) else None


# ---------------------------------------------------------------------------------------------------------
# Letters at random

_LONG = re.compile(r"\b[a-z]{3,}\b")
_NO_VOWEL = re.compile(r"[bcdfghjklmnpqrstvwxz]{5}|\A[bcdfghjklmnpqrstvwxz]+\Z")
_CAPITALS = re.compile(r"[A-Z](?<=[a-z].)")
_MAY_BE_RANDOM = re.compile(
    r"[bcdfghjklmnpqrstvwxz](?:(?<!\w.)[bcdfghjklmnpqrstvwxz]{2,}\b|[bcdfghjklmnpqrstvwxz]{4})"
)
"""A word of a text in lower case that has no vowel, or five letters in a row that are none."""
_RANDOM_SHARE = 0.3
_RANDOM = 6


_CONSONANTS = "bcdfghjklmnpqrstvwxz"
_SORTS_OF_CHARACTERS = (
    bytes(
        ord("c" if chr(i) in _CONSONANTS else "v" if chr(i).isalnum() or chr(i) == "_" else " ")
        for i in range(128)
    )
    + b" " * 128
)
"""Of bytes: "c" for a consonant in lower case, "v" for what else of ASCII is in words, else a space."""


def _most_random(said: str) -> int:
    """No fewer than what :data:`_MAY_BE_RANDOM` finds in a text in lower case, found faster.

    Two words have one space between them, and each is counted with both of its spaces.
    """
    runs = b" %b " % said.encode(errors="surrogatepass").translate(_SORTS_OF_CHARACTERS)
    return runs.count(b"ccccc") + 2 * (runs.count(b" ccc ") + runs.count(b" cccc "))


def _are_letters_at_random(text: str) -> bool:
    """Whether a third of the words have three capitals inside, and one of them has no vowel."""
    capitals = len(text.encode(errors="surrogatepass").translate(None, _NO_CAPITALS))
    pieces = pieces_of(text)
    if capitals < max(3, len(pieces)):
        return False
    mixed = [word for word in pieces if len(_CAPITALS.findall(word)) >= 3]
    return any(_NO_VOWEL.search(word.lower()) for word in mixed) and len(mixed) * 3 >= len(pieces)


_NO_CAPITALS = bytes(byte for byte in range(256) if chr(byte) not in string.ascii_uppercase)


def _without_vowels(text: str) -> str | None:
    if _are_letters_at_random(text):
        return "has letters at random"
    said = without_markup(plain(text))
    if _most_random(said) < _RANDOM or len(_MAY_BE_RANDOM.findall(said)) < _RANDOM:
        return None
    words = {*_LONG.findall(said)}
    random = sum(1 for _ in filter(_NO_VOWEL.search, words))
    if random >= _RANDOM and random >= _RANDOM_SHARE * len(words):
        return f"{random} of its words are letters at random"
    return None
