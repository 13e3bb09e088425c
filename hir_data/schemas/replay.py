"""What replay makes of verifications: rows to train on."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field

from hir_data.schemas.conversation import Instruction
from hir_data.schemas.record import Record
from hir_data.schemas.registry import AnyConstraint
from hir_data.schemas.rollout import Sampling
from hir_data.text.thinking import reasoning_beside, with_reasoning

Fate = Literal["kept", "dropped", "nearest", "flip", "substitute"]
"""What became of a constraint in hindsight; the last three are the ways of relabelling: the nearest value,
the opposite, and a substitute, which asks for something else."""


class Change(Record):
    """What became of one constraint of the source's instruction.

    Attributes:
        fate: kept as it was, dropped, or relabelled.
        constraint: the constraint of the source.
        became: what stands in its place, None where it was dropped.
    """

    fate: Fate
    constraint: AnyConstraint
    became: AnyConstraint | None = None


class ReplaySample(Record):
    """A row to train on: a rollout as it was, or replayed under another instruction that it satisfies.

    Attributes:
        id: unlike that of any other row of the data set.
        group: what the rollouts of one instruction have in common; a replay is in that of its source.
        origin: ``rollout`` for one as it was, ``replay`` for one in hindsight.
        instruction: what is asked in this row.
        response: the response, in a replay the very one of its source.
        original: the response before its thinking was taken out, None where nothing was.
        reward: 1 if all constraints of this row's instruction are satisfied, else 0 (ILA).
        cla: the share of them that is.
        degree: how far they are satisfied on average; None where verify was not asked for it.
        verdicts: whether each of them is, strictly; None where it could not be determined.
        reasons: of each verdict, what was found and what was wanted; empty in older data sets.
        source_id: the id of the row that a replay was made of.
        changes: what became of each constraint of the source, in the source's order; empty but for replays.
        constraint_bits: of a replay, how many bits each of its constraints carries (minus log2 of the share
            of responses to other prompts that satisfy it); None where too few others are known.
        instruction_bits: of a replay, the bits of all of its constraints at once.
        source_bits: of a replay, those of its source's constraints at once.
        pass_rate: the share of the rollouts of its group that satisfy all constraints, of those where that is
            known; a replay has that of its source's group. None where it is known of none, and in older data
            sets.
        constraint_pass_rates: of a rollout, the share of the rollouts of its group that satisfy each
            constraint; empty for replays and in older data sets.
        score: how good the selection found the source; None where nothing was selected.
        sampling: how the response was drawn. Its log-probabilities are given the prompt of the row
            :attr:`drawn_for`.
        metadata: what else the record of the rollout said, untouched.
    """

    id: str
    group: str
    origin: Literal["rollout", "replay"]
    instruction: Instruction
    response: str
    original: str | None = None
    reward: Annotated[float, Field(ge=0, le=1)]
    cla: Annotated[float, Field(ge=0, le=1)]
    degree: Annotated[float, Field(ge=0, le=1)] | None = None
    verdicts: tuple[bool | None, ...]
    reasons: tuple[str, ...] = ()
    source_id: str | None = None
    changes: tuple[Change, ...] = ()
    constraint_bits: tuple[float | None, ...] = ()
    instruction_bits: float | None = None
    source_bits: float | None = None
    pass_rate: Annotated[float, Field(ge=0, le=1)] | None = None
    constraint_pass_rates: tuple[float | None, ...] = ()
    score: float | None = None
    sampling: Sampling | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)

    @property
    def written(self) -> str:
        """All that the model wrote: the response with its thinking, also where that was kept beside it."""
        if self.original is not None:
            return self.original
        reasoning = reasoning_beside(self.metadata)
        return self.response if reasoning is None else with_reasoning(self.response, reasoning)

    @property
    def drawn_for(self) -> str:
        """The id of the row whose prompt the response was drawn for: of the source, or this one."""
        return self.source_id or self.id

    def changes_with_bits(self) -> Iterator[tuple[Change, float | None]]:
        """What became of each constraint of the source, with the bits of what stands in its place."""
        bits = iter(self.constraint_bits)
        for change in self.changes:
            yield change, None if change.became is None else next(bits, None)
