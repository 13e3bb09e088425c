"""Difficulty from end to end: pass rates of verify, replay, export and loop."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from files import read, write

import hir_data as hir
from hir_data.training.loop.prompts import read_prompts

KINDS = [{"kind": "punctuation:no_comma"}, {"kind": "contains", "text": "salt"}]
PASSED = {"easy": 4, "middle": 2, "hard": 0}
"""How many of four responses satisfy both constraints."""


def asking(question: str) -> dict[str, Any]:
    """An instruction that can be written anew."""
    criteria = ["Use no commas.", 'Include the word "salt".']
    prompt = f"{question} {' '.join(criteria)}"
    return {"prompt": prompt, "constraints": KINDS, "question": question, "criteria": criteria,
            "presentation": "inline"}  # fmt: skip


@pytest.fixture
def rollouts(tmp_path: Path) -> Path:
    """Four responses to each of three prompts, of which no two stand together."""
    rows = []
    for number in range(4):
        for key, passed in PASSED.items():
            mark = "" if number < passed else ","
            response = f"The sea is blue and wide{mark} and in place {number} it is deep and full of salt."
            rows.append({**asking(f"Why is the sea {key}?"), "id": key, "response": response})
    return write(tmp_path / "rollouts.jsonl", rows)


@pytest.fixture
def replayed(command, rollouts: Path, tmp_path: Path) -> Path:
    options = ["--relabel", "drop", "-o", tmp_path / "replayed"]
    assert command("replay", rollouts, *options).exit_code == 0
    return tmp_path / "replayed"


@pytest.mark.parametrize("name", ["rated.jsonl", "rated.jsonl.gz"])
def test_verify_writes_each_prompt_with_its_rates(command, rollouts: Path, tmp_path: Path, name: str):
    output, rated, summary = (tmp_path / each for each in ("v.jsonl", name, "s.json"))
    arguments = ["verify", rollouts, "-o", output, "--pass-rates", rated, "--summary", summary]
    result = command(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "pass@1 50.00 % (3 prompts), pass@2 61.11 % (3 prompts), pass@4 66.67 %" in result.stdout
    assert json.loads(summary.read_text())["pass_at_k"]["4"] == {"value": 0.666667, "prompts": 3}
    lines = (gzip.decompress(rated.read_bytes()) if name.endswith(".gz") else rated.read_bytes()).splitlines()
    found = {each["id"]: each for each in map(json.loads, lines)}
    assert {key: each["pass_rate"] for key, each in found.items()} == {"easy": 1, "middle": 0.5, "hard": 0}
    assert found["middle"]["constraint_pass_rates"] == [0.5, 1]
    assert (found["middle"]["rollouts"], found["middle"]["passed"]) == (4, 2)
    (again,) = [each for each in read_prompts(str(rated), needs_pass_rates=True) if each.pass_rate == 0.5]
    assert again.prompt.startswith("Why is the sea middle?")


@pytest.mark.parametrize(("least", "code"), [("0.66", 0), ("0.67", 3)])
def test_a_gate_on_pass_at_k_leaves_the_rates(command, rollouts: Path, tmp_path: Path, least: str, code: int):
    """Of three prompts two have a success among four responses; the rates are written either way."""
    output, rated, summary = (tmp_path / each for each in ("v.jsonl", "rated.jsonl", "s.json"))
    files = ["-o", output, "--pass-rates", rated, "--summary", summary]
    result = command("verify", rollouts, *files, "--fail-under", f"pass@4={least}")
    assert result.exit_code == code
    assert (f"failed: pass@4 is 0.666667, has to be at least {least}" in result.stderr) is (code == 3)
    (threshold,) = json.loads(summary.read_text())["thresholds"]
    assert threshold["passed"] is (code == 0)
    assert {each["id"]: each["pass_rate"] for each in read(rated)} == {"easy": 1, "middle": 0.5, "hard": 0}
    assert len(read(output)) == 12


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--pass-rates", "r.jsonl"], "--pass-rates needs an output file (-o FILE)"),
        (["-o", "v.jsonl", "--pass-rates", "r.csv"], "r.csv: has to end in .jsonl or .jsonl.gz"),
        (["-o", "v.jsonl", "--pass-rates", "v.jsonl"], "v.jsonl: cannot be written: it is the output"),
        (["-o", "v.jsonl", "--pass-rates", "rollouts.jsonl"], "cannot be written: it is the input"),
        (
            ["-o", "v.jsonl", "--pass-rates", "s.jsonl", "--summary", "s.jsonl"],
            "s.jsonl: cannot be written: --summary writes it",
        ),
    ],
)
def test_where_pass_rates_cannot_go(
    command, rollouts: Path, tmp_path: Path, monkeypatch, options: list[str], problem: str
):
    monkeypatch.chdir(tmp_path)
    result = command("verify", rollouts, *options)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert not (tmp_path / "v.jsonl").exists()


def test_the_data_set_of_replay_has_the_rates_of_the_group(replayed: Path):
    samples = list(hir.read_samples(replayed))
    assert {each.group: each.pass_rate for each in samples} == {"easy": 1, "middle": 0.5, "hard": 0}
    assert {each.origin for each in samples} == {"rollout", "replay"}
    for sample in samples:
        rates = (PASSED[sample.group] / 4, 1.0) if sample.origin == "rollout" else ()
        assert sample.constraint_pass_rates == rates


def export(command, replayed: Path, output: Path, *options: Any) -> Any:
    return command("export", replayed, "--to", "trl-grpo", "--origin", "rollout", "-o", output, *options)


def test_a_corridor_of_pass_rates(command, replayed: Path, tmp_path: Path):
    output = tmp_path / "rows.jsonl"
    result = export(command, replayed, output, "--min-pass", "0.25", "--max-pass", "0.75")
    assert result.exit_code == 0
    assert [row["id"] for row in read(output)] == ["middle/0"]
    assert "left out:       4  the pass rate of its prompt is above --max-pass" in result.stdout
    assert "left out:       4  the pass rate of its prompt is below --min-pass" in result.stdout
    assert "pass_rate" not in next(iter(read(output)))
    result = export(command, replayed, output, "--min-pass", "0.75", "--max-pass", "0.25")
    assert result.exit_code == 2
    assert "min_pass 0.75 is above max_pass 0.25" in result.stderr


@pytest.mark.parametrize(("order", "wanted"), [("easy-first", [1, 0.5, 0]), ("hard-first", [0, 0.5, 1])])
def test_a_curriculum(command, replayed: Path, tmp_path: Path, order: str, wanted: list[float]):
    output = tmp_path / "rows.jsonl"
    assert export(command, replayed, output, "--order", order).exit_code == 0
    rows = list(read(output))
    assert [row["pass_rate"] for row in rows] == wanted
    assert [row["constraint_pass_rates"][0] for row in rows] == wanted
    assert export(command, replayed, tmp_path / "rows.parquet", "--order", order).exit_code == 0
    assert pyarrow.parquet.read_table(tmp_path / "rows.parquet")["pass_rate"].to_pylist() == wanted
    assert len(read_prompts(str(output), needs_pass_rates=True)) == 3


@pytest.mark.parametrize("to", ["trl-kto", "trl-dpo", "verl", "openrlhf", "swift-dpo", "feedback", "prime-rl",
                                "instruction-pairs", "jsonl", "llama-factory-sft"])  # fmt: skip
def test_rows_of_every_sort_say_their_pass_rate(command, replayed: Path, tmp_path: Path, to: str):
    output = tmp_path / "rows.jsonl"
    command("export", replayed, "--to", to, "-o", output, "--pass-rates")
    for row in read(output):
        key = row.get("id") or row.get("chosen_id") or row["extra_info"]["id"]
        assert row["pass_rate"] == PASSED[key.partition("/")[0]] / 4
