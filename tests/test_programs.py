"""What tests can rely on in the programs that they start."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from programs import _marked, run_program, running, wait_until

SLEEPS = ["sleep", "1000"]


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture(params=[signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def ignored(request):
    before = signal.signal(request.param, signal.SIG_IGN)
    yield request.param
    signal.signal(request.param, before)


def test_a_program_hears_signals_that_tests_ignore(ignored):
    with running(SLEEPS) as process:
        process.send_signal(ignored)
        assert process.wait() == -ignored
    assert signal.getsignal(ignored) is signal.SIG_IGN


def test_whoever_waits_for_a_program_does_not_wait_for_ever():
    with (
        pytest.raises(AssertionError, match=r"^killed after 0\.2 s: sleep 1000$"),
        running(SLEEPS, limit=0.2, stdout=subprocess.PIPE) as process,
    ):
        assert (process.stdout.read(), process.wait()) == (b"", -signal.SIGABRT)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system does not tell")
def test_a_program_that_hangs_says_where():
    hangs = "import time\ndef hangs():\n  time.sleep(1000)\nprint('so far', flush=True)\nhangs()"
    with pytest.raises(AssertionError, match=r"(?s)^killed after 5 s: .*\nso far\n.* in hangs\n"):
        run_program([sys.executable, "-c", hangs], limit=5)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system does not tell")
def test_nothing_is_left_of_a_program_when_a_test_fails(tmp_path):
    """Neither what is in its session, nor what has one of its own, nor what has lost its parent."""
    script = f"sleep 1000 & setsid sleep 1000 & (setsid sleep 1000 &) ; touch {tmp_path}/begun; wait"
    with pytest.raises(ZeroDivisionError), running(["sh", "-c", script]) as process:
        mark = process_mark(process.pid)
        wait_until(lambda: (tmp_path / "begun").exists() and len(_marked(mark)) == 4)
        raise ZeroDivisionError
    wait_until(lambda: not _marked(mark), seconds=5)
    assert gone(process.pid)


def process_mark(pid: int) -> str:
    environment = Path(f"/proc/{pid}/environ").read_text(encoding="utf-8").split("\0")
    return next(part for part in environment if part.startswith("HIR_DATA_TEST_PROGRAM="))


def test_a_program_is_run_to_its_end():
    done = run_program(["sh", "-c", "cat; echo é >&2; exit 3"], input="ü\n")
    assert (done.stdout, done.stderr, done.returncode) == ("ü\n", "é\n", 3)
