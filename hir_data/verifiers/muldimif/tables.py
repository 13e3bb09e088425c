"""MulDimIF's kinds about Markdown tables."""

from typing import Annotated, ClassVar

from pydantic import Field

from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import WORDS, Choices
from hir_data.schemas.english import enumerate_words
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import between, share
from hir_data.verifiers.muldimif import elements
from hir_data.verifiers.muldimif.counted import Counted
from hir_data.verifiers.muldimif.elements import TableSize

NO_TABLE = "there is no table"


@register("muldimif:table")
class HasTable(Constraint):
    """There is a table."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Include a Markdown table.",
        "Some of your answer has to be a Markdown table.",
    )
    example: ClassVar[Example] = Example({}, "| Tea |\n|---|\n| 2 |", "Tea: 2")
    composable = False
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        found = elements.table(text.raw) is not None
        return Verdict(found, "found a table" if found else NO_TABLE)


class _InTable(Counted):
    """A count in a table, if there has to be one."""

    optional: bool = False
    """Whether a response without a table will do."""

    def check(self, text: Text) -> Verdict:
        table = elements.table_size(text.raw)
        if table is None:
            return Verdict(self.optional, NO_TABLE)
        return between(self.size(table), self.min, self.max, self.counted)

    def found(self, text: Text) -> int:
        table = elements.table_size(text.raw)
        return 0 if table is None else self.size(table)

    def size(self, table: TableSize) -> int:
        """The count."""
        raise NotImplementedError

    @property
    def condition(self) -> str:
        """What comes before the order, in words."""
        return " if you use one" if self.optional else ""


@register("muldimif:table_rows")
class TableRows(_InTable):
    """A table has a number of rows, its header aside."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Give your table {amount} below its header{condition}.",
        "The number of rows in your table, the header aside, has to be {range}{condition}.",
    )
    example: ClassVar[Example] = Example({"max": 1}, "| Tea |\n|---|\n| 2 |", "| Tea |\n|---|\n| 2 |\n| 3 |")
    counted = "row"
    sizes: ClassVar[range] = range(2, 8)

    def size(self, table: TableSize) -> int:
        return table.rows


@register("muldimif:table_columns")
class TableColumns(_InTable):
    """A table has a number of columns."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Give your table {amount}{condition}.",
        "The number of columns in your table has to be {range}{condition}.",
    )
    example: ClassVar[Example] = Example(
        {"max": 1}, "| Tea |\n|---|\n| 2 |", "| Tea | Milk |\n|---|---|\n| 2 | 3 |"
    )
    counted = "column"
    sizes: ClassVar[range] = range(2, 6)

    def size(self, table: TableSize) -> int:
        return table.columns


@register("muldimif:table_headers")
class TableHeaders(Constraint):
    """Each name is in the header of a column, in any case."""

    names: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1), Choices(WORDS)]
    optional: bool = False

    phrasings: ClassVar[tuple[str, ...]] = (
        "Name the columns of your table {names}.",
        "Your table has to have columns with the headers {names}.",
    )
    example: ClassVar[Example] = Example(
        {"names": ["tea", "milk"]}, "| Tea | Milk |\n|---|---|\n| 2 | 3 |", "| Tea |\n|---|\n| 2 |"
    )
    composable = False
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        table = elements.table(text.raw)
        if table is None:
            return Verdict(self.optional, NO_TABLE)
        header = "\n".join(table.header).lower()
        missing = [name for name in self.names if name.lower() not in header]
        return Verdict(not missing, f"missing: {enumerate_words(missing)}" if missing else "all are there")

    def nearness(self, text: Text) -> float:
        table = elements.table(text.raw)
        header = "\n".join(table.header).lower() if table else ""
        return share(name.lower() in header for name in self.names)
