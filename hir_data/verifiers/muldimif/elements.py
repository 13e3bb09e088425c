"""What the kinds of MulDimIF look at: headings, tables, list entries, cells, words and marks of sentences.

Pure functions of a text. Several constraints ask the same of one response, so the costly ones remember.
"""

import functools
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from hir_data.text.linear import INDENT
from hir_data.text.structured import read_python_json

_remember = functools.lru_cache(maxsize=1 << 6)

# ---------------------------------------------------------------------------------------------------------
# Lengths

_FAR_EAST = re.compile("[\u3000-\U0010ffff]")
_CHINESE = re.compile("[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef\U00020000-\U0002a6df]")


def chinese(text: str) -> int:
    """How many Chinese characters there are, full-width punctuation among them."""
    if text.isascii() or not _FAR_EAST.search(text):
        return 0
    return len(_CHINESE.findall(text))


def marks(text: str) -> int:
    """How many full stops, exclamation and question marks there are: one sentence each to MulDimIF."""
    return text.count(".") + text.count("!") + text.count("?")


def blocks(text: str) -> list[str]:
    """What stands between blank lines."""
    return [block for block in text.split("\n\n") if block.strip()]


def lines(text: str) -> list[str]:
    """The lines that are not blank, without white space around them."""
    return [line for line in map(str.strip, text.split("\n")) if line]


_QUESTION = re.compile(
    r"\W*(?:who|whom|whose|what|when|where|which|why|how|is|are|was|were|do|does|did|can|could|will|would|should)\b",
    re.IGNORECASE,
)


def asks(sentence: str) -> bool:
    """Whether a sentence is a question: by its mark, or by how it begins."""
    return sentence.rstrip().endswith("?") or _QUESTION.match(sentence) is not None


# ---------------------------------------------------------------------------------------------------------
# Headings and lists

_HEADING = re.compile(r"\s*(#+)\s+(\S.*)")
_BULLET = re.compile(rf"{INDENT}[-*+•]\s+(.*)", re.MULTILINE)
_ENTRY = re.compile(rf"{INDENT}(?:[-*+•]|\d+[.)])\s+(.*)", re.MULTILINE)


class Heading(NamedTuple):
    """A line that starts with number signs: how many, and what follows them."""

    level: int
    title: str


@_remember
def headings(text: str) -> tuple[Heading, ...]:
    """The Markdown headings, in code blocks too and of any number of signs."""
    if "#" not in text:
        return ()
    found = [_HEADING.match(line) for line in text.split("\n") if "#" in line]
    return tuple(Heading(len(one[1]), one[2].rstrip()) for one in found if one)


_NUMBERED_LINE = re.compile(rf"{INDENT}\d+[.)]\s", re.MULTILINE)


def numbered(text: str) -> bool:
    """Whether a line starts with a number and a full stop or a bracket."""
    return _NUMBERED_LINE.search(text) is not None


def bullets(text: str) -> list[str]:
    """What stands behind the marks of bullet points."""
    return _BULLET.findall(text)


# ---------------------------------------------------------------------------------------------------------
# Tables

_RULE_SIGNS = "|-: \t"
"""What the line below a header is made of."""


class Table(NamedTuple):
    """The cells of a Markdown table."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def columns(self) -> int:
        """How many there are, going by the header."""
        return len(self.header)

    @property
    def cells(self) -> tuple[str, ...]:
        """All that are not blank, those of the header first."""
        return tuple(cell for row in (self.header, *self.rows) for cell in row if cell)

    def column(self, name: str) -> tuple[str, ...]:
        """The cells below a header that has a name in it, or shares a word with it; none if none does."""
        wanted = set(re.findall(r"\w+", name.lower()))
        shared = [len(wanted.intersection(re.findall(r"\w+", title.lower()))) for title in self.header]
        if not any(shared):
            return ()
        place = shared.index(max(shared))
        return tuple(row[place] for row in self.rows if place < len(row))


@_remember
def table(text: str) -> Table | None:
    """The table of a text: the lines that start with a stroke, or have one if there is a line of dashes.

    The first is the header. Several tables count as one.
    """
    if "|" not in text:
        return None
    lines = [line.strip() for line in text.split("\n") if "|" in line]
    rows = [line for line in lines if line.strip(_RULE_SIGNS)]
    if len(rows) == len(lines):  # without a line of dashes, other lines may have a stroke for another reason
        rows = [line for line in rows if line[0] == "|"]
    if not rows:
        return None
    header, *others = map(_cells, rows)
    return Table(header, tuple(others))


class TableSize(NamedTuple):
    """How many rows a table has below its header, and how many columns."""

    rows: int
    columns: int


@_remember
def table_size(text: str) -> TableSize | None:
    """The size of what stands between the first and the last stroke, as the reference takes it.

    Each line there that is not blank is a row, prose between two tables too; the columns are those of the
    first line, and what stands in front of its first stroke is none.
    """
    first, last = text.find("|"), text.rfind("|")
    if first < 0:
        return None
    lines = [line.strip() for line in text[first : last + 1].splitlines() if line.strip()]
    ruled = len(lines) > 1 and ("---" in lines[1] or not lines[1].strip(_RULE_SIGNS))
    return TableSize(len(lines) - (2 if ruled else 1), max(lines[0].count("|") - 1, 0))


def cells(text: str) -> tuple[str, ...]:
    """The cells of a table that are not blank, those of its header only where it has no rows."""
    found = table(text)
    if found is None:
        return ()
    return tuple(cell for row in found.rows or (found.header,) for cell in row if cell)


def _cells(line: str) -> tuple[str, ...]:
    return tuple(map(str.strip, line.removeprefix("|").removesuffix("|").split("|")))


# ---------------------------------------------------------------------------------------------------------
# "Each ..."

_TABLE_LINE = re.compile(rf"{INDENT}\|.+\|", re.MULTILINE)
_JSON = re.compile(r"\s*[{\[]")
_NUMBERED = re.compile(r"\s*\d+\.\s+")
_BULLETED = re.compile(r"\s*[-*] ")
_RULE = re.compile(r"^[ \t]*(?:-{3,}|\*{3,}|={3,})[ \t]*$", re.MULTILINE)


@_remember
def entries(text: str, name: str) -> tuple[str, ...]:
    """What "each NAME" of a text is: values of JSON, cells of a table, entries of a list; else none."""
    if _JSON.match(text):
        return tuple(_values(text))
    if _TABLE_LINE.search(text) and (found := table(text)) is not None:
        return found.column(name) or found.cells
    if _NUMBERED.match(text) or _BULLETED.match(text):
        return tuple(_ENTRY.findall(text))
    return ()


def _values(text: str) -> list[str]:
    try:
        found = read_python_json(text)
    except ValueError:
        return []
    values = found.values() if isinstance(found, dict) else found if isinstance(found, list) else [found]
    return list(map(str, values))


def plain_lines(text: str) -> list[str]:
    """The lines that are neither headings nor rows of a table nor introduce what follows with a colon."""
    return [line for line in lines(text) if not line.startswith(("#", "|")) and not line.endswith(":")]


def parts(text: str) -> list[str]:
    """What stands between horizontal rules."""
    return [part for part in _RULE.split(text) if part.strip()]


# ---------------------------------------------------------------------------------------------------------
# JSON and XML

_JSON_BLOCK = re.compile(r"```json\s*+(.*?)```", re.DOTALL | re.IGNORECASE)
_XML_BLOCK = re.compile(r"```xml\s*+(.*?)```", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z_][\w:.-]*((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*/?>")
_ATTRIBUTE = re.compile(r"[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def json_depth(text: str) -> int | None:
    """How many levels the first JSON block has, or else the text as a whole; None where that is no JSON."""
    block = _JSON_BLOCK.search(text)
    try:
        value = read_python_json(block[1] if block else text)
    except ValueError:
        return None
    return None if value is None else _depth(value)


def _depth(value: Any) -> int:
    """The levels below a value: 0 of ``1`` and ``{}``, 1 of ``{"a": 1}``, 2 of ``{"a": [1]}``."""
    depth, level = -1, [value]
    while level:
        depth += 1
        level = [inner for each in level for inner in _inner(each)]
    return depth


def _inner(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


_KEY = re.compile(r'"([^"]+)"\s*:')
_VALUE = re.compile(r':\s*"([^"]+)"')


def json_keys(text: str) -> list[str]:
    """What stands in quotation marks before a colon."""
    return _KEY.findall(text)


def json_values(text: str) -> list[str]:
    """What stands in quotation marks behind a colon."""
    return _VALUE.findall(text)


def attributes(text: str) -> list[int]:
    """How many attributes each tag of XML has, in the first XML block or else anywhere."""
    block = _XML_BLOCK.search(text)
    return [len(_ATTRIBUTE.findall(inner)) for inner in _TAG.findall(block[1] if block else text)]
