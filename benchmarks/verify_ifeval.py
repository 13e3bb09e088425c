"""How fast hir-data verifies real responses, against the IFEval functions of lm-eval, in one process.

Run ``make bench``, or ``python benchmarks/verify_ifeval.py`` where ``hir-data[bench]`` is installed, and
torch, which lm-eval imports. The files are IFEval's prompts and one model's responses, in the folder
``$HIR_DATA_SHARED`` or ``../shared/data``; ``--prompts`` and ``--responses`` take any others like them.

Both sides give the strict and the loose verdict on every constraint. Ours is timed from the files to
the verdicts: read both, join them, parse the constraints, verify (``workers=0``). lm-eval is timed in
its two verification functions only, on examples made beforehand. Each side first has one pass that is
not timed; then they take turns, ours on texts as if it had seen none before and then on the same ones
again. ``--cpu`` leaves out the time that others had the processor.

lm-eval is faster with NLTK 3.9 than with 3.10, so the version is part of the figure. Where verdicts
differ, the reference is usually the cause: it replaces a letter outside a-z by a random one (keys 1122
and 1129 of IFEval), drops parameters that are 0 or "", and splits texts as the installed NLTK does.
"""

import json
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import common

import hir_data as hir

Verdicts = list[tuple[list[bool], list[bool]]]  # the strict and the loose verdicts of each response


def main() -> None:
    """Measure and print."""
    options = common.options(__doc__, "ifeval/prompts.jsonl", "ifeval/responses_qwen25_7b.jsonl")
    with tempfile.TemporaryDirectory() as folder:
        try:
            lm_eval = import_reference(folder)
        except ImportError as error:
            print(f"There is nothing to compare with ({error}): install 'hir-data[bench]' and torch.")
            return
        compare(options, lm_eval)


def compare(options: Namespace, lm_eval: ModuleType) -> None:
    """Both sides in turn, then where our time goes and which verdicts differ."""
    files = (options.prompts, options.responses)
    examples = list(reference_examples(*files, lm_eval))

    def ours() -> Verdicts:
        return [verdicts(result) for result in common.verified(*files)]

    def reference() -> Verdicts:
        return [
            (
                lm_eval.test_instruction_following_strict(example, response).follow_instruction_list,
                lm_eval.test_instruction_following_loose(example, response).follow_instruction_list,
            )
            for example, response in examples
        ]

    constraints = sum(len(example.instruction_id_list) for example, _ in examples)
    print(f"{len(examples)} responses, {constraints} constraints, strict and loose")
    print(f"{common.versions('nltk', 'langdetect')}\n")
    common.print_race(ours, reference, f"lm-eval {version('lm_eval')}", options)
    common.print_shares(*files, options.clock)
    print_differences(examples, ours(), reference())


def verdicts(result: hir.Verification) -> tuple[list[bool], list[bool]]:
    """The strict and the loose verdicts as lm-eval gives them: undetermined is False."""
    strict = [each.strict.satisfied is True for each in result.results]
    return strict, [each.loose is not None and each.loose.satisfied is True for each in result.results]


def import_reference(folder: str) -> ModuleType:
    """lm-eval's verification module, with NLTK's sentence model in a folder."""
    import langdetect
    import nltk

    common.provide_punkt(folder)
    nltk.download = lambda *_, **__: False
    langdetect.DetectorFactory.seed = 0  # the same verdicts in every run

    from lm_eval.tasks.ifeval import utils

    return utils


def reference_examples(prompts: Path, responses: Path, lm_eval: ModuleType) -> Iterator[tuple[Any, str]]:
    """What lm-eval's functions take, in the order of the responses."""
    with prompts.open(encoding="utf-8") as lines:
        records = {record["prompt"].strip(): record for record in map(json.loads, lines)}
    names = ("key", "instruction_id_list", "prompt", "kwargs")
    with responses.open(encoding="utf-8") as lines:
        for answer in map(json.loads, lines):
            record = records[answer["prompt"].strip()]
            yield lm_eval.InputExample(**{name: record[name] for name in names}), answer["response"]


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
