"""Whether a reader counts what a verifier counts.

The verdicts of the benchmarks' kinds are fixed, and some of them count more than anybody would: a divider as
a bullet point, the pronoun "I" as a word in capitals, "storms" as a use of "storm", the number of a list item
as a number in the text and as a word, a title or "Certainly! Here is your essay:" as a sentence of the essay.
So what a response is said to satisfy has to hold of the text without these, too.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from hir_data.replays.natural import forms_of
from hir_data.replays.rewriting.statements.cues import PRODUCTS
from hir_data.schemas.claims import ContainsText, Count, ExcludesText, HasElement, UnitEdge
from hir_data.schemas.constraint import Constraint, check
from hir_data.text.numerals import in_words
from hir_data.text.quality.prose import has_usual_cases
from hir_data.text.quality.talk import without_frame
from hir_data.text.text import Text
from hir_data.verifiers.general.count import ParagraphCount, Range, SentenceCount, WordCount


def is_followed(constraint: Constraint, text: Text) -> bool:
    """Whether a text that satisfies a constraint does so by a strict reader's count."""
    if any(
        isinstance(claim, ExcludesText) and forms_of(claim.text, text.lower) for claim in constraint.claims()
    ):
        return False  # "running" is a use of "run"
    read = strictly_read(constraint, text)
    return (read is text or check(constraint, read).satisfied is not False) and all(
        check(other, text).satisfied is not False for other in _as_people_count(constraint)
    )


def reader_agrees(constraint: Constraint, text: Text) -> bool:
    """Whether a strict reader would say that a text is an example of following a constraint."""
    of_sentences = any(
        isinstance(claim, UnitEdge) and claim.unit == "sentence" for claim in constraint.claims()
    )
    if of_sentences and len(text.sections("sentence")) < _FEWEST_SENTENCES:
        return False  # "each sentence" is more than one or two
    return is_followed(constraint, text)


@lru_cache(maxsize=1 << 7)
def holds(constraint: Constraint, text: Text) -> bool:
    """Whether a text satisfies a constraint by the verifier's count and by a strict reader's."""
    return check(constraint, text).satisfied is True and reader_agrees(constraint, text)


def strictly_read(constraint: Constraint, text: Text) -> Text:
    """The text without what the verifier of a constraint counts and a reader does not.

    Args:
        constraint: what is asked.
        text: the response.
    """
    raw, claims = text.raw, constraint.claims()
    for claim in claims:
        match claim:
            case Count(of) if of in _UNCOUNTED:
                raw = _counted(of, raw)
            case Count(of) if of.split()[0] in _UNCOUNTED:
                raw = _counted(of.split()[0], raw)
            case HasElement("a postscript"):
                raw = _BARE_POSTSCRIPT.sub("", raw)
    keywords = {claim.text.lower() for claim in claims if isinstance(claim, ContainsText)}
    keywords |= {claim.of[12:] for claim in claims if isinstance(claim, Count) and claim.of[:12] == _USES}
    for keyword in filter(_IS_WORD.fullmatch, keywords):
        raw = _masked(raw, keyword, keywords)
    return text if raw == text.raw else _without(text, raw)


@lru_cache(maxsize=1 << 5)
def _counted(of: str, raw: str) -> str:
    """What is left of a text where something is counted."""
    return _UNCOUNTED[of](raw)


@lru_cache(maxsize=1 << 4)
def _without(text: Text, raw: str) -> Text:
    """The rest of a text, one for all that is asked of it."""
    return Text(raw, text.answers)


@lru_cache(maxsize=1 << 10)
def _as_people_count(constraint: Constraint) -> Sequence[Range]:
    """The same bounds by the counts that hold in any text.

    "don't" is one word and "well-known" is one, but two for whoever finds a text too long.
    """
    return tuple(_bounds_by_people(constraint))


def _bounds_by_people(constraint: Constraint) -> Iterator[Range]:
    for claim in constraint.claims():
        if not isinstance(claim, Count) or claim.of not in _COUNTERS:
            continue
        if claim.least:
            yield _COUNTERS[claim.of](min=claim.least)
        if claim.most is not None:
            yield _COUNTERS[claim.of](max=claim.most)
            if claim.of == "words":
                yield WordCount(max=claim.most, split_hyphens=True)


_FEWEST_SENTENCES = 3
_COUNTERS: Mapping[str, type[Range]] = {
    "words": WordCount,
    "sentences": SentenceCount,
    "paragraphs": ParagraphCount,
}


# ---------------------------------------------------------------------------------------------------------
# What is not counted

_USES = "occurrences "
_IS_WORD = re.compile(r"[^\W_]+")


def _masked(raw: str, keyword: str, keywords: set[str]) -> str:
    """The text without a keyword in the middle of other words."""
    lower = raw.lower()
    if keyword.isascii() and has_usual_cases(raw, lower) and not _is_inside_words(keyword, lower):
        return raw

    def mask(found: re.Match[str]) -> str:
        word = found.group()
        return word if word.lower() in keywords else "_" * len(word)

    having = rf"(?<![^\W_])[^\W_]*{re.escape(keyword)}[^\W_]*"
    return re.sub(having, mask, raw, flags=re.IGNORECASE)


def _is_inside_words(keyword: str, lower: str) -> bool:
    """Whether a keyword stands beside a letter or a digit in a text, both in lower case."""
    first, *between = lower.split(keyword)
    if not between:
        return False
    last = between.pop()
    return (
        first[-1:].isalnum()
        or last[:1].isalnum()
        or any(not part or part[0].isalnum() or part[-1].isalnum() for part in between)
    )


_LINE_OF_MARKS = re.compile(r"^[ \t]*([*_-])(?:[ \t]*\1){2,}[ \t]*$", re.MULTILINE)
_NO_BULLET = re.compile(r"^[ \t]*(?:\*(?=[^\s*])|-(?=[\d-])|[*-](?=[ \t]*$))", re.MULTILINE)
_BULLET = re.compile(r"^([ \t]*)[*-](?=[ \t])", re.MULTILINE)
_LABEL = re.compile(r"^([ \t#*>-]*)\(?\d+[.):](?=[\s*])", re.MULTILINE)
_NUMERAL = re.compile(r"(^[ \t#*>-]*|(?<=[.!?:;]) )\(?\d{1,2}[.)](?=[ \t]+[*_\"“'(]*[^\W\d_])", re.MULTILINE)
"""The number of a list item, which may stand in the line of the item before it."""
_TITLE = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t].*|\*\*[^*\n]+\*\*:?|<<[^\n]+>>|(?:\*\*)?title:.*)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
"""A line that is a heading or a title, of which no reader says that it is a sentence."""
_NO_DIVIDER = re.compile(r"(?m)\*{3}(?=[^\s*])|(?<=[^\s*])\*{3}|(?<=\S)[ \t]*\*{3}(?=[ \t]*\S)")
_SINGLE_LETTER = re.compile(r"\b[A-Z]\b")
_NO_PLACEHOLDER = re.compile(r"\[[ xX]?\]|\[\d+\]|\[[^\]\n]{0,300}\](?=\()")
_IN_A_LINE = re.compile(r"(?<=[\w,;]) [^\W\d_]+ \d+")
_BARE_POSTSCRIPT = re.compile(r"\bp\.\s?(?:p\.\s?)?s\b\.?(?!\W*\w+\W+\w+\W+\w)", re.IGNORECASE)


def _bullets(raw: str) -> str:
    """Without dividers, emphasis, negative numbers, and what stands below another point.

    Below it are points farther in, and those with the other mark.
    """
    raw = _NO_BULLET.sub("", _LINE_OF_MARKS.sub("", raw))
    marks = [*_BULLET.finditer(raw)]
    least = min((len(mark[1].expandtabs(4)) for mark in marks), default=0)

    def top(mark: re.Match[str]) -> str:
        is_top = len(mark[1].expandtabs(4)) < least + 2 and mark.group()[-1] == marks[0].group()[-1]
        return mark.group() if is_top else f"{mark[1]}+"

    return _BULLET.sub(top, raw)


def _highlights(raw: str) -> str:
    """Without dividers and the asterisks of bullet points; bold italics are one."""
    return re.sub(r"\*{3,}", "**", _BULLET.sub(r"\1-", _LINE_OF_MARKS.sub("", raw)))


_SPELLED_OUT = re.compile(
    rf"\b(?:{'|'.join(in_words(number)[0] for number in range(2, 21))}|thirty|forty|fifty|sixty|seventy|"
    rf"eighty|ninety|hundred|"
    r"thousand|million)\b",
    re.IGNORECASE,
)
_FORMULA = re.compile(
    r"\\\[.*?\\\]|\\\(.*?\\\)|\$\$.+?\$\$|\$(?=[^\s$])[^$\n]{1,200}?(?<=[^\s$])\$(?!\d)", re.DOTALL
)
"""A formula in LaTeX, which is one word to a reader."""

_REMARK = re.compile(
    r"\n[ \t]*([*_-])(?:[ \t]*\1){2,}[ \t]*\n\s*"
    rf"[*_(]?this (?:\w+ )?(?:{'|'.join(sorted(PRODUCTS))})\b[^\n]*\s*\Z",
    re.IGNORECASE,
)
"""What is said of a text below it, behind a divider: "This essay gives an overview of ..."."""


def _without_ended_items(raw: str) -> str:
    """Without the numbers of items that end as sentences do; by these alone other lists have sentences."""
    return "\n".join(_NUMERAL.sub(r"\1", line) if _is_ended(line) else line for line in raw.split("\n"))


def _is_ended(line: str) -> bool:
    return line.rstrip(" \t").rstrip("\"”’')*_").endswith((".", "!", "?"))


def _unframed(raw: str) -> str:
    """Without what a chat answer puts around a text."""
    return _REMARK.sub("", without_frame(raw))


_UNCOUNTED: Mapping[str, Callable[[str], str]] = {
    "bullet points": _bullets,
    "highlighted parts": _highlights,
    "capital words": lambda raw: _SINGLE_LETTER.sub(lambda letter: letter.group().lower(), raw),
    "numbers": lambda raw: _SPELLED_OUT.sub("2", _LABEL.sub(r"\1", raw)),
    "placeholders": lambda raw: _NO_PLACEHOLDER.sub("", raw),
    "sections": lambda raw: _IN_A_LINE.sub(" _", raw),
    "words": lambda raw: _unframed(_NUMERAL.sub(r"\1", _FORMULA.sub(" x ", raw))),
    "sentences": lambda raw: _TITLE.sub("", _without_ended_items(_unframed(raw))),
    "paragraphs": _unframed,
    "paragraphs between ***": lambda raw: _NO_DIVIDER.sub("", raw),
}
"""What only a verifier counts is taken out, by the name of what is counted or its first word."""


def without_labels(raw: str) -> str:
    """A text without its headings and labels in bold, which are no passages that somebody emphasises."""
    return _LABELS.sub(r"\1", raw)


_LABELS = re.compile(
    r"^([ \t]*(?:[*+•-][ \t]+|\d{1,3}[.)][ \t]+|#+[ \t]+)?)(?:\*\*[^*\n]+\*\*:?|\*\*[^*\n]+:\*\*|"
    r"\*[^*\n]+\*:)(?=[ \t]*(?:$|[\w(:–—-]))",
    re.MULTILINE,
)
