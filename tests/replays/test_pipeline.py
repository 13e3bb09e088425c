"""What holds of every replay, whatever was verified."""

import math
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from samples import FIVE, NO_COMMA, asking
from strategies import TEXTS

import hir_data as hir
from hir_data.replays.assess import assess
from hir_data.replays.config import ReplayConfig
from hir_data.replays.information import Background
from hir_data.replays.pipeline import replay
from hir_data.replays.rewriting.rewriter import CriteriaRewriter, RewriteRefusal
from hir_data.schemas.presentation import PRESENTATIONS, present
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.rollout import Sampling

FIFTY = hir.parse({"kind": "word_count", "min": 50})
CONSTRAINTS = [
    hir.parse(record)
    for record in (
        {"kind": "punctuation:no_comma"},
        {"kind": "word_count", "min": 3},
        {"kind": "length_constraints:number_sentences", "relation": "less than", "num_sentences": 2},
        {"kind": "keywords:existence", "keywords": ["sea"]},
        {"kind": "change_case:english_lowercase"},
        {"kind": "startend:quotation"},
        {"kind": "detectable_format:number_bullet_lists", "num_bullets": 1},
    )
]


@st.composite
def instructions(draw) -> hir.Instruction:
    constraints = draw(st.lists(st.sampled_from(CONSTRAINTS), min_size=1, max_size=4, unique=True))
    presentation = draw(st.sampled_from(PRESENTATIONS))
    criteria = [constraint.describe() for constraint in constraints]
    question = draw(st.sampled_from(["Why is the sea salty?", "Tea\nor coffee."]))
    return hir.Instruction(
        prompt=present(question, criteria, presentation),
        constraints=constraints,
        question=question,
        criteria=criteria,
        presentation=draw(st.sampled_from([presentation, None])),
    )


ROLLOUTS = st.lists(
    st.builds(hir.Rollout, instruction=instructions(), response=TEXTS), min_size=1, max_size=6
)
HOW = st.builds(
    ReplayConfig,
    select=st.sampled_from(["balanced", "paper", "random"]),
    k=st.sampled_from([0, 1, 6]),
    min_kept=st.integers(1, 2),
    relabel=st.sampled_from(["hindsight", "drop", "nearest", "flip"]),
    batch_prompts=st.sampled_from([None, 1]),
)


def replayed(rollouts: Iterable[hir.Rollout], how: ReplayConfig) -> list[ReplaySample]:
    return list(replay([hir.verify_one(one, loose=False) for one in rollouts], how))


@settings(max_examples=60, deadline=None)
@given(ROLLOUTS, HOW)
def test_every_replay_is_a_success_of_what_it_asks(rollouts, how):
    samples = replayed(rollouts, how)
    assert samples == replayed(rollouts, how)
    by_id = {sample.id: sample for sample in samples}
    assert len(by_id) == len(samples)
    originals = [sample for sample in samples if sample.origin == "rollout"]
    assert [(one.instruction, one.response) for one in originals] == [
        (one.instruction, one.response) for one in rollouts
    ]
    replays = [sample for sample in samples if sample.origin == "replay"]
    prompts = {one.instruction.prompt for one in rollouts}
    assert len(replays) <= how.k * len(prompts)
    for sample in replays:
        source = by_id[sample.source_id]
        assert source.reward == 0.0
        assert sample.response == source.response
        assert sample.drawn_for == source.id
        assert sample.instruction.prompt != source.instruction.prompt
        again = hir.verify_one(hir.Rollout(instruction=sample.instruction, response=sample.response))
        assert again.ila
        assert sample.verdicts == (True,) * len(sample.instruction.constraints)
        assert len(sample.instruction.constraints) >= how.min_kept
        assert [change.constraint for change in sample.changes] == list(source.instruction.constraints)
        became = tuple(change.became for change in sample.changes if change.became is not None)
        assert became == sample.instruction.constraints
        if how.relabel == "drop":
            assert set(became) <= set(source.instruction.constraints)
        assert {change.fate for change in sample.changes} <= {"kept", "dropped"} | (
            {"nearest", "flip"} if how.relabel == "hindsight" else {how.relabel} - {"drop"}
        )


@settings(deadline=None)
@given(instructions())
def test_with_all_constraints_the_prompt_is_the_old_one(instruction):
    assert CriteriaRewriter().objection(instruction) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"question": None}, "the question is not known"),
        ({"criteria": None}, "the criteria are not known"),
        ({"prompt": "Tea? Use no commas, please."}, "the prompt differs from its parts"),
        ({"prompt": "Tea? Now.", "presentation": None}, "the prompt differs from its parts"),
    ],
)
def test_a_prompt_that_its_parts_do_not_give_is_not_rewritten(change, reason):
    instruction = asking("Tea?", NO_COMMA, FIVE).model_copy(update=change)
    found = CriteriaRewriter().objection(instruction)
    assert isinstance(found, RewriteRefusal)
    assert found.reason == reason
    verification = hir.verify_one(hir.Rollout(instruction=instruction, response="Tea for two."))
    how = ReplayConfig(guards="none")
    assert assess(verification, how, CriteriaRewriter(), Background()).state == "unwritable"


def test_a_last_batch_of_fewer_prompts_has_fewer_replays():
    """Of three prompts the third has all candidates: alone in its batch it gets what one prompt may get."""
    success, failures = "Tea is what I like most.", ["Tea for two.", "Tea for three.", "Tea for four."]
    given = [("One?", [success]), ("Two?", [success]), ("Three?", failures)]
    rollouts = [
        hir.Rollout(instruction=asking(question, NO_COMMA, FIVE), response=response)
        for question, responses in given
        for response in responses
    ]
    for size, replays in ((None, 3), (3, 3), (2, 1), (1, 1)):
        how = ReplayConfig(k=1, per_prompt=9, batch_prompts=size, min_bits=0)
        assert [one.origin for one in replayed(rollouts, how)].count("replay") == replays


def test_what_repeats_the_prompt_is_dropped_when_the_prompt_changes():
    repeat = hir.parse({"kind": "combination:repeat_prompt", "prompt_to_repeat": "Tea? Use no commas."})
    criteria = ["Use no commas.", "Repeat the request first."]
    instruction = hir.Instruction(
        prompt=present("Tea?", criteria, "inline"),
        constraints=[NO_COMMA, repeat],
        question="Tea?",
        criteria=criteria,
        presentation="inline",
    )
    how = ReplayConfig(relabel="drop", k=1, guards="none", min_bits=0)
    three = instruction.model_copy(
        update={
            "constraints": (*instruction.constraints, FIFTY),
            "criteria": (*criteria, "Write at least 50 words."),
            "prompt": present("Tea?", [*criteria, "Write at least 50 words."], "inline"),
        }
    )
    repeated = hir.Rollout(instruction=three, response="Tea? Use no commas. Yes please.")
    _, sample = replayed([repeated], how)
    assert [change.fate for change in sample.changes] == ["kept", "kept", "dropped"]  # still said
    lost = hir.parse({"kind": "combination:repeat_prompt", "prompt_to_repeat": three.prompt})
    three = three.model_copy(update={"constraints": (NO_COMMA, lost, FIFTY)})
    _, sample = replayed([hir.Rollout(instruction=three, response=f"{three.prompt} Yes.")], how)
    assert [change.fate for change in sample.changes] == ["kept", "dropped", "dropped"]


@pytest.mark.parametrize(
    ("responses", "relabel", "replays"),
    [
        (["Tea is what I like most."], "hindsight", 0),  # a success needs none
        (["", " \n"], "hindsight", 0),  # nothing holds of a blank one, in hindsight neither
        (["Tea for two."], "hindsight", 1),
        (["Tea for two."], "drop", 1),
        (["Tea, for two."], "hindsight", 1),  # all violated, and yet something holds
        (["Tea, for two."], "drop", 0),
    ],
)
def test_small_groups(responses, relabel, replays):
    instruction = asking("Tea?", NO_COMMA, FIVE)
    rollouts = [hir.Rollout(instruction=instruction, response=one) for one in responses]
    samples = replayed(rollouts, ReplayConfig(relabel=relabel, min_bits=0))  # a bare refusal would do, too
    assert [sample.origin for sample in samples].count("replay") == replays


@pytest.mark.parametrize("select", ["balanced", "paper", "entropy"])
def test_figures_that_are_not_finite_are_as_if_not_known(select):
    """Their responses get the mean of the others, and the one of the most surprise is replayed."""
    figures = [math.nan, math.inf, -math.inf, -0.5, -2.0, -1.0]
    rollouts = [
        hir.Rollout(
            instruction=asking("Tea?", NO_COMMA, FIVE),
            response=f"Tea for {number}.",
            sampling=Sampling(logprobs=(figure, -0.5)),
        )
        for number, figure in enumerate(figures)
    ]
    how = ReplayConfig(select=select, k=1, guards="none", min_bits=0)
    assert [one.response for one in replayed(rollouts, how) if one.origin == "replay"] == ["Tea for 4."]
    with pytest.raises(ValidationError, match="finite"):
        Sampling(entropy=math.inf)  # JSON could not say it
