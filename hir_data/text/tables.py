"""Tables: a header and rows of cells, however they are written."""

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple


class Grid(NamedTuple):
    """The cells of a table; a row may have more or fewer of them than the header."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def columns(self) -> int:
        """How many there are, going by the header."""
        return len(self.header)

    def has_column(self, name: str) -> bool:
        """Whether a column has a name, in any case and without marks of emphasis."""
        return _plain(name) in map(_plain, self.header)

    @property
    def odd_row(self) -> int | None:
        """The first row with more or fewer cells than the header, from 1; None where all have as many."""
        return next((place for place, row in enumerate(self.rows, 1) if len(row) != self.columns), None)


def csv_table(text: str, delimiter: str) -> Grid | str:
    """The table of comma-separated values (RFC 4180), lines without any aside; or why it is none.

    Between the fields stands the delimiter, which may be another sign than a comma. What a quotation mark
    opens, one has to close.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [row for row in reader if row]
    except csv.Error as error:
        return f"line {reader.line_num}: {error}"
    return Grid(rows[0], rows[1:]) if rows else "holds nothing"


def _plain(name: str) -> str:
    return name.strip().strip("*_`").strip().casefold()
