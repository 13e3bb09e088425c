"""``hir-data merge``, and commands that read several data sets, from end to end."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from files import NO_COMMA, RESPONSES, native, read, write, write_parquet

from hir_data.replays import dataset

RECORDS = [native(number // 2, RESPONSES[number % 5]) for number in range(12)]
RECORDS[7] = {"id": 3, "prompt": 3}


@pytest.fixture
def shards(command, tmp_path: Path) -> Path:
    """Records verified at once, and in three shards of which one begins in the middle of a prompt."""
    for name, records in {
        "all": RECORDS,
        "part-0": RECORDS[:5],
        "part-1": RECORDS[5:9],
        "part-2": RECORDS[9:],
    }.items():
        source = write(tmp_path / f"{name}-in.jsonl", records)
        command("verify", source, "-o", tmp_path / f"{name}.jsonl", "--summary", tmp_path / f"{name}.json")
    return tmp_path


def test_shards_make_what_one_machine_makes(command, shards: Path):
    out, summary = shards / "merged.jsonl", shards / "merged.json"
    result = command("merge", shards / "part-?.jsonl", "-o", out, "--summary", summary)
    assert result.exit_code == 1  # for the rejected record
    assert out.read_bytes() == (shards / "all.jsonl").read_bytes()
    (rejected,) = read(shards / "merged.rejected.jsonl")
    assert rejected == read(shards / "all.rejected.jsonl")[0] | {
        "source": str(shards / "part-1-in.jsonl"),
        "line": 3,
    }
    whole = json.loads((shards / "all.json").read_text())
    del whole["provenance"]
    assert json.loads(summary.read_text()) == whole

    summaries = shards / "summaries.json"
    assert command("merge", *sorted(shards.glob("part-?.json")), "-o", summaries, "-q").exit_code == 1
    merged = json.loads(summaries.read_text())
    assert len(merged.pop("provenance")["records"]) == 3
    assert merged == whole
    result = command("merge", *sorted(shards.glob("part-?.json")), "-o", "-", "--max-rejected", "1")
    assert (result.exit_code, result.stdout) == (0, summaries.read_text())


def test_other_formats(command, shards: Path):
    out = shards / "merged.parquet"
    sources = [shards / f"part-{n}.jsonl" for n in range(3)]
    assert command("merge", *sources, "-o", out, "--max-rejected", "1").exit_code == 0
    again = shards / "again.jsonl.gz"
    assert command("merge", out, "-o", again, "--max-rejected", "1").exit_code == 0
    assert command("verify", again, "-o", shards / "anew.jsonl").exit_code == 0
    assert (shards / "anew.jsonl").read_bytes() == (shards / "all.jsonl").read_bytes()


def drawn(number: int, response: str, **sampling: Any) -> dict[str, Any]:
    sampling = {"model": "m", "temperature": 1.0} | sampling
    return {"instruction": native(number, None), "response": response, "sampling": sampling}


def test_rollouts(command, tmp_path: Path):
    first = write(tmp_path / "a.jsonl", [drawn(0, "A."), drawn(1, "B.")])
    second = write(
        tmp_path / "b.jsonl",
        [drawn(2, "C.", seed=7), {"instruction": native(3, None), "responses": ["D.", "E."]}],
    )
    out = tmp_path / "out.jsonl"
    result = command("merge", first, second, "-o", out)
    assert (result.exit_code, result.stderr) == (2, f"hir-data: error: {second}:2: sampling.model: is None, "
        f"but 'm' in {first} (--may-differ sampling.model merges them all the same)\n")  # fmt: skip
    assert not out.exists()
    options = ["--may-differ", "sampling"]
    assert command("merge", first, second, "-o", out, *options).exit_code == 0
    assert out.read_bytes() == Path(first).read_bytes() + Path(second).read_bytes()


def test_the_same_record_in_two_shards(command, tmp_path: Path):
    twice = drawn(1, "B.")
    first = write(tmp_path / "a.jsonl", [drawn(0, "A."), drawn(0, "A."), twice])
    second = write(tmp_path / "b.jsonl", [drawn(0, "Another."), twice, drawn(2, "C.")])
    out = tmp_path / "out.jsonl"
    result = command("merge", first, second, "-o", out)
    assert result.exit_code == 2
    assert f"{second}:2: response 0 to the prompt 1 is in an earlier shard too" in result.stderr
    result = command("merge", first, second, "-o", out, "--duplicates", "drop")
    assert result.exit_code == 0
    assert [line["response"] for line in read(out)] == ["A.", "A.", "B.", "Another.", "C."]
    assert "1 record that an earlier shard has too was left out" in result.stderr
    assert "1 record has the prompt and the number (sample) of a record of an earlier shard" in result.stderr
    assert command("merge", first, second, "-o", out, "--duplicates", "keep").exit_code == 0
    assert len(read(out)) == 6


@pytest.mark.parametrize(
    ("sources", "problem"),
    [
        (
            ["part-0.jsonl", "part-0.json"],
            "part-0.json: has summaries, but SHARDS/part-0.jsonl has verifications",
        ),
        (["part-0.jsonl", "part-0.jsonl"], "part-0.jsonl: is given twice, as SHARDS/part-0.jsonl too"),
        (["none-*"], "none-*: matches no file and no folder"),
        (["none.jsonl"], "none.jsonl: there is no such file"),
        (
            ["part-0.jsonl", "strict.jsonl"],
            "strict.jsonl:1: loose: is False, but True in SHARDS/part-0.jsonl",
        ),
        (["all.json", "part-0.json"], None),
        (["part-0.json", "part-0.json.copy.json"], "provenance.records: is made of the same records as"),
    ],
)
def test_what_is_refused(command, shards: Path, sources: list[str], problem: str | None):
    command("verify", shards / "part-1-in.jsonl", "--strict-only", "-o", shards / "strict.jsonl")
    shutil.copy(shards / "part-0.json", shards / "part-0.json.copy.json")
    result = command("merge", *(shards / source for source in sources), "-o", shards / "x.json", "-q")
    if problem is None:  # a shard of other records, as far as anybody can tell
        assert result.exit_code == 1
        return
    assert (result.exit_code, (shards / "x.json").exists()) == (2, False)
    assert problem.replace("SHARDS", str(shards)) in result.stderr


# Data sets


@pytest.fixture
def replayed(command, tmp_path: Path) -> Path:
    """Two data sets of shards, the second with a rejected record."""
    for name, numbers in {"part-0": range(6), "part-1": range(6, 12)}.items():
        records = [native(number, sample=0) for number in numbers]
        records += [{"id": 99, "prompt": 3}] if name == "part-1" else []
        options = ["-o", tmp_path / name, "--summary", tmp_path / f"{name}.json", "--workers", "0"]
        command("replay", write(tmp_path / f"{name}.jsonl", records), *options)
    return tmp_path


def test_data_sets(command, replayed: Path):
    out = replayed / "merged"
    summary = replayed / "merged.json"
    result = command("merge", replayed / "part-[01]", "-o", out, "--summary", summary)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert len(read(replayed / "merged.rejected.jsonl")) == 1
    manifest = dataset.read_manifest(out)
    assert (manifest.counts["rollouts"], manifest.counts["rejected"], len(manifest.sources)) == (12, 1, 2)
    assert manifest.differing == {"input": [str(replayed / f"part-{n}.jsonl") for n in (0, 1)]}
    parts = [sample for n in (0, 1) for sample in dataset.read_samples(replayed / f"part-{n}")]
    assert list(dataset.read_samples(out)) == parts
    assert [shard.name for shard in manifest.shards] == ["shard-00000.parquet", "shard-00001.parquet"]
    summaries = replayed / "summaries.json"
    command("merge", replayed / "part-0.json", replayed / "part-1.json", "-o", summaries)
    merged = json.loads(summaries.read_text())
    assert merged.pop("provenance")["records"] == list(manifest.sources)
    assert merged == json.loads(summary.read_text()) == manifest.counts
    again = command("merge", out, replayed / "part-0", "-o", replayed / "x")
    assert (again.exit_code, "is made of the same records as" in again.stderr) == (2, True)
    assert "merged: cannot be written: it is there already" in command(
        "merge", replayed / "part-0", replayed / "part-1", "-o", out
    ).stderr.replace(str(replayed) + "/", "")


def test_several_data_sets_are_exported_and_reported_as_one(command, replayed: Path):
    command("merge", replayed / "part-[01]", "-o", replayed / "merged")
    for out, data in {"a.jsonl": [replayed / "part-?"], "b.jsonl": [replayed / "merged"]}.items():
        command("export", *data, "--to", "jsonl", "-o", replayed / out)
    assert (replayed / "a.jsonl").read_bytes() == (replayed / "b.jsonl").read_bytes() != b""
    assert command("report", replayed / "part-?", "-o", replayed / "page.html").exit_code == 0
    assert (replayed / "page.html").stat().st_size > 1000


def test_groups_of_two_data_sets(command, replayed: Path):
    """The same prompts, drawn from again: their rollouts would have the same ids."""
    records = [native(number, "Tea, again, please.", sample=0) for number in range(6)]
    source = write(replayed / "again.jsonl", records)
    command("replay", source, "-o", replayed / "again", "--workers", "0")
    result = command(
        "export", replayed / "part-0", replayed / "again", "--to", "jsonl", "-o", replayed / "x.jsonl"
    )
    assert result.exit_code == 2
    assert "again/shard-00000.parquet:1: group: the group '0' is in an earlier data set too" in result.stderr
    source = write(replayed / "other.jsonl", [native("other", "Tea, please.")])
    command("replay", source, "-o", replayed / "other", "--workers", "0", "-k", "1")
    result = command("merge", replayed / "part-0", replayed / "other", "-o", replayed / "x")
    assert "other/manifest.json: settings.k: is 1.0, but" in result.stderr
    options = ["-o", replayed / "x", "--may-differ", "settings.k"]
    assert command("merge", replayed / "part-0", replayed / "other", *options).exit_code == 0
    assert dataset.read_manifest(replayed / "x").differing["k"] == [6.0, 1.0]


def test_rows_of_parquet(command, tmp_path: Path):
    row = {"id": 1, "prompt": "A", "response": "B", "constraints": [json.dumps(NO_COMMA)]}
    first = write_parquet(tmp_path / "a.parquet", [row])
    out = tmp_path / "out.jsonl"
    assert command("merge", first, "-o", out).exit_code == 0
    assert [line["instruction"]["id"] for line in read(out)] == [1]


def test_shards_without_records(command, tmp_path: Path):
    """They are passed over, and what was rejected where they were made is counted."""
    write(tmp_path / "s-0.jsonl", [])
    (tmp_path / "s-0.rejected.jsonl").write_text('{"source": "x", "line": 1, "reason": "no", "record": {}}\n')
    write(tmp_path / "s-1.jsonl", [native(1, response="Yes.")])
    write(tmp_path / "s-2.jsonl", [])
    for _ in range(2):  # the second time the output is there
        result = command("merge", tmp_path / "s-?.jsonl", "-o", tmp_path / "s-a.jsonl", "--max-rejected", "1")
        assert result.exit_code == 0, result.stderr
        assert "s-0.jsonl has no record to merge" in result.stderr
        assert len((tmp_path / "s-a.jsonl").read_text().splitlines()) == 1
    (tmp_path / "s-1.jsonl").write_text("")
    result = command("merge", tmp_path / "s-?.jsonl", "-o", tmp_path / "s-a.jsonl")
    message = "s-0.jsonl: there are no records in it, nor in the other shards"
    assert (result.exit_code, message in result.stderr) == (2, True), result.stderr
