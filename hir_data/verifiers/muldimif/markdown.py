"""MulDimIF's kinds about Markdown: headings, block quotes, bold text, bullet points."""

import re
from typing import Annotated, ClassVar

from pydantic import Field

from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import Choices
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import closeness, count, share
from hir_data.verifiers.muldimif import elements
from hir_data.verifiers.muldimif.counted import Counted

HeadingLevel = Annotated[int, Field(ge=1, le=6), Choices((1, 2, 3))]


@register("muldimif:headings")
class Headings(Counted):
    """There is a number of headings, of any level or of one, with a title if one is named."""

    level: Annotated[int, Field(ge=1, le=6)] | None = None
    title: Annotated[str, Field(min_length=1)] | None = None

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use {amount}{sort}.",
        "The number of Markdown headings{sort} has to be {range}.",
    )
    example: ClassVar[Example] = Example({"min": 1, "level": 2}, "## Plan\nWe leave.", "# Plan\nWe leave.")
    counted = "heading"
    sizes: ClassVar[range] = range(1, 7)

    @property
    def sort(self) -> str:
        """Which headings are meant, in words."""
        level = f" of level {self.level}" if self.level else ""
        return f'{level} with the title "{self.title}"' if self.title else level

    def found(self, text: Text) -> int:
        title = self.title and self.title.lower()
        return sum(
            self.level in (None, one.level) and title in (None, one.title.lower())
            for one in elements.headings(text.raw)
        )


@register("muldimif:heading_levels")
class HeadingLevels(Counted):
    """The headings are of a number of different levels."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use headings of {amount}.",
        "The number of different levels of Markdown headings has to be {range}.",
    )
    example: ClassVar[Example] = Example({"min": 2}, "# Trip\n## Plan", "# Trip\n# Plan")
    counted = "level"
    sizes: ClassVar[range] = range(2, 5)

    def found(self, text: Text) -> int:
        return len({one.level for one in elements.headings(text.raw)})


@register("muldimif:heading_depth")
class HeadingDepth(Constraint):
    """No heading is below a level."""

    max: HeadingLevel

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use no heading below level {max}.",
        "The deepest Markdown heading may be of level {max}.",
    )
    example: ClassVar[Example] = Example({"max": 2}, "# Trip\n## Plan", "# Trip\n### Plan")
    composable = False

    def denial(self) -> str:
        return f"use a heading below level {self.max}"

    def check(self, text: Text) -> Verdict:
        deepest = max((one.level for one in elements.headings(text.raw)), default=0)
        return Verdict(deepest <= self.max, f"the deepest is level {deepest}, wanted at most {self.max}")

    def nearness(self, text: Text) -> float:
        return closeness(max(one.level for one in elements.headings(text.raw)), None, self.max)

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(max=max((one.level for one in elements.headings(text.raw)), default=0))

    def flip(self, text: Text) -> Constraint | None:
        return ~self


@register("muldimif:first_heading")
class FirstHeading(Constraint):
    """The response begins with a heading of a level."""

    level: HeadingLevel

    phrasings: ClassVar[tuple[str, ...]] = (
        "Begin with a Markdown heading of level {level}.",
        "The first line has to be a heading of level {level}.",
    )
    example: ClassVar[Example] = Example({"level": 2}, "## Plan\nWe leave.", "We leave.\n## Plan")
    composable = False
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        line = text.stripped.split("\n", 1)[0]
        found = elements.headings(line)
        satisfied = bool(found) and found[0].level == self.level
        return Verdict(
            satisfied, f"starts with level {found[0].level}" if found else "starts with no heading"
        )


@register("muldimif:block_quotes")
class BlockQuotes(Counted):
    """There is a number of lines that are block quotes."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write {amount} as block quotes (lines that start with >).",
        "The number of quoted lines, those that start with >, has to be {range}.",
    )
    example: ClassVar[Example] = Example({"min": 1}, "She said:\n> Go.", "She said: go.")
    counted = "line"
    sizes: ClassVar[range] = range(1, 4)

    def found(self, text: Text) -> int:
        return sum(1 for line in elements.lines(text.raw) if line.startswith(">"))


@register("muldimif:all_quoted")
class AllQuoted(Constraint):
    """Every line that is not blank is a block quote."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write all of your answer as a block quote (lines that start with >).",
        "Every line of your answer has to start with >.",
    )
    example: ClassVar[Example] = Example({}, "> Go.\n\n> Now.", "> Go.\nNow.")
    composable = False
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        others = [line for line in elements.lines(text.raw) if not line.startswith(">")]
        return Verdict(not others, f"{count(len(others), 'line')} not quoted")

    def nearness(self, text: Text) -> float:
        return share(line.startswith(">") for line in elements.lines(text.raw))


_BOLD = re.compile(r"\*\*.*?\*\*|__.*?__")


@register("muldimif:bold")
class Bold(Constraint):
    """Something is in bold."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Put something in bold (**like this**).",
        "Some of your answer has to be in **bold**.",
    )
    example: ClassVar[Example] = Example({}, "It is **very** cold.", "It is very cold.")
    composable = False

    def denial(self) -> str:
        return "do not put anything in bold (**like this**)"

    def check(self, text: Text) -> Verdict:
        return Verdict(_BOLD.search(text.raw) is not None)

    def flip(self, text: Text) -> Constraint | None:
        return ~self


@register("muldimif:bullets")
class Bullets(Counted):
    """There is a number of bullet points."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use {amount}.",
        "The number of bullet points (lines that start with - or *) has to be {range}.",
    )
    example: ClassVar[Example] = Example({"min": 2}, "- Tea\n- Milk", "Tea and milk")
    counted = "bullet point"
    sizes: ClassVar[range] = range(2, 7)

    def found(self, text: Text) -> int:
        return len(elements.bullets(text.raw))


@register("muldimif:no_numbered_lists")
class NoNumberedLists(Constraint):
    """No line starts with a number and a full stop or a bracket."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use no numbered list.",
        "Your answer must not number its points.",
    )
    example: ClassVar[Example] = Example({}, "Tea and milk", "1. Tea\n2. Milk")
    composable = False

    def denial(self) -> str:
        return "use a numbered list"

    def check(self, text: Text) -> Verdict:
        return Verdict(not elements.numbered(text.raw))

    def flip(self, text: Text) -> Constraint | None:
        return ~self
