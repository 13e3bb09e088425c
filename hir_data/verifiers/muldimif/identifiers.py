"""MulDimIF's kinds about how a response starts, and what it cites."""

import re
from typing import Annotated, ClassVar

from pydantic import Field

from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import OPENINGS, Choices
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import quoted, shared_start
from hir_data.verifiers.muldimif.counted import Counted


@register("muldimif:opening")
class Opening(Constraint):
    """The response starts with a text, in any case, behind the marks of a heading."""

    text: Annotated[str, Field(min_length=1), Choices(OPENINGS)]

    phrasings: ClassVar[tuple[str, ...]] = ('Start with "{text}".', 'The first words have to be "{text}".')
    example: ClassVar[Example] = Example(
        {"text": "List of models:"}, "# List of Models: A, B", "Models: A, B"
    )
    composable = False
    no_hindsight = "most texts start otherwise, so to ask for that is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        start = text.raw.lstrip(" #")[: len(self.text)]
        return Verdict(start.lower() == self.text.lower(), f"starts with {quoted(start)}")

    def nearness(self, text: Text) -> float:
        return shared_start(text.lower.lstrip(" #"), self.text.lower())


_YEAR = r",\s*\d{4}[a-z]?\)"
_REFERENCE = re.compile(  # "[1]", and "(Lee, 2004)": a letter, or one digit, before the comma
    rf"\[\d+\]|\((?:(?=[^()\w]*[^\W\d])|[^()\d]*+\d)[^()\d,]*+(?:(?!{_YEAR}),[^()\d,]*+)*+{_YEAR}"
)
_APA = re.compile(r"\(\s*\w+,\s*\d{4}\s*\)")


@register("muldimif:references")
class References(Counted):
    """There is a number of references such as [1] or (Name, 2020)."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Give {amount}, such as [1] or (Name, 2020).",
        "The number of references, such as [1] or (Name, 2020), has to be {range}.",
    )
    example: ClassVar[Example] = Example({"min": 1}, "It rains more [1].", "It rains more.")
    counted = "reference"
    sizes: ClassVar[range] = range(1, 6)

    def found(self, text: Text) -> int:
        return len(_REFERENCE.findall(text.raw))


@register("muldimif:apa")
class Apa(Constraint):
    """There is a citation in APA's form: (Name, 2020)."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Give a citation as APA does: (Name, 2020).",
        "There has to be a citation of the form (Name, 2020).",
    )
    example: ClassVar[Example] = Example({}, "It rains more (Lee, 2020).", "It rains more [1].")
    composable = False
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        return Verdict(_APA.search(text.raw) is not None)
