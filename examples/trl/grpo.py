"""GRPO of TRL on instructions and on those of their replays: python grpo.py ROWS MODEL OUTPUT [STEPS]."""

import sys

import torch
from datasets import load_dataset
from trl import GRPOConfig, GRPOTrainer

import hir_data as hir


def main(rows: str, model: str, output: str, steps: str = "-1") -> None:
    """Train, and save the model."""
    trainer = GRPOTrainer(
        model=model,
        train_dataset=load_dataset("json", data_files=rows, split="train"),
        reward_funcs=[hir.ConstraintReward("cla", log_by="family")],
        args=GRPOConfig(
            output_dir=output,
            num_generations=4,
            per_device_train_batch_size=8,
            max_completion_length=64,
            max_steps=int(steps),
            logging_steps=1,
            report_to="none",
            bf16=torch.cuda.is_available(),
            use_cpu=not torch.cuda.is_available(),
        ),
    )
    trainer.train()
    trainer.save_model(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
