"""GRPO of TRL with hindsight replay in each update: python replay_grpo.py ROWS MODEL OUTPUT [STEPS]."""

import sys

import torch
from datasets import load_dataset
from trl import GRPOConfig

import hir_data as hir


def main(rows: str, model: str, output: str, steps: str = "-1") -> None:
    """Train, and save the model."""
    trainer = hir.ReplayGRPOTrainer(
        model=model,
        train_dataset=load_dataset("json", data_files=rows, split="train"),  # prompt, constraints
        reward_funcs=[hir.ConstraintReward("cla")],
        args=GRPOConfig(
            output_dir=output,
            num_generations=4,
            per_device_train_batch_size=4,
            gradient_accumulation_steps=2,
            max_completion_length=64,
            max_steps=int(steps),
            logging_steps=1,
            report_to="none",
            bf16=torch.cuda.is_available(),
            use_cpu=not torch.cuda.is_available(),
        ),
        replay_config=hir.ReplayConfig(k=2),
        train_config=hir.TrainConfig(replay_weight=1.0, replay_cap=0.5),
    )
    trainer.train()
    trainer.save_model(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
