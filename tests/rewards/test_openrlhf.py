"""The reward function for OpenRLHF; ``tests/formats/test_trainers.py`` has OpenRLHF's own code call it."""

import importlib.util
import json
import logging
from pathlib import Path

import pytest

import hir_data as hir
from hir_data.rewards import openrlhf

torch = pytest.importorskip("torch")
NO_COMMA = json.dumps({"constraints": [{"kind": "punctuation:no_comma"}, {"kind": "word_count", "max": 3}]})
SOFT = json.dumps({"constraints": [{"kind": "soft:criterion", "criterion": "Is it kind?"}]})
PROMPT = "<|user|>Describe the sea.<|end|><|assistant|>"


def asked(reward: hir.OpenRLHFReward, *texts: str, label: str = NO_COMMA) -> list[float]:
    number = len(texts)
    found = reward([PROMPT + text for text in texts], [PROMPT] * number, [label] * number)
    assert torch.equal(found["rewards"], found["scores"])
    rewards: list[float] = found["rewards"].tolist()
    return rewards


@pytest.mark.parametrize(("score", "wanted"), [("ila", [1, 0, 1]), ("cla", [1, 0.5, 1])])
def test_rewards_are_those_of_verify(score: hir.rewards.score.Score, wanted: list[float]):
    texts = ("Blue<|end|>", "Blue, wide.<|im_end|>", "<think>Hm, well, so, then.</think>Blue</s>")
    assert asked(hir.OpenRLHFReward(score), *texts) == wanted


def test_openrlhf_loads_the_file_by_its_path():
    spec = importlib.util.spec_from_file_location("reward_func", openrlhf.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert Path(openrlhf.__file__).name == "openrlhf.py"
    found = module.reward_func(queries=[PROMPT + "Blue"], prompts=[PROMPT], labels=[NO_COMMA])
    assert found["rewards"].tolist() == [1.0]
    assert {name: value.tolist() for name, value in found["extra_logs"].items()} == {
        "satisfied": [2.0],
        "constraints": [2.0],
        "undetermined": [0.0],
    }


def test_what_nobody_knows_is_neither_good_nor_bad():
    reward = hir.OpenRLHFReward()
    assert asked(reward, "Blue", label=SOFT) == [0.5]
    assert asked(reward, "Blue", "Wide", "Deep", "a, b") == [1, 1, 1, 0]
    assert asked(reward, "Blue", label=SOFT) == [0.75]  # as all so far
    both = json.dumps(
        {"constraints": [*json.loads(NO_COMMA)["constraints"], *json.loads(SOFT)["constraints"]]}
    )
    assert asked(reward, "a, b", "Blue", label=both) == [0, 0]  # as the others to the same prompt
    assert asked(hir.OpenRLHFReward(undetermined=-1), "Blue", label=SOFT) == [-1]


def test_a_response_that_cannot_be_read_does_not_keep_the_others_from_their_rewards(caplog):
    caplog.set_level(logging.WARNING, "hir_data.rewards")
    found = hir.OpenRLHFReward(undetermined=0.25)(
        ["another prompt", PROMPT + "Blue", PROMPT + "Blue"],
        [PROMPT] * 3,
        [NO_COMMA, "{", NO_COMMA],
    )
    assert found["rewards"].tolist() == [0.25, 0.25, 1.0]
    assert found["extra_logs"]["undetermined"].tolist() == [1, 1, 0]
    assert "queries[0]: does not begin with its prompt" in caplog.text
    assert "labels[1].ground_truth: is neither JSON nor a Python literal" in caplog.text


def test_there_is_no_such_score():
    with pytest.raises(hir.RecordError, match="there is no score 'ial'"):
        hir.OpenRLHFReward("ial")  # type: ignore[arg-type]
