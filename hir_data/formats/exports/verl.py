"""Rows that verl trains on, written; :mod:`hir_data.formats.verl` reads them."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import to_json

from hir_data.formats.exports.config import ExportOptions
from hir_data.formats.exports.rows import (
    MESSAGES,
    ExportRow,
    ExportRows,
    Skipped,
    beside,
    distinct,
    prompt_messages,
)
from hir_data.formats.parquet import ColumnType
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.presentation import PRESENTATIONS
from hir_data.schemas.replay import ReplaySample

OURS = "hir-data"
"""The data source of rows with constraints in our own form."""

PROMPTS: dict[str, ColumnType] = {
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


def prompts(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """Each instruction once, with its constraints as the ground truth of ``compute_score``.

    What is not known of an instruction is an empty text or list: verl hands rows on as they are, and a null
    surprises whoever reads it.
    """
    index = 0
    for each in distinct(samples, form):
        if isinstance(each, Skipped):
            yield each
            continue
        extra = {"index": index, "split": "train", "id": each.id}
        truth = {"constraints": each.instruction.constraints}
        yield row(prompt_messages(each, form), each.instruction, extra, truth)
        index += 1


def row(
    messages: list[dict[str, Any]],
    instruction: Instruction,
    extra: Mapping[str, Any],
    truth: Mapping[str, Any],
) -> ExportRow:
    """One row.

    Args:
        messages: the conversation.
        instruction: where its constraints come from, and what it was made of.
        extra: what stands first in ``extra_info``.
        truth: the ground truth.
    """
    number = 1 + PRESENTATIONS.index(instruction.presentation) if instruction.presentation else 0
    return {
        "data_source": OURS,
        "prompt": messages,
        "ability": "instruction_following",
        "reward_model": {"style": "rule", "ground_truth": to_json(truth).decode()},
        "extra_info": {
            **extra,
            "question": instruction.question or "",
            "criteria": list(instruction.criteria or ()),
            "q_type": f"type{number}" if number else "",
            **beside(instruction),
        },
    }
