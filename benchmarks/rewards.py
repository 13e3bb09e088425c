"""What a reward costs a training step: 512 completions of 1,000 tokens, of 64 prompts with three constraints.

python benchmarks/rewards.py

NVIDIA's figures of NeMo RL 0.4 have a step of GRPO of four times that size (Llama 3.1 8B, 16 H100) at 97.7
seconds. Times are the best of three calls; CPU is of this process and its workers together.
"""

import asyncio
import os
import random
import time
from pathlib import Path

import hir_data as hir

COMPLETIONS, GROUP, TOKENS = 512, 8, 1000
KINDS = [
    {"kind": "punctuation:no_comma"},
    {"kind": "word_count", "min": 300},
    {"kind": "keywords:existence", "keywords": ["tide", "moon"]},
    {"kind": "length_constraints:number_sentences", "relation": "at least", "num_sentences": 20},
    {"kind": "detectable_format:number_bullet_lists", "num_bullets": 3},
    {"kind": "startend:end_checker", "end_phrase": "That is all."},
    {"kind": "change_case:english_lowercase"},
    {"kind": "paragraph_count", "min": 3},
]
WORDS = (
    "tide moon sea sand wind harbour light water comes goes under over slowly the a and of in with".split()
)


def completion(rng: random.Random) -> str:
    """A text of about 1,000 tokens, in sentences and paragraphs."""
    sentences = []
    for _ in range(TOKENS // 13):
        words = [rng.choice(WORDS) for _ in range(10)]
        sentences.append(" ".join(words).capitalize() + (", " + rng.choice(WORDS)) * rng.randrange(2) + ".")
    return "\n\n".join(" ".join(sentences[start : start + 8]) for start in range(0, len(sentences), 8))


def cpu() -> float:
    """Seconds of processor time of this process and its children so far, those that live too."""
    ticks = os.sysconf("SC_CLK_TCK")

    def of(pid: int) -> float:
        folder = Path(f"/proc/{pid}")
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            children = [each.read_text().split() for each in folder.glob("task/*/children")]
        except OSError:
            return 0.0
        own = sum(map(int, fields[11:15])) / ticks
        return own + sum(of(int(child)) for listed in children for child in listed)

    return of(os.getpid())


def main() -> None:
    """Print the seconds of each way to call the reward."""
    rng = random.Random(1)
    completions = [completion(rng) for _ in range(COMPLETIONS)]
    rows = [rng.sample(KINDS, 3) for _ in range(COMPLETIONS // GROUP)]
    columns = {"constraints": [row for row in rows for _ in range(GROUP)]}
    serial = hir.ConstraintReward()
    two = hir.ConstraintReward(workers=2)
    awaited = hir.AsyncConstraintReward(workers=2)
    ways = {
        "ConstraintReward": lambda: serial(completions, **columns),
        "ConstraintReward, 2 workers": lambda: two(completions, **columns),
        "AsyncConstraintReward, 2 workers": lambda: asyncio.run(awaited(completions, **columns)),
    }
    expected = serial(completions, **columns)
    print(f"{'reward of 512 completions':<36}{'wall s':>8}{'CPU s':>8}")
    for name, call in ways.items():
        best = []
        for _ in range(4):  # the first one starts the workers
            wall, used = time.perf_counter(), cpu()
            assert call() == expected
            best.append((time.perf_counter() - wall, cpu() - used))
        print(f"{name:<36}{min(wall for wall, _ in best[1:]):>8.3f}{min(used for _, used in best[1:]):>8.3f}")


if __name__ == "__main__":
    main()
