"""Training on other devices, in other precisions and of other architectures."""

import json
import math

import pytest
import tiny_model
from test_trained_turns import by_turn
from tiny_model import torch, transformers
from trained import distance, run, weights, with_reasons, write

from hir_data.errors import TrainingError
from hir_data.replays import dataset


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"lora": 4},
        {"lora": 4, "lora_targets": ("lm_head", "q_proj")},
        {"padding_free": True},
        {"gradient_checkpointing": True},
        {"loss": "cispo"},
        {"loss": "gspo"},
        {"loss": "sapo"},
        {"loss": "dapo"},
        {"loss": "dr-grpo"},
        {"param_dtype": "bfloat16"},
        {"param_dtype": "bfloat16", "lora": 4},
        {"equal_groups": "skip"},
        {"reference_steps": 1},
        {"behaviour_correction": 2.0},
        {"logits": "full"},
        {"logits": "fused"},
        {"old_logprobs": "paper"},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Setting `save_embedding_layers` to `True`")
def test_steps_in_bfloat16(options, model, data, tmp_path):
    chosen = {"device": "auto", "dtype": "bfloat16", "trainer": {}, "learning_rate": 1e-4} | options
    done = run(data, model, tmp_path / "out", **chosen)
    assert done.steps == done.plan.steps
    assert all(map(math.isfinite, done.figures.values()))
    assert done.figures["kl"] < 1


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("free", [False, True], ids=["padded", "padding-free"])
@pytest.mark.parametrize("options", [{"turns": "all"}, {"loss": "sdpo", "reference_steps": 1}], ids=str)
def test_turns_and_feedback_in_bfloat16(options, free, data, tmp_path):
    samples = by_turn() if "turns" in options else with_reasons(dataset.read_samples(data))
    roomy = tiny_model.save(tmp_path / "roomy", context=512)
    chosen = {
        "device": "auto",
        "dtype": "bfloat16",
        "trainer": {},
        "padding_free": free,
        "learning_rate": 1e-3,
    }
    done = run(write(tmp_path / "data", samples), roomy, tmp_path / "out", **chosen, **options)
    assert (done.steps, done.plan.left_out) == (done.plan.steps, {})
    assert all(map(math.isfinite, done.figures.values()))
    assert distance(roomy, tmp_path / "out") > 1e-4


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("free", [False, True], ids=["padded", "padding-free"])
def test_a_gpu_agrees_with_the_processor(free, model, data, tmp_path):
    for device in ("cpu", "auto"):
        run(data, model, tmp_path / device, device=device, dtype="float32", padding_free=free)
    assert distance(tmp_path / "cpu", tmp_path / "auto") < 1e-4


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
@pytest.mark.parametrize("lora", [0, 4])
def test_chunks_on_a_gpu_are_whole_logits_in_bfloat16(lora, model, data, tmp_path):
    start, moves = weights(model), []
    for logits in ("full", "chunked"):
        options = {"device": "auto", "dtype": "bfloat16", "lora": lora, "merge": True, "max_steps": 1}
        run(data, model, tmp_path / logits, logits=logits, **options)
        moved = weights(tmp_path / logits)
        moves.append(torch.cat([(moved[name] - start[name]).flatten() for name in start]))
    assert torch.cosine_similarity(*moves, 0) > 0.99
    assert moves[1].norm() == pytest.approx(moves[0].norm().item(), rel=0.05)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_the_plan_is_the_peak_of_a_gpu(model, data, tmp_path):
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    options = {"device": "auto", "dtype": "bfloat16", "micro_batch": 8, "trainer": {}}
    done = run(data, model, tmp_path / "out", **options)
    peak = torch.cuda.max_memory_allocated() - before
    assert 0.5 * peak < done.plan.memory.total < 2 * peak  # of a tiny model, where workspaces count


def test_a_step_in_bfloat16_on_a_processor_is_that_in_float32(model, data, tmp_path):
    start, moves = weights(model), []
    for dtype in ("float32", "bfloat16"):
        run(data, model, tmp_path / dtype, dtype=dtype, max_steps=1)
        moved = weights(tmp_path / dtype)
        moves.append(torch.cat([(moved[name] - start[name]).flatten() for name in start]))
    assert torch.cosine_similarity(*moves, 0) > 0.99
    assert moves[1].norm() == pytest.approx(moves[0].norm().item(), rel=0.05)
    saved = json.loads((tmp_path / "bfloat16" / "config.json").read_text())
    assert saved["dtype"] == "float32"


# Other architectures


@pytest.fixture(scope="session", params=["gpt2", "mamba"])
def other(request, model, tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp(request.param)
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    shared = {"vocab_size": len(tokenizer), "bos_token_id": None, "eos_token_id": tokenizer.eos_token_id}
    torch.manual_seed(0)
    if request.param == "gpt2":
        config = transformers.GPT2Config(n_embd=64, n_layer=2, n_head=4, n_positions=128, **shared)
        made = transformers.GPT2LMHeadModel(config)
    else:
        config = transformers.MambaConfig(hidden_size=32, num_hidden_layers=2, state_size=4, **shared)
        made = transformers.MambaForCausalLM(config)
    made.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


def test_other_architectures(other, data, tmp_path):
    for size in (1, 8):
        run(data, other, tmp_path / str(size), micro_batch=size, max_steps=2, epochs=2)
    assert distance(tmp_path / "1", tmp_path / "8") < 1e-6
    assert distance(other, tmp_path / "8") > 1e-4
    if "mamba" in other:
        with pytest.raises(TrainingError, match="rows behind each other would see each other"):
            run(data, other, tmp_path / "free", padding_free=True)
    else:
        run(data, other, tmp_path / "free", padding_free=True, max_steps=2, epochs=2)
        assert distance(tmp_path / "free", tmp_path / "8") < 1e-5
