"""How often prompts are passed."""

import math

from hypothesis import given
from hypothesis import strategies as st

from hir_data.report.pass_rates import PassCounts, outcomes
from hir_data.report.verify_figures import pass_at_k

VERDICTS = st.lists(st.lists(st.sampled_from([True, False, None]), min_size=3, max_size=3), max_size=9)


def counted(responses: list[list[bool | None]]) -> PassCounts:
    counts = PassCounts()
    for verdicts in responses:
        counts.add(verdicts)
    return counts


@given(VERDICTS)
def test_rates_are_shares_of_what_is_known(responses: list[list[bool | None]]):
    counts = counted(responses)
    known = [False not in each for each in responses if False in each or None not in each]
    assert counts.pass_rate == (sum(known) / len(known) if known else None)
    for place, rate in enumerate(counts.constraint_pass_rates):
        verdicts = [each[place] for each in responses if each[place] is not None]
        assert rate == (verdicts.count(True) / len(verdicts) if verdicts else None)
    assert len(counts.constraint_pass_rates) == (3 if responses else 0)


def test_an_undetermined_response_is_no_failure():
    counts = counted([[True, True], [True, None], [False, None]])
    assert (counts.rollouts, counts.known, counts.passed, counts.pass_rate) == (3, 2, 1, 0.5)
    assert counts.constraint_pass_rates == (2 / 3, 1.0)
    assert counted([[None]]).pass_rate is None


def test_pass_at_k_of_prompts():
    prompts = [counted([[True], [False], [False], [False]]), counted([[False]] * 4)]
    assert outcomes(prompts) == {"4:1": 1, "4:0": 1}
    found = pass_at_k(outcomes(prompts))
    assert {k: figures["value"] for k, figures in found.items()} == {"1": 0.125, "2": 0.25, "4": 0.5}
    assert math.isclose(found["1"]["value"], (0.25 + 0) / 2)
