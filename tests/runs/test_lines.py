"""Lines that are made the same each time: written as lines or as a table, and gone on with."""

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from files import read

from hir_data.errors import OutputError, RecordError
from hir_data.formats.files import read_rows
from hir_data.runs.lines import write_lines, write_table
from hir_data.runs.sinks import Position, sink_of
from hir_data.schemas.rejected import Rejected

COLUMNS = {"id": "string", "texts": ["string"], "rest": "string"}
WRITTEN = [
    {"id": "a", "texts": ["x", "y"], "rest": {"tea": 1}},
    {"id": "b", "texts": [], "rest": {"tea": ["ü", None]}},
]
BAD = Rejected(RecordError("no", "in.jsonl", 3), {"id": "c"})


def lines(records: list[Any], stop_after: int | None = None) -> Iterator[bytes | Rejected]:
    for number, record in enumerate(records):
        if number == stop_after:
            raise KeyboardInterrupt
        yield record if isinstance(record, Rejected) else json.dumps(record).encode() + b"\n"


def run(path: Path, records: list[Any], stop_after: int | None = None, **options: Any) -> Position:
    sink = sink_of(Position, functools.partial(write_table, COLUMNS), str(path), None, **options)  # type: ignore[arg-type]
    return write_lines(sink, lines(records, stop_after))


@pytest.mark.parametrize("name", ["out.jsonl", "new/out.jsonl.gz"])
def test_lines_are_written(tmp_path: Path, name: str):
    assert run(tmp_path / name, [*WRITTEN, BAD]).rejected == 1
    assert [row.record for row in read_rows(str(tmp_path / name))] == WRITTEN
    assert [each["line"] for each in read((tmp_path / name).parent / "out.rejected.jsonl")] == [3]


def test_columns_are_written(tmp_path: Path):
    path = tmp_path / "out.parquet"
    run(path, [*WRITTEN * 300, {"id": "c", "texts": [{"deep": True}]}])
    found = [row.record for row in read_rows(str(path))]
    assert len(found) == 601
    assert found[1] == WRITTEN[1] | {"rest": '{"tea":["ü",null]}'}
    assert found[-1] == {"id": "c", "texts": ['{"deep":true}'], "rest": None}


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.parquet"])
@pytest.mark.parametrize("stop_after", [0, 1, 256, 300, 600])
def test_an_interrupted_run_keeps_the_old_output_and_goes_on(tmp_path: Path, name: str, stop_after: int):
    records = [*WRITTEN * 300, BAD]
    run(tmp_path / "whole" / name, records)
    (tmp_path / name).write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / name, records, stop_after)
    assert (tmp_path / name).read_text(encoding="utf-8") == "old"
    run(tmp_path / name, records, resume=True)
    assert (tmp_path / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, "out.rejected.jsonl", "whole"])


def test_other_lines_are_not_gone_on_with(tmp_path: Path):
    path = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run(path, WRITTEN * 300, 300)
    for others in (WRITTEN[1:] * 300, WRITTEN):
        with pytest.raises(OutputError, match="the input is not the one"):
            run(path, others, resume=True)
    run(path, WRITTEN * 300, resume=True)
    assert read(path) == WRITTEN * 300


def test_rejected_records_of_another_run_are_left_alone(tmp_path: Path):
    (tmp_path / "out.rejected.jsonl").write_text("precious")
    run(tmp_path / "out.jsonl", WRITTEN, keep_rejected=False)
    assert (tmp_path / "out.rejected.jsonl").read_text() == "precious"
