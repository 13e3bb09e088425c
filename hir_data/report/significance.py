"""Whether something got worse: tests of one side, and their correction where there are many."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

_EXACT = 60
"""Up to so many differences are all signs tried; beyond, the sum is close to normal."""

_STEPS = 240
"""Differences are rounded to this part of 1, so that equal sums are one; 1 to 6, 8 and 10 responses fit."""


def paired_p_value(differences: Sequence[float]) -> float:
    """The probability that differences add up to so little if each might as well have the other sign.

    A test by sign flips (Fisher's randomization test for pairs) of one side: small where most got worse. With
    differences of -1, 0 and 1 it is McNemar's exact test. Differences of 0 say nothing. Beyond 60 others the
    sum is taken to be normal with the variance of the flips, the sum of the squares.

    Args:
        differences: of each pair, what is now less what was before.
    """
    steps = [step for each in differences if (step := round(each * _STEPS))]
    if not steps:
        return 1.0
    total = sum(steps)
    if len(steps) > _EXACT:
        return _below(total / math.sqrt(sum(step * step for step in steps)))
    ways = Counter({0: 1})
    for step in steps:
        flipped: Counter[int] = Counter()
        for reached, number in ways.items():
            flipped[reached + step] += number
            flipped[reached - step] += number
        ways = flipped
    return float(sum(number for reached, number in ways.items() if reached <= total)) / float(2 ** len(steps))


def two_proportion_p_value(before: tuple[float, float], after: tuple[float, float]) -> float:
    """The probability of so few hits now if now and before are alike: Fisher's exact test, one side.

    Args:
        before: how many trials there were, and how many hits.
        after: the same now. Numbers are rounded.
    """
    trials_before, hits_before, trials, hits = map(round, (*before, *after))
    if not trials_before or not trials:
        return 1.0
    whole, all_hits = trials_before + trials, hits_before + hits
    least = max(0, all_hits - trials_before)
    all_ways = _log_ways(whole, trials)
    logs = [
        _log_ways(all_hits, k) + _log_ways(whole - all_hits, trials - k) - all_ways
        for k in range(least, hits + 1)
    ]
    return min(1.0, math.fsum(math.exp(each) for each in logs))


def effective_trials(value: float, low: float, high: float, quantile: float) -> float:
    """Of how many independent trials a Wilson interval is.

    Args:
        value: the share that the interval is of.
        low: where it begins.
        high: where it ends.
        quantile: of the standard normal distribution, for which it was made.
    """
    few, many = 1e-3, 1e12
    for _ in range(100):
        trials = math.sqrt(few * many)
        z = quantile * quantile / trials
        middle, half = value + z / 2, math.sqrt(value * (1 - value) * z + z * z / 4)
        # The end on the side where there is more room: the other one may be cut off at 0 or 1.
        wider = (middle + half) / (1 + z) > high if value <= 0.5 else (middle - half) / (1 + z) < low
        few, many = (trials, many) if wider else (few, trials)
    return math.sqrt(few * many)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Each probability, corrected for how many there are, step by step (Holm 1979).

    Where all below a level are called significant, any of them is so by chance with that probability at most.
    """
    adjusted, highest = {}, 0.0
    for place, (name, p) in enumerate(sorted(p_values.items(), key=lambda pair: (pair[1], pair[0]))):
        highest = max(highest, min(1.0, (len(p_values) - place) * p))
        adjusted[name] = highest
    return adjusted


def _below(z: float) -> float:
    return math.erfc(-z / math.sqrt(2)) / 2


def _log_ways(whole: int, part: int) -> float:
    if not 0 <= part <= whole:
        return -math.inf
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)
