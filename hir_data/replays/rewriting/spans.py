"""Prompts that state their constraints in sentences, rewritten by rules.

Where a constraint gets another value, that is written in its sentence
(:mod:`hir_data.replays.rewriting.statements.values`). Else the sentence, list item or clause that states it
is taken out where that is sure (:mod:`hir_data.replays.rewriting.statements`), and nothing else is touched.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from hir_data.instructions.languages.catalogue import parts_of
from hir_data.replays.rewriting.quotations import quotations
from hir_data.replays.rewriting.rewriter import CriteriaRewriter, RewriteRefusal
from hir_data.replays.rewriting.statements.cuts import remove, rest_of
from hir_data.replays.rewriting.statements.search import STANDING, find_rewording
from hir_data.replays.rewriting.statements.values import replaced
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import Change

_LEADING_ON = re.compile(r":(?!//)")
"""A colon, behind which a sentence goes on, and not that of an address."""


class SpanRewriter:
    """Takes out of a prompt what states a constraint; where question and criteria are known, as they say."""

    def __init__(self) -> None:
        self._criteria = CriteriaRewriter()

    def objection(self, instruction: Instruction, violated: Sequence[int]) -> RewriteRefusal | None:
        """Why it is not sure what to take out."""
        instruction = _with_parts(instruction)
        if _has_parts(instruction):
            return self._criteria.objection(instruction, violated)
        found = find_rewording(
            instruction.prompt, instruction.constraints, tuple(violated), needs_task=_needs_task(instruction)
        )
        if isinstance(found, RewriteRefusal):
            return found
        bare = rest_of(instruction.prompt, found.removals)
        quoting = {
            place
            for place, constraint in enumerate(instruction.constraints)
            if not all(quotation in bare for quotation in quotations(constraint))
        }
        if quoting <= {*violated}:
            return None
        return self.objection(instruction, sorted(quoting | {*violated}))

    def prompt(
        self, instruction: Instruction, changes: Sequence[Change], phrasings: Sequence[str]
    ) -> Instruction | RewriteRefusal:
        """The prompt without what states the constraints that are not kept, new ones in their places."""
        instruction = _with_parts(instruction)
        if _has_parts(instruction):
            return self._criteria.prompt(instruction, changes, phrasings)
        valued = _with_values(instruction.prompt, changes)
        gone = tuple(place for place in range(len(changes)) if place not in valued.places)
        prompt = valued.prompt
        if gone:
            found = find_rewording(prompt, valued.constraints, gone, needs_task=_needs_task(instruction))
            if isinstance(found, RewriteRefusal):
                return found
            new = {place: phrasings[place] for place in gone if phrasings[place]}
            new |= {place: valued.constraints[place].describe() for place in found.restated}
            if new and any(_LEADING_ON.search(prompt[cut.end : cut.unit.end]) for cut in found.removals):
                return RewriteRefusal("there is no place for a new constraint")
            prompt = remove(prompt, found.removals, new)
        return Instruction(
            id=instruction.id,
            prompt=prompt,
            constraints=tuple(change.became for change in changes if change.became is not None),
        )

    def replaces(self, instruction: Instruction, place: int, new: Constraint) -> bool:
        """Whether the values of a new constraint can stand where the prompt states an old one."""
        instruction = _with_parts(instruction)
        if _has_parts(instruction):
            return False
        return replaced(instruction.prompt, instruction.constraints, place, new) is not None


class _Valued(NamedTuple):
    """A prompt with the values of new constraints in place.

    Attributes:
        prompt: the text.
        constraints: what it states now.
        places: those of the constraints that it states as they are to be.
    """

    prompt: str
    constraints: tuple[Constraint, ...]
    places: frozenset[int]


def _with_values(prompt: str, changes: Sequence[Change]) -> _Valued:
    """The prompt with new values where they can stand in the place of the old ones."""
    constraints = [change.constraint for change in changes]
    places = {place for place, change in enumerate(changes) if change.fate == "kept"}
    for place, change in enumerate(changes):
        if change.fate == "nearest" and change.became is not None:
            written = replaced(prompt, constraints, place, change.became)
            if written is not None:
                prompt, constraints[place] = written, change.became
                places.add(place)
    return _Valued(prompt, tuple(constraints), frozenset(places))


def _with_parts(instruction: Instruction) -> Instruction:
    """With question and criteria, where a prompt in another language than English shows them for sure."""
    if _has_parts(instruction) or len(instruction.messages) > 1:
        return instruction
    parts = parts_of(instruction.prompt, instruction.constraints)
    if parts is None:
        return instruction
    return instruction.model_copy(
        update={
            "question": parts.question,
            "criteria": parts.criteria,
            "presentation": parts.presentation,
        }
    )


def _has_parts(instruction: Instruction) -> bool:
    return instruction.question is not None and instruction.criteria is not None


def _needs_task(instruction: Instruction) -> bool:
    """Whether a task has to be left: not in a message above the user's, which bears its role as name."""
    return instruction.messages[0].name not in STANDING
