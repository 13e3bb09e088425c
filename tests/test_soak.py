"""Nothing is lost, and nothing is there twice, where rollouts are hostile and processes are killed."""

import sys
from pathlib import Path

import pytest
from programs import run_program

SOAK = Path(__file__).parents[1] / "benchmarks" / "soak.py"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="processes are watched in /proc")
def test_a_short_soak():
    options = ["--rollouts", "600", "--hostile", "0.3", "--kill-every", "10", "--seed", "6"]
    done = run_program([sys.executable, SOAK, *options], limit=550)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "'hangs': 2, 'ends': 1" in done.stdout
    assert "replays of 438 rollouts" in done.stdout
