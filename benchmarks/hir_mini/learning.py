"""How an arm learns: responses are drawn and verified, replays are made, a few steps are taken.

What a row is worth and what its loss is are functions of the product, as are verdicts and replays.
"""

import copy
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

import hir_data as hir
from benchmarks.hir_mini.arms import Arm
from benchmarks.hir_mini.policy import Policy, Sampled, logprobs, mask_of, sample
from hir_data.engine.checks import verify_one
from hir_data.replays.pipeline import replay
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.rollout import Sampling
from hir_data.training.advantages import reinforce_plus_plus
from hir_data.training.loss import aggregate, kl, masked, ppo_loss
from hir_data.training.objective import compute_advantages, policy_loss
from hir_data.training.rows import TrainingRow


class Schedule(NamedTuple):
    """How much is learnt from.

    Attributes:
        steps: times that responses are drawn.
        prompts: of each step.
        samples: responses to each prompt.
        parts: that the rows of a step are divided into, by prompt; the optimizer steps after each.
    """

    steps: int = 24
    prompts: int = 48
    samples: int = 6
    parts: int = 4

    @property
    def rollouts(self) -> int:
        """Responses drawn in all."""
        return self.steps * self.prompts * self.samples


class Spent(NamedTuple):
    """What an arm has used.

    Attributes:
        rollouts: responses drawn.
        tokens: of responses that were learnt from, as often as they were.
    """

    rollouts: int
    tokens: int


class Batch(NamedTuple):
    """Rows that are learnt from, rollouts and replays: N of them, of T tokens.

    Attributes:
        prompts: (N, lines, slots) words.
        which: (N,), equal for rows with the same prompt.
        responses: (N, T) tokens.
        old: (N, T), the log-probabilities that ratios are taken to.
        start: (N, T), those of the policy that drew the responses, given the row's own prompt.
        advantages: (N,), or (N, T) where they differ between the tokens of a row.
        drawn_for: (N,), the number of the prompt that a row was drawn for.
    """

    prompts: Tensor
    which: Tensor
    responses: Tensor
    old: Tensor
    start: Tensor
    advantages: Tensor
    drawn_for: Tensor

    def rows(self, chosen: Tensor) -> "Batch":
        """Those that are chosen, (N,)."""
        return Batch(*(part[chosen] for part in self))


def learn(
    policy: Policy, instructions: Sequence[hir.Instruction], arm: Arm, schedule: Schedule, seed: int
) -> Iterator[Spent]:
    """Have a policy learn; after each step, what was used by then.

    The instructions are taken in turn, and from the first again where there are too few.
    """
    optimizer = torch.optim.AdamW(policy.parameters(), lr=arm.rate, weight_decay=0.0)
    first = copy.deepcopy(policy)
    chance = torch.Generator().manual_seed(seed)
    turns = itertools.cycle(instructions)
    rollouts = tokens = 0
    for step in range(schedule.steps):
        asked = list(itertools.islice(turns, schedule.prompts))
        drawn = sample(policy, policy.codec.prompts(asked), schedule.samples, chance)
        batch = batch_of(policy, first, asked, drawn, arm, step)
        rollouts += len(drawn.tokens)
        for _ in range(arm.epochs):
            for part in range(schedule.parts):
                chosen = batch.rows(batch.drawn_for % schedule.parts == part)
                if len(chosen.which):
                    update(policy, optimizer, chosen, arm)
                    tokens += int(mask_of(chosen.responses).sum())
        yield Spent(rollouts, tokens)


def batch_of(
    policy: Policy, first: Policy, asked: Sequence[hir.Instruction], drawn: Sampled, arm: Arm, step: int
) -> Batch:
    """The rows that an arm makes of the responses that were drawn, each replay behind its source."""
    samples, source = _samples(policy, asked, drawn, arm, step)
    prompts = policy.codec.prompts([each.instruction for each in samples])
    which = _numbered([each.instruction.prompt for each in samples])
    responses, known = drawn.tokens[source], drawn.logprobs[source]
    is_replay = torch.tensor([each.origin == "replay" for each in samples])
    start = known.clone()  # of a rollout; of a replay so far given the prompt of its source
    if is_replay.any() and arm.train.old_logprobs != "paper":
        own = torch.arange(int(is_replay.sum()))
        with torch.no_grad():
            start[is_replay] = logprobs(policy, prompts[is_replay], own, responses[is_replay])
    drawn_for = source // (len(drawn.tokens) // len(asked))
    if arm.by_pmi:
        pmi = masked(start - known, mask_of(responses)).sum(1)
        kept = _kept_by_pmi(pmi, is_replay, drawn_for, arm.by_pmi)
        samples = [samples[row] for row in kept.tolist()]
        prompts, which, source, responses, known, start, drawn_for = (
            part[kept] for part in (prompts, which, source, responses, known, start, drawn_for)
        )
    rows = _rows(samples, prompts, responses, arm)
    if arm.kl_in == "reward":
        advantages = _advantages_in_the_paper(rows, policy, first, asked, drawn, source, arm)
    else:
        advantages = compute_advantages(rows, arm.train)
    old = known if arm.train.old_logprobs == "paper" else start
    batch = Batch(prompts, which, responses, old, start, advantages, drawn_for)
    return batch.rows(advantages != 0) if arm.skip_equal else batch


def _kept_by_pmi(pmi: Tensor, is_replay: Tensor, drawn_for: Tensor, which: str) -> Tensor:
    """The rows that stay, in their order: all rollouts, and replays by their pointwise mutual information.

    That is log p(y | q') - log p(y | q) of a response y under the policy that drew it, with q the instruction
    of the source and q' that of the replay: how much likelier the replay's instruction makes the response.
    """
    if which == "positive":
        return (~is_replay | (pmi > 0)).nonzero().flatten()
    left: Counter[int] = Counter()
    kept = (~is_replay).nonzero().flatten().tolist()
    for row in pmi.argsort(descending=True, stable=True).tolist():
        prompt = int(drawn_for[row])
        if is_replay[row] and left[prompt] < 2:
            left[prompt] += 1
            kept.append(row)
    return torch.tensor(sorted(kept))


def verifications_of(
    policy: Policy, asked: Sequence[hir.Instruction], drawn: Sampled, *, degrees: bool = False
) -> list[hir.Verification]:
    """The responses, those to one instruction in a row, as verifications."""
    samples, entropies = len(drawn.tokens) // len(asked), drawn.entropy.tolist()
    return [
        verify_one(
            hir.Rollout(
                instruction=asked[row // samples],
                response=text,
                sample=row % samples,
                sampling=Sampling(entropy=entropies[row], entropy_by="exact"),
            ),
            loose=False,
            degrees=degrees,
        )
        for row, text in enumerate(policy.codec.texts(drawn.tokens))
    ]


class _Original(NamedTuple):
    """A rollout where there are no replays; as much of a :class:`ReplaySample` as is needed."""

    id: str
    group: str
    instruction: hir.Instruction
    reward: float
    cla: float
    degree: float | None
    origin: str = "rollout"
    source_id: str | None = None


def _samples(
    policy: Policy, asked: Sequence[hir.Instruction], drawn: Sampled, arm: Arm, step: int
) -> tuple[Sequence["ReplaySample | _Original"], Tensor]:
    """The samples, and for each, (N,), which of the responses that were drawn it has."""
    verified = verifications_of(policy, asked, drawn, degrees=arm.train.reward == "degree")
    if arm.replays is None:
        each = [
            _Original(
                str(row),
                verification.rollout.instruction.prompt,
                verification.rollout.instruction,
                float(verification.ila is True),
                verification.cla,
                verification.degree,
            )
            for row, verification in enumerate(verified)
        ]
        return each, torch.arange(len(each))
    samples = list(replay(verified, arm.replays.model_copy(update={"step": step, "seed": step})))
    rows = {each.id: row for row, each in enumerate(e for e in samples if e.origin == "rollout")}
    return samples, torch.tensor([rows[each.source_id or each.id] for each in samples])


def _rows(
    samples: Sequence["ReplaySample | _Original"], prompts: Tensor, responses: Tensor, arm: Arm
) -> list[TrainingRow]:
    """The samples as the product's trainer has them."""
    lengths = mask_of(responses).sum(1).long().tolist()
    reward = {"ila": "reward", "cla": "cla", "degree": "degree"}[arm.train.reward]
    return [
        TrainingRow(
            id=each.id,
            group=each.group,
            pair=each.source_id or each.id,
            replay=each.origin == "replay",
            reward=getattr(each, reward),
            prompt=prompt,
            response=response[:length],
        )
        for each, prompt, response, length in zip(samples, prompts, responses, lengths, strict=True)
    ]


def _advantages_in_the_paper(
    rows: Sequence[TrainingRow],
    policy: Policy,
    first: Policy,
    asked: Sequence[hir.Instruction],
    drawn: Sampled,
    source: Tensor,
    arm: Arm,
) -> Tensor:
    """REINFORCE++ over rollouts and replays, (N, T), with the divergence from the first policy in the reward.

    A replay has the divergence of its source, at the prompt of its source.
    """
    which = torch.arange(len(asked)).repeat_interleave(len(drawn.tokens) // len(asked))
    with torch.no_grad():
        reference = logprobs(first, policy.codec.prompts(asked), which, drawn.tokens)
    divergence = (drawn.logprobs - reference)[source]
    scores = torch.tensor([row.reward for row in rows])
    return reinforce_plus_plus(scores, mask_of(drawn.tokens)[source], kl=divergence, kl_coef=arm.train.kl)


def _numbered(names: Sequence[str]) -> Tensor:
    """Equal numbers for equal names."""
    known: dict[str, int] = {}
    return torch.tensor([known.setdefault(name, len(known)) for name in names])


def update(policy: Policy, optimizer: torch.optim.Optimizer, batch: Batch, arm: Arm) -> None:
    """One step of the optimizer on the rows of a batch."""
    known, which = batch.which.unique(return_inverse=True)
    row = torch.zeros_like(known).scatter(0, which, torch.arange(len(which)))  # one of each prompt
    mask, settings = mask_of(batch.responses), arm.train
    logp = logprobs(policy, batch.prompts[row], which, batch.responses)
    if batch.advantages.dim() == 1:
        loss = policy_loss(logp, batch.old, batch.advantages, mask, settings).loss
    else:
        loss = ppo_loss(logp, batch.old, masked(batch.advantages, mask), mask).loss
    if arm.kl_in == "loss" and settings.kl:
        loss = loss + settings.kl * kl(logp, batch.start)
    aggregate(loss, mask, settings.aggregate).backward()
    torch.nn.utils.clip_grad_norm_(policy.parameters(), settings.max_grad_norm)
    optimizer.step()
    optimizer.zero_grad()
