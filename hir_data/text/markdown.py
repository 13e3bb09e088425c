"""The parts of a Markdown text (CommonMark, by markdown-it-py)."""

import functools
import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from hir_data.text.tables import Grid


class Section(NamedTuple):
    """A heading and what stands under it, up to the next heading of its level or a higher one."""

    heading: str
    level: int
    body: str


def sections(text: str) -> list[Section]:
    """The sections of a text, in its order; one under a deeper heading is part of the one around it too."""
    lines = re.sub(r"\r\n?", "\n", text).split("\n")
    headings = list(_headings(text))
    found = []
    for index, (heading, level, _, behind) in enumerate(headings):
        later = map(headings.__getitem__, range(index + 1, len(headings)))  # a slice of them would be a copy
        ends = (start for _, other, start, _ in later if other <= level)
        body = "\n".join(lines[behind : next(ends, len(lines))])
        found.append(Section(heading, level, body.strip()))
    return found


def code_blocks(text: str) -> list[str]:
    """What stands in each block of code, fenced or indented."""
    return [token.content for token in _parser().parse(text) if token.type in ("fence", "code_block")]


class Fence(NamedTuple):
    """A fenced block of code: the language that it is marked with, in lower case, and what stands in it."""

    language: str
    body: str


def fences(text: str) -> list[Fence]:
    """The fenced blocks of code; one that is never closed goes to the end."""
    if "```" not in text and "~~~" not in text:
        return []
    tokens = _block_parser().parse(text)
    return [Fence(_language(token.info), token.content) for token in tokens if token.type == "fence"]


def first_block(text: str, language: str) -> str | None:
    """What stands in the first fence that is marked with a language, or with none."""
    return next((fence.body for fence in fences(text) if fence.language in ("", language)), None)


def _language(info: str) -> str:
    """The language in what stands behind the marks of a fence: ``python``, ``{.python}``, ``py:a.py``."""
    return canonical_language(re.split(r"[:,{}\s]", info.strip().strip("{}."), maxsplit=1)[0])


def canonical_language(name: str) -> str:
    """The usual name of a language that code is written in, in lower case: "python" of "py"."""
    lower = name.strip().lower()
    return _ALIASES.get(lower, lower)


_ALIASES = {
    "py": "python", "python3": "python", "py3": "python", "js": "javascript", "node": "javascript",
    "ts": "typescript", "sh": "bash", "shell": "bash", "zsh": "bash", "yml": "yaml", "c++": "cpp",
    "cc": "cpp", "cs": "csharp", "c#": "csharp", "golang": "go", "rb": "ruby", "rs": "rust", "md": "markdown",
    "htm": "html", "kt": "kotlin", "ps1": "powershell", "tex": "latex", "jsx": "javascript",
    "tsx": "typescript", "postgresql": "sql", "mysql": "sql", "sqlite": "sql", "objective-c": "objectivec",
}  # fmt: skip

_OPENED_FENCE = re.compile(r"(`{3,}|~{3,})[^\S\n]*+[\w.+-]*+\s")


def unfenced(text: str) -> str | None:
    """What stands in the one fence that a text is, white space around it aside; None if it is none."""
    text = text.strip()
    opened = _OPENED_FENCE.match(text)
    if opened is None or not text.endswith(opened[1]):
        return None
    return text[opened.end() : -len(opened[1])]


def document(text: str) -> str:
    """What is read of a response that has to be a document: what stands in the one fence that it is, or all.

    White space around it, and the byte order mark of a file, are no part.
    """
    body = unfenced(text)
    return (text if body is None else body).strip().removeprefix("\ufeff").strip()


def tables(text: str) -> list[Grid]:
    """The tables (GitHub's Markdown), in its order, those in blocks of code aside.

    Only a line with a stroke is a row: GitHub takes the line of text right below a table for one too.
    """
    if "|" not in text:
        return []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found: list[list[list[str]]] = []
    for token, inline in itertools.pairwise(_block_parser().parse(text)):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open" and "|" in lines[token.map[0]]:
            found[-1].append([])
        elif token.type in ("th_open", "td_open") and "|" in lines[inline.map[0]]:
            found[-1][-1].append(inline.content)
    return [Grid(header, rows) for header, *rows in found]


def plain_heading(heading: str) -> str:
    """A heading as people call the same one: case, emphasis, a number before it and a colon aside."""
    return re.sub(r"^[\d.)\s]+|[*_`#]", "", heading).strip().rstrip(":").casefold()


def _headings(text: str) -> Iterator[tuple[str, int, int, int]]:
    """Each heading: its text, its level, the line where it starts and the one behind it."""
    tokens = _parser().parse(text)
    for token, inline in itertools.pairwise(tokens):
        if token.type == "heading_open" and token.level == 0:
            first, behind = token.map
            yield inline.content, int(token.tag[1:]), first, behind


@functools.cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").disable("inline")  # which takes most of the time, and nobody asks for


@functools.cache
def _block_parser() -> Any:
    """One that knows tables, and leaves alone what stands inside of blocks."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").disable("inline")
