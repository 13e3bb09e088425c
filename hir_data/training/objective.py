"""The loss that the settings ask for."""

from collections.abc import Sequence

import torch
from torch import Tensor

from hir_data.training import advantages
from hir_data.training import loss as losses
from hir_data.training.rows import TrainingRow
from hir_data.training.settings import TrainConfig


def policy_loss(
    logp: Tensor, old: Tensor, advantages: Tensor, mask: Tensor, settings: TrainConfig
) -> losses.Loss:
    """The loss of each token, (N, T), without the distance to the start.

    Args:
        logp: (N, T), the log-probabilities that are trained.
        old: (N, T), those that ratios are taken to.
        advantages: (N,), those of :func:`compute_advantages`, or (N, T), those of :func:`token_advantages`.
        mask: (N, T), 1 on the tokens of responses.
        settings: which loss, and how it is clipped.
    """
    of_tokens = advantages[:, None].expand(mask.shape) if advantages.dim() == 1 else advantages
    if settings.loss == "sft":
        ratio = losses.ratio(logp.detach(), old, mask)
        nothing = torch.zeros_like(mask, dtype=torch.bool)
        return losses.Loss(losses.sft_loss(logp, of_tokens, mask), ratio, nothing, nothing)
    if settings.loss == "cispo":
        bound = settings.cispo_max - 1
        return losses.cispo_loss(logp, old, of_tokens, mask, clip_high=bound, level=settings.ratio)
    if settings.loss == "sapo":
        temperatures = settings.sapo_positive, settings.sapo_negative
        return losses.sapo_loss(logp, old, of_tokens, mask, temperatures=temperatures, level=settings.ratio)
    return losses.ppo_loss(
        logp,
        old,
        of_tokens,
        mask,
        clip_low=settings.clip_low,
        clip_high=settings.clip_high,
        dual_clip=None if settings.dual_clip == float("inf") else settings.dual_clip,
        level=settings.ratio,
    )


def token_advantages(
    advantages: Tensor, teacher: Tensor, taught: Tensor, logp: Tensor, settings: TrainConfig
) -> Tensor:
    """The advantage of each token, (N, T), without a gradient.

    With ``--loss sdpo`` that of a token y_t of a response y to x is, from feedback f on the response,
    ``log q(y_t | x, f, y_<t) - log p(y_t | x, y_<t)``, where p is the model that is trained and q the same
    model as it was, reading the feedback (its teacher). For y drawn from p, the policy gradient with these
    advantages is minus the gradient of the loss of SDPO (arXiv 2601.20802),
    ``sum_t KL(p(. | x, y_<t) || stopgrad q(. | x, f, y_<t))``, estimated from the tokens that were drawn in
    place of summed over the vocabulary. ``--sdpo-reward-share`` s mixes it with the advantage A of the
    reward, as the paper does: ``s A + (1 - s)`` times that of the feedback.

    Args:
        advantages: (N,), those of :func:`compute_advantages`, which with ``sdpo`` are s A for rollouts.
        teacher: (N, T), the log-probabilities given the feedback.
        taught: (N,), whether there is feedback on a row.
        logp: (N, T), the log-probabilities that are trained.
        settings: which loss.
    """
    own = advantages[:, None].expand(logp.shape)
    if settings.loss != "sdpo":
        return own
    from_feedback = (1 - settings.sdpo_reward_share) * (teacher - logp.detach())
    return torch.where(taught[:, None], own + from_feedback, own)


def has_equal_rewards(rows: Sequence[TrainingRow]) -> Tensor:
    """Which rows are rollouts whose group has one reward alone, (N,); rows with feedback have more to say."""
    rewards: dict[str, set[float]] = {}
    for row in rows:
        if not row.replay and row.credited_to is None:
            rewards.setdefault(row.group, set()).add(row.reward)
    return torch.tensor(
        [
            not row.replay and row.teacher_prompt is None and len(rewards.get(row.group, ())) < 2
            for row in rows
        ]
    )


def compute_advantages(
    rows: Sequence[TrainingRow], settings: TrainConfig, estimated: Tensor | None = None
) -> Tensor:
    """The advantage of each row, (N,); the weight of each row with ``--loss sft``.

    Statistics are those of the whole data set, so a row is worth the same in whichever step it is. A row that
    is credited to another one is no part of them, and has the advantage of that.

    Args:
        rows: all rows.
        settings: how rewards are compared, and how much replays weigh.
        estimated: the advantages of the rollouts, (N,), where another trainer has estimated them; then no row
            is credited to another one.
    """
    own = [row for row in rows if row.credited_to is None]
    values = _own_advantages(own, settings, estimated)
    if len(own) < len(rows):
        places = {row.id: place for place, row in enumerate(own)}
        values = values[[places[row.credited_to or row.id] for row in rows]]
    replay = torch.tensor([row.replay for row in rows])
    cap = None if settings.replay_cap == float("inf") else settings.replay_cap
    return advantages.limit_replays(values, replay, _mask(rows), weight=settings.replay_weight, cap=cap)


def _own_advantages(rows: Sequence[TrainingRow], settings: TrainConfig, estimated: Tensor | None) -> Tensor:
    scores = torch.tensor([row.reward for row in rows])
    replay = torch.tensor([row.replay for row in rows])
    baseline_mask = None if settings.statistics == "all" else ~replay
    if estimated is not None:
        values = estimated
    elif settings.loss == "sft":
        values = (scores == 1).float()  # only successes are imitated, whatever the reward
    else:
        values = _compared(scores, _numbered(rows), _mask(rows), baseline_mask, settings)
    if settings.loss == "sdpo":
        values = torch.where(replay, values, settings.sdpo_reward_share * values)
    if baseline_mask is not None:
        values = torch.where(replay, 1.0, values)
    if settings.replay_bits:
        values = values * torch.tensor([_informative_share(row, settings.replay_bits) for row in rows])
    return values


def _mask(rows: Sequence[TrainingRow]) -> Tensor:
    """1 on the tokens of each response, (N, T)."""
    lengths = torch.tensor([len(row.response) for row in rows])
    return (torch.arange(int(lengths.max())) < lengths[:, None]).float()


def _informative_share(row: TrainingRow, enough: float) -> float:
    """The share of its weight that a replay has by the bits of its instruction; all where none are known."""
    return 1.0 if row.bits is None else min(1.0, max(0.0, row.bits) / enough)


def _compared(
    scores: Tensor, groups: Tensor, mask: Tensor, baseline_mask: Tensor | None, settings: TrainConfig
) -> Tensor:
    match settings.advantage:
        case "baseline":
            return advantages.prompt_baseline(scores, groups, baseline_mask=baseline_mask)
        case "grpo":
            return advantages.grpo(scores, groups, baseline_mask=baseline_mask)
        case "dr-grpo":
            return advantages.dr_grpo(scores, groups, baseline_mask=baseline_mask)
        case "rloo":
            return advantages.rloo(scores, groups, baseline_mask=baseline_mask)
        case "reinforce++":  # the same at every token, as nothing is taken off on the way
            return advantages.reinforce_plus_plus(scores, mask, baseline_mask=baseline_mask)[:, 0]
        case "reinforce++-baseline":
            return advantages.reinforce_plus_plus_baseline(scores, groups, mask, baseline_mask=baseline_mask)[
                :, 0
            ]


def _numbered(rows: Sequence[TrainingRow]) -> Tensor:
    numbers: dict[str, int] = {}
    return torch.tensor([numbers.setdefault(row.group, len(numbers)) for row in rows])
