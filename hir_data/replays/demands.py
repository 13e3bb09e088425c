"""What a prompt asks for in its own words, beside all constraints, and a response visibly does not do.

"Answer in markdown", "include a critique" and "a 2000-word article" are checked by nobody where they are part
of the question. A response that does none of it is no example of a prompt that still asks for it. Only what a
reader sees at once counts: no mark of a format, nothing by the name of a part, a length far off.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from hir_data.schemas.claims import Case, Count
from hir_data.schemas.constraint import Constraint
from hir_data.text.numerals import in_words
from hir_data.text.text import Text


class _Demand(NamedTuple):
    """Something asked for, and what shows that a response has it.

    Attributes:
        name: what it is.
        asked: how prompts ask for it, in lower case.
        shown: what any response has that does it.
    """

    name: str
    asked: re.Pattern[str]
    shown: re.Pattern[str]


def _demand(name: str, asked: str, shown: str) -> _Demand:
    return _Demand(name, re.compile(rf"\b(?:{asked})(?!\w)"), re.compile(shown, re.IGNORECASE | re.MULTILINE))


_AS = r"(?:as|in|into|using|use|with|return|output)(?: valid| proper| the| an?| only| some)*"
_PART = r"(?:include|add|provide|give|write|with)(?: me)? (?:an?|your|the)(?: [a-z-]+)?"
_ITEM = r"^[\s>]*(?:[-*+•–]|\d{1,3}[.)]|[a-z][.)])[ \t]"

_DEMANDS = (
    _demand(
        "markdown",
        rf"{_AS} markdown|{_AS} (?:\w+ ){{0,3}}?(?:tone|style|language)? ?and markdown",
        rf"{_ITEM}|[*_`]\S|^#|\|.*\||\]\(",
    ),
    _demand("JSON", rf"{_AS} json(?: format| object| array)?", r"[{\[]"),
    _demand("XML or HTML", rf"{_AS} (?:xml|html)", r"<\w"),
    _demand("LaTeX", rf"{_AS} latex", r"\\[a-z(\[]|\$"),
    _demand("a table", rf"{_AS} table(?! of)", r"\||\t|<t[rdh]|,[^\n]*\n[^\n]*,|&.*\\\\"),
    _demand(
        "a list of points",
        rf"{_AS} (?:bullet(?:ed|-point)?(?: points?| list)?|bullets|numbered list)(?! point \w)",
        _ITEM,
    ),
    _demand(
        "music notation",
        r"(?:music|musical|chord) (?:notation|notes|symbols)|sheet music|with (?:the )?(?:guitar )?chords",
        r"[♩♪♫♬𝄞♭♯]|(?-i:\b[A-G](?:#|b|m|maj|min|dim|sus|add)?\d?\b(?:[ |,–-]+[A-G](?:#|b|m|maj|min|dim|"
        r"sus|add)?\d?\b){2,})"
        r"|\bdo[- ]re[- ]mi\b|\b[2-9]/[248]\b|^x: ?\d|\|:",
    ),
    _demand(
        "mathematical notation",
        r"(?:include|use|using|with|in) (?:\w+ )?(?:math|mathematical) (?:notations?|symbols?|formulas?|"
        r"equations?)",
        r"[=∑∫√π∞×÷±≤≥≈∂∆Δ^]|\\[a-z(\[]|\$|\d ?[-+*/<>] ?\d",
    ),
    _demand(
        "mathematical notation alone",
        r"(?:only|nothing but) (?:use |using |in |with )?(?:math|mathematical) (?:notations?|symbols?)",
        r"\A(?![\s\S]*(?:\b[a-z]{2,} ){4}[a-z]{2,})",
    ),
    _demand(
        "modern English",
        r"(?:in|into|to|using) (?:modern|contemporary|plain|today's)(?: day)? english",
        r"\A(?![\s\S]*\b(?:thee|thou|thy|hath|doth|hast|sire|whence|thence|verily|ere|betwixt|alas)\b)",
    ),
    _demand("line breaks", r"(?:using|use|with|by) (?:a |the )?<br ?/?>(?: tags?)?(?=\W|$)", r"<br ?/?>"),
    _demand(
        "emoji",
        rf"{_PART} emojis?|(?:include|add|use|with) (?:\w+ )?emojis",
        "[\u2190-\u2bff\U0001f000-\U0001faff]|:\\w+:|[:;]-?[)(DP]",
    ),
    _demand(
        "footnotes",
        r"(?:include|add|use|with) (?:\w+ )?(?:footnotes|citations)",
        r"\[\^?\d+\]|[¹²³⁴⁵]|\(\D{0,40}\d{4}\)|\(\d\)|\*|https?:",
    ),
    _demand(
        "a subject line",
        rf"{_PART} subject line|(?:with|include|add) (?:a|the) subject(?: line)?",
        r"subject|betreff|re:",
    ),
    _demand("hashtags", rf"{_PART} hashtags?|(?:include|add|use|with) (?:\w+ )?hashtags", r"#\w"),
    _demand(
        "links",
        r"(?:include|add|provide|with|serve as|use) (?:\w+ ){0,3}?hyperlinks?",
        r"https?:|www\.|\]\(|<a ",
    ),
    _demand("a critique", rf"{_PART} critique", r"critiqu|critici[sz]|\breview|\bweakness"),
    _demand(
        "a summary",
        rf"{_PART} (?:final |brief |short )?summary (?:at|in) the (?:end|beginning)",
        r"\bsum|in short|in conclusion|overall|tl;?dr|takeaway",
    ),
    _demand(
        "a disclaimer",
        rf"{_PART} disclaimer",
        r"disclaim|not (?:legal|medical|financial|professional)|please note|consult",
    ),
    _demand("a glossary", rf"{_PART} glossary", r"glossary|terms|definitions?"),
    _demand("a timeline", rf"{_PART} timeline", r"timeline|\d"),
)

_NO = re.compile(
    r"(?:\bnot|n't|\bno|\bnever|\bavoid(?:ing)?|\bwithout|\binstead of|\bif|\bor)\b[^.!?\n]{0,25}\Z"
)
_WHOLE = (
    r"(?:essay|article|story|post|report|speech|letter|e-?mail|review|paper|summary|description|response|"
    r"answer|biography|chapter|script|screenplay|guide)"
)
_LENGTH = re.compile(
    rf"\b(?P<number>\d{{2,5}})[- ]?words?(?: long)? (?:\w+ )?{_WHOLE}\b(?! (?:prompt|limit))"
    rf"|\b{_WHOLE} (?:of|in|with|that is|about) (?:about |around |approximately |exactly )?"
    r"(?P<size>\d{2,5}) words\b"
)
_FAR = 1.4
"""How many times longer or shorter a response may be than the words that a prompt asks for."""
_LONGEST_WORD = 12  # characters on average
_UNITS = re.compile(
    r"\bin (?:just |only |exactly |no more than |at most )?(?P<number>an?|one|two|three|four|five|\d)"
    r" (?:\w+ )?(?P<unit>sentence|paragraph)s?\b(?! (?:each|per|or|to|of each|explain|describ))"
)
_SMALL = {"a": 1, "an": 1, **{in_words(number)[0]: number for number in range(1, 6)}}


def unmet(text: Text, rest: str) -> str | None:
    """What the rest of a prompt asks for and a response does not do; None where it does all that can be seen.

    Args:
        text: the response.
        rest: what the prompt says beside the constraints that are not asked for any more.
    """
    said = rest.lower().replace("’", "'")
    for name, asked, shown in _demanded(said):
        if not shown.search(text.raw):
            return f"{name}: {asked!r}"
    return _far_from_length(text, said) or _other_number(text, said)


@lru_cache(maxsize=1 << 9)
def _demanded(said: str) -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """What a prompt in lower case asks for, for many responses: its name, the words, and what shows it."""
    found = ((demand, demand.asked.search(said)) for demand in _DEMANDS)
    return tuple(
        (demand.name, asked.group(), demand.shown)
        for demand, asked in found
        if asked and not _NO.search(said[: asked.start()])
    )


_MANY = 4  # times what is asked at least
_SHARE = {"capital words": 0.5, "highlighted parts": 0.1, "placeholders": 0.1}
"""How many of the words of a response may be of what it is to have a few of."""


def overdone(constraints: Sequence[Constraint], text: Text) -> str | None:
    """Where a response has far more of something than it was to have at least, and is full of it.

    Whoever asks for more than four words in capitals does not ask for a text in capitals, unless another
    constraint does.
    """
    claims = {claim: one for one in constraints for claim in one.claims()}
    is_cased = any(isinstance(claim, Case) for claim in claims)
    for claim, constraint in claims.items():
        if not isinstance(claim, Count) or not claim.least or claim.of not in _SHARE:
            continue
        if is_cased and claim.of == "capital words":
            continue
        found, share = _number_of(constraint, text), _SHARE[claim.of]
        if found and found >= max(_MANY * claim.least, share * len(text.sections("word"))):
            return f"{found} {claim.of}"
    return None


def _number_of(constraint: Constraint, text: Text) -> int | None:
    """How many a response has of what a constraint counts, for kinds that say it."""
    count = getattr(constraint, "found", None)
    found = count(text) if callable(count) else None
    return found if isinstance(found, int) else None


def _far_from_length(text: Text, said: str) -> str | None:
    """The length of the whole that is asked for, where the response is much longer or shorter."""
    found = _LENGTH.search(said)
    if not found:
        return None
    wanted, given = int(found["number"] or found["size"]), len(text.sections("word"))
    if len(text.raw) > _LONGEST_WORD * given:
        return None  # no spaces between words
    is_far = not wanted / _FAR <= given <= wanted * _FAR
    return f"{found.group()!r}, has {given}" if is_far else None


def _other_number(text: Text, said: str) -> str | None:
    """The number of sentences or paragraphs that is asked for, where the response has many more."""
    found = _UNITS.search(said)
    if not found or _NO.search(said[: found.start()]):
        return None
    wanted = _SMALL.get(found["number"]) or int(found["number"])
    given = len(text.sections("sentence" if found["unit"] == "sentence" else "paragraph"))
    return f"{found.group()!r}, has {given}" if given > 1.5 * wanted + 1 else None
