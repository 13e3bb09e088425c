"""How informative the replays of real responses are, and what each costs.

Run ``python benchmarks/replay_quality.py``: it reads IFEval's and IFBench's prompts with one model's
responses each, from ``$HIR_DATA_SHARED`` or ``../shared/data``, and the rollouts of ``examples/replay``.
``--rollouts`` takes files of rollouts or verifications of your own instead.

A constraint is *trivial* if nine of ten responses to other prompts satisfy it, counted over all of them and
not over the sample that replay takes. An instruction is *empty* if one of ten bare refusals and shells,
which are not those that replay knows, satisfies all of its constraints. ``--write FOLDER`` keeps the
replays for reading.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import common

import hir_data as hir
from hir_data.formats.reader import read_rollouts
from hir_data.replays.config import ReplayConfig
from hir_data.replays.pipeline import replay
from hir_data.replays.verifications import read_verifications
from hir_data.schemas.constraint import Constraint, check
from hir_data.schemas.replay import ReplaySample
from hir_data.text.text import Text

SETS = {
    "IFEval, Qwen2.5-7B": ("ifeval/prompts.jsonl", "ifeval/responses_qwen25_7b.jsonl"),
    "IFBench, Qwen3-4B": ("ifbench/prompts.jsonl", "ifbench/responses_qwen3_4b.jsonl"),
}
EXAMPLE = Path(__file__).parents[1] / "examples" / "replay" / "rollouts.jsonl.gz"
TRIVIAL = 0.9

# Not in the list of :mod:`hir_data.replays.shells`, so that the figure says something.
EMPTY = tuple(
    map(
        Text,
        (
            "I cannot help with that request.",
            "I'm sorry, but I am unable to assist with this.",
            "As an AI, I don't have opinions on this matter. Is there anything else?",
            "Sure! Here you go.",
            "False",
            "P.P.S.",
            "la la la la la la la la la la la la. la la la la. la la la.",
            "```json\n{}\n```",
            "# Title\n\n* [name]\n* [date]\n\n---",
            "i do not know",
        ),
    )
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rollouts", type=Path, nargs="*", help="rollouts or verifications")
    parser.add_argument("--settings", type=json.loads, default={}, help="of ReplayConfig, as JSON")
    parser.add_argument("--write", type=Path, help="a folder for the replays, to read them")
    given = parser.parse_args()
    settings = ReplayConfig.model_validate(given.settings)
    for name, verifications in inputs(given.rollouts):
        print(f"\n{name}")
        samples = report(verifications, settings)
        if given.write:
            given.write.mkdir(parents=True, exist_ok=True)
            path = given.write / f"{name.split(',')[0].lower()}.jsonl"
            with path.open("w", encoding="utf-8") as file:
                file.writelines(json.dumps(record) + "\n" for record in readable(samples))


def inputs(files: Sequence[Path] | None) -> Iterable[tuple[str, list[hir.Verification]]]:
    """The sets to measure, by name."""
    if files:
        for path in files:
            yield path.stem, read(path)
        return
    for name, (prompts, responses) in SETS.items():
        yield name, common.verified(common.SHARED / prompts, common.SHARED / responses)
    yield "example", read(EXAMPLE)


def read(path: Path) -> list[hir.Verification]:
    """The verifications of a file; rollouts are verified."""
    found = list(read_verifications(str(path)))
    if all(isinstance(each, hir.Verification) for each in found):
        return [each for each in found if isinstance(each, hir.Verification)]
    return list(hir.verify(read_all(path), workers=0))


def read_all(path: Path) -> Iterable[hir.Rollout]:
    """The rollouts of a file."""
    return (each for each in read_rollouts(str(path)) if isinstance(each, hir.Rollout))


def report(verifications: list[hir.Verification], settings: ReplayConfig) -> list[ReplaySample]:
    """Replay a set and print its figures; the samples."""
    failures = sum(not each.ila for each in verifications)
    start = time.process_time()
    samples = list(replay(verifications, settings))
    elapsed = time.process_time() - start
    replays = [sample for sample in samples if sample.origin == "replay"]
    sources = {sample.id: sample for sample in samples if sample.origin == "rollout"}
    satisfied = Satisfied(verifications)
    relabels = [
        (sample, change.fate, change.became)
        for sample in replays
        for change in sample.changes
        if change.fate not in ("kept", "dropped") and change.became is not None
    ]
    trivial = [
        (fate, became)
        for sample, fate, became in relabels
        if satisfied.share(became, sample.instruction.prompt, sources[sample.source_id or ""]) >= TRIVIAL
    ]
    empty = [sample for sample in replays if is_empty(sample.instruction.constraints)]
    source_empty = [s for s in replays if is_empty(sources[s.source_id or ""].instruction.constraints)]
    fates = Counter(change.fate for sample in replays for change in sample.changes)
    print(f"  failures {failures}, replays {len(replays)} ({len(replays) / max(1, failures):.0%})")
    composed = sum(len(sources[sample.source_id or ""].verdicts) >= 3 for sample in replays)
    print(f"  of these of instructions with three constraints or more: {composed}")
    print(f"  groups without a success: {groups(verifications, replays)}")
    print(f"  constraints of the replays: {dict(fates.most_common())}")
    print(
        f"  relabelled {len(relabels)}, trivial {len(trivial)} ({len(trivial) / max(1, len(relabels)):.1%})"
    )
    print(f"  an empty text satisfies {len(empty)} replays, and {len(source_empty)} of their sources")
    print(f"  {1000 * elapsed / max(1, failures):.2f} ms of processor time a failure, everything counted")
    print("  relabelled constraints by kind:")
    for kind, number in Counter(f"{became.kind} ({fate})" for _, fate, became in relabels).most_common():
        print(f"    {number:4} {number / len(relabels):5.1%} {kind}")
    for kind, number in Counter(f"{became.kind} {fate}" for fate, became in trivial).most_common(8):
        print(f"    trivial: {number} {kind}")
    return samples


def groups(verifications: Iterable[hir.Verification], replays: Iterable[ReplaySample]) -> str:
    """How many prompts without a success there are, and how many of them get a replay."""
    best: dict[str, bool] = {}
    for each in verifications:
        prompt = each.rollout.instruction.prompt
        best[prompt] = best.get(prompt, False) or each.ila
    without = {prompt for prompt, success in best.items() if not success}
    sources = {each.rollout.response: each.rollout.instruction.prompt for each in verifications}
    reached = {sources[sample.response] for sample in replays} & without
    return f"{len(without)}, of which {len(reached)} get a replay ({len(reached) / max(1, len(without)):.0%})"


class Satisfied:
    """The share of the responses to other prompts that satisfy a constraint."""

    def __init__(self, verifications: Sequence[hir.Verification]) -> None:
        self.texts = [
            (each.rollout.instruction.prompt, Text(each.rollout.response)) for each in verifications
        ]

    def share(self, constraint: Constraint, prompt: str, source: ReplaySample) -> float:
        """Of all responses but those to the prompt of the source."""
        others = [text for asked, text in self.texts if asked != source.instruction.prompt]
        return sum(check(constraint, text).satisfied is True for text in others) / max(1, len(others))


def is_empty(constraints: Iterable[Constraint]) -> bool:
    """Whether a text that says nothing satisfies all constraints."""
    return any(all(check(each, text).satisfied for each in constraints) for text in EMPTY)


def readable(samples: Iterable[ReplaySample]) -> Iterable[dict[str, Any]]:
    """Each replay beside its source."""
    sources: dict[str, ReplaySample] = {}
    for sample in samples:
        if sample.origin == "rollout":
            sources[sample.id] = sample
            continue
        source = sources[sample.source_id or ""]
        yield {
            "id": sample.id,
            "prompt": source.instruction.prompt,
            "replay": sample.instruction.prompt,
            "changes": [
                [change.fate, change.constraint.describe(), change.became and change.became.describe()]
                for change in sample.changes
            ],
            "response": sample.response,
        }


if __name__ == "__main__":
    main()
