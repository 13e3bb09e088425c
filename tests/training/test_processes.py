"""Several processes take the steps that one would take."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tiny_model
from programs import run_program
from test_trained_turns import by_turn
from trained import distance, run, settings, with_reasons, write

from hir_data.replays import dataset
from hir_data.training.folder import OUTCOME

pytestmark = pytest.mark.slow


def free_port() -> str:
    """A port that nobody listens on: other tests of processes may run beside these."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


TORCHRUN = ["torch.distributed.run", "--nproc-per-node", "2", "--master-port"]
ACCELERATE = ["accelerate.commands.launch", "--cpu", "--num_processes", "2", "--num_machines", "1"]
ACCELERATE += ["--main_process_port"]
WHOLE = ["-m", "hir_data"]
CLOSED = [str(Path(__file__).with_name("closed_at_end.py"))]
SHARDED = [str(Path(__file__).with_name("fsdp_on_cpu.py"))]
FSDP = ["--trainer", "fsdp=true", "--trainer", 'fsdp_config={"version": 2}']


def launched(
    launcher: list[str], program: list[str], *arguments: object, **options: Any
) -> subprocess.CompletedProcess[str]:
    """``hir-data train`` in two processes."""
    given = ["--merge"] if options.pop("merge", False) else []
    for name, value in options.items():
        given += [f"--{name.replace('_', '-')}", str(value)]
    given += FSDP if program is SHARDED else []
    done = run_program(
        [sys.executable, "-m", *launcher, free_port(), *program, "train", *arguments, *given],
        limit=300,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize(
    ("launcher", "program", "options"),
    [
        (TORCHRUN, CLOSED, {"micro_batch": 1}),  # seven rows for two
        (TORCHRUN, WHOLE, {"old_logprobs": "paper", "lora": 4, "merge": True}),
        (ACCELERATE, WHOLE, {}),
        (TORCHRUN, SHARDED, {}),
        (TORCHRUN, SHARDED, {"lora": 4, "merge": True}),
    ],
    ids=["torchrun", "lora", "accelerate", "fsdp", "fsdp-lora"],
)
def test_two_processes_are_one(launcher, program, options, model, data, tmp_path):
    options = {"batch_size": 7, "max_steps": 3, "save_steps": 2} | options
    run(data, model, tmp_path / "one", **options)
    given = settings(**options).model_dump(exclude={"trainer"}, exclude_defaults=True)
    arguments = [data, "-m", model, "-o", tmp_path / "two", "--trainer", "optim=sgd"]
    done = launched(launcher, program, *arguments, **given)
    assert done.stdout.count("3 of ") == 1, done.stdout
    assert distance(tmp_path / "one", tmp_path / "two") < 1e-6
    assert distance(model, tmp_path / "two") > 1e-4


@pytest.fixture(scope="module")
def roomy(tmp_path_factory) -> str:
    """The model of the data, which reads prompts with feedback too."""
    return tiny_model.save(tmp_path_factory.mktemp("roomy"), context=512)


@pytest.mark.parametrize("program", [WHOLE, SHARDED], ids=["ddp", "fsdp"])
@pytest.mark.parametrize(
    "options",
    [
        {"turns": "all", "micro_batch": 2, "kl": 0.1},
        {"loss": "sdpo", "sdpo_reward_share": 0.5, "kl": 0.1, "reference_steps": 1},
    ],
    ids=["turns", "sdpo"],
)
def test_two_processes_are_one_with_turns_and_with_feedback(program, options, roomy, data, tmp_path):
    """Turns that are read at once stay in one process; the teacher is measured by both, anew after steps."""
    given = by_turn() if "turns" in options else with_reasons(dataset.read_samples(data))
    folder = write(tmp_path / "data", given)
    chosen = settings(**{"batch_size": 7, "max_steps": 3, "epochs": 3} | options)
    one = run(folder, roomy, tmp_path / "one", **chosen.model_dump(exclude_defaults=True))
    arguments = [folder, "-m", roomy, "-o", tmp_path / "two", "--trainer", "optim=sgd"]
    launched(TORCHRUN, program, *arguments, **chosen.model_dump(exclude={"trainer"}, exclude_defaults=True))
    assert distance(tmp_path / "one", tmp_path / "two") < 1e-6
    assert distance(roomy, tmp_path / "two") > 5e-4
    two = json.loads((tmp_path / "two" / OUTCOME).read_text())["figures"]
    same = {"loss", "kl", "reward", "rollout/mass", "entropy"} & one.figures.keys()
    assert {name: two[name] for name in same} == pytest.approx(
        {name: one.figures[name] for name in same}, rel=1e-4, abs=1e-6
    )


def test_two_processes_hold_the_same_float32_copies_of_bfloat16(model, data, tmp_path):
    """Gradients are added up and averaged in bfloat16, in another order than one process has."""
    chosen = settings(param_dtype="bfloat16", batch_size=7, max_steps=3, save_steps=2)
    given = chosen.model_dump(exclude={"trainer"}, exclude_defaults=True)
    run(data, model, tmp_path / "one", **given)
    two, again = tmp_path / "two", tmp_path / "again"
    arguments = [data, "-m", model, "--trainer", "optim=sgd"]
    launched(TORCHRUN, WHOLE, *arguments, "-o", two, **given)
    moved = distance(model, tmp_path / "one")
    assert moved > 1e-4
    assert distance(tmp_path / "one", two) < 0.1 * moved
    shutil.copytree(two, again)
    (again / "model.safetensors").unlink()
    shutil.rmtree(again / "checkpoint-3")
    launched(TORCHRUN, WHOLE, *arguments, "-o", again, "--resume", **given)
    assert distance(two, again) == 0


@pytest.mark.parametrize("optimizer", ["adamw_torch", "sgd"])
def test_a_sharded_run_that_is_resumed_ends_where_one_that_went_through_does(
    optimizer, model, data, tmp_path
):
    rate = 1e-3 if optimizer == "adamw_torch" else 0.01
    options = settings(batch_size=7, max_steps=3, save_steps=2, learning_rate=rate)
    given = options.model_dump(exclude={"trainer"}, exclude_defaults=True)
    given |= {"schedule": "linear", "trainer": f"optim={optimizer}"}
    through, again = tmp_path / "through", tmp_path / "again"
    launched(TORCHRUN, SHARDED, data, "-m", model, "-o", through, **given)
    shutil.copytree(through, again)
    (again / "model.safetensors").unlink()
    shutil.rmtree(again / "checkpoint-3")
    done = launched(TORCHRUN, SHARDED, data, "-m", model, "-o", again, "--resume", **given)
    assert "step 3/3" in done.stderr and "step 1/3" not in done.stderr
    assert distance(through, again) == 0
    assert distance(model, again) > 1e-4
