"""How many verdicts on MulDimIF's constraints hir-data gives in a second, in one process.

Run ``make bench``, or ``python benchmarks/verify_muldimif.py``. The file is that of the recorded verdicts, in
the folder ``$HIR_DATA_SHARED`` or ``../shared/data``; ``--responses`` takes another one of its form.

The sentences are parsed beforehand, once. Timed are the strict verdicts with their reasons, from the text of
each response on: splitting it into words, lines and cells is part of it. The reference, which has no loose
verdicts either, parses each sentence at each check; it gave 12,700 a second on a machine with two cores.
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from pathlib import Path

import common

import hir_data as hir
from hir_data.formats.grammar.parse import parse_muldimif
from hir_data.verifiers.muldimif import elements

Responses = list[tuple[str, list[hir.Constraint]]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--responses", type=Path, default=common.SHARED / "muldimif" / "verdicts_synthetic.jsonl"
    )
    parser.add_argument("--rounds", type=int, default=9, help="passes over the file")
    parser.add_argument("--cpu", action="store_true", help="processor time, not the clock on the wall")
    given = parser.parse_args()
    if not given.responses.is_file():
        parser.error(f"{given.responses} is not there: name the file with --responses")
    clock = time.process_time if given.cpu else time.perf_counter

    begun = clock()
    responses = read(given.responses)
    verdicts = sum(len(constraints) for _, constraints in responses)
    print(f"{len(responses)} responses, {verdicts} constraints, {common.versions('pydantic')}")
    print(f"reading and parsing: {clock() - begun:.2f} s")
    verify(responses)
    best = min(common.seconds(lambda: verify(responses), clock) for _ in range(given.rounds))
    print(
        f"best of {given.rounds}: {best / verdicts * 1e6:.1f} µs a verdict, {verdicts / best:,.0f} a second\n"
    )
    print_shares(responses)


def read(path: Path) -> Responses:
    """The responses of a file with their constraints."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row["response"], [parse_muldimif(*one) for one in row["constraints"]]) for row in rows]


def verify(responses: Responses) -> None:
    """All verdicts; nothing is remembered from a pass before."""
    for remembered in (elements.headings, elements.table, elements.entries):
        remembered.cache_clear()
    for response, constraints in responses:
        text = hir.Text(response)
        for constraint in constraints:
            hir.check(constraint, text)


def print_shares(responses: Responses) -> None:
    """Where the time goes, by kind; the first that needs a view of a text pays for it."""
    times: defaultdict[str, float] = defaultdict(float)
    calls: Counter[str] = Counter()
    for response, constraints in responses:
        text = hir.Text(response)
        for constraint in constraints:
            start = time.perf_counter()
            hir.check(constraint, text)
            times[constraint.kind] += time.perf_counter() - start
            calls[constraint.kind] += 1
    total = sum(times.values())
    print(f"{'kind':<40}{'calls':>8}{'µs':>8}{'share':>8}")
    for kind, spent in sorted(times.items(), key=lambda one: -one[1]):
        print(f"{kind:<40}{calls[kind]:>8}{spent / calls[kind] * 1e6:>8.1f}{spent / total:>8.1%}")


if __name__ == "__main__":
    main()
