"""The policies that everything starts from: three recipes, each followed until a policy is good enough."""

import functools
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import torch

import hir_data as hir
from benchmarks.hir_mini.evaluation import evaluate
from benchmarks.hir_mini.languages.base import Language, instructions, shortened
from benchmarks.hir_mini.policy import Policy, logprobs, mask_of, new_policy

REGIMES = {"sparse": 0.006, "easy": 0.05}
"""ILA of sampled responses to instructions set aside for this, at which the first training is stopped."""

EVERY = 5  # steps between two looks
ROWS = 64


class Recipe(NamedTuple):
    """How a policy is made: it learns to write the hidden texts of instructions.

    Attributes:
        most: constraints of an instruction, at most.
        corrupted: share of texts that are another instruction's.
        known: different instructions.
        rate: of learning, at first.
        halving: steps after which the rate is half of what it was; None for a constant one.
        seed: of the policy and of all chance.
        steps: after which it is stopped at the latest.
    """

    most: int
    corrupted: float
    known: int
    rate: float
    halving: int | None
    seed: int
    steps: int = 4000


RECIPES = {
    "corrupted": Recipe(most=4, corrupted=0.25, known=3000, rate=3e-3, halving=400, seed=1),
    "true": Recipe(most=8, corrupted=0.0, known=3000, rate=1e-3, halving=None, seed=2),
    "narrow": Recipe(most=2, corrupted=0.0, known=300, rate=1e-3, halving=None, seed=3),
}
"""``corrupted``: up to four constraints; a quarter of the texts belong to others; fast, then slower.
``true``: instructions of every size that are true of random texts. ``narrow``: one constraint or two of 300
instructions, seen again and again."""


class Setting(NamedTuple):
    """Where arms are compared.

    Attributes:
        language: which is written.
        start: the recipe of the first policy.
        regime: how good that is.
    """

    language: Language
    start: str
    regime: str

    def __str__(self) -> str:
        return f"{self.language.name}-{self.start}-{self.regime}"


@functools.lru_cache(maxsize=16)
def prompts_for(language: Language, purpose: str, number: int) -> Sequence[hir.Instruction]:
    """So many instructions, others for each purpose."""
    return [each for each, _ in itertools.islice(instructions(language, purpose), number)]


def start(setting: Setting, folder: Path, *, steps: int | None = None) -> Policy:
    """The policy of a setting, from the folder if it was made before.

    Args:
        setting: which one.
        folder: of policies that were made.
        steps: after which it is stopped at the latest; those of the recipe if None.
    """
    recipe = RECIPES[setting.start]
    policy = new_policy(setting.language, recipe.seed)
    file = folder / f"{setting}-{steps or recipe.steps}.pt"
    if not file.exists():
        asked = prompts_for(setting.language, "validation", 512)
        for step in pretrain(policy, recipe):
            good = step % EVERY == 0 and evaluate(policy, asked, 4, 0).ila >= REGIMES[setting.regime]
            if good or step == (steps or recipe.steps):
                print(f"{setting}: {step} steps", flush=True)
                break
        folder.mkdir(parents=True, exist_ok=True)
        torch.save(policy.state_dict(), file.with_suffix(f".{os.getpid()}"))
        file.with_suffix(f".{os.getpid()}").replace(file)
    policy.load_state_dict(torch.load(file, weights_only=True))
    return policy


def pretrain(policy: Policy, recipe: Recipe) -> Iterator[int]:
    """Learn to write what instructions are true of, step by step, as long as steps are asked for."""
    rng, language = Random(f"{recipe.seed}:first training"), policy.codec.language
    examples = list(itertools.islice(instructions(language, f"{recipe.seed}:known"), recipe.known))
    responses = policy.codec.responses([text for _, text in examples])
    optimizer = torch.optim.AdamW(policy.parameters(), lr=recipe.rate, weight_decay=0.0)
    for step in itertools.count(1):
        chosen = [rng.randrange(len(examples)) for _ in range(ROWS)]
        others = [rng.randrange(len(examples)) for _ in range(ROWS)]
        wrong = [rng.random() < recipe.corrupted for _ in range(ROWS)]
        answers = [other if bad else each for each, other, bad in zip(chosen, others, wrong, strict=True)]
        asked = [shortened(examples[each][0], rng, recipe.most) for each in chosen]
        mask = mask_of(responses[answers])
        found = logprobs(policy, policy.codec.prompts(asked), torch.arange(ROWS), responses[answers])
        (-(found * mask).sum() / mask.sum()).backward()
        optimizer.step()
        optimizer.zero_grad()
        if recipe.halving:
            for group in optimizer.param_groups:
                group["lr"] = recipe.rate * 0.5 ** (step / recipe.halving)
        yield step
