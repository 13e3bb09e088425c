"""What verl writes and reads: the rollouts that it dumps, and prompts to train on.

A dump is ``{"input", "output", "gts", "score", "step", ...}``. The ground truth, ``gts``, holds the
constraints, in any of the shapes of :mod:`hir_data.formats.records`, and perhaps the prompt. Without it the
prompt is the input, as the model has read it.
"""

from collections.abc import Iterable
from typing import Any

from pydantic_core import to_json

from hir_data.errors import RecordError
from hir_data.formats.open_instruct import constraint_lists
from hir_data.formats.rows import MESSAGES, Form, LeftOut, Rows, asked, distinct
from hir_data.io import Sort
from hir_data.presentation import PRESENTATIONS
from hir_data.schemas.replay import ReplaySample

PROMPTS: dict[str, Sort] = {
    "data_source": "string",
    "prompt": MESSAGES,
    "ability": "string",
    "reward_model": {"style": "string", "ground_truth": "string"},
    "extra_info": {
        "index": "int",
        "split": "string",
        "id": "string",
        "question": "string",
        "criteria": ["string"],
        "q_type": "string",
    },
}

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


def prompts(samples: Iterable[ReplaySample], form: Form) -> Rows:
    """Each instruction once, with its constraints as the ground truth of ``compute_score``.

    What is not known of an instruction is an empty text or list: verl hands rows on as they are, and a null
    surprises whoever reads it.
    """
    index = 0
    for each in distinct(samples):
        if isinstance(each, LeftOut):
            yield each
            continue
        instruction = each.instruction
        number = 1 + PRESENTATIONS.index(instruction.presentation) if instruction.presentation else 0
        yield {
            "data_source": "hir-data",
            "prompt": asked(each, form),
            "ability": "instruction_following",
            "reward_model": {
                "style": "rule",
                "ground_truth": to_json({"constraints": instruction.constraints}).decode(),
            },
            "extra_info": {
                "index": index,
                "split": "train",
                "id": each.id,
                "question": instruction.question or "",
                "criteria": list(instruction.criteria or ()),
                "q_type": f"type{number}" if number else "",
            },
        }
        index += 1
