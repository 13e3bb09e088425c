"""The plan of memory is what a run holds at its peak; what does not fit is refused before it is loaded."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
import tiny_model
from peak import peak_of
from samples import FIVE, NO_COMMA, asking
from tiny_model import torch, transformers
from trained import run, settings, write

from hir_data.errors import TrainingError
from hir_data.schemas.replay import ReplaySample
from hir_data.training import models
from hir_data.training import run as running
from hir_data.training.memory import BatchShape, Memory, memory_of, sizes_of


@pytest.fixture(scope="module")
def long_data(tmp_path_factory) -> Path:
    chance, words = Random(0), tiny_model.TEXT.split()[:19]
    samples = []
    for number in range(12):
        prompt = " ".join(chance.choices(words, k=15))
        samples.append(
            ReplaySample(
                id=str(number),
                group=str(number // 4),
                origin="rollout",
                instruction=asking(prompt, NO_COMMA, FIVE),
                response=" ".join(chance.choices(words, k=chance.randint(15, 40))),
                reward=number % 2,
                cla=number % 2,
                verdicts=(True, bool(number % 2)),
            )
        )
    return write(tmp_path_factory.mktemp("long"), samples)


@pytest.fixture(scope="module")
def models_of(tmp_path_factory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("models")
    tiny_model.save(folder / "start", context=512)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder / "start")
    found = {}
    for name, vocabulary in (("small", 1024), ("wide", 16_000)):
        config = transformers.LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=64,
            intermediate_size=192,
            num_hidden_layers=3,
            num_attention_heads=4,
            max_position_embeddings=512,
            bos_token_id=None,
            eos_token_id=tokenizer.eos_token_id,
        )
        transformers.LlamaForCausalLM(config).save_pretrained(folder / name)
        tokenizer.save_pretrained(folder / name)
        found[name] = str(folder / name)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("small", {}),
        ("small", {"trainer": {}, "gradient_checkpointing": True}),
        ("small", {"trainer": {}, "padding_free": True}),
        ("small", {"trainer": {}, "dtype": "bfloat16"}),
        ("small", {"trainer": {}, "param_dtype": "bfloat16"}),
        ("wide", {"trainer": {}, "param_dtype": "bfloat16"}),
        ("wide", {"trainer": {}}),
        ("wide", {"trainer": {}, "lora": 8}),
        ("wide", {"trainer": {}, "logits": "full"}),
        ("small", {"trainer": {}, "attention": "eager", "micro_batch": 8}),
    ],
    ids=str,
)
def test_the_plan_is_the_peak(name, options, models_of, long_data, tmp_path):
    options = {"batch_size": 8, "micro_batch": 4} | options
    peak = peak_of(lambda: run(long_data, models_of[name], tmp_path / "out", **options))
    planned = running.plan(long_data, models_of[name], settings(**options)).memory
    assert planned.total == pytest.approx(peak, rel=0.15), planned


def test_chunks_take_less_than_logits(models_of, long_data):
    chunked, full = (
        running.plan(
            long_data, models_of["wide"], settings(logits=logits, batch_size=99, micro_batch=99)
        ).memory
        for logits in ("chunked", "full")
    )
    assert chunked.activations == full.activations
    assert chunked.head <= full.head


# A model of four billion parameters, which nobody loads here


def large() -> Any:
    return transformers.Qwen3Config(
        vocab_size=152_064,
        hidden_size=2560,
        intermediate_size=9728,
        num_hidden_layers=36,
        num_attention_heads=32,
        num_key_value_heads=8,
        head_dim=128,
        tie_word_embeddings=True,
    )


def of_large(processes: int = 1, **options: Any) -> Memory:
    chosen = settings(dtype="bfloat16", **options)
    batch = BatchShape(rows=1, tokens=4096, responses=3072)
    return memory_of(large(), chosen, sizes_of(large(), chosen), [batch], processes=processes)


def test_what_sharding_and_checkpointing_take_off():
    alone = of_large(trainer={})
    sharded = of_large(8, trainer={"fsdp": True})
    assert alone.optimizer == 8 * sharded.optimizer > 30e9
    assert alone.gradients == pytest.approx(8 * sharded.gradients, rel=1e-6)
    assert alone.weights > 4 * sharded.weights
    less = of_large(8, trainer={"fsdp": True}, gradient_checkpointing=True)
    assert less.activations < sharded.activations / 4
    assert less.total < 30e9 < 80e9 < alone.total
    whole = of_large(8, trainer={"fsdp": True}, logits="full")
    assert sharded.head < whole.head / 2


def test_parameters_that_do_not_fit_are_refused_before_they_are_loaded(model, data, tmp_path, monkeypatch):
    monkeypatch.setattr(running, "device_memory", lambda settings: 1000)
    monkeypatch.setattr(models, "load", None)
    with pytest.raises(TrainingError, match=r"alone take .* what helps: --lora 16, --dtype bfloat16, .*fsdp"):
        run(data, model, tmp_path / "out")


def test_planning_leaves_no_trace(model, data):
    before = torch.get_default_dtype()
    one, two = (running.plan(data, model, settings(lora=4)) for _ in range(2))
    assert one == two and torch.get_default_dtype() == before


class LooksConfig(transformers.LlamaConfig):
    model_type = "looks"


class Looks(transformers.LlamaForCausalLM):
    """Decides by the numbers, which a plan does not have."""

    config_class = LooksConfig

    def forward(self, input_ids: Any = None, **named: Any) -> Any:
        return super().forward(input_ids if int(input_ids.sum()) >= 0 else None, **named)


def test_what_cannot_be_counted_is_unknown_and_stops_nothing(monkeypatch):
    transformers.AutoModelForCausalLM.register(LooksConfig, Looks)
    sizes = {"vocab_size": 64, "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 2}
    config, chosen = LooksConfig(**sizes, num_attention_heads=2), settings()
    batches = [BatchShape(rows=2, tokens=16, responses=8)]
    found = memory_of(config, chosen, sizes_of(config, chosen), batches)
    assert found.activations is None
    known = memory_of(
        transformers.LlamaConfig(**sizes, num_attention_heads=2), chosen, sizes_of(config, chosen), batches
    )
    assert found.total == known.total - known.activations


def test_an_adapter_in_some_layers_is_counted_as_in_all():
    config = transformers.LlamaConfig(
        vocab_size=64, hidden_size=16, intermediate_size=16, num_hidden_layers=4, num_attention_heads=2
    )
    batches = [BatchShape(rows=2, tokens=16, responses=8)]
    some, all_of_them = (
        settings(lora=2, lora_targets=targets)
        for targets in (("layers.3.mlp.up_proj", "layers.2.mlp.up_proj"), ("up_proj",))
    )
    kept = [
        memory_of(config, each, sizes_of(config, each), batches).activations for each in (some, all_of_them)
    ]
    assert kept[0] == kept[1] > 0
