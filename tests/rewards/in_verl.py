"""What verl makes of exported files. Run by :mod:`test_verl` with an interpreter that has verl.

It does what verl's own trainer does, with verl's own functions and configuration, short of a model: reads the
files, batches their rows, and has its reward manager score responses one by one, and a worker of its reward
loop all of them side by side. Arguments and answer are JSON.
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
from verl.experimental.reward_loop.reward_loop import RewardLoopWorker
from verl.trainer.ppo.metric_utils import process_validation_metrics
from verl.trainer.ppo.reward import load_reward_manager
from verl.trainer.ppo.utils import create_rl_dataset
from verl.utils.dataset.rl_dataset import collate_fn


def main(
    files: list[str], tokenizer: str, overrides: list[str], awaited: list[str], responses: list[str]
) -> dict[str, Any]:
    with initialize_config_module("verl.trainer.config", version_base=None):
        config = compose("ppo_trainer", overrides=overrides)
        of_loop = compose("ppo_trainer", overrides=awaited)
    reader = AutoTokenizer.from_pretrained(tokenizer)
    rows = create_rl_dataset(files, config.data, reader, processor=None)
    batch = DataProto.from_single_dict(next(iter(DataLoader(rows, len(responses), collate_fn=collate_fn))))
    manager = load_reward_manager(config, reader)
    items = [answered(batch[i : i + 1], response, reader) for i, response in enumerate(responses)]
    scores = [manager.loop.run_until_complete(manager.run_single(item)) for item in items]
    told = [score["reward_extra_info"] for score in scores]
    worker = RewardLoopWorker(of_loop)
    side_by_side = worker.loop.run_until_complete(
        worker.compute_score_batch(answered_together(batch, responses, reader))
    )
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
        "awaited": worker.reward_manager.is_async_reward_score,
        "side_by_side": [score["reward_score"] for score in side_by_side],
        "told_side_by_side": [score["reward_extra_info"] for score in side_by_side],
        "metrics": sorted(metrics["hir-data"]),
    }


def answered(item: DataProto, response: str, tokenizer: Any) -> DataProto:
    """An item with a response to it, as verl's rollout leaves it."""
    ids = tokenizer(response, add_special_tokens=False, return_tensors="pt").input_ids
    item.batch["responses"] = ids
    item.batch["attention_mask"] = torch.ones_like(ids)
    return item


def answered_together(batch: DataProto, responses: list[str], tokenizer: Any) -> DataProto:
    """A batch with a response to each item, those that are shorter filled up on the right."""
    encoded = tokenizer(
        responses, add_special_tokens=False, return_tensors="pt", padding=True, padding_side="right"
    )
    batch.batch["responses"] = encoded.input_ids
    batch.batch["attention_mask"] = encoded.attention_mask
    return batch


if __name__ == "__main__":
    asyncio.set_event_loop(asyncio.new_event_loop())
    print(json.dumps(main(**json.loads(sys.argv[1]))))
