"""What a prompt says of each constraint that is to go, and what it says beside these."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.replays.rewriting.statements.cuts import remove, rest_of
from hir_data.replays.rewriting.statements.search import STANDING, Rewording, find_rewording
from hir_data.schemas.conversation import Instruction


class Statements(NamedTuple):
    """The words of an instruction, those of some of its constraints apart.

    Attributes:
        of: for each constraint that is to go, by its place, what states it; one is missing where nobody can
            say.
        rest: all else that the conversation says.
    """

    of: Mapping[int, str]
    rest: str


def statements(instruction: Instruction, gone: Sequence[int]) -> Statements:
    """What states the constraints that are to go: their criteria, or what the prompt says of them."""
    before = "\n".join(message.content for message in instruction.messages[:-1])
    if instruction.criteria is not None and instruction.question is not None:
        kept = [text for place, text in enumerate(instruction.criteria) if place not in gone]
        if len(instruction.messages) > 1:  # whose message may state a criterion as well
            before = ""
        return Statements(
            {place: instruction.criteria[place] for place in gone},
            "\n".join([before, instruction.question, *kept]),
        )
    found = _rewording(instruction, gone)
    if isinstance(found, RewriteRefusal):
        kept = [one.describe() for place, one in enumerate(instruction.constraints) if place not in gone]
        return Statements({}, "\n".join(kept))
    texts: dict[int, str] = {}
    for cut in found.removals:
        for place in cut.places:
            part = instruction.prompt[cut.start : cut.end]
            texts[place] = f"{texts[place]} {part}" if place in texts else part
    if not found.restated:
        return Statements(texts, f"{before}\n{rest_of(instruction.prompt, found.removals)}")
    new = {place: instruction.constraints[place].describe() for place in found.restated}
    return Statements(texts, f"{before}\n{remove(instruction.prompt, found.removals, new)}")


def question_beside(instruction: Instruction, gone: Sequence[int]) -> str:
    """What an instruction asks beside some of its constraints.

    Its question, else the last prompt without what states them, as far as that can be told.
    """
    if instruction.question is not None:
        return instruction.question
    found = _rewording(instruction, gone)
    if isinstance(found, RewriteRefusal):
        return instruction.prompt
    return rest_of(instruction.prompt, found.removals)


def with_standing(instruction: Instruction, question: str) -> str:
    """A question behind what system messages say, which holds for its answer too, such as its length."""
    standing = [message.content for message in instruction.messages if message.role in STANDING]
    return "\n".join([*standing, question])


def _rewording(instruction: Instruction, gone: Sequence[int]) -> Rewording | RewriteRefusal:
    """What the rewriter takes out as well, which is remembered by these arguments."""
    needs_task = instruction.messages[0].name not in STANDING
    return find_rewording(instruction.prompt, instruction.constraints, tuple(gone), needs_task=needs_task)
