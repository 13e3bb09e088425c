"""TRL's trainers take two steps on what is exported, with a model of no size.

The module is skipped where the extras ``train`` and ``trl`` are not installed.
"""

import json
import math
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet as pq
import pytest
import tiny_model
from samples import SAMPLES

from hir_data.formats.exports.config import ExportOptions
from hir_data.rewards.trl import AsyncConstraintReward, ConstraintReward
from hir_data.runs.export import export

trl = pytest.importorskip("trl", reason="needs the extra 'trl'")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]

STEPS = {
    "max_steps": 2,
    "per_device_train_batch_size": 2,
    "use_cpu": True,
    "bf16": False,
    "report_to": "none",
    "save_strategy": "no",
    "logging_steps": 1,
    "disable_tqdm": True,
}
SHORT = {"kind": "word_count", "max": 50}


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return tiny_model.save(tmp_path_factory.mktemp("model"))


def loaded(to: str, name: str, tmp_path: Path) -> Any:
    export(SAMPLES, to, str(tmp_path / name), ExportOptions(system="Be kind."))
    reader = "json" if name.endswith(".jsonl") else "parquet"
    files = str(tmp_path / name) if "." in name else str(tmp_path / name / "*.parquet")
    return datasets.load_dataset(reader, data_files=files, split="train", cache_dir=str(tmp_path / "cache"))


def steps(trainer: Any) -> list[dict[str, float]]:
    """What is logged of each step."""
    trainer.train()
    return [line for line in trainer.state.log_history if "loss" in line]


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.parquet", "rows"])
@pytest.mark.parametrize(
    ("to", "trainer", "config"),
    [
        ("trl-kto", "KTOTrainer", "KTOConfig"),
        ("trl-dpo", "DPOTrainer", "DPOConfig"),
        ("trl-sft", "SFTTrainer", "SFTConfig"),
    ],
)
def test_two_steps_on_exported_rows(to: str, trainer: str, config: str, name: str, model: str, tmp_path):
    arguments = getattr(trl, config)(output_dir=str(tmp_path / "out"), max_length=256, **STEPS)
    rows = loaded(to, name, tmp_path)
    found = steps(getattr(trl, trainer)(model=model, args=arguments, train_dataset=rows))
    assert len(found) == 2
    for step in found:
        assert math.isfinite(step["loss"])
        assert step["grad_norm"] > 0


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.parquet"])
def test_two_steps_with_constraints_as_the_reward(name: str, model: str, tmp_path):
    arguments = trl.GRPOConfig(
        output_dir=str(tmp_path / "out"), num_generations=2, max_completion_length=8, **STEPS
    )
    trainer = trl.GRPOTrainer(
        model=model,
        args=arguments,
        reward_funcs=[ConstraintReward(), ConstraintReward("cla")],
        train_dataset=loaded("trl-grpo", name, tmp_path),
    )
    found = steps(trainer)
    assert len(found) == 2
    for step in found:
        assert 0 <= step["rewards/constraints_ila/mean"] <= step["rewards/constraints_cla/mean"] <= 1
        assert step["constraints/undetermined"] == 0


def test_an_awaited_reward_is_the_same_in_two_steps(model: str, tmp_path: Path):
    """TRL calls both for the same completions, and writes what it has made of them."""
    awaited = [AsyncConstraintReward("cla", workers=2), AsyncConstraintReward()]
    direct = [ConstraintReward("cla"), ConstraintReward()]
    for reward in awaited:
        reward.__name__ = f"awaited_{reward.score}"
    arguments = trl.GRPOConfig(
        output_dir=str(tmp_path / "out"),
        num_generations=2,
        max_completion_length=8,
        log_completions=True,
        **STEPS,
    )
    trainer = trl.GRPOTrainer(
        model=model,
        args=arguments,
        reward_funcs=[*awaited, *direct],
        train_dataset=datasets.Dataset.from_list(
            [
                {"prompt": [{"role": "user", "content": f"Tea {number}?"}], "constraints": json.dumps(stated)}
                for number, stated in enumerate([[SHORT], [SHORT, {"kind": "word_count", "min": 100}]])
            ]
        ),
    )
    assert len(steps(trainer)) == 2
    written = sorted((tmp_path / "out" / "completions").glob("*.parquet"))
    rows = [row for file in written for row in pq.read_table(file).to_pylist()]
    assert len(rows) == 4
    assert {row["constraints_cla"] for row in rows} == {1.0, 0.5}
    for row in rows:
        verdicts = json.loads(row["verdicts"])
        assert row["awaited_cla"] == row["constraints_cla"] == sum(verdicts) / len(verdicts)
        assert row["awaited_ila"] == row["constraints_ila"] == float(all(verdicts))
