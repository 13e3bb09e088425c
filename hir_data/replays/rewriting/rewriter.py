"""A prompt that asks for what an instruction became in hindsight.

Rewriters differ in what they need: :class:`Criteria` a prompt that was made of a question and criteria,
:mod:`hir_data.replays.rewriting.spans` one that states its constraints in sentences,
:mod:`hir_data.replays.rewriting.llm` a model.
"""

import functools
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from hir_data.schemas.constraint import Constraint
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.presentation import PRESENTATIONS, Presentation, present
from hir_data.schemas.replay import Change


class RewriteRefusal(NamedTuple):
    """Why something cannot be replayed: a reason to count by, and what it was in this case."""

    reason: str
    detail: str = ""


class Rewriter(Protocol):
    """Writes prompts anew."""

    def objection(self, instruction: Instruction, violated: Sequence[int]) -> RewriteRefusal | None:
        """Why a prompt cannot be rewritten without some of its constraints; None as far as it can be told."""

    def prompt(
        self, instruction: Instruction, changes: Sequence[Change], phrasings: Sequence[str]
    ) -> Instruction | RewriteRefusal:
        """The instruction of what the constraints became, in their order.

        Args:
            instruction: of the source, to which there is no objection.
            changes: what becomes of each constraint; something of at least one.
            phrasings: each constraint that is relabelled in words, "" for the others.
        """

    def replaces(self, instruction: Instruction, place: int, new: Constraint) -> bool:
        """Whether a constraint that cannot be taken out can still become a given one, by its values alone."""


class CriteriaRewriter:
    """Rewrites prompts that were made of a question and criteria, in the presentation that they are in."""

    def objection(self, instruction: Instruction, violated: Sequence[int] = ()) -> RewriteRefusal | None:
        """Where the question or the criteria are not known, or do not give the prompt, byte for byte."""
        found = _presentation(instruction)
        return found if isinstance(found, RewriteRefusal) else None

    def prompt(
        self, instruction: Instruction, changes: Sequence[Change], phrasings: Sequence[str]
    ) -> Instruction | RewriteRefusal:
        """The question under the criteria that are kept, and new ones where constraints are relabelled."""
        presentation = _presentation(instruction)
        if isinstance(presentation, RewriteRefusal):
            return presentation
        assert instruction.question is not None and instruction.criteria is not None
        told = [
            (change.became, phrasing or criterion)
            for change, phrasing, criterion in zip(changes, phrasings, instruction.criteria, strict=True)
            if change.became is not None
        ]
        constraints, criteria = zip(*told, strict=True)
        stated = [text for text in criteria if text]  # the others are stated in other messages
        return Instruction(
            id=instruction.id,
            prompt=present(instruction.question, stated, presentation),
            constraints=constraints,
            question=instruction.question,
            criteria=criteria,
            presentation=presentation,
        )

    def replaces(self, instruction: Instruction, place: int, new: Constraint) -> bool:
        """Never: where criteria are known, any of them can be replaced."""
        return False


def _presentation(instruction: Instruction) -> Presentation | RewriteRefusal:
    """How a prompt was made of its question and criteria: as it says, or in the first way that gives it."""
    if instruction.question is None:
        return RewriteRefusal("the question is not known")
    if instruction.criteria is None:
        return RewriteRefusal("the criteria are not known")
    stated = tuple(text for text in instruction.criteria if text)
    return _made(instruction.prompt, instruction.question, stated, instruction.presentation)


@functools.lru_cache(maxsize=1 << 10)
def _made(
    prompt: str, question: str, criteria: tuple[str, ...], told: Presentation | None
) -> Presentation | RewriteRefusal:
    for name in [told] if told else PRESENTATIONS:
        if present(question, criteria, name) == prompt:
            return name
    if told is None:
        return RewriteRefusal("the prompt differs from its parts", "no presentation gives the prompt")
    made = present(question, criteria, told)
    return RewriteRefusal("the prompt differs from its parts", difference(prompt, made))


def difference(prompt: str, made: str) -> str:
    """Where two texts part, in words."""
    place = next(
        (i for i, (one, other) in enumerate(zip(prompt, made, strict=False)) if one != other),
        min(len(prompt), len(made)),
    )
    start = max(0, place - 10)
    one, other = prompt[start : place + 20], made[start : place + 20]
    return f"from character {place} on: {one!r} is in the prompt, {other!r} in what its parts give"
