"""What becomes of prompts whose responses all have the same reward: skipped, relabelled or drawn again.

Run ``python benchmarks/equal_groups.py``. It reads the rollouts of ``examples/replay`` (``--rollouts`` takes
yours), of which each prompt has several responses. Some of them, ``--n``, count as drawn at first, and the
rest is what would be drawn again, so that nothing is sampled; all of it is repeated for ``--orders`` orders
of the responses. A prompt *differs* if its responses have different rewards, and has *signal* if it differs
or a failure of it has a replay.
"""

import argparse
import statistics
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import hir_data as hir
from hir_data.formats.reader import read_rollouts
from hir_data.replays.pipeline import replay
from hir_data.rewards.score import Score, reward
from hir_data.schemas.rejected import Rejected

EXAMPLE = Path(__file__).parents[1] / "examples" / "replay" / "rollouts.jsonl.gz"
SCORES: tuple[Score, ...] = ("ila", "cla")

Groups = dict[str, list[hir.Verification]]


class Spent(NamedTuple):
    """What a way of sampling spends, and what comes of it."""

    rollouts: int
    differ: int
    signal: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rollouts", type=Path, default=EXAMPLE)
    parser.add_argument("--n", type=int, default=2, help="responses to a prompt each time")
    parser.add_argument("--redraws", type=int, default=2)
    parser.add_argument("--scores", nargs="+", choices=SCORES, default=SCORES, help="rewards")
    parser.add_argument("--orders", type=int, default=20)
    given = parser.parse_args()
    groups: Groups = {}
    for each in hir.verify(map(kept, read_rollouts(str(given.rollouts))), loose=False, workers=0):
        groups.setdefault(each.rollout.instruction.prompt, []).append(each)
    needed = given.n * (1 + given.redraws)
    groups = {name: each for name, each in groups.items() if len(each) >= needed}
    print(f"{len(groups)} prompts of {needed} responses and more, {given.orders} orders\n")
    print("reward   redraws  rollouts  differ  signal  rollouts for one that differs")
    for score in given.scores:
        for redraws in range(given.redraws + 1):
            orders = [measured(groups, score, given.n, redraws, order) for order in range(given.orders)]
            spent = [statistics.mean(each) for each in zip(*orders, strict=True)]
            per_prompt = spent[0] / spent[1] if spent[1] else float("inf")
            print(f"{score:8}{redraws:8}{spent[0]:10.0f}{spent[1]:8.1f}{spent[2]:8.1f}{per_prompt:31.1f}")


def kept(rollout: hir.Rollout | Rejected) -> hir.Rollout:
    """A rollout that could be read."""
    if isinstance(rollout, Rejected):
        raise rollout.error
    return rollout


def measured(groups: Groups, score: Score, n: int, redraws: int, order: int) -> Spent:
    """What is spent on all prompts, with their responses in an order."""
    chance = Random(order)
    drawn: Groups = {}
    for name, responses in groups.items():
        shuffled = chance.sample(responses, len(responses))
        number = n
        for _ in range(redraws):
            number += n if len(rewards(shuffled[:number], score)) == 1 else 0
        drawn[name] = shuffled[:number]
    differ = {name for name, each in drawn.items() if len(rewards(each, score)) > 1}
    return Spent(sum(map(len, drawn.values())), len(differ), len(differ | replayed(drawn)))


def rewards(responses: Iterable[hir.Verification], score: Score) -> set[float | None]:
    """The rewards that responses have."""
    return {reward(each, score) for each in responses}


_KNOWN: dict[Any, set[str]] = {}


def replayed(drawn: Groups) -> set[str]:
    """The prompts of which a failure has a replay."""
    key = tuple(id(each) for responses in drawn.values() for each in responses)
    if key not in _KNOWN:  # both rewards begin with the same responses
        samples = list(replay([each for responses in drawn.values() for each in responses]))
        groups = {each.group: each.instruction.prompt for each in samples if each.origin == "rollout"}
        _KNOWN[key] = {groups[each.group] for each in samples if each.origin == "replay"}
    return _KNOWN[key]


if __name__ == "__main__":
    main()
