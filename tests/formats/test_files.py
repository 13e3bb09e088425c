"""Records in files: all formats read alike, each bad record in its place, and nothing written by half."""

import gzip
import io
import itertools
import json
import os
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from files import jsonl, write, write_parquet

from hir_data.errors import MissingExtraError, RecordError
from hir_data.formats.files import count_rows, read_rows

RECORDS = [{"id": number, "text": f"tëxt {number}\u2028 ☕"} for number in range(5)]
LINES = jsonl(RECORDS)
PRETTY = json.dumps(RECORDS, indent=1).encode()
MARK = b"\xef\xbb\xbf"


def records(source: object, **options) -> list:
    return [row.record for row in read_rows(str(source), **options)]


def standard_input(monkeypatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))


# What can be read

CONTENTS = {
    "lines": LINES,
    "no line break at the end": LINES.rstrip(b"\n"),
    "CRLF": LINES.replace(b"\n", b"\r\n"),
    "blank lines": b"\n  \n" + LINES.replace(b"\n", b"\n\n\t\n"),
    "byte-order mark": MARK + LINES,
    "list": json.dumps(RECORDS).encode(),
    "pretty list": PRETTY,
    "list after a mark": MARK + PRETTY,
    "gzip": gzip.compress(LINES, mtime=0),
    "gzip in two members": gzip.compress(LINES[:20], mtime=0) + gzip.compress(LINES[20:], mtime=0),
    "gzip of a list": gzip.compress(PRETTY, mtime=0),
    "gzip of a mark": gzip.compress(MARK + LINES, mtime=0),
}
MORE_CONTENTS = [pytest.param(b" \n" + PRETTY, id="list after white space")]


@pytest.mark.parametrize(
    "content", [*(pytest.param(content, id=name) for name, content in CONTENTS.items()), *MORE_CONTENTS]
)
@pytest.mark.parametrize("name", ["in.jsonl", "in.json", "in.jsonl.gz", "in"])
def test_a_format_is_known_by_its_content(tmp_path: Path, name: str, content: bytes):
    assert records(write(tmp_path / name, content)) == RECORDS


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(content, id=name)
        for name, content in CONTENTS.items()
        if not content.startswith(b"\x1f\x8b")
    ],
)
def test_standard_input(monkeypatch, content: bytes):
    standard_input(monkeypatch, content)
    rows = list(read_rows("-"))
    assert [row.record for row in rows] == RECORDS
    assert {row.source for row in rows} == {"stdin"}


def test_gzip_on_standard_input(monkeypatch):
    standard_input(monkeypatch, gzip.compress(LINES, mtime=0))
    assert records("-") == RECORDS


def test_rows_have_a_place(tmp_path: Path):
    source = write(tmp_path / "in.jsonl", b'\n{"a": 1}\n\n\n{"a": 2}\n')
    assert [(row.source, row.line) for row in read_rows(source)] == [(source, 2), (source, 5)]


def test_parquet_in_batches(tmp_path: Path):
    many = [{"id": number} for number in range(1200)]
    source = write_parquet(tmp_path / "in.bin", many, row_group_size=500)
    rows = list(read_rows(source))
    assert [row.record for row in rows] == many
    assert [row.line for row in rows] == list(range(1, 1201))


def test_parquet_fills_structs_with_nulls(tmp_path: Path):
    source = write_parquet(tmp_path / "in.parquet", [{"kwargs": [{"a": 1}, {"b": "x"}]}, {"kwargs": [{}]}])
    assert records(source) == [
        {"kwargs": [{"a": 1, "b": None}, {"a": None, "b": "x"}]},
        {"kwargs": [{"a": None, "b": None}]},
    ]


def test_a_folder_of_shards_is_read_in_the_order_of_names(tmp_path: Path, monkeypatch):
    listed = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda path: reversed(sorted(listed(path))))
    write(tmp_path / "b.jsonl", RECORDS[1:3])
    write(tmp_path / "a.json", json.dumps(RECORDS[:1]).encode())
    write(tmp_path / "c.jsonl.gz", gzip.compress(jsonl(RECORDS[3:4]), mtime=0))
    write_parquet(tmp_path / "d.parquet", RECORDS[4:])
    write(tmp_path / "b-empty.jsonl", b"")
    write(tmp_path / "README.md", b"not data")
    rows = list(read_rows(str(tmp_path)))
    assert [row.record for row in rows] == RECORDS
    places = [("a.json", 1), ("b.jsonl", 1), ("b.jsonl", 2), ("c.jsonl.gz", 1), ("d.parquet", 1)]
    assert [(Path(row.source).name, row.line) for row in rows] == places


def test_a_data_set_saved_to_disk(tmp_path: Path):
    import datasets

    datasets.Dataset.from_list(RECORDS).save_to_disk(str(tmp_path / "one"))
    assert records(tmp_path / "one") == RECORDS

    parts = {
        "train": datasets.Dataset.from_list(RECORDS[:3]),
        "test": datasets.Dataset.from_list(RECORDS[3:]),
    }
    datasets.DatasetDict(parts).save_to_disk(str(tmp_path / "two"))
    assert records(tmp_path / "two", split="train") == RECORDS[:3]
    assert records(tmp_path / "two", split="test") == RECORDS[3:]
    for split in (None, "dev"):
        with pytest.raises(RecordError, match=r"has the splits (train, test|test, train); .* --split"):
            records(tmp_path / "two", split=split)

    datasets.DatasetDict({"train": parts["train"]}).save_to_disk(str(tmp_path / "only"))
    assert records(tmp_path / "only") == RECORDS[:3]


def test_without_datasets_what_needs_it_says_what_to_install(tmp_path: Path, monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    install = "pip install 'hir-data[hub]', or in a checkout: pip install '.[hub]'"
    (tmp_path / "state.json").write_text("{}")
    problems = {
        str(tmp_path): "was saved by datasets",
        "somebody/something": "is no file, and no data set of the Hugging Face Hub can be loaded",
    }
    for source, problem in problems.items():
        with pytest.raises(MissingExtraError) as caught:
            records(source)
        assert str(caught.value) == f"{source}: {problem}: the package datasets is not installed: {install}"
        assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    with pytest.raises(RecordError, match=r"^somebody/typing_error\.jsonl: there is no such file$"):
        records("somebody/typing_error.jsonl")


def test_any_other_name_is_a_data_set(monkeypatch):
    import datasets

    def load(name: str, streaming: bool):
        assert (name, streaming) == ("somebody/something", True)
        return {"train": iter(RECORDS[:3]), "test": iter(RECORDS[3:])}

    monkeypatch.setattr(datasets, "load_dataset", load)
    assert records("somebody/something", split="test") == RECORDS[3:]

    def fail(name: str, streaming: bool):
        raise ConnectionError("no network\nand a long story")

    monkeypatch.setattr(datasets, "load_dataset", fail)
    with pytest.raises(RecordError) as caught:
        records("somebody/something")
    message = "is no file, and no data set that can be loaded: ConnectionError: no network"
    assert str(caught.value) == f"somebody/something: {message}"


# Bad records

BAD_LINES = [
    (b'{"a": }', r"malformed JSON: .* at column 7"),
    (b'{"a": 1', r"malformed JSON: .* at column 7"),
    (b'{"a": 1}}', r"malformed JSON: .* at column 9"),
    (b"hello", r"malformed JSON: .* at column 1"),
    (b'{"a": "caf\xe9"}', r"not UTF-8 \(byte 0xe9 at column 11\)"),
    (b'{"a": "\xed\xa0\x80"}', r"not UTF-8 \(byte 0xed at column 8\)"),
    (b'{"a": "\\ud800"}', r"malformed JSON: .* at column \d+"),
    (b'{"a":' + b"[" * 100_000, r"malformed JSON: recursion limit exceeded at column \d+"),
    (b"[1, 2]", "a record has to be an object, not list"),
    (b'"text"', "a record has to be an object, not str"),
    (b"null", "a record has to be an object, not NoneType"),
    (b"3", "a record has to be an object, not int"),
]


@pytest.mark.parametrize(("line", "problem"), BAD_LINES, ids=lambda value: str(value)[:20])
def test_a_bad_line_is_named_and_the_others_come(tmp_path: Path, line: bytes, problem: str):
    source = write(tmp_path / "in.jsonl", [{"a": 1}, line, {"a": 2}])
    first, bad, last = read_rows(source)
    assert (first.record, last.record) == ({"a": 1}, {"a": 2})
    assert (bad.source, bad.line, bad.record) == (source, 2, None)
    assert (bad.error.source, bad.error.line) == (source, 2)
    with pytest.raises(RecordError, match=rf"^{source}:2: {problem}$"):
        raise bad.error
    assert bad.raw == line.decode(errors="backslashreplace")


def test_a_bad_entry_of_a_list(tmp_path: Path):
    source = write(tmp_path / "in.json", b'[{"a": 1}, 7, {"a": 2}]')
    first, bad, last = read_rows(source)
    assert (first.record, last.record) == ({"a": 1}, {"a": 2})
    assert (bad.line, bad.record, bad.raw) == (2, None, "7")
    assert str(bad.error) == f"{source}:2: a record has to be an object, not int"


# Files that cannot be read

PARQUET = b"PAR1" + b"\0" * 100
UNREADABLE = {
    "empty": ("in.jsonl", b"", "there are no records in it"),
    "blank": ("in.jsonl", b" \n\n\t\n", "there are no records in it"),
    "only a mark": ("in.jsonl", MARK, "there are no records in it"),
    "empty list": ("in.json", b"[]", "there are no records in it"),
    "empty gzip": ("in.jsonl.gz", gzip.compress(b"", mtime=0), "there are no records in it"),
    "cut list": ("in.json", b'[{"a": 1}, {"a":', "malformed JSON: .* at line 1 column 16"),
    "list not in UTF-8": ("in.json", b'[{"a": "\xff"}]', "malformed JSON: .*"),
    "UTF-16": ("in.jsonl", '{"a": 1}\n'.encode("utf-16"), "is in UTF-16; hir-data reads UTF-8"),
    "UTF-16 BE": (
        "in.jsonl",
        b"\xfe\xff" + '{"a": 1}\n'.encode("utf-16-be"),
        "is in UTF-16; hir-data reads UTF-8",
    ),
    "cut gzip": (
        "in.jsonl.gz",
        gzip.compress(LINES, mtime=0)[:-12],
        "cannot be read: compressed file ended .*",
    ),
    "start of gzip": ("in.jsonl.gz", b"\x1f\x8b", "cannot be read: .*"),
    "damaged gzip": ("in.jsonl.gz", gzip.compress(LINES, mtime=0)[:10] + b"\xff" * 40, "cannot be read: .*"),
    "start of Parquet": ("in.parquet", b"PAR1", "cannot be read as Parquet: .*"),
    "damaged Parquet": ("in.parquet", PARQUET, "cannot be read as Parquet: .*"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_cannot_be_read(request, tmp_path: Path, case: str):
    name, content, problem = UNREADABLE[case]
    source = write(tmp_path / name, content)
    with pytest.raises(RecordError, match=rf"^{source}: {problem}$"):
        list(read_rows(source))


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("nowhere.jsonl", "there is no such file"),
        ("nowhere.parquet", "there is no such file"),
        ("./nowhere", "there is no such file"),
        ("some/where/else", "there is no such file"),
        ("folder", "is a folder without data files .*"),
        ("folder.jsonl", "is a folder without data files .*"),
        pytest.param("n" * 300 + ".jsonl", ".*file name too long"),
    ],
)
def test_a_name_that_cannot_be_read(tmp_path: Path, monkeypatch, source: str, problem: str):
    monkeypatch.chdir(tmp_path)
    for folder in ("folder", "folder.jsonl"):
        (tmp_path / folder).mkdir()
    with pytest.raises(RecordError, match=rf"^{source}: {problem}$"):
        list(read_rows(source))


def test_a_pattern_is_no_name():
    with pytest.raises(
        RecordError, match=r"^no\*\.jsonl: there is no such file; a pattern stands for no files here"
    ):
        list(read_rows("no*.jsonl"))


def test_a_truncated_parquet_file(tmp_path: Path):
    source = Path(write_parquet(tmp_path / "in.parquet", RECORDS))
    source.write_bytes(source.read_bytes()[:-20])
    with pytest.raises(RecordError, match="cannot be read as Parquet"):
        list(read_rows(str(source)))


# Streaming


def test_rows_come_before_the_file_is_whole(tmp_path: Path):
    """A pipe that stays open: whoever waits for its end waits for ever."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    pipe = os.open(path, os.O_RDWR)
    with ThreadPoolExecutor(1) as pool:
        os.write(pipe, LINES)
        rows = read_rows(str(path))
        read = pool.submit(lambda: [row.record for row in itertools.islice(rows, 3)])
        try:
            assert read.result(timeout=30) == RECORDS[:3]
        finally:
            os.close(pipe)


def test_rows_come_before_the_break_in_a_file(tmp_path: Path):
    many = [{"id": number, "text": os.urandom(32).hex()} for number in range(2000)]
    source = write(tmp_path / "in.jsonl.gz", gzip.compress(jsonl(many), mtime=0)[:-100])
    read = []
    with pytest.raises(RecordError, match="cannot be read"):
        for row in read_rows(source):
            read.append(row.record)
    assert len(read) > 1000
    assert read == many[: len(read)]


@pytest.mark.parametrize(
    ("name", "content", "count"),
    [
        ("in.jsonl", LINES, 5),
        ("in.jsonl", b"\n" * 4 + LINES, 9),
        ("in.jsonl", b"", 0),
        ("in.json", PRETTY, None),
        ("in.jsonl.gz", gzip.compress(LINES, mtime=0), None),
    ],
)
def test_counting_rows(tmp_path: Path, name: str, content: bytes, count: int | None):
    assert count_rows(write(tmp_path / name, content)) == count


def test_counting_rows_elsewhere(tmp_path: Path):
    assert count_rows(write_parquet(tmp_path / "in.parquet", RECORDS)) == 5
    assert count_rows(str(tmp_path)) is None
    assert count_rows(str(tmp_path / "nowhere.jsonl")) is None
    assert count_rows("-") is None


def test_counting_the_rows_of_broken_parquet(tmp_path: Path):
    assert count_rows(write(tmp_path / "in.parquet", PARQUET)) is None
