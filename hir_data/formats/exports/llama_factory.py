"""Rows for LlamaFactory, in the form that it calls sharegpt, and what ``dataset_info.json`` says of them.

A conversation takes turns there: after a system message, which may be missing, what is asked (by the user or
as the result of a tool) and what is answered (by the assistant, perhaps by calling a tool) follow each other.
LlamaFactory passes over rows that do not, so that they are left out here by name.
"""

from collections.abc import Iterable
from typing import Any

from hir_data.formats.exports import trl
from hir_data.formats.exports.config import ExportOptions
from hir_data.formats.exports.rows import MESSAGES, ExportRow, ExportRows
from hir_data.formats.exports.turns import CallRoles, Turn, rewritten, turns_of, whole
from hir_data.formats.parquet import ColumnType
from hir_data.schemas.replay import ReplaySample

MESSAGE: ColumnType = {"role": "string", "content": "string"}
SFT: dict[str, ColumnType] = {"id": "string", "messages": MESSAGES, "tools": "string"}
KTO: dict[str, ColumnType] = {**SFT, "label": "bool"}
DPO: dict[str, ColumnType] = {
    "chosen_id": "string",
    "rejected_id": "string",
    "messages": MESSAGES,
    "tools": "string",
    "chosen": MESSAGE,
    "rejected": MESSAGE,
}

_ROLES = CallRoles(call="function_call", result="observation", is_list=True)


def sft(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """The responses that satisfy all constraints of their instruction."""
    return rewritten(trl.sft(samples, form), _answered)


def kto(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """Every response with a label: whether it satisfies all constraints of its instruction."""

    def labelled(row: ExportRow) -> ExportRow | str:
        made = _answered(row)
        return made if isinstance(made, str) else made | {"label": row["label"]}

    return rewritten(trl.kto(samples, form), labelled)


def dpo(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """A success and a failure of the same instruction."""

    def paired(row: ExportRow) -> ExportRow | str:
        messages = turns_of(row["prompt"], _ROLES)
        if problem := messages if isinstance(messages, str) else _problem(row, messages):
            return problem
        return {
            "chosen_id": row["chosen_id"],
            "rejected_id": row["rejected_id"],
            "messages": messages,
            "tools": row.get("tools", ""),
            "chosen": row["chosen"][0],
            "rejected": row["rejected"][0],
        }

    return rewritten(trl.dpo(samples, form), paired)


def dataset_info(to: str, file_name: str) -> dict[str, Any]:
    """What ``dataset_info.json`` says of rows.

    Args:
        to: the format of the rows.
        file_name: the file, or the folder, that has them, as seen from the folder of ``dataset_info.json``.
    """
    columns = {"messages": "messages", "tools": "tools"}
    if to.endswith("-kto"):
        columns["kto_tag"] = "label"
    if is_ranking := to.endswith("-dpo"):
        columns |= {"chosen": "chosen", "rejected": "rejected"}
    return {
        "file_name": file_name,
        "formatting": "sharegpt",
        "ranking": is_ranking,
        "columns": columns,
        "tags": {
            "role_tag": "role",
            "content_tag": "content",
            "user_tag": "user",
            "assistant_tag": "assistant",
            "observation_tag": _ROLES.result,
            "function_tag": _ROLES.call,
            "system_tag": "system",
        },
    }


def _answered(row: ExportRow) -> ExportRow | str:
    messages = whole(row, _ROLES)
    if problem := messages if isinstance(messages, str) else _problem(row, messages[:-1]):
        return problem
    return {"id": row["id"], "messages": messages, "tools": row.get("tools", "")}


def _problem(row: ExportRow, asked: list[Turn] | str) -> str:
    """Why LlamaFactory would not read these messages before the answer as they are; empty where it would."""
    if "chat_template_kwargs" in row:
        return "it has template options, which LlamaFactory's rows have no place for"
    turns = [turn["role"] for turn in asked if isinstance(turn, dict)]
    if turns[:1] == ["system"]:
        del turns[0]
    asking, answering = {"user", _ROLES.result}, {"assistant", _ROLES.call}
    takes_turns = all(role in (answering if place % 2 else asking) for place, role in enumerate(turns))
    return (
        "" if takes_turns and len(turns) % 2 else "its messages do not take turns, as LlamaFactory wants them"
    )
