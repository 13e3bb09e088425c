"""Constraints that only a reader can check: a judge is asked (:mod:`hir_data.engine.judge`)."""

import math
from dataclasses import replace
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.registry import register
from hir_data.text.text import Text


def _in_words(text: str) -> str:
    if not text.strip():
        raise ValueError("has to say something")
    return text.strip()


CriterionText = Annotated[str, AfterValidator(_in_words)]


def _as_written(points: float) -> int | float:
    return int(points) if points.is_integer() else points


Points = Annotated[float, PlainSerializer(_as_written, return_type=int | float)]
_UNJUDGED = Verdict(None, "nobody has judged it", "unjudged")


@register("soft:criterion")
class Criterion(Constraint):
    """The response meets a criterion in words, by the answer of a judge; with negative points, it does not.

    The judge is asked before any check, about the response as it is (and, inside of ``within``, about the
    section). Where nobody has been asked the verdict is undetermined, with the status ``unjudged``.

    Points are the weight of the criterion in the score ``weighted``. Where they are negative the criterion
    describes a fault: the judge is asked the same, and what meets the criterion does not satisfy it.
    """

    criterion: CriterionText
    rubric: CriterionText | None = None
    points: Points | None = None

    phrasings: ClassVar[tuple[str, ...]] = ("{criterion}", "Make sure of this: {criterion}")
    example: ClassVar[Example] = Example(
        {"criterion": "The tone is formal."}, "Dear Sir or Madam,", "Hey you!"
    )
    implicit_parameters: ClassVar[tuple[str, ...]] = ("criterion", "rubric", "points")

    @property
    def soft(self) -> bool:
        """Always."""
        return True

    @property
    def own_weight(self) -> float | None:
        """The points."""
        return self.points

    @property
    def is_fault(self) -> bool:
        """Whether what meets the criterion does not satisfy it."""
        return (self.points or 0) < 0

    @property
    def as_judged(self) -> "Criterion":
        """What a judge is asked: the criterion without the points, of which a judge is not told."""
        return self if self.points is None else self.model_copy(update={"points": None})

    def wordings(self) -> tuple[str, ...]:
        return ("Make sure that this is not so: {criterion}",) if self.is_fault else self.phrasings

    def clause(self) -> str:
        """An order to meet the criterion, or not to."""
        return f'{"avoid" if self.is_fault else "meet"} this criterion: "{self.criterion}"'

    def denial(self) -> str:
        """An order to do the opposite."""
        return self.replace(points=1).clause() if self.is_fault else super().denial()

    def check(self, text: Text) -> Verdict:
        answer: Verdict = text.answers.get((self.as_judged, text.raw), _UNJUDGED)
        return self._turned(answer)

    def answer_in(self, verdict: Verdict) -> Verdict:
        """What the judge has said, where the verdict of this constraint is known."""
        return self._turned(verdict)

    def _turned(self, verdict: Verdict) -> Verdict:
        if verdict.satisfied is None or not self.is_fault:
            return verdict
        return replace(verdict, satisfied=not verdict.satisfied)


@register("soft:grade")
class Grade(Criterion):
    """The response meets a criterion in words to some degree: a judge's grade on a scale is high enough.

    The degree is how far the grade comes on the way from the lowest one to ``min``.
    """

    points: Annotated[Points, Field(ge=0)] | None = None
    scale: tuple[int, int] = (1, 5)
    min: int

    phrasings: ClassVar[tuple[str, ...]] = (
        "{criterion} A reader should give this at least {min} on a scale from {lowest} to {highest}.",
        "On a scale from {lowest} to {highest}, a reader should give at least {min} for this: {criterion}",
    )
    example: ClassVar[Example] = Example(
        {"criterion": "The tone is formal.", "min": 4}, "Dear Sir or Madam,", "Hey you!"
    )
    implicit_parameters: ClassVar[tuple[str, ...]] = (*Criterion.implicit_parameters, "scale", "min")

    @model_validator(mode="after")
    def _on_the_scale(self) -> Self:
        if self.lowest >= self.highest:
            raise ValueError("scale: the lowest grade has to be below the highest")
        if not self.lowest < self.min <= self.highest:
            raise ValueError(
                f"min: has to be above the lowest grade, which any text has, and on the scale, not {self.min}"
            )
        return self

    @property
    def lowest(self) -> int:
        """The lowest grade."""
        return self.scale[0]

    @property
    def highest(self) -> int:
        """The highest grade."""
        return self.scale[1]

    @property
    def scale_bits(self) -> float:
        """Minus log2 of the share of the grades of the scale that are enough."""
        return -math.log2((self.highest - self.min + 1) / (self.highest - self.lowest + 1))

    @property
    def as_judged(self) -> "Grade":
        """What a judge is asked: the criterion and its scale, whatever grade is enough."""
        return self.model_copy(update={"points": None, "min": self.highest})

    def clause(self) -> str:
        """An order to reach the grade."""
        return f'reach {self.min} out of {self.highest} or more at this criterion: "{self.criterion}"'

    def denial(self) -> str:
        return f'reach less than {self.min} out of {self.highest} at this criterion: "{self.criterion}"'

    def check(self, text: Text) -> Verdict:
        answer: Verdict = text.answers.get((self.as_judged, text.raw), _UNJUDGED)
        if answer.grade is None and answer.satisfied is None:
            return answer
        if answer.grade is None or not self.lowest <= answer.grade <= self.highest:
            return Verdict(None, f"the judge gave no grade of the scale: {answer.grade}", "error")
        enough = answer.grade >= self.min
        nearness = (answer.grade - self.lowest) / (self.min - self.lowest)
        reason = f"{self._found(answer.grade)}{answer.reason}"
        return replace(answer, satisfied=enough, reason=reason, status="ok", nearness=min(nearness, 1.0))

    def answer_in(self, verdict: Verdict) -> Verdict:
        if verdict.grade is None:
            return verdict
        reason = verdict.reason.removeprefix(self._found(verdict.grade))
        return replace(verdict, satisfied=None, reason=reason)

    def nearest(self, text: Text) -> "Grade | None":
        """The same with the grade that the text got, unless that is the lowest, which says nothing."""
        verdict = self.check(text)
        if verdict.grade is None or not self.lowest < verdict.grade < self.min:
            return None
        return self.try_replace(min=verdict.grade)

    def _found(self, grade: int) -> str:
        return f"grade {grade} of {self.lowest} to {self.highest}, wanted at least {self.min}: "
