"""Records of open-instruct's training data with several constraints a prompt (IFTrain).

``{"key", "messages": [{"role", "content"}, ...], "ground_truth": "..."}``. The ground truth holds
``[{"instruction_id": [id, ...], "kwargs": [{...}, ...]}]``, written as a Python literal or as JSON.
"""

import ast
import contextlib
import warnings
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json, to_json

from hir_data.errors import RecordError

_LONGEST_LITERAL = 100_000
"""In characters: Python takes about 500 bytes of memory for each while it reads a literal."""


def constraint_lists(ground_truth: Any) -> dict[str, Any]:
    """The object with ``instruction_id`` and ``kwargs`` that a ground truth holds.

    Raises:
        RecordError: it holds none.
    """
    value = _read(ground_truth)
    if isinstance(value, list | tuple):
        if len(value) != 1:
            raise RecordError(f"has to be a list of one object, not of {len(value)}")
        value = _read(value[0])
    if not isinstance(value, dict):
        raise RecordError(f"has to hold an object with instruction_id and kwargs, not {repr(value)[:80]}")
    if "func_name" in value:
        raise RecordError(
            f"asks for the function {repr(value['func_name'])[:80]} of RLVR-IFeval, the older data of "
            "open-instruct with one constraint a prompt; its functions are no kinds of hir-data"
        )
    return value


def last_user_message(messages: Any) -> str:
    """What the user says last in a conversation.

    Raises:
        RecordError: nothing, or no text.
    """
    turns = messages if isinstance(messages, list | tuple) else ()
    said = [turn.get("content") for turn in turns if isinstance(turn, Mapping) and turn.get("role") == "user"]
    if not said or not isinstance(said[-1], str):
        raise RecordError("has to be a list of messages, the user's last one with a text", field="messages")
    return said[-1]


def _read(value: Any) -> Any:
    """A value, or what a string says as JSON or as a Python literal."""
    if not isinstance(value, str):
        return value
    with contextlib.suppress(ValueError, TypeError):
        return from_json(value)
    if len(value) > _LONGEST_LITERAL:
        raise RecordError(f"is no JSON, and too long for a Python literal ({len(value)} characters)")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escape sequences that mean nothing
            literal = ast.literal_eval(value.strip())
        return from_json(to_json(literal))  # nothing that JSON cannot say: no bytes, no half characters
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        raise RecordError(f"is neither JSON nor a Python literal: {value[:80]!r}") from None
