"""GRPO of TRL with replays of the batch in the same update: equal to our own trainer's on the same rows.

The module is skipped where the extras ``train`` and ``trl`` are not installed.
"""

import json
import os
import sys
from pathlib import Path

import grpo_rows
import pytest
import tiny_model
import trained
from grpo_rows import ANYTHING, MEAN_OF_ROWS, Recorded, rows, steps, trainer_of, trl
from programs import run_program
from samples import TWO
from test_processes import TORCHRUN, free_port

import hir_data as hir
from hir_data.errors import TrainingError
from hir_data.schemas.replay import ReplaySample

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> dict[str, str]:
    """A model with a chat template, and one without."""
    return {
        form: tiny_model.save(tmp_path_factory.mktemp(form), template=form == "chat")
        for form in ("chat", "plain")
    }


OURS = {"batch_size": 64, "dual_clip": float("inf"), "kl": 0.0, "advantage": "grpo"}


@pytest.mark.parametrize(
    ("form", "theirs", "given", "ours"),
    [
        ("chat", {}, {"advantage": "grpo"}, {}),
        ("plain", {"loss_type": "grpo"}, MEAN_OF_ROWS, {"aggregate": "sequence-mean"}),
        (
            "chat",
            {"num_iterations": 2, "beta": 0.1, "use_bias_correction_kl": False},
            {"advantage": "baseline", "replay_weight": 0.5},
            {"kl": 0.1, "epochs": 2},
        ),
        (
            "plain",
            {"num_iterations": 2, "loss_type": "dr_grpo"},
            {"advantage": "reinforce++-baseline", "statistics": "all", "old_logprobs": "paper"},
            {"aggregate": "constant", "constant_length": 12, "epochs": 2},
        ),
    ],
    ids=["dapo", "grpo-paper-cap", "iterations-kl", "dr-grpo-all"],
)
def test_two_steps_are_those_of_our_own_trainer(form, theirs, given, ours, models, tmp_path: Path):
    trainer = trainer_of(
        Recorded,
        models[form],
        tmp_path / "trl",
        rows(form),
        replay_config=hir.ReplayConfig(**ANYTHING),
        train_config=hir.TrainConfig(**given),
        **theirs,
    )
    logged = steps(trainer)
    trainer.save_model(tmp_path / "theirs")
    assert len(logged) == 2 and trainer.batches
    reached = models[form]
    for number, batch in enumerate(trainer.batches):
        assert sum(each.origin == "replay" for each in batch) >= 2
        data = trained.write(tmp_path / f"data-{number}", batch)
        output = tmp_path / f"ours-{number}"
        trained.run(data, reached, output, **OURS | given | ours)
        reached = str(output)
    assert trained.distance(reached, tmp_path / "theirs") < 1e-6
    assert trained.distance(reached, models[form]) > 5e-4
    for line, batch in zip(logged[:: len(logged) // len(trainer.batches)], trainer.batches, strict=True):
        assert line["replay/rollouts"] == 8
        assert line["replay/replays"] == sum(each.origin == "replay" for each in batch)
        assert line["replay/failures"] == sum(each.cla < 1 for each in batch)
        assert 0 < line["replay/share"] < 1


@pytest.mark.parametrize(
    ("constraint", "replays", "fails"),
    [
        (TWO, {"guards": "none", "min_bits": 99.0, "relabel": "drop"}, True),
        (hir.parse({"kind": "word_count", "max": 500}), ANYTHING, False),
    ],
    ids=["failures without a replay", "no failures"],
)
def test_without_a_replay_the_update_is_that_of_grpo(constraint, replays, fails, models, tmp_path: Path):
    data = rows("chat").select_columns(["prompt"])
    data = data.add_column("constraints", [f"[{constraint.model_dump_json()}]"] * len(data))
    reward = lambda completions, **_: [float(len(str(each)) % 3) for each in completions]  # noqa: E731
    ends = []
    for name, cls in (("with", hir.ReplayGRPOTrainer), ("without", trl.GRPOTrainer)):
        own = {"replay_config": hir.ReplayConfig(**replays)} if name == "with" else {}
        own |= (
            {} if fails else {"generation_kwargs": {"min_new_tokens": 8}}
        )  # an empty response fails anything
        trainer = trainer_of(cls, models["chat"], tmp_path / name, data, reward=reward, max_steps=1, **own)
        (line,) = steps(trainer)
        if name == "with":
            assert line["replay/replays"] == 0 and line["replay/share"] == 0
            assert bool(line["replay/failures"]) is fails
            assert line["replay/rollouts"] == 8 and line["replay/unreadable"] == 0
        trainer.save_model(tmp_path / f"{name}-end")
        ends.append(tmp_path / f"{name}-end")
    assert trained.distance(*ends) == 0
    assert trained.distance(ends[0], models["chat"]) > 0


def test_two_processes_take_the_step_of_one(models, tmp_path: Path):
    done = run_program(
        [sys.executable, "-m", *TORCHRUN, free_port(), grpo_rows.__file__, models["chat"], str(tmp_path)],
        limit=300,
        env=os.environ
        | {
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join([*map(str, sys.path[:1]), *filter(None, sys.path)]),
        },
    )
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "samples.jsonl").read_text().splitlines()
    samples = [ReplaySample.model_validate_json(line) for line in lines]
    logged = json.loads((tmp_path / "logged.json").read_text())
    assert len(logged["added"]) == 2 and sum(logged["added"]) == logged["replay/replays"] >= 2
    data = trained.write(tmp_path / "data", samples)
    trained.run(
        data, models["chat"], tmp_path / "ours", **OURS | MEAN_OF_ROWS | {"aggregate": "sequence-mean"}
    )
    assert trained.distance(tmp_path / "ours", tmp_path / "theirs") < 1e-6


@pytest.mark.parametrize(
    ("train", "more", "message"),
    [
        ({"learning_rate": 0.1, "kl": 0}, {}, "GRPOConfig decides about kl, learning_rate"),
        ({"old_logprobs": "stored"}, {}, "stores none"),
        ({"statistics": "all"}, {}, "name one of ours"),
        ({}, {"rollout_func": print}, "rollout_func: replays need prompts"),
        ({}, {"replay_config": hir.ReplayConfig(rewriter="llm")}, "give the rewriter itself"),
    ],
)
def test_what_another_decides_is_refused_before_a_model_is_loaded(train, more, message):
    with pytest.raises(TrainingError, match=message):
        hir.ReplayGRPOTrainer("no such model", train_config=hir.TrainConfig(**train), **more)
