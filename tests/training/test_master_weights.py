"""Parameters in bfloat16 with float32 copies that the optimizer works on."""

import pytest
from safetensors.torch import load_file
from tiny_model import torch, transformers
from trained import distance, run, settings, weights

from hir_data.errors import OutputError, RecordError, TrainingError
from hir_data.training.master_weights import MASTERS, MasterWeights
from hir_data.training.memory import BatchShape, memory_of, sizes_of
from hir_data.training.run import train
from hir_data.training.trainer import HirTrainer

HELD = {"param_dtype": "bfloat16"}
OPTIMIZERS = {
    "adamw": lambda given: torch.optim.AdamW(given, lr=1e-3),
    "adagrad": lambda given: torch.optim.Adagrad(given, lr=1e-3),  # which has its state from the start
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_optimizer_works_in_float32(name):
    """As beside a float32 model with the same gradients; parameters are what its weights round to."""
    torch.manual_seed(0)
    model, twin = (torch.nn.Linear(7, 5) for _ in range(2))
    twin.load_state_dict(model.state_dict())
    mine, theirs = (OPTIMIZERS[name](list(each.parameters())) for each in (model, twin))
    masters = MasterWeights(model, mine)
    for step in range(3):
        for one, other in zip(model.parameters(), twin.parameters(), strict=True):
            gradient = torch.randn(one.shape).bfloat16()
            one.grad, other.grad = gradient, gradient.float()
        mine.step()
        theirs.step()
        assert all(each.grad is None for each in model.parameters()), step
        for one, other in zip(model.parameters(), twin.parameters(), strict=True):
            assert one.dtype == torch.bfloat16
            assert torch.equal(one, other.bfloat16())
    masters.restore()
    assert all(map(torch.equal, model.parameters(), twin.parameters()))


def test_updates_that_bfloat16_would_lose_are_kept(model, data, tmp_path):
    common = {"learning_rate": 1e-6, "trainer": {}, "batch_size": 99, "max_steps": 2, "epochs": 2}
    run(data, model, tmp_path / "held", **HELD, **common)
    run(data, model, tmp_path / "whole", **common)
    start = weights(model)
    for folder in ("held", "whole"):
        found = weights(tmp_path / folder)
        moved = sum(float((value - start[name]).abs().sum()) for name, value in found.items())
        assert moved > 1e-6 * sum(each.numel() for each in found.values()) / 2
        assert all(
            each.dtype == torch.float32
            for each in load_file(tmp_path / folder / "model.safetensors").values()
        )
    assert all(
        torch.equal(each.bfloat16(), start[name].bfloat16())
        for name, each in weights(tmp_path / "held").items()
        if name.endswith("norm.weight")
    )


def test_a_run_is_near_one_in_float32_and_computes_in_bfloat16(model, data, tmp_path, monkeypatch):
    seen = set()
    compute = HirTrainer.compute_loss

    def watched(self, model, *arguments, **options):
        seen.update((each.dtype, each.requires_grad) for each in model.parameters())
        return compute(self, model, *arguments, **options)

    common = {"batch_size": 8, "max_steps": 3}
    whole = run(data, model, tmp_path / "whole", **common)
    with monkeypatch.context() as patched:
        patched.setattr(HirTrainer, "compute_loss", watched)
        held = run(data, model, tmp_path / "held", **HELD, **common)
    assert seen == {(torch.bfloat16, True)}
    assert held.figures["loss"] == pytest.approx(whole.figures["loss"], abs=0.05)
    moved = distance(model, tmp_path / "whole")
    assert distance(tmp_path / "held", tmp_path / "whole") < 0.2 * moved


@pytest.mark.parametrize("options", [{}, {"lora": 4, "merge": True}], ids=str)
def test_a_resumed_run_ends_to_the_bit_as_one_that_went_through(options, model, data, tmp_path):
    chosen = settings(**HELD, epochs=2, save_steps=2, trainer={}, learning_rate=1e-3, **options)
    train(data, model, tmp_path / "through", chosen)

    class Halt(Exception):
        pass

    def halt(progress):
        if progress.step == 3:
            raise Halt

    with pytest.raises(Halt):
        train(data, model, tmp_path / "halted", chosen, on_progress=halt)
    checkpoint = tmp_path / "halted" / "checkpoint-2"
    saved = load_file(checkpoint / MASTERS)
    assert saved and all(each.dtype == torch.float32 for each in saved.values())
    state = torch.load(checkpoint / "optimizer.pt", weights_only=True)["state"]
    assert {each["exp_avg"].dtype for each in state.values()} == {torch.float32}
    train(data, model, tmp_path / "halted", chosen, resume=True)
    assert distance(tmp_path / "through", tmp_path / "halted") == 0
    (tmp_path / "halted" / "outcome.json").unlink()
    for each in (tmp_path / "halted").glob(f"checkpoint-*/{MASTERS}"):
        each.unlink()
    with pytest.raises(OutputError, match="cannot be resumed without it"):
        train(data, model, tmp_path / "halted", chosen, resume=True)


def test_what_does_not_go_with_it_is_refused(model, data, tmp_path, monkeypatch):
    with pytest.raises(RecordError, match="dtype float32 cannot be computed with param_dtype bfloat16"):
        settings(**HELD, dtype="float32")
    with pytest.raises(TrainingError, match="--param-dtype bfloat16: FSDP and DeepSpeed keep float32"):
        run(data, model, tmp_path / "out", **HELD, trainer={"fsdp": True})
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    with pytest.raises(TrainingError, match="--param-dtype bfloat16: FSDP"):
        run(data, model, tmp_path / "other", **HELD)


def test_it_takes_less_than_copies_of_autocast():
    config = transformers.LlamaConfig(
        vocab_size=1000, hidden_size=64, num_hidden_layers=8, num_attention_heads=4
    )
    batch = BatchShape(rows=8, tokens=4096, responses=2048)
    whole, held = (
        memory_of(config, each, sizes_of(config, each), [batch])
        for each in (settings(trainer={}, dtype="bfloat16"), settings(trainer={}, **HELD))
    )
    trained_weights = sizes_of(config, settings()).trained
    assert held.weights == 6 * trained_weights > whole.weights
    assert held.gradients + held.weights == whole.gradients + whole.weights
    assert held.activations < whole.activations
    assert held.optimizer == whole.optimizer
