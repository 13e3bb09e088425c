"""verl's own trainer class adds replays to a batch, short of its workers: run with verl's interpreter.

The store of rows (TransferQueue) is a dictionary in this process; classes, registries, batches and the
computation of advantages are verl's.
"""

import json
import sys
from typing import Any
from unittest import mock

import numpy as np
import torch
import transfer_queue as tq
from omegaconf import OmegaConf
from test_online_verl import ANYTHING, rows
from transformers import AutoTokenizer
from verl import DataProto
from verl.trainer.ppo.v1 import PPOTrainerSync, get_trainer_cls
from verl.trainer.ppo.v1.utils import compute_advantage_for_multi_trajectories
from verl.utils.tensordict_utils import list_of_dict_to_tensordict

from hir_data.errors import HirDataError

STORE: dict[str, dict[str, Any]] = {}


def get(keys: list[str], partition_id: str, select_fields: Any = None) -> Any:
    return list_of_dict_to_tensordict([STORE[key] for key in keys])


def put(keys: list[str], partition_id: str, fields: Any, tags: Any) -> None:
    for key, each in zip(keys, fields, strict=True):
        STORE[key] = {name: each[name] for name in each.keys()}  # noqa: SIM118 of a TensorDict


def made(trainer_cls: Any, algorithm: dict[str, Any]) -> Any:
    """Our trainer of a configuration, without the workers that verl's own would start."""
    with mock.patch.object(PPOTrainerSync, "__init__", lambda self, config: None):
        config = OmegaConf.create({"data": {}, "algorithm": {"adv_estimator": "hir_replay"} | algorithm})
        trainer = trainer_cls(config)
    trainer.config = config
    return trainer


def refused(trainer_cls: Any, algorithm: dict[str, Any]) -> str:
    try:
        made(trainer_cls, algorithm)
    except HirDataError as error:
        return str(error)
    raise AssertionError(f"{algorithm} is not refused")


def main(folder: str) -> None:
    tq.kv_batch_get, tq.kv_batch_put = get, put
    tokenizer = AutoTokenizer.from_pretrained(folder)
    trainer_cls = get_trainer_cls("hir_replay")
    assert issubclass(trainer_cls, PPOTrainerSync)
    trainer = made(trainer_cls, {"hir_data": {"replay": {"guards": "none", "min_bits": 0}}})
    assert trainer._replayer.settings == ANYTHING
    trainer.tokenizer = tokenizer
    problems = [
        refused(trainer_cls, given)
        for given in ({"hir_data": {"replay": {"min_bit": 2}}}, {"rollout_correction": {"a": 1}})
    ]
    for number, row in enumerate(rows(tokenizer)):
        score = torch.zeros(len(row["responses"]))
        score[-1] = [0.5, 0.5, 1.0, 0.0][number]
        prompt = torch.tensor(
            tokenizer.apply_chat_template(list(row["raw_prompt"]), return_dict=True)["input_ids"]
        )
        ids = torch.cat([prompt, row["responses"]])
        STORE[f"tea_{number}_0"] = row | {
            "prompts": prompt,
            "input_ids": ids,
            "position_ids": torch.arange(len(ids)),
            "rm_scores": score,
        }
    tags = [
        {"seq_len": len(each["input_ids"]), "prompt_len": len(each["prompts"])} for each in STORE.values()
    ]
    metrics: dict[str, Any] = {}
    batch = trainer._with_replays(tq.KVBatchMeta(partition_id="train", keys=list(STORE), tags=tags), metrics)
    stored = [STORE[key] for key in batch.keys]
    padded = torch.nn.utils.rnn.pad_sequence
    data = DataProto.from_single_dict(
        {
            "response_mask": padded([each["response_mask"] for each in stored], batch_first=True),
            "token_level_rewards": padded([each["rm_scores"] for each in stored], batch_first=True),
            "uid": np.array([each["uid"] for each in stored], dtype=object),
        }
    )
    data = compute_advantage_for_multi_trajectories(
        data, batch.keys, "hir_replay", config=OmegaConf.create({"hir_data": {"advantage": "grpo"}})
    )
    told = {
        "keys": batch.keys,
        "tags": [[tag["prompt_len"], tag["seq_len"]] for tag in batch.tags],
        "lengths": [[len(each["prompts"]), len(each["input_ids"])] for each in stored],
        "problems": problems,
        "replays": metrics["replay/replays"],
        "advantages": data.batch["advantages"][:, 0].tolist(),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
