"""Advantages, against the same written as loops, and by hand."""

import by_loops as loops
import numpy as np
import pytest
from by_loops import Batch, batches
from hypothesis import given, settings
from hypothesis import strategies as st
from tensors import agree, tensor, torch

from hir_data.training import advantages as adv
from hir_data.training import loss as losses

MANY = settings(max_examples=60, deadline=None)
ROWS = {"grpo": loops.grpo, "dr_grpo": loops.prompt_baseline, "rloo": loops.rloo}
ROWS["prompt_baseline"] = loops.prompt_baseline


# Against loops; padding holds garbage


@MANY
@given(batches(), st.booleans())
def test_whitening(batch: Batch, some: bool):
    values, baseline_mask = batch.numbers(0), batch.baseline_mask if some else None
    counted = [values[place] for place in batch.tokens()]
    agree(adv.masked_mean(tensor(values), tensor(batch.mask)), np.array(loops.mean(counted)))
    agree(adv.masked_var(tensor(values), tensor(batch.mask)), np.array(loops.variance(counted)))
    whitened = adv.whiten(tensor(values), tensor(batch.mask), tensor(batch.baseline_mask) if some else None)
    agree(whitened, loops.whiten(values, batch, baseline_mask))


@MANY
@given(batches(), st.sampled_from([1.0, 0.9, 0.0]))
def test_returns(batch: Batch, gamma: float):
    rewards = batch.numbers(0)
    agree(adv.returns(tensor(rewards), tensor(batch.mask), gamma), loops.returns(rewards, batch, gamma))


@MANY
@given(batches(), st.sampled_from([1.0, 0.9]), st.sampled_from([0.0, 0.3]), st.booleans())
def test_reinforce_plus_plus(batch: Batch, gamma: float, kl_coef: float, some: bool):
    kl, scores, mask = batch.numbers(0), tensor(batch.scores), tensor(batch.mask)
    agree(adv.token_rewards(scores, mask, tensor(kl), kl_coef), loops.token_rewards(batch, kl, kl_coef))
    baseline_mask = batch.baseline_mask if some else None
    found = adv.reinforce_plus_plus(
        scores,
        mask,
        kl=tensor(kl),
        kl_coef=kl_coef,
        gamma=gamma,
        baseline_mask=tensor(batch.baseline_mask) if some else None,
    )
    agree(found, loops.reinforce_plus_plus(batch, kl, kl_coef, gamma, baseline_mask))
    if not kl_coef:
        agree(
            adv.reinforce_plus_plus(
                scores, mask, gamma=gamma, baseline_mask=tensor(baseline_mask) if some else None
            ),
            found.numpy(),
        )


@MANY
@given(batches(), st.booleans())
def test_reinforce_plus_plus_with_a_baseline(batch: Batch, some: bool):
    found = adv.reinforce_plus_plus_baseline(
        tensor(batch.scores),
        tensor(batch.groups),
        tensor(batch.mask),
        baseline_mask=tensor(batch.baseline_mask) if some else None,
    )
    agree(found, loops.reinforce_plus_plus_baseline(batch, batch.baseline_mask if some else None))


@pytest.mark.parametrize("name", ROWS)
@MANY
@given(batches(), st.booleans())
def test_relative_to_a_group(name: str, batch: Batch, some: bool):
    found = getattr(adv, name)(
        tensor(batch.scores),
        tensor(batch.groups),
        baseline_mask=tensor(batch.baseline_mask) if some else None,
    )
    agree(found, ROWS[name](batch, batch.baseline_mask if some else None))
    spread = adv.broadcast(found, tensor(batch.mask))
    agree(spread, loops.full(batch.mask, lambda i, _: found[i].item()))


@MANY
@given(
    batches(),
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.sampled_from([1.0, 0.5, 3.0]),
    st.sampled_from([None, 0.0, 0.4, 1.0, 100.0]),
    st.sampled_from(["rows", "rows without mass", "tokens"]),
)
def test_replays_are_limited(batch: Batch, marks: list[bool], weight: float, cap: float | None, of: str):
    replay = np.array(marks[: len(batch.scores)])
    advantages = batch.numbers(0) if of == "tokens" else np.where(replay, 1.5, batch.scores)
    if of == "rows without mass":
        advantages = np.where(replay, 1.5, 0.0)
    found = adv.limit_replays(tensor(advantages), tensor(replay), tensor(batch.mask), weight=weight, cap=cap)
    agree(found, loops.limit_replays(advantages, replay, batch, weight, cap))


# By hand


def test_a_token_is_a_token_whoever_it_belongs_to():
    """A failure of three tokens weighs three times as much in the mean as a success of one."""
    mask = torch.tensor([[1, 0, 0], [1, 1, 1]])
    found = adv.reinforce_plus_plus(torch.tensor([1.0, 0.0]), mask)
    assert found[0].tolist() == pytest.approx([1.5, 0, 0])  # (1 - 1/4) / sqrt(1/4)
    assert found[1].tolist() == pytest.approx([-0.5] * 3)


def test_padding_may_be_anywhere():
    """On the left, or inside of a response, where others have spoken: the score is on the last token."""
    mask = torch.tensor([[0, 1, 1, 0], [1, 0, 1, 0], [0, 0, 0, 1]])
    scores = torch.tensor([1.0, 2.0, 3.0])
    assert adv.token_rewards(scores, mask).tolist() == [[0, 0, 1, 0], [0, 0, 2, 0], [0, 0, 0, 3]]
    for gamma in (1.0, 0.5):
        found = adv.returns(adv.token_rewards(scores, mask), mask, gamma)
        assert found.tolist() == [[0, gamma, 1, 0], [2 * gamma**2, 0, 2, 0], [0, 0, 0, 3]]


def test_two_replays_to_six_failures():
    scores = torch.tensor([0.0] * 6 + [1.0] * 2)
    found = adv.reinforce_plus_plus(scores, torch.ones(8, 500))[:, 0]
    assert found.tolist() == pytest.approx([-0.577] * 6 + [1.732] * 2, abs=1e-3)


def test_figures_of_one_group():
    scores, groups = torch.tensor([1.0, 0.0, 0.0, 0.0]), torch.zeros(4, dtype=torch.long)
    assert adv.prompt_baseline(scores, groups).tolist() == [0.75, -0.25, -0.25, -0.25]
    assert adv.dr_grpo(scores, groups).tolist() == [0.75, -0.25, -0.25, -0.25]
    assert adv.grpo(scores, groups).tolist() == pytest.approx([1.5, -0.5, -0.5, -0.5], abs=1e-5)
    assert adv.rloo(scores, groups).tolist() == pytest.approx([1, -1 / 3, -1 / 3, -1 / 3])


def test_a_replay_is_measured_by_the_originals_of_its_group():
    scores, groups = torch.tensor([1.0, 0.0, 1.0]), torch.zeros(3, dtype=torch.long)
    baseline_mask = torch.tensor([True, True, False])
    assert adv.rloo(scores, groups, baseline_mask=baseline_mask).tolist() == [1, -1, 0.5]
    assert adv.prompt_baseline(scores, groups, baseline_mask=baseline_mask).tolist() == [0.5, -0.5, 0.5]


@pytest.mark.parametrize(
    ("original", "cap", "wanted"),
    [
        (0.5, 1.5, 0.5),  # a mass of 3 beside one of 1 comes down to 1.5
        (0.5, 3.0, 1.0),  # is just allowed
        (0.5, 100.0, 1.0),  # and never goes up
        (5.0, 0.15, 0.5),  # 3 beside 10 comes down to 1.5
        (5.0, None, 1.0),
        (0.0, 1.5, 1.0),  # there is nothing else
    ],
)
def test_replays_are_brought_down_to_the_mass_of_the_originals(original, cap, wanted):
    replay, mask = torch.tensor([False, True, True]), torch.tensor([[1, 1], [1, 1], [1, 0]])
    found = adv.limit_replays(torch.tensor([-original, 1.0, 1.0]), replay, mask, cap=cap)
    assert found.tolist() == pytest.approx([-original, wanted, wanted])


# Nothing to learn


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("score", [0.0, 1.0, 0.1, 1000.1])
def test_equal_scores_give_exactly_zero(score: float, dtype: str):
    scores = torch.full((7,), score, dtype=getattr(torch, dtype))
    groups, mask = torch.tensor([0, 0, 0, 1, 1, 1, 1]), torch.ones(7, 3)
    baseline_mask = torch.tensor([True, False] * 3 + [True])
    noise = 0.1 * torch.randn(7, 3, generator=torch.Generator().manual_seed(1), dtype=scores.dtype)
    for some in (None, baseline_mask, torch.zeros(7, dtype=torch.bool)):
        found = [getattr(adv, name)(scores, groups, baseline_mask=some) for name in ROWS]
        found.append(adv.reinforce_plus_plus(scores, mask, kl=noise, kl_coef=0.1, baseline_mask=some))
        found.append(adv.reinforce_plus_plus_baseline(scores, groups, mask, baseline_mask=some))
        found.append(adv.whiten(adv.broadcast(scores, mask), mask, some))
        assert [advantages.abs().max().item() for advantages in found] == [0] * len(found)


def test_a_group_of_equal_scores_is_zero_beside_one_that_is_not():
    scores, groups = torch.tensor([1.0, 1.0, 1.0, 0.0, 5.0]), torch.tensor([7, 7, 3, 3, 9])
    lengths = torch.tensor([[1, 1, 1], [1, 0, 0], [1, 1, 1], [1, 0, 0], [1, 1, 0]])
    found = [getattr(adv, name)(scores, groups) for name in ROWS]
    found.append(adv.reinforce_plus_plus_baseline(scores, groups, lengths)[:, 0])
    for advantages in found:
        assert (advantages == 0).tolist() == [True, True, False, False, True]


def test_shapes_that_differ_are_refused():
    with pytest.raises(ValueError, match=r"values of the shape \(3,\) under a mask of \(3, 3\)"):
        adv.whiten(torch.ones(3), torch.ones(3, 3))


# What it means


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 99))
def test_whitened_policy_gradient_is_the_mean_over_pairs(positives: int, negatives: int, seed: int):
    """Its gradient is that of the log-likelihood of each positive less that of each negative, averaged."""
    rows, width = positives + negatives, 3
    drawn = torch.Generator().manual_seed(seed)
    inputs = torch.randn(rows, width, 4, generator=drawn, dtype=torch.float64)
    tokens = torch.randint(0, 5, (rows, width), generator=drawn)
    weight = torch.randn(4, 5, generator=drawn, dtype=torch.float64, requires_grad=True)
    scores = torch.tensor([1.0] * positives + [0.0] * negatives, dtype=torch.float64)
    mask = torch.ones(rows, width)

    logp = losses.token_logprobs(inputs @ weight, tokens)
    loss = losses.ppo_loss(logp, logp.detach(), adv.reinforce_plus_plus(scores, mask), mask).loss
    (found,) = torch.autograd.grad(
        -losses.aggregate(loss, mask, "sequence-mean-token-sum", rows=1), weight, retain_graph=True
    )

    each = [torch.autograd.grad(row.sum(), weight, retain_graph=True)[0] for row in logp]
    pairs = [each[p] - each[f] for p in range(positives) for f in range(positives, rows)]
    share, count = positives / rows, rows * width
    deviation = (share * (1 - share) * count / (count - 1) + 1e-8) ** 0.5
    torch.testing.assert_close(found, sum(pairs) / rows / deviation)
