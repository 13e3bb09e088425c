"""Importance weights between the engine that sampled and the model that is trained."""

import math

import pytest
import trained
from tensors import torch
from trained import SGD, distance, run, write

from hir_data.errors import TrainingError
from hir_data.training.loss import behaviour_weights
from hir_data.training.settings import TrainConfig

WITHOUT_LIMITS = {"trainer": SGD, "kl": 0.0, "max_grad_norm": float("inf"), "max_steps": 1}


def test_weights_by_hand():
    start = torch.log(torch.tensor([0.5, 0.2, 0.9, 0.4]))
    sampled = torch.log(torch.tensor([0.25, 0.4, 0.1, 0.4]))
    torch.testing.assert_close(behaviour_weights(start, sampled, 3.0), torch.tensor([2.0, 0.5, 3.0, 1.0]))
    assert behaviour_weights(torch.tensor([0.0]), torch.tensor([-1e4]), 5.0).tolist() == [5.0]
    assert behaviour_weights(torch.tensor([-1e4]), torch.tensor([0.0]), 5.0).tolist() == [0.0]


def shifted(samples, by: float):
    """The same samples, whose engine says another log-probability of each token of rollouts."""
    for sample in samples:
        logprobs = tuple(each + by for each in sample.sampling.logprobs)
        sampling = sample.sampling.model_copy(update={"logprobs": logprobs})
        yield sample.model_copy(update={"sampling": sampling})


def test_where_engine_and_trainer_agree_nothing_changes(model, data, tmp_path):
    done = run(data, model, tmp_path / "corrected", behaviour_correction=2.0, max_steps=2)
    run(data, model, tmp_path / "plain", max_steps=2)
    assert distance(tmp_path / "corrected", tmp_path / "plain") < 1e-5
    assert done.figures["behaviour_ratio"] == pytest.approx(1, abs=1e-4)
    assert done.figures["behaviour_truncated"] == 0


@pytest.mark.parametrize(
    ("by", "limit", "weight"), [(-1.0, 2.0, 2.0), (-1.0, 9.0, math.e), (1.0, 2.0, 1 / math.e)]
)
def test_a_weight_is_a_factor_of_the_gradient_of_rollouts(model, tmp_path, by, limit, weight):
    samples = [each for each in trained.drawn(model) if each.origin == "rollout"]
    other, same = (write(tmp_path / str(each), shifted(samples, each)) for each in (by, 0.0))
    options = WITHOUT_LIMITS | {"learning_rate": 0.1}
    done = run(other, model, tmp_path / "corrected", behaviour_correction=limit, **options)
    run(same, model, tmp_path / "larger", **options | {"learning_rate": 0.1 * weight})
    moved = distance(model, tmp_path / "corrected")
    assert moved > 1e-4
    assert distance(tmp_path / "corrected", tmp_path / "larger") < 1e-3 * moved
    assert done.figures["behaviour_ratio"] == pytest.approx(math.exp(-by), rel=1e-3)
    assert done.figures["behaviour_truncated"] == (math.exp(-by) > limit)


def test_replays_have_no_weight(model, tmp_path):
    """Their log-probabilities are given another prompt, so a limit does not reach them."""
    samples = list(trained.drawn(model))
    replays = [each for each in samples if each.origin == "replay"]
    for name, kept in (("all", shifted(samples, -1.0)), ("replays", shifted(replays, -1.0))):
        write(tmp_path / name, kept)
    done = run(tmp_path / "replays", model, tmp_path / "a", behaviour_correction=0.5, **WITHOUT_LIMITS)
    run(tmp_path / "replays", model, tmp_path / "b", **WITHOUT_LIMITS)
    assert distance(tmp_path / "a", tmp_path / "b") < 1e-7
    assert "behaviour_ratio" not in done.figures
    done = run(tmp_path / "all", model, tmp_path / "c", behaviour_correction=0.5, **WITHOUT_LIMITS)
    assert done.figures["behaviour_ratio"] == pytest.approx(math.e, rel=1e-3)


def test_rollouts_without_log_probabilities_are_refused_by_name(model, tmp_path):
    first, *others = trained.drawn(model)
    bare = first.sampling.model_copy(update={"logprobs": None})
    data = write(tmp_path / "data", [first.model_copy(update={"sampling": bare}), *others])
    problem = f"^{first.id}: it has no log-probabilities: --behaviour-correction cannot take them"
    with pytest.raises(TrainingError, match=problem):
        run(data, model, tmp_path / "out", behaviour_correction=2.0)


@pytest.mark.parametrize("other", [{"old_logprobs": "stored"}, {"loss": "sft"}])
def test_what_leaves_nothing_to_correct_is_refused(other):
    with pytest.raises(ValueError, match="behaviour_correction: "):
        TrainConfig(behaviour_correction=2.0, **other)
