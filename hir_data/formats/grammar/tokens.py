"""Sentences that state constraints, cut into tokens: English, and as much Chinese as they use."""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from hir_data.formats.grammar import numbers

GrammarKind = Literal[
    "word",  # anything else
    "mark",  # a comma, a full stop, ...
    "quoted",  # a term in quotation marks, without them
    "number",
    "level",  # of a heading: "level 2", "H2", "##"
    "unit",  # what is counted; its word is one of the values of UNITS
    "least",  # "at least", "minimum"
    "most",  # "at most", "limit"
    "exactly",
    "more",  # "more (than)", "exceed"
    "less",  # "less (than)", "fewer"
    "not",
    "between",
    "to",
    "and",
    "or",
    "each",
    "any",
    "if",
]


class Token(NamedTuple):
    """A word of a sentence, or what stands for one.

    Attributes:
        kind: what part it plays.
        word: in lower case; of a unit its name, of a quoted term the term as it is.
        value: of a number, of a level, and of a quoted heading ("## Plan").
    """

    kind: GrammarKind
    word: str
    value: int = 0


UNITS = {
    "word": "words",
    "sentence": "sentences",
    "paragraph": "paragraphs",
    "character": "characters",
    "row": "rows",
    "column": "columns",
    "level": "levels",
    "级": "levels",
    "級": "levels",
    "nesting": "nesting",
    "heading": "headings",
    "header": "headers",
    "subheading": "subheadings",
    "attribute": "attributes",
    "reference": "references",
    "time": "times",
    "quote": "quotes",
    "list": "lists",
    "table": "tables",
    "tabular": "tables",
    "json": "json",
    "xml": "xml",
    "字": "words",
    "词": "words",
    "詞": "words",
    "句": "sentences",
    "段": "paragraphs",
    "行": "rows",
    "列": "columns",
    "表格": "tables",
    "标题": "headings",
}
"""What is counted or spoken of, singular and plural alike."""

_KINDS: dict[GrammarKind, str] = {
    "least": "least minimum min 至少 不少于",
    "most": "most maximum max limit limits limited limiting limitation cap capped within "
    "最多 至多 不超过 不超過 不能超过 不得超过 以内",
    "exactly": "exactly precisely exact 恰好",
    "more": "more longer greater larger over above beyond exceed exceeds exceeding exceeded surpass "
    "surpasses surpassing",
    "less": "less fewer shorter smaller lower under below",
    "not": "not no neither never cannot without avoid avoids avoiding avoided exclude excludes excluding "
    "excluded don't doesn't mustn't shouldn't can't nor 不 不得 不能 避免",
    "between": "between from range ranging 介于 介於",
    "to": "to through - – — ~ 到 至",
    "and": "and & 和 与 及 並且",
    "or": "or 或 或者",
    "each": "each every all entire 每 每个 每個",
    "any": "any",
    "if": "if when whenever 如果",
}
_KIND_OF: dict[str, GrammarKind] = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_TWO_WORDS: dict[tuple[str, str], tuple[GrammarKind, str]] = {
    ("up", "to"): ("most", "up to"),
    ("go", "over"): ("more", "go over"),
    ("block", "quotes"): ("unit", "block quotes"),
    ("bullet", "points"): ("unit", "bullets"),
    ("bullet", "point"): ("unit", "bullets"),
    ("question", "mark"): ("word", "question mark"),
    ("question", "marks"): ("word", "question mark"),
    ("exclamation", "mark"): ("word", "exclamation mark"),
    ("exclamation", "marks"): ("word", "exclamation mark"),
    ("exclamation", "point"): ("word", "exclamation mark"),
}
ADVERBS = {"single": 1, "once": 1, "twice": 2, "thrice": 3, "multiple": 2}
"""Words for numbers that are not number words."""

_CHINESE = sorted((word for word in (*_KIND_OF, *UNITS) if "\u3400" < word < "\ua000"), key=len, reverse=True)
_TOKEN = re.compile(
    rf"""
      ""(?P<doubled>[^"]+)""
    | "(?P<double>[^"]+)"
    | [“”](?P<curly>[^“”]+)[“”]
    | 「(?P<corner>[^」]+)」
    | `(?P<ticks>[^`]+)`
    | (?<![a-z0-9_])['‘](?P<single>.+?)(?<!\s)['’](?![a-z0-9_])
    | (?<!\S)(?P<hashes>\#{{1,6}})(?=\W|$)
    | \bh(?P<level>[1-6])s?\b
    | (?P<decimal>\d+(?:\.\d+)+)
    | (?P<number>\d+(?:,\d{{3}})*(?![a-z0-9_])|\b{numbers.ENGLISH}|{numbers.CHINESE})
    | (?P<chinese>{"|".join(map(re.escape, _CHINESE))})
    | (?P<word>[^\W_\u3400-\u9fff]+(?:['’][^\W\d_]+)?)
    | (?P<mark>\S)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def tokenize(sentence: str) -> list[Token]:
    """The tokens of a sentence; number words, levels of headings and units of two words are one each."""
    return _joined(map(_token, _TOKEN.finditer(unwrapped(sentence))))


def unwrapped(sentence: str) -> str:
    """A sentence without quotation marks around the whole of it."""
    inner = sentence.strip()
    if not inner.startswith('"') or not inner.endswith('"'):
        return sentence
    inner = inner.strip('"')
    return sentence if '"' in inner.replace('""', "") else inner


def _token(found: re.Match[str]) -> Token:
    name = found.lastgroup or ""
    word = found[name].lower().replace("’", "'")
    match name:
        case "mark":
            return Token(_KIND_OF.get(word, "mark"), word)
        case "hashes":
            return Token("level", word, len(word))
        case "level":
            return Token("level", word, int(word))
        case "number":
            return Token("number", word, numbers.value_of(word))
        case "decimal":  # of a version, a price: it counts nothing
            return Token("word", word)
        case "word" | "chinese":
            if word in ADVERBS:
                return Token("number", word, ADVERBS[word])
            unit = UNITS.get(word) or UNITS.get(word.removesuffix("s"))
            return Token("unit", unit) if unit else Token(_KIND_OF.get(word, "word"), word)
    term = found[name].strip()
    return Token("quoted", term, len(term) - len(term.lstrip("#")))


def _joined(tokens: Iterable[Token]) -> list[Token]:
    """The same, with units of two words and the levels of headings made one token each."""
    joined: list[Token] = []
    for token in tokens:
        *_, before, last = [_START, _START, *joined]
        if pair := _TWO_WORDS.get((last.word, token.word)):
            joined[-1] = Token(*pair)
        elif token.kind == "number" and last.word == "levels":
            joined[-1] = token._replace(kind="level")
        elif token.kind == "number" and before.kind == "level" and last.kind in ("and", "to"):
            joined.append(token._replace(kind="level"))
        else:
            joined.append(token)
    return joined


_START = Token("mark", "")
