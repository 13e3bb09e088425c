"""``hir-data rollout`` and ``hir-data loop`` with CTranslate2, whose interface a stand-in has."""

from pathlib import Path
from typing import Any

import looping
import pytest
import tiny_model
from ctranslate2_stand_in import cache, ctranslate2
from files import native, write

from hir_data.formats.reader import read_rollouts
from hir_data.training import run
from hir_data.training.loop import figures

__all__ = ["cache", "ctranslate2"]


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    return tiny_model.save(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def source(tmp_path: Path) -> str:
    long = native(2, None) | {"prompt": "the moon " * 300}
    return write(tmp_path / "in.jsonl", [native(0, None), native(1, None), long, native(3, None)])


def line(source: str, output: Path, model: str, *more: object) -> list[Any]:
    return [
        "rollout", source, "-o", output, "-m", model, "--engine", "ctranslate2", "-n", 2, "--batch-size", 2,
        "--max-new-tokens", 6, "--max-rejected", 1, *more,
    ]  # fmt: skip


def test_rollouts_that_verify_reads(ctranslate2: Any, tmp_path: Path, source: str, model: str, command):
    output = tmp_path / "out.jsonl"
    result = command(*line(source, output, model, "--engine-option", "intra_threads=1"))
    assert result.exit_code == 0, result.output
    found = list(read_rollouts(str(output)))
    assert [(one.instruction.id, one.sample) for one in found] == [(n, s) for n in (0, 1, 3) for s in (0, 1)]
    assert all(len(one.sampling.logprobs) == len(one.sampling.token_ids) for one in found)
    assert {one.sampling.entropy_by for one in found} == {"exact"}
    assert "too many for 6 new ones in a context of 128" in (tmp_path / "out.rejected.jsonl").read_text()
    assert {engine.arguments["intra_threads"] for engine in ctranslate2.Generator.started} == {1}
    assert command("verify", output, "-o", tmp_path / "v.jsonl", "--workers", 0).exit_code == 0


def test_a_run_goes_on_with_the_same_bytes(
    ctranslate2: Any, tmp_path: Path, source: str, model: str, command, monkeypatch
):
    whole, output = tmp_path / "whole.jsonl", tmp_path / "out.jsonl"
    assert command(*line(source, whole, model)).exit_code == 0
    generate, asked = ctranslate2.Generator.generate_batch, []

    def breaks(self: Any, prompts: Any, **more: Any) -> Any:
        asked.append(prompts)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return generate(self, prompts, **more)

    monkeypatch.setattr(ctranslate2.Generator, "generate_batch", breaks)
    assert command(*line(source, output, model)).exit_code == 130
    other = command(*line(source, output, model, "--engine-option", "intra_threads=2", "--resume"))
    assert other.exit_code == 2 and "engine_option" in other.stderr
    assert command(*line(source, output, model, "--resume")).exit_code == 0
    assert len(asked) == 4  # the batch that broke is drawn again, and the first is not
    assert output.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (["--base-url", "http://localhost:1/v1"], "engine ctranslate2: is for a model on this machine"),
        (["--device", "cuda:1"], "device: engine ctranslate2 samples on the processor"),
        (["--engine-option", "inter_threads=2"], "engine_option.inter_threads cannot be set here"),
        (["--engine-option", "threads=2"], "unexpected keyword argument 'threads'"),
    ],
)
def test_what_does_not_fit_is_refused(
    ctranslate2: Any, tmp_path: Path, source: str, model: str, command, more: list[str], problem: str
):
    result = command(*line(source, tmp_path / "out.jsonl", model, *more))
    assert result.exit_code == 2
    assert problem in " ".join(result.stderr.split())
    assert not (tmp_path / "out.jsonl").exists()


def test_a_loop_converts_each_model_and_keeps_no_conversion_of_one_that_has_changed(
    ctranslate2: Any, tmp_path: Path, model: str, cache: Path, command, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(figures, "plot", looping.plot)
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(run, "train", looping.trainer(calls))
    table = looping.CONFIG.replace("[rollout]", '[rollout]\nengine = "ctranslate2"\ndtype = "float32"')
    config = looping.write_loop(tmp_path, model, table.replace("max-new-tokens = 12", "max-new-tokens = 4"))
    result = command("loop", config)
    assert result.exit_code == 0, result.output
    models = [model, *(str(Path("out") / f"iteration-0{number}" / "model") for number in (1, 2))]
    assert [call["model"] for call in calls] == models[:2]
    for number, name in ((1, models[0]), (2, models[1])):
        path = tmp_path / "out" / f"iteration-0{number}" / "rollouts.jsonl.gz"
        assert {one.sampling.model for one in read_rollouts(str(path))} == {name}
    assert len(list(cache.iterdir())) == len(models)
