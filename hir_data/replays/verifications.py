"""Verifications in files, read with the verdicts that they have.

Lines that :mod:`hir_data.runs.verify` wrote are read straight: each distinct instruction once, and nothing is
looked for in other places. Whatever differs from such a line, or is wrong with it, is left to the readers of
all shapes, who know what to say of it.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic_core import from_json, to_json

from hir_data.errors import RecordError
from hir_data.formats.jsonl import Line
from hir_data.formats.reader import InputRecord, items_of, read_units
from hir_data.formats.records import read_prompt
from hir_data.formats.rows import Row
from hir_data.formats.sampled import own_sampling
from hir_data.replays.dataset import Original
from hir_data.replays.index import RolloutRef
from hir_data.replays.information import group_key
from hir_data.schemas import registry
from hir_data.schemas.constraint import Constraint, Verdict
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.rejected import Rejected
from hir_data.schemas.result import ConstraintResult, Verification
from hir_data.schemas.rollout import Rollout


def is_verified(unit: InputRecord) -> bool:
    """Whether a record is a verification."""
    row = unit.parsed() if isinstance(unit, Line) else unit
    return isinstance(row, Row) and row.record is not None and row.record.get("results") is not None


def is_unverified(rejected: Rejected) -> bool:
    """Whether a record that was rejected is a whole record, but none that could be a verification."""
    record = rejected.record
    return isinstance(record, Mapping) and record.get("results") is None


def read_verifications(
    source: str, *, split: str | None = None, format: str | None = None
) -> Iterator[Verification | Rejected]:
    """The verifications of a file that ``hir-data verify`` wrote, one by one.

    Yields a :class:`hir_data.Verification`, or a :class:`hir_data.Rejected` for what is none.

    Args:
        source: a file (JSONL, JSON, Parquet), a folder of them, or ``-`` for standard input.
        split: which split, if it is a data set of several.
        format: what the records of the prompts are said to be.

    Raises:
        RecordError: nothing can be read from there at all.
    """
    return map(read_verification, read_units(source, split=split, format=format))


def read_verification(unit: InputRecord) -> Verification | Rejected:
    """The verification in a record, which is written as ``hir-data verify`` writes it, line or row."""
    row = unit.parsed() if isinstance(unit, Line) else unit
    return _as_written(row) or _in_any_shape(row)


def _as_written(row: InputRecord) -> Verification | None:
    """The verification in a line as we write it; None where anything is unlike that."""
    try:
        if (fields := _fields(row)) is None:
            return None
        rollout, results = fields
        instruction = rollout["instruction"]
        return Verification(
            rollout=Rollout.model_validate(rollout, strict=True),
            results=tuple(
                _result(constraint, told)
                for constraint, told in zip(instruction.constraints, results, strict=True)
            ),
        )
    except _UNLIKE:
        return None


def read_response(unit: InputRecord) -> tuple[bytes, str] | None:
    """The key of the instruction and the response of a verification; None for what is none."""
    row = unit.parsed() if isinstance(unit, Line) else unit
    try:
        if isinstance(row, Row) and row.record is not None and row.format is None:
            rollout = row.record["rollout"]
            response, asked = rollout["response"], rollout["instruction"]
            if isinstance(response, str) and asked.keys() <= _ASKED:
                return group_key(_instruction(to_json(asked))), response
    except _UNLIKE:
        pass
    found = read_verification(row)
    if isinstance(found, Rejected):
        return None
    return group_key(found.rollout.instruction), found.rollout.response


def read_original(unit: InputRecord, place: RolloutRef) -> Original | None:
    """A rollout as it was, of a line that :func:`read_verification` has found to be as we write it.

    It is that of :func:`hir_data.replays.pipeline.original`, without looking at each field again; None where
    the line is of another shape.
    """
    try:
        if (fields := _fields(unit.parsed() if isinstance(unit, Line) else unit)) is None:
            return None
        rollout, results = fields
        verdicts = tuple(told["strict"]["satisfied"] for told in results)
        return Original(
            id=place.id,
            group=place.group,
            instruction=rollout["instruction"],
            response=rollout["response"],
            original=rollout.get("original"),
            reward=float(all(verdicts)),
            cla=sum(satisfied is True for satisfied in verdicts) / len(verdicts),
            degree=_mean([told["strict"].get("degree") for told in results]),
            verdicts=verdicts,
            reasons=tuple(_reason(told["strict"]) for told in results),
            sampling=rollout["sampling"],
            metadata=rollout.get("metadata", {}),
            pass_rate=place.pass_rate,
            constraint_pass_rates=place.constraint_pass_rates,
        )
    except _UNLIKE:
        return None


def _reason(verdict: Mapping[str, Any]) -> str:
    """What a verdict says was found; a TypeError where that is no text."""
    reason: str = "" + verdict.get("reason", "")
    return reason


def _fields(row: InputRecord) -> tuple[dict[str, Any], list[Any]] | None:
    """The fields of a rollout and its results, if the row has all in the places where we write it."""
    if not isinstance(row, Row) or row.record is None or row.format is not None:
        return None
    rollout, results = row.record["rollout"], row.record["results"]
    asked, sampling = rollout["instruction"], rollout.get("sampling")
    if not (asked.keys() <= _ASKED and rollout.keys() <= _DRAWN and row.record.keys() <= _VERIFIED):
        return None
    if not isinstance(rollout.get("metadata", {}), dict):
        return None
    if to_json([told["constraint"] for told in results]) != to_json(asked["constraints"]):
        return None
    known = {
        "instruction": _instruction(to_json(asked)),
        "sampling": None if sampling is None else own_sampling(sampling),
    }
    return rollout | known, results


_UNLIKE = Exception  # whatever it is, the readers of all shapes say it
_ASKED = frozenset([*Instruction.model_fields, "prompt"])
_DRAWN = frozenset(Rollout.model_fields)
_VERIFIED = frozenset([*Verification.model_fields, *Verification.model_computed_fields])


@lru_cache(maxsize=1 << 10)
def _instruction(written: bytes) -> Instruction:
    return read_prompt(from_json(written)).instruction


def _in_any_shape(row: InputRecord) -> Verification | Rejected:
    item = next(iter(items_of(row)))
    if isinstance(item, Rejected):
        return item
    assert isinstance(row, Row) and row.record is not None
    try:
        results = row.record.get("results")
        if not isinstance(results, list):
            problem = "there are no verdicts in this record; hir-data verify writes them"
            raise RecordError(problem, field="results")
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
                read.append(_result(constraint, result))
            except RecordError as error:
                raise error.inside(f"results[{number}]") from None
            except (KeyError, TypeError, ValueError) as error:
                problem = f"is no result of a verification: {error!r}"[:200]
                raise RecordError(problem, field=f"results[{number}]") from None
    except Exception as error:
        return Rejected.because(error, row.source, row.line, row.record)
    return Verification(rollout=item, results=tuple(read))


def _result(constraint: Constraint, record: Mapping[str, Any]) -> ConstraintResult:
    loose = record.get("loose")
    return ConstraintResult(
        constraint=constraint,
        strict=_verdict(record["strict"], "strict"),
        loose=None if loose is None else _verdict(loose, "loose"),
    )


def _verdict(record: Mapping[str, Any], name: str) -> Verdict:
    satisfied = record["satisfied"]
    if not isinstance(satisfied, bool | None):
        raise RecordError(f"has to be true, false or null, not {satisfied!r}", field=f"{name}.satisfied")
    return Verdict(
        satisfied, record.get("reason", ""), record.get("status", "ok"), degree=record.get("degree")
    )


def _mean(degrees: list[float | None]) -> float | None:
    known = [degree for degree in degrees if degree is not None]
    return sum(known) / len(known) if len(known) == len(degrees) else None
