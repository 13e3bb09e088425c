"""``hir-data verify``: every option, what it prints, and how it ends."""

import gzip
import json
import os
import re
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from files import NO_COMMA, ifeval, jsonl, native, read, rollout, write, write_parquet

import hir_data as hir
from hir_data.cli import main

GOOD = [native(number) for number in range(12)]
BAD = [
    native(0),
    native(1) | {"response": None},
    b'{"id": 2,',
    native(3, constraints=[{"kind": "punctuation:no_coma"}]),
    native(4),
]
SHOUT = """
import hir_data as hir

@hir.register("shout")
class Shout(hir.Constraint):
    \"\"\"All in capitals.\"\"\"

    phrasings = ("Shout.",)

    def check(self, text):
        return text.raw.isupper()
"""


def figures(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


# Input


@pytest.mark.parametrize("name", ["in.jsonl", "in.jsonl.gz", "in.parquet", "in.json", "folder", "-"])
def test_every_input_gives_the_same_output(tmp_path: Path, command, name: str):
    source, stdin = tmp_path / name, b""
    if name == "-":
        source, stdin = Path("-"), jsonl(GOOD)
    elif name == "folder":
        source.mkdir()
        write(source / "1.jsonl", GOOD[:5])
        write(source / "2.jsonl", GOOD[5:])
    elif name == "in.parquet":
        write_parquet(source, [one | {"constraints": [*map(json.dumps, one["constraints"])]} for one in GOOD])
    else:
        content = json.dumps(GOOD).encode() if name == "in.json" else jsonl(GOOD)
        write(source, gzip.compress(content) if name.endswith(".gz") else content)
    result = command("verify", source, "-o", tmp_path / "out.jsonl", "--workers", 0, stdin=stdin)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = (tmp_path / "out.jsonl").read_bytes().splitlines()
    found = [hir.Verification.model_validate_json(line) for line in lines]
    assert found == [hir.verify_one(rollout(number)) for number in range(12)]


@pytest.mark.parametrize("option", ["--responses", "-r"])
def test_responses_of_their_own(tmp_path: Path, command, option: str):
    prompts = write(tmp_path / "prompts.jsonl", [ifeval(number) for number in range(4)])
    answers = [{"key": number, "response": "Tea for two."} for number in (0, 2, 1, 7)]
    responses = write(tmp_path / "responses.jsonl", answers)
    output = tmp_path / "out.jsonl"
    command_line = ["verify", prompts, option, responses, "-o", output, "--workers", 0]
    result = command(*command_line, "--max-rejected", 2)
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        f"hir-data: rejected: {responses}:4: there is no prompt for the response with key 7",
        f"hir-data: rejected: {prompts}:4: there is no response for the prompt with key 3",
        f"hir-data: 2 of 5 records were rejected (see {tmp_path / 'out.rejected.jsonl'})",
    ]
    assert [one["rollout"]["instruction"]["id"] for one in read(output)] == [0, 2, 1]


@pytest.mark.parametrize("stream", ["prompts", "responses"])
def test_one_of_two_files_from_standard_input(tmp_path: Path, command, stream: str):
    contents = {"prompts": jsonl([ifeval(1)]), "responses": jsonl([{"key": 1, "response": "Tea."}])}
    paths = {name: write(tmp_path / f"{name}.jsonl", content) for name, content in contents.items()}
    paths[stream] = "-"
    result = command(
        "verify", paths["prompts"], "-r", paths["responses"], "--workers", 0, stdin=contents[stream]
    )
    assert result.exit_code == 0
    assert result.stdout.startswith("1 read = 1 verified + 0 rejected, 2 constraints\n")


def test_both_files_from_standard_input_are_refused(program):
    result = program("verify", "-", "-r", "-", "--workers", 0, input=jsonl(GOOD).decode())
    assert result.returncode == 2


def test_a_data_set_of_several_splits(tmp_path: Path, command):
    import datasets

    records = [one | {"constraints": [*map(json.dumps, one["constraints"])]} for one in GOOD]
    parts = {"a": datasets.Dataset.from_list(records[:2]), "b": datasets.Dataset.from_list(records[2:])}
    datasets.DatasetDict(parts).save_to_disk(str(tmp_path / "saved"))
    result = command("verify", tmp_path / "saved", "--split", "b", "--workers", 0)
    assert result.stdout.startswith("10 read = 10 verified")
    result = command("verify", tmp_path / "saved", "--workers", 0)
    assert result.exit_code == 2
    assert "choose one with --split" in result.stderr


# Options


def test_the_table(tmp_path: Path, command):
    result = command("verify", write(tmp_path / "in.jsonl", GOOD), "--workers", 0)
    assert result.stdout.splitlines()[0] == "12 read = 12 verified + 0 rejected, 24 constraints"
    for words in ("ILA  strict", "ILA  loose", "prompt-level accuracy", "CLA  strict", "95% interval"):
        assert words in result.stdout
    kinds = [line.split()[0] for line in result.stdout.splitlines()[-2:]]
    assert kinds == ["punctuation:no_comma", "word_count"]


def test_quiet_prints_nothing(tmp_path: Path, command):
    source = write(tmp_path / "in.jsonl", GOOD)
    result = command("verify", source, "--workers", 0, "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_quiet_still_prints_errors(tmp_path: Path, command):
    result = command("verify", tmp_path / "nowhere.jsonl", "-q")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"hir-data: error: {tmp_path / 'nowhere.jsonl'}: there is no such file\n"


def test_output_to_a_stream_and_the_table_beside_it(tmp_path: Path, command):
    source = write(tmp_path / "in.jsonl", BAD)
    result = command("verify", source, "-o", "-", "--workers", 0)
    assert result.exit_code == 1
    assert [json.loads(line)["ila"] for line in result.stdout.splitlines()] == [True, False]
    assert "5 read = 2 verified + 3 rejected" in result.stderr
    assert "prompt-level accuracy" in result.stderr
    assert result.stderr.endswith("hir-data: 3 of 5 records were rejected\n")


@pytest.mark.parametrize("workers", [0, 1, 2, None])
def test_workers_change_nothing(tmp_path: Path, command, workers: int | None):
    source = write(tmp_path / "in.jsonl", BAD + GOOD * 20)
    options = [] if workers is None else ["--workers", workers]
    result = command("verify", source, "-o", tmp_path / "out.jsonl", *options)
    expected = command("verify", source, "-o", tmp_path / "expected.jsonl", "--workers", 0)
    assert (result.exit_code, result.stdout) == (1, expected.stdout)
    for name in (".jsonl", ".rejected.jsonl"):
        found, wanted = (tmp_path / f"{stem}{name}" for stem in ("out", "expected"))
        assert found.read_bytes() == wanted.read_bytes()


def test_strict_only(tmp_path: Path, command):
    source = write(tmp_path / "in.jsonl", GOOD)
    result = command("verify", source, "--strict-only", "-o", tmp_path / "out.jsonl", "--workers", 0)
    assert "loose" not in result.stdout
    assert all(result["loose"] is None for one in read(tmp_path / "out.jsonl") for result in one["results"])


@pytest.mark.parametrize("workers", [0, 2])
def test_responses_that_guards_object_to_are_counted_where_that_is_asked_for(
    tmp_path: Path, command, workers: int
):
    source, summary = tmp_path / "in.jsonl", tmp_path / "summary.json"
    tea = hir.Instruction(prompt="Describe tea.", constraints=[hir.parse({"kind": "punctuation:no_comma"})])
    responses = [
        "Tea is a drink of leaves and hot water.",
        "I'm sorry, but I can't help with that request.",
        "tea " * 40,
        "tea " * 40,
    ]
    lines = [hir.Rollout(instruction=tea, response=one).model_dump_json() for one in responses]
    source.write_text("\n".join(lines), encoding="utf-8")
    result = command("verify", source, "--quality", "--summary", summary, "--workers", workers)
    assert json.loads(summary.read_text(encoding="utf-8"))["faults"] == {
        "any": {"responses": 3, "share": 0.75},
        "repetitive": {"responses": 2, "share": 0.5},
        "refusal": {"responses": 1, "share": 0.25},
    }
    assert re.search(r"^repetitive +2 +50.00$", result.stdout, re.MULTILINE)
    plain = command("verify", source, "--summary", summary, "--workers", 0)
    assert "faults" not in json.loads(summary.read_text(encoding="utf-8"))
    assert "repetitive" not in plain.stdout


def test_degrees_are_written_where_they_are_asked_for(tmp_path: Path, command):
    source = write(tmp_path / "in.jsonl", [native(0, response="Tea, milk, tea."), native(1)])
    command("verify", source, "--degree", "-o", tmp_path / "out.jsonl", "--workers", 0)
    degrees = [
        result["strict"]["degree"] for one in read(tmp_path / "out.jsonl") for result in one["results"]
    ]
    assert 0 < degrees[0] < 1
    assert [degree == 1 for degree in degrees] == [
        result["strict"]["satisfied"] for one in read(tmp_path / "out.jsonl") for result in one["results"]
    ]
    command("verify", source, "-o", tmp_path / "plain.jsonl", "--workers", 0)
    assert "degree" not in (tmp_path / "plain.jsonl").read_text(encoding="utf-8")


def test_the_summary(tmp_path: Path, command):
    source = write(tmp_path / "in.jsonl", BAD)
    command("verify", source, "--summary", tmp_path / "figures.json", "--workers", 0, "-q")
    found = figures(tmp_path / "figures.json")
    assert [found[name] for name in ("read", "verified", "rejected", "constraints")] == [5, 2, 3, 4]
    assert found["cla_strict"]["value"] == 0.5
    assert found["kinds"]["word_count"] == {
        "constraints": 2,
        "strict": 1,
        "loose": 1,
        "undetermined": 0,
        "undetermined_loose": 0,
    }


@pytest.mark.parametrize(
    ("limit", "counts"), [(1, [1, 1, 0]), (3, [3, 1, 2]), (5, [5, 2, 3]), (99, [5, 2, 3])]
)
def test_a_limit(tmp_path: Path, command, limit: int, counts: list[int]):
    source = write(tmp_path / "in.jsonl", BAD)
    command("verify", source, "--limit", limit, "--summary", tmp_path / "f.json", "--workers", 0, "-q")
    assert [figures(tmp_path / "f.json")[name] for name in ("read", "verified", "rejected")] == counts


@pytest.mark.parametrize(("allowed", "code"), [(None, 1), (0, 1), (2, 1), (3, 0), (4, 0)])
def test_rejected_records_and_the_exit_code(tmp_path: Path, command, allowed: int | None, code: int):
    source = write(tmp_path / "in.jsonl", BAD)
    options = [] if allowed is None else ["--max-rejected", allowed]
    result = command("verify", source, "-o", tmp_path / "out.jsonl", *options, "--workers", 0)
    assert result.exit_code == code
    assert result.stdout.startswith("5 read = 2 verified + 3 rejected, 4 constraints\n")
    kind = "constraints[0]: unknown constraint kind 'punctuation:no_coma'; did you mean punctuation:no_comma"
    assert [line[:120] for line in result.stderr.replace(source, "in.jsonl").splitlines()] == [
        "hir-data: rejected: in.jsonl:2: response: the response is null",
        "hir-data: rejected: in.jsonl:3: malformed JSON: EOF while parsing a value at column 9",
        f"hir-data: rejected: in.jsonl:4: {kind}?"[:120],
        f"hir-data: 3 of 5 records were rejected (see {tmp_path / 'out.rejected.jsonl'})"[:120],
    ]
    rejected = read(tmp_path / "out.rejected.jsonl")
    assert [(one["line"], one["field"]) for one in rejected] == [
        (2, "response"),
        (3, None),
        (4, "constraints[0]"),
    ]
    assert rejected[0]["record"] == BAD[1]
    assert rejected[1]["record"] == '{"id": 2,'


def test_only_the_first_kinds_of_rejected_records_are_shown(tmp_path: Path, command):
    kinds = [{"kind": "word_count", "min": 1, "k" * number: 1} for number in range(1, 31)]
    source = write(tmp_path / "in.jsonl", [{**native(1), "constraints": [kind]} for kind in kinds])
    result = command("verify", source, "--workers", 0)
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert len(lines) == 12
    assert lines[10] == "hir-data: rejected: 20 more, for other reasons"
    assert result.stderr.endswith("hir-data: 30 of 30 records were rejected\n")
    assert result.stdout == "30 read = 0 verified + 30 rejected, 0 constraints\n"


THINKING = [native(1, "<think>a, b</think>\nTea for two."), native(2, "<think>a, b"), native(3, "Tea.")]


@pytest.mark.parametrize(
    ("option", "thinking"),
    [
        ([], [None, None, None]),
        (["--strip-thinking=think"], ["stripped", "truncated", "absent"]),
        (["--strip-thinking", "think"], ["stripped", "truncated", "absent"]),
        (["--strip-thinking=reason"], ["absent", "absent", "absent"]),
    ],
)
def test_thinking_is_stripped(tmp_path: Path, command, option: list[str], thinking: list[str | None]):
    source = write(tmp_path / "in.jsonl", THINKING)
    result = command("verify", source, *option, "-o", tmp_path / "out.jsonl", "--workers", 0)
    assert [one["rollout"]["thinking"] for one in read(tmp_path / "out.jsonl")] == thinking
    assert ("1 cut off while thinking" in result.stdout) == ("truncated" in thinking)
    nothing = "--strip-thinking=reason has stripped nothing: no reasoning in any of 3 responses"
    assert (nothing in result.stderr) == (thinking == ["absent"] * 3)


def test_thinking_of_every_dialect_and_beside_the_answer(tmp_path: Path, command):
    responses = {
        "<|channel|>analysis<|message|>a, b<|end|><|start|>assistant<|channel|>final<|message|>Tea": {},
        "[THINK]a, b[/THINK]Tea": {},
        "Tea": {"reasoning_content": "a, b"},
    }
    source = write(tmp_path / "in.jsonl", [native(1, text) | more for text, more in responses.items()])
    result = command("verify", source, "--strip-thinking=auto", "-o", tmp_path / "out.jsonl", "--workers", 0)
    assert (result.exit_code, result.stderr) == (0, "")
    rollouts = [one["rollout"] for one in read(tmp_path / "out.jsonl")]
    assert [(one["response"], one["thinking"]) for one in rollouts] == [("Tea", "stripped")] * 3
    assert [one["original"] for one in rollouts] == [*list(responses)[:2], None]
    assert rollouts[2]["metadata"]["reasoning_content"] == "a, b"


def test_a_policy_that_is_none(tmp_path: Path, command):
    source = write(tmp_path / "in.jsonl", THINKING)
    result = command("verify", source, "--strip-thinking=a,b,c", "--workers", 0)
    assert result.exit_code == 2
    assert "has to be OPEN,CLOSE with two markers" in result.stderr


def test_the_tag_may_be_left_out(tmp_path: Path, monkeypatch, capsys):
    source = write(tmp_path / "in.jsonl", THINKING)
    output = tmp_path / "out.jsonl"
    words = ["verify", "--strip-thinking", source, "-o", str(output), "--workers", "0", "-q"]
    monkeypatch.setattr(sys, "argv", ["hir-data", *words])
    with pytest.raises(SystemExit) as caught:
        main.run()
    assert caught.value.code == 0
    assert [one["rollout"]["thinking"] for one in read(output)] == ["stripped", "truncated", "absent"]
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("by", ["file", "module"])
@pytest.mark.parametrize("workers", [0, 1])
def test_a_plugin(tmp_path: Path, command, monkeypatch, by: str, workers: int):
    name = f"shout_{by}_{workers}_plugin"  # each its own: modules are imported once
    (tmp_path / f"{name}.py").write_text(SHOUT.replace('"shout"', f'"{name}"'))
    if by == "module":
        monkeypatch.syspath_prepend(tmp_path)
    plugin = name if by == "module" else tmp_path / f"{name}.py"
    records = [native(1, "TEA", constraints=[{"kind": name}]), native(2, "Tea", constraints=[{"kind": name}])]
    source = write(tmp_path / "in.jsonl", records)
    output = tmp_path / "out.jsonl"
    result = command("verify", source, "--plugin", plugin, "-o", output, "--workers", workers)
    assert (result.exit_code, result.stderr) == (0, "")
    assert [one["ila"] for one in read(output)] == [True, False]


def test_a_check_that_takes_too_long(tmp_path: Path, command):
    plugin = tmp_path / "dawdle_plugin.py"
    dawdle = SHOUT.replace('"shout"', '"dawdle"').replace(
        "text.raw.isupper()", "__import__('time').sleep(60)"
    )
    plugin.write_text(dawdle)
    constraints = [NO_COMMA, {"kind": "dawdle"}]
    source = write(tmp_path / "in.jsonl", [native(1, "Tea.", constraints=constraints), *GOOD])
    output = tmp_path / "out.jsonl"
    result = command("verify", source, "--plugin", plugin, "-o", output, "--timeout", 0.5, "--workers", 1)
    assert result.exit_code == 0
    assert "1 undetermined" in result.stdout
    assert "undetermined 1x  dawdle: took longer than 0.5 s" in result.stdout
    first, *others = read(output)
    assert first["results"][1]["strict"] == {
        "satisfied": None,
        "reason": "took longer than 0.5 s",
        "status": "timeout",
    }
    assert first["results"][0]["strict"]["satisfied"] is True
    assert len(others) == 12


def test_resuming(tmp_path: Path, command):
    source = write(tmp_path / "in.jsonl", GOOD * 20)
    output, whole = tmp_path / "out.jsonl", tmp_path / "whole.jsonl"
    command("verify", source, "-o", whole, "--workers", 0, "-q")
    broken = write(tmp_path / "broken.jsonl.gz", gzip.compress(jsonl(GOOD * 20))[:-20])
    for _ in range(2):
        result = command("verify", broken, "-o", output, "--workers", 0, "--resume")
        assert (result.exit_code, output.exists()) == (2, False)
        assert result.stderr.startswith(f"hir-data: error: {broken}: cannot be read: ")
    for options in (["--strict-only"], ["--strip-thinking=think"], ["-r", source]):
        result = command("verify", broken, "-o", output, "--workers", 0, "--resume", *options)
        assert result.exit_code == 2
        assert "the interrupted run had other options" in result.stderr
    write(Path(broken), gzip.compress(jsonl(GOOD * 20)))
    result = command("verify", broken, "-o", output, "--workers", 0, "--resume")
    assert result.exit_code == 0
    assert result.stdout.startswith("240 read = 240 verified")
    assert output.read_bytes() == whole.read_bytes()
    assert result.stderr == ""
    result = command("verify", broken, "-o", output, "--workers", 0, "--resume")
    assert (result.exit_code, output.read_bytes()) == (0, whole.read_bytes())
    assert f"--resume finds no interrupted run: {output} is whole" in " ".join(result.stderr.split())


# What cannot be done

NOT_RESUMABLE = "--resume needs input from files and an output file (-o FILE)"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["nowhere.jsonl"], "nowhere.jsonl: there is no such file"),
        (["in.jsonl", "-r", "nowhere.jsonl"], "nowhere.jsonl: there is no such file"),
        (["empty.jsonl"], "empty.jsonl: there are no records in it"),
        (["utf16.jsonl"], "utf16.jsonl: is in UTF-16; hir-data reads UTF-8"),
        (
            ["folder"],
            "folder: is a folder without data files (JSONL, JSON, CSV, Parquet, logs, or saved by datasets)",
        ),
        (["broken.parquet"], "broken.parquet: cannot be read as Parquet: "),
        (["in.jsonl", "-o", "folder"], "folder: cannot be written: is a directory"),
        (["in.jsonl", "-o", "in.jsonl/out.jsonl"], "in.jsonl/out.jsonl: cannot be written: "),
        (["in.jsonl", "--summary", "folder"], "folder: cannot be written: is a directory"),
        (["in.jsonl", "--summary", "in.jsonl/f.json"], "in.jsonl/f.json: cannot be written: "),
        (["in.jsonl", "--resume"], NOT_RESUMABLE),
        (["in.jsonl", "--resume", "-o", "-"], NOT_RESUMABLE),
        (["-", "--resume", "-o", "out.jsonl"], NOT_RESUMABLE),
        (["in.jsonl", "-r", "-", "--resume", "-o", "out.jsonl"], NOT_RESUMABLE),
        (["in.jsonl", "--plugin", "nowhere.py"], "plugin nowhere.py: there is no such file"),
        (["in.jsonl", "--plugin", "no.where"], "plugin no.where: ModuleNotFoundError: No module named 'no'"),
        (["in.jsonl", "--plugin", "broken.py"], "plugin broken.py: SyntaxError: "),
    ],
)
def test_one_line_says_what_is_wrong(tmp_path: Path, monkeypatch, command, arguments: list, problem: str):
    monkeypatch.chdir(tmp_path)
    write(Path("in.jsonl"), GOOD)
    write(Path("empty.jsonl"), b"")
    write(Path("utf16.jsonl"), '{"a": 1}\n'.encode("utf-16"))
    write(Path("broken.parquet"), b"PAR1....")
    write(Path("broken.py"), b"class")
    Path("folder").mkdir()
    result = command("verify", *arguments, "--workers", 0, "-q")
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"hir-data: error: {problem}")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["in.jsonl", "more.jsonl"],
        ["in.jsonl", "--workers", "two"],
        ["in.jsonl", "--nonsense"],
    ],
)
def test_wrong_arguments(command, arguments: list[str]):
    result = command("verify", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr


@pytest.mark.parametrize(
    ("option", "value", "bound"),
    [("--workers", -1, 0), ("--timeout", 0.0, 0.01), ("--limit", 0, 1), ("--max-rejected", -1, 0)],
)
def test_values_beyond_their_bounds(command, option: str, value: float, bound: float):
    result = command("verify", "in.jsonl", option, value)
    problem = f"{option}: Input should be greater than or equal to {bound}, not {value}"
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"hir-data: error: {problem}\n"


def test_a_summary_leaves_a_pipe_a_pipe(tmp_path: Path, command):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    reader = threading.Thread(target=lambda: os.read(reading, 1))
    reader.start()
    command("verify", write(tmp_path / "in.jsonl", GOOD), "--summary", pipe, "--workers", 0, "-q")
    reader.join(timeout=10)
    os.close(reading)
    assert pipe.is_fifo()


def test_the_input_is_not_overwritten(tmp_path: Path, command):
    source = write(tmp_path / "in.jsonl", GOOD)
    result = command("verify", source, "-o", source, "--workers", 0)
    assert result.exit_code == 2
    assert read(source) == GOOD


def test_the_output_is_not_overwritten_by_the_summary(tmp_path: Path, command):
    source, output = write(tmp_path / "in.jsonl", GOOD), tmp_path / "out.json"
    result = command("verify", source, "-o", output, "--summary", output, "--workers", 0)
    assert result.exit_code == 2
