"""Sampling with CTranslate2: with a stand-in of its interface, and with the library where it is installed."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy
import pytest
import tiny_model
from ctranslate2_stand_in import cache, ctranslate2, library
from samples import plain
from tiny_model import torch, transformers

from hir_data.errors import MissingExtraError, ModelError
from hir_data.models import ctranslate2_model, ctranslate2_sampler
from hir_data.models.config import LocalRolloutConfig
from hir_data.models.local_samplers import LocalSamplers
from hir_data.models.sampling import Request

__all__ = ["cache", "ctranslate2", "library"]

PROMPTS = ["The tide.", "Why does the sea follow the moon, and where does it go?", "Sea"]
REQUESTS = [Request(plain(prompt), 1000 * number) for number, prompt in enumerate(PROMPTS)]


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return tiny_model.save(tmp_path_factory.mktemp("tiny"))


def sampled(model: str, requests: list[Request] = REQUESTS, **options: Any) -> list[Any]:
    given = {"engine": "ctranslate2", "n": 3, "max_new_tokens": 12, "dtype": "float32"} | options
    with LocalSamplers() as samplers:
        return list(samplers.sampler(model, LocalRolloutConfig(**given)).sample(requests))


@pytest.mark.parametrize(("temperature", "top_p"), [(1.0, 1.0), (0.7, 1.0), (0.7, 0.8), (0.0, 1.0)])
def test_log_probabilities_and_entropies_are_exact(
    library: Any, model: str, temperature: float, top_p: float
):
    answers = sampled(model, temperature=temperature, top_p=top_p)
    network = transformers.AutoModelForCausalLM.from_pretrained(model).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    for request, responses in zip(REQUESTS, answers, strict=True):
        assert len(responses) == 3
        prompt = tokenizer(f"<|user|>{request.prompt}<|end|><|assistant|>")["input_ids"]
        for response in responses:
            sampling, tokens = response.sampling, list(response.sampling.token_ids)
            with torch.no_grad():
                logits = network(torch.tensor([prompt + tokens])).logits[0, len(prompt) - 1 : -1].double()
            every = torch.log_softmax(logits / (temperature or 1.0), -1)
            wanted = every.gather(-1, torch.tensor(tokens)[:, None])[:, 0].tolist()
            assert sampling.logprobs == pytest.approx(wanted, abs=1e-3)
            entropy = float(-(every.exp() * every).sum(-1).mean())
            assert (sampling.entropy, sampling.entropy_by) == (pytest.approx(entropy, abs=1e-3), "exact")
            assert sampling.finish_reason == ("stop" if tokens[-1] == 0 else "length")
            assert 0 not in tokens[:-1] and len(tokens) <= 12


def test_equal_seeds_give_equal_responses_and_others_do_not(library: Any, model: str):
    for options in ({}, {"dtype": "int8"}):
        assert sampled(model, **options) == sampled(model, **options)
    other = [request._replace(seed=request.seed + 7) for request in REQUESTS]
    assert sampled(model) != sampled(model, other)


def test_a_batch_whose_logits_are_too_many_is_sampled_in_parts(library: Any, model: str, monkeypatch):
    monkeypatch.setattr(ctranslate2_sampler, "_LOGITS", 1)
    answers = sampled(model)
    assert [len(answer) for answer in answers] == [3, 3, 3]
    assert len({response.text for response in answers[0]}) > 1


def test_a_model_is_converted_once_and_again_when_it_has_changed(library: Any, tmp_path: Path, cache: Path):
    model = tiny_model.save(tmp_path / "model")
    for _ in range(2):
        before = sampled(model, temperature=0.0)
    (kept,) = cache.iterdir()
    tiny_model.save(tmp_path / "model", likely_end=30.0)
    assert sampled(model, temperature=0.0) != before
    (other,) = cache.iterdir()
    assert other != kept


def test_an_architecture_without_a_conversion_is_named(library: Any, model: str, tmp_path: Path):
    config = transformers.OlmoConfig(vocab_size=320, hidden_size=8, num_hidden_layers=1, eos_token_id=0)
    config.save_pretrained(tmp_path)
    transformers.AutoTokenizer.from_pretrained(model).save_pretrained(tmp_path)
    with pytest.raises(ModelError, match=r"cannot be converted for ctranslate2 \(OlmoConfig\)"):
        sampled(str(tmp_path))


@pytest.mark.parametrize("temperature", [1.0, 0.5, 0.0])
def test_what_is_measured_of_logits(temperature: float):
    logits = numpy.array([0.5, -2.0, 3.0, 0.0], dtype=numpy.float32)
    logprob, entropy = ctranslate2_sampler._measure(2, logits, temperature)
    every = torch.log_softmax(torch.tensor(logits).double() / (temperature or 1.0), -1)
    assert logprob == pytest.approx(float(every[2]), abs=1e-6)
    assert entropy == pytest.approx(float(-(every.exp() * every).sum()), abs=1e-6)


def test_conversions_of_models_that_are_gone_or_changed_are_removed(tmp_path: Path, cache: Path):
    sources = {
        "gone": {"model": str(tmp_path / "gone"), "content": "a"},
        "changed": {"model": str(tmp_path), "content": "a"},
        "same": {"model": str(tmp_path), "content": "b"},
        "hub": {"model": "a/model", "content": "c"},
    }
    for name, source in sources.items():
        (cache / name).mkdir(parents=True)
        (cache / name / "source.json").write_text(json.dumps(source))
    ctranslate2_model._remove_others(cache, sources["same"])
    assert {path.name for path in cache.iterdir()} == {"same", "hub"}


def test_where_the_library_is_missing_the_extra_is_named(model: str, monkeypatch):
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    with pytest.raises(MissingExtraError, match=r"hir-data\[ctranslate2\]"):
        sampled(model)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"device": "cuda:1"}, "device: engine ctranslate2 samples on the processor"),
        ({"dtype": "bfloat16"}, "dtype: with engine ctranslate2 int8 or float32, not bfloat16"),
        ({"engine_option": {"inter_threads": 2}}, "engine_option.inter_threads cannot be set here"),
    ],
)
def test_settings_that_do_not_fit_are_refused(options: dict[str, Any], problem: str):
    with pytest.raises(ValueError, match=problem):
        LocalRolloutConfig(**({"engine": "ctranslate2"} | options))
