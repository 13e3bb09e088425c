"""verl reads what is exported, and scores responses with our function: in its own environment.

``make verl`` makes that, and runs this. ``HIR_DATA_VERL`` names the interpreter of another one.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import tiny_model
from programs import run_program
from samples import SAMPLES

import hir_data.rewards.verl
from hir_data.formats.exports.config import ExportOptions
from hir_data.runs.export import export

ROOT = Path(__file__).parents[2]
VERL = Path(os.environ.get("HIR_DATA_VERL", ROOT / ".venv-verl" / "bin" / "python"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not VERL.exists(), reason="needs the environment that 'make verl' makes"),
]
OPTIONS = [
    f"reward.custom_reward_function.path={hir_data.rewards.verl.__file__}",
    "reward.custom_reward_function.name=compute_score",
    "+reward.custom_reward_function.reward_kwargs.score=cla",
]

AWAITED = [
    OPTIONS[0],
    "reward.custom_reward_function.name=compute_score_async",
    OPTIONS[2],
    "+reward.custom_reward_function.reward_kwargs.workers=2",
]
"""The same, awaited by verl's reward loop, and checked in processes."""


def in_verl(folder: Path, **given: Any) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HOME": str(folder), "HF_HUB_OFFLINE": "1"}
    command = [str(VERL), str(Path(__file__).with_name("in_verl.py")), json.dumps(given)]
    done = run_program(command, env=environment)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_its_data_set_reads_exported_rows_and_its_rewards_are_ours(tmp_path):
    export(SAMPLES, "verl", str(tmp_path / "rows"), ExportOptions(system="Be kind."), shard_rows=3)
    files = sorted(map(str, (tmp_path / "rows").iterdir()))
    assert len(files) == 2
    told = in_verl(
        tmp_path / "hub",
        files=files,
        tokenizer=tiny_model.save(tmp_path / "model"),
        overrides=[*OPTIONS, f"+data.cache_dir={tmp_path / 'cache'}"],
        awaited=[*AWAITED, f"actor_rollout_ref.model.path={tmp_path / 'model'}"],
        responses=["Tea, for all of us.", "Tea, for two.", "<think>Hm, yes.</think>Tea."],
    )
    assert told["rows"] == 5
    asked = [sample.instruction for sample in (SAMPLES[0], SAMPLES[1], SAMPLES[3])]
    assert told["prompts"] == [
        f"<|system|>Be kind.<|end|><|user|>{each.prompt}<|end|><|assistant|>" for each in asked
    ]
    assert [row["criteria"] for row in told["extra_info"]] == [list(each.criteria) for each in asked]
    assert [row["q_type"] for row in told["extra_info"]] == ["type3"] * 3
    assert told["scores"] == [0.5, 0.5, 0.0]
    assert [each["verdicts"] for each in told["told"]] == ["[false, true]", "[false, true]", "[false]"]
    assert {each["error"] for each in told["told"]} == {""}
    assert told["awaited"] is True
    assert told["side_by_side"] == told["scores"]
    assert told["told_side_by_side"] == told["told"]
    assert told["metrics"] == ["cla", "ila", "satisfied", "score", "total", "undetermined"]
