"""How much of everything."""

from typing import NamedTuple


class Size(NamedTuple):
    """How much of everything.

    Attributes:
        name: in files.
        prompts: instructions in an iteration.
        n: responses to each of them.
        iterations: of a loop on a fresh seed.
        every: iterations from one evaluation on held-out prompts to the next.
        tuning: iterations of a loop on the development seed.
        train: instructions that iterations draw from.
        development: instructions by which points are compared, with two responses each.
        held_out: instructions by which arms are compared, with four responses each.
        seeds: fresh ones.
        rates: of learning, that are tried.
        epochs: passes over the same rollouts that are tried at the best rate.
        max_new_tokens: of a response.
        rank: of the adapter of an iteration.
        layers: the share of the layers, from the top, that it adapts.
        batch_size: rows of a step.
    """

    name: str
    prompts: int
    n: int
    iterations: int
    every: int
    tuning: int
    train: int
    development: int
    held_out: int
    seeds: tuple[int, ...]
    rates: tuple[float, ...] = (2e-4, 5e-4, 1e-3)
    epochs: tuple[float, ...] = (2.0,)
    max_new_tokens: int = 48
    rank: int = 16
    layers: float = 1 / 3
    batch_size: int = 32


FULL = Size(
    "full",
    prompts=48,
    n=4,
    iterations=10,
    every=5,
    tuning=2,
    train=960,
    development=60,
    held_out=240,
    seeds=(0,),
)
"""1,920 rollouts for an arm, and 384 for each of the points that it is tuned over."""

SMALL = FULL._replace(
    name="small",
    prompts=32,
    iterations=2,
    every=1,
    tuning=1,
    development=48,
    held_out=200,
    rates=(5e-4, 1e-3),
    epochs=(),
)
"""256 rollouts for an arm, and 128 for each of its points: too few to tell arms apart."""

LARGE = FULL._replace(
    name="large",
    prompts=128,
    n=8,
    iterations=20,
    tuning=4,
    train=2560,
    seeds=(0, 1, 2),
    layers=1.0,
    batch_size=128,
)
"""20,480 rollouts for an arm and seed: for a GPU, and a model of 0.6 to 4 billion parameters."""

QUICK = Size(
    "quick",
    prompts=3,
    n=2,
    iterations=2,
    every=1,
    tuning=1,
    train=12,
    development=3,
    held_out=4,
    seeds=(0,),
    rates=(1e-3, 1e-2),
    max_new_tokens=6,
    rank=2,
    layers=0.5,
)
"""Nearly nothing of everything: a test of the code."""

SIZES = {size.name: size for size in (FULL, SMALL, LARGE, QUICK)}
