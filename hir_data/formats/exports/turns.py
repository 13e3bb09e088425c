"""Conversations in which calls of tools are messages of their own, as some trainers have them.

A message is a role and a text there, so that a table has a column for it. What has no place in that form
makes no row.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from hir_data.formats.exports.rows import ExportRow, ExportRows, Skipped

Turn = dict[str, str]

_KEPT = frozenset({"role", "content", "tool_calls", "tool_call_id"})
_NAMES = {"reasoning_content": "reasoning", "name": "the name of who says it"}


class CallRoles(NamedTuple):
    """What a trainer calls the messages around a tool.

    Attributes:
        call: the role of a call, or of several at once.
        result: the role of what the tool answers.
        is_list: whether the calls of a message are one list, rather than a message each.
    """

    call: str
    result: str
    is_list: bool


class _NoPlaceError(Exception):
    """A message that has no place in the form."""


def turns_of(messages: Iterable[Mapping[str, Any]], roles: CallRoles) -> list[Turn] | str:
    """The messages with a role and a text each, or why they cannot be written so."""
    try:
        return [turn for message in messages for turn in _turns(message, roles)]
    except _NoPlaceError as error:
        return str(error)


def _turns(message: Mapping[str, Any], roles: CallRoles) -> Iterator[Turn]:
    role, content, calls = message["role"], message["content"], message.get("tool_calls")
    for field, value in message.items():
        if field not in _KEPT and value not in (None, "") and (role, field) != ("tool", "name"):
            raise _NoPlaceError(
                f"a message of its prompt has {_NAMES.get(field, field)}, which has no place there"
            )
    if role == "developer":
        role = "system"
    if not calls:
        yield {"role": roles.result if role == "tool" else role, "content": content}
        return
    if content.strip():
        raise _NoPlaceError("a message of its prompt has a text beside the call of a tool")
    written = [_call(each) for each in calls]
    texts: list[Any] = written if len(written) == 1 or not roles.is_list else [written]
    yield from ({"role": roles.call, "content": json.dumps(each, ensure_ascii=False)} for each in texts)


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    function = call.get("function", call)
    arguments = function.get("arguments", {})
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments or "{}")
        except ValueError:
            raise _NoPlaceError("the arguments of a call of a tool are no JSON") from None
    return {"name": function.get("name", ""), "arguments": arguments}


def rewritten(rows: ExportRows, write: Callable[[ExportRow], ExportRow | str]) -> ExportRows:
    """Rows in the form of another trainer.

    Args:
        rows: those of TRL.
        write: makes another row of one, or says why there is none.
    """
    for row in rows:
        if isinstance(row, Skipped):
            yield row
            continue
        made = write(row)
        yield Skipped(row.get("id") or row["chosen_id"], made) if isinstance(made, str) else made


def whole(row: ExportRow, roles: CallRoles) -> list[Turn] | str:
    """The conversation of a row of TRL's, with what is answered at its end if it has an answer."""
    answered = row.get("completion") or row.get("chosen") or []
    return turns_of([*row["prompt"], *answered], roles)
