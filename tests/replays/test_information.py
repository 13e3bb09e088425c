"""Bits of constraints, measured on other responses."""

import pickle
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hir_data as hir
from hir_data.replays.information import (
    MIN_OTHERS,
    Background,
    ResponseSample,
    group_key,
)
from hir_data.replays.shells import SHELLS, shells_satisfying

NO_COMMA = hir.parse({"kind": "punctuation:no_comma"})
TEN = hir.parse({"kind": "word_count", "min": 10})
SEA = hir.parse({"kind": "keywords:existence", "keywords": ["sea"]})
SHORT = hir.parse({"kind": "word_count", "max": 3})
WARM = hir.parse({"kind": "soft:criterion", "criterion": "The tone is warm."})


def background(*responses: str) -> Background:
    return Background((str(number).encode(), text) for number, text in enumerate(responses))


MIXED = background(*["Tea, then.", "Tea by the sea."] * 12, *["Tea."] * 8)


@pytest.mark.parametrize(
    ("constraints", "number"),
    [([NO_COMMA], 20), ([SEA], 12), ([SEA, NO_COMMA], 12), ([TEN], 0), ([WARM], 32)],
)
def test_bits_are_those_of_the_smoothed_share(constraints, number):
    others = MIXED.view(b"other")
    assert others.count == 32
    assert others.bits_of(constraints) == pytest.approx(-log2((number + 0.5) / 33))


@given(
    st.lists(st.sampled_from([SEA, NO_COMMA, SHORT, WARM]), min_size=1, max_size=3),
    st.lists(st.sampled_from([SEA, SHORT]), max_size=2),
    st.integers(0, 40),
)
def test_constraints_at_once_never_say_less_than_one_of_them(constraints, known, first):
    mixed = background(*["The sea is calm.", "The sea.", "It is calm today, they say.", "No.", "Sea!"] * 8)
    for constraint in known:
        mixed.satisfied(constraint, first)
    others = mixed.view(b"other")
    at_once = others.bits_once(constraints)
    assert at_once == others.bits_of(constraints)
    assert at_once >= max(others.bits_of([constraint]) for constraint in constraints)


def test_responses_to_the_same_instruction_do_not_count():
    own = Background([(b"tea", "Tea by the sea.")] * 5 + list(MIXED.responses))
    assert own.view(b"tea").bits_of([SEA]) == MIXED.view(b"tea").bits_of([SEA])
    assert own.view(b"else").bits_of([SEA]) != MIXED.view(b"else").bits_of([SEA])


def test_too_few_others_say_nothing():
    few = background(*["Tea."] * (MIN_OTHERS - 1))
    assert few.view(b"other").bits_of([SEA]) is None
    assert background(*["Tea."] * MIN_OTHERS).view(b"other").bits_of([SEA]) is not None


@given(st.permutations([(f"{number}".encode(), f"Tea number {number}.") for number in range(40)]))
def test_a_sample_does_not_depend_on_the_order(responses):
    def sampled(seed: int) -> Background:
        sample = ResponseSample(10, seed)
        for group, response in [*responses, *responses[:3]]:  # what comes twice is taken once
            sample.add(group, response)
        return sample.background()

    assert len(sampled(0).responses) == 10
    expected = ResponseSample(10, 0)
    for group, response in sorted(responses):
        expected.add(group, response)
    assert sampled(0) == expected.background()
    assert sampled(0) != sampled(1)


def test_a_larger_sample_has_the_smaller_one():
    small, large = ResponseSample(5, 0), ResponseSample(20, 0)
    for number in range(30):
        for sample in (small, large):
            sample.add(b"", f"Tea number {number}.")
    assert large.background().responses[:5] == small.background().responses


def test_a_background_travels_without_what_it_remembers():
    MIXED.satisfied(SEA)
    arrived = pickle.loads(pickle.dumps(MIXED))
    assert arrived == MIXED
    assert arrived.satisfied(SEA) == MIXED.satisfied(SEA)


@given(st.sampled_from([SEA, TEN, NO_COMMA, hir.parse({"kind": "word_count", "max": 3})]))
def test_what_is_remembered_says_the_same_as_checks(constraint):
    expected = sum(
        1 << number
        for number, (_, response) in enumerate(MIXED.responses)
        if hir.check(constraint, response).satisfied
    )
    fresh = Background(MIXED.responses)
    assert fresh.satisfied(constraint, 4) == expected & 0b1111
    assert fresh.satisfied(constraint) == expected


def test_shells_satisfy_what_asks_for_next_to_nothing():
    assert shells_satisfying([NO_COMMA])
    assert shells_satisfying([NO_COMMA, hir.parse({"kind": "sentence_count", "max": 3})])
    assert not shells_satisfying([NO_COMMA, hir.parse({"kind": "word_count", "min": 60})])
    assert not shells_satisfying([hir.parse({"kind": "word_count", "min": 50, "max": 61})])
    assert not shells_satisfying([SEA])
    assert not shells_satisfying([WARM])
    assert len(set(SHELLS)) == len(SHELLS) > 50


EMPTY = [
    [
        {"kind": "detectable_content:postscript", "postscript_marker": "P.P.S"},
        {"kind": "word_count", "max": 9},
    ],
    [
        {"kind": "detectable_content:number_placeholders", "num_placeholders": 2},
        {"kind": "punctuation:no_comma"},
    ],
    [
        {"kind": "detectable_format:title"},
        {"kind": "detectable_format:number_bullet_lists", "num_bullets": 3},
    ],
    [{"kind": "sentence_count", "min": 3}, {"kind": "change_case:english_lowercase"}],
    [{"kind": "json"}],
    [{"kind": "detectable_format:number_bullet_lists", "num_bullets": 3}, {"kind": "punctuation:no_comma"}],
    [{"kind": "word_count", "min": 20}, {"kind": "punctuation:no_comma"}],
]


@pytest.mark.parametrize("records", EMPTY)
def test_shells_have_titles_lists_data_and_babble(records):
    assert shells_satisfying([hir.parse(record) for record in records])


def test_shells_are_asked_anew_only_where_they_have_not_been():
    more = hir.parse({"kind": "word_count", "min": 18})
    both = shells_satisfying([NO_COMMA, more])
    assert shells_satisfying([more]) & shells_satisfying([NO_COMMA]) == both
    assert shells_satisfying([more, NO_COMMA]) == both


def test_a_group_is_all_rollouts_of_one_conversation():
    one = hir.Instruction(prompt="Tea?", constraints=[NO_COMMA])
    assert group_key(one) == group_key(one.model_copy(update={"constraints": (SEA,)}))
    assert group_key(one) != group_key(one.model_copy(update={"id": 1}))
    history = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]
    later = hir.Instruction(messages=[*history, {"role": "user", "content": "Tea?"}], constraints=[NO_COMMA])
    assert group_key(later) != group_key(one)
