"""Losses and their gradients, against the same written as loops, against finite differences, and by hand."""

import math
from itertools import pairwise

import by_loops as loops
import numpy as np
import pytest
from by_loops import Batch, batches
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tensors import agree, tensor, torch
from torch.utils._python_dispatch import TorchDispatchMode

from hir_data.training import loss as losses

MANY = settings(max_examples=60, deadline=None)
FEW = settings(max_examples=20, deadline=None)
LEVELS = st.sampled_from(["token", "sequence"])
MODES = ["token-mean", "sequence-mean", "sequence-mean-token-sum", "constant"]
LOSSES = {
    "ppo": lambda logp, old, a, mask: losses.ppo_loss(logp, old, a, mask).loss,
    "ppo without dual clip": lambda logp, old, a, mask: (
        losses.ppo_loss(logp, old, a, mask, dual_clip=None).loss
    ),
    "ppo of sequences": lambda logp, old, a, mask: losses.ppo_loss(logp, old, a, mask, level="sequence").loss,
    "cispo": lambda logp, old, a, mask: losses.cispo_loss(logp, old, a, mask).loss,
    "cispo of sequences": lambda logp, old, a, mask: (
        losses.cispo_loss(logp, old, a, mask, level="sequence").loss
    ),
    "sapo": lambda logp, old, a, mask: losses.sapo_loss(logp, old, a, mask).loss,
    "sapo of sequences": lambda logp, old, a, mask: (
        losses.sapo_loss(logp, old, a, mask, level="sequence").loss
    ),
    "sft": lambda logp, old, a, mask: losses.sft_loss(logp, a, mask),
    "k1": lambda logp, old, a, mask: losses.kl(logp, old, "k1"),
    "k2": lambda logp, old, a, mask: losses.kl(logp, old, "k2"),
    "k3": lambda logp, old, a, mask: losses.kl(logp, old, "k3"),
}


def gradient(value, *inputs) -> list:
    return [found.numpy() for found in torch.autograd.grad(value, inputs)]


# From logits


def logits_and_tokens(rows: int = 3, width: int = 4, vocabulary: int = 5, dtype=torch.float64):
    drawn = torch.Generator().manual_seed(rows)
    logits = 3 * torch.randn(rows, width, vocabulary, generator=drawn, dtype=torch.float64)
    return logits.to(dtype), torch.randint(0, vocabulary, (rows, width), generator=drawn)


@pytest.fixture(params=[1, 12, 45, 10_000])
def at_once(request, monkeypatch) -> int:
    """Blocks of a token, of some tokens of a row, of some rows, of everything."""
    monkeypatch.setattr(losses, "_AT_ONCE", request.param)
    return request.param


@pytest.mark.parametrize("temperature", [1.0, 0.6])
def test_logprobs_and_entropy(at_once: int, temperature: float):
    logits, tokens = logits_and_tokens()
    tokens[0, 1] = tokens[2, 3] = -100
    found = losses.token_logprobs(logits.requires_grad_(), tokens, temperature)
    agree(found, loops.token_logprobs(logits.detach().numpy(), tokens.numpy(), temperature))
    assert torch.autograd.gradcheck(lambda given: losses.token_logprobs(given, tokens, temperature), logits)
    spread = losses.entropy(logits, temperature)
    agree(spread, loops.entropy(logits.detach().numpy(), temperature))
    assert not spread.requires_grad


def test_logits_need_not_lie_in_a_row(at_once: int):
    """As when the last position of each row is left out, or rows and tokens have changed places."""
    logits, tokens = logits_and_tokens()
    for view, of in ((logits[:, :-1], tokens[:, 1:]), (logits.transpose(0, 1), tokens.T)):
        given = view.detach().requires_grad_()
        found = losses.token_logprobs(given, of)
        agree(found, loops.token_logprobs(view.numpy(), of.numpy(), 1.0))
        other = view.contiguous().requires_grad_()
        (wanted,) = gradient(losses.token_logprobs(other, of.contiguous()).square().sum(), other)
        agree(torch.from_numpy(gradient(found.square().sum(), given)[0]), wanted)


def test_half_precision_is_no_excuse(at_once: int):
    """The values are those of the same logits in float32, and the gradient is theirs, rounded once."""
    logits, tokens = logits_and_tokens(dtype=torch.bfloat16)
    wide, given = logits.float().requires_grad_(), logits.clone().requires_grad_()
    wanted = wide.log_softmax(-1).gather(-1, tokens[..., None])[..., 0]
    found = losses.token_logprobs(given, tokens)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, wanted, rtol=1e-6, atol=1e-7)
    (exact,), (rounded,) = torch.autograd.grad(wanted.sum(), wide), torch.autograd.grad(found.sum(), given)
    assert rounded.dtype == torch.bfloat16
    torch.testing.assert_close(rounded.float(), exact, rtol=2**-8, atol=1e-7)
    assert losses.entropy(logits).dtype == torch.float32
    torch.testing.assert_close(losses.entropy(logits), losses.entropy(wide), rtol=1e-6, atol=1e-7)


def test_a_likely_token_keeps_its_digits():
    logits = torch.tensor([[[40.0, 24.0]]])
    found = losses.token_logprobs(logits, torch.zeros(1, 1, dtype=torch.long)).item()
    assert found == pytest.approx(-math.log1p(math.exp(-16)), rel=0.1)  # and not zero


class Watched(TorchDispatchMode):
    """Writes down the sizes of all tensors that are made in float32."""

    def __init__(self):
        super().__init__()
        self.sizes: list[tuple[str, int]] = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        made = function(*args, **(kwargs or {}))
        if isinstance(made, torch.Tensor) and made.dtype == torch.float32:
            self.sizes.append((function.overloadpacket.__name__, made.numel()))
        return made


def test_little_is_held_in_float32(monkeypatch):
    monkeypatch.setattr(losses, "_AT_ONCE", 64)
    logits, tokens = logits_and_tokens(4, 8, 32, torch.bfloat16)
    with Watched() as watched:
        losses.token_logprobs(logits.requires_grad_(), tokens).sum().backward()
        losses.entropy(logits)
    names = [name for name, _ in watched.sizes]
    assert names.count("_softmax") == 2 * names.count("_log_softmax") == 2 * 4 * 8 * 32 / 64
    assert max(size for _, size in watched.sizes) == 64


def test_impossible_tokens():
    logits = torch.tensor([[[0.0, -math.inf, 0.0], [1.0, -math.inf, -math.inf]]], requires_grad=True)
    found = losses.token_logprobs(logits, torch.tensor([[0, 0]]))
    assert found.tolist() == [[pytest.approx(-math.log(2)), 0.0]]
    assert gradient(found.sum(), logits)[0].tolist() == [[[0.5, 0, -0.5], [0, 0, 0]]]
    assert losses.entropy(logits).tolist() == [[pytest.approx(math.log(2)), 0.0]]


def test_logits_that_do_not_belong_to_the_tokens_are_refused():
    logits, tokens = logits_and_tokens()
    with pytest.raises(ValueError, match=r"logits of the shape \(3, 4, 5\) for tokens of \(3, 3\)"):
        losses.token_logprobs(logits, tokens[:, 1:])


# Of each token, against loops; padding holds garbage


@MANY
@given(batches(), LEVELS, st.sampled_from([0.3, 15.0]))
def test_ratio(batch: Batch, level: str, scale: float):
    logp, old = batch.numbers(0, scale), batch.numbers(1, scale)
    agree(
        losses.ratio(tensor(logp), tensor(old), tensor(batch.mask), level),
        loops.ratio(logp, old, batch, level),
    )


@MANY
@given(batches(), LEVELS, st.sampled_from([(0.2, 0.2, 3.0), (0.1, 0.3, 1.5), (0.3, 0.1, None)]))
def test_ppo_loss(batch: Batch, level: str, bounds: tuple[float, float, float | None]):
    logp, old, advantages = batch.numbers(0, 0.6), batch.numbers(1, 0.6), batch.numbers(2)
    low, high, dual = bounds
    found = losses.ppo_loss(
        *map(tensor, (logp, old, advantages, batch.mask)),
        clip_low=low,
        clip_high=high,
        dual_clip=dual,
        level=level,
    )
    ratios = loops.ratio(logp, old, batch, level)
    loss, clipped, dual_clipped = loops.ppo_loss(ratios, advantages, batch, low, high, dual)
    agree(found.loss, loss)
    agree(found.ratio, ratios)
    assert (found.clipped.numpy() == clipped).all()
    assert (found.dual_clipped.numpy() == dual_clipped).all()


@MANY
@given(batches(), LEVELS, st.sampled_from([0.2, 1.0]))
def test_cispo_loss(batch: Batch, level: str, high: float):
    logp, old, advantages = batch.numbers(0, 0.6), batch.numbers(1, 0.6), batch.numbers(2)
    found = losses.cispo_loss(*map(tensor, (logp, old, advantages, batch.mask)), clip_high=high, level=level)
    ratios = loops.ratio(logp, old, batch, level)
    agree(found.loss, loops.cispo_loss(ratios, advantages, logp, batch, high))
    agree(found.ratio, ratios)
    assert (found.clipped.numpy() == (ratios > 1 + high)).all()
    assert not found.dual_clipped.any()


@MANY
@given(batches(), LEVELS, st.sampled_from([(1.0, 1.05), (0.5, 2.0)]))
def test_sapo_loss(batch: Batch, level: str, temperatures: tuple[float, float]):
    logp, old, advantages = batch.numbers(0, 0.6), batch.numbers(1, 0.6), batch.numbers(2)
    found = losses.sapo_loss(
        *map(tensor, (logp, old, advantages, batch.mask)), temperatures=temperatures, level=level
    )
    ratios = loops.ratio(logp, old, batch, level)
    agree(found.loss, loops.sapo_loss(ratios, advantages, batch, *temperatures))
    agree(found.ratio, ratios)
    assert not found.clipped.any() and not found.dual_clipped.any()


@MANY
@given(batches())
def test_sft_loss(batch: Batch):
    logp, weights = batch.numbers(0), batch.numbers(1)
    found = losses.sft_loss(tensor(logp), tensor(weights), tensor(batch.mask))
    agree(found, loops.sft_loss(logp, weights, batch))


@pytest.mark.parametrize("estimator", ["k1", "k2", "k3"])
@MANY
@given(batches(), st.sampled_from([0.01, 1.0, 15.0]))
def test_kl(estimator: str, batch: Batch, scale: float):
    logp, ref = batch.numbers(0, scale), batch.numbers(1, scale)
    found = losses.kl(tensor(logp), tensor(ref), estimator).masked_fill(tensor(batch.mask) == 0, 0)
    agree(found, loops.kl(logp, ref, batch, estimator))


def test_what_the_estimators_estimate():
    """On the mean over what a model may draw, the values of k1 and k3 and the gradient of k2 are the KL's."""
    logits, _ = logits_and_tokens()
    model = logits[0, 0].requires_grad_()
    logp, ref = model.log_softmax(-1), logits[0, 1].detach().log_softmax(-1)
    chance = logp.detach().exp()
    divergence = (logp.exp() * (logp - ref)).sum()
    (wanted,) = torch.autograd.grad(divergence, model, retain_graph=True)
    for estimator in ("k1", "k3"):
        assert (chance * losses.kl(logp, ref, estimator)).sum().item() == pytest.approx(divergence.item())
    (found,) = gradient((chance * losses.kl(logp, ref, "k2")).sum(), model)
    np.testing.assert_allclose(found, wanted, atol=1e-12)
    assert losses.kl(logp, ref).min() >= 0


# Gradients


def away_from_bounds(logp, old, batch: Batch) -> bool:
    """No ratio is so close to a bound that a finite difference would step over it."""
    ratios = [loops.ratio(logp, old, batch, level) for level in ("token", "sequence")]
    return all(np.abs(found - bound).min() > 1e-4 for found in ratios for bound in (0.8, 1.2, 3.0))


@pytest.mark.parametrize("name", [name for name in LOSSES if "cispo" not in name])
@FEW
@given(batches(), st.sampled_from(MODES))
def test_gradients_are_those_of_finite_differences(name: str, batch: Batch, mode: str):
    assume(batch.mask.any())
    kept = [np.where(batch.mask == 1, batch.numbers(number, 0.6), 0.0) for number in range(3)]
    assume(away_from_bounds(kept[0], kept[1], batch))
    old, advantages, mask = map(tensor, (kept[1], kept[2], batch.mask))

    def value(logp):
        return losses.aggregate(LOSSES[name](logp, old, advantages, mask), mask, mode, length=5)

    assert torch.autograd.gradcheck(value, tensor(kept[0], grad=True))


@MANY
@given(batches(), LEVELS)
def test_cispo_is_weighted_log_likelihood(batch: Batch, level: str):
    """Its gradient treats the bounded ratio as a constant, whichever side it is on."""
    logp, old, advantages = batch.numbers(0, 0.6), batch.numbers(1, 0.6), batch.numbers(2)
    given = tensor(logp, grad=True)
    loss = losses.cispo_loss(given, *map(tensor, (old, advantages, batch.mask)), level=level).loss
    weights = np.minimum(loops.ratio(logp, old, batch, level), 1.2)
    wanted = loops.full(batch.mask, lambda i, t: -weights[i, t] * advantages[i, t])
    agree(torch.from_numpy(gradient(loss.sum(), given)[0]), wanted)


@pytest.mark.parametrize(
    ("advantage", "ratio", "dual", "slope", "loss", "held"),
    [
        (1.0, 1.0, 3.0, -1.0, -1.0, None),
        (1.0, 1.19, 3.0, -1.19, -1.19, None),
        (1.0, 1.21, 3.0, 0.0, -1.2, "clipped"),  # good, and likelier already
        (1.0, 3.5, 3.0, 0.0, -1.2, "clipped"),  # the dual clip is for bad ones alone
        (1.0, 0.5, 3.0, -0.5, -0.5, None),  # good and less likely: never clipped, but shrunk
        (-2.0, 1.0, 3.0, 2.0, 2.0, None),
        (-2.0, 0.81, 3.0, 1.62, 1.62, None),
        (-2.0, 0.79, 3.0, 0.0, 1.6, "clipped"),  # bad, and less likely already
        (-2.0, 1.5, 3.0, 3.0, 3.0, None),  # bad and likelier: not clipped
        (-2.0, 3.5, 3.0, 0.0, 6.0, "dual_clipped"),  # until the dual clip
        (-2.0, 3.5, None, 7.0, 7.0, None),
        (0.0, 3.5, 3.0, 0.0, 0.0, None),
    ],
)
def test_regions_of_the_clip(advantage, ratio, dual, slope, loss, held):
    logp = torch.tensor([[math.log(ratio)]], dtype=torch.float64, requires_grad=True)
    old, one = torch.zeros_like(logp), torch.ones_like(logp)
    found = losses.ppo_loss(logp, old, advantage * one, one, dual_clip=dual)
    assert found.loss.item() == pytest.approx(loss)
    (own,) = gradient(found.loss.sum(), logp)
    assert own.item() == (pytest.approx(slope) if slope else 0)
    assert (found.clipped.item(), found.dual_clipped.item()) == (held == "clipped", held == "dual_clipped")


def test_a_ratio_beyond_all_measure_has_no_gradient():
    logp = torch.tensor([[25.0, -25.0]], requires_grad=True)
    found = losses.ratio(logp, torch.zeros(1, 2), torch.ones(1, 2))
    assert found.tolist() == [[pytest.approx(math.exp(20)), pytest.approx(math.exp(-20))]]
    assert gradient(found.sum(), logp)[0].tolist() == [[0, 0]]


def test_the_first_step_is_the_plain_policy_gradient():
    """Where nothing has moved yet, all losses say the same of one advantage a row."""
    mask = torch.tensor([[1, 1, 1], [1, 1, 0]])
    logp = -torch.rand(2, 3, generator=torch.Generator().manual_seed(0))
    advantages = torch.tensor([2.0, -1.0])
    spread = advantages[:, None] * mask
    found = []
    for name in ("ppo", "ppo of sequences", "cispo", "cispo of sequences", "sapo", "sapo of sequences"):
        given = logp.clone().requires_grad_()
        found.append(
            gradient(losses.aggregate(LOSSES[name](given, logp, spread, mask), mask, "sequence-mean"), given)[
                0
            ]
        )
    for each in found:
        np.testing.assert_allclose(each, [[-1 / 3, -1 / 3, -1 / 3], [0.25, 0.25, 0]], rtol=1e-6)


# Of the batch


@pytest.mark.parametrize("mode", MODES)
@MANY
@given(batches())
def test_aggregation(mode: str, batch: Batch):
    loss = batch.numbers(0)
    found = losses.aggregate(tensor(loss), tensor(batch.mask), mode, length=5)
    agree(found, np.array(loops.aggregate(loss, batch, mode, 5)))


@pytest.mark.parametrize("counts", ["numbers", "tensors"])
@pytest.mark.parametrize("mode", MODES)
@FEW
@given(batches(), st.sets(st.integers(1, 5)))
def test_parts_of_a_batch_add_up_to_the_whole(mode: str, counts: str, batch: Batch, cuts: set[int]):
    assume(batch.mask.any())
    loss = batch.numbers(0)
    tokens, rows = torch.tensor(batch.mask.sum()), torch.tensor(batch.mask.any(1).sum())
    if counts == "numbers":
        tokens, rows = int(tokens), int(rows)
    given, mask = tensor(loss, grad=True), tensor(batch.mask)
    whole = losses.aggregate(given, mask, mode, length=5)
    edges = [0, *sorted(cut for cut in cuts if cut < len(loss)), len(loss)]
    parts = sum(
        losses.aggregate(given[a:b], mask[a:b], mode, tokens=tokens, rows=rows, length=5)
        for a, b in pairwise(edges)
    )
    torch.testing.assert_close(parts, whole, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(*gradient(parts, given), *gradient(whole, given), rtol=1e-12, atol=1e-14)


def test_a_token_weighs_the_same_in_a_small_part():
    """Without the counts of the whole batch, a part of few tokens would count as much as one of many."""
    loss, mask = torch.tensor([[1.0, 0.0, 0.0], [4.0, 4.0, 4.0]]), torch.tensor([[1, 0, 0], [1, 1, 1]])
    assert losses.aggregate(loss, mask).item() == 13 / 4
    assert losses.aggregate(loss, mask, "sequence-mean").item() == 5 / 2
    assert losses.aggregate(loss, mask, "sequence-mean-token-sum").item() == 13 / 2
    assert losses.aggregate(loss, mask, "constant", length=10).item() == pytest.approx(13 / 20)
    assert losses.aggregate(loss[:1], mask[:1], tokens=4).item() == 1 / 4


@pytest.mark.parametrize("name", LOSSES)
@FEW
@given(batches(), st.sampled_from(MODES), st.integers(0, 2), st.integers(0, 2))
def test_padding_changes_nothing(name: str, batch: Batch, mode: str, columns: int, rows: int):
    """More of it, and what it holds: from the logits on, value and gradient stay the same."""
    assume(batch.mask.any())
    shape, more = batch.mask.shape, ((0, rows), (0, columns))
    drawn = np.random.default_rng(batch.seed)
    tokens, logits = drawn.integers(0, 4, shape), drawn.normal(size=(*shape, 4))
    old, advantages = batch.numbers(1), batch.numbers(2)

    def found(logits, tokens, old, advantages, mask):
        given = tensor(logits, grad=True)
        logp = losses.token_logprobs(given, tensor(tokens))
        loss = LOSSES[name](logp, *map(tensor, (old, advantages, mask)))
        value = losses.aggregate(loss, tensor(mask), mode, length=5)
        return value.item(), gradient(value, given)[0]

    clean = [np.where(batch.mask == 1, given, 0) for given in (old, advantages)]
    value, slope = found(logits, tokens, *clean, batch.mask)
    logits[batch.mask == 0] = np.nan
    wide = [np.pad(given, more, constant_values=np.nan) for given in (old, advantages)]
    if name == "sft":  # its weights are of rows
        wide[0] = np.pad(clean[0], more)
    again, slope_again = found(
        np.pad(logits, (*more, (0, 0)), constant_values=np.nan),
        np.pad(tokens, more),
        *wide,
        np.pad(batch.mask, more),
    )
    assert again == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(slope_again[: shape[0], : shape[1]], slope, rtol=1e-9, atol=1e-15)
    assert not slope_again[np.pad(batch.mask, more) == 0].any()


@pytest.mark.parametrize("mode", MODES)
def test_nothing_but_padding_is_zero(mode: str):
    given = torch.full((2, 3), math.nan, requires_grad=True)
    found = losses.aggregate(given, torch.zeros(2, 3), mode, length=5)
    assert found.item() == 0
    assert not gradient(found, given)[0].any()


# Refusals


def test_unknown_names_are_refused():
    one = torch.ones(1, 1)
    with pytest.raises(ValueError, match="the estimators are k1, k2, k3, not 'k4'"):
        losses.kl(one, one, "k4")
    with pytest.raises(ValueError, match=r"the modes are token-mean, .*, constant, not 'mean'"):
        losses.aggregate(one, one, "mean")
    with pytest.raises(ValueError, match="the mode 'constant' needs a length"):
        losses.aggregate(one, one, "constant")


def test_advantages_of_rows_are_refused_where_those_of_tokens_are_wanted():
    square = torch.ones(3, 3)
    with pytest.raises(ValueError, match="shape"):
        losses.ppo_loss(square, square, torch.ones(3), square)
