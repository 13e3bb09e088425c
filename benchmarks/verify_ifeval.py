"""How fast hir-data verifies real responses, against the IFEval functions of lm-eval, in one process.

Run ``make bench``, or ``python benchmarks/verify_ifeval.py`` where ``hir-data[bench]`` is installed, and
torch, which lm-eval imports. The files are IFEval's prompts and one model's responses, in the folder
``$HIR_DATA_SHARED`` or ``../shared/data``; ``--prompts`` and ``--responses`` take any others like them.

Both sides give the strict and the loose verdict on every constraint. Ours is timed from the files to
the verdicts: read both, join them, parse the constraints, verify (``workers=0``). lm-eval is timed in
its two verification functions only, on examples made beforehand. Each side first has one pass that is
not timed. Then they take turns, and the ratio is taken turn by turn too: a machine that is busy with
something else slows both sides of a turn. ``--cpu`` leaves out the time that others had the processor.

lm-eval is faster with NLTK 3.9 than with 3.10, so the version is part of the figure. Where verdicts
differ, the reference is usually the cause: it replaces a letter outside a-z by a random one (keys 1122
and 1129 of IFEval), drops parameters that are 0 or "", and splits texts as the installed NLTK does.
"""

import argparse
import gc
import json
import os
import platform
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import hir_data as hir
from hir_data import engine

SHARED = Path(os.environ.get("HIR_DATA_SHARED") or Path(__file__).parents[2] / "shared" / "data")

Clock = Callable[[], float]
Verdicts = list[tuple[list[bool], list[bool]]]  # the strict and the loose verdicts of each response


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--prompts", type=Path, default=SHARED / "ifeval" / "prompts.jsonl")
    parser.add_argument("--responses", type=Path, default=SHARED / "ifeval" / "responses_qwen25_7b.jsonl")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each side")
    parser.add_argument("--cpu", action="store_true", help="processor time, not the clock on the wall")
    options = parser.parse_args()
    for path in (options.prompts, options.responses):
        if not path.is_file():
            parser.error(f"{path} is not there: name the files with --prompts and --responses")
    with tempfile.TemporaryDirectory() as folder:
        try:
            lm_eval = import_reference(folder)
        except ImportError as error:
            print(f"There is nothing to compare with ({error}): install 'hir-data[bench]' and torch.")
            return
        clock = time.process_time if options.cpu else time.perf_counter
        compare(options.prompts, options.responses, options.rounds, clock, lm_eval)


def compare(prompts: Path, responses: Path, rounds: int, clock: Clock, lm_eval: ModuleType) -> None:
    """Both sides in turn, then where our time goes and which verdicts differ."""
    examples = list(reference_examples(prompts, responses, lm_eval))

    def ours() -> Verdicts:
        return [verdicts(result) for result in hir.verify(rollouts(prompts, responses), workers=0)]

    def reference() -> Verdicts:
        return [
            (
                lm_eval.test_instruction_following_strict(example, response).follow_instruction_list,
                lm_eval.test_instruction_following_loose(example, response).follow_instruction_list,
            )
            for example, response in examples
        ]

    our_verdicts, reference_verdicts = ours(), reference()
    turns = [(seconds(ours, clock), seconds(reference, clock)) for _ in range(rounds)]

    constraints = sum(len(example.instruction_id_list) for example, _ in examples)
    print(f"{len(examples)} responses, {constraints} constraints, strict and loose, {rounds} turns each")
    print(f"Python {platform.python_version()}, NLTK {version('nltk')}, langdetect {version('langdetect')}\n")
    print(f"{'':<24}{'ms a response':>14}{'responses a second':>20}")
    our_median, reference_median = (statistics.median(side) for side in zip(*turns, strict=True))
    for name, median in (("hir-data", our_median), (f"lm-eval {version('lm_eval')}", reference_median)):
        print(f"{name:<24}{1000 * median / len(examples):>14.3f}{len(examples) / median:>20.0f}")
    ratios = [theirs / mine for mine, theirs in turns]
    print(f"\nratio of the medians {reference_median / our_median:.1f}")
    print(f"ratio turn by turn   {statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})\n")
    print_shares(ours, clock)
    print_differences(examples, our_verdicts, reference_verdicts)


def seconds(run: Callable[[], Any], clock: Clock) -> float:
    """The time of one pass, without the garbage of the one before."""
    gc.collect()
    start = clock()
    run()
    return clock() - start


def joined(prompts: Path, responses: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Each response with the record of its prompt; only white space around a prompt may differ."""
    with prompts.open(encoding="utf-8") as lines:
        records = {record["prompt"].strip(): record for record in map(json.loads, lines)}
    with responses.open(encoding="utf-8") as lines:
        for answer in map(json.loads, lines):
            yield records[answer["prompt"].strip()], answer["response"]


def rollouts(prompts: Path, responses: Path) -> Iterator[hir.Rollout]:
    """The responses with typed constraints."""
    for record, response in joined(prompts, responses):
        constraints = [
            {"kind": kind} | {name: value for name, value in parameters.items() if value is not None}
            for kind, parameters in zip(record["instruction_id_list"], record["kwargs"], strict=True)
        ]
        instruction = hir.Instruction(id=record["key"], prompt=record["prompt"], constraints=constraints)
        yield hir.Rollout(instruction=instruction, response=response)


def verdicts(result: hir.Verification) -> tuple[list[bool], list[bool]]:
    """The strict and the loose verdicts as lm-eval gives them: undetermined is False."""
    strict = [each.strict.satisfied is True for each in result.results]
    return strict, [each.loose is not None and each.loose.satisfied is True for each in result.results]


def print_shares(run: Callable[[], Any], clock: Clock) -> None:
    """Where the time of one pass goes, by kind; a view that kinds share counts for the first that asks."""
    times: dict[str, list[float]] = defaultdict(list)
    check = engine.check

    def timed(constraint: hir.Constraint, text: hir.Text) -> hir.Verdict:
        start = clock()
        verdict = check(constraint, text)
        times[constraint.kind].append(clock() - start)
        return verdict

    engine.check = timed
    try:
        total = seconds(run, clock)
    finally:
        engine.check = check
    rest = total - sum(map(sum, times.values()))
    print(f"{'hir-data, by kind':<48}{'checks':>8}{'share':>8}")
    print(f"{'(files, parsing, readings, records)':<48}{'':>8}{rest / total:>8.1%}")
    for kind, each in sorted(times.items(), key=lambda item: -sum(item[1])):
        print(f"{kind:<48}{len(each):>8}{sum(each) / total:>8.1%}")


def import_reference(folder: str) -> ModuleType:
    """lm-eval's verification module, with NLTK's sentence model in a folder instead of from the network."""
    import langdetect
    import nltk
    import punkt
    from nltk.tokenize.punkt import PunktParameters, save_punkt_params

    model, parameters = punkt.load_model("english"), PunktParameters()
    parameters.abbrev_types, parameters.collocations = set(model.abbrev_types), set(model.collocations)
    parameters.sent_starters = set(model.sent_starters)
    parameters.ortho_context = defaultdict(int, model.ortho_context)
    nltk.data.path.insert(0, folder)
    home = Path(folder, "tokenizers", "punkt_tab", "english")
    home.mkdir(parents=True, mode=0o700)
    save_punkt_params(parameters, str(home))
    nltk.download = lambda *_, **__: False
    langdetect.DetectorFactory.seed = 0  # the same verdicts in every run

    from lm_eval.tasks.ifeval import utils

    return utils


def reference_examples(prompts: Path, responses: Path, lm_eval: ModuleType) -> Iterator[tuple[Any, str]]:
    """What lm-eval's functions take."""
    names = ("key", "instruction_id_list", "prompt", "kwargs")
    for record, response in joined(prompts, responses):
        yield lm_eval.InputExample(**{name: record[name] for name in names}), response


def print_differences(examples: list[tuple[Any, str]], ours: Verdicts, reference: Verdicts) -> None:
    """How many verdicts differ, and the first few."""
    count, found = 0, []
    for (example, _), *sides in zip(examples, ours, reference, strict=True):
        for reading, *pair in zip(("strict", "loose"), *sides, strict=True):
            for kind, mine, theirs in zip(example.instruction_id_list, *pair, strict=True):
                count += 1
                if mine != theirs:
                    found.append(f"  key {example.key}, {kind}, {reading}: {mine}, lm-eval {theirs}")
    print(f"\n{len(found)} of {count} verdicts differ", *found[:6], sep="\n")


if __name__ == "__main__":
    main()
