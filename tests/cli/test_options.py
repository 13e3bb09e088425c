"""Options and help texts of the commands: each said once, in the settings of its stage."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from programs import run_program
from typer.testing import CliRunner

from hir_data.cli.help import command_help
from hir_data.cli.main import COMMANDS, app
from hir_data.schemas.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def shown(name: str, width: int) -> list[str]:
    command = COMMANDS[name]
    return list(command_help(command.build(), command.example, command.docs, width))


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("width", [60, 100, 140])
def test_the_help_of_a_command(name: str, width: int):
    result = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": str(width)})
    lines = shown(name, width)
    assert (result.exit_code, result.stdout) == (0, "\n".join(lines) + "\n")
    assert all(len(line) <= width for line in lines if " " in line.strip() and not line.startswith("  -"))
    assert "Example:" in lines
    assert lines[lines.index("Example:") + 1].startswith(f"  hir-data {name}")
    page = lines[-1].removeprefix("Documentation: ")
    assert (ROOT / page).is_file()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_a_sentence_under_a_heading(name: str):
    for parameter in COMMANDS[name].build().params:
        text = re.sub(r" \[[^]]+\]$", "", str(parameter.help))
        assert re.fullmatch(r"[A-Z].*\.", text), (parameter.name, text)
        assert not re.search(r"\b(told|asked|found|drawn|looked|anew)\b", text), text
        if parameter.param_type_name == "option":
            assert parameter.rich_help_panel, parameter.name
            assert parameter.is_flag or parameter.metavar not in (None, "INTEGER", "FLOAT", "PATH")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_of_a_command_is_one(name: str):
    """Its options are options of the command."""
    known = {flag for one in COMMANDS[name].build().params for flag in one.opts}
    used = re.findall(r"(?<!\S)--?[a-z][\w-]*", COMMANDS[name].example)
    assert set(used) <= known


def test_a_default_stands_in_its_model_alone(tmp_path: Path):
    """Changed there, it is another one in the help, in Python, in a loop's file and in the documentation."""
    shutil.copytree(ROOT / "hir_data", tmp_path / "hir_data", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("results"))
    for path, old, new in (
        ("replays/select.py", "6.0, description=", "7.5, description="),
        ("engine/config.py", "10.0, description=", "12.25, description="),
        ("models/config.py", "1024, description=", "77, description="),
        ("instructions/config.py", '"3-6", description=', '"2-9", description='),
        ("formats/exports/config.py", "50_000, description=", "1_234, description="),
        ("training/settings.py", "64, description=", "48, description="),
    ):
        model = tmp_path / "hir_data" / path
        before = model.read_text(encoding="utf-8")
        assert before.count(old) == 1, path
        model.write_text(before.replace(old, new), encoding="utf-8")
    script = """
import inspect, sys
import hir_data as hir
from hir_data.cli.help import command_help
from hir_data.cli.main import COMMANDS
from hir_data.training.loop.config import LoopConfig
from hir_data.models.transformers_sampler import TransformersSampler
def default(function, name):
    return inspect.signature(function).parameters[name].default
def shown(name):
    return " ".join(" ".join(command_help(COMMANDS[name].build(), "", "", 9999)).split())
loop = LoopConfig(instructions="a", held_out="b", model="m", output="o", iterations=1, prompts=1)
assert (loop.replay.k, loop.verify.timeout, loop.rollout.max_new_tokens, loop.train.batch_size) == (
    7.5, 12.25, 77, 48)
assert (hir.ReplayConfig().k, hir.SamplingParams().max_new_tokens) == (7.5, 77)
assert hir.TrainConfig().batch_size == 48
assert default(hir.verify, "timeout") == 12.25
assert (default(hir.compose, "least"), default(hir.compose, "most")) == (2, 9)
assert default(hir.export, "shard_rows") == 1234
for name, words in {
    "replay": "replays per prompt. [default: 7.5;", "verify": "[default: 12.25;", "check": "[default: 12.25;",
    "rollout": "[default: 77;", "compose": "[default: 2-9]", "export": "[default: 1234;",
    "train": "[default: 48;",
}.items():
    assert words in shown(name), (name, shown(name))
sys.argv = ["generate.py"]
sys.path.insert(0, "docs")
import runpy
runpy.run_path("docs/generate.py", run_name="__main__")
page = " ".join(open("docs/reference/cli.md", encoding="utf-8").read().split())
for words in ("7.5;", "12.25;", "77;", "2-9]", "1234;", "48;"):
    assert f"default: {words}" in page, words
"""
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    run = run_program([sys.executable, "-c", script], cwd=tmp_path, env=environment)
    assert (run.returncode, run.stderr) == (0, "")


def test_the_loop_repeats_no_field_without_need():
    """Its tables are the settings of the stages; only a default of its own is written anew."""
    from hir_data.training.loop.config import DECIDED_BY, EvaluateConfig, LoopConfig, LoopVerifyConfig

    assert set(LoopVerifyConfig.__annotations__) == {"workers"}
    assert set(EvaluateConfig.__annotations__) == {"every", "n", "temperature"}
    for stage, names in DECIDED_BY.items():
        model = LoopConfig.model_fields[stage].annotation
        assert issubclass(model, Settings)
        assert set(names) <= set(model.model_fields)
