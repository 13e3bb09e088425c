"""Which rows make a step: pairs stay together, nothing is lost, nothing is there twice."""

from collections import Counter
from dataclasses import replace
from itertools import chain

import pytest
import trained
from hypothesis import given
from hypothesis import strategies as st
from tiny_model import torch

from hir_data.training.objective import compute_advantages, policy_loss
from hir_data.training.rows import TrainingRow
from hir_data.training.settings import TrainConfig
from hir_data.training.steps import micro_batches, plan_steps


def row(id: str, group: str, pair: str, reward: float = 0, length: int = 3) -> TrainingRow:
    replay = id != pair
    return TrainingRow(id, group, pair, replay, reward, torch.ones(2), torch.ones(length))


@st.composite
def data_sets(draw: st.DrawFn) -> list[TrainingRow]:
    rows = []
    for group in range(draw(st.integers(1, 6))):
        for place in range(draw(st.integers(1, 5))):
            pair = f"{group}/{place}"
            replays = draw(st.integers(0, 2))
            for id in [pair, *(f"{pair}/{number}" for number in range(replays))]:
                rows.append(row(id, str(group), pair, length=draw(st.integers(1, 9))))
    return rows


@given(data_sets(), st.integers(1, 12), st.integers(0, 3))
def test_an_epoch_has_each_row_once_and_pairs_in_one_step(rows, size, seed):
    steps = plan_steps(rows, trained.settings(batch_size=size, seed=seed))
    assert sorted(chain.from_iterable(steps)) == list(range(len(rows)))
    for pair in {each.pair for each in rows}:
        homes = [number for number, step in enumerate(steps) if any(rows[at].pair == pair for at in step)]
        assert len(homes) == 1
    largest = max(Counter(each.pair for each in rows).values())
    assert all(0 < len(step) <= max(size, largest) for step in steps)


@given(data_sets(), st.integers(3, 12), st.integers(1, 5), st.integers(1, 3))
def test_micro_batches_are_the_steps(rows, batch, size, processes):
    steps = plan_steps(rows, trained.settings(batch_size=batch))
    shares, each = micro_batches(steps, rows, size, processes)
    assert [len(share) for share in shares] == [each * len(steps)] * processes
    for number, step in enumerate(steps):
        parts = [part for share in shares for part in share[number * each : (number + 1) * each]]
        assert sorted(chain.from_iterable(part.rows for part in parts)) == sorted(step)
        assert all(len(part.rows) <= size for part in parts)
        tokens = sum(len(rows[place].response) for place in step)
        assert {(part.step_rows, part.step_tokens) for part in parts} == {(len(step), tokens)}


def test_rows_of_a_length_come_together():
    rows = [row(str(place), "g", str(place), length=length) for place, length in enumerate([9, 1, 8, 2])]
    ((first, second),), each = micro_batches([(0, 1, 2, 3)], rows, 2)
    assert (set(first.rows), set(second.rows), each) == ({0, 2}, {1, 3}, 2)


@pytest.mark.parametrize(
    ("number", "size", "sizes"), [(65, 64, [32, 33]), (6, 4, [3, 3]), (9, 8, [4, 5]), (10, 4, [3, 3, 4])]
)
def test_steps_are_of_about_equal_size(number, size, sizes):
    rows = [row(str(place), str(place), str(place)) for place in range(number)]
    assert sorted(map(len, plan_steps(rows, trained.settings(batch_size=size)))) == sizes


def test_equal_seeds_give_equal_steps_and_each_epoch_its_own():
    rows = [row(str(place), str(place), str(place)) for place in range(64)]
    once, again, other = (
        plan_steps(rows, trained.settings(epochs=2, batch_size=16, seed=seed)) for seed in (1, 1, 2)
    )
    assert once == again != other
    assert once[:4] != once[4:]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [({"epochs": 0.5}, 2), ({"epochs": 2.25}, 9), ({"epochs": 1e12, "max_steps": 5}, 5)],
)
def test_parts_of_epochs(options, wanted):
    rows = [row(str(place), str(place), str(place)) for place in range(64)]
    assert len(plan_steps(rows, trained.settings(batch_size=16, **options))) == wanted


# What rows are worth

ROWS = [
    row("a/0", "a", "a/0", 1.0),
    row("a/1", "a", "a/1", 0.0),
    row("a/1/replay", "a", "a/1", 1.0),
    row("b/0", "b", "b/0", 0.0),
    row("b/0/replay", "b", "b/0", 1.0),
    row("b/1", "b", "b/1", 0.0),
]


BASELINE = {"advantage": "baseline", "replay_weight": 1, "replay_cap": float("inf")}


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, [1.3540, -1.3540, 2, 0, 2, 0]),
        ({"replay_cap": 1}, [1.3540, -1.3540, 1.3540, 0, 1.3540, 0]),
        (BASELINE, [0.5, -0.5, 1, 0, 1, 0]),
        (BASELINE | {"replay_weight": 2}, [0.5, -0.5, 2, 0, 2, 0]),
        (BASELINE | {"replay_cap": 1}, [0.5, -0.5, 0.5, 0, 0.5, 0]),
        (BASELINE | {"replay_cap": 0.5}, [0.5, -0.5, 0.25, 0, 0.25, 0]),
        (BASELINE | {"replay_weight": 0}, [0.5, -0.5, 0, 0, 0, 0]),
        (BASELINE | {"advantage": "rloo"}, [1, -1, 1, 0, 1, 0]),
        (BASELINE | {"advantage": "grpo"}, [0.70710, -0.70710, 1, 0, 1, 0]),
        (BASELINE | {"statistics": "all"}, [1 / 3, -2 / 3, 1 / 3, -1 / 3, 2 / 3, -1 / 3]),
        ({"loss": "sft", "replay_cap": float("inf"), "replay_weight": 0.5}, [1, 0, 0.5, 0, 0.5, 0]),
    ],
    ids=str,
)
def test_what_rows_are_worth(options, wanted):
    found = compute_advantages(ROWS, trained.settings(**options))
    torch.testing.assert_close(found, torch.tensor(wanted, dtype=torch.float32), atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ("options", "weights"),
    [
        ({}, [1, 1]),
        ({"replay_bits": 4}, [0.25, 1]),
        ({"replay_bits": 10}, [0.1, 0.6]),
        ({"replay_bits": 4, "replay_weight": 3}, [0.75, 3]),
        ({"replay_bits": 4, "loss": "sft"}, [0.25, 1]),
        ({"replay_bits": 4, "statistics": "all"}, [0.25 / 3, 2 / 3]),
    ],
    ids=str,
)
def test_replays_weigh_by_what_their_instructions_say(options, weights):
    rows = [replace(each, bits={2: 1.0, 4: 6.0}.get(place)) for place, each in enumerate(ROWS)]
    found = compute_advantages(rows, trained.settings(**{**BASELINE, **options}))
    torch.testing.assert_close(found[[2, 4]], torch.tensor(weights, dtype=torch.float32))
    alike = compute_advantages(ROWS, trained.settings(**{**BASELINE, **options}))  # no bits are known
    assert found[[0, 1, 3, 5]].tolist() == alike[[0, 1, 3, 5]].tolist()
    assert (alike[[2, 4]] >= found[[2, 4]]).all()


@pytest.mark.parametrize("advantage", ["reinforce++", "reinforce++-baseline"])
def test_whitened_advantages(advantage):
    options = {**BASELINE, "advantage": advantage}
    alone = compute_advantages(ROWS, trained.settings(**options))
    together = compute_advantages(ROWS, trained.settings(statistics="all", **options))
    replays = [2, 4]
    assert alone[replays].tolist() == [1, 1]
    assert alone[0] > 0 > alone[1]
    assert together.sum() == pytest.approx(0, abs=1e-5)  # rows are equally long
    assert together[replays].min() > 0


def test_where_all_rollouts_fail_replays_are_all_that_is_learnt():
    assert compute_advantages(ROWS[3:], trained.settings()).tolist() == [0, 2, 0]


def test_only_successes_are_imitated_whatever_the_reward():
    rows = [row("a/0", "a", "a/0", 1.0), row("a/1", "a", "a/1", 0.75), row("a/1/replay", "a", "a/1", 1.0)]
    assert compute_advantages(rows, trained.settings(loss="sft", reward="cla")).tolist() == [1, 0, 2]


@pytest.mark.parametrize(
    ("loss", "meant"),
    [
        ("gspo", {"ratio": "sequence", "clip_low": 3e-4, "clip_high": 4e-4, "aggregate": "sequence-mean"}),
        ("dapo", {"ratio": "token", "clip_low": 0.2, "clip_high": 0.28, "aggregate": "token-mean"}),
        ("dr-grpo", {"advantage": "dr-grpo", "aggregate": "constant", "clip_high": 0.2}),
        ("sapo", {"aggregate": "sequence-mean", "sapo_negative": 1.05, "dual_clip": 3.0}),
    ],
)
def test_a_loss_of_a_paper_is_its_options(loss, meant):
    meant = {"advantage": "grpo", "kl": 0.0, "dual_clip": float("inf")} | meant
    found = TrainConfig(loss=loss)
    assert {name: getattr(found, name) for name in meant} == meant
    own = TrainConfig(loss=loss, kl=0.5, aggregate="token-mean")
    assert (own.kl, own.aggregate) == (0.5, "token-mean")
    assert TrainConfig.model_validate_json(found.model_dump_json()) == found
    if loss != "sapo":  # which has no clip; by another name, the same loss of the same tokens
        logp, old = torch.tensor([[-1.0, -2.0]]), torch.tensor([[-1.2, -1.5]])
        given = (logp, old, torch.tensor([0.7]), torch.ones(1, 2))
        named, ppo = policy_loss(*given, found), policy_loss(*given, TrainConfig(loss="ppo", **meant))
        assert named.loss.tolist() == ppo.loss.tolist()
