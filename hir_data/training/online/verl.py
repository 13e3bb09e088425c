"""Replays in an update of verl: the rows that they are there, and their advantages.

They come in between rewards and old log-probabilities; verl finds the estimator of advantages by its name.
Rows of replays are known by the end of their ``uid``, so that verl itself puts them into groups of their own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import torch
from torch import Tensor

from hir_data.engine.judge import Judge
from hir_data.engine.verify import verify
from hir_data.errors import RecordError, TrainingError
from hir_data.formats.records import read_prompt
from hir_data.replays.config import ReplayConfig
from hir_data.schemas.rollout import Rollout, Sampling
from hir_data.schemas.settings import make_settings
from hir_data.training.online.batch import (
    BatchReplayer,
    BatchRow,
    ReplayedBatch,
    batch_advantages,
    check_settings,
    rollout_of,
)
from hir_data.training.settings import TrainConfig, settings_of

REPLAY = "/replay"
"""How the ``uid`` of a replay ends, behind that of its source."""

ESTIMATOR = "hir_replay"
"""The name of :func:`replay_advantage` for ``algorithm.adv_estimator``."""


SETTINGS = "algorithm.hir_data"
"""Where verl's configuration has our settings."""


class ReplaySettings(NamedTuple):
    """Our settings in verl's configuration.

    Attributes:
        train: how rewards are compared, and what replays weigh.
        replay: how replays are made.
    """

    train: TrainConfig
    replay: ReplayConfig

    @classmethod
    def of(cls, algorithm: Any) -> Self:
        """Those of verl's ``algorithm``, whose ``hir_data``, if any, holds them.

        Its keys are ``advantage``, ``statistics``, ``replay_weight`` and ``replay_cap`` of
        :class:`hir_data.TrainConfig`, and ``replay``, a mapping of options of :class:`hir_data.ReplayConfig`.

        Raises:
            RecordError: an option is none, or its value is not possible.
            TrainingError: verl decides about it, or it needs what verl cannot give.
        """
        given = _mapping(algorithm.get("hir_data") if algorithm is not None else None, SETTINGS)
        replaying = _mapping(given.pop("replay", None), f"{SETTINGS}.replay")
        train = settings_of({"advantage": "grpo", **given}, SETTINGS)
        check_settings(train, "verl")
        if train.replay_bits:
            raise TrainingError(f"{SETTINGS}.replay_bits: rows of verl have no bits")
        replay = make_settings(ReplayConfig, replaying, f"{SETTINGS}.replay")
        if replay.rewriter == "llm":
            raise TrainingError(
                f"{SETTINGS}.replay.rewriter: llm needs a client, which no configuration can give"
            )
        return cls(train, replay)


def _mapping(given: Any, place: str) -> dict[str, Any]:
    """Options by name.

    Raises:
        RecordError: it is none.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise RecordError(f"has to be a mapping of options, not {given!r}", place)
    return {str(name): value for name, value in given.items()}


def register() -> None:
    """Tell verl of :func:`replay_advantage`; once more does nothing."""
    from verl.trainer.ppo.core_algos import register_adv_est

    register_adv_est(ESTIMATOR)(replay_advantage)


def replay_advantage(
    token_level_rewards: Tensor,
    response_mask: Tensor,
    index: Sequence[Any],
    config: Any = None,
    **_: Any,
) -> tuple[Tensor, Tensor]:
    """The advantages of rollouts and replays, as verl's estimators give them: twice the same, (N, T).

    Rollouts are compared within their group (by default as in GRPO), replays have 1 times their weight. A row
    without a token that is trained, such as padding of the batch, or without a known reward (NaN) is no part
    of any statistics, and has 0.

    Args:
        token_level_rewards: (N, T); their sum is the reward of a row.
        response_mask: (N, T), 1 on the tokens that are trained.
        index: the ``uid`` of each row, equal for the rollouts of a prompt.
        config: verl's ``algorithm``, as :meth:`ReplaySettings.of` reads it.

    Raises:
        RecordError: a setting is none.
        TrainingError: verl decides about it.
    """
    settings = ReplaySettings.of(config).train
    groups: dict[str, int] = {}
    trained = (response_mask != 0).sum(1).tolist()
    rewards = token_level_rewards.sum(1).masked_fill((response_mask == 0).all(1), torch.nan).tolist()
    rows = []
    for uid, length, reward in zip(map(str, index), trained, rewards, strict=True):
        group = groups.setdefault(uid.removesuffix(REPLAY), len(groups))
        rows.append(BatchRow(group, length, reward, uid.endswith(REPLAY)))
    values = batch_advantages(rows, settings).to(token_level_rewards)
    advantages = values[:, None] * response_mask
    return advantages, advantages


def replay_rows(
    rows: Sequence[Mapping[str, Any]],
    replayer: BatchReplayer,
    tokenizer: Any,
    *,
    template_options: Mapping[str, Any] | None = None,
    strip_thinking: str | None = "auto",
    judge: Judge | None = None,
    workers: int = 0,
    timeout: float = 10.0,
) -> tuple[list[dict[str, Any]], ReplayedBatch]:
    """The rows of the replays of a batch, each a copy of its source's behind another prompt.

    Args:
        rows: of rollouts, with verl's fields: ``uid``, ``data_source``, ``raw_prompt``, ``reward_model`` and
            ``extra_info`` of the data set, ``responses`` and ``response_mask`` (T,) of the response.
        replayer: makes the replays; kept from batch to batch, as it remembers responses.
        tokenizer: of the model.
        template_options: variables of the chat template (verl's ``data.apply_chat_template_kwargs``).
        strip_thinking: which reasoning is not verified.
        judge: who decides soft constraints.
        workers: processes that verify, 0 for none.
        timeout: seconds that one check may take, with processes.

    Returns:
        The new rows, in the order of their sources, and what became of the batch. A row has ``uid`` with
        :data:`REPLAY` behind it, ``raw_prompt``, ``prompts``, ``input_ids`` and ``position_ids`` (T,) of its
        own, and 1 as its reward, on its last trained token (``rm_scores``).
    """
    rollouts = [_rollout(row, tokenizer, strip_thinking) for row in rows]
    read = [each for each in rollouts if each is not None]
    found = iter(list(verify(read, loose=False, judge=judge, workers=workers, timeout=timeout)))
    made = replayer([None if each is None else next(found) for each in rollouts])
    new = []
    for place, sample in sorted(made.replays.items()):
        messages = sample.instruction.chat()
        ids = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, tokenize=True, return_dict=True, **(template_options or {})
        )["input_ids"]
        source, prompt = rows[place], torch.tensor(ids, dtype=torch.int64)
        mask = source["response_mask"]
        scores = torch.zeros(len(mask))
        scores[int((mask != 0).nonzero()[-1])] = 1.0
        new.append(
            {
                **source,
                "uid": f"{source['uid']}{REPLAY}",
                "raw_prompt": messages,
                "prompts": prompt,
                "input_ids": torch.cat([prompt, source["responses"]]),
                "position_ids": torch.arange(len(prompt) + len(mask)),
                "rm_scores": scores,
            }
        )
    return new, made


def _rollout(row: Mapping[str, Any], tokenizer: Any, policy: str | None) -> Rollout | None:
    """The rollout of a row; None where it cannot be read."""
    tokens = row["responses"].tolist()
    if not tokens or not row["response_mask"].any():
        return None
    known = {name: row[name] for name in ("data_source", "reward_model", "extra_info") if name in row}
    try:
        instruction = read_prompt(known | {"prompt": list(row["raw_prompt"])}).instruction
        sampling = Sampling(finish_reason="stop" if tokens[-1] == tokenizer.eos_token_id else "length")
        return rollout_of(instruction, tokenizer.decode(tokens, skip_special_tokens=True), sampling, policy)
    except RecordError:
        return None
