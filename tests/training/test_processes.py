"""Several processes take the steps that one would take."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from programs import run_program
from trained import distance, run, settings

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
