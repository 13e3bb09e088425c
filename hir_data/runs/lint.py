"""The findings of ``hir-data lint`` as records, with the places where they were found."""

import dataclasses
from typing import Any

from hir_data.formats.reader import ParsedPrompt
from hir_data.instructions.lint import Finding, lint
from hir_data.replays.rewriting.conversation import stating_messages
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.rejected import Rejected


def findings_in(instruction: Instruction, *, tables: bool = False) -> list[Finding]:
    """What is wrong with an instruction, whose record need not say which message states a constraint.

    That is looked for where it matters: in a conversation with a system message and a contradiction.
    """
    found = lint(instruction, tables=tables)
    has_above = any(message.role in ("system", "developer") for message in instruction.messages)
    contradicts = any(finding.type == "contradiction" for finding in found)
    if instruction.stated_in is not None or not has_above or not contradicts:
        return found
    # One at a time: of two that contradict each other a sentence may seem to state either.
    alone = [
        instruction.model_copy(update={"constraints": (each,), "criteria": None})
        for each in instruction.constraints
    ]
    placed = instruction.model_copy(update={"stated_in": tuple(stating_messages(each)[0] for each in alone)})
    between = {each.constraints for each in lint(placed, tables=tables) if each.type == "hierarchy"}
    return [
        dataclasses.replace(each, type="hierarchy")
        if each.type == "contradiction" and each.constraints in between
        else each
        for each in found
    ]


def linted(asked: ParsedPrompt, *, tables: bool = False) -> list[dict[str, Any]] | Rejected:
    """The findings of a record, as they are written to a file; what cannot be looked at is rejected."""
    try:
        findings = findings_in(asked.instruction, tables=tables)
        return [as_record(asked, finding) for finding in findings]
    except Exception as error:
        return Rejected.because(error, asked.source, asked.line, asked.row.record)


def as_record(asked: ParsedPrompt, finding: Finding) -> dict[str, Any]:
    """A finding as it is written to a file, with its place."""
    return {
        "source": asked.source,
        "line": asked.line,
        "id": asked.instruction.id,
        "sort": finding.type,
        "constraints": finding.constraints,
        "kinds": [asked.instruction.constraints[place].kind for place in finding.constraints],
        "parameter": finding.parameter,
        "reason": finding.reason,
    }
