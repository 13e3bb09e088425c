"""The same input gives the same bytes, in whatever order Python walks through sets."""

import os
import sys
from pathlib import Path

import pytest
from programs import run_program

EXAMPLES = Path(__file__).parents[2] / "examples"
DEMO = (EXAMPLES / "demo/prompts.jsonl", "--responses", EXAMPLES / "demo/responses.jsonl")
ROLLOUTS = EXAMPLES / "replay/rollouts.jsonl.gz"


def _run(seed: int, *line: object) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    done = run_program([sys.executable, "-m", "hir_data", *line], env=environment)
    assert done.returncode in (0, 1), done.stderr


@pytest.mark.parametrize(
    "line",
    [
        ("verify", *DEMO, "--workers", 0, "--degree"),
        ("convert", ROLLOUTS, "--limit", 20, "--to", "native"),
        ("replay", ROLLOUTS, "--limit", 60, "--workers", 0),
        ("compose", EXAMPLES / "compose/questions.txt", "--n", 40, "--mix", "all"),
    ],
    ids=lambda line: line[0],
)
def test_bytes_do_not_depend_on_the_order_of_sets(line: tuple[object, ...], tmp_path: Path):
    name = "folder" if line[0] == "replay" else "file.jsonl"
    written = []
    for seed in (1, 2):
        output = tmp_path / str(seed) / name
        output.parent.mkdir()
        _run(seed, *line, "-o", output)
        files = sorted(output.rglob("*")) if output.is_dir() else [output]
        written.append({file.name: file.read_bytes() for file in files if file.is_file()})
    assert written[0]
    assert written[0] == written[1]
