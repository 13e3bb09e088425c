"""Conversations rewritten: the messages that state what changes, and no others.

A rewriter sees one message at a time, as a prompt of its own. What other messages state is kept, and has an
empty criterion there.
"""

import functools
import itertools
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence

from hir_data.instructions.languages.catalogue import language_of, parts_of
from hir_data.instructions.languages.wordings import Wordings
from hir_data.replays.rewriting.quotations import quotations
from hir_data.replays.rewriting.rewriter import Rewriter, RewriteRefusal
from hir_data.replays.rewriting.statements.search import STANDING, find_removals
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.message import Message
from hir_data.schemas.presentation import PRESENTATIONS, present
from hir_data.schemas.replay import Change


def objection_to(
    instruction: Instruction, violated: Sequence[int], rewriter: Rewriter
) -> RewriteRefusal | None:
    """Why a conversation cannot be rewritten without some constraints; None as far as it can be told."""
    if len(instruction.messages) == 1:
        return rewriter.objection(instruction, violated)
    places = stating_messages(instruction)
    for number in sorted({places[index] for index in violated}):
        here = [index for index in violated if places[index] == number]
        if refusal := rewriter.objection(_part(instruction, number, places), here):
            return refusal
    return None


def values_only(
    instruction: Instruction, violated: Sequence[int], rewriter: Rewriter
) -> Mapping[int, Callable[[Constraint], bool]] | RewriteRefusal:
    """The constraints that cannot be taken out, and can only get other values; without them the rest can go.

    They are as few as possible, each with whether the prompt can state a given constraint of its kind in
    place of it. A refusal where more than :data:`_MOST_FIXED` would have to stay.
    """
    objection = objection_to(instruction, violated, rewriter)
    if objection is None:
        return {}
    for number in range(1, min(len(violated), _MOST_FIXED) + 1):
        for fixed in itertools.combinations(violated, number):
            rest = [place for place in violated if place not in fixed]
            if not rest or objection_to(instruction, rest, rewriter) is None:
                return {place: functools.partial(_replaces, instruction, place, rewriter) for place in fixed}
    return objection


_MOST_FIXED = 2


def _replaces(instruction: Instruction, place: int, rewriter: Rewriter, new: Constraint) -> bool:
    """Whether the message that states a constraint can state a new one by its values."""
    if len(instruction.messages) == 1:
        return rewriter.replaces(instruction, place, new)
    places = stating_messages(instruction)
    return rewriter.replaces(_part(instruction, places[place], places), place, new)


def rewrite(
    instruction: Instruction, changes: Sequence[Change], phrasings: Sequence[str], rewriter: Rewriter
) -> Instruction | RewriteRefusal:
    """The conversation of what the constraints became; arguments are those of :meth:`Rewriter.prompt`."""
    if len(instruction.messages) == 1:
        new = rewriter.prompt(instruction, changes, phrasings)
        if isinstance(new, RewriteRefusal) or instruction.is_plain:
            return new
        first = instruction.messages[0].model_copy(update={"content": new.prompt})
        return new.model_copy(
            update={"messages": (first,), **_beside(instruction, changes, (0,) * len(changes))}
        )
    places = stating_messages(instruction)
    messages: list[Message | None] = list(instruction.messages)
    has_parts = instruction.criteria is not None
    for number in sorted({place for place, each in zip(places, changes, strict=True) if each.fate != "kept"}):
        here = [
            change
            if place == number
            else Change(fate="kept", constraint=change.constraint, became=change.constraint)
            for change, place in zip(changes, places, strict=True)
        ]
        words = [text if place == number else "" for text, place in zip(phrasings, places, strict=True)]
        new = rewriter.prompt(_part(instruction, number, places), here, words)
        if isinstance(new, RewriteRefusal):
            return new
        has_parts = has_parts and new.criteria is not None
        if new.prompt.strip():
            messages[number] = instruction.messages[number].model_copy(update={"content": new.prompt})
        elif number == instruction.last_user:
            return RewriteRefusal("nothing is left of the prompt")
        elif instruction.messages[number].role in ("system", "developer"):
            messages[number] = None
        else:
            return RewriteRefusal("nothing is left of the message that states the constraint")
    left = [change for change in changes if change.became is not None]
    parts = {
        "question": instruction.question if has_parts else None,
        "criteria": _criteria(instruction, changes, phrasings) if has_parts else None,
        "presentation": instruction.presentation if has_parts else None,
    }
    gone = [number for number, message in enumerate(messages) if message is None]
    shifted = [place - sum(number < place for number in gone) for place in places]
    return instruction.model_copy(
        update={
            "messages": tuple(message for message in messages if message is not None),
            "constraints": tuple(change.became for change in left),
            **parts,
            **_beside(instruction, changes, shifted),
        }
    )


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
    phrasings = _phrasings(instruction, changes, seed)
    if isinstance(phrasings, RewriteRefusal):
        return phrasings
    while any(change.became for change in changes):
        new = rewrite(instruction, changes, phrasings, rewriter)
        if isinstance(new, RewriteRefusal):
            return new
        fresh = tuple(change if _is_quoted(change.became, new) else _dropped(change) for change in changes)
        if fresh == tuple(changes):
            return new, fresh
        changes = fresh
    return RewriteRefusal("no constraint is left")


def _phrasings(
    instruction: Instruction, changes: Sequence[Change], seed: str
) -> Sequence[str] | RewriteRefusal:
    """What is new in words, in the language of the prompt; "" for what is not."""
    wordings = language_of_prompt(instruction)
    kept = _kept_words(instruction, changes)
    phrasings = []
    for number, change in enumerate(changes):
        chance = zlib.crc32(f"{seed}:{number}".encode())
        if change.became is None or change.fate == "kept":
            phrasings.append("")
        elif wordings is None:
            number_of = len(change.became.phrasings) or 1
            phrasings.append(_first_unlike(map(change.became.describe, range(number_of)), chance, kept))
        elif known := wordings.all(change.became):
            phrasings.append(_first_unlike(known, chance, kept))
        else:
            return RewriteRefusal("no wording in the language of the prompt", change.became.kind)
    return phrasings


def language_of_prompt(instruction: Instruction) -> Wordings | None:
    """The language that an instruction states its constraints in, as ``compose --language`` does."""
    if instruction.criteria is not None:
        return language_of(instruction.constraints, instruction.criteria)
    parts = parts_of(instruction.prompt, instruction.constraints)
    return parts and parts.wordings


def _kept_words(instruction: Instruction, changes: Sequence[Change]) -> str:
    """What a prompt says beside what goes, in lower case: the criteria that are kept, else all of it."""
    if instruction.criteria is None:
        return instruction.prompt.lower()
    criteria = zip(instruction.criteria, changes, strict=True)
    return "\n".join(text for text, change in criteria if change.fate == "kept").lower()


def _first_unlike(phrasings: Iterable[str], chance: int, kept: str) -> str:
    """One of some phrasings: if there is one, one that does not begin as something that the prompt says."""
    known = list(phrasings)
    start = chance % len(known)
    rotated = known[start:] + known[:start]
    return next((said for said in rotated if _opening(said) not in kept), rotated[0])


def _opening(said: str) -> str:
    return " ".join(said.lower().split()[:_OPENING])


_OPENING = 3  # words


def _is_quoted(constraint: Constraint | None, instruction: Instruction) -> bool:
    return constraint is None or all(
        any(quotation in message.content for message in instruction.messages)
        for quotation in quotations(constraint)
    )


def _kept(constraint: Constraint) -> Change:
    return Change(fate="kept", constraint=constraint, became=constraint)


def _dropped(change: Change) -> Change:
    return Change(fate="dropped", constraint=change.constraint)


def stating_messages(instruction: Instruction) -> tuple[int, ...]:
    """For each constraint, which message states it: the one that the record names, or that seems to.

    Where the record does not say so it is the last message of the user, unless a statement can be told apart
    in another one and not there.
    """
    if instruction.stated_in is not None:
        return instruction.stated_in
    last = instruction.last_user
    if instruction.question is not None and instruction.criteria is not None:
        return (last,) * len(instruction.constraints)
    before = [(number, message.role) for number, message in enumerate(instruction.messages[:last])]
    standing = [number for number, role in before if role in ("system", "developer")]
    earlier = [number for number, role in reversed(before) if role == "user"]
    order = [last, *standing, *earlier]
    texts = tuple(
        (instruction.messages[number].content, instruction.messages[number].role not in STANDING)
        for number in order
    )
    found = _stated_in(texts, instruction.constraints)
    return tuple(order[index] for index in found)


@functools.lru_cache(maxsize=1 << 10)
def _stated_in(texts: tuple[tuple[str, bool], ...], constraints: tuple[Constraint, ...]) -> tuple[int, ...]:
    """For each constraint, the first of the texts that states it; the very first where none seems to.

    Beside each text stands whether it has to say more than constraints.
    """
    return tuple(
        next((index for index, text in enumerate(texts) if _states(*text, constraints, number)), 0)
        for number in range(len(constraints))
    )


def _states(text: str, needs_task: bool, constraints: tuple[Constraint, ...], number: int) -> bool:
    found = find_removals(text, constraints, (number,), needs_task=needs_task)
    return not isinstance(found, RewriteRefusal)


def _part(instruction: Instruction, number: int, places: Sequence[int]) -> Instruction:
    """One message as a prompt of its own, with its question if the criteria that it states tell it."""
    text, role = instruction.messages[number].content, instruction.messages[number].role
    written = instruction.criteria
    criteria = tuple(
        (written[index] if written is not None else constraint.describe()) if places[index] == number else ""
        for index, constraint in enumerate(instruction.constraints)
    )
    question, presentation = None, None
    if written is not None:
        question, presentation = _question_in(text, [text for text in criteria if text], instruction)
    return Instruction(
        id=instruction.id,
        messages=[Message(role="user", content=text, name=role if role in STANDING else None)],
        constraints=instruction.constraints,
        question=question,
        criteria=criteria,
        presentation=presentation,
    )


def _question_in(
    text: str, criteria: Sequence[str], instruction: Instruction
) -> tuple[str, str] | tuple[None, None]:
    """What a text asks beside its criteria, and how it is made of the two; None where that cannot be told."""
    if not criteria:
        return None, None
    names = [instruction.presentation] if instruction.presentation else []
    for name in dict.fromkeys([*names, *PRESENTATIONS]):
        before, _, after = present("\0", criteria, name).partition("\0")
        if text.startswith(before) and text.endswith(after) and len(text) >= len(before) + len(after):
            return text[len(before) : len(text) - len(after)], name
    return None, None


def _criteria(
    instruction: Instruction, changes: Sequence[Change], phrasings: Sequence[str]
) -> tuple[str, ...]:
    """What the remaining constraints are called."""
    written = instruction.criteria or ()
    return tuple(
        phrasing or criterion
        for change, phrasing, criterion in zip(changes, phrasings, written, strict=True)
        if change.became is not None
    )


def _beside(instruction: Instruction, changes: Sequence[Change], places: Sequence[int]) -> dict[str, object]:
    """What goes with the messages, for the constraints that are left."""
    kept = [index for index, change in enumerate(changes) if change.became is not None]
    turns = instruction.from_turn
    said = instruction.stated_in is not None or len(instruction.messages) > 1
    return {
        "stated_in": tuple(places[index] for index in kept) if said else None,
        "from_turn": turns and tuple(turns[index] for index in kept),
        "tools": instruction.tools,
        "template_options": instruction.template_options,
    }
