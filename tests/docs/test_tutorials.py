"""What tutorials do with a model, with one of no size in its place: each command and script ends well.

What a real model has written in the first lesson is in ``examples/first-model``; ``test_docs`` runs the other
commands of that page on it.
"""

import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest
import tiny_model
from programs import run_program
from test_docs import ENVIRONMENT, ROOT, blocks, commands

pytestmark = pytest.mark.slow

MODEL = "out/SmolLM2-135M-Instruct"
LESSON = "docs/tutorials/first-model.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout after ``make model``."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    tiny_model.save(tmp_path / MODEL, context=1024)
    return tmp_path


def test_a_first_model(folder: Path):
    run = [command.text for command in commands(LESSON) if not command.text.startswith(("make ", "source "))]
    names = [shlex.split(text)[1] for text in run]
    assert names.count("rollout") == 3
    assert names.index("train") > names.index("replay")
    for name, text in zip(names, run, strict=True):
        if name == "replay":  # a model of no size writes nothing that is worth learning
            shutil.copy(
                ROOT / "examples/first-model/rollouts.jsonl.gz", folder / "out/first/rollouts.jsonl.gz"
            )
        done = run_program(shlex.split(text), cwd=folder, env=ENVIRONMENT, limit=300)
        assert done.returncode == 0, text + done.stdout + done.stderr
    assert (folder / "out/first/model/model.safetensors").exists()
    assert (folder / "out/first/report.html").stat().st_size > 20_000


@pytest.mark.parametrize(
    ("to", "script"),
    [("trl-grpo", "grpo"), ("trl-kto", "kto"), ("trl-grpo --origin rollout", "replay_grpo")],
)
def test_trl(to: str, script: str, folder: Path):
    pytest.importorskip("trl", reason="needs the extra 'trl'")
    rows = f"out/{script}.jsonl"
    for text in (
        "hir-data replay examples/first-model/rollouts.jsonl.gz -o out/replayed",
        f"hir-data export out/replayed --to {to} -o {rows}",
    ):
        done = run_program(shlex.split(text), cwd=folder, env=ENVIRONMENT, limit=300)
        assert done.returncode == 0, done.stdout + done.stderr
    arguments = [sys.executable, f"examples/trl/{script}.py", rows, MODEL, f"out/{script}", "2"]
    done = run_program(arguments, cwd=folder, env=ENVIRONMENT, limit=500)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "loss" in done.stdout
    if script == "grpo":
        assert "rewards/constraints_cla/mean" in done.stdout
        assert "constraints/family/" in done.stdout
    assert (folder / "out" / script / "model.safetensors").exists()


def test_what_the_lesson_on_trl_shows_stands_in_the_script():
    (shown,) = [block.text for block in blocks("docs/tutorials/trl.md", "python")]
    script = (ROOT / "examples" / "trl" / "grpo.py").read_text(encoding="utf-8")
    assert shown in re.sub(r"(?m)^    ", "", script)
