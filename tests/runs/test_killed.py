"""Killed before any file operation, a run can be gone on with or begun anew: same bytes, no leftovers."""

import json
import sys
from pathlib import Path

import pytest
from programs import run_program

KILLING = Path(__file__).parents[1] / "killing.py"
COMMANDS = {  # the least number of points at which each can be killed
    "verify": 30,
    "verify-parquet": 30,
    "rollout": 30,
    "convert": 30,
    "compose": 20,
    "export": 15,
    "export-folder": 15,
    "replay": 60,
    "replay-verified": 30,
}


def killed(command: str, folder: Path, *options: str, limit: float) -> int:
    """Kill a command at its points, and say at how many."""
    done = run_program([sys.executable, KILLING, command, folder, *options], limit=limit)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["damage"] == {}
    return int(found["points"])


@pytest.mark.parametrize("command", ["verify", "replay"])
def test_a_run_that_was_killed_at_some_points(command: str, tmp_path: Path):
    assert killed(command, tmp_path, "13", limit=300) >= 6


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_run_that_was_killed_at_every_point(command: str, tmp_path: Path):
    assert killed(command, tmp_path, "1", limit=3000) >= 2 * COMMANDS[command]
