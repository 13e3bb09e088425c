"""How replays are made."""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from hir_data.replays.relabel import Relabel
from hir_data.replays.select import SelectionConfig

RewriterName = Literal["spans", "criteria", "llm"]


class ReplayConfig(BaseModel):
    """How replays are made.

    Attributes:
        selecting: how rollouts are chosen.
        relabel: what becomes of violated constraints.
        rewriter: who writes the new prompts.
        batch_prompts: how many prompts make a batch, from which rollouts are chosen together; None for all.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")

    selecting: SelectionConfig = SelectionConfig()
    relabel: Relabel = "hindsight"
    rewriter: RewriterName = "spans"
    batch_prompts: Annotated[int, Field(ge=1)] | None = None
