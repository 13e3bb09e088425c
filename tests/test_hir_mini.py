"""The claim in miniature: its language, its policy, and a comparison of a few seconds."""

import csv
import importlib
import sys
from random import Random
from types import SimpleNamespace

import pytest
import torch

import hir_data as hir
from hir_data.schemas import registry

PACKAGE = "benchmarks.hir_mini"
NAMES = "first last has without twice before least most varied plain".split()


@pytest.fixture(scope="module")
def mini():
    """The modules of the benchmark; its kinds are gone when the tests of this file end."""
    registry.kinds()  # ours are registered once, when their modules are first imported
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_registered", dict(registry._registered))
        parts = ("language", "policy", "arms", "run", "report")
        yield SimpleNamespace(**{name: importlib.import_module(f"{PACKAGE}.{name}") for name in parts})
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def asked(mini):
    made = mini.language.instructions("a test", mini.run.CONSTRAINTS)
    return [next(made) for _ in range(24)]


def test_an_instruction_is_true_of_its_hidden_text_and_read_in_whole(mini, asked):
    for instruction, text in asked:
        assert (
            len(instruction.constraints) == mini.run.CONSTRAINTS == len({*map(type, instruction.constraints)})
        )
        assert all(each.check(hir.Text(text)).satisfied for each in instruction.constraints)
        assert not hir.conflicts(instruction.constraints)
        assert len(instruction.prompt.split()) < mini.policy.PROMPT
    prompts = mini.policy.prompts_of([instruction for instruction, _ in asked])
    assert prompts.shape == (len(asked), mini.policy.PROMPT)


@pytest.mark.parametrize("name", NAMES)
def test_hindsight_asks_for_what_a_text_has(mini, name):
    kind = registry.lookup(f"mini:{name}")
    rng = Random(name)
    found = set()
    for _ in range(200):
        constraint, text = kind.sample(rng), hir.Text(mini.language.random_text(rng))
        if not constraint.check(text).satisfied and (other := constraint.hindsight(text)):
            assert other.check(text).satisfied
            found.add(type(other))
    assert found


def test_the_sampler_says_how_likely_its_tokens_were(mini, asked):
    policy = mini.policy.new_policy(0)
    prompts = mini.policy.prompts_of([instruction for instruction, _ in asked])
    drawn = mini.policy.sample(policy, prompts, 2, torch.Generator().manual_seed(0))
    again = mini.policy.logprobs(policy, prompts, torch.arange(len(asked)).repeat_interleave(2), drawn.tokens)
    torch.testing.assert_close(again * mini.policy.mask_of(drawn.tokens), drawn.logprobs, rtol=0, atol=1e-5)
    for row in drawn.tokens.tolist():
        behind = (
            row[row.index(mini.policy.NUMBER[mini.policy.END]) + 1 :]
            if mini.policy.NUMBER[mini.policy.END] in row
            else []
        )
        assert set(behind) <= {mini.policy.NUMBER[mini.policy.PAD]}


def test_texts_have_words_of_the_language(mini):
    texts = [mini.language.random_text(Random(seed)).split() for seed in range(50)]
    assert all(
        3 <= len(words) <= mini.language.LONGEST and {*words} <= {*mini.language.WORDS} for words in texts
    )


def test_all_arms_spend_the_same(mini, tmp_path):
    arms = (*mini.arms.ARMS, *mini.arms.MORE)
    mini.run.run(tmp_path, ["sparse"], [0], arms, mini.run.QUICK)
    with (tmp_path / "figures.csv").open() as file:
        rows = list(csv.DictReader(file))
    schedule = mini.run.QUICK.schedule
    spent = [(str(step * 8 * 6), str(step * schedule.updates)) for step in range(schedule.steps + 1)]
    for arm in arms:
        assert [(row["rollouts"], row["updates"]) for row in rows if row["arm"] == arm.name] == spent
    assert (
        len({tuple(rows[place * 3][name] for name in mini.report.MEASURES) for place in range(len(arms))})
        == 1
    )
    mini.run.run(tmp_path, ["sparse"], [0], arms, mini.run.QUICK)  # all is there
    with (tmp_path / "figures.csv").open() as file:
        assert list(csv.DictReader(file)) == rows
    mini.report.write(tmp_path)
    assert (tmp_path / "curve.png").stat().st_size > 0
    told = (tmp_path / "table.md").read_text()
    assert all(f"| {arm.title} | 1 |" in told for arm in arms)


def test_means_and_their_errors(mini):
    assert str(mini.report.Mean.of([0.1, 0.2, 0.3])) == "0.200 ± 0.058"
    assert str(mini.report.Mean.of([0.1])) == "0.100 ± 0.000"
