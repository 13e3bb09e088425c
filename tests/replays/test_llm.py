"""A model as the rewriter, behind a server on loopback."""

import json

import pytest
from endpoint import fails, says, serving
from samples import FIVE, NO_COMMA, asking

import hir_data as hir
from hir_data.replays.config import ReplayConfig
from hir_data.replays.pipeline import replay
from hir_data.replays.rewriting.llm import LLMRewriter
from hir_data.schemas.replay import ReplaySample

SETTINGS = ReplayConfig(rewriter="llm", guards="none", min_bits=0)
FAILED = hir.Rollout(instruction=asking("Tea?", NO_COMMA, FIVE), response="Tea for two.")


def replayed(reply) -> tuple[list[ReplaySample], list, LLMRewriter]:
    with serving(reply) as server, LLMRewriter("small", server.url, "key", retries=1, backoff=0.01) as model:
        samples = list(replay([hir.verify_one(FAILED)], SETTINGS, rewriter=model))
        return samples, server.asked, model


def test_the_model_writes_the_prompt():
    samples, asked, model = replayed(lambda _: says("<think>Easy.</think> Tea, in 2 words or more?"))
    _, sample = samples
    assert sample.instruction.prompt == "Tea, in 2 words or more?"
    assert [change.fate for change in sample.changes] == ["kept", "nearest"]
    question = json.loads(asked[0].body["messages"][-1]["content"])
    assert question["keep"] == ["Use no commas."]
    assert question["remove"] == []
    (replaced,) = question["replace"]
    assert replaced["this"] == "Write at least 5 words."
    assert (model.usage.asked, model.usage.failed) == (1, 0)


@pytest.mark.parametrize(
    "reply", [says(""), says(FAILED.instruction.prompt), says("x" * 5000), fails(400), says(None)]
)
def test_what_cannot_be_used_is_not(reply):
    samples, _, model = replayed(lambda _: reply)
    assert [sample.origin for sample in samples] == ["rollout"]
    assert model.usage.failed == 1
