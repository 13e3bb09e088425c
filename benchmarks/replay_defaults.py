"""What the defaults of replay are worth on real responses, against other values.

Run ``python benchmarks/replay_defaults.py``: it prints a row for each setting on the inputs of
``replay_quality.py``, which are real responses: IFEval's and IFBench's prompts with one response each, and
the example with six. A data set is better with more replays that say something, over more prompts:

- *replays*, and *reached*: prompts without a success that get one,
- *most of one prompt*: the replays of the prompt that has most,
- *bits*: of an instruction on average,
- *trivial*: relabelled constraints that nine of ten responses to other prompts satisfy,
- *empty*: instructions that one of ten bare refusals and shells satisfies.
"""

import argparse
from collections import Counter
from collections.abc import Iterable
from typing import Any

from replay_quality import TRIVIAL, Satisfied, groups, inputs, is_empty

import hir_data as hir
from hir_data.replays.config import ReplayConfig
from hir_data.replays.pipeline import replay

SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    *({"min_bits": bits} for bits in (0, 0.5, 2, 3)),
    {"relabel": "nearest"},
    {"relabel": "flip"},
    {"relabel": "drop"},
    {"substitutes": False},
    {"guards": "none"},
)
OF_A_GROUP: tuple[dict[str, Any], ...] = (
    *({"k": number} for number in (1, 2, 4)),
    *({"k": 2, "select": each} for each in ("paper", "cla", "entropy", "informative", "random")),
)
COLUMNS = ("setting", "replays", "reached", "most of one prompt", "bits", "trivial", "empty")


def main() -> None:
    """Measure and print a table for each input."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.parse_args()
    for name, verifications in inputs(None):
        print(f"\n{name}\n\n| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
        satisfied = Satisfied(verifications)
        for setting in (*SETTINGS, *(OF_A_GROUP if name == "example" else ())):
            print(f"| {' | '.join(row(verifications, setting, satisfied))} |", flush=True)


def row(
    verifications: list[hir.Verification], setting: dict[str, Any], satisfied: Satisfied
) -> Iterable[str]:
    """The figures of a setting."""
    samples = list(replay(verifications, ReplayConfig(**setting)))
    replays = [sample for sample in samples if sample.origin == "replay"]
    sources = {sample.id: sample for sample in samples if sample.origin == "rollout"}
    relabels = [
        (sample, change.became)
        for sample in replays
        for change in sample.changes
        if change.fate not in ("kept", "dropped") and change.became is not None
    ]
    trivial = sum(
        satisfied.share(became, sample.instruction.prompt, sources[sample.source_id or ""]) >= TRIVIAL
        for sample, became in relabels
    )
    bits = [sample.instruction_bits for sample in replays if sample.instruction_bits is not None]
    most = max(Counter(sample.group for sample in replays).values(), default=0)
    return (
        ", ".join(f"{name} {value}" for name, value in setting.items()) or "the defaults",
        str(len(replays)),
        groups(verifications, replays).partition(", of which ")[2].partition(" get")[0],
        str(most),
        f"{sum(bits) / max(1, len(bits)):.1f}",
        f"{trivial / max(1, len(relabels)):.0%}",
        f"{sum(is_empty(sample.instruction.constraints) for sample in replays) / max(1, len(replays)):.0%}",
    )


if __name__ == "__main__":
    main()
