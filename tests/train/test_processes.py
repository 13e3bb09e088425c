"""Several processes take the steps that one would take."""

import os
import subprocess
import sys

import pytest
from trained import distance, run, settings

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("launcher", "options"),
    [
        ("torch.distributed.run", {"micro_batch": 1}),  # seven rows for two
        ("torch.distributed.run", {"old": "paper", "lora": 4, "merge": True}),
        ("accelerate.commands.launch", {}),
    ],
    ids=["torchrun", "lora", "accelerate"],
)
def test_two_processes_are_one(launcher, options, model, data, tmp_path):
    options = {"batch_size": 7, "max_steps": 3, "save_steps": 2} | options
    run(data, model, tmp_path / "one", **options)
    chosen = settings(**options)
    given = []
    for name, value in chosen.model_dump(exclude={"trainer", "merge"}, exclude_defaults=True).items():
        given += [f"--{name.replace('_', '-')}", str(value)]
    given += ["--trainer", "optim=sgd", *(["--merge"] if chosen.merge else [])]
    processes = ["--nproc-per-node", "2", "--master-port", "29517"]
    if launcher.startswith("accelerate"):
        processes = ["--cpu", "--num_processes", "2", "--num_machines", "1", "--main_process_port", "29518"]
    command = [sys.executable, "-m", launcher, *processes, "-m", "hir_data", "train", str(data)]
    done = subprocess.run(
        [*command, "-m", model, "-o", str(tmp_path / "two"), *given],
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("3 of ") == 1, done.stdout
    assert distance(tmp_path / "one", tmp_path / "two") < 1e-6
    assert distance(model, tmp_path / "two") > 1e-4
