"""What a file looks like whose first record cannot be read, and which option would read it."""

import shlex
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from hir_data.errors import RecordError
from hir_data.formats.catalogue import format_of
from hir_data.formats.constraint_fields import constraint_field_of
from hir_data.formats.envelopes.catalogue import envelope_of, opened
from hir_data.formats.fields import KEY_FIELDS, MISSING, NO_RESPONSE, JsonObject
from hir_data.schemas.message import are_objects

_DEPTH, _SHOWN = 3, 16
_PROMPT_WORDS = ("prompt", "question", "query", "instruction", "input", "user", "task", "text")
_RESPONSE_WORDS = ("response", "output", "answer", "completion", "generat", "predict", "reply", "result")
_KEY_WORDS = ("id", "key", "index")


def description(
    record: Any,
    error: RecordError | None = None,
    *,
    is_joined: bool = False,
    named: Collection[str] = (),
) -> str | None:
    """What is to be said of a file's first record that was rejected; None where its own error says it all.

    Args:
        record: the record.
        error: why it was rejected.
        is_joined: whether prompts and responses come from two files.
        named: what the user has named the field of: ``prompt``, ``response``, ``key`` or ``constraints``.
    """
    if not isinstance(record, Mapping):
        return None
    envelope = envelope_of(record)
    try:
        inner: JsonObject = opened(record).record
    except RecordError:
        return None
    lacking = [name for name in _lacking(inner, error, is_joined) if name not in named]
    if not lacking:
        return None
    unknown = " or ".join(lacking)
    paths = dict(_paths(record))
    asked = [inner.get(name) for name in ("prompt", "messages", "conversations")]
    free = {path: value for path, value in paths.items() if value is None or value not in asked}
    has_response = any(name in inner for name in ("response", "responses", "completion"))
    is_known = is_joined or has_response or "response" in (*lacking, *named)
    wished = lacking if is_known else [*lacking, "response"]
    found: dict[str, str] = {}
    for name in wished:
        is_guess = name == "response" and ("prompt" not in lacking or "prompt" in found)
        if path := _candidate(free, name, found.values(), is_guess=is_guess):
            found[name] = path
        elif name == "key" and (path := _candidate(free, "prompt", found.values())):
            found["prompt"] = path  # which joins them as well
            lacking.remove(name)
    shown = ", ".join(list(paths)[:_SHOWN]) + (", ..." if len(paths) > _SHOWN else "")
    looks = f"looks like {envelope.data}" if envelope else "is in none of the formats"
    if envelope is None and (form := format_of(inner)) is not None:
        looks = f"looks like {form.data}"
    parts = [looks, f"has the fields {shown}", f"and nothing that is known as {unknown}"]
    return f"the first record {parts[0]}, {parts[1]}, {parts[2]}: {_advice(record, lacking, found, envelope)}"


def _lacking(inner: JsonObject, error: RecordError | None, is_joined: bool) -> list[str]:
    """What nothing in a record is known as."""
    form = format_of(inner)
    has_constraints = form is not None or constraint_field_of(inner) is not None
    has_prompt = any(inner.get(name) is not None for name in ("prompt", "messages", "conversations"))
    has_response = any(name in inner for name in ("response", "responses", "completion"))
    missing = error.field if error is not None and error.problem == MISSING else None
    if is_joined:  # a record with constraints is a prompt, any other a response
        has_key = any(inner.get(name) is not None for name in KEY_FIELDS)
        is_response_known = has_response or (has_constraints and missing != "response")
        known = {"response": is_response_known, "key": has_key or has_prompt or has_constraints}
    else:
        is_prompt_known = has_prompt or (form is not None and missing != "prompt")
        known = {"prompt": is_prompt_known, "constraints": has_constraints}
        known["response"] = error is None or error.problem != NO_RESPONSE
    return [name for name, is_known in known.items() if not is_known]


def _advice(record: JsonObject, lacking: list[str], found: Mapping[str, str], envelope: Any) -> str:
    """What would read the file."""
    unknown = [f"--{name}-field" for name in lacking if name not in found]
    if found:
        options = " ".join(f"--{name}-field {shlex.quote(path)}" for name, path in found.items())
        return f"try {options}" + (f", with {', '.join(unknown)} FIELD for the rest" if unknown else "")
    for name, value in record.items():
        if are_objects(value) and value and any(constraint_field_of(each) for each in value):
            return f"{name} holds {len(value)} of them; they are read where each is a line of its own"
    if lacking == ["response"]:
        return (
            "give the file that has the responses as --responses, or --response-field FIELD says where it is"
        )
    has_response = any(name in record for name in ("response", "responses", "completion"))
    if "constraints" in lacking and (has_response or envelope):
        return "give the file of the prompts with their constraints, and this one as --responses"
    return f"{', '.join(unknown)} FIELD says where it is"


def _paths(record: JsonObject, before: str = "", depth: int = 1) -> Iterator[tuple[str, Any]]:
    """The fields of a record as paths, those of objects in it among them."""
    for name, value in record.items():
        path = f"{before}{name}"
        if isinstance(value, Mapping) and value and depth < _DEPTH and not _states(value):
            yield from _paths(value, f"{path}.", depth + 1)
        else:
            yield path, value


def _candidate(
    paths: Mapping[str, Any], what: str, taken: Collection[str], *, is_guess: bool = False
) -> str | None:
    """The field that may be meant.

    Args:
        paths: the fields that it may be.
        what: it is to be.
        taken: the fields that are something else.
        is_guess: whether it may be the longest text, where the name of none says anything.
    """
    if what == "constraints":
        return next((path for path, value in paths.items() if _states(value)), None)
    words = {"prompt": _PROMPT_WORDS, "response": _RESPONSE_WORDS, "key": _KEY_WORDS}[what]
    free = {path: value for path, value in paths.items() if path not in taken}
    for word in words:
        for path, value in free.items():
            is_text = isinstance(value, str) or (what == "key" and isinstance(value, int))
            is_text = is_text or (what == "prompt" and bool(value) and are_objects(value))
            if is_text and word in path.rpartition(".")[2].lower():
                return path
    if not is_guess:
        return None
    texts = [
        path
        for path, value in free.items()
        if isinstance(value, str)
        and not _states(value)
        and not any(word in path.rpartition(".")[2].lower() for word in (*_PROMPT_WORDS, *_KEY_WORDS))
    ]
    return max(texts, key=lambda path: len(paths[path]), default=None)


def _states(value: Any) -> bool:
    """Whether a value may state constraints."""
    if isinstance(value, Mapping):
        return bool({"instruction_id_list", "instruction_id", "checkers"} & value.keys())
    if isinstance(value, str):
        return "instruction_id" in value or '"kind"' in value
    if not isinstance(value, list | tuple) or not value:
        return False
    return all(
        (isinstance(each, Mapping) and ("kind" in each or "instruction_id" in each))
        or (isinstance(each, str) and ":" in each and " " not in each)
        for each in value
    )
