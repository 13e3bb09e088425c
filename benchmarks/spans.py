"""How often ``hir-data replay --rewriter spans`` is sure what to take out of a prompt.

Run ``python benchmarks/spans.py``. Each constraint of each prompt of IFEval, IFBench and MulDimIF is taken
out in turn and, where a response violates some, all of these at once. ``--samples 60`` prints that many of
the former with what would be taken out in brackets, as many of each kind as possible, for somebody to read.
"""

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from common import SHARED, rollouts

import hir_data as hir
from hir_data.formats.grammar.parse import parse_muldimif
from hir_data.replays.rewriting.rewriter import RewriteRefusal
from hir_data.replays.rewriting.spans import SpanRewriter
from hir_data.replays.rewriting.statements.cuts import Removal
from hir_data.replays.rewriting.statements.search import find_rewording

SUITES = {
    "IFEval": ("ifeval/prompts.jsonl", "ifeval/responses_qwen25_7b.jsonl"),
    "IFBench": ("ifbench/prompts.jsonl", "ifbench/responses_qwen3_4b.jsonl"),
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--samples", type=int, default=0, help="prompts to print for each suite")
    parser.add_argument("--seed", type=int, default=0, help="which they are")
    parser.add_argument("--kinds", action="store_true", help="print the shares of the kinds")
    given = parser.parse_args()
    for suite, (prompts, responses) in SUITES.items():
        if not (SHARED / prompts).is_file():
            parser.error(f"{SHARED / prompts} is not there: name the folder in HIR_DATA_SHARED")
        answered = list(rollouts(SHARED / prompts, SHARED / responses))
        unlike = {one.instruction.prompt: one.instruction for one in answered}
        one_by_one(suite, list(unlike.values()), given)
        as_violated(suite, answered)
    for pattern, asked in muldimif().items():
        one_by_one(f"MulDimIF ({pattern})", asked, given)


def muldimif() -> dict[str, list[hir.Instruction]]:
    """The prompts of MulDimIF by how they put their constraints."""
    found: dict[str, list[hir.Instruction]] = defaultdict(list)
    for record in json.loads((SHARED / "muldimif" / "prompts.json").read_bytes()):
        prompt = record["conversations"][0]["content"]
        constraints = tuple(parse_muldimif(*one) for one in record["constraints"])
        instruction = hir.Instruction(id=record["id"], prompt=prompt, constraints=constraints)
        found[record["constraint_pattern"]].append(instruction)
    return found


def one_by_one(suite: str, asked: Sequence[hir.Instruction], given: argparse.Namespace) -> None:
    """Take each constraint out in turn."""
    tried: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    done: dict[str, list[tuple[hir.Instruction, int, tuple[Removal, ...]]]] = defaultdict(list)
    for instruction in asked:
        for place, constraint in enumerate(instruction.constraints):
            tried[constraint.kind] += 1
            objection = SpanRewriter().objection(instruction, [place])
            found = find_rewording(instruction.prompt, instruction.constraints, (place,))
            if objection:
                reasons[objection.reason] += 1
            elif not isinstance(found, RewriteRefusal):
                done[constraint.kind].append((instruction, place, found.removals))
    total = sum(map(len, done.values()))
    print(f"{suite}, {len(asked)} prompts: {share(total, tried.total())} of the constraints, one at a time")
    for reason, number in reasons.most_common():
        print(f"  {number:4} {reason}")
    if given.kinds:
        for kind, number in sorted(tried.items()):
            print(f"  {share(len(done[kind]), number):16} {kind}")
    for number, (instruction, place, found) in enumerate(sampled(done, given), 1):
        print(
            f"\n{number}. {instruction.id}: {instruction.constraints[place]!r}\n{marked(instruction, found)}"
        )


def as_violated(suite: str, answered: Sequence[hir.Rollout]) -> None:
    """Take out what each response violates."""
    reasons: Counter[str] = Counter()
    for verification in hir.verify(answered, workers=0):
        verdicts = [result.strict.satisfied for result in verification.results]
        violated = [place for place, satisfied in enumerate(verdicts) if satisfied is not True]
        if violated:
            objection = SpanRewriter().objection(verification.rollout.instruction, violated)
            reasons[objection.reason if objection else ""] += 1
    print(f"{suite}: {share(reasons[''], reasons.total())} of the responses that violate something\n")


def sampled(
    done: dict[str, list[tuple[hir.Instruction, int, tuple[Removal, ...]]]], given: argparse.Namespace
) -> Iterator[tuple[hir.Instruction, int, tuple[Removal, ...]]]:
    """One of each kind, then another of each, until there are enough."""
    chance = random.Random(given.seed)
    left = {kind: chance.sample(own, len(own)) for kind, own in sorted(done.items())}
    number = given.samples
    while number > 0 and any(left.values()):
        for own in left.values():
            if own and number > 0:
                number -= 1
                yield own.pop()


def marked(instruction: hir.Instruction, found: Sequence[Removal]) -> str:
    """The prompt with what is taken out in brackets, without most of what is far from it."""
    text = instruction.prompt
    for cut in reversed(found):
        put = f"[+{cut.put}]" if cut.put else ""
        text = f"{text[: cut.start]}[[{text[cut.start : cut.end]}]]{put}{text[cut.end :]}"
    start, end = max(0, text.index("[[") - 300), text.rindex("]]") + 300
    return f"{'...' if start else ''}{text[start:end]}{'...' if end < len(text) else ''}"


def share(part: int, whole: int) -> str:
    """A share in percent, with its numbers."""
    return f"{100 * part / whole:.1f} % ({part}/{whole})"


if __name__ == "__main__":
    main()
