"""Rollouts that verl dumps while it trains: ``{"input", "output", "gts", "score", "step", ...}``.

The ground truth, ``gts``, holds the constraints, in any of the shapes of :mod:`hir_data.formats.records`, and
perhaps the prompt. Without it the prompt is the input, as the model has read it.
"""

from typing import Any

from hir_data.errors import RecordError
from hir_data.formats.open_instruct import constraint_lists

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


def is_dump(record: dict[str, Any]) -> bool:
    """Whether a record is one of these."""
    return {"input", "output", "gts"} <= record.keys()


def undumped(record: dict[str, Any]) -> dict[str, Any]:
    """The record of a prompt with its response that was dumped.

    Raises:
        RecordError: the ground truth holds no constraints.
    """
    try:
        held = constraint_lists(record["gts"])
    except RecordError as error:
        raise error.inside("gts") from None
    rest = {name: value for name, value in record.items() if name not in ("input", "output", "gts")}
    stated = {name: held[name] for name in _OF_THE_INSTRUCTION if held.get(name) is not None}
    return {**rest, "prompt": record["input"], **stated, "response": record["output"]}
