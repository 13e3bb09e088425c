"""Tokens a second and peak memory of our trainer and of TRL's: the same model, rows and batches, in turns.

Both train all weights in float32 on rows of different lengths, a prompt and a response each, 8 rows a step.
Each turn of a side is a process of its own. Measured are its steps alone, from the first micro-batch to the
last update: the time of the processor, and the most resident memory over what the process had before the
model was loaded. What either side does before (loading, making tokens, and our pass under the starting model)
is not measured.

TRL's GRPOTrainer is given the rows and their advantages in place of what it would sample.
"""

import argparse
import json
import logging
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import datasets
import torch
import transformers
from common import versions
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

import hir_data as hir
from hir_data.replays import dataset
from hir_data.schemas.replay import ReplaySample
from hir_data.training import run
from hir_data.training.settings import TrainConfig, settings_of
from hir_data.training.trainer import HirTrainer

WORDS = "the tide comes in and goes out again while moon and sun pull at sea and land".split()
STEP = 8
"""Rows of a step."""
TRAINERS = {"sft": "SFTTrainer", "kto": "KTOTrainer", "grpo": "GRPOTrainer"}


def main() -> None:
    """Measure both sides in turn, and print how they compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--beside", choices=list(TRAINERS), default="grpo", help="TRL's trainer")
    parser.add_argument("--rows", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3, help="turns of each side")
    parser.add_argument("--length", type=int, default=512, help="the most tokens of a row")
    parser.add_argument("--micro-batch", type=int, default=4, help="rows at a time, on both sides")
    parser.add_argument("--hidden", type=int, default=256, help="the width of the model")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--vocabulary", type=int, default=49_152)
    parser.add_argument("--padding-free", action="store_true", help="ours without padding")
    parser.add_argument("--wall", action="store_true", help="the clock on the wall, not processor time")
    parser.add_argument("--side", choices=["ours", "theirs"], help=argparse.SUPPRESS)
    given = parser.parse_args()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    datasets.disable_progress_bars()
    if given.side:
        found = {"ours": ours, "theirs": theirs}[given.side](given)
        Path(f"{given.side}.json").write_text(json.dumps(found), encoding="utf-8")
        return
    with tempfile.TemporaryDirectory() as folder:
        model = make_model(Path(folder) / "model", given)
        dataset.write(Path(folder) / "data", make_samples(given))
        tokens = run.plan(Path(folder) / "data", model, settings(given)).tokens
        turns = [(turn("ours", folder), turn("theirs", folder)) for _ in range(given.rounds)]
    print(f"{versions('torch', 'transformers', 'trl')}; {torch.get_num_threads()} threads")
    print(
        f"vocabulary {given.vocabulary}, up to {given.length} tokens, width {given.hidden}, "
        f"{given.layers} layers, "
        f"{given.micro_batch} rows at a time: {given.rows} rows, {tokens} tokens, {given.rounds} turns\n"
    )
    for name, side in zip(("hir-data", TRAINERS[given.beside]), zip(*turns, strict=True), strict=True):
        seconds, peak = (statistics.median(each[key] for each in side) for key in ("seconds", "peak"))
        print(f"{name:<16}{tokens / seconds:>8.0f} tokens a second{peak / 2**20:>8.0f} MiB")
    for name, key in (("speed", "seconds"), ("memory", "peak")):
        ratios = [their[key] / our[key] for our, their in turns]
        print(f"{name}: {statistics.median(ratios):.2f} times ({min(ratios):.2f} to {max(ratios):.2f})")


def turn(side: str, folder: str) -> dict[str, float]:
    """What a process of its own has measured of a side."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(Path(__file__).resolve()), *sys.argv[1:], "--side", side]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads((Path(folder) / f"{side}.json").read_text(encoding="utf-8"))
    return found


def make_model(folder: Path, given: argparse.Namespace) -> str:
    """A random Llama."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=512, special_tokens=["<|end|>"], show_progress=False)
    tokenizer.train_from_iterator([" ".join(WORDS)] * 9, trainer)
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|end|>"
    )
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=given.vocabulary,
        hidden_size=given.hidden,
        intermediate_size=3 * given.hidden,
        num_hidden_layers=given.layers,
        num_attention_heads=8,
        max_position_embeddings=given.length + 16,
        bos_token_id=None,
        eos_token_id=fast.eos_token_id,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    fast.save_pretrained(folder)
    return str(folder)


def make_samples(given: argparse.Namespace) -> list[ReplaySample]:
    """Prompts up to a quarter of the length, responses up to three quarters; every other one is a success."""
    chance = Random(0)
    constraint = hir.parse({"kind": "punctuation:no_comma"})
    samples = []
    for number in range(given.rows):
        prompt, response = (
            " ".join(chance.choices(WORDS, k=chance.randint(most // 4, most - 2)))
            for most in (given.length // 4, 3 * given.length // 4)
        )
        samples.append(
            ReplaySample(
                id=str(number),
                group=str(number // 4),
                origin="rollout",
                instruction=hir.Instruction(prompt=prompt, constraints=[constraint]),
                response=response,
                reward=number % 2,
                cla=number % 2,
                verdicts=[bool(number % 2)],
            )
        )
    return samples


def settings(given: argparse.Namespace) -> TrainConfig:
    """The same for both sides: DAPO's loss, whose norm is that of TRL's default."""
    chosen = {"batch_size": STEP, "micro_batch": given.micro_batch, "padding_free": given.padding_free}
    return settings_of(
        {"loss": "dapo", "device": "cpu", "keep": 1, "max_length": given.length + 16, **chosen}
    )


class Watch(transformers.TrainerCallback):
    """Measures an epoch, in a process that has not loaded the model yet."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.clock: Callable[[], float] = time.perf_counter if given.wall else time.process_time
        self.before = resident("VmRSS")
        self.found: dict[str, float] = {}

    def on_epoch_begin(self, *_: Any, **__: Any) -> None:
        """Called after everything that comes before the first step."""
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is that from here on
        self.since = self.clock()

    def on_epoch_end(self, *_: Any, **__: Any) -> None:
        """Called after the last step."""
        self.found = {"seconds": self.clock() - self.since, "peak": resident("VmHWM") - self.before}


def resident(name: str) -> int:
    """The resident memory of this process now (VmRSS) or at most (VmHWM), in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    kibi = re.search(rf"{name}:\s+(\d+) kB", status)
    assert kibi is not None
    return int(kibi[1]) << 10


def ours(given: argparse.Namespace) -> dict[str, float]:
    """Our steps."""
    watch = Watch(given)
    make: Callable[..., None] = HirTrainer.__init__

    def watched(self: HirTrainer, *arguments: Any, **options: Any) -> None:
        make(self, *arguments, **options)
        self.add_callback(watch)

    with mock.patch.object(HirTrainer, "__init__", watched), tempfile.TemporaryDirectory() as folder:
        run.train(Path("data"), "model", Path(folder) / "out", settings(given))
    return watch.found


def theirs(given: argparse.Namespace) -> dict[str, float]:
    """TRL's steps."""
    import trl

    watch = Watch(given)
    samples = list(dataset.read_samples(Path("data")))
    shared = {
        "output_dir": "theirs",
        "per_device_train_batch_size": given.micro_batch,
        "gradient_accumulation_steps": STEP // given.micro_batch,
        "num_train_epochs": 1,
        "learning_rate": 1e-6,
        "gradient_checkpointing": False,
        "bf16": False,
        "use_cpu": True,
        "logging_steps": 1,
        "report_to": "none",
        "disable_tqdm": True,
        "save_strategy": "no",
    }
    tokenizer = transformers.AutoTokenizer.from_pretrained("model")
    loaded = transformers.AutoModelForCausalLM.from_pretrained("model", dtype=torch.float32)
    common = {"model": loaded, "processing_class": tokenizer, "callbacks": [watch]}
    if given.beside == "grpo":
        training = grpo(samples, tokenizer, given, shared, common)
    else:
        rows = [
            {"prompt": each.instruction.prompt, "completion": each.response}
            | ({"label": bool(each.reward)} if given.beside == "kto" else {})
            for each in samples
        ]
        config = trl.KTOConfig if given.beside == "kto" else trl.SFTConfig
        trainer = trl.KTOTrainer if given.beside == "kto" else trl.SFTTrainer
        if given.beside == "kto":  # as ours, once before the first step
            shared["precompute_ref_log_probs"] = True
        arguments = config(**shared, max_length=None)
        training = trainer(args=arguments, train_dataset=datasets.Dataset.from_list(rows), **common)
    training.remove_callback(transformers.PrinterCallback)
    training.train()
    assert training.state.global_step * STEP == len(samples)  # no row is left out, none is there twice
    return watch.found


def grpo(
    samples: list[ReplaySample],
    tokenizer: Any,
    given: argparse.Namespace,
    shared: dict[str, Any],
    common: dict[str, Any],
) -> Any:
    """A GRPOTrainer that takes the rows as what it has sampled."""
    import trl

    tokens = [
        [torch.tensor(tokenizer(text)["input_ids"]) for text in (each.instruction.prompt, each.response)]
        for each in samples
    ]
    end = torch.tensor([tokenizer.eos_token_id])
    micro_batches = [
        range(start, start + given.micro_batch) for start in range(0, len(samples), given.micro_batch)
    ]

    def padded(each: list[torch.Tensor], side: str) -> tuple[torch.Tensor, torch.Tensor]:
        ids = torch.nn.utils.rnn.pad_sequence(each, batch_first=True, padding_side=side)
        ones = [torch.ones_like(one) for one in each]
        return ids, torch.nn.utils.rnn.pad_sequence(ones, batch_first=True, padding_side=side)

    class GivenRows(trl.GRPOTrainer):
        def _prepare_inputs(self, _: Any) -> dict[str, Any]:
            at = self._step % len(micro_batches)
            places = micro_batches[at]
            prompts, prompt_mask = padded([tokens[place][0] for place in places], "left")
            responses, mask = padded([torch.cat([tokens[place][1], end]) for place in places], "right")
            step = range(at * given.micro_batch // STEP * STEP, (at * given.micro_batch // STEP + 1) * STEP)
            return {
                "prompt_ids": prompts,
                "prompt_mask": prompt_mask,
                "completion_ids": responses,
                "completion_mask": mask,
                "advantages": torch.tensor([2.0 * samples[place].reward - 1 for place in places]),
                "num_items_in_batch": torch.tensor(sum(len(tokens[place][1]) + 1 for place in step)),
            }

    config = trl.GRPOConfig(
        **shared, num_generations=2, steps_per_generation=STEP // given.micro_batch, beta=0.0
    )
    rows = datasets.Dataset.from_list([{"prompt": each.instruction.prompt} for each in samples[::2]])
    return GivenRows(args=config, reward_funcs=[lambda **_: [0.0]], train_dataset=rows, **common)


if __name__ == "__main__":
    main()
