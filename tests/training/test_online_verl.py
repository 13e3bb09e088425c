"""Replays in verl: the rows, their advantages, and, in verl's own environment, what verl makes of both.

``make verl`` makes that environment; ``HIR_DATA_VERL`` names the interpreter of another one.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import tiny_model
from programs import run_program
from samples import FIVE, NO_COMMA, asking
from tiny_model import torch, transformers

from hir_data.errors import RecordError, TrainingError
from hir_data.formats.exports.verl import row as verl_row
from hir_data.replays.config import ReplayConfig
from hir_data.training.online.batch import BatchReplayer
from hir_data.training.online.verl import REPLAY, ReplaySettings, replay_advantage, replay_rows
from hir_data.training.settings import TrainConfig

ROOT = Path(__file__).parents[2]
VERL = Path(os.environ.get("HIR_DATA_VERL", ROOT / ".venv-verl" / "bin" / "python"))
RESPONSES = [
    "the tide goes out",
    "the tide, the sea, the moon and the sea",
    "the moon pulls the sea again",
    "",
]
ANYTHING = ReplayConfig(guards="none", min_bits=0)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    return transformers.AutoTokenizer.from_pretrained(tiny_model.save(tmp_path_factory.mktemp("model")))


def rows(tokenizer):
    """What verl has of the responses to a prompt: too short, with commas, a success, and empty."""
    asked = asking("Tea?", NO_COMMA, FIVE)
    truth = {"constraints": [json.loads(each.model_dump_json()) for each in asked.constraints]}
    told = verl_row(asked.chat(), asked, {"index": 0, "split": "train", "id": "tea"}, truth)
    for number, response in enumerate(RESPONSES):
        tokens = torch.tensor([*tokenizer.encode(response), tokenizer.eos_token_id])
        yield {
            "uid": "tea",
            "data_source": told["data_source"],
            "raw_prompt": told["prompt"],
            "reward_model": told["reward_model"],
            "extra_info": told["extra_info"],
            "responses": tokens,
            "response_mask": torch.ones_like(tokens),
            "session_id": number,
        }


def test_a_replay_is_its_source_behind_another_prompt(tokenizer):
    given = list(rows(tokenizer))
    new, made = replay_rows(given, BatchReplayer(ANYTHING), tokenizer)
    assert [each["session_id"] for each in new] == sorted(made.replays) == [0, 1]
    assert made.counts["rollouts"] == 4 and made.counts["failures"] == 3 and made.counts["unreadable"] == 0
    for each in new:
        source, sample = given[each["session_id"]], made.replays[each["session_id"]]
        assert each["uid"] == f"tea{REPLAY}"
        assert each["responses"].tolist() == source["responses"].tolist()
        asked = f"<|user|>{sample.instruction.prompt}<|end|><|assistant|>"
        assert tokenizer.decode(each["prompts"]) == asked
        assert sample.instruction.prompt != source["raw_prompt"][-1]["content"]
        assert each["input_ids"].tolist() == [*each["prompts"].tolist(), *source["responses"].tolist()]
        assert each["position_ids"].tolist() == list(range(len(each["input_ids"])))
        assert each["rm_scores"].tolist() == [0.0] * (len(source["responses"]) - 1) + [1.0]


REWARDS = torch.tensor(
    [[0.0, 0.5, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0], [torch.nan, 0.0, 0.0]]
)
MASK = torch.tensor([[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0], [1, 0, 0]])
INDEX = np.array(["a", "a", f"a{REPLAY}", "pad", "a"], dtype=object)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"advantage": "baseline"}, [-0.25, 0.25, 2.0, 0, 0]),
        ({"advantage": "baseline", "replay_weight": 0.5}, [-0.25, 0.25, 0.5, 0, 0]),
        ({"advantage": "baseline", "replay_cap": 1.0}, [-0.25, 0.25, 0.25, 0, 0]),
        ({}, [-0.70711, 0.70711, 2.0, 0, 0]),
    ],
)
def test_rollouts_are_compared_and_replays_weigh_what_the_settings_say(given, wanted):
    advantages, returns = replay_advantage(REWARDS, MASK, INDEX, {"hir_data": given})
    expected = torch.tensor(wanted)[:, None] * MASK
    torch.testing.assert_close(advantages, expected, rtol=0, atol=1e-4)
    assert returns.equal(advantages)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"replay_wait": 1}, "algorithm.hir_data: replay_wait: there is no such option; did you mean"),
        ({"replay_bits": 4}, "algorithm.hir_data.replay_bits: rows of verl have no bits"),
        ({"epochs": 1}, "verl decides about epochs"),
        (5, "algorithm.hir_data: has to be a mapping of options, not 5"),
        ({"replay": "k=2"}, "algorithm.hir_data.replay: has to be a mapping of options, not 'k=2'"),
        (
            {"replay": {"min_bit": 2}},
            "algorithm.hir_data.replay: min_bit: there is no such option; did you mean min_bits",
        ),
        ({"replay": {"min_bits": -1}}, "algorithm.hir_data.replay: min_bits: .* not -1"),
        ({"replay": {"guards": "no_such"}}, "algorithm.hir_data.replay: guards: .*no_such"),
        ({"replay": {"rewriter": "llm"}}, "algorithm.hir_data.replay.rewriter: llm needs a client"),
    ],
    ids=str,
)
def test_settings_that_are_none_or_verls_are_refused(given, problem):
    with pytest.raises((RecordError, TrainingError), match=problem):
        ReplaySettings.of({"hir_data": given})
    with pytest.raises((RecordError, TrainingError), match=problem):
        replay_advantage(REWARDS, MASK, INDEX, {"hir_data": given})


def test_options_of_replay_are_those_of_replay_config(tokenizer):
    chosen = ReplaySettings.of(
        {"hir_data": {"advantage": "rloo", "replay": {"guards": "none", "min_bits": 0, "k": 0.5}}}
    )
    assert chosen.replay == ReplayConfig(guards="none", min_bits=0, k=0.5)
    assert (chosen.train.advantage, chosen.train.replay_weight) == ("rloo", TrainConfig().replay_weight)
    assert ReplaySettings.of(None).replay == ReplaySettings.of({}).replay == ReplayConfig()
    made = [
        replay_rows(list(rows(tokenizer)), BatchReplayer(ReplaySettings.of(given).replay), tokenizer)[1]
        for given in ({"hir_data": {"replay": {"guards": "none", "min_bits": bits}}} for bits in (0, 9))
    ]
    assert [len(each.replays) for each in made] == [2, 0]
    assert made[1].counts["uninformative"] == 2


def test_a_bound_on_a_score_that_no_response_has_is_refused():
    with pytest.raises(TrainingError, match="min_score: responses of a trainer have no fields"):
        BatchReplayer(ReplayConfig(min_score="judge>=3"))


@pytest.mark.slow
@pytest.mark.skipif(not VERL.exists(), reason="needs the environment that 'make verl' makes")
def test_verl_takes_the_rows_and_finds_the_estimator(tmp_path, tokenizer):
    tokenizer.save_pretrained(tmp_path)
    program = Path(__file__).with_name("in_verl_trainer.py")
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests"), str(ROOT / "tests/training")]),
        "VERL_USE_EXTERNAL_MODULES": "hir_data.training.online.verl_trainer",
    }
    done = run_program([str(VERL), str(program), str(tmp_path)], env=environment, limit=300)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["keys"] == ["tea_0_0", "tea_1_0", "tea_2_0", "tea_3_0", "tea/replay_0_0", "tea/replay_1_0"]
    assert told["replays"] == 2
    misspelt, corrected = told["problems"]
    assert "algorithm.hir_data.replay: min_bit: there is no such option" in misspelt
    assert "algorithm.rollout_correction: no engine has drawn replays" in corrected
    assert told["lengths"] == told["tags"]
    assert told["advantages"][4:] == [2.0, 2.0]
    assert sum(told["advantages"][:4]) == pytest.approx(0, abs=1e-5) and max(told["advantages"][:4]) > 1
