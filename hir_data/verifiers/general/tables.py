"""Tables, in CSV and in Markdown."""

from collections.abc import Sequence
from random import Random
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from hir_data.schemas.claims import Claim, HasElement, Roughly, WholeFormat
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.english import enumerate_words
from hir_data.schemas.registry import register
from hir_data.text import markdown
from hir_data.text.structured import LONGEST
from hir_data.text.tables import Grid, csv_table
from hir_data.text.text import Text
from hir_data.verifiers.compare import between, bounds, closeness, count, mean, nearest_range, share
from hir_data.verifiers.general.structure import SAID_AROUND


class Tabular(Constraint):
    """A table with so many columns and rows, and with columns of some names."""

    columns: Annotated[int, Field(ge=1)] | None = None
    min_rows: Annotated[int, Field(ge=0)] | None = None
    max_rows: Annotated[int, Field(ge=0)] | None = None
    header: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)] | None = None

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """With a number of columns or of rows, or both."""
        columns, rows = rng.choice((2, 3, 4)), rng.choice(range(3, 9))
        shapes: tuple[dict[str, Any], ...] = (
            {"columns": columns},
            {"min_rows": rows},
            {"columns": columns, "min_rows": rows},
            {"columns": columns, "min_rows": rows, "max_rows": rows},
        )
        return cls(**rng.choice(shapes))

    @property
    def shape(self) -> str:
        """What is said of the table, in words."""
        parts = self.parts()
        return f" with {enumerate_words(parts)}" if parts else ""

    def parts(self) -> list[str]:
        """What is said of columns and rows, each in words."""
        parts = [f"exactly {self.columns} column{'' if self.columns == 1 else 's'}"] if self.columns else []
        if self.header:
            columns = "a column" if len(self.header) == 1 else "columns"
            names = enumerate_words([f'"{name}"' for name in self.header])
            parts.append(f"{columns} named {names}")
        if self.min_rows is not None or self.max_rows is not None:
            last = self.min_rows if self.max_rows is None else self.max_rows
            rows = f"{bounds(self.min_rows, self.max_rows)} row{'' if last == 1 else 's'}"
            parts.append(f"{rows} below the header")
        return parts

    def misfit(self, table: Grid) -> str | None:
        """What a table lacks, or has too much of."""
        if self.columns is not None and table.columns != self.columns:
            return f"found {count(table.columns, 'column')}, wanted {self.columns}"
        missing = [name for name in self.header or () if not table.has_column(name)]
        if missing:
            return f"missing: {enumerate_words(missing)}"
        rows = between(len(table.rows), self.min_rows or 0, self.max_rows, "row")
        return None if rows.satisfied else rows.reason

    def fit(self, table: Grid) -> float:
        """How near a table comes to what is said of it, from 0 to 1."""
        said = [closeness(table.columns, self.columns, self.columns)] if self.columns else []
        said += [share(map(table.has_column, self.header))] if self.header else []
        if self.min_rows is not None or self.max_rows is not None:
            said.append(closeness(len(table.rows), self.min_rows, self.max_rows))
        return mean(said) if said else 1.0

    def fitted(self, table: Grid, **changes: Any) -> Constraint | None:
        """The same with what a table has in place of what it lacks."""
        least, most = nearest_range(len(table.rows), self.min_rows, self.max_rows)
        named = self.header and all(map(table.has_column, self.header))
        return self.try_replace(
            columns=table.columns if self.columns else None,
            min_rows=least or None,
            max_rows=most,
            header=self.header if named else None,
            **changes,
        )

    @model_validator(mode="after")
    def _bounds_make_sense(self) -> Self:
        if self.min_rows is not None and self.max_rows is not None and self.min_rows > self.max_rows:
            raise ValueError(f"min_rows is {self.min_rows} and max_rows only {self.max_rows}")
        if self.columns is not None and self.header and len(set(self.header)) > self.columns:
            raise ValueError(f"header names {len(set(self.header))} columns of {self.columns}")
        return self


_DELIMITERS = {",": "", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@register("csv")
class Csv(Tabular):
    """The response is CSV (RFC 4180), as it is or in one code fence: a header line, and rows below it.

    Every row has as many fields as the header, two or more unless ``columns`` is 1, and there is at least
    one row unless ``min_rows`` is 0. The ``delimiter`` between fields is a comma, a semicolon, a tab or a
    vertical bar. Rows are counted without the header; columns with the names in ``header`` are there, in any
    case and order.
    """

    delimiter: Literal[",", ";", "\t", "|"] = ","

    phrasings: ClassVar[tuple[str, ...]] = (
        "Answer with nothing but CSV{shape}.",
        "Your whole answer has to be CSV{shape}, without any text around it.",
    )
    example: ClassVar[Example] = Example({"columns": 2}, "city,year\nOslo,1048\n", "city,year\nOslo,1048,6\n")

    def parts(self) -> list[str]:
        """What stands between fields, where it is no comma, and what is said of columns and rows."""
        name = _DELIMITERS[self.delimiter]
        return [*([f"{name} between the fields"] if name else []), *super().parts()]

    def check(self, text: Text) -> Verdict:
        if len(text.raw) > LONGEST:
            return Verdict(None, f"longer than {LONGEST} characters, which is not parsed", "error")
        table = csv_table(markdown.document(text.raw), self.delimiter)
        if isinstance(table, str):
            return Verdict(False, f"not CSV: {table}")
        if (row := table.odd_row) is not None:
            cells = f"row {row} has {len(table.rows[row - 1])} fields, the header {table.columns}"
            return Verdict(False, f"not CSV: {cells}")
        if table.columns == 1 != self.columns:
            return Verdict(False, f"there is no {self.delimiter!r} between fields")
        if not table.rows and self.min_rows != 0:
            return Verdict(False, "there is no row below the header")
        misfit = self.misfit(table)
        size = f"found {count(table.columns, 'column')} and {count(len(table.rows), 'row')}"
        return Verdict(misfit is None, misfit or size)

    def nearness(self, text: Text) -> float:
        """The share of its rows that have as many fields as the header, by what is said of them."""
        whole = self._fit(markdown.document(text.raw))
        block = markdown.first_block(text.raw, "csv")
        return whole if block is None else max(whole, SAID_AROUND * self._fit(block))

    def _fit(self, text: str) -> float:
        table = csv_table(text, self.delimiter)
        if isinstance(table, str) or table.columns == 1 or not table.rows:
            return 0.0
        return share(len(row) == table.columns for row in table.rows) * self.fit(table)

    def nearest(self, text: Text) -> Constraint | None:
        """With the delimiter, the columns and the rows that it has."""
        document = markdown.document(text.raw)
        for delimiter in (self.delimiter, *_DELIMITERS):
            if delimiter not in document:
                continue
            table = csv_table(document, delimiter)
            if isinstance(table, Grid) and table.rows and table.columns > 1 and table.odd_row is None:
                return self.fitted(table, delimiter=delimiter)
        return None

    def claims(self) -> Sequence[Claim]:
        name = _DELIMITERS[self.delimiter]
        return [WholeFormat(f"csv with {name}" if name else "csv")]


@register("markdown_table")
class MarkdownTable(Tabular):
    """There is a table in Markdown (GitHub's): a header, a line of dashes below it, and rows.

    Columns go by the header, rows are counted without it, and columns with the names in ``header`` are there,
    in any case and order. A table in a code fence is none. Of several, one has to fit.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "Include a Markdown table{shape}.",
        "Some of your answer has to be a Markdown table{shape}.",
    )
    example: ClassVar[Example] = Example(
        {"columns": 2, "min_rows": 1},
        "| City | Year |\n|---|---|\n| Oslo | 1048 |",
        "| City | Year |\n| Oslo | 1048 |",
    )

    def check(self, text: Text) -> Verdict:
        misfits = [self.misfit(table) for table in markdown.tables(text.raw)]
        if not misfits:
            return Verdict(False, "there is no table")
        return Verdict(None in misfits, "found a table" if None in misfits else misfits[0] or "")

    def nearness(self, text: Text) -> float:
        return max(map(self.fit, markdown.tables(text.raw)), default=0.0)

    def nearest(self, text: Text) -> Constraint | None:
        """As its best table is."""
        tables = markdown.tables(text.raw)
        return self.fitted(max(tables, key=self.fit)) if tables else None

    def claims(self) -> Sequence[Claim]:
        sizes: list[Claim] = [Roughly("table columns", self.columns, self.columns)] if self.columns else []
        if self.min_rows is not None or self.max_rows is not None:
            sizes.append(Roughly("table rows", self.min_rows or 0, self.max_rows))
        cells = (self.columns or 1) * (1 + (self.min_rows or 0))
        return [HasElement("a table"), *sizes, Roughly("table cells", cells)]
