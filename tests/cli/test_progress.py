"""What long commands show of how far they are, and tables in terminals and pipes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from files import NO_COMMA, native, write
from hypothesis import given
from hypothesis import strategies as st
from programs import running
from rich.cells import cell_len
from terminal import terminal

from hir_data.cli.progress import _State, clock


@pytest.fixture
def many(tmp_path: Path) -> str:
    return write(tmp_path / "in.jsonl", [native(number) for number in range(400)])


def test_lines_without_a_terminal(many, program, tmp_path):
    environment = os.environ | {"HIR_DATA_PROGRESS_SECONDS": "0.1"}
    done = program("verify", many, "--workers", "1", "-o", str(tmp_path / "out.jsonl"), env=environment)
    assert done.returncode == 0
    *lines, last = done.stderr.splitlines()
    assert lines and all(line.startswith("hir-data: verifying") for line in lines)
    assert re.fullmatch(r"hir-data: verifying: 400 records in [\d.:]+( s)?, [\d,.]+/(s|min)", last)


@pytest.mark.parametrize("option", [["--progress", "none"], ["-q", "--progress", "lines"], []])
def test_short_runs_say_nothing_of_it(many, program, option):
    done = program("verify", many, "--workers", "0", "--limit", "5", *option)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("convert IN --to native -o out.jsonl", "converting: 400 records in "),
        ("replay IN -o set --workers 0 --min-bits 0", "replay: 400 records in "),
        ("lint IN", "reading: 400 instructions in "),
        ("compose questions.txt --n 7 -o c.jsonl", "composing: 7 instructions in "),
    ],
)
def test_every_command_says_what_it_took(many, program, tmp_path, line, wanted):
    (tmp_path / "questions.txt").write_text("Why is the sky blue?\nWhat is tea?\n")
    arguments = [many if word == "IN" else word for word in line.split()]
    done = program(*arguments, "--progress", "lines", cwd=tmp_path)
    assert f"hir-data: {wanted}" in done.stderr, done.stderr


def test_a_bar_in_a_terminal(many):
    with terminal("verify", many, "--workers", "0", columns=80) as screen:
        written = screen.read_all()
        assert screen.process.wait(60) == 0
    assert "\u2501" in written and "of 400 records" in written
    drawn = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in re.split(r"[\r\n]+", written)]
    assert max(len(line) for line in drawn if "\u2501" in line) <= 80
    assert all("verifying" in line for line in drawn if re.search("so far|left", line)), "in one line"
    assert re.search(r"hir-data: verifying: 400 records in [\d.]+ s, [\d,.]+/s\r\n", written)


class Clock:
    """A clock that goes when it is said."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def state_of(clock: Clock, what: str, total: int, unit: str, **more: object) -> _State:
    return _State(what, total, unit, clock=clock, **more)


def test_how_far_it_is_in_words():
    times = (0, 59.6, 61, 3600, 36001)
    assert [clock(each) for each in times] == ["0:00", "1:00", "1:01", "1:00:00", "10:00:01"]
    time = Clock()
    state = state_of(time, "verifying", 1000, "records")
    assert state.line() == "verifying, 0:00 so far", "a sign of life before anything has ended"
    time.now = 100
    state.advance(250)
    assert state.line() == "verifying: 250 of 1,000 records (25%), 2.5/s, 1:40 so far, about 5:00 left"
    assert state.line(brief=True) == "verifying: 250 of 1,000 records (25%), 2.5/s, about 5:00 left"
    state.advance(2000)  # a limit, or a file whose lines were not counted as records
    assert state.line() == "verifying: 2,000 of 1,000 records (100%), 20/s, 1:40 so far"
    assert state.end() == "verifying: 2,000 records in 1:40, 20/s"
    one = state_of(time, "verifying", 1, "records")
    one.advance(1)
    assert one.line() == "verifying: 1 of 1 record (100%), 0:00 so far"
    assert one.end() == "verifying: 1 record in 0.0 s"


def test_tokens_are_counted_beside_what_they_are_of():
    time, tokens, ended = Clock(), [0], [0]
    state = state_of(time, "sampling", 100, "responses", tokens=lambda: tokens[0], counter=lambda: ended[0])
    time.now, tokens[0], ended[0] = 60, 6000, 30
    assert state.line() == (
        "sampling: 30 of 100 responses (30%), 0.5/s, 100 tokens/s, 1:00 so far, about 2:20 left"
    )
    assert state.line(brief=True) == "sampling: 30 of 100 responses (30%), 0.5/s, about 2:20 left"
    state.advance(60)
    assert state.line().startswith("sampling: 60 of 100 responses")
    assert state.end() == "sampling: 60 responses in 1:00, 1/s, 100 tokens/s"


@given(
    total=st.integers(1, 10**6),
    earlier=st.integers(0, 1000),
    batches=st.lists(st.tuples(st.floats(0.01, 500), st.integers(0, 5000)), min_size=1, max_size=30),
)
def test_the_rate_and_the_time_left_never_contradict_each_other(total, earlier, batches):
    """Also where a run goes on with another, begins slowly, or has several stages."""
    time = Clock()
    state, done = state_of(time, "verifying", total, "records"), earlier
    state.advance(earlier, earlier=True)
    for seconds, number in batches:
        time.now, done = time.now + seconds, done + number
        state.advance(done)
        parts = re.fullmatch(
            r"verifying: ([\d,]+) of .*\), ([\d.,]+)/(s|min), .* so far, about ([\d:]+) left", state.line()
        )
        if parts:
            minutes = [int(part) for part in parts[4].split(":")]
            left = sum(part * 60**power for power, part in enumerate(reversed(minutes)))
            rate = float(parts[2].replace(",", "")) / (60 if parts[3] == "min" else 1)
            assert left * rate == pytest.approx(total - done, rel=0.06, abs=0.6 * rate + 1e-9)


def test_a_rate_is_of_this_run_and_of_the_recent_time():
    time = Clock()
    state = state_of(time, "verifying", 10_000, "records")
    state.advance(5000, earlier=True)
    time.now = 10
    state.advance(5100)
    assert ", 10/s, " in state.line()
    assert state.end() == "verifying: 5,100 records in 10.0 s (5,000 of them in an earlier run), 10/s"
    for second in range(11, 201):  # now it is slower
        time.now = second
        state.advance(5100 + (second - 10) * 2)
    assert state.line().endswith("2/s, 3:20 so far, about 37:40 left")
    state.advance(0, "rewriting")
    time.now = 220
    state.advance(100, "rewriting")
    assert state.line() == "rewriting: 100 of 10,000 records (1%), 5/s, 0:20 so far, about 33:00 left"


@pytest.mark.parametrize("columns", [60, 80, 160])
@pytest.mark.parametrize(
    ("command", "titles"),
    [
        (["kinds"], {"kind", "suite"}),
        (["kinds", "--hackable"], {"kind", "instead"}),
        (["verify", "v.jsonl", "--workers", "0", "--progress", "none"], {"undetermined", "count", "strict"}),
    ],
)
def test_tables_fit_a_terminal(tmp_path, command, titles, columns, monkeypatch):
    monkeypatch.chdir(tmp_path)
    longest = {"kind": "length_constraints:nth_paragraph_first_word", "num_paragraphs": 2, "nth_paragraph": 1}
    write(tmp_path / "v.jsonl", [native(1, constraints=[NO_COMMA, longest | {"first_word": "tea"}], turn=1)])
    with terminal(*command, columns=columns) as screen:
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.read_all()).replace("\r", "")
        assert screen.process.wait(60) == 0
    assert max(cell_len(line.rstrip()) for line in text.splitlines()) <= columns
    assert "\u2026" not in text, "something is cut"
    assert titles <= set(text.split())


def test_nothing_is_wrapped_or_cut_in_a_pipe(program):
    name = "x" * 150
    done = program("check", "Tea.", "-c", json.dumps({"kind": "contains", "text": name}))
    assert name in done.stdout and len(done.stdout.splitlines()) == 2
    kinds = program("kinds").stdout.splitlines()
    assert f"{len(kinds) - 2} kinds" == kinds[-1]


def test_check_marks_what_decides(program):
    done = program("check", "Tea, please.", "-c", "punctuation:no_comma")
    assert done.stdout.endswith(
        "\n\n\u27e6 \u27e7 what decides about a constraint\n\nTea\u27e6,\u27e7 please.\n"
    )
    with terminal("check", "Tea, please.", "-c", "punctuation:no_comma") as screen:
        written = screen.read_all()
    assert "\x1b[31mno" in written and "Tea\x1b[1;37;41m,\x1b[0m please." in written
    assert "marked: red violates" in written


def test_the_head_of_a_list_is_enough():
    command = [sys.executable, "-m", "hir_data", "kinds"]
    with running(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait() == 141
