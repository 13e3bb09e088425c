"""Rows for prime-rl: answers to learn from, and the prompts of a verifiers environment to reinforce."""

from collections.abc import Iterable

from pydantic_core import to_json

from hir_data.formats.exports import trl
from hir_data.formats.exports.config import ExportOptions
from hir_data.formats.exports.rows import MESSAGES, ExportRow, ExportRows
from hir_data.formats.exports.turns import rewritten
from hir_data.formats.parquet import ColumnType
from hir_data.schemas.replay import ReplaySample

SFT: dict[str, ColumnType] = trl.SFT
PROMPTS: dict[str, ColumnType] = {"id": "string", "prompt": MESSAGES, "answer": "string", "info": "string"}

_OPTIONS = "it has template options, which prime-rl does not hand on"


def sft(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """The responses that satisfy all constraints of their instruction."""
    return rewritten(trl.sft(samples, form), lambda row: _OPTIONS if "chat_template_kwargs" in row else row)


def prompts(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """Each instruction once; ``info`` is a JSON object with its constraints, and its tools if it has any."""

    def asked(row: ExportRow) -> ExportRow | str:
        if "chat_template_kwargs" in row:
            return _OPTIONS
        constraints = b"[" + ",".join(row["constraints"]).encode() + b"]"
        tools = b',"tools":' + row["tools"].encode() if "tools" in row else b""
        info = b'{"id":' + to_json(row["id"]) + b',"constraints":' + constraints + tools + b"}"
        return {"id": row["id"], "prompt": row["prompt"], "answer": "", "info": info.decode()}

    return rewritten(trl.grpo(samples, form), asked)
