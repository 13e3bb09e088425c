"""``hir-data rollout`` and ``hir-data loop`` with vLLM, whose interface a stand-in has."""

import json
import sys
from pathlib import Path
from typing import Any

import looping
import pytest
import tiny_model
from files import native, write
from vllm_stand_in import vllm

from hir_data.formats.reader import read_rollouts
from hir_data.models import vllm_sampler
from hir_data.training import run
from hir_data.training.loop import figures

__all__ = ["vllm"]


@pytest.fixture(autouse=True)
def quiet():
    """As the command has it where nothing has imported the library before."""
    tiny_model.transformers.utils.logging.disable_progress_bar()


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return tiny_model.save(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def source(tmp_path: Path) -> str:
    long = native(2, None) | {"prompt": "the moon " * 300}
    return write(tmp_path / "in.jsonl", [native(0, None), native(1, None), long, native(3, None)])


def line(source: str, output: Path, model: str, *more: object) -> list[Any]:
    return [
        "rollout", source, "-o", output, "-m", model, "--engine", "vllm", "-n", 2, "--max-new-tokens", 6,
        "--max-rejected", 1, *more,
    ]  # fmt: skip


def test_rollouts_that_verify_reads(vllm: Any, tmp_path: Path, source: str, model: str, command):
    output, summary = tmp_path / "out.jsonl", tmp_path / "s.json"
    given = line(source, output, model, "--engine-option", "max_num_seqs=4", "--summary", summary)
    result = command(*given)
    assert result.exit_code == 0, result.output
    figures = json.loads(summary.read_text())
    assert (figures["read"], figures["prompts"], figures["responses"], figures["rejected"]) == (4, 3, 6, 1)
    found = list(read_rollouts(str(output)))
    assert [(one.instruction.id, one.sample) for one in found] == [(n, s) for n in (0, 1, 3) for s in (0, 1)]
    assert figures["tokens"] == sum(len(one.sampling.token_ids) for one in found)
    assert all(len(one.sampling.logprobs) == len(one.sampling.token_ids) for one in found)
    rejected = (tmp_path / "out.rejected.jsonl").read_text()
    assert "too many for 6 new ones in a context of 128" in rejected
    (engine,) = vllm.LLM.started
    assert engine.arguments["max_num_seqs"] == 4 and engine.model is None
    assert command("verify", output, "-o", tmp_path / "v.jsonl", "--workers", 0).exit_code == 0


def test_a_run_goes_on_and_other_settings_are_refused(
    vllm: Any, tmp_path: Path, source: str, model: str, command, monkeypatch
):
    whole, output = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    assert command(*line(source, whole, model)).exit_code == 0
    monkeypatch.setattr(vllm_sampler, "_TOGETHER", 2)  # a prompt at a time
    generate, asked = vllm.LLM.generate, []

    def breaks(self: Any, prompts: Any, params: Any, **more: Any) -> Any:
        asked.append(prompts)
        if len(asked) == 2:
            raise RuntimeError("CUDA error")
        return generate(self, prompts, params, **more)

    monkeypatch.setattr(vllm.LLM, "generate", breaks)
    broken = command(*line(source, output, model))
    assert (broken.exit_code, "CUDA error" in broken.stderr) == (2, True)
    other = command(*line(source, output, model, "--engine-option", "max_num_seqs=4", "--resume"))
    assert other.exit_code == 2 and "engine_option" in other.stderr
    assert command(*line(source, output, model, "--resume")).exit_code == 0
    assert output.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (["--base-url", "http://localhost:1/v1"], "engine vllm: is for a model on this machine"),
        (["--device", "cuda:1"], "device: vLLM chooses it"),
        (["--engine-option", "enable_lora=true"], "engine_option.enable_lora cannot be set here"),
        (["--engine-option", "tensor_parallel=2"], "unexpected keyword argument 'tensor_parallel'"),
        (["--template-option", "thinking=1"], "the chat template has no such variable"),
    ],
)
def test_what_does_not_fit_is_refused(
    vllm: Any, tmp_path: Path, source: str, model: str, command, more: list[str], problem: str
):
    result = command(*line(source, tmp_path / "out.jsonl", model, *more))
    assert result.exit_code == 2
    assert problem in " ".join(result.stderr.split())
    assert [engine.model for engine in vllm.LLM.started if engine.model] == []


def test_without_the_package_the_extra_is_named(
    tmp_path: Path, source: str, model: str, command, monkeypatch
):
    monkeypatch.setitem(sys.modules, "vllm", None)
    result = command(*line(source, tmp_path / "out.jsonl", model))
    assert result.exit_code == 2
    assert "pip install 'hir-data[vllm]'" in " ".join(result.stderr.split())


def test_a_loop_samples_each_model_with_an_engine_of_its_own_that_is_gone_while_it_trains(
    vllm: Any, tmp_path: Path, model: str, command, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(figures, "plot", looping.plot)
    calls: list[dict[str, Any]] = []
    trains = looping.trainer(calls)

    def alone(*given: Any, **more: Any) -> Any:
        assert [engine.model for engine in vllm.LLM.started] == [None] * len(vllm.LLM.started)
        return trains(*given, **more)

    monkeypatch.setattr(run, "train", alone)
    table = looping.CONFIG.replace(
        "[rollout]", '[rollout]\nengine = "vllm"\nengine_option = {max_num_seqs = 8}'
    )
    config = looping.write_loop(tmp_path, model, table.replace("max-new-tokens = 12", "max-new-tokens = 4"))
    result = command("loop", config)
    assert result.exit_code == 0, result.output
    out = tmp_path / "out"
    models = [model, *(str(Path("out") / f"iteration-0{number}" / "model") for number in (1, 2))]
    assert [engine.arguments["model"] for engine in vllm.LLM.started] == models
    assert [len(engine.calls) for engine in vllm.LLM.started] == [2, 2, 1]  # held-out prompts, and rollouts
    assert {engine.arguments["max_num_seqs"] for engine in vllm.LLM.started} == {8}
    assert [engine.model for engine in vllm.LLM.started] == [None] * 3
    for iteration, name in ((1, models[0]), (2, models[1])):
        found = list(read_rollouts(str(out / f"iteration-0{iteration}" / "rollouts.jsonl.gz")))
        assert len(found) == 12 and {one.sampling.model for one in found} == {name}
    assert [call["model"] for call in calls] == models[:2]
    config.write_text(config.read_text().replace("max_num_seqs = 8", "max_num_seqs = 9"))
    assert command("loop", config).exit_code == 2


def test_a_loop_says_where_the_engine_is_set(tmp_path: Path, model: str, command, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = looping.write_loop(tmp_path, model, looping.CONFIG + 'engine = "vllm"\n')
    result = command("loop", config)
    assert result.exit_code == 2
    assert "evaluate.engine cannot be set here: rollout.engine decides" in " ".join(result.stderr.split())
