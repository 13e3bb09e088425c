"""Fields that the user names, with the paths at which a record has them."""

import ast
import contextlib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic_core import from_json

from hir_data.errors import RecordError
from hir_data.formats.fields import JsonObject, at, shown, without
from hir_data.text.quiet import quietly


class FieldNames(NamedTuple):
    """Where a record has what it is read for, as dotted paths; None where that is to be found out.

    Attributes:
        prompt: of the prompt, a text or a list of messages.
        response: of the response, or the list of responses.
        key: of the key.
        constraints: of the constraints, in any form that is known.
        optional: which of these a record need not have.
    """

    prompt: str | None = None
    response: str | None = None
    key: str | None = None
    constraints: str | None = None
    optional: frozenset[str] = frozenset()

    def of_prompts(self) -> "FieldNames":
        """Those that a file of prompts has, whose responses are elsewhere."""
        return self._replace(response=None, optional=frozenset({"prompt", "key"}))

    def of_responses(self) -> "FieldNames":
        """Those that a file of responses has, whose constraints are elsewhere."""
        return self._replace(constraints=None, optional=frozenset({"prompt", "key"}))

    def found_in(self, record: JsonObject) -> "FieldNames":
        """Those without the optional ones that a record has not."""
        found = self
        if "prompt" in self.optional and self.prompt and at_path(record, self.prompt) is None:
            found = found._replace(prompt=None)
        if "key" in self.optional and self.key and at_path(record, self.key) is None:
            found = found._replace(key=None)
        return found


class NamedFields(NamedTuple):
    """A record with the named fields under our names, and where they stood."""

    record: dict[str, Any]
    places: dict[str, str]


UNNAMED = FieldNames()

_ID = re.compile(r"[\w-]+:[\w:-]+")
"""An id of a kind, which alone may stand in a cell of a table."""


def with_named_fields(record: JsonObject, names: FieldNames) -> NamedFields:
    """A record with the fields that are named under the names that every record has them.

    Raises:
        RecordError: it has no such field.
    """
    if names == UNNAMED:
        return NamedFields(dict(record), {})
    names = names.found_in(record)
    taken = {path for path in names[:4] if path and "." not in path}
    ours: dict[str, Any] = {}
    places: dict[str, str] = {}
    if names.prompt:
        value = _value(record, names.prompt)
        name = "prompt" if isinstance(value, str) else "messages"
        taken |= {"prompt", "messages", "conversations"}
        ours[name], places[name] = value, names.prompt
    if names.response:
        value = _value(record, names.response)
        name = "responses" if _are_several(value) else "response"
        taken |= {"response", "responses", "completion"}
        ours[name], places[name] = value, names.response
    if names.key:
        ours["id"], places["id"] = _value(record, names.key), names.key
        taken |= {"id", "key"}
    if names.constraints:
        stated = _statement(record, names.constraints)
        parent = names.constraints.rpartition(".")[0]
        ours |= stated
        places |= {name: f"{parent}.{name}" if parent else name for name in stated}
        if len(stated) == 1:
            places[next(iter(stated))] = names.constraints
    return NamedFields({**without(record, taken), **ours}, places)


def at_path(record: JsonObject, path: str) -> Any:
    """The value at a dotted path, or of a field whose own name has dots in it."""
    return record[path] if path in record else at(record, path)


def _value(record: JsonObject, path: str) -> Any:
    value = at_path(record, path)
    if value is None:
        raise RecordError(f"there is no such field; there are {', '.join(record)}"[:300], field=path)
    return value


def _are_several(value: Any) -> bool:
    """Whether this is a list of responses: of texts, or of objects that are no messages."""
    return (
        isinstance(value, list)
        and bool(value)
        and (
            all(isinstance(each, str) for each in value)
            or (
                all(isinstance(each, Mapping) for each in value) and not any("role" in each for each in value)
            )
        )
    )


def _statement(record: JsonObject, path: str) -> dict[str, Any]:
    """What states the constraints, under the name of the form that it has."""
    value = _opened(_value(record, path))
    parent = at(record, path.rpartition(".")[0]) if "." in path else record
    beside = parent if isinstance(parent, Mapping) else {}
    if isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], Mapping):
        inner = value[0]
        if not inner.get("kind") and ("instruction_id" in inner or "instruction_id_list" in inner):
            value = inner  # as open-instruct writes it
    if isinstance(value, Mapping):
        known = {name: value[name] for name in ("instruction_id_list", "instruction_id", "kwargs",
                                                "constraints", "checkers") if name in value}  # fmt: skip
        return known or ({"constraints": [value]} if "kind" in value else {"ground_truth": value})
    if isinstance(value, str) and not _ID.fullmatch(value):
        return {"ground_truth": value}
    value = [value] if isinstance(value, str) else value
    if isinstance(value, list | tuple):
        if value and all(isinstance(each, str) for each in value) and _opened(value[0]) == value[0]:
            if (parameters := _opened(beside.get("kwargs"))) is not None:
                return {"instruction_id_list": value, "kwargs": parameters}
            if all(":" in each and " " not in each for each in value):
                return {"instruction_id_list": value, "kwargs": [{} for _ in value]}
            return {"checkers": value}
        return {"constraints": value}
    raise RecordError(f"states no constraints: {shown(value)}", field=path)


def _opened(value: Any) -> Any:
    """What a text holds that is JSON or a literal of Python, as in tables; any other value as it is."""
    if not isinstance(value, str) or not value.lstrip().startswith(("[", "{")):
        return value
    with contextlib.suppress(ValueError):
        return from_json(value)
    with contextlib.suppress(ValueError, SyntaxError, MemoryError, RecursionError), quietly():
        return ast.literal_eval(value)
    return value
