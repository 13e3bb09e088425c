"""How the program ends when something comes between: Ctrl-C, kill, a closed pipe, a full disk, a terminal."""

import gc
import json
import os
import pty
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from files import HOSTILE, NO_COMMA, jsonl, native, read, session_members, write
from programs import run_program, running, wait_until

from hir_data.cli import process
from hir_data.cli.outcome import cli_errors

FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")


@pytest.mark.parametrize(
    ("sent", "code", "message"),
    [
        (signal.SIGINT, 130, "hir-data: interrupted; what is done is kept, --resume goes on from there\n"),
        (signal.SIGKILL, -9, ""),
    ],
    ids=["Ctrl-C", "kill"],
)
def test_a_run_that_is_stopped_goes_on(tmp_path: Path, command, sent: int, code: int, message: str):
    """The first batch is written and noted; the others wait for a gate that opens when the run is over."""
    gate = tmp_path / "gate"
    gate.mkdir()
    waits = {"kind": "trap:waits", "folder": str(gate)}
    records = [native(number, constraints=[NO_COMMA if number < 64 else waits]) for number in range(200)]
    source = write(tmp_path / "in.jsonl", [*records[:30], b"{", *records[30:]])
    output = tmp_path / "out.jsonl"
    journal = tmp_path / "out.jsonl.partial.journal"
    arguments = ["verify", source, "--plugin", HOSTILE, "-o", str(output), "--workers", "2", "--quiet"]
    arguments += ["--timeout", "100"]
    line = [sys.executable, "-m", "hir_data", *arguments]
    with running(line, stderr=subprocess.PIPE, text=True) as run:
        wait_until(lambda: (gate / "waiting").exists())
        wait_until(lambda: journal.exists() and b'"state"' in journal.read_bytes())
        os.killpg(run.pid, sent)  # as a terminal does
        _, said = run.communicate()
    assert (run.returncode, said) == (code, message)
    assert not output.exists()
    assert (tmp_path / "out.jsonl.partial").stat().st_size > 0
    assert len(read(tmp_path / "out.rejected.jsonl.partial")) == 1  # as the journal says

    (gate / "open").touch()
    done = command(*arguments, "--resume")
    assert done.exit_code == 1
    assert [one["rollout"]["instruction"]["id"] for one in read(output)] == list(range(200))
    assert [one["line"] for one in read(tmp_path / "out.rejected.jsonl")] == [31]
    assert {path.name for path in tmp_path.iterdir()} == {
        "gate",
        "in.jsonl",
        "out.jsonl",
        "out.rejected.jsonl",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "-", "--workers", "0", "-o", "-", "-q"],
        pytest.param(["kinds"]),
    ],
    ids="-".join,
)
def test_a_pipe_that_is_closed(program, arguments: list[str]):
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        records = jsonl([native(1)]).decode()
        done = program(*arguments, input=records, stdout=pipe)
    silent = arguments == ["kinds"]  # nothing is lost where nobody wants more of a list
    assert done.returncode == (141 if silent else 2)
    assert done.stderr == ("" if silent else "hir-data: error: stdout: whoever read it has closed it\n")


def test_a_reader_that_takes_the_head(tmp_path: Path):
    source = write(tmp_path / "in.jsonl", [native(0)] * 3000)
    command = [sys.executable, "-m", "hir_data", "verify", source, "--workers", "0", "-o", "-", "-q"]
    with running(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        first = run.stdout.readline()
        run.stdout.close()
        said = run.stderr.read()
        assert run.wait() == 2
    assert first.startswith(b'{"rollout":')
    assert said == b"hir-data: error: stdout: whoever read it has closed it\n"


FULL_STDOUT = "hir-data: error: stdout: cannot be written: no space left on device\n"


@FULL
@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", "-", "--workers", "0", "-o", "-", "-q"],
        pytest.param(["verify", "-", "--workers", "0"]),
        pytest.param(["kinds", "no_comma"]),
    ],
    ids="-".join,
)
def test_standard_output_on_a_full_disk(program, arguments: list[str]):
    with Path("/dev/full").open("wb") as full:
        records = jsonl([native(1)]).decode()
        done = program(*arguments, input=records, stdout=full)
    assert (done.returncode, done.stderr) == (2, FULL_STDOUT)


@FULL
def test_an_output_on_a_full_disk(program):
    done = program(
        "verify", "-", "--workers", "0", "-o", "/dev/full", "-q", input=jsonl([native(1)]).decode()
    )
    assert done.returncode == 2
    assert done.stderr == "hir-data: error: /dev/full: cannot be written: no space left on device\n"
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


@pytest.mark.parametrize("workers", [0, 1])
def test_what_a_kind_prints_stays_out_of_the_output(program, workers: int):
    records = jsonl([native(1, "a bomb", constraints=[{"kind": "trap:prints"}])]).decode()
    done = program("verify", "-", "--plugin", HOSTILE, "--workers", workers, "-o", "-", "-q", input=records)
    assert done.returncode == 0
    assert [json.loads(line)["ila"] for line in done.stdout.splitlines()] == [True]
    assert "SURPRISE" in done.stderr


def on_a_terminal(*arguments: object) -> tuple[int, str]:
    """The exit code of the program, and what it wrote to the terminal that its stderr is."""
    parent, child = pty.openpty()
    line = [sys.executable, "-m", "hir_data", *arguments]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    written = b""
    with running(line, stdout=subprocess.DEVNULL, stderr=child, env=environment) as run:
        os.close(child)
        while True:
            try:
                block = os.read(parent, 1 << 16)
            except OSError:  # how a terminal says that nobody is there any more
                break
            if not block:
                break
            written += block
        os.close(parent)
        return run.wait(), written.decode()


def test_a_terminal_shows_progress(tmp_path: Path):
    source = write(tmp_path / "in.jsonl", [native(number) for number in range(300)])
    code, shown = on_a_terminal("verify", source, "--workers", 0)
    assert code == 0
    assert "verifying" in shown
    assert "300 records" in shown
    assert on_a_terminal("verify", source, "--workers", 0, "--quiet") == (0, "")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not list its processes")
def test_workers_do_not_outlive_the_program(tmp_path: Path):
    record = native(1, constraints=[{"kind": "trap:waits", "folder": str(tmp_path)}])
    source = write(tmp_path / "in.jsonl", [record])
    arguments = ["verify", source, "--plugin", HOSTILE, "--workers", "1", "--timeout", "1000", "-q"]
    with running([sys.executable, "-m", "hir_data", *arguments]) as run:
        wait_until(lambda: (tmp_path / "waiting").exists())
        run.kill()
        run.wait()
        wait_until(lambda: not session_members(run.pid), seconds=5)


@pytest.mark.parametrize(("processes", "said"), [(1, "at exit, taken apart"), (2, "at exit, ")])
@pytest.mark.parametrize("code", [None, 0, 3])
def test_one_of_several_processes_ends_before_the_interpreter_is_taken_apart(processes: int, said: str, code):
    """What PyTorch's threads hold in the last moments can hang or abort a process whose work is done."""
    script = (
        "import atexit, sys; from hir_data.cli import process\n"
        "class Held:\n  def __del__(self): print('taken apart', end='')\n"
        "held = Held()\n"
        "with process.one_of_several():\n"
        "  atexit.register(print, 'at exit, ', end='')\n"
        f"  sys.exit({code})\n"
    )
    environment = os.environ | {"WORLD_SIZE": str(processes)}
    done = run_program([sys.executable, "-c", script], env=environment)
    assert (done.stdout, done.stderr, done.returncode) == (said, "", code or 0)


def test_an_interruption_that_has_been_said_is_not_sent_again(monkeypatch: pytest.MonkeyPatch):
    """It would end whatever runs in this process next."""
    sent: list[int] = []
    monkeypatch.setattr(process, "_send_again", sent.append)
    with pytest.raises(typer.Exit) as end, cli_errors(""):
        raise KeyboardInterrupt
    assert end.value.exit_code == 130
    del end
    gc.collect()
    assert sent == []
