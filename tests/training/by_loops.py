"""Advantages and losses once more, slowly: float64, one number at a time, written from the formulas."""

import math
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

EQUAL = 1e-6
GARBAGE = [math.nan, math.inf, -math.inf, 1e30]


class Batch(NamedTuple):
    """Rows of different lengths; ``mask`` (N, T), the others (N,)."""

    mask: np.ndarray
    scores: np.ndarray
    groups: np.ndarray
    baseline_mask: np.ndarray
    seed: int

    def numbers(self, number: int, scale: float = 1.0) -> np.ndarray:
        """Normal numbers (N, T) for the tokens, garbage for padding; others for another number."""
        drawn = np.random.default_rng([self.seed, number]).normal(scale=scale, size=self.mask.shape)
        garbage = np.resize(GARBAGE, self.mask.shape)
        return np.where(self.mask == 1, drawn, garbage)

    def tokens(self) -> list[tuple[int, int]]:
        """Where they are."""
        return [(i, t) for i in range(len(self.mask)) for t in range(self.mask.shape[1]) if self.mask[i, t]]


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    rows, width = draw(st.integers(1, 6)), draw(st.integers(1, 6))

    def each(of: st.SearchStrategy) -> np.ndarray:
        return np.array(draw(st.lists(of, min_size=rows, max_size=rows)))

    lengths = each(st.integers(0, width))
    mask = (np.arange(width) < lengths[:, None]).astype(draw(st.sampled_from([int, bool, float])))
    scores = each(st.sampled_from([0.0, 0.0, 1.0, 0.5, -2.25]))
    return Batch(mask, scores, each(st.integers(4, 6)), each(st.booleans()), draw(st.integers(0, 99)))


def full(mask, value_of):
    """(N, T): that value on tokens, zero elsewhere."""
    out = np.zeros(mask.shape)
    for i in range(mask.shape[0]):
        for t in range(mask.shape[1]):
            if mask[i, t]:
                out[i, t] = value_of(i, t)
    return out


def all_equal(values):
    return not values or max(values) - min(values) <= EQUAL


def mean(values):
    return sum(values) / len(values) if values else 0.0


def variance(values):
    if len(values) < 2:
        return 0.0
    return sum((value - mean(values)) ** 2 for value in values) / (len(values) - 1)


# Advantages


def whiten(values, batch, baseline_mask=None):
    counted = [values[i, t] for i, t in batch.tokens() if baseline_mask is None or baseline_mask[i]]
    if all_equal(counted):
        return np.zeros(batch.mask.shape)
    middle, deviation = mean(counted), math.sqrt(variance(counted) + 1e-8)
    return full(batch.mask, lambda i, t: (values[i, t] - middle) / deviation)


def returns(rewards, batch, gamma):
    return full(
        batch.mask,
        lambda i, t: sum(gamma ** (s - t) * rewards[i, s] for j, s in batch.tokens() if j == i and s >= t),
    )


def token_rewards(batch, kl, kl_coef):
    last = {i: t for i, t in batch.tokens()}
    return full(batch.mask, lambda i, t: (batch.scores[i] if last[i] == t else 0.0) - kl_coef * kl[i, t])


def reinforce_plus_plus(batch, kl, kl_coef, gamma, baseline_mask=None):
    if all_equal([s for i, s in enumerate(batch.scores) if baseline_mask is None or baseline_mask[i]]):
        return np.zeros(batch.mask.shape)
    return whiten(returns(token_rewards(batch, kl, kl_coef), batch, gamma), batch, baseline_mask)


def reinforce_plus_plus_baseline(batch, baseline_mask=None):
    centred = np.repeat(prompt_baseline(batch, baseline_mask)[:, None], batch.mask.shape[1], 1)
    flat = {i for i in range(len(batch.scores)) if all_equal(of_group(batch, i, baseline_mask))}
    for i in range(len(batch.scores)):
        if i in flat:  # rows outside of `baseline_mask` still have a distance to the mean, but it is not used
            centred[i] = 0
    whitened = whiten(centred, batch, baseline_mask)
    return full(batch.mask, lambda i, t: 0.0 if i in flat else whitened[i, t])


def of_group(batch, row, baseline_mask, but=None):
    return [
        batch.scores[j]
        for j in range(len(batch.scores))
        if batch.groups[j] == batch.groups[row] and (baseline_mask is None or baseline_mask[j]) and j != but
    ]


def prompt_baseline(batch, baseline_mask=None):
    def advantage(i):
        own = of_group(batch, i, baseline_mask)
        return 0.0 if all_equal(own) else batch.scores[i] - mean(own)

    return np.array([advantage(i) for i in range(len(batch.scores))])


def grpo(batch, baseline_mask=None):
    return np.array(
        [
            advantage / (math.sqrt(variance(of_group(batch, i, baseline_mask))) + 1e-6)
            for i, advantage in enumerate(prompt_baseline(batch, baseline_mask))
        ]
    )


def rloo(batch, baseline_mask=None):
    def advantage(i):
        if all_equal(of_group(batch, i, baseline_mask)):
            return 0.0
        return batch.scores[i] - mean(of_group(batch, i, baseline_mask, but=i))

    return np.array([advantage(i) for i in range(len(batch.scores))])


def limit_replays(advantages, replay, batch, weight, cap):
    def one(i, t):
        return advantages[i] if advantages.ndim == 1 else advantages[i, t]

    mass = {True: 0.0, False: 0.0}
    for i, t in batch.tokens():
        mass[bool(replay[i])] += abs(one(i, t)) * (weight if replay[i] else 1)
    factor = weight
    if cap is not None and mass[False] > 0 and mass[True] > cap * mass[False]:
        factor *= cap * mass[False] / mass[True]
    if advantages.ndim == 1:
        return np.array([advantages[i] * (factor if replay[i] else 1) for i in range(len(advantages))])
    return full(batch.mask, lambda i, t: advantages[i, t] * (factor if replay[i] else 1))


# Losses


def distribution(logits, temperature):
    largest = max(logits)
    weights = [math.exp((logit - largest) / temperature) for logit in logits]
    return [weight / math.fsum(weights) for weight in weights]


def token_logprobs(logits, tokens, temperature):
    out = np.zeros(tokens.shape)
    for i in range(tokens.shape[0]):
        for t in range(tokens.shape[1]):
            if tokens[i, t] >= 0:
                out[i, t] = math.log(distribution(logits[i, t], temperature)[tokens[i, t]])
    return out


def entropy(logits, temperature):
    out = np.zeros(logits.shape[:2])
    for i in range(logits.shape[0]):
        for t in range(logits.shape[1]):
            out[i, t] = -sum(p * math.log(p) for p in distribution(logits[i, t], temperature) if p > 0)
    return out


def ratio(logp, old, batch, level):
    def log_ratio(i, t):
        if level == "token":
            return logp[i, t] - old[i, t]
        return mean([logp[j, s] - old[j, s] for j, s in batch.tokens() if j == i])

    ones = np.ones(batch.mask.shape)
    for i, t in batch.tokens():
        ones[i, t] = math.exp(max(-20.0, min(20.0, log_ratio(i, t))))
    return ones


def ppo_loss(ratios, advantages, batch, low, high, dual):
    """The loss, whether the clipped one is the larger, and whether the dual clip holds it down."""

    def losses(i, t):
        a, r = advantages[i, t], ratios[i, t]
        return -a * r, -a * min(max(r, 1 - low), 1 + high)

    def loss(i, t):
        larger = max(losses(i, t))
        return min(larger, -advantages[i, t] * dual) if dual and advantages[i, t] < 0 else larger

    return (
        full(batch.mask, loss),
        full(batch.mask, lambda i, t: losses(i, t)[1] > losses(i, t)[0]),
        full(batch.mask, lambda i, t: loss(i, t) < max(losses(i, t))),
    )


def cispo_loss(ratios, advantages, logp, batch, high):
    return full(batch.mask, lambda i, t: -min(ratios[i, t], 1 + high) * advantages[i, t] * logp[i, t])


def sapo_loss(ratios, advantages, batch, positive, negative):
    def one(i, t):
        slope = positive if advantages[i, t] > 0 else negative
        return -advantages[i, t] * 4 / slope / (1 + math.exp(-slope * (ratios[i, t] - 1)))

    return full(batch.mask, one)


def sft_loss(logp, weights, batch):
    return full(batch.mask, lambda i, t: -weights[i, t] * logp[i, t])


def kl(logp, ref, batch, estimator):
    def one(i, t):
        d = max(-20.0, min(20.0, logp[i, t] - ref[i, t]))
        return {"k1": d, "k2": d * d / 2, "k3": math.exp(-d) - 1 + d}[estimator]

    return full(batch.mask, one)


def aggregate(loss, batch, mode, length):
    rows = [[loss[i, t] for j, t in batch.tokens() if j == i] for i in range(len(batch.mask))]
    rows = [row for row in rows if row]
    if not rows:
        return 0.0
    match mode:
        case "token-mean":
            return mean([value for row in rows for value in row])
        case "sequence-mean":
            return mean([mean(row) for row in rows])
        case "sequence-mean-token-sum":
            return mean([sum(row) for row in rows])
        case "constant":
            return mean([sum(row) / length for row in rows])
