"""A prompt that asks for what an instruction became in hindsight.

Rewriters differ in what they need: :class:`Criteria` a prompt that was made of a question and criteria,
:mod:`hir_data.replays.rewriting.spans` one that states its constraints in sentences,
:mod:`hir_data.replays.rewriting.llm` a model.
"""

import functools
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from hir_data.schemas.constraint import Constraint
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.presentation import PRESENTATIONS, Presentation, present
from hir_data.schemas.replay import Change
from hir_data.verifiers.compose import Composite


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


def rewritten(
    instruction: Instruction, changes: Sequence[Change], rewriter: Rewriter, seed: str
) -> tuple[Instruction, tuple[Change, ...]] | RewriteRefusal:
    """The instruction in hindsight, and the changes that it makes.

    They are those given, except that a constraint that quotes the prompt is dropped where the new prompt does
    not say any more what it quotes.

    Args:
        instruction: of the source.
        changes: what is to become of each constraint.
        rewriter: who writes the prompt.
        seed: what chooses among the phrasings.
    """
    phrasings = [
        change.became.describe(zlib.crc32(f"{seed}:{number}".encode()))
        if change.became is not None and change.fate != "kept"
        else ""
        for number, change in enumerate(changes)
    ]
    while any(change.became for change in changes):
        new = rewriter.prompt(instruction, changes, phrasings)
        if isinstance(new, RewriteRefusal):
            return new
        fresh = tuple(
            change if _is_quoted(change.became, new.prompt) else _dropped(change) for change in changes
        )
        if fresh == tuple(changes):
            return new, fresh
        changes = fresh
    return RewriteRefusal("no constraint is left")


def _is_quoted(constraint: Constraint | None, prompt: str) -> bool:
    return constraint is None or all(quotation in prompt for quotation in quotations(constraint))


def _dropped(change: Change) -> Change:
    return Change(fate="dropped", constraint=change.constraint)


def quotations(constraint: Constraint) -> Iterator[str]:
    """What a constraint, or a part of it, repeats of the prompt, white space around it aside."""
    if isinstance(constraint, Composite):
        for part in constraint.inner():
            yield from quotations(part)
    elif constraint.quoted_parameter:
        yield str(getattr(constraint, constraint.quoted_parameter)).strip()


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
        return Instruction(
            id=instruction.id,
            prompt=present(instruction.question, criteria, presentation),
            constraints=constraints,
            question=instruction.question,
            criteria=criteria,
            presentation=presentation,
        )


def _presentation(instruction: Instruction) -> Presentation | RewriteRefusal:
    """How a prompt was made of its question and criteria: as it says, or in the first way that gives it."""
    if instruction.question is None:
        return RewriteRefusal("the question is not known")
    if instruction.criteria is None:
        return RewriteRefusal("the criteria are not known")
    return _made(instruction.prompt, instruction.question, instruction.criteria, instruction.presentation)


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
