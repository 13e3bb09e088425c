"""What a loop is told."""

from pathlib import Path

import pytest

from hir_data.training.loop.config import LoopConfig, read_loop_config
from hir_data.training.loop.prompts import read_prompts

ROOT = Path(__file__).resolve().parents[3]

LEAST = {
    "instructions": "train.jsonl",
    "held_out": "held_out.jsonl",
    "model": "m",
    "output": "out",
    "iterations": 1,
    "prompts": 4,
}


def told(**tables: dict) -> LoopConfig:
    return LoopConfig.model_validate(LEAST | tables)


def test_training_is_as_the_rollouts_were_drawn():
    config = told(rollout={"temperature": 0.7, "system": "Be brief."}, train={"epochs": 2})
    settings = config.training(5)
    assert (settings.temperature, settings.system, settings.seed) == (0.7, "Be brief.", 5)
    assert (settings.epochs, settings.merge) == (2, False)
    assert told(train={"temperature": 1.0}, rollout={"temperature": 0.7}).training(0).temperature == 1.0


def test_an_adapter_is_merged():
    assert told(train={"lora": 8}).training(0).merge is True


def test_the_schedule_of_lambda_goes_by_iterations():
    config = told(replay={"select": "paper", "lambda0": 2, "eta": 0.5})
    assert [config.replaying(step, 0).weight for step in range(3)] == pytest.approx([2, 3, 4.5])


def test_evaluation_is_as_the_rollouts_are_unless_it_says_otherwise():
    config = told(
        rollout={"system": "Be brief.", "max_new_tokens": 7, "top_p": 0.9},
        evaluate={"n": 4, "temperature": 0.8, "batch_size": 64},
    )
    drawing = config.evaluate.completed(config.rollout)
    assert (drawing.n, drawing.temperature, drawing.top_p) == (4, 0.8, 1.0)
    assert (drawing.system, drawing.max_new_tokens, drawing.batch_size) == ("Be brief.", 7, 64)
    assert told().evaluate.completed(told().rollout).temperature == 0


@pytest.mark.parametrize(
    ("every", "evaluated"), [(0, []), (1, [0, 1, 2, 3, 4, 5]), (2, [0, 2, 4, 5]), (9, [0, 5])]
)
def test_every_few_models_are_evaluated_and_the_first_and_the_last(every, evaluated):
    config = told(iterations=5, evaluate={"every": every})
    assert list(filter(config.evaluates, range(6))) == evaluated


def test_what_decides_nothing_may_change():
    one = told()
    other = LoopConfig.model_validate(
        LEAST | {"iterations": 9, "output": "there", "keep_models": "last", "verify": {"workers": 3}}
    )
    assert one.told() == other.told()
    assert one.told() != told(verify={"timeout": 3}).told()


def test_difficulty_decides_what_a_loop_makes_only_where_it_is_set():
    assert not told().needs_pass_rates
    assert {"min_pass", "max_pass", "order"}.isdisjoint(told().told())
    for change in ({"min_pass": 0.2}, {"max_pass": 0.8}, {"order": "easy-first"}):
        config = LoopConfig.model_validate(LEAST | change)
        assert config.needs_pass_rates
        assert change.items() <= config.told().items()


def test_a_file_that_is_no_table(tmp_path: Path):
    path = tmp_path / "loop.json"
    path.write_text("{}")
    with pytest.raises(Exception, match=r"has to end in \.toml, \.yaml or \.yml"):
        read_loop_config(path)


def test_the_file_of_the_documentation(tmp_path: Path):
    page = (ROOT / "docs" / "how-to" / "loop.md").read_text(encoding="utf-8")
    path = tmp_path / "loop.toml"
    path.write_text(page.partition("```toml\n")[2].partition("```")[0])
    config = read_loop_config(path)
    assert (config.iterations, config.rollout.n, config.keep_models) == (20, 6, "last")
    assert (config.replay.k, config.train.learning_rate, config.evaluate.n) == (6, 1e-6, 4)


def test_the_example_is_small(monkeypatch):
    monkeypatch.chdir(ROOT)
    config = read_loop_config(Path("examples/loop/loop.toml"))
    assert config.train.lora > 0
    assert config.iterations * config.prompts * config.rollout.n * config.rollout.max_new_tokens < 10_000
    training = {asked.prompt for asked in read_prompts(config.instructions)}
    held_out = {asked.prompt for asked in read_prompts(config.held_out)}
    assert (len(training), len(held_out), training & held_out) == (64, 32, set())


def test_a_buffer_decides_what_a_loop_makes_only_where_it_is_set():
    assert "buffer" not in told().told()
    assert told(buffer={"size": 3}).told()["buffer"] == {"size": 3, "max_age": 4, "order": "medium"}
    for train in ({"statistics": "all"}, {"old_logprobs": "paper"}):
        assert told(train=train).buffer.size == 0
        with pytest.raises(ValueError, match=r"buffer.size: train\."):
            told(buffer={"size": 3}, train=train)
