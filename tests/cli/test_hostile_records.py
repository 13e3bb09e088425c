"""No record ends a run: every good one between hostile ones is dealt with, every bad one is kept aside."""

import csv
import gzip
import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from conftest import Command, Program
from files import HOSTILE
from hostile_records import GOOD, PATTERNS, composite, lines, nested

import hir_data
from hir_data.errors import RecordError
from hir_data.formats.files import read_lines
from hir_data.replays.dataset import read_samples

PARTIAL, UNFORESEEN = 1, 70

pytestmark = pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")  # of hostile patterns


@pytest.fixture(scope="module")
def hostile_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file whose odd lines are hostile and whose even lines are good, each with its line as metadata."""
    path = tmp_path_factory.mktemp("hostile") / "in.jsonl"
    with path.open("wb") as file:
        for number, (_, line) in enumerate(lines(), 1):
            file.write(line.replace(b"\n", b" ") + b"\n")
            file.write(json.dumps(GOOD | {"good": 2 * number}).encode() + b"\n")
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def good_lines(path: Path) -> list[int]:
    return list(range(2, 2 * len(lines()) + 1, 2))


def metadata_of(record: dict[str, Any]) -> dict[str, Any]:
    return record.get("rollout", record).get("metadata", record)


@pytest.mark.parametrize("workers", [0, 2])
def test_verify(workers: int, hostile_file: Path, tmp_path: Path, command: Command):
    out = tmp_path / "out.jsonl"
    result = command("verify", hostile_file, "-o", out, "--workers", workers, "--quiet")
    assert result.exit_code == PARTIAL, result.output
    verified, rejected = read(out), read(tmp_path / "out.rejected.jsonl")
    good = [record for record in verified if "good" in metadata_of(record)]
    assert [metadata_of(record)["good"] for record in good] == good_lines(hostile_file)
    assert all(record["ila"] is True for record in good)
    places = [record["line"] for record in rejected]
    assert places == sorted(places)
    assert all(line % 2 for line in places), "a good record was rejected"
    assert all(record["source"] == str(hostile_file) and record["reason"] for record in rejected)
    # What was rejected has the record beside it, in words or as it is.
    assert all(record["record"] not in (None, "") for record in rejected)


def test_every_hostile_record_is_verified_or_rejected(hostile_file: Path, tmp_path: Path, command: Command):
    alone = tmp_path / "alone.jsonl"
    alone.write_bytes(b"".join(hostile_file.read_bytes().splitlines(keepends=True)[::2]))
    result = command("verify", alone, "-o", tmp_path / "out.jsonl", "--workers", 0, "--quiet")
    assert result.exit_code == PARTIAL
    rejected = {record["line"] for record in read(tmp_path / "out.rejected.jsonl")}
    assert 150 < len(rejected) < len(lines())
    verified = len(read(tmp_path / "out.jsonl"))
    assert verified >= len(lines()) - len(rejected)


def test_replay(hostile_file: Path, tmp_path: Path, command: Command):
    result = command("replay", hostile_file, "-o", tmp_path / "set", "--workers", 0, "--quiet")
    assert result.exit_code == PARTIAL, result.output
    samples = read_samples(tmp_path / "set")
    kept = [each.metadata["good"] for each in samples if "good" in each.metadata]
    assert kept == good_lines(hostile_file)
    places = [record["line"] for record in read(tmp_path / "set.rejected.jsonl")]
    assert places and all(line % 2 for line in places), "a good record was rejected"


def test_replay_of_verifications_that_are_hostile(hostile_file: Path, tmp_path: Path, command: Command):
    verdicts = [{"constraint": GOOD["constraints"][0], "strict": {"satisfied": False}}]
    source = tmp_path / "in.jsonl"
    with source.open("wb") as file:
        for _, line in [("", json.dumps(GOOD).encode()), *lines()]:
            try:
                record = json.loads(line) | {"results": verdicts}
            except (ValueError, TypeError, RecursionError):
                continue
            file.write(json.dumps(record).encode() + b"\n")
    result = command("replay", source, "-o", tmp_path / "set", "--workers", 0, "--quiet")
    assert result.exit_code == PARTIAL, result.output


@pytest.mark.parametrize("to", ["native", "verl", "ifeval"])
def test_convert(to: str, hostile_file: Path, tmp_path: Path, command: Command):
    out = tmp_path / "out.jsonl"
    result = command("convert", hostile_file, "--to", to, "-o", out, "--lossy", "--quiet")
    assert result.exit_code == PARTIAL, result.output
    rejected = [record["line"] for record in read(tmp_path / "out.rejected.jsonl")]
    # The kind of the good records has no place in IFEval's format.
    assert [line for line in rejected if line % 2 == 0] == (
        good_lines(hostile_file) if to == "ifeval" else []
    )
    assert len(rejected) + len(read(out)) == 2 * len(lines())


def test_lint(hostile_file: Path, tmp_path: Path, command: Command):
    result = command("lint", hostile_file, "-o", tmp_path / "found.jsonl")
    assert result.exit_code == PARTIAL, result.output
    assert f"{2 * len(lines())} read" in result.output


def test_compose(hostile_file: Path, tmp_path: Path, command: Command):
    result = command("compose", hostile_file, "--n", 5, "-o", tmp_path / "out.jsonl", "--quiet")
    assert result.exit_code == PARTIAL, result.output
    assert len(read(tmp_path / "out.jsonl")) == 5


def test_questions_and_responses_apart(hostile_file: Path, tmp_path: Path, command: Command):
    result = command(
        "verify", hostile_file, "-r", hostile_file, "-o", tmp_path / "out.jsonl", "--workers", 0, "--quiet"
    )
    assert result.exit_code == PARTIAL, result.output


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        ("loops", "cannot be read: took longer than 1 s"),
        ("exits", "cannot be read: ended its process (exit code 3)"),
        ("segfaults", "cannot be read: ended its process (exit code -11)"),
        ("recurses", "is nested too deeply"),
        ("raises", "cannot be processed: ZeroDivisionError: one over nothing"),
    ],
)
def test_a_record_that_reading_does_not_survive(does: str, reason: str, tmp_path: Path, command: Command):
    trap = {"kind": "trap:reading", "does": does}
    records = [GOOD, GOOD | {"constraints": [trap]}, GOOD, GOOD | {"constraints": [{**trap, "does": "no"}]}]
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records))
    options = ["--workers", 1, "--timeout", 1, "--plugin", HOSTILE, "--quiet"]
    result = command("verify", source, "-o", out, *options)
    assert result.exit_code == PARTIAL, result.output
    assert [(each["line"], each["reason"]) for each in read(tmp_path / "out.rejected.jsonl")] == [(2, reason)]
    assert len(read(out)) == 3


@pytest.mark.parametrize(
    "constraint",
    [
        {"kind": "keywords:existence", "keywords": [PATTERNS["a repetition beyond all bounds"]]},
        {"kind": "matches", "pattern": PATTERNS["brackets in brackets"]},
        {"kind": "json", "json_schema": nested(150, name="not")},
        composite("not", 85),
    ],
    ids=["a repetition", "brackets", "a schema", "a composite"],
)
def test_a_hostile_constraint_of_one_text(constraint: dict[str, Any], command: Command):
    with pytest.raises(RecordError):
        hir_data.parse(constraint)
    result = command("check", "It.", "-c", json.dumps(constraint))
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1


def test_a_record_that_does_not_fit_a_table(tmp_path: Path, command: Command):
    records = [
        GOOD | {"id": 1},
        GOOD | {"id": 2, "constraints": [{"kind": "word_count", "max": 10**30}]},
        GOOD,
    ]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records))
    result = command("convert", source, "--to", "verl", "-o", tmp_path / "out.parquet", "--quiet")
    rows = pyarrow.parquet.read_table(tmp_path / "out.parquet").num_rows
    assert rows + len(read(tmp_path / "out.rejected.jsonl")) == 3
    assert result.exit_code == (0 if rows == 3 else PARTIAL), result.output


def test_what_nobody_has_foreseen_has_an_exit_code_of_its_own(tmp_path: Path, program: Program):
    broken = tmp_path / "sitecustomize.py"
    broken.write_text(
        "import hir_data.runs.verify as run\n"
        "def fails(*_, **__): raise ZeroDivisionError('one over nothing')\n"
        "run.verify_into = fails\n"
    )
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps(GOOD) + "\n")
    env = {"PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    result = program("verify", source, "--workers", 0, env=os.environ | env)
    assert result.returncode == UNFORESEEN
    assert "Traceback" in result.stderr
    assert result.stderr.splitlines()[-1] == (
        "hir-data: error: a fault of hir-data or of a plugin: ZeroDivisionError: one over nothing"
    )


# ---------------------------------------------------------------------------------------------------------
# Sizes


CELLS = {
    "prompt": "Say it.",
    "instruction_id_list": '["punctuation:no_comma"]',
    "kwargs": "[{}]",
    "response": "It.",
}
"""A record in the columns of a table."""


@pytest.mark.parametrize("name", ["in.jsonl", "in.jsonl.gz", "in.csv", "in.parquet"])
def test_a_record_that_is_too_large(name: str, tmp_path: Path, command: Command):
    records = [CELLS, CELLS | {"response": "x " * 100_000}, CELLS | {"prompt": "Good."}]
    path = tmp_path / name
    if name.endswith(".parquet"):
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(records), path)
    elif name.endswith(".csv"):
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(CELLS))
            writer.writeheader()
            writer.writerows(records)
    else:
        content = b"\n".join(json.dumps(record).encode() for record in records)
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    result = command(
        "verify", path, "-o", tmp_path / "out.jsonl", "--workers", 0, "--quiet", "--max-record-bytes", 50_000
    )
    assert result.exit_code == PARTIAL, result.output
    assert len(read(tmp_path / "out.jsonl")) == 2
    (rejected,) = read(tmp_path / "out.rejected.jsonl")
    assert rejected["line"] == 2
    assert "--max-record-bytes" in rejected["reason"]
    assert len(json.dumps(rejected)) < 5000


def test_a_list_that_is_too_large(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("hir_data.formats.files.MAX_LIST_BYTES", 1000)
    path = tmp_path / "in.json"
    path.write_text(json.dumps([GOOD] * 100))
    result = command("verify", path, "--workers", 0, "--quiet")
    assert result.exit_code == 2
    assert "is a list of more than 1000 bytes, which has to be written as JSON lines" in result.output


def test_numbers_of_constraints_are_bounded(tmp_path: Path, command: Command):
    few = GOOD["constraints"]
    constraints = [
        [composite("not", 31)],  # the innermost one counts
        [composite("not", 32)],
        [composite("all_of", 31)],
        [composite("all_of", 32)],
        few * 1000,
        few * 1001,
        [{"kind": "any_of", "constraints": few * 1000}],
        [{"kind": "any_of", "constraints": few * 1001}],
    ]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps(GOOD | {"constraints": each}) + "\n" for each in constraints))
    result = command("verify", source, "-o", tmp_path / "out.jsonl", "--workers", 0, "--quiet")
    assert result.exit_code == PARTIAL, result.output
    rejected = read(tmp_path / "out.rejected.jsonl")
    assert [each["line"] for each in rejected] == [2, 4, 6, 8]
    assert all("more than 32 deep" in each["reason"] for each in rejected[:2])
    assert all("at most 1000 items" in each["reason"] for each in rejected[2:])


def test_a_long_line_is_not_held(tmp_path: Path):
    """A gigabyte of one line that a few kilobytes are unzipped to needs no gigabyte here."""
    path = tmp_path / "in.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b'{"prompt": "')
        for _ in range(64):
            file.write(b" " * (1 << 20))
        file.write(b'"}\n' + json.dumps(GOOD).encode() + b"\n")
    tracemalloc.start()
    try:
        rows = list(read_lines(str(path), max_record_bytes=1 << 20))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [row.line for row in rows] == [1, 2]
    assert peak < 16 << 20


def test_a_row_of_a_table_that_python_cannot_say(tmp_path: Path, command: Command):
    table = pyarrow.Table.from_pylist([CELLS] * 4)
    no_text = pyarrow.Array.from_buffers(
        pyarrow.string(),
        4,
        [None, pyarrow.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0"), pyarrow.py_buffer(b"a\xffcd")],
    )
    dates = pyarrow.array([0, 0, 1 << 60, 0], pyarrow.timestamp("ms"))
    raw = pyarrow.array([b"a", b"b", b"c", b"\xff\xfe"])
    for name, column in {"text": no_text, "date": dates, "raw": raw}.items():
        table = table.append_column(name, column)
    pyarrow.parquet.write_table(table, tmp_path / "in.parquet")
    result = command(
        "verify", tmp_path / "in.parquet", "-o", tmp_path / "out.jsonl", "--workers", 0, "--quiet"
    )
    assert result.exit_code == PARTIAL, result.output
    rejected = read(tmp_path / "out.rejected.jsonl")
    assert [(each["line"], each["field"]) for each in rejected] == [(2, "text"), (3, "date")]
    assert len(read(tmp_path / "out.jsonl")) == 2
