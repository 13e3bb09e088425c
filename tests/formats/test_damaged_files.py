"""A damaged file is read as far as it can be, and what cannot be read is rejected with its place."""

import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import foreign
import pytest
from fuzzing_files import fuzz, read_wholly

from hir_data.errors import RecordError
from hir_data.formats import inspect_log
from hir_data.formats.reader import read_rollouts
from hir_data.schemas.rejected import Rejected


def archive(folder: Path, changed: dict[str, Any], packing: int = zipfile.ZIP_DEFLATED) -> str:
    """A log of six samples, of which some files hold something else."""
    source = zipfile.ZipFile(io.BytesIO(foreign.inspect_archive(foreign.inspect_log(foreign.pairs()))))
    path = folder / "log.eval"
    with zipfile.ZipFile(path, "w", packing) as target:
        for name in dict.fromkeys([*source.namelist(), *changed]):
            inner = changed.get(name)
            target.writestr(name, source.read(name) if inner is None else json.dumps(inner))
    return str(path)


def first_sample() -> tuple[str, dict[str, Any]]:
    log = foreign.inspect_archive(foreign.inspect_log(foreign.pairs()))
    source = zipfile.ZipFile(io.BytesIO(log))
    name = next(each for each in source.namelist() if each.startswith("samples/"))
    return name, json.loads(source.read(name))


@pytest.mark.parametrize(
    "change",
    [
        {"epoch": "a"},
        {"epoch": [1]},
        {"epoch": float("inf")},
        {"epoch": {"a": 10**4000}},
        {"id": 10**4000},
        {"output": {"choices": "x"}},
        {"output": {"choices": {"a": 1}}},
    ],
    ids=str,
)
def test_a_sample_that_is_none_takes_no_other_with_it(change: dict[str, Any], tmp_path: Path):
    name, sample = first_sample()
    found = list(read_rollouts(archive(tmp_path, {name: sample | change})))
    # The log is without the sample that it should have, or with one more than it should.
    assert sum(not isinstance(each, Rejected) for each in found) >= 5
    assert all(each.as_line() for each in found if isinstance(each, Rejected))


def test_a_name_of_a_sample_that_is_no_number(tmp_path: Path):
    names = {"samples/a_epoch_².json": [], "samples/_epoch_99999999999999999999.json": []}
    found = list(read_rollouts(archive(tmp_path, names)))
    assert [isinstance(each, Rejected) for each in found] == [False] * 6 + [True] * 2


def test_a_header_cannot_claim_samples_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inspect_log, "_MOST_MISSING", 20)
    header = foreign.inspect_log(foreign.pairs())
    del header["samples"]
    header["eval"]["config"] = {"epochs": 10**12}
    found = list(read_rollouts(archive(tmp_path, {"header.json": header})))
    assert len([each for each in found if not isinstance(each, Rejected)]) == 6
    rejected = [each for each in found if isinstance(each, Rejected)]
    assert len(rejected) == 21
    assert "there are more samples missing" in rejected[-1].error.problem


def test_a_header_is_no_larger_than_it_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inspect_log, "MAX_HEADER_BYTES", 100)
    with pytest.raises(RecordError, match=r"header.json has more than 100 bytes"):
        list(read_rollouts(archive(tmp_path, {})))


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("how", ["damaged", "encrypted"])
def test_a_file_of_an_archive_that_cannot_be_unpacked(how: str, packing: int, tmp_path: Path):
    path = Path(archive(tmp_path, {}, packing))
    content = bytearray(path.read_bytes())
    name, _ = first_sample()
    with zipfile.ZipFile(path) as there:
        at = there.getinfo(name).header_offset
        entry = content.index(b"PK\x01\x02")
        while not content[entry + 46 :].startswith(name.encode()):
            entry = content.index(b"PK\x01\x02", entry + 1)
    if how == "damaged":
        start = at + 30 + len(name) + 10
        content[start : start + 20] = b"\xaa" * 20
    else:
        content[at + 6] |= 1
        content[entry + 8] |= 1
    path.write_bytes(content)
    found = list(read_rollouts(str(path)))
    assert [isinstance(each, Rejected) for each in found].count(True) == 1
    assert len(found) == 6


def test_a_row_of_a_table_with_a_name_that_is_no_utf_8(tmp_path: Path):
    path = tmp_path / "in.csv"
    path.write_bytes(b"prompt,\xff,response\nSay it.,a,It.\nSay it.,\xff,It.\n")
    read_wholly(str(path))


def test_a_response_whose_request_has_a_role_that_is_none(tmp_path: Path):
    shape = "vertex"
    name, write = foreign.JOINED[shape]
    lines = [json.loads(line) for line in write(foreign.pairs()).splitlines()]
    lines[0]["request"]["contents"][0]["role"] = {}
    prompts = tmp_path / "prompts.jsonl"
    prompts.write_text("".join(json.dumps(prompt) + "\n" for prompt, _ in foreign.pairs()))
    path = foreign.written(tmp_path, name, "\n".join(map(json.dumps, lines)).encode())
    read_wholly(path, str(prompts))


def test_some_damaged_files():
    files, found = fuzz(4, "some")
    assert not found
    assert files > 20


SECONDS = float(os.environ.get("HIR_DATA_FUZZ_SECONDS", "20"))


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 300)
def test_no_damaged_file_ends_a_run():
    """The same files each time, as many as there is time for; another seed has others."""
    seed = os.environ.get("HIR_DATA_FUZZ_SEED", "slow")
    files, found = fuzz(SECONDS, seed)
    assert not found, (seed, found)
    assert files > SECONDS
