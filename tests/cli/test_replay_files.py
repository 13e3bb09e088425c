"""``hir-data replay`` of several files: the rows of one, made file by file."""

import gzip
import itertools
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from hir_data.errors import OutputError
from hir_data.formats.atomic import OutputLock
from hir_data.replays import work
from hir_data.replays.config import ReplayConfig
from hir_data.replays.dataset import Manifest, read_manifest
from hir_data.runs import replay_part, replay_steps

EXAMPLE = Path(__file__).parents[2] / "examples" / "replay" / "rollouts.jsonl.gz"
LINES = gzip.decompress(EXAMPLE.read_bytes()).splitlines(keepends=True)[:240]
QUICK = ("--workers", "0", "--shard-size", "64", "-q", "--max-rejected", "9")


@pytest.fixture(params=["rollouts", "verifications"])
def given(request: pytest.FixtureRequest, command, tmp_path: Path) -> Path:
    """A file, and the same in three, of which each has responses to the prompts of the others."""
    lines = [*LINES]
    if request.param == "verifications":
        (tmp_path / "unverified.jsonl").write_bytes(b"".join(lines))
        source, verified = tmp_path / "unverified.jsonl", tmp_path / "verified.jsonl"
        assert command("verify", source, "-o", verified, "--workers", "0", "-q", "--degree").exit_code == 0
        lines = verified.read_bytes().splitlines(keepends=True)
    lines.insert(100, b'{"id": 1,\n')
    parts = [lines[number::3] for number in range(3)]
    parts[1] += [b'{"id": 2}\n']
    for number, part in enumerate(parts):
        (tmp_path / f"part-{number}.jsonl").write_bytes(b"".join(part))
    (tmp_path / "whole.jsonl").write_bytes(b"".join(itertools.chain.from_iterable(parts)))
    return tmp_path


def rows(folder: Path) -> list[dict[str, Any]]:
    shards = read_manifest(folder).shards
    return [row for shard in shards for row in pyarrow.parquet.read_table(folder / shard.name).to_pylist()]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rejected(path: Path) -> list[tuple[str, Any]]:
    return [(one["reason"], one["record"]) for one in map(json.loads, path.read_text().splitlines())]


def manifest(folder: Path) -> Manifest:
    return read_manifest(folder)


@pytest.mark.parametrize("options", [[], ["--batch-prompts", "7", "--select", "paper", "-k", "2"]])
def test_the_rows_are_those_of_one_file(command, given: Path, options: list[str]):
    for source, out in (("whole.jsonl", "one"), ("part-?.jsonl", "several")):
        assert command("replay", given / source, "-o", given / out, *QUICK, *options).exit_code == 0
    assert rows(given / "several") == rows(given / "one")
    one, several = manifest(given / "one"), manifest(given / "several")
    assert several.counts == one.counts
    assert several.counts["rejected"] == 2
    assert rejected(given / "several.rejected.jsonl") == rejected(given / "one.rejected.jsonl")
    assert (len(one.sources), len(several.sources)) == (0, 3)
    assert len(several.shards) == 6  # two of each file
    assert not list(given.glob("several.partial*"))


@pytest.mark.parametrize("options", [[], ["--select", "paper"]])
def test_a_file_without_a_good_record(command, tmp_path: Path, options: list[str]):
    """It adds its rejected records and no row, and the figures are those of one file."""
    good, bad = LINES[:90], [b'{"id": 1}\n', b"no JSON\n"]
    for number, lines in enumerate((good[:45], bad, good[45:])):
        (tmp_path / f"part-{number}.jsonl").write_bytes(b"".join(lines))
    (tmp_path / "whole.jsonl").write_bytes(b"".join(good[:45] + bad + good[45:]))
    for source, out in (("whole.jsonl", "one"), ("part-?.jsonl", "several")):
        given = ["replay", tmp_path / source, "-o", tmp_path / out, *QUICK, *options]
        assert command(*given).exit_code == 0
    assert rows(tmp_path / "several") == rows(tmp_path / "one")
    assert manifest(tmp_path / "several").counts == manifest(tmp_path / "one").counts
    assert len(rejected(tmp_path / "several.rejected.jsonl")) == 2


@pytest.mark.parametrize("names", [["part-0.jsonl"], ["part-0.jsonl", "part-1.jsonl"]])
def test_files_without_a_good_record(command, tmp_path: Path, names: list[str]):
    for name in names:
        (tmp_path / name).write_bytes(b'{"id": 1}\n')
    result = command("replay", tmp_path / "part-*.jsonl", "-o", tmp_path / "out", *QUICK)
    alone = command("replay", tmp_path / names[0], "-o", tmp_path / "alone", *QUICK)
    assert result.exit_code == alone.exit_code == 0, (result.stderr, alone.stderr)
    assert manifest(tmp_path / "out").counts["rejected"] == len(names)
    assert rows(tmp_path / "out") == []


def test_a_run_goes_on_in_the_file_where_it_was(command, given: Path, monkeypatch: pytest.MonkeyPatch):
    """Stopped at each batch that is assessed or written, and at last it is the data set of a whole run."""
    line = ["replay", given / "part-?.jsonl", *QUICK]
    (given / "part-9.jsonl").touch()
    monkeypatch.setattr(replay_part, "BATCH", 32)
    assert command(*line, "-o", given / "whole").exit_code == 0
    seen: dict[str, list[str]] = {"AssessBatch": [], "BuildBatch": []}

    def stopping(name: str) -> None:
        call = getattr(work, name).__call__

        def called(self: Any, batch: list[Any], progress: Any) -> Any:
            first = batch[0].record if name == "BuildBatch" else batch[0]
            where = f"{first.source}:{first.line}"
            if where not in seen[name]:
                seen[name].append(where)
                raise KeyboardInterrupt
            return call(self, batch, progress)

        monkeypatch.setattr(getattr(work, name), "__call__", called)

    stopping("AssessBatch")
    stopping("BuildBatch")
    codes = []
    while not codes or codes[-1] == 130:
        codes.append(command(*line, "-o", given / "out", "--resume").exit_code)
    assert (codes[-1], len(codes) - 1) == (0, sum(map(len, seen.values())))
    assert len(seen["AssessBatch"]) >= 8
    assert files(given / "out") == files(given / "whole")


def test_files_that_come_or_change_meanwhile(command, given: Path, monkeypatch: pytest.MonkeyPatch):
    line = ["replay", given / "part-?.jsonl", "-o", given / "out", *QUICK]
    write = replay_part.ReplayPart.write
    monkeypatch.setattr(replay_part.ReplayPart, "write", lambda self, *rest: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        command(*line)
    monkeypatch.setattr(replay_part.ReplayPart, "write", write)
    (given / "part-3.jsonl").write_bytes(LINES[0])
    result = command(*line, "--resume")
    assert (result.exit_code, f'files has in addition "{given / "part-3.jsonl"}"' in result.stderr) == (
        2,
        True,
    )
    (given / "part-3.jsonl").unlink()
    part = given / "part-1.jsonl"
    content = part.read_bytes()
    for other in (content.replace(b"a", b"e", 1), content + LINES[0], content[: content.find(b"\n") + 1]):
        part.write_bytes(other)
        result = command(*line, "--resume")
        assert result.exit_code == 2 and f"error: {part} " in result.stderr, result.stderr
    part.unlink()
    result = command(*line, "--resume")
    assert (result.exit_code, f'files lacks "{part}"' in result.stderr) == (2, True)
    part.write_bytes(content)
    assert command(*line, "--resume").exit_code == 0


EMPTY = {
    "nothing.jsonl": b"",
    "blank.jsonl": b"\n \n",
    "nothing.jsonl.gz": gzip.compress(b""),
    "list.json": b"[]",
    "table.csv": b"prompt,response\n",
}


@pytest.mark.parametrize("first", [False, True])
def test_files_without_records_among_others(command, given: Path, first: bool):
    """They add nothing; the first record of all says whether there are verdicts."""
    for name, content in EMPTY.items():
        (given / f"part-{'' if first else 'z'}{name}").write_bytes(content)
    for number in range(3):
        if first:
            (given / f"part-{number}.jsonl").rename(given / f"part-z{number}.jsonl")
    for source, out in (("whole.jsonl", "one"), ("part-*", "several")):
        assert command("replay", given / source, "-o", given / out, *QUICK).exit_code == 0
    assert rows(given / "several") == rows(given / "one")
    assert manifest(given / "several").counts == manifest(given / "one").counts
    assert rejected(given / "several.rejected.jsonl") == rejected(given / "one.rejected.jsonl")


def test_no_file_has_a_record(command, tmp_path: Path):
    for name, content in EMPTY.items():
        (tmp_path / name).write_bytes(content)
    result = command("replay", tmp_path / "*", "-o", tmp_path / "out", *QUICK)
    assert (result.exit_code, "*: there are no records in any of its 5 files" in result.stderr) == (2, True)
    assert not list(tmp_path.glob("out*"))


def test_a_pattern_does_not_stand_for_what_the_run_writes(command, given: Path, monkeypatch):
    """An output among the files, and all that an interrupted run has left beside it."""
    folder = given / "in"
    folder.mkdir()
    (folder / "none.jsonl").touch()
    for number in range(3):
        (given / f"part-{number}.jsonl").rename(folder / f"part-{number}.jsonl")
    assert command("replay", given / "whole.jsonl", "-o", given / "one", *QUICK).exit_code == 0
    line = ["replay", folder / "*", "-o", folder / "out", *QUICK]
    write = replay_part.ReplayPart.write
    monkeypatch.setattr(replay_part.ReplayPart, "write", lambda self, *rest: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        command(*line)
    monkeypatch.setattr(replay_part.ReplayPart, "write", write)
    assert {"out.partial", "out.partial.work"} <= {path.name for path in folder.iterdir()}
    for more in (["--resume"], []):
        result = command(*line, *more)
        assert result.exit_code == 0, result.stderr
        assert rows(folder / "out") == rows(given / "one")
        assert (folder / "out.rejected.jsonl").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--limit", "3"], "--limit needs one file"),
        (["--responses", "part-0.jsonl"], "--responses needs one file"),
    ],
)
def test_what_needs_one_file(command, tmp_path: Path, options: list[str], message: str):
    for number in range(2):
        (tmp_path / f"part-{number}.jsonl").write_bytes(LINES[0])
    result = command("replay", tmp_path / "part-*.jsonl", "-o", tmp_path / "out", *options)
    assert (result.exit_code, message in result.stderr) == (2, True), result.stderr
    result = command("replay", tmp_path / "other-*.jsonl", "-o", tmp_path / "out")
    assert (result.exit_code, "matches no file" in result.stderr) == (2, True)
    assert not (tmp_path / "out").exists()


def test_a_part_that_another_process_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Whoever takes it up waits for the process to let go, but not for ever."""
    part = replay_part.ReplayPart(tmp_path / "part", tmp_path, list, ReplayConfig())
    held = OutputLock(part.folder)
    held.acquire()
    monkeypatch.setattr(replay_steps, "_WAITING", 0.0)
    with pytest.raises(OutputError, match="is writing it"):
        replay_steps._alone(replay_part.ReplayPart.prepare, part)
    monkeypatch.setattr(replay_steps, "_WAITING", 60.0)
    monkeypatch.setattr(replay_steps, "_LOOK_EVERY", 0.0)
    monkeypatch.setattr(replay_steps.time, "sleep", lambda seconds: held.release())
    assert replay_steps._alone(replay_part.ReplayPart.prepare, part) == 0
    assert not held.path.exists()
