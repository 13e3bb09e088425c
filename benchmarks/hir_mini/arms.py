"""What is compared: ways to learn from the same number of rollouts in the same number of updates."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

import hir_data as hir
from benchmarks.hir_mini.policy import Policy, Sampled, logprobs, mask_of, prompts_of, sample
from hir_data.engine.checks import verify_one
from hir_data.replays.config import ReplayConfig
from hir_data.replays.pipeline import replay
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.rollout import Sampling
from hir_data.training.loss import aggregate, kl
from hir_data.training.objective import compute_advantages, policy_loss
from hir_data.training.rows import TrainingRow
from hir_data.training.settings import TrainConfig


def _replays(**given: Any) -> ReplayConfig:
    """Settings without guards and bits: in a made-up language no response is unfit or says too little."""
    return ReplayConfig(**{"guards": "none", "min_bits": 0, "background": 0} | given)


NONE = _replays(k=0, relabel="drop")
TWO = _replays(k=2)

PAPER = TrainConfig(
    reward="ila",
    advantage="reinforce++",
    statistics="all",
    replay_weight=1,
    replay_cap=float("inf"),
    old_logprobs="paper",
    kl=0,
)
"""REINFORCE++ as in the paper: rewards are whitened over all rows of a batch, replays among them."""


class Arm(NamedTuple):
    """A way to learn.

    Attributes:
        name: what it is called in files.
        title: what it is called in tables.
        replays: how replays are made.
        train: what is learnt from rollouts and replays.
    """

    name: str
    title: str
    replays: ReplayConfig
    train: TrainConfig


ARMS = (
    Arm("ila", "ILA reward", NONE, PAPER),
    Arm("cla", "CLA reward", NONE, PAPER.model_copy(update={"reward": "cla"})),
    Arm(
        "paper",
        "HiR as in the paper",
        _replays(select="paper", k=2, relabel="drop"),
        PAPER,
    ),
    Arm("drop", "our defaults but --relabel drop", _replays(relabel="drop"), TrainConfig()),
    Arm("hindsight", "our defaults", _replays(), TrainConfig()),
)
"""Those of the claim."""

MORE = (
    Arm("no-replays", "our defaults without replays", NONE, TrainConfig()),
    Arm("only-replays", "our defaults, --loss sft", _replays(), TrainConfig(loss="sft")),
    Arm("hindsight-ila", "our defaults, --reward ila", _replays(), TrainConfig(reward="ila")),
    Arm("hindsight-2", "our defaults, -k 2", TWO, TrainConfig()),
    Arm(
        "drop-2",
        "our defaults but --relabel drop -k 2",
        _replays(k=2, relabel="drop"),
        TrainConfig(),
    ),
    Arm("hindsight-whitened", "our replays, -k 2, learnt as in the paper", TWO, PAPER),
)
"""Others, which say what it is that matters; to be named with ``--arms``."""


class Schedule(NamedTuple):
    """How long and how fast an arm learns.

    Attributes:
        steps: times that responses are drawn.
        prompts: of each step.
        samples: responses to each prompt.
        updates: of the policy, in each step.
        rate: of learning.
    """

    steps: int = 80
    prompts: int = 64
    samples: int = 6
    updates: int = 2
    rate: float = 1e-3


class Batch(NamedTuple):
    """Rows that are learnt from, originals and replays: N of them.

    Attributes:
        prompts: (N, PROMPT) tokens.
        asked: (N,), equal for rows with the same prompt.
        responses: (N, RESPONSE) tokens.
        old: (N, RESPONSE), the log-probabilities that ratios are taken to.
        start: (N, RESPONSE), those before the step, given the row's own prompt.
        advantages: (N,).
        prompt: (N,), the number of the prompt that a row was drawn for.
    """

    prompts: Tensor
    asked: Tensor
    responses: Tensor
    old: Tensor
    start: Tensor
    advantages: Tensor
    prompt: Tensor


def learn(
    policy: Policy, instructions: Sequence[hir.Instruction], arm: Arm, schedule: Schedule, seed: int
) -> Iterator[int]:
    """Have a policy learn; after each step, how many responses were drawn by then."""
    optimizer = torch.optim.AdamW(policy.parameters(), lr=schedule.rate, weight_decay=0.0)
    chance = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    for step in range(schedule.steps):
        asked = instructions[step * schedule.prompts : (step + 1) * schedule.prompts]
        drawn = sample(policy, prompts_of(asked), schedule.samples, chance)
        batch = batch_of(policy, asked, drawn, arm, step)
        for part in range(schedule.updates):
            update(policy, optimizer, batch, batch.prompt % schedule.updates == part, arm.train)
        yield (step + 1) * schedule.prompts * schedule.samples


def verified(asked: Sequence[hir.Instruction], drawn: Sampled) -> list[hir.Verification]:
    """The responses, those to one instruction in a row, as verifications."""
    texts, samples = drawn.texts(), len(drawn.tokens) // len(asked)
    entropies = drawn.entropy.tolist()
    return [
        verify_one(
            hir.Rollout(
                instruction=asked[row // samples],
                response=text,
                sample=row % samples,
                sampling=Sampling(entropy=entropies[row], entropy_by="exact"),
            ),
            loose=False,
        )
        for row, text in enumerate(texts)
    ]


def batch_of(policy: Policy, asked: Sequence[hir.Instruction], drawn: Sampled, arm: Arm, step: int) -> Batch:
    """The rows that an arm makes of the responses that were drawn, each replay behind its source."""
    samples = list(_samples(verified(asked, drawn), arm, step))
    source = _sources(samples)
    prompts = prompts_of([each.instruction for each in samples])
    responses = drawn.tokens[source]
    is_replay = torch.tensor([each.origin == "replay" for each in samples])
    drawn_with = drawn.logprobs[source]  # of a replay too: given the prompt of its source
    start = drawn_with.clone()
    if is_replay.any():
        with torch.no_grad():
            own = torch.arange(int(is_replay.sum()))
            start[is_replay] = logprobs(policy, prompts[is_replay], own, responses[is_replay])
    return Batch(
        prompts,
        asked=_numbered([each.instruction.prompt for each in samples]),
        responses=responses,
        old=drawn_with if arm.train.old_logprobs == "paper" else start,
        start=start,
        advantages=compute_advantages(_rows(samples, prompts, responses, arm.train), arm.train),
        prompt=source // (len(drawn.tokens) // len(asked)),
    )


def _samples(verifications: Sequence[hir.Verification], arm: Arm, step: int) -> Iterator[ReplaySample]:
    """What the product's own replay makes of them."""
    return replay(verifications, arm.replays.model_copy(update={"step": step, "seed": step}))


def _rows(
    samples: Sequence[ReplaySample], prompts: Tensor, responses: Tensor, settings: TrainConfig
) -> list[TrainingRow]:
    """The samples as the product's trainer has them."""
    lengths = mask_of(responses).sum(1).long().tolist()
    return [
        TrainingRow(
            id=each.id,
            group=each.group,
            pair=each.drawn_for,
            replay=each.origin == "replay",
            reward=each.cla if settings.reward == "cla" else each.reward,
            prompt=prompt,
            response=response[:length],
        )
        for each, prompt, response, length in zip(samples, prompts, responses, lengths, strict=True)
    ]


def _sources(samples: Sequence[ReplaySample]) -> Tensor:
    """For each row, (N,), which of the responses that were drawn it has."""
    place = {each.id: row for row, each in enumerate(e for e in samples if e.origin == "rollout")}
    return torch.tensor([place[each.drawn_for] for each in samples])


def _numbered(names: Sequence[str]) -> Tensor:
    """Equal numbers for equal names."""
    known: dict[str, int] = {}
    return torch.tensor([known.setdefault(name, len(known)) for name in names])


def update(
    policy: Policy, optimizer: torch.optim.Optimizer, batch: Batch, chosen: Tensor, settings: TrainConfig
) -> None:
    """One step of the optimizer on the chosen rows (N,)."""
    prompts, asked, responses, old, start, advantages, _ = (part[chosen] for part in batch)
    known, asked = asked.unique(return_inverse=True)
    distinct = torch.zeros_like(known).scatter(0, asked, torch.arange(len(asked)))  # a row of each prompt
    mask = mask_of(responses)
    logp = logprobs(policy, prompts[distinct], asked, responses)
    loss = policy_loss(logp, old, advantages, mask, settings).loss + settings.kl * kl(logp, start)
    aggregate(loss, mask, settings.aggregate).backward()
    torch.nn.utils.clip_grad_norm_(policy.parameters(), settings.max_grad_norm)
    optimizer.step()
    optimizer.zero_grad()
