"""The findings of ``hir-data lint`` as records, with the places where they were found."""

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from hir_data.formats.reader import ParsedPrompt, read_instructions
from hir_data.instructions.contamination import EvaluationPrompt, EvaluationSet
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


def evaluation_set(sources: Iterable[str], *, ngram: int, min_overlap: float) -> EvaluationSet:
    """The prompts of evaluation sets, ready to be looked for.

    Raises:
        RecordError: a file cannot be read, or a record of it is no prompt.
    """

    def prompts() -> Iterator[EvaluationPrompt]:
        for source in sources:
            for asked in read_instructions(source):
                if isinstance(asked, Rejected):
                    raise asked.error
                key = "" if asked.instruction.id is None else f" (key {asked.instruction.id})"
                yield EvaluationPrompt(f"{asked.source}:{asked.line}{key}", _asked_text(asked.instruction))

    return EvaluationSet(prompts(), ngram=ngram, min_overlap=min_overlap)


def _asked_text(instruction: Instruction) -> str:
    return "\n".join(each.content for each in instruction.messages if each.role == "user")


def contamination(instruction: Instruction, against: EvaluationSet) -> list[Finding]:
    """That a prompt stands in an evaluation set, as a finding."""
    overlap = against.overlap(_asked_text(instruction))
    if overlap is None:
        return []
    how = "" if overlap.share == 1 else f", {overlap.share:.0%} of its runs of {against.ngram} words"
    return [Finding("contamination", (), f"the prompt stands in {overlap.name}{how}")]


def linted(
    asked: ParsedPrompt, *, tables: bool = False, against: EvaluationSet | None = None
) -> list[dict[str, Any]] | Rejected:
    """The findings of a record, as they are written to a file; what cannot be looked at is rejected."""
    try:
        findings = findings_in(asked.instruction, tables=tables)
        if against is not None:
            findings += contamination(asked.instruction, against)
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
