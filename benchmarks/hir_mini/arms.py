"""What is compared: ways to learn from the same number of rollouts in the same number of updates."""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import torch
from torch import Tensor

import hir_data as hir
from benchmarks.hir_mini.policy import Policy, Sampled, logprobs, mask_of, prompts_of, sample
from hir_data.engine import verify_one
from hir_data.replay.pipeline import Settings, replay
from hir_data.replay.select import Selecting
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.rollout import Sampling
from hir_data.train.advantages import reinforce_plus_plus
from hir_data.train.loss import aggregate, ppo_loss


class Arm(NamedTuple):
    """A way to learn.

    Attributes:
        name: what it is called in files.
        title: what it is called in tables.
        reward: of a response to the instruction that it was drawn for.
        replays: how replays are made; None for none.
        old: the prompt under which the ratio of a replay has its denominator: the one that the response was
            drawn for, as in the paper, or its own.
    """

    name: str
    title: str
    reward: Literal["ila", "cla"] = "ila"
    replays: Settings | None = None
    old: Literal["paper", "recompute"] = "recompute"


ARMS = (
    Arm("ila", "ILA reward"),
    Arm("cla", "CLA reward", reward="cla"),
    Arm(
        "paper",
        "HiR as in the paper",
        replays=Settings(selecting=Selecting(method="paper"), relabel="drop"),
        old="paper",
    ),
    Arm("drop", "our selection, --relabel drop", replays=Settings(relabel="drop")),
    Arm("hindsight", "our defaults, --relabel hindsight", replays=Settings()),
)
"""Those of the claim."""

MORE = (
    Arm("hindsight+cla", "our defaults, CLA reward", reward="cla", replays=Settings()),
    Arm("hindsight-6", "our defaults, -k 6", replays=Settings(selecting=Selecting(k=6))),
)
"""Others, to be named with ``--arms``."""


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
        advantages: (N, RESPONSE).
        prompt: (N,), the number of the prompt that a row was drawn for.
    """

    prompts: Tensor
    asked: Tensor
    responses: Tensor
    old: Tensor
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
            update(policy, optimizer, batch, batch.prompt % schedule.updates == part)
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
    same = _numbered([each.instruction.prompt for each in samples])
    responses = drawn.tokens[source]
    is_replay = torch.tensor([each.origin == "replay" for each in samples])
    old = drawn.logprobs[source]  # those of a replay are its response's under the prompt it was drawn for
    if arm.old == "recompute" and is_replay.any():
        with torch.no_grad():
            own = torch.arange(int(is_replay.sum()))
            old[is_replay] = logprobs(policy, prompts[is_replay], own, responses[is_replay])
    scores = torch.tensor([each.cla if arm.reward == "cla" else each.reward for each in samples])
    advantages = reinforce_plus_plus(scores, mask_of(responses))
    return Batch(prompts, same, responses, old, advantages, source // (len(drawn.tokens) // len(asked)))


def _samples(verifications: Sequence[hir.Verification], arm: Arm, step: int) -> Iterator[ReplaySample]:
    """What the product's own replay makes of them."""
    settings = arm.replays or Settings(selecting=Selecting(k=0), relabel="drop")
    selecting = settings.selecting.model_copy(update={"step": step, "seed": step})
    return replay(verifications, settings.model_copy(update={"selecting": selecting}))


def _sources(samples: Sequence[ReplaySample]) -> Tensor:
    """For each row, (N,), which of the responses that were drawn it has."""
    place = {each.id: row for row, each in enumerate(e for e in samples if e.origin == "rollout")}
    return torch.tensor([place[each.source_id or each.id] for each in samples])


def _numbered(names: Sequence[str]) -> Tensor:
    """Equal numbers for equal names."""
    known: dict[str, int] = {}
    return torch.tensor([known.setdefault(name, len(known)) for name in names])


def update(policy: Policy, optimizer: torch.optim.Optimizer, batch: Batch, chosen: Tensor) -> None:
    """One step of the optimizer on the chosen rows (N,)."""
    prompts, asked, responses, old, advantages, _ = (part[chosen] for part in batch)
    known, asked = asked.unique(return_inverse=True)
    distinct = torch.zeros_like(known).scatter(0, asked, torch.arange(len(asked)))  # a row of each prompt
    mask = mask_of(responses)
    logp = logprobs(policy, prompts[distinct], asked, responses)
    aggregate(ppo_loss(logp, old, advantages, mask).loss, mask).backward()
    torch.nn.utils.clip_grad_norm_(policy.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
