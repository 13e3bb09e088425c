"""A Ray cluster of this machine gives what one process gives, also when its actors are killed.

Run by ``make ray``; without Ray only what is said then is tested.
"""

import functools
import gzip
import importlib.util
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from files import HOSTILE, native, own_kinds, read, rollout, write, write_parquet
from programs import running, wait_until

import hir_data as hir
from hir_data.engine.progress import BatchProgress
from hir_data.errors import MissingExtraError, OutputError, RecordError, WorkerError
from hir_data.schemas import registry

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="needs Ray: make ray runs this where it is"
)
pytestmark = pytest.mark.filterwarnings("ignore")  # those of Ray
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    import ray

    with pytest.MonkeyPatch.context() as patch:  # actors import what is in this file
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level="error")
        yield ray
        ray.shutdown()


def test_what_is_missing_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"hir-data\[ray\]"):
        list(hir.verify([rollout()], engine="ray"))


def test_a_negative_number_of_workers():
    with pytest.raises(ValueError, match="at least 0"):
        list(hir.verify([rollout()], workers=-1, engine="ray"))


@needs_ray
def test_every_example_as_in_one_process(command, cluster, tmp_path: Path):
    demo = EXAMPLES / "demo"
    for number, source in enumerate(
        [
            [demo / "prompts.jsonl", "--responses", demo / "responses.jsonl"],
            [EXAMPLES / "replay" / "rollouts.jsonl.gz", "--quality", "--degree"],
        ]
    ):
        written = []
        for engine in (["--workers", "0"], ["--engine", "ray", "--workers", "2"]):
            out, summary = tmp_path / f"{number}-{engine[1]}.jsonl", tmp_path / f"{number}-{engine[1]}.json"
            assert command("verify", *source, "-o", out, "--summary", summary, *engine).exit_code == 0
            written.append((out.read_bytes(), summary.read_bytes()))
        assert written[0] == written[1]


@needs_ray
def test_a_replay_as_in_one_process(command, cluster, tmp_path: Path):
    source = EXAMPLES / "replay" / "rollouts.jsonl.gz"
    for name, engine in {"here": ["--workers", "0"], "ray": ["--engine", "ray"]}.items():
        assert command("replay", source, "--limit", 60, "-o", tmp_path / name, *engine).exit_code == 0
    files = [
        {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("here", "ray")
    ]
    assert files[0] == files[1]


@needs_ray
def test_ten_thousand_rollouts(cluster):
    rollouts = [rollout(number) for number in range(10_000)]
    for one, other in zip(hir.verify(rollouts, engine="ray"), hir.verify(iter(rollouts)), strict=True):
        assert one == other


@needs_ray
def test_checks_have_their_time_limit(cluster):
    """As in processes of this machine; what ends a process ends no actor."""
    with own_kinds():
        registry.load_plugin(HOSTILE)
        hostile = [
            rollout(number, {"kind": f"trap:{trap}"}, response="bomb") for number, trap in enumerate(TRAPS, 1)
        ]
        rollouts = [rollout(0), *hostile, rollout(9)]
        verified = list(hir.verify(rollouts, engine="ray", workers=1, timeout=1))
        assert [one.results[0].strict.status for one in verified] == ["ok", "timeout", "error", "error", "ok"]
        assert verified == list(hir.verify(rollouts, workers=1, timeout=1))


TRAPS = ("loops", "segfaults", "raises")


def slow(batch: list[int], progress: BatchProgress) -> list[int]:
    time.sleep(0.2)
    return [2 * number for number in batch]


def actor_processes(name: bytes) -> list[int]:
    """Processes of actors of a class whose parent's parent is this process."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            title = (folder / "cmdline").read_bytes()
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            above = Path(f"/proc/{parent}/stat").read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if title.startswith(b"ray::") and name in title and int(above) == os.getpid():
            found.append(int(folder.name))
    return found


class Killer(threading.Thread):
    """Kills each actor of a class once, as soon as it is there."""

    def __init__(self, name: bytes, times: int) -> None:
        super().__init__(daemon=True)
        self.what, self.times, self.killed = name, times, []
        self.ended = threading.Event()

    def run(self) -> None:
        while len(self.killed) < self.times and not self.ended.wait(0.5):
            for process in actor_processes(self.what)[:1]:
                self.ended.wait(1.0)  # so that it is at work
                os.kill(process, signal.SIGKILL)
                self.killed.append(process)


@needs_ray
@pytest.mark.skipif(sys.platform != "linux", reason="finds processes as Linux shows them")
def test_actors_that_are_killed_cost_nothing(cluster):
    from hir_data.engine.ray import actors

    killer = Killer(b"Actor", 2)
    killer.start()
    batches = [list(range(first, first + 3)) for first in range(0, 180, 3)]
    answers = list(actors(batches, slow, workers=2))
    killer.ended.set()
    killer.join()
    assert answers == [[2 * number for number in batch] for batch in batches]
    assert len(killer.killed) == 2


@needs_ray
def test_errors_of_the_input_come_when_all_before_is_answered(cluster):
    from hir_data.engine.ray import actors

    def batches() -> Iterator[list[int]]:
        yield [1]
        raise RecordError("is broken", "a.jsonl")

    answers = actors(batches(), slow, workers=1)
    assert next(answers) == [2]
    with pytest.raises(RecordError, match="is broken"):
        next(answers)


# Shards


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for shard in range(3):
        records = [native(number // 2, f"Tea, {number} times.") for number in range(9 * shard, 9 * shard + 9)]
        write(folder / f"part-{shard}.jsonl", [*records, *([{"id": 1}] if shard == 1 else [])])
    return folder


@needs_ray
def test_files_are_verified_where_the_actors_are(command, cluster, shards: Path, tmp_path: Path):
    out, summary = tmp_path / "out", tmp_path / "ray.json"
    line = ["verify", shards, "--engine", "ray", "-o", out, "--summary", summary]
    assert command(*line).exit_code == 1
    whole = tmp_path / "whole.jsonl"
    assert command("verify", shards, "-o", whole, "--summary", tmp_path / "one.json").exit_code == 1
    parts = sorted(out.glob("*.jsonl"))
    assert b"".join(part.read_bytes() for part in parts) == whole.read_bytes()
    assert read(out / "rejected" / "part-1.jsonl") == read(tmp_path / "whole.rejected.jsonl")
    merged, one = (json.loads(path.read_text()) for path in (summary, tmp_path / "one.json"))
    assert len(merged["provenance"].pop("records")) == 3
    del one["provenance"]["records"]
    assert merged == one

    assert "the folder is not empty" in command(*line).stderr
    (out / "summaries" / "part-2.json").unlink()
    before = {path: path.stat().st_mtime_ns for path in parts}
    summary.unlink()
    assert command(*line, "--resume").exit_code == 1
    assert json.loads(summary.read_text())["verified"] == one["verified"]
    assert [path.name for path in parts if path.stat().st_mtime_ns != before[path]] == ["part-2.jsonl"]
    result = command(*line, "--resume", "--strict-only")
    assert (result.exit_code, "settings.strict_only was false, not true" in result.stderr) == (2, True)
    assert "--limit needs an output file" in command(*line, "--limit", 1).stderr


@needs_ray
@pytest.mark.skipif(sys.platform != "linux", reason="finds processes as Linux shows them")
def test_shards_of_actors_that_are_killed(cluster, tmp_path: Path):
    from hir_data.runs.ray import ShardOptions, verify_shards

    records = [native(number, f"Tea, {number} times.") for number in range(3000)]
    sources = [write(tmp_path / f"{n}.jsonl", records[1500 * n : 1500 * n + 1500]) for n in (0, 1)]
    killer = Killer(b"_task", 1)
    killer.start()
    figures = verify_shards(sources, tmp_path / "out", ShardOptions(), identity={})
    killer.ended.set()
    killer.join()
    assert len(killer.killed) == 1
    assert (figures["verified"], figures["rejected"]) == (3000, 0)
    written = [
        line["rollout"]["instruction"]["id"] for n in (0, 1) for line in read(tmp_path / f"out/{n}.jsonl")
    ]
    assert written == list(range(3000))


@needs_ray
@pytest.mark.skipif(sys.platform != "linux", reason="finds processes as Linux shows them")
@pytest.mark.parametrize("kills", [0, 2])
def test_a_replay_of_files_as_in_one_process(command, cluster, tmp_path: Path, kills: int):
    """Each file is read and written by tasks, groups are in several files, and the bytes are the same."""
    lines = gzip.decompress((EXAMPLES / "replay" / "rollouts.jsonl.gz").read_bytes()).splitlines(True)
    lines[7] = b"no record\n"
    for number in range(3):
        (tmp_path / f"part-{number}.jsonl").write_bytes(b"".join(lines[number::3]))
    (tmp_path / "part-1-none.jsonl").touch()
    line = ["replay", tmp_path / "part-*.jsonl", "--shard-size", "64", "--max-rejected", "1"]
    killer = Killer(b"_task", kills)
    for name, engine in {"here": ["--workers", "0"], "ray": ["--engine", "ray", "--workers", "2"]}.items():
        if name == "ray":
            killer.start()
        assert command(*line, "-o", tmp_path / name, *engine).exit_code == 0
    killer.ended.set()
    killer.join()
    assert len(killer.killed) == kills
    files = [
        {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("here", "ray")
    ]
    assert files[0] == files[1]
    assert len(read(tmp_path / "ray.rejected.jsonl")) == 1
    assert read(tmp_path / "ray.rejected.jsonl") == read(tmp_path / "here.rejected.jsonl")


@needs_ray
@pytest.mark.skipif(sys.platform != "linux", reason="ends processes as Linux does")
def test_a_replay_whose_main_process_is_killed(command, tmp_path: Path):
    """With a cluster of its own; another run, without one, goes on with what the tasks have kept."""
    lines = gzip.decompress((EXAMPLES / "replay" / "rollouts.jsonl.gz").read_bytes()).splitlines(True)
    for number in range(2):
        (tmp_path / f"part-{number}.jsonl").write_bytes(b"".join(lines[number::2]))
    line = ["replay", tmp_path / "part-*.jsonl", "--shard-size", "64", "-q"]
    options = [*line, "-o", tmp_path / "out", "--engine", "ray", "--workers", "2"]
    kept = tmp_path / "out.partial.work" / "part-00000" / "assessed.jsonl"
    with running([sys.executable, "-m", "hir_data", *options]) as process:
        wait_until(lambda: kept.exists() or process.poll() is not None)
        process.kill()
        assert (process.wait(), kept.exists()) == (-signal.SIGKILL, True)
    assert command(*line, "-o", tmp_path / "whole", "--workers", "0").exit_code == 0
    assert command(*line, "-o", tmp_path / "out", "--workers", "0", "--resume").exit_code == 0
    files = [
        {file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("out", "whole")
    ]
    assert files[0] == files[1]


def broken() -> int:
    raise RecordError("is broken", "a.jsonl")


@needs_ray
def test_errors_of_a_task_end_the_run(cluster):
    from hir_data.engine.ray import tasks

    jobs = [functools.partial(int, "1"), broken, functools.partial(int, "3")]
    answers = tasks(jobs, 1)
    assert next(answers) == (0, 1)
    with pytest.raises(RecordError, match="is broken"):
        list(answers)
    assert sorted(tasks(jobs[::2], 2)) == [(0, 1), (1, 3)]


@needs_ray
def test_files_without_records(command, cluster, tmp_path: Path):
    """They become files without records, and those can be merged and replayed with the others."""
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").touch()
    line = ["verify", folder / "*", "--engine", "ray", "-o", folder / "out", "-q"]
    result = command(*line)
    assert (result.exit_code, "a.jsonl: there are no records in it" in result.stderr) == (2, True)
    write(folder / "b.jsonl", [native(number) for number in range(3)])
    write_parquet(folder / "c.parquet", [native(1)])
    pyarrow.parquet.write_table(pyarrow.parquet.read_table(folder / "c.parquet")[:0], folder / "c.parquet")
    for more in ([], ["--resume"]):  # the second time the folder of the output is in the pattern
        result = command(*line, *more, "--summary", tmp_path / "summary.json")
        assert result.exit_code == 0, result.stderr
        assert json.loads((tmp_path / "summary.json").read_text())["verified"] == 3
    assert [len(read(folder / "out" / f"{name}.jsonl")) for name in "ab"] == [0, 3]
    assert command("merge", folder / "out" / "*.*", "-o", tmp_path / "m.jsonl", "-q").exit_code == 0
    assert (tmp_path / "m.jsonl").read_bytes() == (folder / "out" / "b.jsonl").read_bytes()
    result = command("replay", folder / "out" / "*.*", "-o", tmp_path / "replayed", "--workers", "0", "-q")
    assert result.exit_code == 0, result.stderr


@needs_ray
def test_names_of_shards_that_collide(cluster, tmp_path: Path):
    from hir_data.runs.ray import ShardOptions, verify_shards

    sources = [write(tmp_path / "a.jsonl", [native(1)]), write(tmp_path / "a.json", [native(1)])]
    with pytest.raises(RecordError, match=r"would be written as a\.jsonl"):
        verify_shards(sources, tmp_path / "out", ShardOptions(), identity={})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(OutputError, match="not empty"):
        verify_shards(sources[:1], tmp_path / "out", ShardOptions(), identity={})


@needs_ray
def test_a_data_set_of_ray(cluster):
    import ray.data

    from hir_data.runs.ray import verify_dataset

    records = [native(number) for number in range(200)] + [{"id": 7, "prompt": "A"}]
    rows = verify_dataset(ray.data.from_items(records), workers=1).take_all()
    verified = {row["id"]: row for row in rows if row["rejected"] is None}
    assert (len(rows), len(verified)) == (201, 200)
    for number in range(200):
        wanted = hir.verify_one(rollout(number))
        assert verified[str(number)]["cla"] == wanted.cla
        assert json.loads(verified[str(number)]["verification"])["ila"] is wanted.ila
    (rejected,) = (json.loads(row["rejected"]) for row in rows if row["rejected"])
    assert rejected["record"]["id"] == 7


@needs_ray
@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("nonsense://there", "there is no Ray cluster"),
        ("127.0.0.1:9", "there is no Ray cluster: 127.0.0.1:9 cannot be reached"),
        ("ray://127.0.0.1:9", "there is no Ray cluster: ray://127.0.0.1:9 cannot be reached"),
    ],
)
def test_no_cluster_at_the_address(address: str, problem: str):
    import ray

    from hir_data.engine.ray import connected

    if ray.is_initialized():
        ray.shutdown()
    with pytest.raises(WorkerError, match=problem), connected(address):
        pass
