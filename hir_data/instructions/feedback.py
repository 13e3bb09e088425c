"""What is wrong with a response, in words: verdicts as feedback that a model can read.

>>> from hir_data.schemas.registry import parse
>>> violated = violations([parse({"kind": "punctuation:no_comma"})], [False], ["found 2 commas, wanted none"])
>>> print(feedback_text(violated))
- Use no commas. (found 2 commas, wanted none)
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from hir_data.schemas.constraint import Constraint
from hir_data.schemas.conversation import Instruction


class Violation(NamedTuple):
    """A constraint that a response violates.

    Attributes:
        constraint: which.
        asked: the constraint in words.
        found: what the verdict says of the response; empty where it says nothing.
    """

    constraint: Constraint
    asked: str
    found: str


def violations(
    constraints: Iterable[Constraint], verdicts: Sequence[bool | None], reasons: Sequence[str]
) -> list[Violation]:
    """The constraints that are violated; undetermined ones are none."""
    return [
        Violation(constraint, constraint.describe(), reason)
        for constraint, satisfied, reason in zip(constraints, verdicts, reasons, strict=True)
        if satisfied is False
    ]


def feedback_text(violated: Iterable[Violation]) -> str:
    """A line for each violation."""
    return "\n".join(_lines(violated))


def _lines(violated: Iterable[Violation]) -> Iterator[str]:
    for each in violated:
        found = f" ({each.found})" if each.found else ""
        yield f"- {each.asked}{found}"


def with_feedback(instruction: Instruction, feedback: str) -> Instruction:
    """The instruction with feedback on an earlier response behind the last message of the user."""
    told = (
        f"{instruction.prompt}\n\nAn earlier answer was checked, and fails in this:\n\n{feedback}\n\n"
        "Write the answer anew, without these failures, and do not mention them."
    )
    return instruction.model_copy(update={"prompt": told})
