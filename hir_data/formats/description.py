"""What a file looks like whose first record cannot be read, and which option would read it."""

from collections.abc import Iterator, Mapping
from typing import Any

from hir_data.errors import RecordError
from hir_data.formats.catalogue import format_of
from hir_data.formats.constraint_fields import constraint_field_of
from hir_data.formats.envelopes.catalogue import envelope_of, opened
from hir_data.formats.fields import KEY_FIELDS, JsonObject
from hir_data.schemas.message import are_objects

_DEPTH, _SHOWN = 3, 16
_PROMPT_WORDS = ("prompt", "question", "query", "instruction", "input", "user", "task", "text")
_RESPONSE_WORDS = ("response", "output", "answer", "completion", "generat", "predict", "reply", "result")
_KEY_WORDS = ("id", "key", "index")


def description(record: Any, *, is_joined: bool = False) -> str | None:
    """What is to be said of a file's first record that was rejected; None where its own error says it all.

    Args:
        record: the record.
        is_joined: whether prompts and responses come from two files.
    """
    if not isinstance(record, Mapping):
        return None
    envelope = envelope_of(record)
    try:
        inner: JsonObject = opened(record).record
    except RecordError:
        return None
    form = format_of(inner)
    has_constraints = form is not None or constraint_field_of(inner) is not None
    has_prompt = any(inner.get(name) is not None for name in ("prompt", "messages", "conversations"))
    has_response = any(name in inner for name in ("response", "responses", "completion"))
    if is_joined:  # a record with constraints is a prompt, any other a response
        has_key = any(inner.get(name) is not None for name in KEY_FIELDS)
        known = {"response": has_response or has_constraints, "key": has_key or has_prompt or has_constraints}
    else:
        is_own = form is not None and envelope is None  # a format may have a name of its own for its prompts
        known = {"prompt": has_prompt or is_own, "constraints": has_constraints}
    lacking = [name for name, is_known in known.items() if not is_known]
    if not lacking:
        return None
    paths = dict(_paths(record))
    options: list[str] = []
    for name in lacking:
        if path := _candidate(paths, name, options):
            options.append(f"--{name}-field {path}")
    if not is_joined and not has_response and (path := _candidate(paths, "response", options)):
        options.append(f"--response-field {path}")
    shown = ", ".join(list(paths)[:_SHOWN]) + (", ..." if len(paths) > _SHOWN else "")
    looks = f"looks like {envelope.data}" if envelope else f"is in none of the formats ({len(record)} fields)"
    parts = [looks, f"has the fields {shown}", f"and nothing that is known as {' or '.join(lacking)}"]
    said = f"the first record {parts[0]}, {parts[1]}, {parts[2]}"
    if options:
        return f"{said}: try {' '.join(options)}"
    if "constraints" in lacking and (has_response or envelope):
        return f"{said}: give the file of the prompts with their constraints, and this one as --responses"
    return f"{said}: {', '.join(f'--{name}-field' for name in lacking)} FIELD says where it is"


def _paths(record: JsonObject, before: str = "", depth: int = 1) -> Iterator[tuple[str, Any]]:
    """The fields of a record as paths, those of objects in it among them."""
    for name, value in record.items():
        path = f"{before}{name}"
        if isinstance(value, Mapping) and value and depth < _DEPTH and not _states(value):
            yield from _paths(value, f"{path}.", depth + 1)
        else:
            yield path, value


def _candidate(paths: Mapping[str, Any], what: str, taken: list[str] | None = None) -> str | None:
    """The field that may be meant."""
    if what == "constraints":
        return next((path for path, value in paths.items() if _states(value)), None)
    words = {"prompt": _PROMPT_WORDS, "response": _RESPONSE_WORDS, "key": _KEY_WORDS}[what]
    used = {each.rpartition(" ")[2] for each in taken or ()}
    for word in words:
        for path, value in paths.items():
            is_text = isinstance(value, str) or (what == "key" and isinstance(value, int))
            is_text = is_text or (what == "prompt" and bool(value) and are_objects(value))
            if is_text and path not in used and word in path.rpartition(".")[2].lower():
                return path
    texts = [path for path, value in paths.items() if isinstance(value, str) and path not in used]
    return max(texts, key=lambda path: len(paths[path]), default=None) if what == "response" else None


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
