"""All kinds, with drawn parameters, on drawn texts, as long as one likes: what raises, or says two things.

Run ``PYTHONPATH=. python tests/fuzzing.py --seconds 600 --seed 0``; a slice with another seed draws others.
"""

import argparse
import fnmatch
import json
import random
import re
import time
from collections import Counter
from collections.abc import Iterator

from degenerate import FAMILIES, SIGNS, drawn_family

import hir_data as hir
from hir_data.schemas.json_line import json_line

RAISED = re.compile(r"[A-Z]\w*(?:Error|Exception|Warning|Iteration): ")
WORDS = (
    *SIGNS,
    *"sea tide the moon Why It is. 3 three \n\n- # P.S. Part 1 * [a] {} <<x>> 海 море البحر".split(" "),
)


def text(rng: random.Random, number: int) -> str:
    """Prose of odd pieces, or what a collapsing policy writes."""
    size = rng.choice((0, 1, 5, 40, 200, 1000))
    if rng.random() < 0.5:
        return " ".join(rng.choices(WORDS, k=size // 4 + 1))
    name = rng.choice([*FAMILIES, ""])
    return (FAMILIES.get(name) or drawn_family(f"{number}"))(size)


def constraint(rng: random.Random, kind: str) -> hir.Constraint | None:
    """A kind with drawn parameters, sometimes within another."""
    cls = hir.lookup(kind)
    drawn = cls.sample(rng, "Why is the sea salty?")
    if drawn is None and cls.example:
        drawn = hir.parse({"kind": kind, **cls.example.parameters})
    return ~drawn if drawn is not None and rng.random() < 0.1 else drawn


def faults(drawn: hir.Constraint, response: str) -> Iterator[str]:
    """What is wrong with how a constraint reads a response."""
    rollout = hir.Rollout(instruction=hir.Instruction(prompt="Why?", constraints=[drawn]), response=response)
    verified = hir.verify_one(rollout, degrees=True)
    (result,) = verified.results
    for verdict in (result.strict, result.loose):
        if verdict is not None and RAISED.match(verdict.reason):
            yield f"cannot be checked: {verdict.reason}"
    if result.strict.satisfied and result.loose is not None and not result.loose.satisfied:
        yield "is strictly satisfied, but not loosely"
    if result.strict.degree is not None and (result.strict.degree == 1) != (result.strict.satisfied is True):
        yield f"has the degree {result.strict.degree} where the verdict is {result.strict.satisfied}"
    written = json.loads(json_line(rollout))["instruction"]["constraints"][0]
    if hir.check(hir.parse(written), hir.Text(response)).satisfied != result.strict.satisfied:
        yield "has another verdict after it was written and read"
    if result.strict.satisfied is False:
        other = drawn.hindsight(hir.Text(response))
        if other is not None and hir.check(other, hir.Text(response)).satisfied is not True:
            yield f"has a hindsight that is not satisfied: {other}"


def fuzz(seconds: float, seed: str, patterns: str = "*") -> tuple[int, int, Counter[str]]:
    """How many checks of how many kinds there were, and which faults were found how often, by kind.

    Args:
        seconds: how long.
        seed: a slice with another one draws others.
        patterns: which kinds, with ``*`` for anything; commas separate several.
    """
    rng, end = random.Random(seed), time.monotonic() + seconds
    kinds = [kind for kind in hir.kinds() if not hir.lookup(kind).requires]
    kinds = [kind for kind in kinds if any(fnmatch.fnmatch(kind, each) for each in patterns.split(","))]
    seen: set[str] = set()
    found: Counter[str] = Counter()
    checks = 0
    while time.monotonic() < end:
        kind = rng.choice(kinds)
        drawn = constraint(rng, kind)
        if drawn is None:
            continue
        checks += 1
        seen.add(kind)
        response = text(rng, checks).encode(errors="replace").decode()  # as readers clean it
        try:
            for fault in faults(drawn, response):
                found[f"{kind}: {fault} | {drawn!r:.200} | {response!r:.200}"] += 1
        except Exception as error:  # nothing may raise
            found[f"{kind}: raises {error!r:.200} | {drawn!r:.200} | {response!r:.200}"] += 1
    return checks, len(seen), found


def main() -> None:
    """Fuzz and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--kinds", default="*")
    given = parser.parse_args()
    checks, kinds, found = fuzz(given.seconds, given.seed, given.kinds)
    print(*found, sep="\n")
    print(f"{checks} checks of {kinds} kinds: {len(found)} faults")


if __name__ == "__main__":
    main()
