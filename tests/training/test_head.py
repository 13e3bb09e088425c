"""Log-probabilities in chunks are those of the whole logits: values, gradients, models, runs."""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from tensors import agree, torch
from torch.utils._python_dispatch import TorchDispatchMode
from trained import distance, run, transformers

from hir_data.errors import TrainingError
from hir_data.training import head as heads
from hir_data.training.collator import sequences
from hir_data.training.head import ChunkedHead, LogitScaling, head_logprobs

TOKENS, WIDTH, RANK, VOCABULARY = 5, 3, 2, 7
FUSED = hasattr(torch.nn, "LinearCrossEntropyOptions")


@pytest.fixture(params=[1, 2 * VOCABULARY, 10_000], ids=["a token", "two tokens", "all"])
def at_once(request, monkeypatch) -> int:
    monkeypatch.setattr(heads, "_AT_ONCE", request.param)
    return request.param


def parts(seed: int = 0, *, trained: str = "xwba") -> dict[str, Any]:
    """Hidden states (x), weight (w), bias (b) and adapter (a), in float64; those named have a gradient."""
    chance = torch.Generator().manual_seed(seed)
    shapes = {
        "x": (TOKENS, WIDTH),
        "w": (VOCABULARY, WIDTH),
        "b": (VOCABULARY,),
        "ax": (TOKENS, RANK),
        "aw": (VOCABULARY, RANK),
    }
    return {
        name: torch.randn(shape, generator=chance, dtype=torch.float64).requires_grad_(name[0] in trained)
        for name, shape in shapes.items()
    }


def in_chunks(given: dict[str, Any], tokens: Any, **options: Any) -> Any:
    return head_logprobs(
        [(given["x"], given["w"]), (given["ax"], given["aw"])], tokens, bias=given["b"], **options
    )


def whole(given: dict[str, Any], tokens: Any, scaling: LogitScaling, temperature: float) -> Any:
    """The same as it is written in a model and a book."""
    output = given["x"] @ given["w"].T + given["ax"] @ given["aw"].T + given["b"]
    capped = scaling.scale * output
    capped = capped if scaling.cap == math.inf else scaling.cap * torch.tanh(capped / scaling.cap)
    spread = torch.distributions.Categorical(logits=capped / temperature)
    return spread.log_prob(tokens), spread.entropy()


@pytest.mark.parametrize("scaling", [LogitScaling(), LogitScaling(0.5), LogitScaling(2.0, 1.5)], ids=str)
@pytest.mark.parametrize("temperature", [1.0, 0.6])
@pytest.mark.parametrize("trained", ["xwba", "x", "w", "xa"])
def test_values_and_gradients(at_once: int, scaling: LogitScaling, temperature: float, trained: str):
    given, tokens = parts(trained=trained), torch.tensor([0, 6, 3, 3, 1])
    options = {"scaling": scaling, "temperature": temperature}
    logp, entropy = in_chunks(given, tokens, **options)
    wanted, spread = whole(given, tokens, **options)
    agree(logp, wanted.detach().numpy())
    agree(entropy, spread.detach().numpy())
    assert logp.requires_grad and not entropy.requires_grad
    upstream = torch.arange(-2.0, 3.0, dtype=torch.float64)
    leaves = [each for each in given.values() if each.requires_grad]
    found = torch.autograd.grad(logp, leaves, upstream)
    for own, theirs in zip(found, torch.autograd.grad(wanted, leaves, upstream), strict=True):
        agree(own, theirs.numpy())


def test_no_tokens_have_no_gradient():
    given = parts()
    for trained in ("xwba", "x"):
        given = {
            name: value[:0] if name in ("x", "ax") else value
            for name, value in parts(trained=trained).items()
        }
        logp, entropy = in_chunks(given, torch.zeros(0, dtype=torch.long))
        assert (logp.shape, entropy.shape) == ((0,), (0,))
        leaves = [parts for parts in given.values() if parts.requires_grad and parts.is_leaf]
        if leaves:
            assert not any(each.any() for each in torch.autograd.grad(logp.sum(), leaves))


def test_an_impossible_entry_and_a_likely_token():
    states, weight = torch.ones(1, 1), torch.zeros(3, 1)
    bias = torch.tensor([40.0, 24.0, -math.inf])
    logp, entropy = head_logprobs([(states, weight)], torch.tensor([0]), bias=bias)
    assert logp.item() == pytest.approx(-math.log1p(math.exp(-16)), rel=0.1)  # and not zero
    assert entropy.item() == pytest.approx(16 * math.exp(-16), rel=0.2)


def test_float32_inside_where_the_head_computes_in_bfloat16():
    given = {name: value.bfloat16() for name, value in parts(trained="").items()}
    states, weight = given["x"].requires_grad_(), given["w"].float().requires_grad_()
    tokens = torch.tensor([0, 6, 3, 3, 1])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = torch.nn.functional.linear(states, weight)
        logp, entropy = head_logprobs([(states, weight)], tokens)
    assert logits.dtype == torch.bfloat16
    spread = torch.distributions.Categorical(logits=logits.float())
    assert (logp.dtype, entropy.dtype) == (torch.float32, torch.float32)
    torch.testing.assert_close(logp, spread.log_prob(tokens), rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(entropy, spread.entropy(), rtol=1e-6, atol=1e-6)
    own = torch.autograd.grad(logp.sum(), (states, weight))
    theirs = torch.autograd.grad(spread.log_prob(tokens).sum(), (states, weight))
    assert [each.dtype for each in own] == [torch.bfloat16, torch.float32]
    for found, wanted in zip(own, theirs, strict=True):
        torch.testing.assert_close(found, wanted, rtol=2**-6, atol=2**-6)


class Sizes(TorchDispatchMode):
    """Writes down the largest tensor that is made."""

    largest = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        for each in made if isinstance(made, tuple | list) else [made]:
            if isinstance(each, torch.Tensor):
                self.largest = max(self.largest, each.numel())
        return made


@pytest.mark.parametrize("trained", [True, False])
def test_nothing_has_the_size_of_the_logits(trained: bool, monkeypatch):
    monkeypatch.setattr(heads, "_AT_ONCE", 4 * 64)
    states, weight = torch.randn(40, 2, requires_grad=True), torch.randn(64, 2, requires_grad=trained)
    with Sizes() as sizes:
        logp, _ = head_logprobs([(states, weight)], torch.arange(40))
        logp.sum().backward()
    assert sizes.largest == 4 * 64 < 40 * 64


# Models

SMALL = {
    "vocab_size": 96,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 1,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
MODELS = {
    "llama": (transformers.LlamaConfig, {}),
    "tied": (transformers.Qwen2Config, {"tie_word_embeddings": True}),
    "soft-capped": (transformers.Gemma2Config, {"head_dim": 8, "final_logit_softcapping": 3.0}),
    "multiplied": (transformers.CohereConfig, {"logit_scale": 0.25}),
    "divided": (transformers.GraniteConfig, {"logits_scaling": 4.0}),
    "bias": (transformers.PhiConfig, {}),
    "mixture": (
        transformers.Qwen3MoeConfig,
        {"head_dim": 8, "num_experts": 2, "num_experts_per_tok": 1, "moe_intermediate_size": 16},
    ),
}


def made(name: str) -> Any:
    torch.manual_seed(0)
    config, own = MODELS[name]
    model = transformers.AutoModelForCausalLM.from_config(
        config(**SMALL | own), attn_implementation="eager"
    ).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return model


def adapted(model: Any) -> Any:
    peft = pytest.importorskip("peft")
    model = peft.get_peft_model(
        model, peft.LoraConfig(r=2, lora_alpha=6, target_modules=["lm_head", "q_proj"], task_type="CAUSAL_LM")
    )
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.3)
    return model


def rows(padding_free: bool) -> Any:
    pairs = [(torch.arange(3, 3 + n), torch.arange(20, 20 + m)) for n, m in ((4, 3), (2, 6), (5, 1))]
    return sequences(pairs, padding_free=padding_free)


@pytest.mark.parametrize("padding_free", [False, True], ids=["padded", "padding-free"])
@pytest.mark.parametrize(
    ("name", "lora"), [*((name, False) for name in MODELS), ("llama", True), ("soft-capped", True)], ids=str
)
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")  # of peft
def test_models_give_the_log_probabilities_of_their_logits(name, lora, padding_free, monkeypatch):
    monkeypatch.setattr(heads, "_AT_ONCE", 4 * SMALL["vocab_size"])
    model, read = made(name), rows(padding_free)
    model = adapted(model) if lora else model
    logits = model(**read.inputs, use_cache=False).logits / 0.7
    wanted = logits.log_softmax(-1).gather(-1, read.tokens[..., None])[..., 0][read.wanted]
    slopes = gradients(model, wanted)
    head = ChunkedHead(model)
    width = read.inputs["input_ids"].shape[1]
    head.measure(model, {"input_ids": torch.arange(width)[None]})
    logp, entropy = head.logprobs(model, read.inputs, read.tokens, read.wanted, temperature=0.7, entropy=True)
    torch.testing.assert_close(logp, wanted, rtol=1e-6, atol=1e-6)
    spread = torch.distributions.Categorical(logits=logits[read.wanted]).entropy()
    torch.testing.assert_close(entropy, spread, rtol=1e-6, atol=2e-6)
    found = gradients(model, logp)
    assert found.keys() == slopes.keys() and len(found) > 3
    largest = max(float(each.abs().max()) for each in slopes.values())
    for each, slope in slopes.items():
        torch.testing.assert_close(found[each], slope, rtol=1e-5, atol=1e-6 * largest)
    assert model(**read.inputs).logits.shape == logits.shape  # asked for logits, it still gives them


def gradients(model: Any, logp: Any) -> dict[str, Any]:
    model.zero_grad()
    (logp * torch.linspace(-1, 1, len(logp))).sum().backward()
    return {name: each.grad.clone() for name, each in model.named_parameters() if each.grad is not None}


@pytest.mark.parametrize("padding_free", [False, True], ids=["padded", "padding-free"])
@pytest.mark.parametrize("name", [name for name in MODELS if name != "soft-capped"])
@pytest.mark.skipif(not FUSED, reason="this PyTorch fuses no head")
def test_the_function_of_pytorch_gives_the_same_and_no_entropies(name, padding_free):
    model, read = made(name), rows(padding_free)
    wanted = (model(**read.inputs, use_cache=False).logits / 0.7).log_softmax(-1)
    wanted = wanted.gather(-1, read.tokens[..., None])[..., 0][read.wanted]
    slopes = gradients(model, wanted)
    head = ChunkedHead(model, fused=True)
    head.measure(model, {"input_ids": torch.arange(read.inputs["input_ids"].shape[1])[None]})
    logp, entropy = head.logprobs(model, read.inputs, read.tokens, read.wanted, temperature=0.7, entropy=True)
    torch.testing.assert_close(logp, wanted, rtol=1e-6, atol=2e-6)
    assert not entropy.any()
    found = gradients(model, logp)
    assert found.keys() == slopes.keys()
    largest = max(float(each.abs().max()) for each in slopes.values())
    for each, slope in slopes.items():
        torch.testing.assert_close(found[each], slope, rtol=1e-5, atol=1e-6 * largest)


@pytest.mark.parametrize(
    ("logits", "scaling"),
    [
        (lambda x: x, LogitScaling()),
        (lambda x: x * 0.0625, LogitScaling(0.0625)),
        (lambda x: x / 3, LogitScaling(1 / 3)),
        (lambda x: 30 * torch.tanh(x / 30), LogitScaling(1.0, 30.0)),
        (lambda x: 15 * torch.tanh(x / 8 / 15), LogitScaling(0.125, 15.0)),
        (lambda x: x + 1, None),
        (lambda x: x.clamp(max=50), None),
        (lambda x: x.abs(), None),
        (lambda x: torch.where(torch.arange(11) == 4, -math.inf, x), None),
        (lambda x: x[..., :-1], None),
    ],
)
def test_what_is_done_behind_a_head_is_measured(logits, scaling):
    probe = LogitScaling.probe(3, 11, torch.device("cpu"))
    found = LogitScaling.measured(probe, logits(probe.clone()))
    assert (found is None) == (scaling is None)
    assert found is None or found == pytest.approx(scaling, rel=1e-6)


# Refusals


class OtherHead(torch.nn.Linear):
    """A linear map that is none."""


def test_heads_that_are_refused_are_named():
    model = made("llama")
    model.lm_head = OtherHead(32, 96, bias=False)
    with pytest.raises(TrainingError, match=r"LlamaForCausalLM: .*its head is a OtherHead.*--logits full"):
        ChunkedHead(model)
    forward = type(model).forward
    tokens = {"input_ids": torch.arange(4)[None]}

    def masked(*arguments, **options):
        output = forward(model, *arguments, **options)
        output.logits[..., 5] = -math.inf
        return output

    model = made("llama")
    model.forward = masked
    head = ChunkedHead(model)
    with pytest.raises(TrainingError, match="does more than scale or soft-cap"):
        head.measure(model, tokens)
    model = made("llama")
    model.forward = lambda input_ids, use_cache: model.model(input_ids)[0] @ model.lm_head.weight.T
    head = ChunkedHead(model)
    with pytest.raises(TrainingError, match="its logits are not those of its head"):
        head.logprobs(model, tokens, tokens["input_ids"], tokens["input_ids"] > 1)


@pytest.mark.parametrize(
    ("name", "with_adapter", "reason"),
    [("soft-capped", False, "its logits are soft-capped"), ("llama", True, "its head has an adapter")],
)
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")  # of peft
@pytest.mark.skipif(not FUSED, reason="this PyTorch fuses no head")
def test_what_the_function_of_pytorch_cannot_do_is_refused(name, with_adapter, reason):
    model, read = made(name), rows(padding_free=False)
    model = adapted(model) if with_adapter else model
    head = ChunkedHead(model, fused=True)
    head.measure(model, {"input_ids": torch.arange(read.inputs["input_ids"].shape[1])[None]})
    with pytest.raises(TrainingError, match=rf"{reason} \(--logits fused\); --logits full"):
        head.logprobs(model, read.inputs, read.tokens, read.wanted)


def test_a_pytorch_without_the_function_is_named(monkeypatch):
    monkeypatch.delattr(torch.nn, "LinearCrossEntropyOptions", raising=False)
    with pytest.raises(TrainingError, match="--logits fused needs another PyTorch"):
        ChunkedHead(made("llama"), fused=True)


@pytest.fixture
def mesh() -> Iterator[Any]:
    from torch import distributed

    distributed.init_process_group("gloo", store=distributed.HashStore(), rank=0, world_size=1)
    yield distributed.init_device_mesh("cpu", (1,))
    distributed.destroy_process_group()


def test_a_head_that_is_sharded_over_the_vocabulary_is_refused(mesh):
    from torch.distributed.tensor import Shard, distribute_tensor

    model, ids = made("llama"), torch.arange(4)[None]
    model.lm_head.weight = torch.nn.Parameter(distribute_tensor(model.lm_head.weight.data, mesh, [Shard(0)]))
    with pytest.raises(TrainingError, match="its head is sharded over the vocabulary"):
        ChunkedHead(model).logprobs(model, {"input_ids": ids}, ids, ids > 1)


# Runs


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"padding_free": True, "loss": "cispo", "temperature": 0.8},
        {"lora": 4, "old_logprobs": "paper"},
        {"lora": 4, "lora_targets": ("lm_head", "q_proj"), "padding_free": True, "ratio": "sequence"},
        {"loss": "sft", "gradient_checkpointing": True},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::UserWarning")  # of peft, about an adapted head
def test_runs_end_where_those_with_whole_logits_end(options, model, data, tmp_path):
    for logits in ("full", "chunked"):
        run(data, model, tmp_path / logits, logits=logits, max_steps=2, merge=True, **options)
    assert distance(tmp_path / "full", tmp_path / "chunked") < 1e-6
    assert distance(model, tmp_path / "chunked") > 1e-4


@pytest.mark.skipif(not FUSED, reason="this PyTorch fuses no head")
def test_a_run_by_the_function_of_pytorch_ends_there_too_and_tells_no_entropy(model, data, tmp_path):
    histories = {
        logits: run(data, model, tmp_path / logits, logits=logits, max_steps=2, save_steps=1).history
        for logits in ("full", "fused")
    }
    assert distance(tmp_path / "full", tmp_path / "fused") < 1e-6
    of_full, of_fused = (histories[each][-1].figures for each in ("full", "fused"))
    assert {name for name in of_full if name not in of_fused} == {
        name for name in of_full if name.endswith("entropy")
    }
