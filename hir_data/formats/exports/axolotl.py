"""Rows for Axolotl's chat templates: ``messages`` to learn from, and pairs for ``chat_template.default``."""

from collections.abc import Iterable

from hir_data.formats.exports import trl
from hir_data.formats.exports.config import ExportOptions
from hir_data.formats.exports.rows import MESSAGES, ExportRow, ExportRows
from hir_data.formats.exports.turns import rewritten
from hir_data.formats.parquet import ColumnType
from hir_data.schemas.replay import ReplaySample

SFT: dict[str, ColumnType] = {"id": "string", "messages": MESSAGES}
DPO: dict[str, ColumnType] = {
    "chosen_id": "string",
    "rejected_id": "string",
    "messages": MESSAGES,
    "chosen": MESSAGES[0] if isinstance(MESSAGES, list) else MESSAGES,
    "rejected": MESSAGES[0] if isinstance(MESSAGES, list) else MESSAGES,
}


def sft(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """The responses that satisfy all constraints of their instruction."""

    def answered(row: ExportRow) -> ExportRow | str:
        if "chat_template_kwargs" in row:
            return "it has template options, which Axolotl takes for all rows at once"
        beside = {"tools": row["tools"]} if "tools" in row else {}
        return {"id": row["id"], "messages": [*row["prompt"], *row["completion"]], **beside}

    return rewritten(trl.sft(samples, form), answered)


def dpo(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """A success and a failure of the same instruction."""

    def paired(row: ExportRow) -> ExportRow | str:
        if "chat_template_kwargs" in row:
            return "it has template options, which Axolotl takes for all rows at once"
        if "tools" in row or any(message.keys() - {"role", "content"} for message in row["prompt"]):
            return "Axolotl's pairs have no place for tools, nor for fields of messages but role and content"
        return {
            "chosen_id": row["chosen_id"],
            "rejected_id": row["rejected_id"],
            "messages": row["prompt"],
            "chosen": row["chosen"][0],
            "rejected": row["rejected"][0],
        }

    return rewritten(trl.dpo(samples, form), paired)
