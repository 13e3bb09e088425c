"""Failures to be answered again, with what is wrong with them."""

from collections.abc import Iterable, Iterator

from hir_data.errors import RecordError
from hir_data.formats.jsonl import Line
from hir_data.formats.reader import InputRecord
from hir_data.formats.rows import Row
from hir_data.instructions.feedback import feedback_text, violations
from hir_data.replays.verifications import read_verification
from hir_data.schemas.rejected import Rejected

FEEDBACK = "feedback"
"""The key of the metadata of a rollout that says what was wrong with the response before it."""


class Failures:
    """The failures of a file of verifications, as records of instructions with feedback in their metadata.

    Args:
        units: what ``hir-data verify`` wrote.

    Attributes:
        others: how many violate nothing so far, successes and what is undetermined; they are passed over.
    """

    def __init__(self, units: Iterable[InputRecord]) -> None:
        self._units = units
        self.others = 0

    def __iter__(self) -> Iterator[InputRecord]:
        for unit in self._units:
            row = unit.parsed() if isinstance(unit, Line) else unit
            if not isinstance(row, Row) or row.record is None:
                yield row
            elif row.record.get("results") is None:
                problem = "has no verdicts, which --with-feedback needs: run hir-data verify first"
                yield row._replace(error=RecordError(problem, row.source, row.line))
            elif (failure := self._failure(row)) is not None:
                yield failure
            else:
                self.others += 1

    def _failure(self, row: Row) -> Row | None:
        found = read_verification(row)
        if isinstance(found, Rejected):
            return row._replace(error=found.error)
        rollout, strict = found.rollout, [each.strict for each in found.results]
        violated = violations(
            [each.constraint for each in found.results],
            [each.satisfied for each in strict],
            [each.reason for each in strict],
        )
        if not violated:
            return None
        written = rollout.model_dump(mode="json")
        record = {name: written[name] for name in ("instruction", "response", "sample")}
        metadata = {**rollout.metadata, FEEDBACK: feedback_text(violated)}
        return row._replace(record={**record, "metadata": metadata})
