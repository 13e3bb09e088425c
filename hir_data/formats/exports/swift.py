"""Rows for ms-swift: ``messages`` with the answer at the end, and what each method wants beside them."""

from collections.abc import Iterable

from hir_data.formats.exports import trl
from hir_data.formats.exports.config import ExportOptions
from hir_data.formats.exports.rows import MESSAGES, ExportRow, ExportRows
from hir_data.formats.exports.turns import CallRoles, rewritten, whole
from hir_data.formats.parquet import ColumnType
from hir_data.schemas.replay import ReplaySample

SFT: dict[str, ColumnType] = {"id": "string", "messages": MESSAGES}
KTO: dict[str, ColumnType] = {**SFT, "label": "bool"}
DPO: dict[str, ColumnType] = {
    "chosen_id": "string",
    "rejected_id": "string",
    "messages": MESSAGES,
    "rejected_response": "string",
}
GRPO: dict[str, ColumnType] = {**SFT, "constraints": ["string"]}

_BESIDE = ("tools", "chat_template_kwargs")
_ROLES = CallRoles(call="tool_call", result="tool_response", is_list=False)


def sft(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """The responses that satisfy all constraints of their instruction."""
    return rewritten(trl.sft(samples, form), lambda row: _with(row, {}))


def kto(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """Every response with a label: whether it satisfies all constraints of its instruction."""
    return rewritten(trl.kto(samples, form), lambda row: _with(row, {"label": row["label"]}))


def dpo(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """A success and a failure of the same instruction."""

    def paired(row: ExportRow) -> ExportRow | str:
        return _with(row, {"rejected_response": row["rejected"][0]["content"]})

    return rewritten(trl.dpo(samples, form), paired)


def grpo(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """Each instruction once, with its constraints as a column for a reward function."""
    return rewritten(trl.grpo(samples, form), lambda row: _with(row, {"constraints": row["constraints"]}))


def _with(row: ExportRow, more: ExportRow) -> ExportRow | str:
    messages = whole(row, _ROLES)
    if isinstance(messages, str):
        return messages
    return _of(row, "id", "chosen_id", "rejected_id") | {"messages": messages} | more | _of(row, *_BESIDE)


def _of(row: ExportRow, *names: str) -> ExportRow:
    return {name: row[name] for name in names if name in row}
