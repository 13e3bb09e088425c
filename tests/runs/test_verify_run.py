"""Runs over files: the same bytes however they are made, and nothing lost whatever interrupts them."""

import contextlib
import gc
import gzip
import io
import itertools
import json
import os
import resource
import stat
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from files import jsonl, read, rollout, verify_to

import hir_data as hir
from hir_data.engine import executor
from hir_data.errors import OutputError, RecordError
from hir_data.formats.reader import Item
from hir_data.runs import sinks
from hir_data.runs import verify as run
from hir_data.runs.sinks import VerifyState, rejected_path
from hir_data.runs.source import limited
from hir_data.schemas.rejected import Rejected

GOOD: list[Item] = [rollout(number) for number in range(150)]
ITEMS: list[Item] = [
    Rejected(RecordError("the response is null", "in.jsonl", number, "response"), {"id": number})
    if number % 11 == 3
    else one
    for number, one in enumerate(GOOD)
]
REJECTED = sum(isinstance(item, Rejected) for item in ITEMS)
FORMATS = ["out.jsonl", "out.jsonl.gz", "out.parquet"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what uninterrupted runs over ITEMS make."""
    folder = tmp_path_factory.mktemp("whole")
    for name in FORMATS:
        verify_to(folder / name, ITEMS)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def figures(state: VerifyState) -> dict[str, Any]:
    return state.tally.summary(read=state.read, rejected=state.rejected, loose=True)


def breaking_off(items: list[Item], after: int, error: BaseException) -> Iterator[Item]:
    yield from items[:after]
    raise error


def interrupted(output: Path, items: Iterable[Item], **options: Any) -> None:
    """A run that somebody interrupts."""
    with pytest.raises(KeyboardInterrupt):
        verify_to(output, items, **options)


def assert_resumes(output: Path, whole: Path, items: Iterable[Item] = ITEMS, **options: Any) -> None:
    """Going on gives the same files and the same figures as a run without interruption."""
    state = verify_to(output, items, resume=True, **options)
    assert output.read_bytes() == (whole / output.name).read_bytes()
    assert rejected_path(output).read_bytes() == (whole / "out.rejected.jsonl").read_bytes()
    assert not [path.name for path in output.parent.iterdir() if "partial" in path.name]
    assert figures(state) == figures(verify_to(None, ITEMS))


# What a run writes


def test_verifications_and_rejected_records(whole: Path):
    expected = list(hir.verify(item for item in ITEMS if isinstance(item, hir.Rollout)))
    lines = (whole / "out.jsonl").read_bytes().splitlines()
    assert [hir.Verification.model_validate_json(line) for line in lines] == expected
    assert gzip.decompress((whole / "out.jsonl.gz").read_bytes()) == (whole / "out.jsonl").read_bytes()
    assert read(whole / "out.rejected.jsonl") == [
        {
            "source": "in.jsonl",
            "line": number,
            "field": "response",
            "reason": "the response is null",
            "record": {"id": number},
        }
        for number in range(3, 150, 11)
    ]
    assert [path.name for path in sorted(whole.iterdir())] == sorted([*FORMATS, "out.rejected.jsonl"])


def test_parquet_has_the_same_in_columns(whole: Path):
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(whole / "out.parquet")
    records = read(whole / "out.jsonl")
    assert table.num_rows == len(records) == 150 - REJECTED
    for row, record in zip(table.to_pylist(), records, strict=True):
        one = record["rollout"]
        assert row["id"] == one["instruction"]["id"]
        for name in ("response", "sample", "original", "thinking"):
            assert row[name] == one[name]
        for name in ("ila", "cla", "ila_loose", "cla_loose"):
            assert row[name] == record[name]
        assert [hir.parse(json.loads(entry)) for entry in row["constraints"]] == [
            hir.parse(entry) for entry in one["instruction"]["constraints"]
        ]
        assert [json.loads(entry) for entry in row["results"]] == record["results"]


@pytest.mark.parametrize("output", FORMATS)
@pytest.mark.parametrize("workers", [1, 2])
def test_the_number_of_workers_changes_no_byte(tmp_path: Path, whole: Path, output: str, workers: int):
    state = verify_to(tmp_path / output, ITEMS, workers=workers)
    assert (tmp_path / output).read_bytes() == (whole / output).read_bytes()
    assert (tmp_path / "out.rejected.jsonl").read_bytes() == (whole / "out.rejected.jsonl").read_bytes()
    assert figures(state) == figures(verify_to(None, ITEMS))


def test_a_stream_gets_the_lines(whole: Path):
    stdout = io.BytesIO()
    state = verify_to("-", ITEMS, stdout=stdout)
    assert stdout.getvalue() == (whole / "out.jsonl").read_bytes()
    assert (state.read, state.rejected, state.tally.rollouts) == (150, REJECTED, 150 - REJECTED)


def test_no_output_leaves_nothing(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    state = verify_to(None, ITEMS)
    assert (state.read, state.rejected, state.tally.rollouts) == (150, REJECTED, 150 - REJECTED)
    assert list(tmp_path.iterdir()) == []


def test_strict_verdicts_alone(tmp_path: Path):
    verify_to(tmp_path / "out.jsonl", GOOD[:3], loose=False)
    assert all(result["loose"] is None for one in read(tmp_path / "out.jsonl") for result in one["results"])
    assert [one["ila_loose"] for one in read(tmp_path / "out.jsonl")] == [None] * 3


@pytest.mark.parametrize(
    ("output", "rejected"),
    [
        ("out.jsonl", "out.rejected.jsonl"),
        ("out.jsonl.gz", "out.rejected.jsonl"),
        ("out.parquet", "out.rejected.jsonl"),
        ("my.out.json", "my.out.rejected.jsonl"),
        ("out", "out.rejected.jsonl"),
    ],
)
def test_rejected_records_stand_beside_the_output(tmp_path: Path, output: str, rejected: str):
    state = verify_to(tmp_path / "new" / "folder" / output, ITEMS[:10])
    assert contents(tmp_path / "new" / "folder").keys() == {output, rejected}
    kept = (tmp_path / "new" / "folder" / rejected).read_bytes().splitlines()
    assert state.rejected == len(kept) == sum(isinstance(item, Rejected) for item in ITEMS[:10]) > 0
    assert state.read == state.tally.summary(read=state.read, rejected=0, loose=True)["verified"] + len(kept)
    assert all(json.loads(line)["reason"] for line in kept)


def test_rejected_records_of_an_earlier_run_go(tmp_path: Path):
    output = tmp_path / "out.jsonl"
    verify_to(output, ITEMS[:10])
    assert rejected_path(output).exists()
    verify_to(output, GOOD[:10])
    assert contents(tmp_path).keys() == {"out.jsonl"}
    assert len(read(output)) == 10


@pytest.mark.parametrize("output", FORMATS)
def test_items_that_are_all_rejected(tmp_path: Path, output: str):
    state = verify_to(tmp_path / output, [item for item in ITEMS if isinstance(item, Rejected)])
    assert (state.read, state.rejected, state.tally.rollouts) == (REJECTED, REJECTED, 0)
    assert contents(tmp_path).keys() == {output, "out.rejected.jsonl"}


def test_an_earlier_output_stands_until_the_new_one_is_whole(tmp_path: Path):
    output = tmp_path / "out.jsonl"
    output.write_text("old")
    interrupted(output, breaking_off(ITEMS, 100, KeyboardInterrupt()))
    assert output.read_text() == "old"
    assert not rejected_path(output).exists()


def test_progress_and_rejections_are_told_as_they_happen():
    told: list[Any] = []
    verify_to(
        None,
        ITEMS,
        on_rejected=lambda rejected: told.append(rejected.error.line),
        on_progress=lambda state: told.append(f"{state.read} read"),
    )
    lines = list(range(3, 150, 11))
    assert told == ["0 read", *lines[:6], "64 read", *lines[6:12], "128 read", *lines[12:], "150 read"]


def test_a_limit_reads_no_further():
    def source() -> Iterator[Item]:
        yield from GOOD[:3]
        raise AssertionError("read too far")

    assert list(limited(source(), 3)) == GOOD[:3]
    assert list(limited(GOOD, None)) == GOOD
    assert verify_to(None, limited(source(), 2)).read == 2


# Interruptions


@pytest.mark.parametrize("output", FORMATS)
@pytest.mark.parametrize("after", [0, 1, 64, 100, 128, 150])
def test_a_run_that_is_interrupted_goes_on(tmp_path: Path, whole: Path, output: str, after: int):
    interrupted(tmp_path / output, breaking_off(ITEMS, after, KeyboardInterrupt()))
    assert not (tmp_path / output).exists()
    done = after // 64 * 64
    partial = tmp_path / f"{output}.partial"
    assert partial.exists() == bool(done)
    kept = partial.read_bytes() if done else b""
    assert len(kept.splitlines()) == sum(isinstance(item, hir.Rollout) for item in ITEMS[:done])
    assert_resumes(tmp_path / output, whole)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_in_processes_goes_on_with_any_number(tmp_path: Path, whole: Path, workers: int):
    output = tmp_path / "out.jsonl"
    interrupted(output, breaking_off(ITEMS, 140, KeyboardInterrupt()), workers=workers)
    assert_resumes(output, whole, workers=3 - workers)


def test_a_run_that_is_interrupted_again_and_again(tmp_path: Path, whole: Path, monkeypatch):
    monkeypatch.setattr(run, "BATCH", 7)
    output = tmp_path / "out.parquet"
    interrupted(output, breaking_off(ITEMS, 20, KeyboardInterrupt()))
    for after in (40, 41, 90, 150):
        interrupted(output, breaking_off(ITEMS, after, KeyboardInterrupt()), resume=True)
    assert_resumes(output, whole)


def test_only_what_is_missing_is_verified(tmp_path: Path, monkeypatch):
    output = tmp_path / "out.jsonl"
    interrupted(output, breaking_off(ITEMS, 130, KeyboardInterrupt()))
    batches = []
    serial = executor.serial
    monkeypatch.setattr(executor, "serial", lambda given, work: serial(spying(given, batches), work))
    verify_to(output, ITEMS, resume=True)
    assert [len(batch) for batch in batches] == [len(ITEMS[128:])]


def spying(batches: Iterable[Any], seen: list[Any]) -> Iterator[Any]:
    for batch in batches:
        seen.append(batch)
        yield batch


@pytest.mark.parametrize("error", [RecordError("cannot be read", "in.jsonl.gz"), OSError(5, "I/O error")])
def test_input_that_breaks_off_can_be_mended(tmp_path: Path, whole: Path, error: Exception):
    output = tmp_path / "out.jsonl"
    with pytest.raises(type(error)):
        verify_to(output, breaking_off(ITEMS, 100, error))
    assert_resumes(output, whole)


def test_without_resume_a_run_begins_anew(tmp_path: Path):
    output = tmp_path / "out.jsonl"
    interrupted(output, breaking_off(ITEMS, 100, KeyboardInterrupt()))
    verify_to(output, GOOD[:5])
    assert len(read(output)) == 5
    assert contents(tmp_path).keys() == {"out.jsonl"}


def test_resuming_where_nothing_was_interrupted(tmp_path: Path, whole: Path):
    for _ in range(2):
        assert_resumes(tmp_path / "out.jsonl", whole)


class Interruption:
    """Ctrl-C just before the n-th line of code of a run, counted over the modules that keep its books."""

    FILES = (
        "runs/verify.py",
        "runs/source.py",
        "runs/sinks.py",
        "runs/resumable.py",
        "formats/atomic.py",
        "report/verify_figures.py",
    )

    def __init__(self, line: int) -> None:
        self.left = line

    def __call__(self, frame: Any, event: str, arg: Any) -> "Interruption | None":
        if not frame.f_code.co_filename.endswith(self.FILES) or frame.f_code.co_name == "__exit__":
            return None  # a second Ctrl-C, as it were, leaves files to the end of the process
        if event == "line":
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self


def damage_of(line: int, output: Path, items: list[Item]) -> str | None:
    """What is wrong after an interruption before that line and a resumption; None if the run ended before."""
    entire = verify_to(output.with_name("whole.jsonl"), items)
    before = sys.gettrace()
    sys.settrace(Interruption(line))
    try:
        verify_to(output, items)
    except KeyboardInterrupt:
        pass
    else:
        return None
    finally:
        sys.settrace(before)
        gc.collect()  # locks, of which an interrupted process would have let go
    try:
        state = verify_to(output, items, resume=True)
    except Exception as error:
        return repr(error)
    found = contents(output.parent)
    equal = {
        "verifications": found["out.jsonl"] == found["whole.jsonl"],
        "rejected records": found.get("out.rejected.jsonl") == found["whole.rejected.jsonl"],
        "figures": figures(state) == figures(entire),
    }
    return ", ".join(name for name, same in equal.items() if not same)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # files left to the collector
@pytest.mark.parametrize("note_every", [-1.0, 1e9], ids=["many notes", "one note"])
def test_an_interruption_at_any_line_loses_nothing(tmp_path: Path, monkeypatch, note_every: float):
    monkeypatch.setattr(sinks, "_NOTE_EVERY", note_every)
    monkeypatch.setattr(run, "BATCH", 2)
    items = ITEMS[:6]  # three batches, a rejected record in the second
    damages: dict[int, str] = {}
    for line in itertools.count(1, step=19):  # every line takes minutes
        damage = damage_of(line, tmp_path / "out.jsonl", items)
        if damage is None:
            break
        damages[line] = damage
        for path in tmp_path.iterdir():
            path.unlink()
    assert len(damages) > 40
    assert {line: damage for line, damage in damages.items() if damage} == {}


# What does not match


def test_other_options_are_refused(tmp_path: Path, whole: Path):
    output = tmp_path / "out.jsonl"
    interrupted(output, breaking_off(ITEMS, 100, KeyboardInterrupt()), identity={"loose": True})
    before = contents(tmp_path)
    with pytest.raises(OutputError, match="the interrupted run had other options: loose was true, not false"):
        verify_to(output, ITEMS, identity={"loose": False}, resume=True)
    assert contents(tmp_path) == before
    assert_resumes(output, whole, identity={"loose": True})


def changed(item: Item, **changes: Any) -> Item:
    assert isinstance(item, hir.Rollout)
    return item.model_copy(update=changes)


OTHER_INPUT = {
    "a response": [*ITEMS[:9], changed(ITEMS[9], response="Coffee."), *ITEMS[10:]],
    "an order": [ITEMS[1], ITEMS[0], *ITEMS[2:]],
    "a record less": ITEMS[1:],
    "a record more": [rollout(999), *ITEMS],
    "an error": [*ITEMS[:3], Rejected(RecordError("other", "in.jsonl", 3), None), *ITEMS[4:]],
    "an end": ITEMS[:50],
    "constraints": [rollout(0, {"kind": "word_count", "min": 50}), *ITEMS[1:]],
    "metadata": [changed(ITEMS[0], metadata={"model": "other"}), *ITEMS[1:]],
}


@pytest.mark.parametrize("what", OTHER_INPUT)
def test_other_input_is_refused(request, tmp_path: Path, whole: Path, what: str):
    output = tmp_path / "out.jsonl"
    interrupted(output, breaking_off(ITEMS, 100, KeyboardInterrupt()))
    with pytest.raises(OutputError, match="the input is not the one that the interrupted run began with"):
        verify_to(output, OTHER_INPUT[what], resume=True)
    assert_resumes(output, whole)


def test_input_may_differ_behind_the_interruption(tmp_path: Path):
    output = tmp_path / "out.jsonl"
    interrupted(output, breaking_off(GOOD, 64, KeyboardInterrupt()))
    verify_to(output, [*GOOD[:64], rollout(999)], resume=True)
    assert [one["rollout"]["instruction"]["id"] for one in read(output)] == [*range(64), 999]


DAMAGE = {
    "cut note": ("out.jsonl.partial.journal", lambda content: content[:-7]),
    "cut first note": (
        "out.jsonl.partial.journal",
        lambda content: b"".join(content.splitlines(keepends=True)[:2])[:-9],
    ),
    "no note": (
        "out.jsonl.partial.journal",
        lambda content: content.splitlines(keepends=True)[0],
    ),
    "note of nonsense": ("out.jsonl.partial.journal", lambda content: content + b'{"state": 3}\n'),
    "empty journal": ("out.jsonl.partial.journal", lambda content: b""),
    "cut identity": ("out.jsonl.partial.journal", lambda content: content[:5]),
    "more lines": ("out.jsonl.partial", lambda content: content + content[:100]),
    "fewer lines": ("out.jsonl.partial", lambda content: content[:-1]),
    "no lines": ("out.jsonl.partial", lambda content: b""),
    "more rejected": ("out.rejected.jsonl.partial", lambda content: content + b"{}\n"),
    "fewer rejected": ("out.rejected.jsonl.partial", lambda content: content[:-1]),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_to_what_is_kept_costs_time_alone(request, tmp_path: Path, whole: Path, damage: str):
    output = tmp_path / "out.jsonl"
    interrupted(output, breaking_off(ITEMS, 140, KeyboardInterrupt()), identity={"a": 1})
    name, change = DAMAGE[damage]
    path = tmp_path / name
    path.write_bytes(change(path.read_bytes()))
    assert_resumes(output, whole, identity={"a": 1})


def test_a_note_after_a_cut_one_is_found(tmp_path: Path, whole: Path, monkeypatch):
    monkeypatch.setattr(sinks, "_NOTE_EVERY", -1.0)
    output = tmp_path / "out.jsonl"
    journal = tmp_path / "out.jsonl.partial.journal"
    interrupted(output, breaking_off(ITEMS, 70, KeyboardInterrupt()))
    journal.write_bytes(journal.read_bytes() + b'{"state": {"re')
    interrupted(output, breaking_off(ITEMS, 140, KeyboardInterrupt()), resume=True)
    assert_resumes(output, whole)


# Where nothing can be written


@pytest.mark.parametrize(
    ("output", "problem"),
    [
        ("folder", "is a directory"),
        ("folder/", "is a directory"),
        ("file/out.jsonl", "file exists|not a directory"),
        ("n" * 300 + ".jsonl", "file name too long"),
    ],
)
def test_a_path_that_cannot_be_written(request, tmp_path: Path, monkeypatch, output: str, problem: str):
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("file").write_text("")
    with pytest.raises(OutputError, match=f"^{output.rstrip('/')}: cannot be written: ({problem})$"):
        verify_to(output, ITEMS)
    assert contents(tmp_path / "folder") == {}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be written: permission denied"):
        verify_to(tmp_path / "out.jsonl", ITEMS)


@contextlib.contextmanager
def little_room(size: int) -> Iterator[None]:
    """No file may grow over this size: as good as a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    "share",
    [
        pytest.param(0.0),
        0.3,
        pytest.param(0.9),
        0.99,
    ],
)
def test_a_full_disk_keeps_what_is_done(tmp_path: Path, whole: Path, share: float):
    output = tmp_path / "out.jsonl"
    size = int((whole / "out.jsonl").stat().st_size * share)
    with little_room(size), pytest.raises(OutputError, match="cannot be written: file too large"):
        verify_to(output, ITEMS, identity={"a": "b" * 100})
    assert not output.exists()
    assert_resumes(output, whole, identity={"a": "b" * 100})


@pytest.mark.parametrize("output", ["out.jsonl.gz", "out.parquet"])
def test_a_disk_that_is_full_at_the_very_end(tmp_path: Path, whole: Path, monkeypatch, output: str):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(sinks.FileSink, "_convert", full)
        with pytest.raises(OutputError, match="no space left on device"):
            verify_to(tmp_path / output, ITEMS)
    assert_resumes(tmp_path / output, whole)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_full_device_stays_a_device():
    with pytest.raises(OutputError, match=r"^/dev/full: cannot be written: no space left on device$"):
        verify_to("/dev/full", ITEMS)
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)
    assert not list(Path("/dev").glob("full.*"))


def test_a_named_pipe_gets_the_lines(tmp_path: Path, whole: Path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    verify_to(pipe, ITEMS)
    reader.join(timeout=30)
    assert got == [(whole / "out.jsonl").read_bytes()]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_pipe_that_nobody_reads():
    reading, writing = os.pipe()
    os.close(reading)
    with (
        os.fdopen(writing, "wb", buffering=0) as stdout,
        pytest.raises(OutputError, match=r"^stdout: whoever read it has closed it$"),
    ):
        verify_to("-", ITEMS, stdout=stdout)


def test_lines_are_json_whatever_a_text_holds(tmp_path: Path):
    wild = '\x00\x1f"\\\u2028\u2029\ufeff\U0001f600'
    one = rollout(1, response=wild).model_copy(
        update={"metadata": {wild: [float("inf"), 2**70, b"\xff", None]}}
    )
    verify_to(tmp_path / "out.jsonl", [one])
    assert (tmp_path / "out.jsonl").read_bytes().count(b"\n") == 1
    (record,) = read(tmp_path / "out.jsonl")
    assert record["rollout"]["response"] == wild
    assert record["rollout"]["metadata"][wild][1] == 2**70
    assert jsonl([record]).decode().isprintable() is False
    assert "Infinity" not in (tmp_path / "out.jsonl").read_text(encoding="utf-8")
