"""``hir-data export`` from end to end."""

import json
import shutil
from pathlib import Path

import pyarrow.parquet
import pytest
from files import read
from samples import SAMPLES

from hir_data.replays import dataset
from hir_data.runs import export as exporting

GOLDEN = Path(__file__).parents[1] / "formats" / "exported"
FAILURES = [sample for sample in SAMPLES if sample.reward == 0]


@pytest.fixture
def replayed(tmp_path) -> Path:
    dataset.write(tmp_path / "replayed", SAMPLES)
    return tmp_path / "replayed"


def test_a_data_set_is_exported_and_summed_up(command, replayed, tmp_path):
    out, summary = tmp_path / "out" / "kto.jsonl", tmp_path / "kto.json"
    result = command("export", replayed, "--to", "trl-kto", "-o", out, "--summary", summary)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "9 rows (4 true, 5 false) of 11 samples",
        "left out:       1  the response is blank",
        "left out:       1  its verdicts are undetermined",
    ]
    assert out.read_bytes() == (GOLDEN / "trl-kto.jsonl").read_bytes()
    assert json.loads(summary.read_text()) == {
        "format": "trl-kto",
        "samples": 11,
        "rows": 9,
        "labels": {"true": 4, "false": 5},
        "left_out": {"the response is blank": 1, "its verdicts are undetermined": 1},
    }


@pytest.mark.parametrize("to", exporting.FORMATS)
def test_to_standard_output(command, replayed, to: str):
    result = command("export", replayed, "--to", to, "-o", "-")
    assert (result.exit_code, result.stdout_bytes) == (0, (GOLDEN / f"{to}.jsonl").read_bytes())
    assert f"of {len(SAMPLES)} samples" in result.stderr
    assert command("export", replayed, "--to", to, "-o", "-", "--quiet").stderr == ""


def test_options_reach_the_rows(command, replayed, tmp_path):
    out = tmp_path / "rows"
    options = ["--origin", "rollout", "--without-thinking", "--system", "Be kind.", "--shard-rows", "4"]
    assert command("export", replayed, "--to", "trl-kto", "-o", out, *options).exit_code == 0
    assert len(list(out.iterdir())) == 2
    out = tmp_path / "pairs.jsonl"
    assert command("export", replayed, "--to", "trl-dpo", "-o", out, "--max-pairs", "1").exit_code == 0
    assert len(list(read(out))) == 1


def test_rows_that_are_unfit_to_train_on_are_told(command, tmp_path):
    dataset.write(tmp_path / "failures", FAILURES)
    result = command("export", tmp_path / "failures", "--to", "trl-kto", "-o", tmp_path / "rows.jsonl")
    assert (result.exit_code, result.stderr) == (
        1,
        "hir-data: warning: no row has the label true, and KTO needs both\n",
    )
    result = command("export", tmp_path / "failures", "--to", "trl-sft", "-o", tmp_path / "rows.jsonl")
    assert (result.exit_code, result.stderr) == (1, "hir-data: warning: there are no rows to train on\n")


def test_what_is_wrong_is_told_in_one_line(command, replayed, tmp_path):
    for arguments, problem in (
        (
            [replayed, "--to", "trl-dop", "-o", "-"],
            "--to: there is no format 'trl-dop'; there are trl-kto, trl-",
        ),
        ([tmp_path, "--to", "verl", "-o", "-"], "is no data set of hir-data replay"),
        ([replayed, "--to", "verl", "-o", tmp_path / "rows.csv"], "has to end in .jsonl"),
        ([replayed, "--to", "verl", "-o", replayed], "cannot be written: it is the input"),
        ([replayed, "--to", "verl", "-o", replayed.parent], "the folder is not empty"),
        (
            [replayed, "--to", "verl", "-o", "-", "--push-to-hub", "a/b"],
            "--push-to-hub needs a file or a folder",
        ),
    ):
        result = command("export", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert problem in result.stderr
        assert result.stderr.count("\n") == 1


def test_rows_are_pushed_if_asked(command, replayed, tmp_path, monkeypatch):
    pushed = []
    monkeypatch.setattr(exporting, "push", lambda *told, **more: pushed.append((told, more)))
    out, options = tmp_path / "rows", ["--push-to-hub", "me/rows", "--license", "mit"]
    assert command("export", replayed, "--to", "verl", "-o", out, *options).exit_code == 0
    ((told, more),) = pushed
    card = more.pop("card").splitlines()
    assert (told, more) == ((str(out), "me/rows"), {"public": False, "license": "mit"})
    assert "| export: rows | 5 |" in card
    assert "mit" in card


def test_a_shard_that_is_another_one_is_refused(command, replayed, tmp_path):
    folder = tmp_path / "set"
    shutil.copytree(replayed, folder)
    (shard,) = folder.glob("shard-*.parquet")
    table = pyarrow.parquet.read_table(shard)
    pyarrow.parquet.write_table(table, shard, compression="none")  # the same rows in other bytes
    out = tmp_path / "out.jsonl"
    result = command("export", folder, "--to", "jsonl", "-o", out)
    assert result.exit_code == 2
    assert "is not the file that was written" in result.output
    assert not out.exists()
    result = command("export", folder, "--to", "jsonl", "-o", out, "--no-verify-digests")
    assert result.exit_code == 0
    assert len(out.read_bytes().splitlines()) == table.num_rows


def test_the_description_for_llama_factory_is_not_written_over(command, replayed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    arguments = [replayed, "--to", "llama-factory-sft", "-o", tmp_path / "rows.jsonl"]
    result = command("export", *arguments, "--summary", "dataset_info.json")
    problem = "dataset_info.json: cannot be written: it describes the output to LlamaFactory"
    assert (result.exit_code, result.stderr) == (2, f"hir-data: error: {problem}\n")
    assert not (tmp_path / "rows.jsonl").exists()
