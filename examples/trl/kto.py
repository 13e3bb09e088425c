"""KTO of TRL on rollouts and on their replays: python kto.py ROWS MODEL OUTPUT [STEPS]."""

import sys

import torch
from datasets import load_dataset
from trl import KTOConfig, KTOTrainer


def main(rows: str, model: str, output: str, steps: str = "-1") -> None:
    """Train, and save the model."""
    trainer = KTOTrainer(
        model=model,
        train_dataset=load_dataset("json", data_files=rows, split="train"),
        args=KTOConfig(
            output_dir=output,
            per_device_train_batch_size=4,
            max_length=512,
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
