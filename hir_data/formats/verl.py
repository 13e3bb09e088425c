"""Rollouts that verl dumps while it trains: ``{"input", "output", "gts", "score", "step", ...}``.

The ground truth, ``gts``, holds the constraints, in any of the shapes of :mod:`hir_data.formats.records`, and
perhaps the prompt. Without it the prompt is the input, as the model has read it.
"""

import types
from typing import Any

from hir_data.errors import RecordError
from hir_data.formats.fields import Record, without
from hir_data.formats.open_instruct import constraint_lists
from hir_data.formats.shape import Format
from hir_data.formats.stated import STATEMENTS

_OF_THE_INSTRUCTION = (
    "id",
    "key",
    "prompt",
    "constraints",
    "instruction_id_list",
    "instruction_id",
    "kwargs",
    "question",
    "criteria",
    "presentation",
)


class VerlDump(Format):
    """Rollouts that verl dumps."""

    name = "verl-dump"
    data = "verl's rollout_data_dir"
    mark = "gts"
    places = types.MappingProxyType({name: f"gts.{name}" for name in (*STATEMENTS, "kwargs")})

    def fits(self, record: Record) -> bool:
        """Whether there is an input, an output and a ground truth."""
        return {"input", "output", "gts"} <= record.keys()

    def unfold(self, record: Record) -> dict[str, Any]:
        """The record of a prompt with its response that was dumped."""
        try:
            held = constraint_lists(record["gts"])
        except RecordError as error:
            raise error.inside("gts") from None
        stated = {name: held[name] for name in _OF_THE_INSTRUCTION if held.get(name) is not None}
        rest = without(record, ["input", "output", "gts"])
        return {**rest, "prompt": record["input"], **stated, "response": record["output"]}
