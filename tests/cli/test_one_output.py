"""One run, one output: a second run ends at once, and what is somebody else's is left alone."""

import json
import os
import re
from pathlib import Path

import looping
import pytest
import samples
import typer

import hir_data as hir
from hir_data.cli.main import app
from hir_data.formats.atomic import locked
from hir_data.replays import dataset

COMMANDS = {
    "verify": ["verify", "in.jsonl", "--workers", 0, "-o", "out"],
    "verify-parquet": ["verify", "in.jsonl", "--workers", 0, "-o", "out.parquet"],
    "rollout": ["rollout", "in.jsonl", "-m", "no/such-model", "-o", "out"],
    "convert": ["convert", "in.jsonl", "--to", "ifeval", "-o", "out"],
    "compose": ["compose", "questions.txt", "--n", 2, "-o", "out"],
    "lint": ["lint", "in.jsonl", "-o", "out"],
    "export": ["export", "data", "--to", "trl-kto", "-o", "out.jsonl"],
    "export-folder": ["export", "data", "--to", "trl-kto", "-o", "out"],
    "replay": ["replay", "in.jsonl", "--workers", 0, "-o", "out"],
    "train": ["train", "data", "-m", "no/such-model", "-o", "out"],
    "loop": ["loop", "loop.toml"],
    "report": ["report", "in.jsonl", "-o", "out"],
    "merge": ["merge", "verified.jsonl", "-o", "out"],
}
FOLDERS = ["export-folder", "replay", "train", "loop"]
RESUMED = ["export-folder", "replay", "train"]


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch):
    """What the commands read."""
    monkeypatch.chdir(tmp_path)
    commas = {"kind": "punctuation:no_comma"}
    record = {"prompt": "Why is tea hot? Use no commas.", "constraints": [commas], "response": "Fire."}
    Path("in.jsonl").write_text(json.dumps(record) + "\n")
    rollout = hir.Rollout(
        instruction=hir.Instruction(prompt=record["prompt"], constraints=[commas]), response="Fire."
    )
    Path("verified.jsonl").write_text(hir.verify_one(rollout).model_dump_json() + "\n")
    Path("questions.txt").write_text("Why is tea hot?\n\nWhat is a sea?\n")
    dataset.write(Path("data"), samples.SAMPLES)
    looping.write_loop(Path(), "no/such-model")


def line(name: str) -> list[object]:
    """A command, if what it needs is installed."""
    if name in ("train", "loop"):
        pytest.importorskip("torch", reason="needs the extra 'train'")
    return COMMANDS[name]


def output(name: str) -> Path:
    return Path(str(COMMANDS[name][-1])) if "-o" in COMMANDS[name] else Path("out")


def contents() -> dict[str, bytes | None]:
    """All that is there."""
    return {str(path): path.read_bytes() if path.is_file() else None for path in Path().rglob("*")}


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "report"])
def test_a_second_run_ends_at_once_and_says_who_writes(name: str, command):
    given = line(name)  # two of them with a model that is not there: nothing is loaded before
    with locked(output(name)):
        before = contents()
        result = command(*given)
        assert contents() == before
    assert result.exit_code == 2
    holder = rf"hir-data \(process {os.getpid()} on .+, since .+\)"
    message = rf"hir-data: error: {output(name)}: cannot be written: {holder} is writing it\n"
    assert re.fullmatch(message, result.stderr), result.stderr


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_of_somebody_else_is_left_alone(name: str, resume: bool, command):
    given = [*line(name), *(["--resume"] if resume and name in RESUMED else [])]
    if name == "train":
        pytest.importorskip("torch")
        import tiny_model

        given[3] = tiny_model.save(Path("model"))
    output(name).mkdir()
    (output(name) / "notes.txt").write_text("mine")
    before = contents()
    result = command(*given)
    assert (result.exit_code, contents()) == (2, before), result.output
    assert re.match(
        r"hir-data: error: out: cannot be written: (there is something else|the folder)", result.stderr
    )


@pytest.mark.parametrize("name", ["verify", "convert", "compose", "lint", "rollout"])
def test_a_folder_is_no_file(name: str, command):
    Path("out").mkdir()
    Path("out/notes.txt").write_text("mine")
    before = contents()
    result = command(*line(name))
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1), result.stderr
    assert contents() == before


@pytest.mark.parametrize("left", ["out.lock", "out.partial.journal"])
@pytest.mark.parametrize("theirs", ["notes.txt", "train-00000.parquet/notes.txt"])
def test_what_a_killed_run_left_makes_no_file_in_the_folder_ours(left: str, theirs: str, command):
    Path("out", theirs).parent.mkdir(parents=True)
    Path("out", theirs).write_text("mine")
    Path(left).touch()
    for resume in ([], ["--resume"]):
        result = command(*COMMANDS["export-folder"], *resume)
        assert result.exit_code == 2
        assert "is in the way: no interrupted run of hir-data has left it" in result.stderr
        assert Path("out", theirs).read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("verify", "out.partial"),
        ("verify", "out.rejected.jsonl.partial"),
        ("replay", "out.partial"),
        ("replay", "out.partial.work"),
        ("replay", "out.partial.replaced"),
        ("export-folder", "out.partial"),
    ],
)
def test_what_is_called_like_ours_is_not(name: str, theirs: str, command):
    Path(theirs).mkdir()
    Path(theirs, "notes.txt").write_text("mine")
    before = contents()
    result = command(*COMMANDS[name])
    assert f"{theirs}: is in the way: no interrupted run of hir-data has left it" in result.stderr
    assert (result.exit_code, contents()) == (2, before)


@pytest.mark.parametrize("name", ["verify", "convert", "compose", "lint", "replay", "export-folder"])
def test_what_a_link_stands_for_is_written(name: str, command):
    for number in range(2 if name != "export-folder" else 1):
        Path("out").unlink(missing_ok=True)
        Path("out").symlink_to("real/there")
        Path("real").mkdir(exist_ok=True)
        assert command(*COMMANDS[name]).exit_code in (0, 1)
        assert Path("out").is_symlink(), number
        assert [path.name for path in Path("real").iterdir()] == ["there"]
        assert Path("real/there").is_dir() == (name in FOLDERS)
        files = [each for each in [Path("real/there"), *Path("real/there").rglob("*")] if each.is_file()]
        assert name == "lint" or any(each.stat().st_size for each in files)  # it finds nothing


@pytest.mark.parametrize("name", ["verify", "convert", "compose", "lint", "replay", "export-folder"])
def test_a_link_to_itself_is_refused(name: str, command):
    Path("out").symlink_to("out")
    result = command(*COMMANDS[name])
    assert (result.exit_code, Path("out").is_symlink()) == (2, True), result.output
    assert "it is a symbolic link that leads back to itself" in result.stderr


READ = {"--responses", "--baseline", "--against", "--weights", "--token-file", "--prompts", "--plugin"}
"""Options that name a file which is read."""
ELSEWHERE = {
    ("train", "--config"),  # read
    ("train", "--model"),  # read, as in rollout
    ("rollout", "--model"),
    ("serve", "--judge-cache"),  # no command of the table
    ("lint", "--judge-cache"),
    ("check", "--judge-cache"),
}


def file_options() -> list[tuple[str, str]]:
    """Every option of a command that names a file or a folder to be written, and its command."""
    options, group = [], typer.main.get_command(app)
    context = typer.Context(group)
    for name in group.list_commands(context):
        for option in group.get_command(context, name).params:
            flags = [flag for flag in option.opts if flag.startswith("--")]
            if flags and re.search("FILE|DIR", option.metavar or "") and flags[0] not in READ:
                options.append((name, flags[0]))
    return [each for each in options if each not in ELSEWHERE]


@pytest.mark.parametrize(
    "place",
    [
        "file/of.jsonl",
        pytest.param("/proc/of.jsonl", marks=pytest.mark.slow),
        pytest.param("x" * 260 + ".jsonl", marks=pytest.mark.slow),
        pytest.param("folder.jsonl", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize(("name", "option"), file_options())
def test_what_cannot_be_written_is_refused_before_the_work(name: str, option: str, place: str, command):
    """No model is loaded, which is not there, nothing is verified, and nothing is left."""
    given = line(name)
    Path("file").touch()
    Path("folder.jsonl").mkdir()
    Path("folder.jsonl/notes.txt").write_text("mine")
    if place == "folder.jsonl" and (option == "--judge-cache" or (option == "--output" and name in FOLDERS)):
        pytest.skip("a folder is what is wanted")
    if place.startswith("/proc") and not Path("/proc/self").exists():
        pytest.skip("needs /proc")
    given = given[:-2] if option == "--output" else given
    judge = (
        ["--judge-model", "m", "--judge-url", "http://127.0.0.1:9/v1"] if option == "--judge-cache" else []
    )
    before = contents()
    result = command(*given, option, place, *judge)
    assert (result.exit_code, contents()) == (2, before), result.output
    (said,) = result.stderr.splitlines()
    assert said.startswith(f"hir-data: error: {place}: "), said
    assert re.search("cannot be (written|used)", said), said


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("rollout", "train", "loop")])
def test_where_the_input_is_not_there_nothing_is_left(name: str, command):
    before = contents()
    given = ["not-there" if each in ("in.jsonl", "questions.txt", "data") else each for each in line(name)]
    given = ["not-there.jsonl" if each == "verified.jsonl" else each for each in given]
    result = command(*given)
    assert (result.exit_code, contents()) == (2, before), result.output
    assert result.stderr.startswith("hir-data: error: not-there"), result.stderr


@pytest.mark.parametrize("option", ["--summary", "--report", "--pass-rates"])
def test_the_folder_of_what_is_written_besides_is_made(option: str, command):
    result = command(*COMMANDS["verify"], option, "new/folder/of.jsonl")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [path.name for path in Path("new/folder").iterdir()] == ["of.jsonl"]


def test_the_page_of_a_job_that_cannot_be_written_is_refused_before_the_work(command, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no/folder/page.md")
    before = contents()
    result = command(*COMMANDS["verify"], "--format-summary", "github")
    assert (result.exit_code, contents()) == (2, before)
    said = "hir-data: error: no/folder/page.md: cannot be written: no such file or directory\n"
    assert result.stderr == said
