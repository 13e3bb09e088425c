"""Records of one format as records of another, with nothing lost unnoticed.

Each record that is written is read again. What then differs from what was read in the first place has no
place in the format, and is lost: the record is rejected, or, if that is wanted, written without it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from hir_data.errors import OutputError, RecordError
from hir_data.formats.fields import ORIGIN_FIELDS, PLACE_FIELDS
from hir_data.formats.format import Prompt, WritableFormat
from hir_data.formats.muldimif import ABOUT
from hir_data.formats.parquet import check_row, parquet_file, without_columns
from hir_data.formats.reader import InputRecord, parse_prompt
from hir_data.formats.records import OWN_FIELDS, read_prompt
from hir_data.runs.sinks import Position, Sink
from hir_data.runs.source import Source
from hir_data.schemas.json_line import json_line
from hir_data.schemas.rejected import Rejected

_BATCH = 64
_NAMED = {"id", "prompt", "response", "responses", *ORIGIN_FIELDS, *PLACE_FIELDS, *OWN_FIELDS}


@dataclass(slots=True)
class Converted(Position):
    """How far a conversion has come.

    Attributes:
        written: how many records there are of the new format.
        lost: what was left out of them, by name, and of how many.
    """

    written: int = 0
    lost: dict[str, int] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        """The counts as an object."""
        return {
            "read": self.read,
            "written": self.written,
            "rejected": self.rejected,
            "lost": dict(sorted(self.lost.items())),
        }


class LostField(NamedTuple):
    """Something that has no place in a format.

    Attributes:
        field: its name in the record that was read, such as ``constraints[0]``.
        name: what it is counted as, such as ``constraints: word_count``.
    """

    field: str
    name: str


def convert_into(
    sink: Sink[Converted],
    units: Iterable[InputRecord],
    target: WritableFormat,
    *,
    lossy: bool = False,
    as_table: bool = False,
    on_rejected: Callable[[Rejected], None] = lambda rejected: None,
) -> Converted:
    """Convert a stream of records into a sink.

    Args:
        sink: where records and rejected records go; closed at the end, and on any error.
        units: the input, as :func:`hir_data.formats.reader.read_units` gives it.
        target: the format of the output.
        lossy: write records without what has no place in the format.
        as_table: reject records that do not fit the columns of the table that the sink makes at the end.
        on_rejected: told of each rejected record.

    Raises:
        OutputError: the output cannot be written, or what is there does not match what is to be resumed.
    """
    source = Source(units)
    with sink:
        state = sink.start()
        if sink.finished:
            return state
        source.skip(state.units, state.digest)
        for batch in source.batches(_BATCH):
            lines: list[bytes] = []
            rejected: list[Rejected] = []
            lost = Counter[str]()
            for unit in batch:
                answer = _converted(unit, target, state.written + len(lines), lossy, as_table)
                if isinstance(answer, Rejected):
                    rejected.append(answer)
                else:
                    lines.append(answer.line + b"\n")
                    lost.update({loss.name for loss in answer.lost})
            source.confirm()
            state.units, state.digest = source.units, source.digest
            state.read += len(batch)
            state.written += len(lines)
            state.rejected += len(rejected)
            state.lost = dict(Counter(state.lost) + lost)
            sink.write(b"".join(lines), rejected, state)
            for record in rejected:
                on_rejected(record)
        sink.finish()
    return state


class Folded(NamedTuple):
    """A record of another format, as a line of JSON, and what it lacks."""

    line: bytes
    lost: list[LostField]


def folded(prompt: Prompt, target: WritableFormat, number: int = 0) -> Folded:
    """A prompt as a record of a format.

    Raises:
        RecordError: none of its constraints has a place in the format.
    """
    constraints = prompt.instruction.constraints
    kept = [index for index in range(len(constraints)) if target.takes(prompt, index)]
    lost = [
        LostField(f"constraints[{index}]", f"constraints: {constraint.kind}")
        for index, constraint in enumerate(constraints)
        if index not in kept
    ]
    if not kept:
        kinds = ", ".join(dict.fromkeys(constraint.kind for constraint in constraints))
        raise RecordError(f"none of {kinds} has a place in records of {target.name}", field="constraints")
    part = _with_constraints(prompt, kept) if lost else prompt
    line = json_line(target.to_record(part, number)).rstrip(b"\n")
    return Folded(line, lost + list(_differences(part, read_prompt(from_json(line)))))


def table_writer(target: WritableFormat, output: str | None) -> Callable[[Path, Path], None]:
    """What makes a table of finished lines.

    Raises:
        OutputError: records of the format are no table, and the output is to be one.
    """
    if target.columns is None and output is not None and output.endswith(".parquet"):
        raise OutputError(f"{output}: records of {target.name} are written as .jsonl or .jsonl.gz, or to -")

    def write(lines: Path, path: Path) -> None:
        columns = dict(target.columns or {})
        with lines.open("rb") as file, parquet_file(path, columns) as write_row:
            for line in file:
                write_row(_in_columns(from_json(line), columns))

    return write


def _converted(
    unit: InputRecord, target: WritableFormat, number: int, lossy: bool, as_table: bool
) -> Folded | Rejected:
    asked = parse_prompt(unit)
    if isinstance(asked, Rejected):
        return asked
    try:
        answer = folded(asked.prompt, target, number)
        if answer.lost and not lossy:
            first, *others = answer.lost
            kind = first.name.removeprefix("constraints: ") + " " if first.name != first.field else ""
            more = f", nor have {', '.join(loss.field for loss in others)}" if others else ""
            problem = f"{kind}has no place in records of {target.name}{more} (see --lossy)"
            raise RecordError(problem, field=first.field)
        columns = dict(target.columns or {})
        if as_table:
            row = _in_columns(from_json(answer.line), columns)
            if missing := without_columns(row, columns):
                problem = f"a table has no column for {', '.join(sorted(missing))}: write .jsonl"
                raise RecordError(problem, field="messages")
            check_row(row, columns)
        return answer
    except Exception as error:
        return Rejected.because(error, asked.source, asked.line, asked.row.record)


def _with_constraints(prompt: Prompt, kept: list[int]) -> Prompt:
    """A prompt with some of its constraints, and what is known of these."""
    instruction = prompt.instruction
    changes = {
        name: listed and tuple(listed[index] for index in kept)
        for name in ("constraints", "criteria", *PLACE_FIELDS)
        for listed in [getattr(instruction, name)]
    }

    def reduced(metadata: dict[str, Any]) -> dict[str, Any]:
        whole = {
            name: metadata[name]
            for name in ABOUT
            if isinstance(metadata.get(name), list) and len(metadata[name]) == len(instruction.constraints)
        }
        return metadata | {name: [listed[index] for index in kept] for name, listed in whole.items()}

    own = prompt.own | ({"metadata": reduced(prompt.own["metadata"])} if "metadata" in prompt.own else {})
    return prompt._replace(
        instruction=instruction.model_copy(update=changes), own=own, rest=reduced(prompt.rest)
    )


def _differences(prompt: Prompt, again: Prompt) -> Iterator[LostField]:
    """What a record said that it does not say any more. It may well say more."""
    before, after = _facts(prompt), _facts(again)
    for name, value in before.items():
        if not _said_by(value, after.get(name)):
            yield LostField(name, name)


def _said_by(value: Any, other: Any) -> bool:
    """Whether a value is there in another one, objects field by field."""
    if isinstance(value, dict) and isinstance(other, dict):
        return all(_said_by(part, other.get(name)) for name, part in value.items())
    return bool(value == other)


def _facts(prompt: Prompt) -> dict[str, Any]:
    """All that a record says, by name, as JSON has it."""
    instruction = prompt.instruction
    facts = {f"metadata.{name}" if name in _NAMED else name: value for name, value in prompt.metadata.items()}
    facts |= {name: getattr(instruction, name) for name in ("id", "prompt", *ORIGIN_FIELDS, *PLACE_FIELDS)}
    if not instruction.is_plain:
        facts |= {name: getattr(instruction, name) for name in ("messages", "tools", "template_options")}
    facts |= {f"constraints[{index}]": one.record() for index, one in enumerate(instruction.constraints)}
    facts |= {name: value for name, value in prompt.own.items() if name != "metadata"}
    if facts.get("sample") == 0:
        del facts["sample"]
    responses = [one for one in prompt.responses or [] if one is not None]
    facts["response" if len(responses) == 1 else "responses"] = responses
    said: dict[str, Any] = from_json(
        to_json(facts, fallback=str, inf_nan_mode="constants", bytes_mode="base64")
    )
    return {name: value for name, value in said.items() if value not in (None, [])}


def _in_columns(record: dict[str, Any], columns: dict[str, Any]) -> dict[str, Any]:
    """A record as a row of a table: what has no column of its own is in the metadata."""
    row, rest = _parted(record, {name: sort for name, sort in columns.items() if name != "metadata"})
    if row.get("id") is not None:
        row["id"] = str(row["id"])
    return row | ({"metadata": rest} if rest else {})


def _parted(record: dict[str, Any], columns: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What of a record has a column, at any depth, and what has none."""
    row, rest = {}, {}
    for name, value in record.items():
        sort = columns.get(name)
        if isinstance(sort, dict) and isinstance(value, dict):
            row[name], left = _parted(value, sort)
            if left:
                rest[name] = left
        elif sort is None:
            rest[name] = value
        else:
            row[name] = value
    return row, rest
