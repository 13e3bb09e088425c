"""Verifications in files, read with the verdicts that they have."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json

from hir_data.errors import HirDataError, RecordError
from hir_data.formats.reader import Rejected, Unit, items_of
from hir_data.io import Line, Row
from hir_data.schemas.constraint import Verdict
from hir_data.schemas.result import ConstraintResult, Verification
from hir_data.verifiers import registry


def is_verified(unit: Unit) -> bool:
    """Whether a record is a verification."""
    row = unit.parsed() if isinstance(unit, Line) else unit
    return isinstance(row, Row) and row.record is not None and row.record.get("results") is not None


def read_verification(unit: Unit) -> Verification | Rejected:
    """The verification in a record, which is written as ``hir-data verify`` writes it, line or row."""
    row = unit.parsed() if isinstance(unit, Line) else unit
    item = next(iter(items_of(row)))
    if isinstance(item, Rejected):
        return item
    assert isinstance(row, Row) and row.record is not None
    try:
        results = row.record.get("results")
        if not isinstance(results, list):
            raise RecordError(
                "there are no verdicts in this record, unlike in the first one", field="results"
            )
        constraints = item.instruction.constraints
        if len(results) != len(constraints):
            raise RecordError(
                f"has {len(results)} entries for {len(constraints)} constraints", field="results"
            )
        read = []
        for number, (constraint, told) in enumerate(zip(constraints, results, strict=True)):
            try:
                result = from_json(told) if isinstance(told, str) else told  # a string in a column
                if registry.parse(result["constraint"]) != constraint:
                    raise RecordError(
                        "is about another constraint than the instruction's", field="constraint"
                    )
                read.append(ConstraintResult(constraint=constraint, strict=_verdict(result["strict"])))
            except RecordError as error:
                raise error.inside(f"results[{number}]") from None
            except (KeyError, TypeError, ValueError) as error:
                problem = f"is no result of a verification: {error!r}"[:200]
                raise RecordError(problem, field=f"results[{number}]") from None
    except RecordError as error:
        return Rejected(error.at(row.source, row.line), row.record)
    except HirDataError as error:
        return Rejected(RecordError(str(error), row.source, row.line), row.record)
    return Verification(rollout=item, results=tuple(read))


def _verdict(record: Mapping[str, Any]) -> Verdict:
    satisfied = record["satisfied"]
    if not isinstance(satisfied, bool | None):
        raise RecordError(f"has to be true, false or null, not {satisfied!r}", field="strict.satisfied")
    return Verdict(satisfied, record.get("reason", ""), record.get("status", "ok"))
