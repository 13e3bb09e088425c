"""``hir-data convert`` from end to end, and ``--format`` where files are read."""

import json
from pathlib import Path

import pytest
from cases import formats
from cases.formats import FIXTURES
from files import jsonl, read, write

OURS = {
    "id": 2,
    "prompt": "P",
    "constraints": [{"kind": "word_count", "max": 3}, formats.NATIVE["constraints"][0]],
}


def test_there_and_back(command, tmp_path: Path):
    source = write(tmp_path / "in.jsonl", [formats.IFEVAL, formats.NEMO_GYM])
    result = command("convert", source, "--to", "verl", "-o", tmp_path / "rows.parquet")
    assert (result.exit_code, result.stdout) == (0, "2 read = 2 written as verl + 0 rejected\n")
    back = ("convert", tmp_path / "rows.parquet", "--to", "ifeval", "-o", tmp_path / "new" / "out.jsonl")
    result = command(*back)
    assert result.exit_code == 1
    assert "rows.parquet:2: messages: has no place in records of ifeval" in result.stderr  # a system message
    result = command(*back, "--lossy")
    assert (result.exit_code, result.stderr) == (0, "")
    first, second = read(tmp_path / "new" / "out.jsonl")
    assert {name: first[name] for name in ("prompt", "instruction_id_list", "kwargs")} == {
        name: formats.IFEVAL[name] for name in ("prompt", "instruction_id_list", "kwargs")
    }
    assert second["verifier_metadata"] == {"grading_mode": "fraction"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "new", "rows.parquet"]


def test_a_loss_is_named(command, tmp_path: Path):
    source, output = write(tmp_path / "in.jsonl", [formats.IFEVAL, OURS]), tmp_path / "out.jsonl"
    result = command("convert", source, "--to", "ifeval", "-o", output)
    assert result.exit_code == 1
    assert result.stdout == "2 read = 1 written as ifeval + 1 rejected\n"
    told = "constraints[0]: word_count has no place in records of ifeval (see --lossy)"
    assert result.stderr.splitlines() == [
        f"hir-data: rejected: {source}:2: {told}",
        f"hir-data: 1 of 2 records was rejected (see {tmp_path / 'out.rejected.jsonl'})",
    ]
    assert command("convert", source, "--to", "ifeval", "-o", output, "--max-rejected", 1).exit_code == 0
    summary = tmp_path / "figures.json"
    result = command("convert", source, "--to", "ifeval", "-o", output, "--lossy", "--summary", summary)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[1:] == ["left out of 1: constraints: word_count"]
    assert json.loads(summary.read_text()) == {
        "to": "ifeval",
        "read": 2,
        "written": 2,
        "rejected": 0,
        "lost": {"constraints: word_count": 1},
    }
    assert not (tmp_path / "out.rejected.jsonl").exists()


def test_streams(command):
    result = command("convert", "-", "--to", "native", "-o", "-", stdin=jsonl([formats.RLVR]))
    assert result.exit_code == 0
    assert json.loads(result.stdout)["constraints"] == [{"kind": "punctuation:no_comma"}]
    assert result.stderr == "1 read = 1 written as native + 0 rejected\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--to", "ifevl", "-o", "out.jsonl"], "there is no format 'ifevl' to write; there are "),
        (["--to", "verif", "-o", "out.jsonl"], "records of verif can only be read"),
        (["--to", "native", "-o", "out.parquet"], "records of native are written as .jsonl or .jsonl.gz"),
        (["--to", "native", "-o", "in.jsonl"], "in.jsonl: cannot be written: it is the input"),
        (["--to", "native", "-o", "-", "--resume"], "--resume needs input from files and an output file"),
        (
            ["--to", "native", "-o", "a.json", "--summary", "a.json"],
            "a.json: cannot be written: it is ",
        ),
        (["--to", "native", "-o", "out.jsonl", "--format", "no"], "there is no format 'no'; there are "),
    ],
)
def test_wrong_arguments(command, tmp_path: Path, monkeypatch, arguments: list[str], problem: str):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "in.jsonl", [formats.IFEVAL])
    result = command("convert", "in.jsonl", *arguments)
    assert result.exit_code == 2
    assert problem in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]


def test_an_interrupted_run_goes_on(command, program, tmp_path: Path):
    """A run that stops at a file it cannot read goes on when it is there."""
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "1.jsonl", [formats.IFEVAL] * 130)
    (folder / "2.jsonl").write_bytes(b"\x1f\x8b broken")
    line = ["convert", folder, "--to", "native", "-o", tmp_path / "out.jsonl"]
    assert command(*line).exit_code == 2
    assert not (tmp_path / "out.jsonl").exists()
    write(folder / "2.jsonl", [formats.IFEVAL] * 3)
    result = command(*line, "--resume")
    assert (result.exit_code, result.stdout) == (0, "133 read = 133 written as native + 0 rejected\n")
    assert len(read(tmp_path / "out.jsonl")) == 133


# --format and the figures of MulDimIF


@pytest.mark.parametrize("name", ["verify", "lint"])
def test_a_format_is_forced(command, tmp_path: Path, name: str):
    both = formats.IFEVAL | {"ground_truth": formats.RLVR["ground_truth"], "response": "Tea, hot."}
    source = write(tmp_path / "in.jsonl", [both])
    assert "2 constraints" in command("verify", source, "--workers", 0).stdout
    assert ", 1 constraint\n" in command("verify", source, "--workers", 0, "--format", "open-instruct").stdout
    result = command(name, source, "--format", "verl")
    assert result.exit_code == 1
    assert f"rejected: {source}:1: reward_model: a record of verl has this field" in result.stderr
    result = command(name, source, "--format", "no")
    assert result.exit_code == 2
    assert "there is no format 'no'" in result.stderr


def muldimif(number: int, pattern: str, difficulty: str, response: str) -> dict:
    turns = [*formats.ASKED, {"role": "assistant", "content": response}]
    told = {"id": str(number), "constraint_pattern": pattern, "difficulty": difficulty}
    return {**FIXTURES["muldimif"][0], **told, "conversations": turns, "model": f"m{number % 2}"}


def test_the_score_table_of_muldimif(command, tmp_path: Path):
    long = "A kettle of tea. " * 20
    records = [
        muldimif(0, "Listing", "Level 1", "A kettle of tea."),
        muldimif(1, "Listing", "Level 2", "A cup of tea."),
        muldimif(2, "Example", "Level 2", long),
        muldimif(3, "Example", "Level 2", "A kettle of tea."),
    ]
    source, summary = write(tmp_path / "in.jsonl", records), tmp_path / "figures.json"
    result = command("verify", source, "--strict-only", "--by", "model", "--summary", summary, "--workers", 0)
    assert result.exit_code == 0
    figures = json.loads(summary.read_text())
    assert figures["ila_strict"]["value"] == 0.5
    assert {
        name: {group: (counts["ila"], counts["rollouts"]) for group, counts in groups.items()}
        for name, groups in figures["by"].items()
    } == {
        "constraint_pattern": {"Example": (1, 2), "Listing": (1, 2)},
        "difficulty": {"Level 1": (1, 1), "Level 2": (1, 3)},
        "category": {"Content": (3, 4), "Length": (3, 4)},
        "subcategory": {"Content_Keywords": (3, 4), "Length_Words": (3, 4)},
        "model": {"m0": (1, 2), "m1": (1, 2)},
    }
    table = [line.split() for line in result.stdout.splitlines()]
    assert [
        "by",
        "difficulty",
        "responses",
        "ILA",
        "strict",
        "%",
        "constraints",
        "CLA",
        "strict",
        "%",
    ] in table
    assert ["Level", "2", "3", "33.33", "6", "66.67"] in table
    converted = tmp_path / "native.jsonl"
    assert command("convert", source, "--to", "native", "-o", converted).exit_code == 0
    again = command("verify", converted, "--strict-only", "--by", "model", "--workers", 2)
    assert again.stdout == result.stdout
