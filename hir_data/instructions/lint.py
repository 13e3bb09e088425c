"""What is wrong with an instruction before anybody answers it."""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from hir_data.instructions.conflicts import Conflict, ConflictType, conflicts, in_table
from hir_data.schemas import registry
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.conversation import Instruction
from hir_data.text.numerals import in_words
from hir_data.verifiers.compare import RELATIONS, quoted
from hir_data.verifiers.compose import Composite

FindingType = ConflictType | Literal["hierarchy", "unmentioned", "contamination"]
SORTS: tuple[FindingType, ...] = (
    "contradiction",
    "hierarchy",
    "unlikely",
    "table",
    "redundant",
    "unmentioned",
    "contamination",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about an instruction that its author should look at.

    Attributes:
        type: those of a :class:`hir_data.Conflict`; ``hierarchy`` for a contradiction between the system
            message and a message of the user; ``unmentioned``: the message that states a constraint does
            not seem to say what it asks for; or ``contamination``: the prompt stands in an evaluation set.
        constraints: the places of the constraints that are meant, from 0.
        parameter: which parameter is not mentioned.
        reason: what was found, in words.
    """

    type: FindingType
    constraints: tuple[int, ...]
    reason: str
    parameter: str | None = None

    @property
    def sort(self) -> FindingType:
        """The old name of :attr:`type`, until 0.2."""
        warnings.warn("Finding.sort is type now; it goes with 0.2", DeprecationWarning, stacklevel=2)
        return self.type


def lint(instruction: Instruction, *, tables: bool = False) -> list[Finding]:
    """What is wrong with an instruction, conflicts first.

    Args:
        instruction: what is asked.
        tables: report every pair that a table speaks against, also where its parameters go together.
    """
    asked = instruction.constraints
    found = [
        Finding(_type(each, instruction), tuple(sorted({each.first, each.second, *each.also})), each.reason)
        for each in conflicts(asked)
    ]
    if tables:
        known = {finding.constraints for finding in found}
        found += [finding for finding in _in_tables(asked) if finding.constraints not in known]
    prompts: dict[str, _Prompt] = {}
    for place, constraint in enumerate(asked):
        if (text := _stating_text(instruction, place)).strip():
            if text not in prompts:
                prompts[text] = _Prompt(text)
            found += _unmentioned(place, constraint, prompts[text])
    return found


def _type(conflict: Conflict, instruction: Instruction) -> FindingType:
    """The type of a conflict: one of its own where system and user contradict each other."""
    if conflict.type != "contradiction" or instruction.stated_in is None:
        return conflict.type
    roles = [
        instruction.messages[instruction.stated_in[place]].role
        for place in (conflict.first, conflict.second, *conflict.also)
    ]
    above = [role in ("system", "developer") for role in roles]
    return "hierarchy" if any(above) and not all(above) else conflict.type


def _stating_text(instruction: Instruction, place: int) -> str:
    """The message that states a constraint; all that may, where the record does not say which."""
    if instruction.stated_in is not None:
        return instruction.messages[instruction.stated_in[place]].content
    heard = [each.content for each in instruction.messages if each.role not in ("assistant", "tool")]
    return "\n\n".join(heard)


def _in_tables(asked: tuple[Constraint, ...]) -> Iterator[Finding]:
    for j, other in enumerate(asked):
        for i, one in enumerate(asked[:j]):
            if in_table(one, other):
                yield Finding("table", (i, j), f"{one.kind} and {other.kind} are not asked for together")
            elif type(one) is type(other) and registry.suite(type(one)) in ("ifeval", "iftrain"):
                yield Finding("table", (i, j), f"{one.kind} is not asked for twice")


def _unmentioned(place: int, constraint: Constraint, prompt: "_Prompt") -> Iterator[Finding]:
    if isinstance(constraint, Composite):
        for part in constraint.inner():
            yield from _unmentioned(place, part, prompt)
    # What is less than 11 is at most 10, and what is at least 11 is more than 10.
    below = int(any(value in RELATIONS for _, value in constraint))
    for name, value in constraint.stated().items():
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str):
                mentioned = prompt.mentions(one)
            elif isinstance(one, int) and not isinstance(one, bool):
                mentioned = any(prompt.has_number(number) for number in range(one - below, one + 1))
            else:
                continue
            if not mentioned:
                reason = (
                    f"the prompt does not seem to mention {quoted(str(one))} ({name} of {constraint.kind})"
                )
                yield Finding("unmentioned", (place,), reason, name)


# ---------------------------------------------------------------------------------------------------------
# What a prompt mentions


class _Prompt:
    """The words of a prompt."""

    def __init__(self, text: str) -> None:
        self.text = text.casefold()
        self.words = _words(re.sub(r"(?<=\d),(?=\d{3})", "", self.text))

    def mentions(self, text: str) -> bool:
        """Whether a text is there, in any case, white space and punctuation aside."""
        return text.casefold().strip() in self.text or _words(text.casefold()) in self.words

    def has_number(self, number: int) -> bool:
        """Whether a number is there, in digits or words."""
        if re.search(rf"(?<!\d){number}(?!\d)", self.words):
            return True
        return any(f" {word} " in self.words for word in in_words(number))


def _words(text: str) -> str:
    """The words of a text with one space before and behind each."""
    words = re.findall(r"\w+", text)
    return f" {' '.join(words)} " if words else "\0"
