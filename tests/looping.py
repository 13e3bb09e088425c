"""A small loop for tests: its files, and a trainer that stands in for the real one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from samples import FIVE, NO_COMMA, TWO, asking

from hir_data.training.loop.figures import Point
from hir_data.training.settings import TrainConfig

TRAINING = [asking(f"Tea {number}?", NO_COMMA, FIVE if number % 2 else TWO) for number in range(10)]
HELD_OUT = [asking(f"Sea {number}?", NO_COMMA, TWO) for number in range(3)]

CONFIG = """
instructions = "train.jsonl"
held_out = "held_out.jsonl"
model = "MODEL"
output = "out"
iterations = 2
prompts = 4
[rollout]
n = 3
batch-size = 6
max-new-tokens = 12
[verify]
workers = 0
[replay]
k = 1
[train]
learning_rate = 0.01
[evaluate]
n = 2
temperature = 1
"""


def write_loop(folder: Path, model: str, config: str = CONFIG) -> Path:
    """The files of a loop in a folder; that of its configuration."""
    for name, instructions in (("train", TRAINING), ("held_out", HELD_OUT)):
        lines = (one.model_dump_json() + "\n" for one in instructions)
        (folder / f"{name}.jsonl").write_text("".join(lines))
    path = folder / "loop.toml"
    path.write_text(config.replace("MODEL", model))
    return path


def trainer(calls: list[dict[str, Any]], learns: Callable[[Path], bool] = lambda data: True) -> Any:
    """A trainer that moves the weights a little, at random, and writes down how it was called."""

    def train(
        data: Path, model: str, output: Path, settings: TrainConfig, *, resume: bool, on_progress: Any
    ) -> Any:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        from hir_data.training.folder import OUTCOME, Finished, finish
        from hir_data.training.outcome import TrainingOutcome
        from hir_data.training.run import plan

        calls.append({"data": data, "model": model, "output": output, "settings": settings, "resume": resume})
        told = plan(data, model, settings)
        if not learns(data):
            return TrainingOutcome(model=model, plan=told, stopped="all rewards are equal")
        torch.manual_seed(settings.seed)
        moved = AutoModelForCausalLM.from_pretrained(model)
        with torch.no_grad():
            for weight in moved.parameters():
                weight += 0.01 * torch.randn_like(weight)
        moved.save_pretrained(output)
        AutoTokenizer.from_pretrained(model).save_pretrained(output)
        names = tuple(sorted(path.name for path in output.iterdir() if path.name != OUTCOME))
        done = Finished(merged=False, files=names, steps=3, stopped=None, figures={"loss": 0.5})
        finish(output, done)
        return TrainingOutcome(model=str(output), plan=told, steps=3, figures={"loss": 0.5})

    return train


def plot(points: list[Point], path: Path) -> None:
    """What would be drawn, in words."""
    path.write_text(f"plot of {points}")


def files(folder: Path) -> dict[str, Any]:
    """All that a loop wrote, but for how long it took."""
    found: dict[str, Any] = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    ledger = json.loads(found["loop.json"])
    for iteration in ledger["iterations"]:
        for figures in iteration["stages"].values():
            assert figures.pop("seconds") >= 0
    return found | {"loop.json": ledger}
