"""Tables that fit a terminal, and that are whole in a file or a pipe."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Column, Table
from rich.text import Text as Line

_NARROWEST = 12  # columns of a name or a text, however narrow the terminal is
_GAP = 2


def print_fitted(parts: Sequence[RenderableType], console: Console) -> None:
    """Print tables and lines, one below the other.

    In a terminal a table that is too wide gets its titles in several lines, then its texts (the columns that
    may wrap), then its names. Elsewhere nothing is wrapped or cut.
    """
    if not console.is_terminal:
        widths = [_natural_width(part) for part in parts]
        console.width = max([console.width, *widths])
    else:
        for part in parts:
            if isinstance(part, Table):
                _fit(part, console.width)
    console.print(Group(*parts))


def _natural_width(part: RenderableType) -> int:
    if isinstance(part, Table):
        return sum(map(_natural, part.columns)) + _GAP * len(part.columns)
    return max(map(cell_len, str(part).splitlines()), default=0)


def _natural(column: Column) -> int:
    return max([_length(column.header), *map(_length, column.cells)])


def _length(cell: RenderableType) -> int:
    return max(map(cell_len, _words(cell, "\n")), default=0)


def _words(cell: RenderableType, separator: str | None = None) -> list[str]:
    return (cell.plain if isinstance(cell, Line) else str(cell)).split(separator)


def _fit(table: Table, width: int) -> None:
    """Set the widths of the columns, so that all of them fit."""
    widths = [_natural(column) for column in table.columns]
    room = width - _GAP * (len(widths) - 1)
    titles = [
        max([0, *map(cell_len, _words(column.header)), *map(_length, column.cells)])
        for column in table.columns
    ]
    texts = [
        _NARROWEST if not column.no_wrap and column.justify == "left" else title
        for column, title in zip(table.columns, titles, strict=True)
    ]
    names = [
        _NARROWEST if column.justify == "left" else title
        for column, title in zip(table.columns, titles, strict=True)
    ]
    if sum(widths) <= room:
        return
    for least in (titles, texts, names):
        while sum(widths) > room:
            slack = [have - need for have, need in zip(widths, least, strict=True)]
            if max(slack) <= 0:
                break
            widths[slack.index(max(slack))] -= 1
    for column, columns in zip(table.columns, widths, strict=True):
        column.width = columns
        column.no_wrap = False
        column.overflow = "fold"
