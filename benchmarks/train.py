"""Tokens a second of our trainer and of TRL's: the same model, rows, batches and machine, in turns.

Both train all weights in float32 on rows of different lengths, a prompt and a response each. Timed are the
steps alone, from the first micro-batch to the last update; what either side does before (loading, making
tokens, and our pass under the starting model, which TRL's SFTTrainer has no use for) is told apart.
"""

import argparse
import logging
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
from hir_data.training.settings import settings_of
from hir_data.training.trainer import HirTrainer

WORDS = "the tide comes in and goes out again while moon and sun pull at sea and land".split()


def main() -> None:
    """Time both sides in turn, and print how they compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3, help="turns of each side")
    parser.add_argument("--hidden", type=int, default=256, help="the width of the model")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--vocabulary", type=int, default=8192)
    parser.add_argument("--padding-free", action="store_true", help="ours without padding")
    parser.add_argument("--kto", action="store_true", help="against the KTOTrainer, not the SFTTrainer")
    parser.add_argument("--cpu", action="store_true", help="processor time, not the clock on the wall")
    given = parser.parse_args()
    Watch.clock = time.process_time if given.cpu else time.perf_counter
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    datasets.disable_progress_bars()
    with tempfile.TemporaryDirectory() as folder, chdir(Path(folder)):
        model = make_model(Path("model"), given)
        samples = make_samples(given.rows)
        dataset.write(Path("data"), samples)
        tokens = run.plan(Path("data"), model, settings(given)).tokens
        name = "KTOTrainer" if given.kto else "SFTTrainer"
        turns = [
            (ours(model, given, number), theirs(model, samples, given, number))
            for number in range(given.rounds + 1)
        ][1:]
    print(f"{versions('torch', 'transformers', 'trl')}; {torch.get_num_threads()} threads")
    print(f"{given.rows} rows, {tokens} tokens, {given.rounds} turns\n")
    medians = [statistics.median(side) for side in zip(*turns, strict=True)]
    for side, median in zip(("hir-data", name), medians, strict=True):
        print(f"{side:<16}{tokens / median:>10.0f} tokens a second")
    ratios = [their_time / our_time for our_time, their_time in turns]
    print(f"\nratio turn by turn {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


@contextmanager
def chdir(folder: Path) -> Iterator[None]:
    """Work in a folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


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
        max_position_embeddings=1024,
        bos_token_id=None,
        eos_token_id=fast.eos_token_id,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    fast.save_pretrained(folder)
    return str(folder)


def make_samples(rows: int) -> list[ReplaySample]:
    """Prompts of 20 to 100 words with responses of 20 to 300; every other one is a success."""
    chance = Random(0)
    constraint = hir.parse({"kind": "punctuation:no_comma"})
    samples = []
    for number in range(rows):
        prompt, response = (
            " ".join(chance.choices(WORDS, k=chance.randint(20, most))) for most in (100, 300)
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


def settings(given: argparse.Namespace) -> Any:
    """The same for both sides: 16 rows a step, 8 at a time."""
    return settings_of(
        {"batch_size": 16, "micro_batch": 8, "device": "cpu", "padding_free": given.padding_free, "keep": 1}
    )


class Watch(transformers.TrainerCallback):
    """Times an epoch."""

    clock: Callable[[], float]

    def __init__(self) -> None:
        self.seconds = 0.0

    def on_epoch_begin(self, *_: Any, **__: Any) -> None:
        """Called after everything that comes before the first step."""
        self.seconds -= Watch.clock()

    def on_epoch_end(self, *_: Any, **__: Any) -> None:
        """Called after the last step."""
        self.seconds += Watch.clock()


def ours(model: str, given: argparse.Namespace, turn: int) -> float:
    """Seconds of our steps."""
    watch = Watch()
    make: Callable[..., None] = HirTrainer.__init__

    def watched(self: HirTrainer, *arguments: Any, **options: Any) -> None:
        make(self, *arguments, **options)
        self.add_callback(watch)

    with mock.patch.object(HirTrainer, "__init__", watched):
        run.train(Path("data"), model, Path(f"ours-{turn}"), settings(given))
    return watch.seconds


def theirs(model: str, samples: list[ReplaySample], given: argparse.Namespace, turn: int) -> float:
    """Seconds of TRL's steps."""
    import trl

    rows = [
        {"prompt": each.instruction.prompt, "completion": each.response}
        | ({"label": bool(each.reward)} if given.kto else {})
        for each in samples
    ]
    shared = {
        "output_dir": f"theirs-{turn}",
        "per_device_train_batch_size": 8,
        "gradient_accumulation_steps": 2,
        "num_train_epochs": 1,
        "learning_rate": 1e-6,
        "gradient_checkpointing": False,
        "bf16": False,
        "use_cpu": True,
        "max_length": None,
        "logging_steps": 1,
        "report_to": "none",
        "disable_tqdm": True,
        "save_strategy": "no",
    }
    watch = Watch()
    loaded = transformers.AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
    config, trainer = (trl.KTOConfig, trl.KTOTrainer) if given.kto else (trl.SFTConfig, trl.SFTTrainer)
    training = trainer(
        model=loaded,
        args=config(**shared),
        train_dataset=datasets.Dataset.from_list(rows),
        processing_class=transformers.AutoTokenizer.from_pretrained(model),
        callbacks=[watch],
    )
    training.remove_callback(transformers.PrinterCallback)
    training.train()
    return watch.seconds


if __name__ == "__main__":
    main()
