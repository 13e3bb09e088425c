"""Finished lines of JSON made into Parquet: what is nested or differs from row to row is a JSON string.

How a response was drawn always has the same fields, so it is a struct, its tokens lists of numbers.
"""

import itertools
import json
import re
from pathlib import Path
from typing import Any

from hir_data.schemas.rollout import Sampling

_ROWS = 4096
_CONVERSATION = ("messages", "tools", "template_options", "stated_in", "from_turn")


def write_verifications(lines: Path, path: Path) -> None:
    """A table of verifications."""
    import pyarrow

    figures = {"ila": pyarrow.bool_(), "cla": pyarrow.float64()}
    figures |= {f"{name}_loose": sort for name, sort in figures.items()}
    if _has_field(lines, "weighted"):
        figures["weighted"] = pyarrow.float64()
    _write(lines, path, {"results": pyarrow.list_(pyarrow.string()), **figures})


def write_rollouts(lines: Path, path: Path) -> None:
    """A table of rollouts."""
    _write(lines, path, {})


def _write(lines: Path, path: Path, more: dict[str, Any]) -> None:
    import pyarrow
    import pyarrow.parquet

    string = pyarrow.string()
    optional = {
        "question": string,
        "criteria": pyarrow.list_(string),
        "presentation": string,
        **dict.fromkeys(_CONVERSATION, string),
        "sampling": _sampling_type(),
    }
    optional = {name: sort for name, sort in optional.items() if _has_field(lines, name)}
    columns = {
        "id": pyarrow.int64() if _has_number_keys(lines) else string,
        "prompt": string,
        "constraints": pyarrow.list_(string),
        **{name: sort for name, sort in optional.items() if name != "sampling"},
        "response": string,
        "sample": pyarrow.int32(),
        "original": string,
        "thinking": string,
        **{name: sort for name, sort in optional.items() if name == "sampling"},
        "metadata": string,
        **more,
    }
    schema = pyarrow.schema(list(columns.items()))
    with lines.open("rb") as file, pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        while block := list(itertools.islice(file, _ROWS)):
            rows = [_row(json.loads(line), more) for line in block]
            if columns["id"] == string:
                rows = [row | {"id": None if row["id"] is None else str(row["id"])} for row in rows]
            writer.write_table(pyarrow.Table.from_pylist(rows, schema))


def _sampling_type() -> Any:
    import pyarrow

    return pyarrow.struct(
        {
            "model": pyarrow.string(),
            "temperature": pyarrow.float64(),
            "top_p": pyarrow.float64(),
            "seed": pyarrow.int64(),
            "finish_reason": pyarrow.string(),
            "token_ids": pyarrow.list_(pyarrow.int32()),
            "logprobs": pyarrow.list_(pyarrow.float32()),
            "logprobs_temperature": pyarrow.float64(),
            "entropy": pyarrow.float64(),
            "entropy_by": pyarrow.string(),
            "date": pyarrow.string(),
        }
    )


_NUMBER_KEY = re.compile(rb'\{(?:"rollout":\{)?"instruction":\{"id":(?:null|-?\d{1,18}),')


def _has_number_keys(lines: Path) -> bool:
    """Whether the keys of all records are numbers that fit a column, going by how the lines begin."""
    with lines.open("rb") as file:
        return all(_NUMBER_KEY.match(line) for line in file)


def _has_field(lines: Path, name: str) -> bool:
    """Whether any record may have a field; a quotation mark inside of a text would be escaped."""
    with lines.open("rb") as file:
        return any(b'"%s":' % name.encode() in line for line in file)


def _row(record: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    rollout = record.get("rollout", record)
    instruction, sampling = rollout["instruction"], rollout.get("sampling")
    return {
        "id": instruction["id"],
        "prompt": instruction.get("prompt"),  # else there are messages
        "constraints": _strings(instruction["constraints"]),
        **{name: instruction.get(name) for name in ("question", "criteria", "presentation")},
        **{name: _string(instruction.get(name)) for name in _CONVERSATION},
        "response": rollout["response"],
        "sample": rollout["sample"],
        "original": rollout["original"],
        "thinking": rollout["thinking"],
        "sampling": sampling and Sampling(**sampling).model_dump(),
        "metadata": json.dumps(rollout["metadata"], ensure_ascii=False),
        **{name: _strings(record[name]) if name == "results" else record.get(name) for name in more},
    }


def _string(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _strings(objects: list[Any]) -> list[str]:
    return [json.dumps(each, ensure_ascii=False) for each in objects]
