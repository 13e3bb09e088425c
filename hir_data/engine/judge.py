"""Judges decide on criteria that only a reader can decide: "the tone is formal".

A :class:`Judge` is anything that answers questions with verdicts. :mod:`hir_data.engine.judge_prompt` has the
words for a language model that acts as one, and reads what it answers;
:mod:`hir_data.models.openai_judge` asks it.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from hir_data.schemas.constraint import Verdict


class Question(NamedTuple):
    """What a judge is asked: whether a text meets a criterion, or to which grade.

    Attributes:
        criterion: what is asked of the text, in words.
        text: what is judged.
        prompt: what the writer of the text was asked; some criteria need it. Of a conversation of several
            messages all of them, each after its role.
        rubric: how to decide, where the criterion alone does not say.
        scale: the lowest and the highest grade, where the text is graded; None for yes or no.
    """

    criterion: str
    text: str
    prompt: str = ""
    rubric: str | None = None
    scale: tuple[int, int] | None = None


class Judge(Protocol):
    """Whoever answers questions."""

    def judge(self, questions: Sequence[Question]) -> list[Verdict]:
        """The verdicts on the questions, in their order; undetermined ones where there is no answer.

        The verdict on a question with a scale has the ``grade``; whether that is enough, and ``satisfied``
        with it, is not the judge's to say.

        Raises:
            HirDataError: nothing can be answered at all.
        """


def is_answered(verdict: Verdict) -> bool:
    """Whether a judge has answered: yes, no, or with a grade."""
    return verdict.satisfied is not None or verdict.grade is not None


MAX_QUESTION = 400_000
"""Characters of a question beyond which no model reads it to its end, so that nobody is asked."""


def length(question: Question) -> int:
    """The characters that a question has a model read."""
    parts = (question.criterion, question.text, question.prompt, question.rubric or "")
    return sum(map(len, parts))


def too_long(question: Question) -> Verdict | None:
    """The verdict on a question that is too long to be asked; None on any other."""
    if (characters := length(question)) <= MAX_QUESTION:
        return None
    problem = f"the question has {characters} characters, more than the {MAX_QUESTION} that a judge is asked"
    return Verdict(None, problem, "error")


def digest(*parts: object) -> str:
    """What tells these values, all of them JSON, from any others."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def first_words(text: str) -> str:
    """The beginning of a text, on one line."""
    return " ".join(text[:1000].split())[:200]
