"""Prompts that state their constraints in sentences, rewritten by rules.

The sentence, list item or clause that states a constraint is taken out where that is sure
(:mod:`hir_data.replays.rewriting.statements`), and nothing else is touched.
"""

from collections.abc import Sequence

from hir_data.replays.rewriting.quotations import quotations
from hir_data.replays.rewriting.rewriter import CriteriaRewriter, RewriteRefusal
from hir_data.replays.rewriting.statements.cuts import remove
from hir_data.replays.rewriting.statements.search import STANDING, find_rewording
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import Change


class SpanRewriter:
    """Takes out of a prompt what states a constraint; where question and criteria are known, as they say."""

    def __init__(self) -> None:
        self._criteria = CriteriaRewriter()

    def objection(self, instruction: Instruction, violated: Sequence[int]) -> RewriteRefusal | None:
        """Why it is not sure what to take out."""
        if _has_parts(instruction):
            return self._criteria.objection(instruction, violated)
        found = find_rewording(
            instruction.prompt, instruction.constraints, tuple(violated), needs_task=_needs_task(instruction)
        )
        if isinstance(found, RewriteRefusal):
            return found
        bare = remove(instruction.prompt, found.removals)
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
        if _has_parts(instruction):
            return self._criteria.prompt(instruction, changes, phrasings)
        gone = tuple(place for place, change in enumerate(changes) if change.fate != "kept")
        found = find_rewording(
            instruction.prompt, instruction.constraints, gone, needs_task=_needs_task(instruction)
        )
        if isinstance(found, RewriteRefusal):
            return found
        new = {place: phrasing for place, phrasing in enumerate(phrasings) if phrasing}
        new |= {place: instruction.constraints[place].describe() for place in found.restated}
        if new and any(":" in instruction.prompt[cut.end : cut.unit.end] for cut in found.removals):
            return RewriteRefusal("there is no place for a new constraint")
        return Instruction(
            id=instruction.id,
            prompt=remove(instruction.prompt, found.removals, new),
            constraints=tuple(change.became for change in changes if change.became is not None),
        )


def _has_parts(instruction: Instruction) -> bool:
    return instruction.question is not None and instruction.criteria is not None


def _needs_task(instruction: Instruction) -> bool:
    """Whether a task has to be left: not in a message above the user's, which bears its role as name."""
    return instruction.messages[0].name not in STANDING
