"""What the guards of replay catch among real responses that satisfy their whole instruction, and their cost.

Run ``python benchmarks/guards.py``: it reads IFEval's and IFBench's prompts with one model's responses each,
from ``$HIR_DATA_SHARED`` or ``../shared/data``. The guards were tuned on prompts with an even number (from 0,
in the order of the file); those with an odd number are held out. ``--show`` prints what is caught.
"""

import argparse
import json
import time
from collections import Counter
from pathlib import Path

import common
from replay_quality import SETS

import hir_data as hir
from hir_data.replays.fitness.attempt import GuardedResponse
from hir_data.replays.guards import GUARDS, unfit
from hir_data.replays.information import Background, group_key


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--show", choices=("even", "odd"), help="print what is caught in a half")
    shown = parser.parse_args().show
    satisfied: Counter[str] = Counter()
    caught: dict[str, Counter[str]] = {"odd": Counter(), "even": Counter()}
    rollouts: list[hir.Rollout] = []
    for prompts, responses in SETS.values():
        numbers = numbered(common.SHARED / prompts)
        verified = common.verified(common.SHARED / prompts, common.SHARED / responses)
        background = Background(
            [(group_key(v.rollout.instruction), v.rollout.response) for v in verified][:256]
        )
        for verification in verified:
            rollout = verification.rollout
            rollouts.append(rollout)
            half = "odd" if numbers[rollout.instruction.prompt.strip()] % 2 else "even"
            if not verification.ila:
                continue
            satisfied[half] += 1
            others = background.view(group_key(rollout.instruction))
            if objection := unfit(rollout, tuple(GUARDS), None, others):
                caught[half][objection[0]] += 1
                if half == shown:
                    print(objection, "|", rollout.instruction.prompt[:200], "|", rollout.response[:300], "\n")
    for half, title in (("odd", "held out"), ("even", "tuned on")):
        number = caught[half].total()
        share = number / satisfied[half]
        print(
            f"{title}: {number} of {satisfied[half]} caught ({share:.1%}) {dict(caught[half].most_common())}"
        )
    print_costs(rollouts)


def numbered(prompts: Path) -> dict[str, int]:
    """The number of each prompt in its file."""
    with prompts.open(encoding="utf-8") as lines:
        return {json.loads(line)["prompt"].strip(): number for number, line in enumerate(lines)}


def print_costs(rollouts: list[hir.Rollout]) -> None:
    """Print the processor time of each guard on responses of 200 to 400 words."""
    long = [rollout for rollout in rollouts if 200 <= len(rollout.response.split()) <= 400]
    words = sum(len(rollout.response.split()) for rollout in long) / len(long)
    print(f"milliseconds for a response of {words:.0f} words, by guard, words and prompt prepared each time:")
    for name, guard in GUARDS.items():
        start = time.process_time()
        for rollout in long:
            guard(GuardedResponse.of(rollout))
        print(f"  {name:<16}{1000 * (time.process_time() - start) / len(long):.2f}")


if __name__ == "__main__":
    main()
