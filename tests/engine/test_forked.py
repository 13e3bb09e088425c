"""The first worker of the command line, which is forked from it: as good as any, and there in no time."""

import json
import sys
import threading
from pathlib import Path

import pytest
from files import HOSTILE
from programs import run_program

from hir_data.engine import forked
from hir_data.engine.forked import may_fork
from hir_data.engine.pool import MEMORY_LIMIT

ROOT = Path(__file__).parents[2]
KINDS = ["loops", "exits", "leaves", "segfaults", "dies", "allocates", "raises"]
VERDICTS = [
    ("timeout", "took longer than 1 s"),
    ("error", "ended its process (exit code 3)"),
    ("error", "ended its process (exit code 4)"),
    ("error", "ended its process (exit code -11)"),
    ("error", "ended its process (exit code -9)"),
    ("error", "MemoryError: "),
    ("error", "ValueError: no good"),
]
SCRIPT = f"""
import json, os, sys
import hir_data as hir
from hir_data.engine import pool
from hir_data.schemas import registry

if __name__ == "__main__":
    registry.load_plugin({str(HOSTILE)!r})
    pool.may_fork = lambda limit: True  # as in the command line without plugins
    answers = []
    with open(sys.argv[1], "w") as unwritten:
        unwritten.write("once")  # stays in the buffer that a fork has too
        first, last = {{"kind": "punctuation:no_comma"}}, {{"kind": "word_count", "max": 3}}
        for kind in {KINDS}:
            constraints = [first, {{"kind": f"trap:{{kind}}"}}, last]
            instruction = hir.Instruction(prompt="Sing.", constraints=constraints)
            rollout = hir.Rollout(instruction=instruction, response="a bomb, and more")
            (found,) = hir.verify([rollout], workers=1, timeout=1)
            verdicts = [each.strict for each in found.results]
            answers.append([[each.satisfied, each.status, each.reason] for each in verdicts])
    print(json.dumps(answers))
"""


def test_a_hostile_check_in_a_forked_worker_gets_the_verdict_that_it_gets_in_any(tmp_path: Path):
    script, written = tmp_path / "script.py", tmp_path / "written"
    script.write_text(SCRIPT, encoding="utf-8")
    run = run_program([sys.executable, str(script), str(written)], cwd=ROOT)
    assert run.returncode == 0, run.stderr
    for answers, verdict in zip(json.loads(run.stdout), VERDICTS, strict=True):
        assert answers[0] == [False, "ok", "found 1 comma, wanted none"]
        assert tuple(answers[1]) == (None, *verdict)
        assert answers[2] == [False, "ok", "found 4 words, wanted at most 3"]
    assert written.read_text(encoding="utf-8") == "once"


def test_the_command_line_forks_its_worker_and_loads_little():
    line = ["-X", "importtime", "-m", "hir_data", "check", "Blue.", "-c", "punctuation:no_comma"]
    run = run_program([sys.executable, *line], cwd=ROOT)
    assert run.returncode == 0, run.stderr
    assert "hir_data.engine.forked" in run.stderr  # by either of the processes
    for name in (
        "hir_data.engine.preload",
        "hir_data.replays",
        "hir_data.verifiers.ifbench",
        "nltk",
        "numpy",
    ):
        assert f" {name}" not in run.stderr, f"{name} is loaded"


@pytest.mark.usefixtures("own_registry")
def test_only_a_process_of_ours_with_one_thread_and_no_plugins_is_forked(monkeypatch, tmp_path: Path):
    for number in range(2):
        (tmp_path / f"thread {number}").touch()
    memory = tmp_path / "statm"
    memory.write_text("1000 1 1 1 1 1 1", encoding="ascii")
    monkeypatch.setitem(sys.modules, "hir_data.cli.main", threading)
    monkeypatch.setattr(forked, "_MEMORY", memory)
    monkeypatch.setattr(forked, "_THREADS", tmp_path)
    assert not may_fork(MEMORY_LIMIT)
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "1").touch()
    monkeypatch.setattr(forked, "_THREADS", alone)
    monkeypatch.setattr(forked.registry, "_plugins", [])
    assert may_fork(MEMORY_LIMIT)
    assert not may_fork(1 << 20)
    monkeypatch.setattr(forked.registry, "_plugins", ["a_plugin"])
    assert not may_fork(MEMORY_LIMIT)
    monkeypatch.setattr(forked.registry, "_plugins", [])
    monkeypatch.setattr(forked, "_THREADS", tmp_path / "nowhere")
    assert not may_fork(MEMORY_LIMIT)
    monkeypatch.delitem(sys.modules, "hir_data.cli.main")
    monkeypatch.setattr(forked, "_THREADS", alone)
    assert not may_fork(MEMORY_LIMIT)
