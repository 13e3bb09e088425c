"""What loaders of trainers make of exports. Run by :mod:`test_trainers` with an interpreter that has them.

It calls the trainers' own functions, short of a model. Arguments and answer are JSON.
"""

import argparse
import asyncio
import importlib.util
import json
import sys
import types
from importlib.machinery import ModuleSpec
from typing import Any


def llama_factory(folder: str, names: list[str]) -> list[list[dict[str, Any]]]:
    import datasets
    import transformers  # noqa: F401  # looks for the packages that are there before one is pretended

    if importlib.util.find_spec("torchaudio") is None:  # nothing of it is called
        sys.modules["torchaudio"] = types.ModuleType("torchaudio")
        sys.modules["torchaudio"].__spec__ = ModuleSpec("torchaudio", None)
    from llamafactory.data.converter import align_dataset
    from llamafactory.data.parser import get_dataset_list

    arguments = types.SimpleNamespace(
        streaming=False,
        preprocessing_num_workers=None,
        overwrite_cache=True,
        dataset_dir=folder,
        media_dir=folder,
    )
    training = types.SimpleNamespace(local_process_index=0)
    made = []
    for described in get_dataset_list(names, folder):
        assert described.load_from == "file"
        path = f"{folder}/{described.dataset_name}"
        files = {"data_files": path} if "." in described.dataset_name else {"data_dir": path}
        sort = "json" if path.endswith(".jsonl") else "parquet"
        rows = datasets.load_dataset(sort, split="train", cache_dir=f"{folder}/.cache", **files)
        made.append(align_dataset(rows, described, arguments, training).to_list())
    return made


def swift(files: list[str], **columns: Any) -> list[list[dict[str, Any]]]:
    from swift.dataset import load_dataset

    return [
        load_dataset(file, strict=True, load_from_cache_file=False, remove_unused_columns=False)[0].to_list()
        for file in files
    ]


def axolotl(sft: list[dict[str, Any]], dpo: list[dict[str, Any]], tokenizer: str) -> dict[str, Any]:
    from axolotl.prompt_strategies import chat_template as sft_strategy
    from axolotl.prompt_strategies.dpo.chat_template import default
    from axolotl.utils.dict import DictDefault
    from transformers import AutoTokenizer

    reader = AutoTokenizer.from_pretrained(tokenizer)
    described = DictDefault({"type": "chat_template", "field_messages": "messages"})
    config = DictDefault(
        {
            "datasets": [{"type": "chat_template.default"}],
            "chat_template": "tokenizer_default",
            "sequence_len": 4096,
        }
    )
    strategy = sft_strategy.load(reader, config, ds_cfg=described)
    tokens = [strategy.tokenize_prompt(row) for row in sft]
    learnt = [reader.decode([token for token in each["labels"] if token != -100]) for each in tokens]
    pair, _ = default(config)
    return {"learnt": learnt, "pairs": [pair(row, tokenizer=reader) for row in dpo]}


def openrlhf(rows: list[dict[str, Any]], tokenizer: str, reward: str, answers: list[str]) -> dict[str, Any]:
    from openrlhf.datasets.prompts_dataset import PromptDataset
    from openrlhf.utils.agent import SingleTurnAgentExecutor
    from transformers import AutoTokenizer

    reader = AutoTokenizer.from_pretrained(tokenizer)
    data = argparse.Namespace(input_key="input", label_key="label", apply_chat_template=True)
    strategy = types.SimpleNamespace(args=argparse.Namespace(data=data), is_rank_0=lambda: False)
    prompts = PromptDataset(rows, reader, strategy)
    executor = SingleTurnAgentExecutor(reward)

    async def answered(prompt: str, label: str, answer: str) -> dict[str, Any]:
        output = types.SimpleNamespace(
            token_ids=reader(answer, add_special_tokens=False)["input_ids"],
            finish_reason="stop",
            logprobs=None,
        )

        class Engine:
            async def generate(self, *_: Any, **__: Any) -> Any:
                return types.SimpleNamespace(outputs=[output])

        sampling = types.SimpleNamespace(max_tokens=64, logprobs=None)
        made = await executor.execute(prompt, label, sampling, 4096, reader, Engine())
        logs = {name: float(value) for name, value in made["extra_logs"].items()}
        value = made["reward"]
        return {"reward": None if value is None else float(value), "logs": logs}

    items = [prompts[place] for place in range(len(prompts))]
    rewards = [
        asyncio.run(answered(prompt, label, answer))
        for (_, prompt, label, _), answer in zip(items, answers, strict=True)
    ]
    return {"prompts": [item[1] for item in items], "rewards": rewards}


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](**json.loads(sys.argv[2])), default=str))
