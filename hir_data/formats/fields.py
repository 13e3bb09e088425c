"""Fields of records, wherever people put them: keys, prompts, conversations, what a prompt was made of."""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic_core import from_json

from hir_data.errors import RecordError
from hir_data.schemas.english import number_of
from hir_data.schemas.message import text_of
from hir_data.schemas.presentation import presentation_named

JsonObject = Mapping[str, Any]

KEY_FIELDS = ("id", "key")
ORIGIN_FIELDS = ("question", "criteria", "presentation")
PLACE_FIELDS = ("stated_in", "from_turn")
"""Where constraints are stated, and from which turn on they hold."""

MISSING = "this field is missing"
"""What is wrong with a record that lacks a field."""
NO_RESPONSE = "there is no response in the record (a file of responses goes with --responses)"
"""What is wrong with a record of a single file that has no response."""

_KEYS = (*KEY_FIELDS, "extra_info.id")
_PROMPTS = (
    "prompt",
    "messages",
    "conversations",
    "verifier_metadata.prompt",
    "responses_create_params.input",
)
_CONVERSATIONS = ("messages", "conversations")


def record_key(record: JsonObject) -> int | str | None:
    """The record's own key, under any of its names.

    Raises:
        RecordError: it is neither a number nor a string.
    """
    for name in _KEYS:
        key = at(record, name)
        if key is not None and (key != "" or name in KEY_FIELDS):
            if isinstance(key, bool) or not isinstance(key, int | str):
                raise RecordError(f"a key has to be a number or a string, not {key!r}", field=name)
            return key
    return None


def prompt_text(record: JsonObject) -> str:
    """What the model was asked: a prompt, or what the user said last in a conversation.

    Raises:
        RecordError: there is neither.
    """
    prompt = record.get("prompt")
    if isinstance(prompt, str):  # nearly always
        return prompt
    for name in _PROMPTS:
        value = at(record, name)
        if value is not None:
            is_text = name not in _CONVERSATIONS and not isinstance(value, list | tuple)
            return text_field({name: value}, name) if is_text else last_user_message(value, name)
    return text_field(record, "prompt")


def last_user_message(messages: Any, field: str = "messages") -> str:
    """What the user says last in a conversation.

    Raises:
        RecordError: nothing, or no text.
    """
    turns = messages if isinstance(messages, list | tuple) else ()
    said = [
        turn.get("content", turn.get("value"))
        for turn in turns
        if isinstance(turn, Mapping) and turn.get("role", turn.get("from")) in ("user", "human")
    ]
    if not said or said[-1] is None:
        raise RecordError("has to be a list of messages, the user's last one with a text", field=field)
    return text_of(said[-1], field=field)


def origin_of(record: JsonObject, constraints: int) -> dict[str, Any]:
    """What the prompt was made of, as far as the record says so; nulls are left out.

    Raises:
        RecordError: it is not what it should be; ``field`` says where.
    """
    origin = {name: record[name] for name in ORIGIN_FIELDS if record.get(name) is not None}
    if "question" in origin:
        text_field(origin, "question")
    if "presentation" in origin:
        try:
            presentation_named(origin["presentation"])
        except RecordError as error:
            raise error.inside("presentation") from None
    if "criteria" in origin:
        criteria = origin["criteria"]
        if not isinstance(criteria, list | tuple) or not all(isinstance(text, str) for text in criteria):
            raise RecordError(f"has to be a list of strings, not {shown(criteria)}", field="criteria")
        if len(criteria) != constraints:
            entries = number_of(len(criteria), "entry", "entries")
            raise RecordError(f"has {entries} for {number_of(constraints, 'constraint')}", field="criteria")
    return origin


def text_field(record: JsonObject, name: str) -> str:
    """A field that has to be there and has to be a string.

    Raises:
        RecordError: it is not.
    """
    if name not in record:
        raise RecordError(MISSING, field=name)
    value = record[name]
    if not isinstance(value, str):
        raise RecordError(
            "is null" if value is None else f"has to be a string, not {shown(value)}", field=name
        )
    return value


def object_field(record: JsonObject, name: str) -> dict[str, Any]:
    """A field that has to be an object.

    Raises:
        RecordError: it is not.
    """
    value = record.get(name)
    if not isinstance(value, dict):
        raise RecordError(f"has to be an object, not {shown(value)}", field=name)
    return value


def at(record: JsonObject, path: str) -> Any:
    """The value at a path such as ``extra_info.id``; None where there is none."""
    if "." not in path:
        return record.get(path)
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def moved(error: RecordError, places: Mapping[str, str]) -> RecordError:
    """An error with its field where it stands in a record that is unlike the one that was looked at.

    Args:
        error: the error.
        places: where fields stand, by the names that the error may have for them.
    """
    if not error.field:
        return error
    for name, place in places.items():
        if error.field == name or error.field.startswith((f"{name}[", f"{name}.")):
            rest = error.field.removeprefix(name)
            return RecordError(error.problem, error.source, error.line, place + rest)
    return error


def without(record: JsonObject, names: Collection[str]) -> dict[str, Any]:
    """A record without some of its fields."""
    return {name: value for name, value in record.items() if name not in names}


def unquoted(value: Any, field: str) -> Any:
    """A value that tables keep as a JSON string, or as it is.

    Raises:
        RecordError: it is a string, and no JSON.
    """
    if not isinstance(value, str):
        return value
    try:
        return from_json(value)
    except ValueError as error:
        raise RecordError(f"malformed JSON: {error}", field=field) from None


def shown(value: Any) -> str:
    """A value as errors show it."""
    return "null" if value is None else repr(value)[:80]
