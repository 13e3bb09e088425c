"""``within``: a constraint on a section of the text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from hir_data.schemas.constraint import Constraint, Example, Part, RelabelMethod, Verdict, check
from hir_data.schemas.english import sentence
from hir_data.schemas.registry import register
from hir_data.text import markdown
from hir_data.text.text import Text, Unit
from hir_data.verifiers.compare import count
from hir_data.verifiers.compose import Composite, Inner, PartCheck, kleene_and, told

Every = Literal["every"]
_MOST_ALTERNATIVES = 16


@register("within")
class Within(Composite):
    """A constraint on a section of the text, on each section, or on the first or the last few together.

    ``index`` counts from 1, and from the end where it is negative; ``"every"`` asks of each. ``first`` and
    ``last`` take so many units as one text. ``heading`` is for the unit ``section``: what stands under the
    Markdown heading of that name. A section that is not there violates the constraint; of no sections at all,
    every one satisfies it.
    """

    unit: Unit
    index: int | Every | None = None
    first: Annotated[int, Field(ge=1)] | None = None
    last: Annotated[int, Field(ge=1)] | None = None
    heading: Annotated[str, Field(min_length=1)] | None = None
    constraint: Inner

    example: ClassVar[Example] = Example(
        {"unit": "paragraph", "index": 2, "constraint": {"kind": "contains", "text": "sea"}},
        "We left early.\n\nThe sea was calm.",
        "The sea was calm.\n\nWe left early.",
    )

    @model_validator(mode="after")
    def _one_way_to_choose(self) -> Self:
        ways = {name: getattr(self, name) for name in ("index", "first", "last", "heading")}
        given = [name for name, value in ways.items() if value is not None]
        if len(given) != 1:
            raise ValueError(f"give one of {', '.join(ways)}; there is {' and '.join(given) or 'none'}")
        if self.index == 0:
            raise ValueError("index counts from 1, or from the end: -1 is the last")
        if self.heading is not None and self.unit != "section":
            raise ValueError(f"heading goes with the unit section, not with {self.unit}")
        return self

    def inner(self) -> Iterable[Constraint]:
        return (self.constraint,)

    def parts(self, text: Text) -> list[PartCheck]:
        chosen = self._chosen(text)
        return [PartCheck(name, self.constraint, section) for name, section in chosen]

    def combine(self, answers: Sequence[Part]) -> Verdict:
        if self.index == "every":
            return kleene_and(answers) if answers else Verdict(True, f"there is no {self._unit}")
        if not answers:
            return Verdict(False, f"there is no {self._place.removeprefix('the ')}")
        (answer,) = answers
        return Verdict(answer.verdict.satisfied, told(answer), answer.verdict.status)

    def clause(self) -> str:
        return f"{self._inner_clause} in {self._place}"

    def describe(self, phrasing: int = 0) -> str:
        return sentence(f"in {self._place}, {self._inner_clause}")

    def alternatives(self, text: Text, sorts: Sequence[RelabelMethod]) -> Iterator[Constraint | None]:
        """The same with what one of the sections that break it satisfies."""
        sections = {section.raw: section for _, _, section in self.parts(text)}
        found: set[Constraint] = set()
        for section in sections.values():
            if check(self.constraint, section).satisfied:
                continue
            better = self.constraint.hindsight(section, sorts)
            if better and better not in found:
                found.add(better)
                yield self.model_copy(update={"constraint": better})
                if len(found) == _MOST_ALTERNATIVES:  # each is checked on all of the text
                    return

    @property
    def place(self) -> tuple[str, int | str | None, int | None, int | None, str | None]:
        """What says which section is meant."""
        return self.unit, self.index, self.first, self.last, self.heading

    @property
    def _unit(self) -> str:
        return self.unit.replace("code_block", "code block")

    @property
    def _inner_clause(self) -> str:
        clause = self.constraint.clause().removesuffix(" in your answer")
        clause = re.sub(r"(?<= \d)( parts?) of your answer", r"\1", clause)
        return clause.replace("your whole answer", "all of it").replace("your answer", "it")

    @property
    def _place(self) -> str:
        if self.heading is not None:
            return f'the section under the heading "{self.heading}"'
        if self.index == "every":
            return f"every {self._unit}"
        if isinstance(self.index, int):
            return f"the {ordinal(self.index)} {self._unit}"
        which, number = ("first", self.first) if self.first else ("last", self.last)
        return f"the {which} {self._unit}" if number == 1 else f"the {which} {count(number or 0, self._unit)}"

    def _chosen(self, text: Text) -> list[tuple[str, Text]]:
        sections = text.sections(self.unit)
        named = [(f"{self._unit} {number}", one) for number, one in enumerate(sections, 1)]
        if self.heading is not None:
            wanted = markdown.plain_heading(self.heading)
            pairs = zip(text.headings, named, strict=True)
            return [one for heading, one in pairs if markdown.plain_heading(heading) == wanted][:1]
        if self.index == "every":
            return named
        if isinstance(self.index, int):
            position = self.index - 1 if self.index > 0 else self.index
            return [named[position]] if -len(named) <= position < len(named) else []
        together = sections[: self.first] if self.first else sections[-(self.last or 0) :]
        joined = _JOINTS[self.unit].join(section.raw for section in together)
        return [(self._place.removeprefix("the "), Text(joined, text.answers))] if together else []


_JOINTS: dict[Unit, str] = {
    "word": " ",
    "sentence": " ",
    "line": "\n",
    "paragraph": "\n\n",
    "section": "\n\n",
    "code_block": "\n",
}
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def ordinal(number: int) -> str:
    """A place in words: "second", "11th", and from the end: "last", "second to last"."""
    if number == -1:
        return "last"
    if number < 0:
        return f"{ordinal(-number)} to last"
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
