"""Which candidates are chosen."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hir_data.replays.select import Candidate, SelectionConfig, measure_of, ranks, select


def candidate(unit: int, **more) -> Candidate:
    fields = {
        "unit": unit,
        "group": unit,
        "integrity": 0.5,
        "kept": 1,
        "diversity": {"entropy": 1.0},
        "response": b"%d" % unit,
        "kinds": ("a",),
    }
    return Candidate(**fields | more)


def chosen(candidates: list[Candidate], prompts: int, **settings) -> list[int]:
    selecting = SelectionConfig(**settings)
    return [unit for unit, _ in select(candidates, prompts, selecting, measure_of(candidates)).scores]


@pytest.mark.parametrize(
    ("settings", "units"),
    [
        ({"select": "entropy"}, [2]),
        ({"select": "cla"}, [0]),
        ({"select": "paper"}, [2]),  # 0.6 + 2 * 0.9 < 2.9 + 2 * 0.1
        ({"select": "paper", "step": 20}, [0]),  # lambda is 5.3 by then
        ({"select": "balanced"}, [0]),  # ranks: 0 + 2 * 1 against 1 + 2 * 0
        ({"select": "balanced", "lambda0": 0.5}, [2]),
    ],
)
def test_methods_differ_in_what_they_prefer(settings, units):
    three = [
        candidate(0, integrity=0.9, diversity={"entropy": 0.6}),
        candidate(1, integrity=0.2, diversity={"entropy": 0.7}),
        candidate(2, integrity=0.1, diversity={"entropy": 2.9}),
    ]
    assert chosen(three, 1, k=1, **settings) == units


def test_the_score_of_the_paper():
    one = candidate(0, integrity=0.5, diversity={"entropy": 1.5})
    scores = select([one], 1, SelectionConfig(select="paper", step=3), "entropy").scores
    assert [*scores] == [(0, pytest.approx(1.5 + 2.0 * 1.05**3 * 0.5))]


def test_lambda_is_capped_but_in_the_paper():
    assert SelectionConfig(step=100).weight == 4.0
    assert SelectionConfig(select="paper", step=100).weight == pytest.approx(2.0 * 1.05**100)
    assert math.isfinite(SelectionConfig(select="paper", step=10**6).weight)
    largest = SelectionConfig(select="paper", step=10**6, lambda0=1e300)
    candidates = [candidate(number, integrity=number / 2) for number in range(3)]
    scores = dict(select(candidates, 3, largest, "entropy").scores)
    assert scores == {0: 1.0, 1: 5e299, 2: 1e300}


def test_a_response_is_not_taken_twice_but_in_the_paper():
    twins = [candidate(0, response=b"x"), candidate(1, response=b"x")]
    assert len(chosen(twins, 2)) == 1
    assert len(chosen(twins, 2, select="paper")) == 2


def test_one_prompt_does_not_take_all():
    candidates = [candidate(unit, group=0) for unit in range(6)]
    assert len(chosen(candidates, 6, k=1)) == 2  # twice k
    assert len(chosen(candidates, 6, k=1, per_prompt=3)) == 3
    assert len(chosen(candidates, 6, k=1, select="paper")) == 6


@pytest.mark.parametrize(("k", "number"), [(0.29, 29), (0.57, 57), (0.125, 12), (0.999, 99)])
def test_a_share_of_a_replay_for_each_prompt(k: float, number: int):
    """In floating point 100 * 0.29 is a little less than 29."""
    assert len(chosen([candidate(unit) for unit in range(100)], 100, k=k)) == number


def test_too_few_constraints():
    candidates = [candidate(0, kept=1), candidate(1, kept=2)]
    assert chosen(candidates, 2, min_kept=2) == [1]


def test_strata_take_turns():
    common = [candidate(unit, integrity=0.9, kinds=("a",)) for unit in range(5)]
    rare = candidate(5, integrity=0.1, kinds=("a", "b"))
    assert 5 not in chosen([*common, rare], 2, k=1, select="cla")
    assert 5 in chosen([*common, rare], 2, k=1, select="cla", stratify=True)


@pytest.mark.parametrize(
    ("diversities", "measure"),
    [
        ([{}, {}], None),
        ([{"entropy": 1.0, "mean_nll": 1.0}, {"mean_nll": 1.0}, {"entropy": 2.0}], "entropy"),
        ([{"mean_nll": 1.0}, {}], "mean_nll"),
    ],
)
def test_the_measure_that_most_have(diversities, measure):
    assert measure_of([candidate(i, diversity=one) for i, one in enumerate(diversities)]) == measure


def test_equal_figures_share_their_rank():
    assert [*ranks([3.0, 1.0, 1.0, 7.0])] == [2 / 3, 1 / 6, 1 / 6, 1.0]
    assert [*ranks([5.0])] == [0.5]


CANDIDATES = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.floats(0, 1),
        st.integers(0, 3),
        st.dictionaries(st.sampled_from(["entropy", "mean_nll"]), st.floats(0, 9)),
        st.sampled_from([b"x", b"y", b"z", b"w"]),
        st.sampled_from([("a",), ("b",), ("a", "b")]),
    ),
    max_size=12,
).map(lambda rows: [Candidate(unit, *row) for unit, row in enumerate(rows)])
SETTINGS = st.builds(
    SelectionConfig,
    select=st.sampled_from(["balanced", "paper", "random", "cla", "entropy"]),
    k=st.sampled_from([0, 0.5, 1, 3, 100]),
    step=st.sampled_from([0, 7, 10**9]),
    per_prompt=st.sampled_from([None, 1, 2]),
    min_kept=st.integers(1, 2),
    stratify=st.booleans(),
    seed=st.integers(0, 3),
)


@settings(deadline=None)
@given(CANDIDATES, SETTINGS)
def test_never_more_than_asked_for_and_everyone_is_accounted_for(candidates, selecting):
    measure = measure_of(candidates)
    selection = select(candidates, 5, selecting, measure)
    scores, again = dict(selection.scores), select(candidates, 5, selecting, measure)
    assert ([*again.scores], again.left) == ([*scores.items()], selection.left)
    assert len(selection.scores) <= min(5 * selecting.k, len(candidates))
    assert len(selection.scores) + selection.left.total() == len(candidates)
    assert all(map(math.isfinite, scores.values()))
    taken = [candidates[unit] for unit in scores]
    assert all(one.kept >= selecting.min_kept for one in taken)
    if selecting.k == 100 and selecting.select == "paper" and selecting.per_prompt is None:
        assert len(taken) == sum(one.kept >= selecting.min_kept for one in candidates)
