"""What a guard objects to, and what it leaves alone."""

import pytest
from cases.guards import ASKED, GUARDED, TIDES, Guarded
from hypothesis import given
from strategies import TEXTS

import hir_data as hir
from hir_data.replays.config import ReplayConfig
from hir_data.replays.guards import GUARDS, ScoreBound, guards_named, unfit


def rollout(case: Guarded) -> hir.Rollout:
    instruction = hir.Instruction(prompt=case.prompt, constraints=[hir.parse(dict(case.kind))])
    return hir.Rollout.model_validate({"instruction": instruction, "response": case.response, **case.fields})


@pytest.mark.parametrize("case", GUARDED, ids=lambda case: f"{case.guard}-{case.response[:20]!r}")
def test_a_response_is_fit_or_which_guard_objects(case: Guarded):
    found = unfit(rollout(case), tuple(GUARDS))
    assert (found and found[0]) == case.guard


@pytest.mark.parametrize("case", [case for case in GUARDED if case.guard], ids=lambda case: case.guard)
def test_a_guard_that_is_off_objects_to_nothing(case: Guarded):
    found = unfit(rollout(case), [name for name in GUARDS if name != case.guard])
    assert found is None or found[0] != case.guard
    assert unfit(rollout(case), ()) is None


def test_a_question_that_is_known_has_to_be_met():
    about = hir.Instruction(
        prompt=f"{ASKED} Use no commas.",
        constraints=[hir.parse({"kind": "punctuation:no_comma"})],
        question="How do bees find their hive?",
        criteria=["Use no commas."],
    )
    bees = TIDES.replace("moon", "bee").replace("sea", "hive")
    assert unfit(hir.Rollout(instruction=about, response=TIDES), ["off_topic"]) is not None
    assert unfit(hir.Rollout(instruction=about, response=bees), ["off_topic"]) is None


@given(TEXTS)
def test_no_guard_fails_on_any_text(text: str):
    unfit(rollout(Guarded(None, ASKED, text)), tuple(GUARDS))


def test_guards_by_name():
    assert guards_named("all") == tuple(GUARDS)
    assert guards_named("none") == ()
    assert guards_named("echo, refusal") == ("refusal", "echo")
    with pytest.raises(ValueError, match="there is no guard 'refusals'"):
        ReplayConfig(guards="refusals")


@pytest.mark.parametrize(
    ("metadata", "fit"),
    [
        ({"judge": {"score": 0.5}}, True),
        ({"judge": {"score": 0.49}}, False),
        ({"judge": {"score": "0.9"}}, False),
        ({"judge": {"score": True}}, False),
        ({}, False),
    ],
)
def test_a_score_from_elsewhere(metadata, fit):
    case = Guarded(None, ASKED, TIDES, {"metadata": metadata})
    found = unfit(rollout(case), (), ScoreBound.parse("judge.score >= 0.5"))
    assert (found is None) is fit
    assert fit or found[0] == "score"


@pytest.mark.parametrize("text", ["reward", "reward>0.5", ">=1", "reward>=high", "reward>=nan"])
def test_a_bound_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match="FIELD>=NUMBER"):
        ReplayConfig(min_score=text)
