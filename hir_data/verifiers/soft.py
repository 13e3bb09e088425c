"""Constraints that only a reader can check: a judge is asked (:mod:`hir_data.engine.judge`)."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator

from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.registry import register
from hir_data.text.text import Text


def _in_words(text: str) -> str:
    if not text.strip():
        raise ValueError("has to say something")
    return text.strip()


CriterionText = Annotated[str, AfterValidator(_in_words)]


@register("soft:criterion")
class Criterion(Constraint):
    """The response meets a criterion in words, by the answer of a judge.

    The judge is asked before any check, about the response as it is (and, inside of ``within``, about the
    section). Where nobody has been asked the verdict is undetermined, with the status ``unjudged``.
    """

    criterion: CriterionText
    rubric: CriterionText | None = None

    phrasings: ClassVar[tuple[str, ...]] = ("{criterion}", "Make sure of this: {criterion}")
    example: ClassVar[Example] = Example(
        {"criterion": "The tone is formal."}, "Dear Sir or Madam,", "Hey you!"
    )
    implicit_parameters: ClassVar[tuple[str, ...]] = ("criterion", "rubric")

    @property
    def soft(self) -> bool:
        """Always."""
        return True

    def clause(self) -> str:
        """An order to meet the criterion."""
        return f'meet this criterion: "{self.criterion}"'

    def check(self, text: Text) -> Verdict:
        answer = text.answers.get((self, text.raw))
        return answer if answer is not None else Verdict(None, "nobody has judged it", "unjudged")
