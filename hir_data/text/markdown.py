"""The parts of a Markdown text (CommonMark, by markdown-it-py)."""

import functools
import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple


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
        ends = (start for _, other, start, _ in headings[index + 1 :] if other <= level)
        body = "\n".join(lines[behind : next(ends, len(lines))])
        found.append(Section(heading, level, body.strip()))
    return found


def code_blocks(text: str) -> list[str]:
    """What stands in each block of code, fenced or indented."""
    return [token.content for token in _parser().parse(text) if token.type in ("fence", "code_block")]


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

    return MarkdownIt("commonmark")
