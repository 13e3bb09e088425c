"""Replays of a batch that another trainer has drawn, made between its rewards and its update.

Nothing here knows a trainer: rows and responses come in, replays and advantages go out.
"""

import math
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from hir_data.errors import RecordError, TrainingError
from hir_data.formats.records import read_prompt
from hir_data.replays.config import ReplayConfig
from hir_data.replays.index import Index
from hir_data.replays.information import ResponseSample, group_key
from hir_data.replays.pipeline import replays_of, rewriter_of
from hir_data.replays.rewriting.rewriter import Rewriter, RewriteRefusal
from hir_data.rewards.score import answer, spoken
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.result import Verification
from hir_data.schemas.rollout import Rollout, Sampling
from hir_data.training.objective import compute_advantages
from hir_data.training.rows import TrainingRow
from hir_data.training.settings import TrainConfig

COUNTED = (
    "rollouts",
    "unreadable",
    "failures",
    "undetermined",
    "hopeless",
    "unfit",
    "unwritable",
    "uninformative",
    "refused",
    "replays",
    "rescued",
)
"""What is counted of every batch: rollouts and those of them that could not be read; of those that were, the
failures, and why a failure has no replay; the replays, and the groups without a success that have one."""

_NO_PART_OF_A_PROMPT = ("completion", "response", "responses", "image", "images", "rollout")

USED_SETTINGS = frozenset(
    {"advantage", "statistics", "replay_weight", "replay_bits", "replay_cap", "old_logprobs"}
)
"""The options of training that mean something where another trainer takes the steps."""


def check_settings(settings: TrainConfig, trainer: str) -> None:
    """See that settings hold nothing that the other trainer decides.

    Raises:
        TrainingError: they do, or contradict each other.
    """
    if others := sorted(settings.model_fields_set - USED_SETTINGS):
        raise TrainingError(
            f"{trainer} decides about {', '.join(others)}; what can be set here is "
            f"{', '.join(sorted(USED_SETTINGS))}"
        )
    if settings.old_logprobs == "stored":
        raise TrainingError(f"old_logprobs=stored: {trainer} stores none; recompute or paper")
    if settings.statistics == "all" and "advantage" not in settings.model_fields_set:
        raise TrainingError(
            f"statistics=all compares rollouts with replays, which the advantages of {trainer} do not: "
            "name one of ours (advantage)"
        )


def instruction_of(row: Mapping[str, Any], prompt: Any, column: str = "constraints") -> Instruction:
    """What a row of a data set asks for.

    Args:
        row: its columns; those that are None say nothing.
        prompt: a text or messages.
        column: that of the constraints.

    Raises:
        RecordError: it is no instruction; ``field`` says where.
    """
    record = {
        name: value for name, value in row.items() if value is not None and name not in _NO_PART_OF_A_PROMPT
    }
    if column in record:
        record["constraints"] = record.pop(column)
    elif column != "constraints":
        raise RecordError("the row has no such column", field=column)
    return read_prompt(record | {"prompt": prompt}).instruction


def rollout_of(
    instruction: Instruction, completion: Any, sampling: Sampling, policy: str | None = "auto"
) -> Rollout:
    """A completion as a rollout, its reasoning apart, as rewards read it.

    Args:
        instruction: what it answers.
        completion: a text, or messages of which what the assistant says last counts.
        sampling: how it was drawn.
        policy: which reasoning is left out (:mod:`hir_data.text.thinking`); None for none.

    Raises:
        RecordError: it says nothing that could be verified.
    """
    said = spoken(completion, "assistant", "completion")
    if said is None:
        raise RecordError("says nothing, such as the call of a tool", field="completion")
    response = answer(said, policy)
    return Rollout(
        instruction=instruction,
        response=response,
        original=None if response == said else said,
        sampling=sampling,
    )


class ReplayedBatch(NamedTuple):
    """What became of a batch.

    Attributes:
        replays: by the place of their source in the batch.
        counts: one for each of :data:`COUNTED`.
    """

    replays: dict[int, ReplaySample]
    counts: Counter[str]


class BatchReplayer:
    """Makes the replays of one batch after the other, as :func:`hir_data.replay` makes those of a data set.

    Bits are measured on a sample of the responses of the batch and of a window of responses before it.

    Args:
        settings: how replays are made.
        window: how many responses of earlier batches are remembered.
        rewriter: who writes the new prompts; needed where the settings name a model.

    Raises:
        TrainingError: the settings name a model, and there is none, or a field of records.
    """

    def __init__(
        self, settings: ReplayConfig | None = None, *, window: int = 1024, rewriter: Rewriter | None = None
    ) -> None:
        self.settings: ReplayConfig = settings or ReplayConfig()
        if rewriter is None and self.settings.rewriter == "llm":
            raise TrainingError("rewriter=llm: give the rewriter itself, such as hir_data.LLMRewriter")
        if self.settings.min_score is not None:
            raise TrainingError("min_score: responses of a trainer have no fields with scores")
        self._rewriter = rewriter or rewriter_of(self.settings)
        self._earlier: deque[tuple[bytes, str]] = deque(maxlen=window)

    def __call__(self, batch: Sequence[Verification | None]) -> ReplayedBatch:
        """The replays of a batch, in which None is what could not be read."""
        read = [(place, each) for place, each in enumerate(batch) if each is not None]
        responses = [(group_key(each.rollout.instruction), each.rollout.response) for _, each in read]
        settings = self.settings
        sample = ResponseSample(settings.background if settings.needs_background else 0, settings.seed)
        for group, response in (*self._earlier, *responses):
            sample.add(group, response)
        index = Index(settings, settings.batch_prompts, settings.guard_names)
        made = list(
            replays_of([each for _, each in read], settings, self._rewriter, sample.background(), index)
        )
        self._earlier.extend(responses)
        replays = {
            place: replayed
            for (place, _), (_, replayed) in zip(read, made, strict=True)
            if isinstance(replayed, ReplaySample)
        }
        counts = Counter(dict.fromkeys(COUNTED, 0))
        counts.update({state: n for state, n in index.states.items() if state in COUNTED})
        counts.update(
            rollouts=len(batch),
            unreadable=len(batch) - len(read),
            failures=sum(False in source.verdicts for source, _ in made),
            refused=sum(isinstance(replayed, RewriteRefusal) for _, replayed in made),
            replays=len(replays),
        )
        succeeded = {source.group for source, _ in made if source.reward == 1}
        counts["rescued"] = len({each.group for each in replays.values()} - succeeded)
        return ReplayedBatch(replays, counts)


class BatchRow(NamedTuple):
    """A rollout or a replay of a batch, as far as advantages go.

    Attributes:
        group: what rewards are compared within.
        length: tokens of the response that are trained.
        reward: of a rollout, NaN where it is not known; 1 for a replay.
        replay: whether it is one.
        bits: how much the instruction of a replay says; None where nothing was measured.
    """

    group: int
    length: int
    reward: float = 1.0
    replay: bool = False
    bits: float | None = None


def batch_advantages(
    rows: Sequence[BatchRow], settings: TrainConfig, estimated: Tensor | None = None
) -> Tensor:
    """The advantage of each row of a batch, (N,), as in ``hir-data train``; 0 where the reward is unknown.

    Args:
        rows: of all processes.
        settings: how rewards are compared, and how much replays weigh.
        estimated: the advantages of all rows, (N,), by the trainer's own estimator, with anything for
            replays; None to estimate them by the settings.
    """
    known = torch.tensor([not math.isnan(row.reward) for row in rows])
    counted = [row for row in rows if not math.isnan(row.reward)]
    advantages = torch.zeros(len(rows))
    if counted:
        nothing = torch.zeros(0, dtype=torch.int32)
        lengths = [torch.zeros(1, dtype=torch.int32).expand(row.length) for row in counted]
        named = [
            TrainingRow("", str(row.group), "", row.replay, row.reward, nothing, length, bits=row.bits)
            for row, length in zip(counted, lengths, strict=True)
        ]
        advantages[known] = compute_advantages(
            named, settings, None if estimated is None else estimated.float()[known]
        )
    return advantages
