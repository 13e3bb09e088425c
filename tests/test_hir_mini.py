"""The claim in miniature: its language, its policy, and a comparison of a few seconds."""

import csv
from random import Random

import pytest
import torch

import hir_data as hir
from benchmarks.hir_mini import report
from benchmarks.hir_mini.arms import ARMS, MORE
from benchmarks.hir_mini.language import KINDS, LONGEST, WORDS, instructions, random_text
from benchmarks.hir_mini.policy import (
    END,
    NUMBER,
    PAD,
    PROMPT,
    logprobs,
    mask_of,
    new_policy,
    prompts_of,
    sample,
)
from benchmarks.hir_mini.run import CONSTRAINTS, QUICK, run


@pytest.fixture(scope="module")
def asked():
    made = instructions("a test", CONSTRAINTS)
    return [next(made) for _ in range(24)]


def test_an_instruction_is_true_of_its_hidden_text_and_read_in_whole(asked):
    for instruction, text in asked:
        assert len(instruction.constraints) == CONSTRAINTS == len({*map(type, instruction.constraints)})
        assert all(each.check(hir.Text(text)).satisfied for each in instruction.constraints)
        assert not hir.conflicts(instruction.constraints)
        assert len(instruction.prompt.split()) < PROMPT
    prompts = prompts_of([instruction for instruction, _ in asked])
    assert prompts.shape == (len(asked), PROMPT)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_hindsight_asks_for_what_a_text_has(kind):
    rng = Random(kind.kind)
    found = set()
    for _ in range(200):
        constraint, text = kind.sample(rng), hir.Text(random_text(rng))
        if not constraint.check(text).satisfied and (other := constraint.hindsight(text)):
            assert other.check(text).satisfied
            found.add(type(other))
    assert found


def test_the_sampler_says_how_likely_its_tokens_were(asked):
    policy = new_policy(0)
    prompts = prompts_of([instruction for instruction, _ in asked])
    drawn = sample(policy, prompts, 2, torch.Generator().manual_seed(0))
    again = logprobs(policy, prompts, torch.arange(len(asked)).repeat_interleave(2), drawn.tokens)
    torch.testing.assert_close(again * mask_of(drawn.tokens), drawn.logprobs, rtol=0, atol=1e-5)
    for row in drawn.tokens.tolist():
        behind = row[row.index(NUMBER[END]) + 1 :] if NUMBER[END] in row else []
        assert set(behind) <= {NUMBER[PAD]}


def test_texts_have_words_of_the_language():
    texts = [random_text(Random(seed)).split() for seed in range(50)]
    assert all(3 <= len(words) <= LONGEST and {*words} <= {*WORDS} for words in texts)


def test_all_arms_spend_the_same(tmp_path):
    arms = (*ARMS, *MORE)
    run(tmp_path, ["sparse"], [0], arms, QUICK)
    with (tmp_path / "figures.csv").open() as file:
        rows = list(csv.DictReader(file))
    schedule = QUICK.schedule
    spent = [(str(step * 8 * 6), str(step * schedule.updates)) for step in range(schedule.steps + 1)]
    for arm in arms:
        assert [(row["rollouts"], row["updates"]) for row in rows if row["arm"] == arm.name] == spent
    assert len({tuple(rows[place * 3][name] for name in report.MEASURES) for place in range(len(arms))}) == 1
    run(tmp_path, ["sparse"], [0], arms, QUICK)  # all is there
    with (tmp_path / "figures.csv").open() as file:
        assert list(csv.DictReader(file)) == rows
    report.write(tmp_path)
    assert (tmp_path / "curve.png").stat().st_size > 0
    told = (tmp_path / "table.md").read_text()
    assert all(f"| {arm.title} | 1 |" in told for arm in arms)


def test_means_and_their_errors():
    assert str(report.Mean.of([0.1, 0.2, 0.3])) == "0.200 ± 0.058"
    assert str(report.Mean.of([0.1])) == "0.100 ± 0.000"
