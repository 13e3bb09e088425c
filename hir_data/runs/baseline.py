"""The earlier run that a verification is compared with, in a file."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hir_data.errors import RecordError
from hir_data.replays.verifications import read_verifications
from hir_data.report.baseline import Outcomes
from hir_data.report.summaries import VerifySummary
from hir_data.schemas.rejected import Rejected
from hir_data.schemas.result import Verification

_LARGEST = 64 << 20  # bytes of a summary
_MOST_CONSTRAINTS = 1 << 53  # beyond, shares are no longer exact


def read_outcomes(source: str, on_rejected: Callable[[Rejected], None] = lambda rejected: None) -> Outcomes:
    """What the summary, or the verifications, of an earlier run say.

    Args:
        source: a summary (JSON), or a file of verifications as :func:`hir_data.read_verifications` reads it.
        on_rejected: is called with each record that is no verification.

    Raises:
        RecordError: it cannot be read, or is neither.
    """
    if summary := _summary(source):
        return Outcomes.of_summary(summary)

    def verifications() -> Iterator[Verification]:
        for each in read_verifications(source):
            if isinstance(each, Verification):
                yield each
            else:
                on_rejected(each)

    outcomes = Outcomes.of_verifications(verifications())
    if not outcomes.trials:
        raise RecordError("is no summary of hir-data verify, and has no verifications", source)
    return outcomes


def _summary(source: str) -> dict[str, Any] | None:
    """The summary in a file; None where it is something else."""
    path = Path(source)
    if not path.is_file() or path.stat().st_size > _LARGEST:
        return None
    try:
        summary = json.loads(path.read_bytes())
        if not (isinstance(summary, dict) and "kinds" in summary and "ila_strict" in summary):
            return None
    except (ValueError, RecursionError):
        return None
    try:
        found = VerifySummary.model_validate(summary).model_dump()
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"]))
        raise RecordError(f"is no summary of this version: {problem['msg']}", source, field=where) from None
    for kind, each in found["kinds"].items():
        if not each["strict"] <= each["constraints"] <= _MOST_CONSTRAINTS:
            said = "is more than there are constraints, or there are more than anybody counts"
            raise RecordError(said, source, field=f"kinds.{kind}.strict")
    return found
