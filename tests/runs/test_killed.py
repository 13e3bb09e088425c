"""Killed anywhere, a run is gone on with or begun anew: same bytes, no leftovers, no rejected record lost."""

import json
import os
import platform
import sys
from pathlib import Path

import pytest
from programs import run_program

KILLING = Path(__file__).parents[1] / "killing.py"
OF_RECORDS = [
    "verify",
    "verify-parquet",
    "rollout",
    "convert",
    "compose",
    "export",
    "export-folder",
    "replay",
    "replay-verified",
    "replay-files",
]
OF_MODELS = ["train", "train-stopped", "loop"]
COMMANDS = [*OF_RECORDS, *OF_MODELS]


def killed(how: str, command: str, folder: Path, number: int, *, limit: float) -> int:
    """Kill a command, and say at how many points."""
    if command in OF_MODELS:
        pytest.importorskip("torch", reason="needs the extra 'train'")
    if how == "states" and (platform.system(), platform.machine()) not in TRACEABLE:
        pytest.skip("system calls are traced on Linux only")
    program = [sys.executable, KILLING, how, command, folder, number]
    done = run_program(program, limit=limit, env=os.environ | {"OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["damage"] == {}
    return int(found["points"])


TRACEABLE = {("Linux", "x86_64"), ("Linux", "aarch64")}


@pytest.mark.parametrize(("command", "step"), [("verify", 13), ("replay", 13), ("replay-files", 17)])
def test_some_kills(command: str, step: int, tmp_path: Path):
    assert killed("hooked", command, tmp_path, step, limit=300) >= 6


@pytest.mark.parametrize(("command", "step"), [("export", 20), ("train", 170), ("loop", 400)])
def test_some_states(command: str, step: int, tmp_path: Path):
    assert killed("states", command, tmp_path, step, limit=300) >= 4


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("command", OF_RECORDS)
def test_every_kill(command: str, tmp_path: Path):
    """Before each operation on files that Python tells of."""
    assert killed("hooked", command, tmp_path, 1, limit=3000) >= 30


@pytest.mark.exhaustive
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_state(command: str, tmp_path: Path):
    """Before each system call that changes a file, whoever makes it."""
    assert killed("states", command, tmp_path, 1, limit=7000) >= 40


@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("command", COMMANDS)
def test_random_kills(command: str, tmp_path: Path):
    """At any moment, and again while it goes on."""
    assert killed("random", command, tmp_path, 50, limit=3000) >= 50
