"""Tests of one side, against all cases counted one by one."""

import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hir_data.report.prompt_shares import Z95, Share
from hir_data.report.significance import effective_trials, holm, paired_p_value, two_proportion_p_value


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([-1.0, -0.5, -1 / 3, 0.0, 0.25, 1.0]), max_size=9))
def test_pairs_by_every_sign(differences):
    total = sum(differences)
    sums = [
        sum(sign * each for sign, each in zip(signs, differences, strict=True))
        for signs in itertools.product((-1, 1), repeat=len(differences))
    ]
    wanted = sum(each <= total + 1e-9 for each in sums) / len(sums)
    assert paired_p_value(differences) == pytest.approx(wanted if any(differences) else 1)


def test_pairs_of_yes_and_no_are_mcnemars():
    """9 got worse and 2 better: the sum of the binomial coefficients up to 2 over 2 to the 11th."""
    p_value = paired_p_value([-1.0] * 9 + [1.0] * 2 + [0.0] * 500)
    assert p_value == pytest.approx((1 + 11 + 55) / 2**11)


def test_many_pairs_are_close_to_few():
    few, many = ([-1.0] * (half + 5) + [1.0] * half for half in (27, 28))
    assert (len(few), len(many)) == (59, 61)  # exact, and normal
    z = math.erfc(5 / math.sqrt(61) / math.sqrt(2)) / 2
    assert paired_p_value(many) == pytest.approx(z)
    assert paired_p_value(few) == pytest.approx(z, abs=0.06)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 12), st.integers(1, 12), st.data())
def test_two_proportions_by_every_choice(n, m, data):
    k, j = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    all_hits = k + j
    ways = {
        hits: math.comb(all_hits, hits) * math.comb(n + m - all_hits, m - hits)
        for hits in range(max(0, all_hits - n), min(m, all_hits) + 1)
    }
    wanted = sum(number for hits, number in ways.items() if hits <= j) / sum(ways.values())
    assert two_proportion_p_value((n, k), (m, j)) == pytest.approx(wanted)


def test_nothing_says_nothing():
    assert paired_p_value([]) == paired_p_value([0.0] * 9) == 1
    assert two_proportion_p_value((0, 0), (5, 2)) == 1


@pytest.mark.parametrize("hits", [0, 1, 37, 50, 63, 99, 100])
def test_the_trials_of_an_interval(hits):
    share = Share()
    for number in range(100):
        share.add(1, number < hits)
    interval = share.interval()
    assert effective_trials(*interval, Z95) == pytest.approx(100, rel=0.02)


def test_holm_is_that_of_a_book():
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}) == pytest.approx(
        {"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06}
    )
    assert holm({}) == {}


@pytest.mark.parametrize("responses", [1, 4])
def test_chance_alone_is_seldom_called_worse(responses):
    """Equal models, 10 kinds, 150 times: some kind is called worse in about 5 of 100 cases at most."""
    rng, false = random.Random(7), 0
    for _ in range(150):
        p_values = {}
        for kind in range(10):
            differences = []
            for _ in range(20):
                share = rng.random()
                was, now = (sum(rng.random() < share for _ in range(responses)) for _ in range(2))
                differences.append((now - was) / responses)
            p_values[str(kind)] = paired_p_value(differences)
        false += min(holm(p_values).values()) < 0.05
    assert false / 150 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 150)
