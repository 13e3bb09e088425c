"""Soft constraints from the command line: a judge on loopback, its cache, its costs, and how runs end."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from endpoint import Asked, Endpoint, Reply, decides, fails, in_turn, looks_for_the_criterion, says, serving
from files import NO_COMMA, native, read, write
from programs import running, wait_until

from hir_data.runs.resumable import journal_of

KEY = "sk-secret-0123456789"
TIDE = {"kind": "soft:criterion", "criterion": "tide"}
DRY = {"kind": "soft:criterion", "criterion": "desert", "rubric": "Sand has to be seen."}
MOON = {"kind": "contains", "text": "moon"}
WANTED = {"kind": "any_of", "constraints": [MOON, TIDE | {"criterion": "sun"}]}


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path: Path) -> Path:
    """A place of its own for what a test asks."""
    monkeypatch.setenv("HIR_DATA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HIR_DATA_JUDGE_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    return tmp_path / "cache"


def soft(number: int, *constraints: Any) -> dict[str, Any]:
    """A record whose response is about the tide if its number is even."""
    return native(
        number,
        f"Look {number}: {'the tide' if number % 2 == 0 else 'a desert'}.",
        constraints=constraints or (TIDE, NO_COMMA),
    )


def judge(endpoint: Endpoint, **more: Any) -> list[Any]:
    options = {"--judge-model": "small", "--judge-url": endpoint.url} | more
    return [word for pair in options.items() for word in pair]


def verdicts(output: Path) -> list[list[bool | None]]:
    return [[result["strict"]["satisfied"] for result in one["results"]] for one in read(output)]


def texts(endpoint: Endpoint) -> list[str]:
    return [asked.sections["text"] for asked in endpoint.asked]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_file_is_judged(workers: int, tmp_path: Path, command, cache: Path):
    records = [soft(number) for number in range(300)]
    records[7] = soft(7) | {"response": "  "}
    records[9] = b'{"id": 9,'
    source, output, summary = (
        write(tmp_path / "in.jsonl", records),
        tmp_path / "out.jsonl",
        tmp_path / "s.json",
    )
    line = ["verify", source, "-o", output, "--workers", workers, "--summary", summary, "--max-rejected", 1]
    with serving(looks_for_the_criterion) as endpoint:
        line += judge(endpoint, **{"--judge-concurrency": 5, "--judge-price": "10,100"})
        first = command(*line)
        bytes_of_first, figures = output.read_bytes(), json.loads(summary.read_text())["judge"]
        again = command(*line)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert verdicts(output) == [
        [False, False] if number == 7 else [number % 2 == 0, True] for number in range(300) if number != 9
    ]
    assert len(endpoint.asked) == 298  # nobody is asked about a blank response, or twice
    assert endpoint.most_at_once <= 5
    assert "Prompt 0." in [asked.sections["prompt"] for asked in endpoint.asked]
    assert figures == {
        "model": "small",
        "asked": 298,
        "cached": 0,
        "retries": 0,
        "failed": 0,
        "prompt_tokens": 29_800,
        "completion_tokens": 2_980,
        "requests": 298,
        "cost": 0.596,
    }
    told = "judge small: 298 asked in 298 requests, 0 from the cache, 0 retries, 29800 + 2980 tokens, $0.5960"
    assert told in first.stdout.splitlines()
    assert (
        "judge small: 0 asked in 0 requests, 298 from the cache, 0 retries, 0 + 0 tokens, $0.0000"
        in again.stdout
    )
    assert output.read_bytes() == bytes_of_first
    assert json.loads(summary.read_text())["judge"]["cached"] == 298
    assert (cache / "judge").is_dir()
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()


def test_without_a_judge_soft_constraints_are_undetermined(tmp_path: Path, command):
    output = tmp_path / "out.jsonl"
    result = command("verify", write(tmp_path / "in.jsonl", [soft(0)]), "-o", output, "--workers", 0)
    assert "undetermined 1x  soft:criterion: nobody has judged it" in result.stdout
    (one,) = read(output)
    assert one["results"][0]["strict"]["status"] == "unjudged"
    assert (one["ila"], one["cla"]) == (False, 0.5)


def test_only_what_the_other_parts_leave_open_is_asked(tmp_path: Path, command):
    records = [native(0, "The moon.", constraints=[WANTED]), native(1, "The sun.", constraints=[WANTED])]
    output = tmp_path / "out.jsonl"
    with serving(looks_for_the_criterion) as endpoint:
        source = write(tmp_path / "in.jsonl", records)
        result = command("verify", source, "-o", output, "--workers", 0, *judge(endpoint))
    assert result.exit_code == 0, result.output
    assert texts(endpoint) == ["The sun."]
    assert verdicts(output) == [[True], [True]]


def test_what_a_judge_does_not_answer_is_undetermined(tmp_path: Path, command):
    def script(asked: Asked) -> Reply:
        return says("Hard to say.") if "0" in asked.sections.get("text", "0") else decides(True)

    output, summary = tmp_path / "out.jsonl", tmp_path / "s.json"
    source = write(tmp_path / "in.jsonl", [soft(0), soft(1)])
    line = ["verify", source, "-o", output, "--summary", summary, "--workers", 0]
    with serving(script) as endpoint:
        result = command(*line, *judge(endpoint))
        assert result.exit_code == 0
        assert verdicts(output) == [[None, True], [True, True]]
        assert json.loads(summary.read_text())["undetermined_by_status"] == {"error": 1}
        assert "the judge's answer cannot be read: Hard to say." in result.stdout
        endpoint.script = in_turn(decides(True))
        command(*line, *judge(endpoint))  # answers are kept, failures are asked again
    assert (verdicts(output), len(endpoint.asked)) == ([[True, True], [True, True]], 4)


def test_no_cache(tmp_path: Path, command, cache: Path):
    source = write(tmp_path / "in.jsonl", [soft(0)])
    with serving(looks_for_the_criterion) as endpoint:
        for _ in range(2):
            command("verify", source, "--workers", 0, *judge(endpoint), "--no-judge-cache")
        assert (len(endpoint.asked), cache.exists()) == (2, False)
        for _ in range(2):
            command("verify", source, "--workers", 0, *judge(endpoint), "--judge-cache", tmp_path / "here")
        assert (len(endpoint.asked), cache.exists()) == (3, False)


@pytest.mark.parametrize("workers", [0, 2])
def test_a_judge_that_refuses_ends_a_run_that_can_be_resumed(workers: int, tmp_path: Path, command):
    """What was verified is kept, and what was answered is not asked again."""
    records = [soft(number) for number in range(600)]
    source, output = write(tmp_path / "in.jsonl", records), tmp_path / "out.jsonl"
    line = ["verify", source, "-o", output, "--workers", workers, "--judge-concurrency", 1]
    line += ["--progress", "none"]  # a slow machine would show some

    def script(asked: Asked) -> Reply:
        spent = len(endpoint.asked) > 400
        return fails(402, f"no credit for {KEY}") if spent else looks_for_the_criterion(asked)

    with serving(script) as endpoint:
        result = command(*line, *judge(endpoint))
        assert (result.exit_code, output.exists()) == (2, False)
        problem = (
            f"hir-data: error: the judge at {endpoint.url}/ refuses small: HTTP 402: no credit for ***\n"
        )
        assert result.stderr == problem
        assert len(endpoint.asked) == 401
        assert (tmp_path / "out.jsonl.partial").read_bytes().count(b"\n") == 256
        endpoint.script = looks_for_the_criterion
        result = command(*line, *judge(endpoint), "--resume")
    assert result.exit_code == 0
    assert "600 read = 600 verified" in result.stdout
    assert "judge small: 200 asked in 200 requests, 144 from the cache" in result.stdout
    assert verdicts(output) == [[number % 2 == 0, True] for number in range(600)]
    assert len(endpoint.asked) == 601


def test_another_judge_cannot_resume(tmp_path: Path, command):
    given = write(tmp_path / "in.jsonl", [soft(number) for number in range(600)])
    line = ["verify", given, "-o", tmp_path / "out.jsonl", "--workers", 0]

    def script(asked: Asked) -> Reply:
        return fails(401) if len(endpoint.asked) > 300 else looks_for_the_criterion(asked)

    with serving(script) as endpoint:
        assert command(*line, *judge(endpoint)).exit_code == 2
        result = command(*line, *judge(endpoint, **{"--judge-model": "large"}), "--resume")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "the interrupted run had other options" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT there")
def test_an_interruption_does_not_wait_for_the_judge(tmp_path: Path, program):
    source, output = write(tmp_path / "in.jsonl", [soft(n) for n in range(600)]), tmp_path / "out.jsonl"
    line = ["verify", source, "-o", output, "--judge-concurrency", 16, "--workers", 2]

    def script(asked: Asked) -> Reply:
        return decides(True, after=60.0 if int(asked.sections["text"].split(":")[0][5:]) > 300 else 0.0)

    with serving(script) as endpoint:
        command_line = [sys.executable, "-m", "hir_data", *line, *judge(endpoint)]
        with running(command_line, stderr=subprocess.PIPE, encoding="utf-8") as run:
            wait_until(lambda: len(endpoint.asked) >= 310 and journal_of(output).exists())
            assert run.poll() is None
            run.send_signal(signal.SIGINT)
            began = time.monotonic()
            _, problems = run.communicate()
        assert time.monotonic() - began < 20
        assert run.returncode == 130
        # Of what the judge was asked nothing may be written yet; its answers are kept all the same.
        assert problems in (
            "hir-data: interrupted; what is done is kept, --resume goes on from there\n",
            "hir-data: interrupted; nothing was done yet\n",
        )
        endpoint.script = in_turn(decides(True))
        before = len(endpoint.asked)
        result = program(*line, *judge(endpoint), "--resume")
    assert "600 read = 600 verified" in result.stdout
    assert len(set(texts(endpoint)[:before])) + 600 - 301 - (before - 301) <= 600
    assert len(endpoint.asked) - before <= 600 - 301


# One text


def test_a_text_is_judged(command):
    line = ["check", "The tide comes in.", "-c", json.dumps(TIDE), "--prompt", "Look."]
    with serving(looks_for_the_criterion) as endpoint:
        result = command(*line, *judge(endpoint))
        assert result.exit_code == 0
        assert result.stdout.splitlines()[1].split() == [
            "yes",
            "yes",
            "1.00",
            "soft:criterion",
            "so",
            "it",
            "is",
        ]
        assert endpoint.asked[0].sections["prompt"] == "Look."
        assert command("check", "Sand.", "-c", json.dumps(DRY), *judge(endpoint)).exit_code == 1
        assert endpoint.asked[1].sections["rubric"] == "Sand has to be seen."
    assert command(*line).stdout.splitlines()[1].startswith("?")


# One clear line


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--judge-url", "http://localhost:1/v1"], "--judge-url needs --judge-model"),
        (["--judge-cache", "here"], "--judge-cache needs --judge-model"),
        (["--judge-price", "1,2"], "--judge-price needs --judge-model"),
        (["--judge-cache", "here", "--no-judge-cache", "--judge-model", "m"], "exclude each other"),
        (["--judge-model", "m", "--judge-url", "x", "--judge-price", "1"], "as in 0.5,2"),
        (["--judge-model", "m", "--judge-url", "x", "--judge-price", "-1,2"], "as in 0.5,2"),
        (["--judge-model", "m", "--judge-url", "x", "--judge-price", "nan,2"], "as in 0.5,2"),
        (["--judge-model", "m", "--judge-url", "localhost:1"], "has to begin with http://HOST"),
        (["--judge-model", "m", "--judge-url", "http://127.0.0.1:1/v1"], "cannot be reached"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(options: list[str], said: str, tmp_path: Path, command):
    output = tmp_path / "out.jsonl"
    source = write(tmp_path / "in.jsonl", [soft(0)])
    result = command("verify", source, "-o", output, "--workers", 0, *options)
    assert result.exit_code == 2
    assert result.stderr.startswith("hir-data: error: ")
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert not output.exists()


@pytest.mark.parametrize("criterion", ["", "  ", None])
def test_a_criterion_without_words_is_rejected(criterion: str | None, tmp_path: Path, command):
    record = native(0, "Tea.", constraints=[TIDE | {"criterion": criterion}])
    source = write(tmp_path / "in.jsonl", [record, native(1, "Tea.")])
    result = command("verify", source, "--workers", 0)
    assert result.exit_code == 1
    assert f"{source}:1: constraints[0].criterion" in result.stderr


def test_openai_without_a_key(command, monkeypatch):
    monkeypatch.delenv("HIR_DATA_JUDGE_KEY")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    result = command("check", "Tea.", "-c", json.dumps(TIDE), "--judge-model", "m")
    said = "hir-data: error: there is no API key: set HIR_DATA_JUDGE_KEY or OPENAI_API_KEY\n"
    assert (result.exit_code, result.stderr) == (2, said)


def test_a_missing_package(command, monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    result = command("check", "Tea.", "-c", json.dumps(TIDE), "--judge-model", "m")
    install = "pip install 'hir-data[judge]', or in a checkout: pip install '.[judge]'"
    said = f"hir-data: error: the package openai is not installed: {install}\n"
    assert (result.exit_code, result.stderr) == (2, said)
    assert os.environ["HIR_DATA_JUDGE_KEY"] == KEY
