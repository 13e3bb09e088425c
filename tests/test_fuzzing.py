"""Drawn constraints on drawn texts: a slice of the fuzzing, as long as ``HIR_DATA_FUZZ_SECONDS`` says."""

import os
import time

import pytest
from fuzzing import fuzz

SECONDS = float(os.environ.get("HIR_DATA_FUZZ_SECONDS", "20"))


@pytest.mark.slow
@pytest.mark.timeout(SECONDS + 300)
def test_no_check_raises_or_says_two_things():
    """Each time with another seed, which a failure names."""
    seed = os.environ.get("HIR_DATA_FUZZ_SEED", f"{time.time_ns()}")
    checks, _, found = fuzz(SECONDS, seed)
    assert not found, (seed, found)
    assert checks > SECONDS
