"""MulDimIF's kinds about punctuation marks."""

import string
from collections.abc import Callable, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import Choices
from hir_data.schemas.english import enumerate_words
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import quoted, share
from hir_data.verifiers.muldimif import elements

EndedPart = Literal["text", "sentence", "question", "paragraph", "cell", "bullet"]
"""What is to end with a mark: the response as a whole, or each of its parts of this sort."""

Marks = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1), Choices(".?!", most=2)
]

PUNCTUATION = tuple(string.punctuation)

_PARTS: dict[EndedPart, Callable[[Text], Sequence[str]]] = {
    "text": lambda text: (text.stripped,),
    "sentence": lambda text: text.sentences,
    "question": lambda text: [sentence for sentence in text.sentences if elements.asks(sentence)],
    "paragraph": lambda text: elements.lines(text.raw),
    "cell": lambda text: elements.cells(text.raw),
    "bullet": lambda text: [
        sentence for bullet in elements.bullets(text.raw) for sentence in Text(bullet).sentences
    ],
}


class _AtTheEnd(Constraint):
    """Marks at the end of the response, or of each of its parts."""

    marks: Marks
    of: EndedPart = "text"
    composable = False

    @property
    def either(self) -> str:
        """The marks, in words."""
        if self.marks == PUNCTUATION:
            return "a punctuation mark"
        return enumerate_words([f'"{mark}"' for mark in self.marks], "or")

    @property
    def what(self) -> str:
        """What is to end so, in words."""
        return "your answer" if self.of == "text" else f"each {self.of}"


@register("muldimif:ending")
class Ending(_AtTheEnd):
    """The response, or each of its parts of a sort, ends with one of the marks.

    Sentences are Punkt's, paragraphs are lines, cells those below the header of a table. Of a bullet point
    every sentence has to end so.
    """

    phrasings: ClassVar[tuple[str, ...]] = (
        "End {what} with {either}.",
        "At the end of {what} there has to be {either}.",
    )
    example: ClassVar[Example] = Example({"marks": ["."]}, "It rains.", "It rains!")

    def check(self, text: Text) -> Verdict:
        parts = _PARTS[self.of](text)
        if self.of == "cell" and not parts:
            return Verdict(False, "there is no table")
        for part in parts:
            if not part.rstrip().endswith(self.marks):
                return Verdict(False, f"{quoted(part[-20:])} does not end with {self.either}")
        return Verdict(True, f"ends with {self.either}")

    def nearness(self, text: Text) -> float:
        return share(part.rstrip().endswith(self.marks) for part in _PARTS[self.of](text))

    def flip(self, text: Text) -> Constraint | None:
        return ~self


@register("muldimif:no_ending")
class NoEnding(_AtTheEnd):
    """The response does not end with any of the marks, nor does any of its parts of a sort."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "End {what} with anything but {either}.",
        "There must not be {either} at the end of {what}.",
    )
    example: ClassVar[Example] = Example({"marks": ["."]}, "It rains", "It rains.")

    def denial(self) -> str:
        return f"end {self.what} with {self.either}"

    def check(self, text: Text) -> Verdict:
        for part in _PARTS[self.of](text):
            if part.rstrip().endswith(self.marks):
                return Verdict(False, f"{quoted(part[-20:])} ends with {self.either}")
        return Verdict(True, f"does not end with {self.either}")

    def nearness(self, text: Text) -> float:
        return share(not part.rstrip().endswith(self.marks) for part in _PARTS[self.of](text))

    def flip(self, text: Text) -> Constraint | None:
        return ~self


@register("muldimif:no_marks")
class NoMarks(Constraint):
    """A punctuation mark is nowhere in the response."""

    marks: Marks

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use none of these marks: {marks}.",
        "Your answer must not contain {marks} anywhere.",
    )
    example: ClassVar[Example] = Example({"marks": ["!"]}, "It rains.", "It rains! Again.")
    composable = False

    def denial(self) -> str:
        return "use " + enumerate_words([f'"{mark}"' for mark in self.marks], "or")

    def check(self, text: Text) -> Verdict:
        found = [mark for mark in self.marks if mark in text.raw]
        return Verdict(not found, f"found {enumerate_words(found)}" if found else "none occurs")

    def nearness(self, text: Text) -> float:
        return share(mark not in text.raw for mark in self.marks)

    def flip(self, text: Text) -> Constraint | None:
        return ~self
