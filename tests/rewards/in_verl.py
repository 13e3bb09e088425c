"""What verl makes of exported files. Run by :mod:`test_verl` with an interpreter that has verl.

It does what verl's own trainer does, with verl's own functions and configuration, short of a model: reads the
files, batches their rows, and asks its reward manager to score responses. Arguments and answer are JSON.
"""

import asyncio
import json
import sys
from typing import Any

import torch
from hydra import compose, initialize_config_module
from torch.utils.data import DataLoader
from transformers import AutoTokenizer
from verl import DataProto
from verl.trainer.ppo.metric_utils import process_validation_metrics
from verl.trainer.ppo.reward import load_reward_manager
from verl.trainer.ppo.utils import create_rl_dataset
from verl.utils.dataset.rl_dataset import collate_fn


def main(files: list[str], tokenizer: str, overrides: list[str], responses: list[str]) -> dict[str, Any]:
    with initialize_config_module("verl.trainer.config", version_base=None):
        config = compose("ppo_trainer", overrides=overrides)
    reader = AutoTokenizer.from_pretrained(tokenizer)
    rows = create_rl_dataset(files, config.data, reader, processor=None)
    batch = DataProto.from_single_dict(next(iter(DataLoader(rows, len(responses), collate_fn=collate_fn))))
    manager = load_reward_manager(config, reader)
    items = [answered(batch[i : i + 1], response, reader) for i, response in enumerate(responses)]
    scores = [manager.loop.run_until_complete(manager.run_single(item)) for item in items]
    told = [score["reward_extra_info"] for score in scores]
    metrics = process_validation_metrics(
        list(batch.non_tensor_batch["data_source"]),
        [str(index) for index in batch.non_tensor_batch["index"]],
        {name: [each[name] for each in told] for name in told[0]},
    )
    return {
        "rows": len(rows),
        "prompts": [
            reader.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
            for messages in batch.non_tensor_batch["raw_prompt"]
        ],
        "extra_info": [rows[i]["extra_info"] for i in range(len(responses))],
        "scores": [score["reward_score"] for score in scores],
        "told": told,
        "metrics": sorted(metrics["hir-data"]),
    }


def answered(item: DataProto, response: str, tokenizer: Any) -> DataProto:
    """An item with a response to it, as verl's rollout leaves it."""
    ids = tokenizer(response, add_special_tokens=False, return_tensors="pt").input_ids
    item.batch["responses"] = ids
    item.batch["attention_mask"] = torch.ones_like(ids)
    return item


if __name__ == "__main__":
    asyncio.set_event_loop(asyncio.new_event_loop())
    print(json.dumps(main(**json.loads(sys.argv[1]))))
