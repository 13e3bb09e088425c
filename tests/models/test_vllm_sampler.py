"""Sampling with vLLM, against a stand-in of its interface."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import tiny_model
from samples import plain
from tiny_model import torch, transformers
from vllm_stand_in import vllm

from hir_data.errors import MissingExtraError, ModelError
from hir_data.models.config import LocalRolloutConfig
from hir_data.models.local_samplers import LocalSamplers
from hir_data.models.sampling import Refusal, Request

__all__ = ["vllm"]

PROMPTS = ["The tide.", "Why does the sea follow the moon, and where does it go?", "Sea"]
REQUESTS = [Request(plain(prompt), 1000 * number) for number, prompt in enumerate(PROMPTS)]


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return tiny_model.save(tmp_path_factory.mktemp("tiny"))


def sampled(model: str, requests: list[Request] = REQUESTS, **options: Any) -> list[Any]:
    settings = LocalRolloutConfig(**({"engine": "vllm", "n": 3, "max_new_tokens": 12} | options))
    with LocalSamplers() as samplers:
        return list(samplers.sampler(model, settings).sample(requests))


def prompt_ids(folder: str, prompt: str) -> list[int]:
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    return tokenizer(f"<|user|>{prompt}<|end|><|assistant|>")["input_ids"]


@pytest.mark.parametrize(
    ("temperature", "top_p", "mode", "of_temperature", "estimator"),
    [
        (1.0, 1.0, "processed_logprobs", 1.0, "mean_nll"),
        (0.7, 1.0, "processed_logprobs", 0.7, "mean_nll"),
        (0.7, 0.8, "raw_logprobs", 1.0, None),
        (1.0, 0.8, "raw_logprobs", 1.0, None),
        (0.0, 1.0, "processed_logprobs", 1.0, None),
        (0.0, 0.8, "processed_logprobs", 1.0, None),
    ],
)
def test_log_probabilities_are_those_before_top_p(
    vllm: Any, model: str, temperature: float, top_p: float, mode: str, of_temperature: float, estimator: Any
):
    answers = sampled(model, temperature=temperature, top_p=top_p)
    assert vllm.LLM.started[0].arguments["logprobs_mode"] == mode
    network = transformers.AutoModelForCausalLM.from_pretrained(model).eval()
    ended = 0
    for request, responses in zip(REQUESTS, answers, strict=True):
        assert len(responses) == 3
        prompt = prompt_ids(model, request.prompt)
        for sample, response in enumerate(responses):
            sampling, tokens = response.sampling, list(response.sampling.token_ids)
            with torch.no_grad():
                logits = network(torch.tensor([prompt + tokens])).logits[0, len(prompt) - 1 : -1].double()
            every = torch.log_softmax(logits / of_temperature, -1)
            wanted = every.gather(-1, torch.tensor(tokens)[:, None])[:, 0].tolist()
            assert sampling.logprobs == pytest.approx(wanted, abs=1e-4)
            assert (sampling.logprobs_temperature or temperature) == of_temperature
            assert sampling.seed == request.seed + sample
            assert (sampling.temperature, sampling.top_p, sampling.model) == (temperature, top_p, model)
            assert sampling.entropy_by == estimator
            if estimator:
                assert sampling.entropy == pytest.approx(-sum(wanted) / len(wanted), abs=1e-4)
            assert response.tokens == len(tokens) <= 12
            assert sampling.finish_reason == ("stop" if tokens[-1] == 0 else "length")
            assert 0 not in tokens[:-1]
            ended += tokens[-1] == 0
    if temperature == 1:
        assert 0 < ended < 9  # responses that end and others that are cut off
    if temperature == 0:
        assert len({response.text for response in answers[0]}) == 1


def test_prompts_are_our_token_ids_and_the_engine_is_asked_once(vllm: Any, model: str):
    sampled(model, engine_option={"gpu_memory_utilization": 0.5}, dtype="float32")
    (engine,) = vllm.LLM.started
    assert engine.arguments == {
        "model": model,
        "dtype": "float32",
        "trust_remote_code": False,
        "enable_prefix_caching": True,
        "logprobs_mode": "processed_logprobs",
        "gpu_memory_utilization": 0.5,
        "max_num_seqs": 256,
    }
    (call,) = engine.calls
    assert [tokens for tokens, _ in call] == [
        prompt_ids(model, prompt) for prompt in PROMPTS for _ in range(3)
    ]
    assert [params.seed for _, params in call] == [0, 1, 2, 1000, 1001, 1002, 2000, 2001, 2002]
    params = call[0][1]
    assert (params.n, params.logprobs, params.max_tokens, params.detokenize) == (1, 0, 12, False)
    assert (params.stop_token_ids, params.ignore_eos) == ([0], True)


def test_equal_seeds_give_equal_responses(vllm: Any, model: str):
    assert sampled(model) == sampled(model)
    other = [request._replace(seed=request.seed + 7) for request in REQUESTS]
    texts = [[[one.text for one in answer] for answer in sampled(model, of)] for of in (REQUESTS, other)]
    assert texts[0] != texts[1]


def test_the_text_is_that_of_the_tokens(vllm: Any, model: str):
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    for response in (one for answer in sampled(model) for one in answer):
        tokens = [token for token in response.sampling.token_ids if token != 0]
        assert response.text == tokenizer.decode(tokens, skip_special_tokens=True)


def test_a_prompt_that_is_too_long_is_refused_by_name_and_the_others_are_answered(vllm: Any, model: str):
    long = Request(plain("the moon " * 200), 5)
    first, refusal, last = sampled(model, [REQUESTS[0], long, REQUESTS[2]])
    assert isinstance(refusal, Refusal)
    assert "too many for 12 new ones in a context of 128" in refusal.reason
    assert [first, last] == [sampled(model)[number] for number in (0, 2)]
    (short,) = sampled(model, [REQUESTS[1]], engine_option={"max_model_len": 20})
    assert "in a context of 20" in short.reason
    assert sampled(model, [long]) == [refusal]


@pytest.mark.parametrize("finish_reason", ["abort", "error", None])
def test_a_response_that_was_not_ended_is_no_response(
    vllm: Any, model: str, monkeypatch, finish_reason: str | None
):
    complete = vllm.LLM._complete

    def aborted(self: Any, index: int, prompt: list[int], params: Any) -> Any:
        output = complete(self, index, prompt, params)
        if params.seed == 1001:
            output.finish_reason = finish_reason
        return output

    monkeypatch.setattr(vllm.LLM, "_complete", aborted)
    answers = sampled(model)
    assert answers[1] == Refusal(f"vLLM did not end a response: {finish_reason}")
    assert [len(answers[number]) for number in (0, 2)] == [3, 3]


def test_an_answer_to_another_prompt_is_an_error(vllm: Any, model: str, monkeypatch):
    generate = vllm.LLM.generate
    monkeypatch.setattr(vllm.LLM, "generate", lambda *given, **more: generate(*given, **more)[::-1])
    with pytest.raises(ModelError, match="vLLM answers another prompt than it was given"):
        sampled(model)


def test_an_engine_that_fails_is_an_error_and_is_closed(vllm: Any, model: str, monkeypatch):
    def fails(*given: Any, **more: Any) -> None:
        raise RuntimeError("CUDA out of memory")

    monkeypatch.setattr(vllm.LLM, "generate", fails)
    with pytest.raises(ModelError, match="CUDA out of memory"):
        sampled(model)
    assert [engine.model for engine in vllm.LLM.started] == [None]


def test_an_engine_stays_for_the_same_model_and_no_two_are_there_at_once(
    vllm: Any, model: str, tmp_path: Path
):
    other = tiny_model.save(tmp_path, likely_end=1.0)
    with LocalSamplers() as samplers:
        for folder, options in [
            (model, {}),
            (model, {"temperature": 0.0}),
            (other, {}),
            (other, {"top_p": 0.9}),
        ]:
            settings = LocalRolloutConfig(engine="vllm", n=2, max_new_tokens=4, **options)
            assert len(list(samplers.sampler(folder, settings).sample(REQUESTS))) == 3
        started = [(one.arguments["model"], one.arguments["logprobs_mode"]) for one in vllm.LLM.started]
        assert started == [
            (model, "processed_logprobs"), (other, "processed_logprobs"), (other, "raw_logprobs"),
        ]  # fmt: skip
        assert [one.model is None for one in vllm.LLM.started] == [True, True, False]
        samplers.close()
        assert vllm.LLM.started[-1].model is None
        assert samplers.sampler(other, settings) and len(vllm.LLM.started) == 4
    assert vllm.LLM.started[-1].model is None


def test_an_adapter_is_refused_before_an_engine_starts(vllm: Any, tmp_path: Path):
    (tmp_path / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA"}))
    with pytest.raises(ModelError, match=r"it has a LoRA adapter, .* --merge writes a whole model"):
        sampled(str(tmp_path))
    assert vllm.LLM.started == []


def test_where_vllm_is_missing_the_extra_is_named(model: str, monkeypatch):
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(MissingExtraError, match=r"the package vllm is not installed: .*hir-data\[vllm\]"):
        sampled(model)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"device": "cuda:1"}, "device: vLLM chooses it"),
        ({"engine_option": {"seed": 3}}, "engine_option.seed cannot be set here: --seed decides"),
        (
            {"engine_option": {"logprobs_mode": "raw_logits"}},
            "engine_option.logprobs_mode cannot be set here",
        ),
        ({"temperature": 0.001}, "vLLM samples at 0.01"),
        ({"engine": "transformers", "engine_option": {"max_num_seqs": 3}}, "is for engine vllm"),
    ],
)
def test_settings_that_do_not_fit_the_engine_are_refused(options: dict[str, Any], problem: str):
    with pytest.raises(ValueError, match=problem):
        LocalRolloutConfig(**({"engine": "vllm"} | options))


def test_a_model_without_a_generation_config_ends_as_its_configuration_says(
    vllm: Any, model: str, tmp_path: Path
):
    import shutil

    folder = shutil.copytree(model, tmp_path / "bare")
    (folder / "generation_config.json").unlink()
    texts = [[[one.text for one in answer] for answer in sampled(str(of))] for of in (model, folder)]
    assert texts[0] == texts[1]


def test_the_samplers_say_how_far_they_are(vllm: Any, model: str):
    with LocalSamplers() as samplers:
        settings = LocalRolloutConfig(engine="vllm", n=2, max_new_tokens=4)
        sampler: Any = samplers.sampler(model, settings)
        responses = [one for answer in sampler.sample(REQUESTS) for one in answer]
        assert (sampler.ended, sampler.tokens) == (6, sum(one.tokens for one in responses))
        assert sampler.drawn_together == 1024
