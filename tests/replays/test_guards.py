"""What a guard objects to, and what it leaves alone."""

import pytest
from cases.fit_answers import FIT, Answer
from cases.guards import ASKED, GUARDED, TIDES, Guarded
from cases.other_models import FIT_OF_MODELS, IN_LANGUAGES, UNFIT_OF_MODELS
from cases.unfit_answers import UNFIT, Unfit
from hypothesis import given
from strategies import TEXTS

import hir_data as hir
from hir_data.replays.config import ReplayConfig
from hir_data.replays.guards import GUARDS, ScoreBound, guards_named, unfit
from hir_data.replays.information import Background, group_key


def rollout(case: Guarded) -> hir.Rollout:
    instruction = hir.Instruction(prompt=case.prompt, constraints=[hir.parse(dict(case.kind))])
    return hir.Rollout.model_validate({"instruction": instruction, "response": case.response, **case.fields})


@pytest.mark.parametrize(
    "case", [*GUARDED, *IN_LANGUAGES], ids=lambda case: f"{case.guard}-{case.response[:20]!r}"
)
def test_a_response_is_fit_or_which_guard_objects(case: Guarded):
    found = unfit(rollout(case), tuple(GUARDS))
    assert (found and found[0]) == case.guard


@pytest.mark.parametrize(
    "case", [case for case in [*GUARDED, *IN_LANGUAGES] if case.guard], ids=lambda case: case.guard
)
def test_a_guard_that_is_off_objects_to_nothing(case: Guarded):
    found = unfit(rollout(case), [name for name in GUARDS if name != case.guard])
    assert found is None or found[0] != case.guard
    assert unfit(rollout(case), ()) is None


def answered(case: Answer | Unfit) -> hir.Rollout:
    instruction = hir.Instruction(
        prompt=case.question,
        question=case.question,
        constraints=[hir.parse({"kind": "punctuation:no_comma"})],
    )
    return hir.Rollout(instruction=instruction, response=case.response)


@pytest.mark.parametrize("case", [*FIT, *FIT_OF_MODELS], ids=lambda case: case.question)
def test_no_guard_objects_to_an_honest_answer_of_unusual_form(case: Answer):
    assert unfit(answered(case), tuple(GUARDS)) is None


@pytest.mark.parametrize(
    "case", [*UNFIT, *UNFIT_OF_MODELS], ids=lambda case: f"{case.guards}-{case.response[:20]!r}"
)
def test_a_guard_objects_to_what_is_no_answer(case: Unfit):
    found = unfit(answered(case), tuple(GUARDS))
    assert found is not None
    assert found[0] in case.guards.split()


def test_words_that_responses_to_other_prompts_have_too_are_no_topic():
    case = Answer(
        "Which river runs through Lund?",
        "A river begins as a spring. It grows where brooks meet it, and it slows where the land is flat. "
        * 4,
    )
    others = [(bytes([i]), f"A river is a friend in summer, says number {i}.") for i in range(40)]
    rollout = answered(case)
    assert unfit(rollout, ["off_topic"]) is None
    background = Background(others).view(group_key(rollout.instruction))
    assert unfit(rollout, ["off_topic"], None, background) == ("off_topic", "has none of runs, lund")


@pytest.mark.parametrize(
    ("response", "why"),
    [
        ("In short, a harbour makes all the difference.", "says only short, makes, difference"),
        ("Harbours are important because they are essential to towns.", "says only because, they, essential"),
        ("They keep its ships safe from the winter storms.", None),
    ],
)
def test_a_short_answer_says_what_not_every_answer_says(response: str, why: str | None):
    rollout = answered(Answer("Explain why a harbour is important to a town.", response))
    usual = "It is essential because it makes a difference to people, in short. They like it."
    others = [(bytes([i]), f"{usual} So says number {i}.") for i in range(40)]
    view = Background(others).view(group_key(rollout.instruction))
    assert unfit(rollout, ["too_short"], None, view) == (why and ("too_short", why))


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
