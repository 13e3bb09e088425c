"""The claim of the method in miniature: what is learnt from failures where hardly any response succeeds.

Run ``python -m benchmarks.hir_mini`` from the root of the repository. Every figure goes into
``OUT/figures.csv`` as soon as it is known; what is there already is not computed again. At the end a table
and a plot are made of all of them.
"""

import argparse
import csv
import functools
import itertools
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch

import hir_data as hir
from benchmarks.hir_mini import report
from benchmarks.hir_mini.arms import ARMS, MORE, Arm, Schedule, learn, verified
from benchmarks.hir_mini.language import instructions
from benchmarks.hir_mini.policy import Policy, new_policy, pretrain, prompts_of, sample

CONSTRAINTS = 8  # a prompt
FIELDS = ("regime", "seed", "arm", "rollouts", "updates", "ila", "cla", "ila_greedy", "cla_greedy", "seconds")

REGIMES = {"sparse": 0.006, "easy": 0.05}
"""Held-out ILA at which the training that a policy starts with is stopped."""


class Size(NamedTuple):
    """How much of everything.

    Attributes:
        schedule: of learning.
        held_out: prompts that are only asked to see what was learnt.
        answers: sampled responses to each of them, besides the likeliest.
        known: instructions that the first training is on.
        evaluate: how often, in steps.
        most: steps of the first training, if it does not come as far as it should.
    """

    schedule: Schedule = Schedule()
    held_out: int = 512
    answers: int = 4
    known: int = 3000
    evaluate: int = 20
    most: int = 2000


QUICK = Size(Schedule(steps=2, prompts=8), held_out=16, answers=2, known=64, evaluate=1, most=10)


def main() -> None:
    """Run what is asked for, and report."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hir_mini",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("out/hir_mini"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3, 4])
    parser.add_argument("--arms", nargs="+", default=[arm.name for arm in ARMS])
    parser.add_argument("--regimes", nargs="+", choices=REGIMES, default=list(REGIMES))
    parser.add_argument("--quick", action="store_true", help="a few seconds, to see that it works")
    options = parser.parse_args()
    torch.set_num_threads(1)
    arms = [arm for arm in (*ARMS, *MORE) if arm.name in options.arms]
    run(options.output, options.regimes, options.seeds, arms, QUICK if options.quick else Size())
    report.write(options.output)


def run(output: Path, regimes: Sequence[str], seeds: Sequence[int], arms: Sequence[Arm], size: Size) -> None:
    """Have each arm learn from each start, unless that is done already."""
    output.mkdir(parents=True, exist_ok=True)
    file = output / "figures.csv"
    if not file.exists():
        file.write_text(",".join(FIELDS) + "\n")
    last = size.schedule.steps * size.schedule.prompts * size.schedule.samples
    with file.open(newline="") as lines:
        done = {
            (row["regime"], int(row["seed"]), row["arm"])
            for row in csv.DictReader(lines)
            if int(row["rollouts"]) == last
        }
    for regime, seed, arm in itertools.product(regimes, seeds, arms):
        if (regime, seed, arm.name) not in done:
            rows = learning_curve(output, regime, seed, arm, size)
            with file.open("a", newline="") as lines:
                csv.DictWriter(lines, FIELDS, lineterminator="\n").writerows(rows)
            print(regime, seed, arm.name, f"{rows[0]['ila']} -> {rows[-1]['ila']}", flush=True)


def learning_curve(output: Path, regime: str, seed: int, arm: Arm, size: Size) -> list[dict[str, object]]:
    """The figures of an arm as it learns."""
    policy = start(output, regime, seed, size)
    schedule = size.schedule
    prompts = asked(f"{seed}:train", schedule.steps * schedule.prompts)
    begin = time.perf_counter()
    known = {"regime": regime, "seed": seed, "arm": arm.name}
    rows = [known | {"rollouts": 0, "updates": 0} | evaluate(policy, seed, size) | {"seconds": 0}]
    for step, rollouts in enumerate(learn(policy, prompts, arm, schedule, seed), 1):
        if step % size.evaluate == 0 or step == schedule.steps:
            seconds = round(time.perf_counter() - begin, 1)
            told = {"rollouts": rollouts, "updates": step * schedule.updates}
            rows.append(known | told | evaluate(policy, seed, size) | {"seconds": seconds})
            print(*rows[-1].values(), flush=True)
    return rows


@functools.lru_cache(maxsize=4)
def asked(seed: str, number: int) -> list[hir.Instruction]:
    """So many instructions."""
    return [each for each, _ in itertools.islice(instructions(seed, CONSTRAINTS), number)]


def evaluate(policy: Policy, seed: int, size: Size, which: str = "held out") -> dict[str, float]:
    """ILA and CLA of held-out instructions, of sampled responses and of the likeliest ones."""
    held_out = asked(f"{seed}:{which}", size.held_out)
    prompts, chance = prompts_of(held_out), torch.Generator().manual_seed(seed)
    figures: dict[str, float] = {}
    for suffix, answers, by in (("", size.answers, chance), ("_greedy", 1, None)):
        found = verified(held_out, sample(policy, prompts, answers, by))
        figures[f"ila{suffix}"] = round(sum(bool(each.ila) for each in found) / len(found), 5)
        figures[f"cla{suffix}"] = round(sum(each.cla for each in found) / len(found), 5)
    return figures


def start(output: Path, regime: str, seed: int, size: Size) -> Policy:
    """The policy that all arms of a regime and a seed start from."""
    policy = new_policy(seed)
    file = output / f"start-{regime}-{seed}-{size.known}.pt"
    if not file.exists():
        examples = list(itertools.islice(instructions(f"{seed}:known", CONSTRAINTS), size.known))
        for step in pretrain(policy, examples, seed, rows=64, rate=1e-3):
            if step % 10 == 0 and evaluate(policy, seed, size, "validation")["ila"] >= REGIMES[regime]:
                break
            if step == size.most:
                break
        torch.save(policy.state_dict(), file)
    policy.load_state_dict(torch.load(file, weights_only=True))
    return policy
