"""Counts and the figures made of them, against computations that share nothing with the code."""

import itertools
import json
from collections import Counter
from fractions import Fraction
from typing import Any

import numpy
import pytest
from files import NO_COMMA, THREE_WORDS, rollout
from hypothesis import example, given, settings
from hypothesis import strategies as st

import hir_data as hir
from hir_data.report.prompt_shares import Z95, Share
from hir_data.report.verify_figures import BatchTally, Tally, pass_at_k

CLUSTER = st.integers(0, 12).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size)))
CLUSTERS = st.lists(CLUSTER, min_size=1, max_size=40)
UNHURRIED = settings(deadline=None)  # on a busy machine an example may take its time


def share(clusters: list[tuple[int, int]]) -> Share:
    counted = Share()
    for size, hits in clusters:
        counted.add(size, hits)
    return counted


def effective_trials(clusters: list[tuple[int, int]]) -> Fraction:
    """How many independent trials tell as much as these clusters, in exact arithmetic, cluster by cluster."""
    number, trials = len(clusters), sum(size for size, _ in clusters)
    p = Fraction(sum(hits for _, hits in clusters), trials)
    if number == 1 or p in (0, 1):
        return Fraction(number)
    squares = sum((hits - p * size) ** 2 for size, hits in clusters)
    variance = squares / trials**2 * Fraction(number, number - 1)
    return min(p * (1 - p) / variance, Fraction(trials)) if variance else Fraction(trials)


def wilson(p: float, trials: float) -> tuple[float, float]:
    """The two shares x from which p is just 1.96 standard errors away: (p - x)^2 = z^2 x (1 - x) / n."""
    z = Z95**2 / trials
    low, high = sorted(numpy.roots([1 + z, -(2 * p + z), p * p]).real)
    return low, high


@UNHURRIED
@given(CLUSTERS)
@example([(4, 2)] * 5)  # all alike: no variance between them
@example([(3, 1)] * 7)
@example([(1, 0), (1, 1)])
def test_the_interval_of_clusters(clusters: list[tuple[int, int]]):
    interval = share(clusters).interval()
    trials = sum(size for size, _ in clusters)
    if trials == 0:
        assert interval is None
        return
    p = sum(hits for _, hits in clusters) / trials
    low, high = wilson(p, float(effective_trials(clusters)))
    assert interval == pytest.approx((p, max(low, 0), min(high, 1)), abs=1e-7)
    assert 0 <= interval.low <= interval.value <= interval.high <= 1


@pytest.mark.parametrize(
    ("clusters", "trials"),
    [
        ([(1, 1)] * 30 + [(1, 0)] * 70, 99),  # independent trials: one degree of freedom goes to the mean
        ([(10, 10)] * 3 + [(10, 0)] * 7, 9),  # each prompt all or nothing: as many trials as prompts
        ([(10, 3)] * 10, 100),  # each prompt alike: as many as there are
    ],
)
def test_trials_that_go_together_count_less(clusters: list[tuple[int, int]], trials: int):
    assert share(clusters).interval() == pytest.approx((0.3, *wilson(0.3, trials)))


@pytest.mark.parametrize(
    ("clusters", "interval"),
    [
        # Wilson's interval at the edge: z^2 / (n + z^2) away from it.
        ([(1, 0)] * 20, (0, 0, Z95**2 / (20 + Z95**2))),
        ([(1, 1)] * 20, (1, 20 / (20 + Z95**2), 1)),
        ([(50, 0)] * 20, (0, 0, Z95**2 / (20 + Z95**2))),
        ([(50, 50)], (1, 1 / (1 + Z95**2), 1)),
        ([(2, 1)], (0.5, *wilson(0.5, 1))),
    ],
)
def test_the_interval_at_the_edge(clusters: list[tuple[int, int]], interval: tuple[float, ...]):
    assert share(clusters).interval() == pytest.approx(interval)


@UNHURRIED
@given(CLUSTERS, st.randoms())
def test_the_order_of_clusters_does_not_matter(clusters: list[tuple[int, int]], shuffling: Any):
    shuffled = clusters.copy()
    shuffling.shuffle(shuffled)
    assert share(shuffled) == share(clusters)


def test_no_trials_no_share():
    assert Share().interval() is None
    assert share([(0, 0)]).interval() is None


# Verifications

OK = {True: hir.Verdict(True), False: hir.Verdict(False)}
SLOW = hir.Verdict(None, "took too long", "timeout")
BROKEN = hir.Verdict(None, "ValueError: no good", "error")


def verification(key: Any, *verdicts: tuple[Any, Any], **changes: Any) -> hir.Verification:
    """A verification with these pairs of strict and loose verdicts, on two kinds by turns."""
    kinds = itertools.cycle([hir.parse(NO_COMMA), hir.parse(THREE_WORDS)])
    results = tuple(
        hir.ConstraintResult(constraint=kind, strict=OK.get(strict, strict), loose=OK.get(loose, loose))
        for kind, (strict, loose) in zip(kinds, verdicts, strict=False)
    )
    one = rollout(0, *(result.constraint for result in results))
    instruction = one.instruction.model_copy(update={"id": key})
    changed = one.model_copy(update={"instruction": instruction, **changes})
    return hir.Verification(rollout=changed, results=results)


def tally(*batches: list[hir.Verification]) -> Tally:
    counted = Tally()
    for batch in batches:
        counted.merge(BatchTally.of(batch))
    return counted


GOOD, BAD, ONLY_LOOSE = (True, True), (False, False), (False, True)
SOME = [
    verification("a", GOOD, GOOD),
    verification("a", GOOD, BAD),
    verification("b", ONLY_LOOSE, (SLOW, SLOW), thinking="truncated"),
    verification("c", (False, BROKEN)),
]


def test_a_summary():
    counted = tally(SOME)
    summary = counted.summary(read=9, rejected=5, loose=True)
    shares = {name: summary.pop(name) for name in ("ila_strict", "cla_strict", "ila_loose", "cla_loose")}
    assert summary == {
        "read": 9,
        "verified": 4,
        "rejected": 5,
        "constraints": 7,
        "stripped_thinking": 1,
        "truncated_thinking": 1,
        "undetermined": 1,
        "undetermined_by_status": {"error": 1, "timeout": 1},
        "undetermined_by_reason": {
            "punctuation:no_comma: ValueError: no good": 1,
            "word_count: took too long": 1,
        },
        "pass_at_k": {"1": {"value": 0.166667, "prompts": 3}, "2": {"value": 1.0, "prompts": 1}},
        "kinds": {
            "word_count": {
                "constraints": 3,
                "strict": 1,
                "loose": 1,
                "undetermined": 1,
                "undetermined_loose": 1,
            },
            "punctuation:no_comma": {
                "constraints": 4,
                "strict": 2,
                "loose": 3,
                "undetermined": 0,
                "undetermined_loose": 1,
            },
        },
    }
    by_prompt = {
        "ila_strict": [(2, 1), (1, 0), (1, 0)],
        "cla_strict": [(4, 3), (2, 0), (1, 0)],
        "ila_loose": [(2, 1), (1, 0), (1, 0)],
        "cla_loose": [(4, 3), (2, 1), (1, 0)],
    }
    for name, clusters in by_prompt.items():
        wanted = share(clusters).interval()._asdict()
        assert shares[name] == {figure: round(value, 6) for figure, value in wanted.items()}
    assert json.loads(json.dumps(summary)) == summary


def test_a_summary_of_strict_verdicts_alone():
    one = verification("a", (True, None), (SLOW, None))
    assert [result.loose for result in one.results] == [None, None]
    summary = tally([one]).summary(read=1, rejected=0, loose=False)
    assert "ila_loose" not in summary
    assert "cla_loose" not in summary
    assert summary["undetermined_by_status"] == {"timeout": 1}
    assert summary["kinds"]["punctuation:no_comma"] == {"constraints": 1, "strict": 1, "undetermined": 0}


def test_a_summary_of_nothing():
    summary = Tally().summary(read=2, rejected=2, loose=True)
    assert (summary["read"], summary["verified"], summary["rejected"]) == (2, 0, 2)
    assert summary["kinds"] == {}
    assert [summary[name] for name in ("ila_strict", "cla_strict", "ila_loose", "cla_loose")] == [None] * 4


def test_reading_a_summary_changes_nothing():
    counted = tally(SOME[:1])
    first = counted.summary(read=1, rejected=0, loose=True)
    assert counted.summary(read=1, rejected=0, loose=True) == first
    counted.merge(BatchTally.of(SOME[1:]))
    assert counted == tally(SOME)


@pytest.mark.parametrize(
    ("keys", "clusters"),
    [
        ("aaaaaaabbb", 2),
        ("abab", 4),
        ([1, 1, 2], 2),
        ([None, None], 1),  # the same words are the same prompt
        ([0, None], 2),
    ],
)
def test_rollouts_of_a_prompt_that_follow_each_other_are_one_cluster(keys: Any, clusters: int):
    counted = tally([verification(key, GOOD) for key in keys]).prompts.closed()
    assert counted.ila.clusters == counted.cla.clusters == clusters


VERDICT = st.sampled_from([GOOD, BAD, ONLY_LOOSE, (SLOW, SLOW), (False, BROKEN), (BROKEN, True)])
VERIFICATION = st.builds(
    lambda key, verdicts: verification(key, *verdicts),
    st.sampled_from("abc"),
    st.lists(VERDICT, min_size=1, max_size=4),
)


@UNHURRIED
@given(st.lists(VERIFICATION, max_size=20), st.lists(st.integers(0, 20)))
def test_batches_of_any_size_add_up_alike(verifications: list[hir.Verification], cuts: list[int]):
    places = [0, *sorted(min(cut, len(verifications)) for cut in cuts), len(verifications)]
    batches = [verifications[start:end] for start, end in itertools.pairwise(places)]
    whole, parts = (
        counted.summary(read=30, rejected=30 - len(verifications), loose=True)
        for counted in (tally(verifications), tally(*batches))
    )
    assert list(parts.items()) == list(whole.items())
    assert list(parts["kinds"]) == list(whole["kinds"])
    assert whole["verified"] == len(verifications)
    assert whole["constraints"] == sum(len(one.results) for one in verifications)
    assert whole["constraints"] == sum(kind["constraints"] for kind in whole["kinds"].values())


def test_kinds_come_worst_first():
    counted = tally([verification("a", BAD, GOOD), verification("b", GOOD, GOOD)])
    assert [kind for kind, _ in counted.worst_first()] == ["punctuation:no_comma", "word_count"]
    counted = tally([verification("a", GOOD, GOOD)])
    assert [kind for kind, _ in counted.worst_first()] == ["punctuation:no_comma", "word_count"]
    counted = tally([verification("a", GOOD, BAD)])
    assert [kind for kind, _ in counted.worst_first()] == ["word_count", "punctuation:no_comma"]


def numbered(number: int, reading: str) -> hir.Verdict:
    return hir.Verdict(None, f"{reading} {number}", "error")


NUMBERED = [verification(n, (numbered(n, "strict"), numbered(n, "loose"))) for n in range(60)]


def test_reasons_without_end_are_not_all_kept():
    """And those that are kept are counted to the end."""
    again = [*NUMBERED, NUMBERED[0]]
    summary = tally(*([one] for one in again)).summary(read=61, rejected=0, loose=True)
    assert len(summary["undetermined_by_reason"]) == 50
    assert summary["undetermined_by_reason"]["punctuation:no_comma: strict 0"] == 2
    assert summary["undetermined_by_status"] == {"error": 122}


def test_reasons_come_in_the_order_of_the_verdicts():
    wanted = [f"punctuation:no_comma: {reading} {n}" for n in range(60) for reading in ("strict", "loose")]
    assert list(BatchTally.of(NUMBERED).reasons) == wanted


def test_conversations_with_an_equal_last_turn_are_two_prompts():
    tally = Tally()
    for first in ("Name a sea.", "Name a town."):
        messages = [
            {"role": "user", "content": first},
            {"role": "assistant", "content": "Here."},
            {"role": "user", "content": "Another one."},
        ]
        asked = hir.Instruction(messages=messages, constraints=[NO_COMMA])
        tally.merge(BatchTally.of([hir.verify_one(hir.Rollout(instruction=asked, response="There."))]))
    assert tally.prompts.closed().ila.clusters == 2


def test_pass_at_k_is_the_share_of_draws_with_a_success():
    """Counted by drawing every set of k of the rollouts of each prompt."""
    solved = {
        "a": [True, False, False, False],
        "b": [False] * 4,
        "c": [True, True],
        "d": [True, False, True, False],
    }
    outcomes = Counter(f"{len(each)}:{sum(each)}" for each in solved.values())
    found = pass_at_k(outcomes)
    assert list(found) == ["1", "2", "4"]
    for k, figures in found.items():
        known = [
            list(itertools.combinations(each, int(k))) for each in solved.values() if len(each) >= int(k)
        ]
        shares = [sum(map(any, draws)) / len(draws) for draws in known]
        assert figures == {"value": pytest.approx(sum(shares) / len(shares), abs=1e-6), "prompts": len(known)}


def test_one_rollout_a_prompt_has_no_pass_at_k():
    assert pass_at_k({"1:1": 3, "1:0": 2}) == {}
    assert pass_at_k({}) == {}
