"""What large models hold on each device, in GiB, by the functions that ``hir-data train --dry-run`` uses.

Nothing is loaded: models are made from their configurations. The tables of docs/explanation/scale.md are the
output of this program.
"""

from typing import Any

import transformers

from hir_data.training.memory import BatchShape, memory_of, sizes_of
from hir_data.training.settings import TrainConfig

FSDP: dict[str, Any] = {"fsdp": True, "fsdp_config": {"version": 2}}
SHARED = {"vocab_size": 152_064, "num_key_value_heads": 8, "head_dim": 128, "max_position_embeddings": 32_768}
MODELS = {
    "4 B": transformers.Qwen3Config(
        hidden_size=2560,
        intermediate_size=9728,
        num_hidden_layers=36,
        num_attention_heads=32,
        tie_word_embeddings=True,
        **SHARED,
    ),
    "32 B": transformers.Qwen3Config(
        hidden_size=5120, intermediate_size=25_600, num_hidden_layers=64, num_attention_heads=64, **SHARED
    ),
}
ROWS: list[tuple[str, int, int, dict[str, Any]]] = [
    ("4 B", 1, 1, {}),
    ("4 B", 8, 1, {}),
    ("4 B", 8, 1, {"trainer": FSDP, "logits": "full"}),
    ("4 B", 8, 1, {"trainer": FSDP}),
    ("4 B", 8, 1, {"trainer": FSDP, "gradient_checkpointing": True}),
    ("4 B", 8, 4, {"trainer": FSDP, "gradient_checkpointing": True}),
    ("4 B", 1, 1, {"lora": 16, "gradient_checkpointing": True}),
    ("32 B", 64, 1, {"trainer": FSDP}),
    ("32 B", 64, 1, {"trainer": FSDP, "gradient_checkpointing": True}),
    ("32 B", 64, 4, {"trainer": FSDP, "gradient_checkpointing": True}),
    ("32 B", 8, 1, {"trainer": FSDP, "gradient_checkpointing": True}),
    ("32 B", 8, 1, {"trainer": FSDP, "lora": 16, "gradient_checkpointing": True}),
]


def main() -> None:
    """Print the table."""
    parts = ["weights", "gradients", "optimizer", "activations", "head"]
    print(f"| model | devices | rows | options | {' | '.join(parts)} | all |")
    print("|---|---|---|---|" + "---|" * (len(parts) + 1))
    for name, devices, rows, options in ROWS:
        settings = TrainConfig(dtype="bfloat16", device="cpu", max_length=4096, **options)
        config = MODELS[name]
        batch = BatchShape(rows=rows, tokens=4096 * rows, responses=3072 * rows)
        memory = memory_of(config, settings, sizes_of(config, settings), [batch], processes=devices)
        cells = " | ".join(f"{getattr(memory, part) / 2**30:.1f}" for part in parts)
        print(f"| {name} | {devices} | {rows} | {said(options)} | {cells} | {memory.total / 2**30:.1f} |")


def said(options: dict[str, Any]) -> str:
    """Options as the table names them."""
    words = ["FSDP2"] if "trainer" in options else []
    words += [f"`--{name.replace('_', '-')}`" for name, value in options.items() if value is True]
    words += [f"`--{name} {options[name]}`" for name in ("logits", "lora") if name in options]
    return ", ".join(words) or "none"


if __name__ == "__main__":
    main()
