"""A hundred thousand responses through the command line, in little memory."""

import contextlib
import json
import re
import sys
import time
from pathlib import Path

import pytest
from files import ifeval, session_members
from programs import running

NUMBER = 100_000
LIMIT = 500 << 20
SENTENCES = (
    "The kettle sings before the house is awake, and the street is still dark.\n",
    "She counted the cups twice; *seven* remained.\n\n",
    "Rain came late this year. The garden did not mind!\n",
    "“Two sugars, please,” he said, and nobody moved.\n",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not tell how much"),
]


def peak(process: int) -> int:
    """The most memory that a process has had at once, in bytes; 0 if it is gone."""
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{process}/status").read_text()
        if found := re.search(r"VmHWM:\s+(\d+) kB", status):
            return int(found[1]) << 10
    return 0


def test_memory_is_bounded(tmp_path: Path):
    prompts, responses = tmp_path / "prompts.jsonl", tmp_path / "responses.jsonl"
    with prompts.open("w", encoding="utf-8") as asked, responses.open("w", encoding="utf-8") as answered:
        for number in range(NUMBER):
            text = "".join(SENTENCES[(number * place) % 4] for place in range(1, 2 + number % 12))
            asked.write(json.dumps(ifeval(number)) + "\n")
            answered.write(json.dumps({"key": number, "response": text}) + "\n")
    output, summary = tmp_path / "out.jsonl", tmp_path / "summary.json"
    command = [sys.executable, "-m", "hir_data", "verify", prompts, "-r", responses, "--workers", "2"]
    peaks: dict[int, int] = {}
    with running([*command, "-o", output, "--summary", summary, "--quiet"], limit=500) as run:
        while run.poll() is None:
            for process in session_members(run.pid):
                peaks[process] = max(peaks.get(process, 0), peak(process))
            time.sleep(0.1)
    assert run.returncode == 0
    figures = json.loads(summary.read_text(encoding="utf-8"))
    assert (figures["read"], figures["verified"], figures["undetermined"]) == (NUMBER, NUMBER, 0)
    with output.open("rb") as lines:
        assert sum(1 for _ in lines) == NUMBER
    assert len(peaks) >= 3  # this one and its workers
    assert max(peaks.values()) < LIMIT, {process: f"{size >> 20} MB" for process, size in peaks.items()}
