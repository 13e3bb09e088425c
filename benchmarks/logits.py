"""Peak memory and processor time of a step with log-probabilities in chunks and from whole logits.

The model is a random Llama, and a step is one forward and backward pass in float32 over rows of equal length,
of which half are prompts. The peak is that of torch's allocations, weights included.
"""

import argparse
import time
from typing import Any

import torch
import transformers
from torch.profiler import ProfilerActivity, profile

from hir_data.training import loss as losses
from hir_data.training.collator import sequences
from hir_data.training.head import ChunkedHead


def main() -> None:
    """Measure the ways that are asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--vocabulary", type=int, default=152_064)
    parser.add_argument("--hidden", type=int, default=256)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--ways", nargs="+", choices=["full", "chunked"], default=["full", "chunked"])
    given = parser.parse_args()
    for way in given.ways:
        peak, seconds = measured(given, way)
        tokens = given.rows * given.length
        print(f"{way:<8}{peak / 2**20:>8.0f} MiB  {seconds:6.1f} s  {tokens / seconds:7.0f} tokens a second")


def measured(given: argparse.Namespace, way: str) -> tuple[int, float]:
    """The peak of a step in bytes, and its time on the processor in seconds."""
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=given.vocabulary,
        hidden_size=given.hidden,
        intermediate_size=3 * given.hidden,
        num_hidden_layers=given.layers,
        num_attention_heads=8,
        max_position_embeddings=given.length,
    )
    ids = torch.randint(0, given.vocabulary, (given.rows, given.length))
    half = given.length // 2
    read = sequences([(row[:half], row[half:]) for row in ids], padding_free=False)
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as watched:
        model = transformers.LlamaForCausalLM(config)
        head = ChunkedHead(model)
        since = time.process_time()
        step(model, head if way == "chunked" else None, read)
        seconds = time.process_time() - since
    held = most = 0
    for event in sorted(watched.profiler.kineto_results.events(), key=lambda each: each.start_ns()):
        held += event.nbytes() if event.name() == "[memory]" else 0
        most = max(most, held)
    return most, seconds


def step(model: Any, head: ChunkedHead | None, read: Any) -> None:
    """Log-probabilities, entropies and the gradient of their sum."""
    if head is not None:
        logp, _ = head.logprobs(model, read.inputs, read.tokens, read.wanted, entropy=True)
    else:
        logits = model(**read.inputs, use_cache=False).logits
        logp = losses.token_logprobs(logits, read.tokens)[read.wanted]
        losses.entropy(logits)
        del logits
    logp.sum().backward()


if __name__ == "__main__":
    main()
