"""``hir-data train``: options, what it prints, and what it says where it cannot train."""

import json
import math
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from programs import run_program
from samples import SAMPLES

from hir_data.replays import dataset
from hir_data.training.settings import TrainConfig

pytest.importorskip("torch", reason="needs the extra 'train'")
import pyarrow.parquet
import tiny_model
from tiny_model import torch, transformers

from hir_data.training.rows import Encoder
from hir_data.training.trainer import HirTrainer

ONE = ["--batch-size", "99", "--micro-batch", "5", "--device", "cpu"]


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> str:
    return tiny_model.save(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def replayed(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("replayed")
    dataset.write(folder, SAMPLES)
    return folder


@pytest.fixture(autouse=True)
def chatty():
    """What the command silences is loud again."""
    yield
    transformers.utils.logging.enable_progress_bar()
    transformers.utils.logging.set_verbosity_warning()


def refused(command, *arguments: object, code: int = 2) -> str:
    result = command("train", *arguments)
    assert result.exit_code == code, result.output
    return result.stderr.removeprefix("hir-data: reading the data set\n")


def test_a_run(command, small, replayed, tmp_path):
    out, summary = tmp_path / "out", tmp_path / "summary.json"
    result = command("train", replayed, "-m", small, "-o", out, *ONE, "--epochs", 2, "--summary", summary)
    assert result.exit_code == 0, result.output
    assert "10 rows, 2 of them replays (28.5% of the advantage)" in result.stdout
    assert "left out:       1  its verdicts are undetermined" in result.stdout
    assert f"2 of 2 steps; {out} is a model" in result.stdout
    stages, lines = result.stderr.splitlines()[:4], result.stderr.splitlines()[4:]
    assert stages == [
        "hir-data: reading the data set",
        f"hir-data: loading {small}",
        "hir-data: measuring the rows under the starting model",
        "hir-data: training; there is a line every step",
    ]
    assert [line.partition("  ")[0] for line in lines] == ["step 1/2", "step 2/2"]
    assert re.search(r"loss .*reward 0.500  of replays 1.000  kl 0.0000  clipped 0.0%  entropy", lines[0])
    figures = json.loads(summary.read_text())
    assert (figures["steps"], figures["model"], figures["stopped"]) == (2, str(out), None)
    assert figures["plan"]["left_out"] == {"its verdicts are undetermined": 1}
    card = (out / "README.md").read_text()
    assert f"base_model: {small}" in card
    assert "| `epochs` | `2.0` |" in card
    transformers.AutoModelForCausalLM.from_pretrained(out)
    assert transformers.AutoTokenizer.from_pretrained(out).chat_template
    quiet = command("train", replayed, "-m", small, "-o", tmp_path / "quiet", *ONE, "-q")
    assert (quiet.exit_code, quiet.output) == (0, "")
    still = command("train", replayed, "-m", small, "-o", tmp_path / "still", *ONE, "--progress", "none")
    assert (still.exit_code, still.stderr) == (0, "")


def test_an_interrupted_run_goes_on(command, small, replayed, tmp_path, monkeypatch):
    out = tmp_path / "out"
    run = ["train", replayed, "-m", small, "-o", out, *ONE, "--epochs", 3, "--save-steps", 1]
    before = HirTrainer.before_update

    def interrupted(self):
        if self.state.global_step == 2:
            raise KeyboardInterrupt
        before(self)

    with monkeypatch.context() as patched:
        patched.setattr(HirTrainer, "before_update", interrupted)
        result = command(*run)
    assert result.exit_code == 130
    assert "interrupted; --resume goes on from the last checkpoint, that of step 2\n" in result.stderr
    result = command(*run)
    assert result.exit_code == 2
    assert result.output == f"hir-data: error: {out}: is there already; --resume goes on with it\n"
    result = command(*run, "--resume")
    stages = ["reading", "loading", "training;", "3/3"]
    assert [line.split()[1] for line in result.stderr.splitlines()] == stages, result.stderr
    assert (result.exit_code, "3 of 3 steps" in result.stdout) == (0, True)


@pytest.mark.parametrize(
    ("patched", "name", "kept"),
    [
        (
            HirTrainer,
            "before_update",
            "there is no checkpoint yet (--save-steps): --resume begins with the first",
        ),
        (Encoder, "rows", "nothing was begun"),
    ],
)
def test_an_interruption_before_the_first_checkpoint(
    patched, name, kept, command, small, replayed, tmp_path, monkeypatch
):
    out = tmp_path / "out"

    def interrupted(*_: object):
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(patched, name, interrupted)
        result = command("train", replayed, "-m", small, "-o", out, *ONE)
    assert result.exit_code == 130
    assert f"hir-data: interrupted; {kept}" in result.stderr
    assert "last checkpoint" not in result.stderr
    result = command("train", replayed, "-m", small, "-o", out, *ONE, "--resume")
    assert (result.exit_code, "1 of 1 step;" in result.stdout) == (0, True), result.output


def test_a_dry_run_writes_nothing(command, small, replayed, tmp_path):
    out = tmp_path / "out"
    options = ["--dry-run", "--lora", 4, "--reward", "ila", *ONE]
    result = command("train", replayed, "-m", small, "-o", out, *options)
    assert result.exit_code == 0
    tokens = r"\d+ tokens, \d+ of them in responses, longest row \d+"
    assert re.search(tokens, result.stdout)
    assert "1 step of 2 micro-batches on each device" in result.stdout
    assert "4 rows have no advantage" in result.stdout
    model = transformers.AutoModelForCausalLM.from_pretrained(small)
    linear = [
        each
        for name, each in model.named_modules()
        if isinstance(each, torch.nn.Linear) and name != "lm_head"
    ]
    trained = sum(4 * (each.in_features + each.out_features) for each in linear)
    assert f"{model.num_parameters()} parameters, {trained} trained" in result.stdout
    assert re.search(r"memory on each device about [\d.]+ GiB: weights .*head", result.stdout)
    assert not out.exists()


# Options


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("run.toml", 'model = "MODEL"\nreward = "cla"\nmax-length = 77\nlora_targets = ["q_proj"]\n'),
        ("run.yaml", "model: MODEL\nreward: cla\nmax-length: 77\nlora_targets: [q_proj]\n"),
    ],
)
def test_options_from_a_file(name, text, command, small, replayed, tmp_path):
    config, out = tmp_path / name, tmp_path / "out"
    config.write_text(text.replace("MODEL", small))
    command_line = ["--max-length", 400, "--lora", 2, "--trainer", "optim=sgd", "--trainer", "adam_beta1=0.8"]
    result = command("train", replayed, "--config", config, "-o", out, *ONE, *command_line)
    assert result.exit_code == 0, result.output
    settings = TrainConfig.model_validate(json.loads((out / "run.json").read_text())["settings"])
    assert (settings.reward, settings.max_length, settings.lora_targets) == ("cla", 400, ("q_proj",))
    assert settings.trainer == {"optim": "sgd", "adam_beta1": 0.8}


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("run.toml", "los = 1", "los: there is no such option; did you mean loss?"),
        ("run.toml", "clip-low = -1", "clip_low: Input should be greater than or equal to 0, not -1"),
        ("run.toml", "loss = ", "is no TOML: "),
        ("run.yaml", "loss: [", "is no YAML: "),
        ("run.yaml", "- loss", "has to be a table of options"),
        ("run.ini", "", "has to end in .toml, .yaml or .yml"),
        (
            "run.toml",
            "trainer = {max_steps = 3}",
            "trainer.max_steps: cannot be set here: --max-steps decides",
        ),
        ("missing.toml", None, "cannot be read: "),
    ],
)
def test_files_that_do_not_fit(name, text, problem, command, small, replayed, tmp_path):
    config = tmp_path / name
    if text is not None:
        config.write_text(text)
    told = refused(command, replayed, "-m", small, "-o", tmp_path / "out", "--config", config)
    assert told.startswith(f"hir-data: error: {config}: {problem}")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            ["--loss", "dpo"],
            "--loss: Input should be 'ppo', 'cispo', 'sft', 'gspo', 'dapo', 'dr-grpo', 'sapo' or 'sdpo', "
            "not 'dpo'",
        ),
        (["--clip-low", "-1"], "--clip-low: Input should be greater than or equal to 0, not -1.0"),
        (["--trainer", "optim"], "--trainer: has to be NAME=VALUE, not optim"),
        (["--trainer", "bf16=true"], "trainer.bf16: cannot be set here: --dtype decides about it"),
    ],
)
def test_options_that_do_not_fit(given, problem, command, small, replayed, tmp_path):
    told = refused(command, replayed, "-m", small, "-o", tmp_path / "out", *given)
    assert told == f"hir-data: error: {problem}\n"


def test_what_has_to_be_given(command, small, replayed):
    assert refused(command, replayed, "-o", "out") == "hir-data: error: --model is missing\n"
    assert refused(command, replayed, "-m", small) == "hir-data: error: --output is missing\n"


def test_every_field_is_an_option(command):
    shown = command("train", "--help").stdout
    for name, field in TrainConfig.model_fields.items():
        assert f"--{name.replace('_', '-')}" in shown
        assert field.description


def test_a_package_that_is_missing(command, small, replayed, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "peft" else object())
    told = refused(command, replayed, "-m", small, "-o", "out", "--lora", 4)
    install = "pip install 'hir-data[train]', or in a checkout: pip install '.[train]'"
    assert told == f"hir-data: error: the package peft is not installed: {install}\n"


# Bad input


def test_no_such_model(command, replayed, tmp_path):
    told = refused(command, replayed, "-m", tmp_path / "nothing", "-o", tmp_path / "out")
    assert told.startswith(f"hir-data: error: {tmp_path}/nothing: cannot be loaded: ")
    assert len(told.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_no_data_set(command, small, tmp_path):
    told = refused(command, tmp_path, "-m", small, "-o", tmp_path / "out")
    assert (
        told == f"hir-data: error: {tmp_path}: is no data set of hir-data replay: there is no manifest.json\n"
    )


def test_an_empty_data_set(command, small, tmp_path):
    dataset.write(tmp_path / "empty", [])
    told = refused(command, tmp_path / "empty", "-m", small, "-o", tmp_path / "out")
    assert told == f"hir-data: error: {tmp_path / 'empty'}: has no row to train on (it is empty)\n"


def test_kinds_of_a_plugin(command, small, tmp_path):
    plugin = Path(__file__).parents[2] / "examples" / "own_kind.py"
    made = f"""
import runpy; runpy.run_path({str(plugin)!r}, run_name="plugin")
import hir_data as hir
from hir_data.replays import dataset
from hir_data.schemas.replay import ReplaySample
kind = hir.parse({{"kind": "example:sentence_length", "max_words": 4}})
asked = hir.Instruction(prompt="Tea?", constraints=[kind])
dataset.write({str(tmp_path / "data")!r}, [
    ReplaySample(id=str(place), group="0", origin="rollout", instruction=asked, response="Tea.", reward=place,
                 cla=place, verdicts=[bool(place)]) for place in (0, 1)])
"""
    assert run_program([sys.executable, "-c", made]).returncode == 0
    told = refused(command, tmp_path / "data", "-m", small, "--dry-run")
    assert "unknown constraint kind 'example:sentence_length'" in told
    result = command("train", tmp_path / "data", "-m", small, "--dry-run", "--plugin", plugin)
    assert (result.exit_code, result.stdout.partition(",")[0]) == (0, "2 rows"), result.output


def test_rows_that_are_all_too_long(command, small, replayed, tmp_path):
    told = refused(command, replayed, "-m", small, "-o", tmp_path / "out", "--max-length", 9)
    assert "has no row to train on (10 left out: its prompt alone has 9 tokens or more; 1 left out" in told


def changed(replayed: Path, folder: Path, **manifest: Any) -> Path:
    shutil.copytree(replayed, folder)
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | manifest))
    return folder


def test_a_data_set_of_another_version(command, small, replayed, tmp_path):
    data = changed(replayed, tmp_path / "data", schema_version=99, hir_data="9.0")
    told = refused(command, data, "-m", small, "-o", tmp_path / "out")
    assert told == f"hir-data: error: {data}: was written by hir-data 9.0, which is newer than this one\n"


def test_a_column_that_is_missing(command, small, replayed, tmp_path):
    data = changed(replayed, tmp_path / "data")
    (shard,) = data.glob("*.parquet")
    pyarrow.parquet.write_table(pyarrow.parquet.read_table(shard).drop_columns("reward"), shard)
    told = refused(command, data, "-m", small, "-o", tmp_path / "out", "--no-verify-digests")
    assert told == f"hir-data: error: {shard}: reward: this column is missing\n"


def test_rewards_that_are_all_equal(command, small, tmp_path):
    dataset.write(tmp_path / "data", [sample for sample in SAMPLES if sample.reward and not sample.source_id])
    out = tmp_path / "out"
    told = refused(command, tmp_path / "data", "-m", small, "-o", out, code=1)
    assert "nothing to learn: no response has another reward than was to be expected" in told
    assert not out.exists()


def test_log_probabilities_that_are_not_there(command, small, replayed, tmp_path):
    told = refused(command, replayed, "-m", small, "-o", tmp_path / "out", "--old-logprobs", "stored")
    assert told.startswith(
        "hir-data: error: tea/0: it has no log-probabilities: --old-logprobs stored cannot take them"
    )


def test_a_loss_that_is_no_number(command, small, replayed, tmp_path, monkeypatch):
    compute = HirTrainer.compute_loss

    def spoilt(self, *arguments, **options):
        loss = compute(self, *arguments, **options)
        if self.state.global_step == 1:
            self._sums *= math.nan
        return loss

    monkeypatch.setattr(HirTrainer, "compute_loss", spoilt)
    out = tmp_path / "out"
    told = refused(command, replayed, "-m", small, "-o", out, *ONE, "--epochs", 3, "--save-steps", 1)
    assert told.splitlines()[-1] == (
        f"hir-data: error: the loss of step 2 is no number; the last good checkpoint is {out}/checkpoint-1"
    )
    assert (out / "checkpoint-1" / "model.safetensors").exists()


def test_too_little_memory(command, small, replayed, tmp_path, monkeypatch):
    def full(*arguments, **options):
        raise RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(HirTrainer, "compute_loss", full)
    told = refused(command, replayed, "-m", small, "-o", tmp_path / "out", *ONE)
    assert "\nhir-data: error: out of memory (about " in told
    assert "--micro-batch down from 5 (the steps stay the same), --max-length down" in told


def test_a_row_is_shown(command, small, replayed):
    result = command("train", replayed, "-m", small, "--show-row", 0)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == f"sample 0, {SAMPLES[0].id}, rollout: reward {SAMPLES[0].cla:g}, tokens of the text"
    parts = [line for line in lines if line.startswith("-- ")]
    assert [part.partition(":")[0] for part in parts] == ["-- prompt", "-- response", "-- end of turn"]
    assert [part.rpartition(", ")[2] for part in parts] == ["not trained", "trained", "trained"]
    assert lines[-1] == "<|end|>"
    told = refused(command, replayed, "-m", small, "--show-row", 99)
    assert "has no sample 99" in told
