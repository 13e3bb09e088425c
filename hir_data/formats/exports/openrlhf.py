"""Prompts for OpenRLHF: ``--input_key input --label_key label --apply_chat_template``."""

from collections.abc import Iterable

from pydantic_core import to_json

from hir_data.formats.exports.config import ExportOptions
from hir_data.formats.exports.rows import (
    MESSAGES,
    ExportRows,
    Skipped,
    beside,
    distinct,
    prompt_messages,
)
from hir_data.formats.parquet import ColumnType
from hir_data.schemas.replay import ReplaySample

PROMPTS: dict[str, ColumnType] = {"id": "string", "input": MESSAGES, "label": "string"}


def prompts(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """Each instruction once; the label holds its constraints, for a reward function."""
    for each in distinct(samples, form):
        if isinstance(each, Skipped):
            yield each
        else:
            label = to_json({"constraints": each.instruction.constraints}).decode()
            tools = {name: text for name, text in beside(each.instruction).items() if name == "tools"}
            yield {"id": each.id, "input": prompt_messages(each, form), "label": label, **tools}
