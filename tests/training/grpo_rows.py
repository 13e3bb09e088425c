"""GRPO of TRL with replays on a tiny model, and what it has drawn as samples that our own trainer reads.

A module of tests that imports this one is skipped where the extras ``train`` and ``trl`` are not installed.
As a program, ``grpo_rows.py MODEL FOLDER``, it takes a step in a group of processes and writes both.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from samples import FIVE, NO_COMMA, asking

import hir_data as hir
from hir_data.cli.process import one_of_several
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.rollout import Sampling

trl = pytest.importorskip("trl", reason="needs the extra 'trl'")
datasets = pytest.importorskip("datasets", reason="needs the extra 'trl'")

QUESTIONS = ["Tea?", "Why is the sea salty?", "Moon.", "The tide goes out?"]
ANYTHING = {"guards": "none", "min_bits": 0}
"""Settings under which what a random model says is replayed."""

ARGUMENTS: dict[str, Any] = {
    "max_steps": 2,
    "num_generations": 4,
    "per_device_train_batch_size": 4,
    "gradient_accumulation_steps": 2,
    "max_completion_length": 12,
    "learning_rate": 0.01,
    "lr_scheduler_type": "constant",
    "optim": "sgd",
    "temperature": 1.0,
    "use_cpu": True,
    "bf16": False,
    "report_to": "none",
    "save_strategy": "no",
    "logging_steps": 1,
    "disable_tqdm": True,
}


MEAN_OF_ROWS = {"advantage": "rloo", "old_logprobs": "paper", "replay_cap": 0.5}


def rows(form: str, constraints: Any = (NO_COMMA, FIVE)) -> Any:
    """A data set as ``hir-data export --to trl-grpo`` writes it, with what prompts are made of."""
    asked = [asking(question, *constraints) for question in QUESTIONS]
    return datasets.Dataset.from_list(
        [
            {
                "id": f"{number}",
                "prompt": [{"role": "user", "content": each.prompt}] if form == "chat" else each.prompt,
                "constraints": [constraint.model_dump_json() for constraint in each.constraints],
                "question": each.question,
                "criteria": list(each.criteria or ()),
                "presentation": each.presentation,
            }
            for number, each in enumerate(asked)
        ]
    )


class Recorded(hir.ReplayGRPOTrainer):
    """Remembers what it has drawn, as samples that our own trainer reads."""

    batches: list[list[ReplaySample]]

    def _replay_batch(self, output: Any) -> None:
        rows, _, completions, ids, rewards = self._drawn
        super()._replay_batch(output)
        samples, start = [], self.accelerator.process_index * len(rows)
        for here, (row, completion, tokens) in enumerate(zip(rows, completions, ids, strict=True)):
            place = start + here
            said = completion if isinstance(completion, str) else completion[0]["content"]
            question = row["question"]
            known = {
                "group": f"{place // 4}",
                "response": said,
                "sampling": Sampling(
                    token_ids=tokens, finish_reason="stop" if tokens[-1] == 0 else "length", temperature=1.0
                ),
            }
            reward = float(rewards[place, 0])
            samples.append(
                ReplaySample(
                    id=f"{place}",
                    origin="rollout",
                    instruction=asking(question, *map(hir.parse, map(json.loads, row["constraints"]))),
                    reward=float(reward == 1),
                    cla=reward,
                    verdicts=(True, reward == 1),
                    **known,
                )
            )
            if replay := self.replays.get(place):
                samples.append(
                    replay.model_copy(update=known | {"id": f"{place}/replay", "source_id": f"{place}"})
                )
        self.batches.append(samples)


def trainer_of(cls: Any, model: str, folder: Path, data: Any, *, reward: Any = None, **options: Any) -> Any:
    own = {name: options.pop(name) for name in ("replay_config", "train_config", "window") if name in options}
    trainer = cls(
        model=model,
        args=trl.GRPOConfig(output_dir=str(folder), **ARGUMENTS | options),
        reward_funcs=[reward or hir.ConstraintReward("cla")],
        train_dataset=data,
        **own,
    )
    trainer.batches = []
    return trainer


def steps(trainer: Any) -> list[dict[str, float]]:
    trainer.train()
    return [line for line in trainer.state.log_history if "loss" in line]


def main(model: str, folder: str) -> Recorded:
    """A step in each of the processes of a group, whose losses are means over rows."""
    from accelerate.utils import gather_object

    trainer = trainer_of(
        Recorded,
        model,
        Path(folder) / "trl",
        rows("chat"),
        replay_config=hir.ReplayConfig(**ANYTHING),
        train_config=hir.TrainConfig(**MEAN_OF_ROWS),
        loss_type="grpo",
        gradient_accumulation_steps=1,
        max_steps=1,
    )
    logged = steps(trainer)
    trainer.save_model(str(Path(folder) / "theirs"))
    samples = gather_object(trainer.batches[0])
    added = gather_object([sum(each.origin == "replay" for each in trainer.batches[0])])
    if trainer.accelerator.is_main_process:
        lines = [sample.model_dump_json() for sample in samples]
        (Path(folder) / "samples.jsonl").write_text("\n".join(lines))
        (Path(folder) / "logged.json").write_text(json.dumps(logged[0] | {"added": added}))
    trainer.accelerator.end_training()
    return trainer


if __name__ == "__main__":
    with one_of_several():  # PyTorch's threads may keep an interpreter from its end
        # It lives until the process is gone: with its last reference the group of processes would wait for a
        # thread that may need the interpreter, and so for ever.
        trainer = main(*sys.argv[1:])
