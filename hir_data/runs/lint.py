"""The findings of ``hir-data lint`` as records, with the places where they were found."""

from typing import Any

from hir_data.formats.reader import ParsedPrompt
from hir_data.instructions.lint import Finding


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
