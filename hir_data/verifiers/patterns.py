"""Regular expressions that come from a record.

They are read as the references read them, by ``re``, which nothing ends: not even another thread gets to work
meanwhile. So what can take long is run by ``regex``, under a time limit. The two differ in which signs are
letters, digits and white space, in what else matches an "i" in any case, and in what is syntax: there the
pattern is rewritten, and a sign of the text gives way to another that both read as ``re`` reads the first.
"""

import contextlib
import functools
import itertools
import re
from collections.abc import Iterator
from typing import Annotated, Final

import regex
from pydantic import AfterValidator, Field

from hir_data.text.quiet import quietly_reading

PATTERN_SECONDS: Final = 2.0
"""How long a pattern may search one text before its verdict is a timeout."""

_READS_BETWEEN_PURGES = 10_000  # ``regex`` keeps a little of each pattern, remembered or not
_reads = itertools.count(1)

_CAN_TAKE_LONG = re.compile(r"[*+?{|]")
_CLASS = re.compile(r"\\[wWdDsSbB]")
_CODE_POINT = re.compile(r"\\(?:[xuUN]|0|[0-3][0-7][0-7])")
_RANGE_BEYOND_ASCII = re.compile(r"[^\0-\x7f]-|-[^\0-\x7f]")
_BACK_REFERENCE = re.compile(r"\\[1-9]|\(\?P=")
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_REPETITION = re.compile(r"\{(?:\d+(?:,\d*)?|,\d+)\}")
_SIGN = re.compile(r"[^\0-\x1b !-\x7f]")  # of which the two may think differently
_STAND_INS = ("\ue000", "\U00010a00", "\u0661", "\u2000")
_OWN_CASE = re.compile(r"\(\?(?:[a-zA-Z]*-|[a-zA-Z]+:|[bi-zL]*a)")  # of a part, or of ASCII alone
_IGNORES_CASE = re.compile(r"\(\?[a-zA-Z]*i")
_OTHER_I = re.compile("[ıİ]")
_ANY_I = re.compile("[iIıİ]")
_LIKE_I = str.maketrans("ıİ", "ii")


def read_pattern(source: str, flags: re.RegexFlag) -> re.Pattern[str]:
    """A pattern of a record as ``re`` reads it, without a warning.

    Raises:
        re.error: it is none.
    """
    with quietly_reading(source):
        return re.compile(source, flags)


@functools.lru_cache(maxsize=1 << 12)
def read_regex(source: str, flags: int = 0) -> "regex.Pattern[str]":
    """A pattern of a record, or with words of one, as ``regex`` reads it, without a warning.

    It is remembered here: ``regex`` draws which patterns to forget from the generator of the whole program,
    so what a training draws by its seed would depend on what was verified meanwhile.

    Raises:
        regex.error: it is none.
    """
    if next(_reads) % _READS_BETWEEN_PURGES == 0:
        regex.purge()
    with quietly_reading(source):
        return regex.compile(source, flags, cache_pattern=False)


class BoundedPattern:
    """A pattern that finds what ``re`` finds, or gives up.

    Its methods raise :class:`TimeoutError` after :data:`PATTERN_SECONDS`. What matches has its place in the
    text, but not always its letters.

    Args:
        source: a pattern that ``re`` reads.
        flags: of ``re``.

    Raises:
        ValueError: ``regex`` cannot read it.
    """

    def __init__(self, source: str, flags: re.RegexFlag) -> None:
        self.source: str = source
        self._exact = read_pattern(source, flags)
        self._ignores_case = bool(flags & re.IGNORECASE) or _IGNORES_CASE.search(source) is not None
        self._repeats_in_any_case = self._ignores_case and _BACK_REFERENCE.search(source) is not None
        self._has_class = _CLASS.search(source) is not None
        has_ranges = _CODE_POINT.search(source) or _RANGE_BEYOND_ASCII.search(source)
        tells_apart = has_ranges or _BACK_REFERENCE.search(source)
        self._takes_i = not (tells_apart or _OWN_CASE.search(source))
        self._other_i = _ANY_I if not self._takes_i and (tells_apart or _OTHER_I.search(source)) else _OTHER_I
        self._takes_stand_ins = not tells_apart and all(_stand_in(sign) == sign for sign in set(source))
        read = source.translate(_LIKE_I) if self._ignores_case and self._takes_i else source
        try:
            self._bounded = read_regex(_as_regex(read), int(flags) | regex.VERSION0)
        except (regex.error, OverflowError, RecursionError) as error:
            raise ValueError(f"cannot be searched for under a time limit: {error}") from None

    def search(self, text: str) -> "regex.Match[str] | re.Match[str] | None":
        """The first place where it matches."""
        read = self._readable(text)
        if read is None:
            return self._exact.search(text)
        with _explained():
            return self._bounded.search(read, timeout=PATTERN_SECONDS)

    def finditer(self, text: str) -> "Iterator[regex.Match[str] | re.Match[str]]":
        """All places where it matches, which do not overlap."""
        read = self._readable(text)
        if read is None:
            yield from self._exact.finditer(text)
        else:
            with _explained():
                yield from self._bounded.finditer(read, timeout=PATTERN_SECONDS)

    def _readable(self, text: str) -> str | None:
        """The text as ``regex`` has to read it; None where only ``re`` can, and will not take for ever.

        Raises:
            ValueError: only ``re`` can read it, and might take for ever.
        """
        read: str | None = text
        if self._ignores_case and self._other_i.search(text):
            read = text.translate(_LIKE_I) if self._takes_i else None
        if self._repeats_in_any_case and text.lower() != text.casefold():
            read = None  # an "ſ" repeats an "S" to one of the two alone
        if read and self._has_class and _SIGN.search(read):
            others = {ord(sign): other for sign in set(read) if (other := _stand_in(sign)) != sign}
            read = read.translate(others) if self._takes_stand_ins or not others else None
        if read is None and _REPEATED_GROUP.search(self.source):
            raise ValueError(f"the pattern {self.source!r:.80} cannot be searched for under a time limit")
        return read


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except TimeoutError:
        raise TimeoutError(f"the pattern was not done in {PATTERN_SECONDS:g} s") from None


@functools.lru_cache(maxsize=1 << 16)
def _stand_in(sign: str) -> str:
    """A sign that ``re`` and ``regex`` both read as ``re`` reads this one: often itself."""
    read = [bool(re.match(name, sign)) for name in _CLASSES]
    if read == [bool(regex.match(name, sign)) for name in _CLASSES]:
        return sign
    return next(each for each in _STAND_INS if read == [bool(re.match(name, each)) for name in _CLASSES])


_CLASSES = (r"\w", r"\d", r"\s")


def _as_regex(source: str) -> str:
    """A pattern of ``re`` as ``regex`` writes it, to which "{e}" and "[[:alpha:]]" are syntax, too."""
    read, in_set, at = [], False, 0
    while at < len(source):
        sign, length = source[at], 1
        if sign == "\\":
            sign, length = source[at : at + 2], 2
        elif in_set:
            in_set = sign != "]"
            sign = r"\[" if sign == "[" else sign
        elif sign == "[":
            in_set = True
            opening = re.compile(r"\[\^?\]?").match(source, at)
            sign = opening.group() if opening else sign
            length = len(sign)
        elif sign == "{":
            repetition = _REPETITION.match(source, at)
            if source.startswith("{,}", at):
                sign, length = "{0,}", 3
            elif repetition:
                sign = repetition.group()
                length = len(sign)
            else:
                sign = r"\{"
        read.append(sign)
        at += length
    return "".join(read)


@functools.lru_cache(maxsize=1 << 14)
def compiled(
    source: str, flags: re.RegexFlag = re.IGNORECASE, before: str = "", behind: str = ""
) -> "re.Pattern[str] | BoundedPattern":
    """A pattern of a record, compiled once; a data set has more of them than the cache of ``re`` holds.

    Args:
        source: what the record has.
        flags: of ``re``.
        before: what stands before it in the pattern.
        behind: what stands behind it.

    Raises:
        re.error: it is none.
        ValueError: it can take long, and cannot be run under a time limit.
    """
    pattern = read_pattern(f"{before}{source}{behind}", flags)
    return BoundedPattern(pattern.pattern, flags) if _CAN_TAKE_LONG.search(source) else pattern


def occurrences(keyword: str, text: str) -> int:
    """How often a keyword occurs, in any case, inside words too; only its outer spaces are dropped."""
    return sum(1 for _ in compiled(keyword.strip()).finditer(text))


def is_literal(keyword: str) -> bool:
    """Whether a keyword is plain words: as a pattern it finds itself, and ends where words do."""
    return re.fullmatch(r"\w[\w ]*\w|\w", keyword) is not None


def checked(source: str) -> str:
    """The pattern, if it is one; for validators."""
    try:
        compiled(source)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return source


Keyword = Annotated[str, AfterValidator(checked)]
"""A word to look for that the benchmarks read as a regular expression, unescaped: "c.t" finds "cat"."""

NonemptyKeyword = Annotated[str, Field(min_length=1), AfterValidator(checked)]
"""A keyword where an empty one makes no sense."""
