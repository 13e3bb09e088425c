"""Files are written whole or not at all, each by one process at a time, and nobody else's are touched."""

from pathlib import Path

import pytest

from hir_data.errors import OutputError
from hir_data.formats.atomic import OutputLock, replacing, writing


def test_replacing(tmp_path: Path):
    path = tmp_path / "out.txt"
    for content in ("old", "new"):
        with replacing(path) as temporary:
            temporary.write_text(content)
            assert not path.exists() or path.read_text() == "old"
        assert path.read_text() == content
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_is_not_whole_replaces_nothing(tmp_path: Path, error: type[BaseException]):
    path = tmp_path / "out.txt"
    path.write_text("old")
    with pytest.raises(error), replacing(path) as temporary:
        temporary.write_text("ne")
        raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("target", "error", "message"),
    [
        (
            "out.jsonl",
            OSError(28, "No space left on device"),
            "out.jsonl: cannot be written: no space left .*",
        ),
        ("-", OSError(28, "No space left on device"), "stdout: cannot be written: no space left on device"),
        ("-", BrokenPipeError(32, "Broken pipe"), "stdout: whoever read it has closed it"),
        ("out.jsonl", PermissionError(13, "Permission denied"), "out.jsonl: .*: permission denied"),
    ],
)
def test_what_the_system_says_against_writing(target: str, error: OSError, message: str):
    with pytest.raises(OutputError, match=f"^{message}$"), writing(target):
        raise error


def test_writing_lets_other_errors_through():
    with pytest.raises(ValueError, match="mine"), writing("out.jsonl"):
        raise ValueError("mine")


def test_what_a_killed_process_left_is_overwritten(tmp_path: Path):
    (tmp_path / "out.txt.hir-data.tmp").write_text("a long leftover")
    with replacing(tmp_path / "out.txt") as temporary:
        temporary.write_text("new")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"out.txt": "new"}


def test_two_cannot_replace_one_file_at_a_time(tmp_path: Path):
    with replacing(tmp_path / "out.txt") as temporary:
        temporary.write_text("first")
        with pytest.raises(OutputError, match=r"out\.txt: cannot be written: another process is writing it"):
            replacing(tmp_path / "out.txt").__enter__()
    assert (tmp_path / "out.txt").read_text() == "first"


@pytest.mark.parametrize("there", [True, False], ids=["target", "no target yet"])
def test_what_a_link_stands_for_is_replaced(tmp_path: Path, there: bool):
    (tmp_path / "data").mkdir()
    if there:
        (tmp_path / "data" / "real.txt").write_text("old")
    (tmp_path / "out.txt").symlink_to("data/real.txt")
    with replacing(tmp_path / "out.txt") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "out.txt").is_symlink()
    assert (tmp_path / "data" / "real.txt").read_text() == "new"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["data", "out.txt", "real.txt"]


def test_a_lock_is_held_once_and_says_by_whom(tmp_path: Path):
    lock, other = OutputLock(tmp_path / "out.jsonl"), OutputLock(tmp_path / "out.jsonl")
    lock.acquire()
    with pytest.raises(
        OutputError, match=r"written: hir-data \(process \d+ on .+, since .+\) is writing it$"
    ):
        other.acquire()
    assert (tmp_path / "out.jsonl.lock").exists()
    lock.release()
    other.acquire()
    other.release()
    assert list(tmp_path.iterdir()) == []


def test_a_lock_of_a_process_that_ended_is_none(tmp_path: Path):
    (tmp_path / "out.jsonl.lock").write_text("hir-data (process 1 on vm, since yesterday, and a long line)")
    with OutputLock(tmp_path / "out.jsonl"):
        assert "yesterday" not in (tmp_path / "out.jsonl.lock").read_text()
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_the_user_is_no_lock(tmp_path: Path):
    (tmp_path / "out.jsonl.lock").write_text("mine")
    with pytest.raises(OutputError, match=r"out\.jsonl\.lock: is in the way: it is no lock of hir-data"):
        OutputLock(tmp_path / "out.jsonl").acquire()
    assert (tmp_path / "out.jsonl.lock").read_text() == "mine"
