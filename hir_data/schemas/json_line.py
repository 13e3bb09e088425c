"""Records as lines of JSON."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json, to_json

_SHALLOW = 190  # brackets without which no line is nested as deeply as readers refuse


def json_line(value: Any) -> bytes:
    """A value as a line of JSON that can be read again; bytes are base64.

    Raises:
        ValueError: the value is nested so deeply that no line of it could be read, or has half a surrogate
            pair.
    """
    line = to_json(value, fallback=str, bytes_mode="base64")
    if line.count(b"[") + line.count(b"{") > _SHALLOW:
        from_json(line)
    return line + b"\n"


def certain_line(fields: Mapping[str, Any]) -> bytes:
    """An object as a line of JSON, whatever is in it: fields that JSON cannot say are written as text."""
    try:
        return json_line(fields)
    except Exception:  # whatever a value may raise when it is written
        return to_json({_certain(str(name)): _certain(value) for name, value in fields.items()}) + b"\n"


def _certain(value: Any) -> Any:
    if value is None or (isinstance(value, int) and abs(value) < 1 << 63):
        return value
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    except Exception as error:
        text = f"(cannot be written: {type(error).__name__})"
    return text.encode("utf-8", "backslashreplace").decode()
