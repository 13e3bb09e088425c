"""The benchmark of how many workers the main process can feed, in short."""

import re
import sys
from pathlib import Path

import pytest
from programs import run_program

WORKERS = Path(__file__).parents[1] / "benchmarks" / "workers.py"


@pytest.mark.slow
def test_sleeping_workers_are_fed():
    options = ["--rollouts", "3400", "--workers", "2", "--constraints", "2"]
    done = run_program([sys.executable, WORKERS, *options], limit=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^2 workers: [1-9]\d*\.\d us of the main process", done.stdout, re.MULTILINE)
