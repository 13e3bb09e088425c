"""No record ends a run: every good one between hostile ones is dealt with, every bad one is kept aside."""

import csv
import gzip
import itertools
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
from hir_data.formats.jsonl import Line
from hir_data.formats.reader import parse_prompt
from hir_data.replays.dataset import read_samples
from hir_data.schemas.rejected import Rejected

PARTIAL, UNFORESEEN = 1, 70


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


def rejected_of(path: Path) -> set[int]:
    """The lines that a command rejected, of which each has its record and a reason of its own."""
    rejected = read(path)
    assert all(each["reason"] and each["record"] not in (None, "") for each in rejected)
    return {each["line"] for each in rejected}


@pytest.fixture(scope="module")
def unreadable(hostile_file: Path) -> set[int]:
    """The lines that hold no instruction, by themselves: nobody but the reader has seen them."""
    read_here = zip(itertools.count(1), hostile_file.read_bytes().splitlines(), strict=False)
    return {
        number
        for number, line in read_here
        if isinstance(parse_prompt(Line("in.jsonl", number, line)), Rejected)
    }


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


def test_replay_of_verifications_that_are_hostile(tmp_path: Path, command: Command):
    verdicts = [{"constraint": GOOD["constraints"][0], "strict": {"satisfied": False}}]
    source, good = tmp_path / "in.jsonl", 0
    with source.open("wb") as file:
        for _, line in lines():
            try:
                record = json.loads(line) | {"results": verdicts}
            except (ValueError, TypeError, RecursionError):
                continue
            good += 2
            for each in (record, GOOD | {"results": verdicts, "good": good}):
                file.write(json.dumps(each).encode() + b"\n")
    result = command("replay", source, "-o", tmp_path / "set", "--workers", 0, "--quiet")
    assert result.exit_code == PARTIAL, result.output
    rows = list(read_samples(tmp_path / "set"))
    kept = [each for each in rows if "good" in each.metadata]
    assert [each.metadata["good"] for each in kept] == list(range(2, good + 1, 2))
    assert all(each.verdicts == (False,) and each.response == "It." for each in kept)
    rejected = read(tmp_path / "set.rejected.jsonl")
    assert all(each["line"] % 2 for each in rejected), "a good record was rejected"
    rejected_of(tmp_path / "set.rejected.jsonl")
    # Each line that is hostile is in the data set or among the rejected ones; 300 responses make 300 rows.
    lost = good // 2 - len({each["line"] for each in rejected})
    assert 0 < lost <= len(rows) - len(kept)


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


def test_lint(hostile_file: Path, unreadable: set[int], tmp_path: Path, command: Command):
    result = command("lint", hostile_file, "-o", tmp_path / "found.jsonl")
    assert result.exit_code == PARTIAL, result.output
    rejected = rejected_of(tmp_path / "found.rejected.jsonl")
    assert unreadable <= rejected
    assert all(line % 2 for line in rejected), "a good record was rejected"
    count = 2 * len(lines())
    assert f"{count} read = {count - len(rejected)} instructions + {len(rejected)} rejected" in result.output
    found: dict[int, set[str]] = {}
    for each in read(tmp_path / "found.jsonl"):
        found.setdefault(each["line"], set()).add(each["sort"])
    # The bound of each good record is in no word of its prompt.
    assert [found[line] for line in good_lines(hostile_file)] == [{"unmentioned"}] * len(lines())
    assert not rejected & set(found)


def test_compose(hostile_file: Path, tmp_path: Path, command: Command):
    """Each question is composed or rejected, and each good one with what its record said beside it."""
    out, few = tmp_path / "out.jsonl", ["--quiet", "--kinds", "punctuation:no_comma", "--constraints", "1"]
    assert command("compose", hostile_file, "--n", 1, "-o", out, *few).exit_code == PARTIAL
    rejected = rejected_of(tmp_path / "out.rejected.jsonl")
    assert len(rejected) > 10 and all(line % 2 for line in rejected), "a good record was rejected"
    questions = 2 * len(lines()) - len(rejected)
    assert command("compose", hostile_file, "--n", questions, "-o", out, *few).exit_code == PARTIAL
    composed = read(out)
    assert rejected_of(tmp_path / "out.rejected.jsonl") == rejected
    assert len(composed) == questions
    good = [each for each in composed if "good" in each["metadata"]]
    assert sorted(each["metadata"]["good"] for each in good) == good_lines(hostile_file)
    assert {each["question"] for each in good} == {"Say it."}


def test_questions_and_responses_apart(tmp_path: Path, command: Command):
    prompts, responses = tmp_path / "prompts.jsonl", tmp_path / "responses.jsonl"
    with prompts.open("wb") as asked, responses.open("wb") as answered:
        for number, (_, line) in enumerate(lines(), 1):
            own = {"prompt": f"Say {number}."}
            for file, good in (
                (asked, GOOD | own),
                (answered, {**own, "response": "It.", "good": 2 * number}),
            ):
                file.write(line.replace(b"\n", b" ") + b"\n" + json.dumps(good).encode() + b"\n")
    out = tmp_path / "out.jsonl"
    result = command("verify", prompts, "-r", responses, "-o", out, "--workers", 0, "--quiet")
    assert result.exit_code == PARTIAL, result.output
    verified = [record for record in read(out) if "good" in metadata_of(record)]
    assert [metadata_of(record)["good"] for record in verified] == good_lines(responses)
    assert all(record["ila"] is True for record in verified)
    rejected = read(tmp_path / "out.rejected.jsonl")
    assert {each["source"] for each in rejected} == {str(prompts), str(responses)}
    assert all(each["line"] % 2 for each in rejected), "a good record was rejected"
    rejected_of(tmp_path / "out.rejected.jsonl")


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


WARNED_OF = {
    "a set in a set": "[[a]",
    "a difference of sets": "[+--]+",
    "an intersection": "[a&&b]",
    "a union": "[a||b]*",
    "what is in one set alone": "[a~~b]?",
    "a class of POSIX": "[[:alpha:]]",
}
"""Patterns of which Python warns that later versions will read them otherwise."""


def test_nothing_in_data_makes_python_print_a_warning(tmp_path: Path, command: Command, program: Program):
    kinds = {
        "keywords:existence": lambda pattern: {"keywords": [pattern]},
        "keywords:forbidden_words": lambda pattern: {"forbidden_words": [pattern]},
        "keywords:frequency": lambda pattern: {"keyword": pattern, "frequency": 1, "relation": "at least"},
        "matches": lambda pattern: {"pattern": pattern},
        "regex_count": lambda pattern: {"pattern": pattern, "min": 1},
        "json": lambda pattern: {"json_schema": {"pattern": pattern}},
    }
    records = [
        GOOD | {"constraints": [{"kind": kind, **parameters(pattern)}], "response": '"[a & b]"'}
        for kind, parameters in kinds.items()
        for pattern in WARNED_OF.values()
    ]
    literal = "[{'instruction_id': ['keywords:existence'], 'kwargs': [{'keywords': ['\\d']}]}]"
    records.append({"prompt": "p", "response": "It.", "ground_truth": literal})
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(record) + "\n" for record in records))
    line = ["verify", source, "-o", out, "--workers", 1, "-q"]
    done = program(*map(str, line), env=os.environ | {"PYTHONWARNINGS": "always"})
    assert (done.returncode, done.stderr) == (0, "")
    assert len(read(out)) == len(records)
    for line in (  # here a warning is an error, which would reject a record
        ["verify", source, "-o", tmp_path / "again.jsonl", "--workers", 0, "-q"],
        ["report", out, "-o", tmp_path / "page.html", "-q"],
        ["view", out, "--plain"],
        ["lint", source, "-o", tmp_path / "found.jsonl"],
    ):
        result = command(*line)
        assert result.stderr == "", line
    assert (tmp_path / "again.jsonl").read_bytes() == out.read_bytes()
    assert not list(tmp_path.glob("*.rejected.jsonl"))


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
