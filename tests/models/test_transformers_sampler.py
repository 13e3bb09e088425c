"""Responses drawn from a model here: what is recorded of them is what a forward pass says."""

import functools
import io
import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest
import tiny_model
from samples import NO_COMMA, plain
from tiny_model import torch, transformers

import hir_data as hir
from hir_data.errors import ModelError
from hir_data.models.config import SamplingParams
from hir_data.models.sampling import Refusal, Request, Response, with_template_options
from hir_data.models.transformers_sampler import TransformersSampler, draw
from hir_data.training.models import config_of
from hir_data.training.settings import TrainConfig

PROMPTS = [
    "The tide.",
    "Why does the sea follow the moon, and where does it go?",
    "?",
    "the moon " * 9,
    "Sea",
]
REQUESTS = [Request(plain(prompt), 1000 * number) for number, prompt in enumerate(PROMPTS)]


@pytest.fixture(scope="session")
def model(tmp_path_factory) -> str:
    return tiny_model.save(tmp_path_factory.mktemp("tiny"))


def sampled(model: str, requests: list[Request] = REQUESTS, **options: Any) -> list[Any]:
    placing = {name: options.pop(name) for name in ("batch_size", "dtype", "device") if name in options}
    settings = SamplingParams(**({"n": 3, "max_new_tokens": 24} | options))
    return list(TransformersSampler(model, settings, **placing).sample(requests))


def prompt_ids(folder: str, prompt: str, system: str | None = None) -> list[int]:
    """A prompt as the model reads it, written here by hand."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    text = f"<|user|>{prompt}<|end|><|assistant|>"
    return tokenizer(f"<|system|>{system}<|end|>{text}" if system else text)["input_ids"]


@functools.cache
def loaded(folder: str) -> Any:
    return transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def recomputed(
    folder: str, prompt: list[int], tokens: tuple[int, ...], temperature: float
) -> tuple[Any, float]:
    """Log-probabilities and mean entropy, by one pass over the prompt and the response alone."""
    with torch.no_grad():
        logits = loaded(folder)(torch.tensor([prompt + list(tokens)])).logits[0, len(prompt) - 1 : -1]
    distribution = torch.distributions.Categorical(logits=logits.double() / temperature)
    return distribution.log_prob(torch.tensor(tokens)).tolist(), distribution.entropy().mean().item()


@pytest.mark.parametrize(
    ("temperature", "top_p"), [(1.0, 1.0), (0.7, 1.0), (1.5, 0.8), (0.0, 1.0)], ids=lambda value: str(value)
)
def test_what_is_recorded_is_what_the_model_says(model: str, temperature: float, top_p: float):
    answers = sampled(model, temperature=temperature, top_p=top_p, system="Be brief.")
    ends = 0
    for prompt, responses in zip(PROMPTS, answers, strict=True):
        assert len(responses) == 3
        for response in responses:
            sampling = response.sampling
            read = prompt_ids(model, prompt, "Be brief.")
            logprobs, entropy = recomputed(model, read, sampling.token_ids, temperature or 1.0)
            assert sampling.logprobs == pytest.approx(logprobs, abs=1e-4)
            assert sampling.entropy == pytest.approx(entropy, abs=1e-4)
            assert (sampling.entropy_by, sampling.temperature) == ("exact", temperature)
            assert sampling.logprobs_temperature == (None if temperature else 1.0)
            assert response.tokens == len(sampling.token_ids) <= 24
            ended = sampling.token_ids[-1] == 0
            assert sampling.finish_reason == ("stop" if ended else "length")
            assert 0 not in sampling.token_ids[:-1]
            ends += ended
    if temperature:
        assert 0 < ends < 15  # rows that end and rows that do not, in one batch


def test_the_text_is_that_of_the_tokens(model: str):
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    for responses in sampled(model):
        for response in responses:
            tokens = [token for token in response.sampling.token_ids if token != 0]
            assert response.text == tokenizer.decode(tokens, skip_special_tokens=True)


def texts(answers: list[Any]) -> list[list[tuple[str, int]]]:
    return [[(response.text, response.sampling.seed) for response in responses] for responses in answers]


def test_equal_seeds_give_equal_responses(model: str):
    assert texts(sampled(model)) == texts(sampled(model))
    other = [request._replace(seed=request.seed + 7) for request in REQUESTS]
    assert texts(sampled(model, other)) != texts(sampled(model))
    assert len({response.text for responses in sampled(model, n=6) for response in responses}) > 20


def test_the_batch_changes_nothing_but_rounding(model: str):
    for one, other in zip(sampled(model, batch_size=1), sampled(model, batch_size=64), strict=True):
        for mine, yours in zip(one, other, strict=True):
            assert mine.sampling.token_ids == yours.sampling.token_ids
            assert mine.sampling.logprobs == pytest.approx(yours.sampling.logprobs, abs=1e-5)
            assert mine.sampling.seed == yours.sampling.seed


def test_greedy_is_what_the_library_does(model: str):
    for prompt, responses in zip(PROMPTS, sampled(model, temperature=0.0, n=2), strict=True):
        read = torch.tensor([prompt_ids(model, prompt)])
        wanted = (
            loaded(model)
            .generate(
                read, attention_mask=torch.ones_like(read), do_sample=False, max_new_tokens=24, pad_token_id=0
            )[0, read.shape[1] :]
            .tolist()
        )
        assert [list(response.sampling.token_ids) for response in responses] == [wanted] * 2


def test_tokens_come_as_often_as_their_probability_says():
    logits = torch.tensor([[2.0, 0.0, 1.0, -1.0]]).expand(20_000, 4)
    chance = torch.rand(20_000, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    for temperature in (0.5, 1.0, 2.0):
        tokens, logprobs, entropies = draw(logits, chance, temperature, 1.0)
        shares = (torch.bincount(tokens, minlength=4) / len(tokens)).tolist()
        wanted = torch.softmax(logits[0] / temperature, -1)
        assert shares == pytest.approx(wanted.tolist(), abs=0.015)
        assert logprobs[0].item() == pytest.approx(math.log(wanted[tokens[0]]), abs=1e-5)
        assert entropies[0].item() == pytest.approx(-(wanted * wanted.log()).sum().item(), abs=1e-5)


def test_top_p_draws_from_the_likeliest_tokens_alone():
    logits = torch.log(torch.tensor([[0.1, 0.5, 0.05, 0.35]])).expand(2000, 4)
    chance = torch.linspace(0, 1 - 1e-9, 2000, dtype=torch.float64)
    tokens, logprobs, _ = draw(logits, chance, 1.0, 0.8)
    assert (torch.bincount(tokens, minlength=4) / 2000).tolist() == pytest.approx(
        [0, 0.588, 0, 0.412], abs=0.01
    )
    assert logprobs.exp().tolist() == pytest.approx([0.5 if token == 1 else 0.35 for token in tokens])
    assert set(draw(logits, chance, 1.0, 0.3)[0].tolist()) == {1}


def test_a_token_without_a_probability_is_never_drawn():
    logits = torch.tensor([[-math.inf, 0.0, -math.inf, 0.0, -math.inf]] * 3)
    chance = torch.tensor([0.0, 0.5, 1 - 1e-16], dtype=torch.float64)
    tokens, _, entropies = draw(logits, chance, 1.0, 1.0)
    assert tokens.tolist()[:2] == [1, 3]
    assert tokens[2].item() == 3
    assert entropies.tolist() == pytest.approx([math.log(2)] * 3)


def test_a_prompt_that_is_too_long_has_no_response(model: str):
    before, refused, after = sampled(model, [REQUESTS[0], Request(plain("sea " * 200), 1), REQUESTS[1]])
    assert texts([before, after]) == texts(sampled(model, REQUESTS[:2]))
    assert isinstance(refused, Refusal)
    assert refused.reason.endswith("tokens, too many for 24 new ones in a context of 128")


def test_a_model_without_a_chat_template(tmp_path: Path):
    folder = tiny_model.save(tmp_path, template=False)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    ((response, *_),) = sampled(folder, REQUESTS[:1], system="Be brief.")
    read = tokenizer("Be brief.\n\nThe tide.")["input_ids"]
    logprobs, _ = recomputed(folder, read, response.sampling.token_ids, 1.0)
    assert response.sampling.logprobs == pytest.approx(logprobs, abs=1e-4)
    (refused,) = sampled(folder, [Request(plain(""), 1)])
    assert refused == Refusal("the prompt is empty")


def test_prompts_are_read_as_they_are_needed(model: str):
    read = 0

    def requests():
        nonlocal read
        while True:
            read += 1
            yield Request(plain("Sea"), read)

    sampler = TransformersSampler(model, SamplingParams(n=4, max_new_tokens=2), batch_size=4)
    answers = sampler.sample(requests())
    assert isinstance(next(answers)[0], Response)
    assert read == 8
    assert 32 <= sampler.tokens <= 64
    assert sampler.ended == 32
    answers.close()


def test_what_cannot_be_loaded(tmp_path: Path):
    with pytest.raises(ModelError, match="cannot be loaded"):
        TransformersSampler(str(tmp_path), SamplingParams())
    with pytest.raises(ValueError, match="batch size"):
        TransformersSampler(str(tmp_path), SamplingParams(), batch_size=0)
    for wrong in ({"n": 0}, {"temperature": -1.0}, {"top_p": 0.0}, {"max_new_tokens": 0}):
        with pytest.raises(ValueError, match="validation error"):
            SamplingParams(**wrong)


OWN_CODE = """from pathlib import Path
from transformers import LlamaConfig, LlamaForCausalLM
Path("{mark}").touch()
class OwnConfig(LlamaConfig):
    model_type = "own"
class OwnModel(LlamaForCausalLM):
    config_class = OwnConfig
"""


def test_code_of_a_model_folder_is_run_only_if_that_is_asked_for(model: str, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n" * 9))  # the library may ask
    folder, mark = tmp_path / "own", tmp_path / "ran"
    shutil.copytree(model, folder)
    config = json.loads((folder / "config.json").read_text())
    code = {"AutoConfig": "own.OwnConfig", "AutoModelForCausalLM": "own.OwnModel"}
    (folder / "config.json").write_text(json.dumps(config | {"model_type": "own", "auto_map": code}))
    (folder / "own.py").write_text(OWN_CODE.format(mark=mark))
    with pytest.raises(ModelError, match="--trust-remote-code"):
        TransformersSampler(str(folder), SamplingParams())
    assert not mark.exists()
    with pytest.raises(ModelError, match="--trust-remote-code"):
        config_of(str(folder), TrainConfig())
    assert not mark.exists()
    TransformersSampler(str(folder), SamplingParams(), trust_remote_code=True)
    assert mark.exists()


# The chat template


def opening(folder: str, target: Path, opened: str = "<think>\n") -> str:
    """The model with a template whose generation prompt opens a thinking section, by default."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    said = "{% if think is not defined or think %}" + opened + "{% endif %}"
    tokenizer.chat_template = tokenizer.chat_template.replace(
        "|assistant|>{% endif", f"|assistant|>{said}{{% endif"
    )
    shutil.copytree(folder, target, dirs_exist_ok=True)
    tokenizer.save_pretrained(target)
    return str(target)


def test_what_is_drawn_in_a_section_that_the_prompt_opens_is_no_answer(model: str, tmp_path: Path):
    folder = opening(model, tmp_path)
    (responses,) = sampled(folder, REQUESTS[:1])
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    for response in responses:
        ids = response.sampling.token_ids
        said = tokenizer.decode(ids[:-1] if response.sampling.finish_reason == "stop" else ids)
        rollout = response.rollout(REQUESTS[0].instruction, 0, {})
        assert (rollout.response, rollout.original, rollout.thinking) == ("", said, "truncated")


def test_template_options_are_those_of_the_record(model: str, tmp_path: Path):
    folder = opening(model, tmp_path)
    off = with_template_options(REQUESTS[0].instruction, {"think": False})
    (responses,) = sampled(folder, [Request(off, 0)], template_option={"think": False})
    (expected,) = sampled(model, REQUESTS[:1])
    assert [each.sampling.token_ids for each in responses] == [each.sampling.token_ids for each in expected]
    assert [each.original for each in responses] == [None] * 3
    with pytest.raises(ModelError, match="--template-option thinks: the chat template has no such variable"):
        sampled(folder, template_option={"thinks": False})


def test_a_conversation_is_read_as_a_whole(model: str):
    messages = [
        {"role": "user", "content": "The sea?"},
        {"role": "assistant", "content": "It is."},
        {"role": "user", "content": "The tide."},
    ]
    instruction = hir.Instruction(messages=messages, constraints=[NO_COMMA])
    (responses,) = sampled(model, [Request(instruction, 0)])
    said = "<|user|>The sea?<|end|><|assistant|>It is.<|end|><|user|>The tide.<|end|><|assistant|>"
    read = transformers.AutoTokenizer.from_pretrained(model)(said)["input_ids"]
    logprobs, _ = recomputed(model, read, responses[0].sampling.token_ids, 1.0)
    assert responses[0].sampling.logprobs == pytest.approx(logprobs, abs=1e-4)


def test_a_conversation_that_is_refused_is_the_only_one_without_responses(model: str):
    templated = "<|user|>Hi<|end|><|assistant|>"
    before, refused, after = sampled(model, [REQUESTS[0], Request(plain(templated), 1), REQUESTS[1]])
    assert len(before) == len(after) == 3
    assert "has been through a chat template already" in refused.reason
