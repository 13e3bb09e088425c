"""Records of prompts as other people and we ourselves write them, made into instructions.

A record is in one of the formats of :mod:`hir_data.formats.catalogue`, alone or in

- a rollout: ``{"instruction": <record>, "response": ...}``, as a :class:`Rollout` writes it
- a verification: ``{"rollout": <rollout>, "results": ...}``, verified anew

Each may carry its ``response`` (or ``completion``), or ``responses``, itself, and how it was drawn
(:mod:`hir_data.formats.sampled`).
"""

import json
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from hir_data.errors import RecordError
from hir_data.formats.catalogue import FORMATS, format_named, format_of
from hir_data.formats.constraint_fields import LISTED_BY, STATEMENTS, ConstraintStatement, constraint_field_of
from hir_data.formats.conversations import (
    CONVERSATION_FIELDS,
    DEFAULT,
    ReadConversation,
    ReadOptions,
    read_conversation,
    response_reasoning,
    response_text,
)
from hir_data.formats.fields import (
    KEY_FIELDS,
    ORIGIN_FIELDS,
    PLACE_FIELDS,
    JsonObject,
    moved,
    origin_of,
    record_key,
    shown,
    unquoted,
    without,
)
from hir_data.formats.format import Format, Prompt
from hir_data.formats.sampled import own_sampling, sampling_beside
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.message import Message, are_objects
from hir_data.schemas.rollout import Sampling
from hir_data.text.thinking import Thinking

RESPONSE_FIELDS = ("response", "responses")


def read_prompt(
    record: dict[str, Any], format_name: str | None = None, options: ReadOptions = DEFAULT
) -> Prompt:
    """What a record asks for.

    Args:
        record: the record.
        format_name: the format that it is in; by default the one that it looks like.
        options: how its conversation is read.

    Raises:
        RecordError: it is in none of the formats, or breaks its own; ``field`` says where.
    """
    # A verification in the columns of a table has its results beside the fields of its rollout.
    ours = (
        "rollout" in record
        or isinstance(record.get("instruction"), dict)
        or record.keys() >= set(_ROLLOUT_COLUMNS)
    )
    if not ours:
        record = _completed(record) if "completion" in record else _with_history(record)
    rollout, asking = rollout_record(record), instruction_record(record)
    form = _format(asking, format_name)
    try:
        flat = form.to_flat(asking) if form else dict(asking)
        statement, mark = _stated(flat, form)
        said = read_conversation(flat, options)
        origin = {"criteria": statement.criteria} | origin_of(flat, len(statement.constraints))
        instruction = _instruction(
            id=record_key(flat),
            constraints=statement.constraints,
            **said.fields,
            **origin,
            **_places_of(flat, statement, said),
        )
    except RecordError as error:
        raise _placed(error, form) from None
    bearer = flat if rollout is asking else rollout
    if ours:
        own, taken = _own_fields(rollout), {"instruction", *RESPONSE_FIELDS, *_COLUMNS}
    else:
        sampling, beside = sampling_beside(bearer)
        own, taken = {"sampling": sampling} if sampling else {}, {*RESPONSE_FIELDS, *beside}
    rest = without(flat, taken | _told_by(flat, mark, instruction) | said.used)
    rest = form.opened(rest) if form else rest
    if bearer is not flat:
        rest |= without(bearer, taken)
    responses = _responses(bearer, options)
    if (reasoning := reasoning_within(bearer)) is not None:
        rest |= {REASONING: reasoning}
    if said.answer is not None:
        if responses is None:
            responses = [said.answer.content]
            rest |= (
                {} if said.answer.reasoning_content is None else {REASONING: said.answer.reasoning_content}
            )
        elif responses != [said.answer.content]:
            rest |= {"reference": said.answer.record()}  # such as the answer of a data set to train on
    return Prompt(instruction, responses, own, {**rest, **statement.metadata})


def reasoning_within(record: Mapping[str, Any]) -> str | None:
    """What a response that is a message has as its reasoning.

    Raises:
        RecordError: one of several responses has some, for which the record has no place.
    """
    several = record.get("responses")
    if not isinstance(several, list | tuple):
        return response_reasoning(record.get("response"))
    found = [response_reasoning(each) for each in several]
    if len(found) > 1 and any(found):
        number = next(number for number, each in enumerate(found) if each)
        raise RecordError(
            "has reasoning beside it, for which there is a place where a record has one response: "
            "give each response a record",
            field=f"responses[{number}]",
        )
    return found[0] if found else None


REASONING = "reasoning"
"""The metadata that holds what was thought before a response, where that came apart from it."""


def _instruction(**fields: Any) -> Instruction:
    try:
        return Instruction(**fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"])) or None
        raise RecordError(first["msg"].removeprefix("Value error, "), field=field) from None


def _places_of(flat: JsonObject, statement: ConstraintStatement, said: ReadConversation) -> dict[str, Any]:
    """Where constraints are stated and from when on they hold, as far as a record says so."""
    places: dict[str, Any] = {}
    for name in PLACE_FIELDS:
        value = flat.get(name)
        if value is None:
            value = getattr(statement, name)
        if value is None:
            continue
        value = unquoted(value, name)
        if not isinstance(value, list | tuple):
            raise RecordError(f"has to be a list of numbers, not {shown(value)}", field=name)
        messages = said.fields.get("messages", ())
        if name == "stated_in" and not any(isinstance(each, str | None) for each in value):
            places[name] = list(value)
            continue
        default = _default_place(messages) if name == "stated_in" else 1
        places[name] = [default if each is None else _place(each, messages, name) for each in value]
    return places


def _default_place(messages: Sequence[Message]) -> int:
    return max((number for number, each in enumerate(messages) if each.role == "user"), default=0)


def _place(written: Any, messages: Sequence[Message], field: str) -> Any:
    """A message by its number, or the first one of a role such as ``system``."""
    if not isinstance(written, str):
        return written
    for number, message in enumerate(messages):
        if message.role == written:
            return number
    raise RecordError(f"there is no message of the {written}", field=field)


def rollout_record(record: dict[str, Any]) -> dict[str, Any]:
    """The part of a record that bears the response."""
    inner = record.get("rollout")
    return inner if isinstance(inner, dict) else record


def instruction_record(record: dict[str, Any]) -> dict[str, Any]:
    """The part of a record that bears the prompt and its constraints."""
    record = rollout_record(record)
    inner = record.get("instruction")
    return inner if isinstance(inner, dict) else record


_ROLLOUT_COLUMNS = ("sample", "original", "thinking", "metadata")
OWN_FIELDS = (*_ROLLOUT_COLUMNS, "sampling")
"""What our rollouts say of a response, in the order in which it is written."""

_COLUMNS = {*OWN_FIELDS, "results", "ila", "cla", "ila_loose", "cla_loose", "weighted"}


def _format(record: JsonObject, name: str | None) -> Format | None:
    if name is None:
        return format_of(record)
    form = format_named(name)
    if not form.fits(record) and record.get(form.mark) is None:
        raise RecordError(f"a record of {name} has this field, and here it is missing", field=form.mark)
    return form


def _stated(flat: JsonObject, form: Format | None) -> tuple[ConstraintStatement, str]:
    """What a record states, and the field by which it does."""
    mark = constraint_field_of(flat, form.stated_by if form else ())
    if mark is None:
        names = dict.fromkeys([*STATEMENTS, *(each.mark for each in FORMATS)])
        raise RecordError(f"a prompt needs constraints, under one of the names {', '.join(names)}")
    return STATEMENTS[mark](flat), mark


def _told_by(flat: JsonObject, mark: str, instruction: Instruction) -> set[str]:
    """The fields of a record of which nothing is left that the instruction does not say."""
    told = {mark, *ORIGIN_FIELDS, *(name for name in KEY_FIELDS if flat.get(name) in (None, instruction.id))}
    if mark in LISTED_BY:
        told.add("kwargs")
    if isinstance(flat.get("prompt"), str | None):
        told.add("prompt")
    told |= {*PLACE_FIELDS, *(name for name in CONVERSATION_FIELDS if flat.get(name) is None)}
    return told


def _placed(error: RecordError, form: Format | None) -> RecordError:
    """An error with its field as the record has it."""
    return error if form is None else moved(error, form.places)


def _completed(record: dict[str, Any]) -> dict[str, Any]:
    """A record whose response is called a completion, a text or the messages of a conversation."""
    return _with_history({"response": record["completion"], **without(record, ["completion"])})


def _with_history(record: dict[str, Any]) -> dict[str, Any]:
    """A record whose response is the last of several messages, which the others come before."""
    response = record.get("response")
    if not isinstance(response, list) or len(response) < 2 or not are_objects(response):
        return record
    if not all("role" in message for message in response):
        return record
    name = next((name for name in CONVERSATION_FIELDS if record.get(name) is not None), "prompt")
    before = record.get(name)
    if isinstance(before, str):
        before = [{"role": "user", "content": before}]
    if not isinstance(before, list | tuple):
        return record
    whole = {**without(record, ["prompt", name]), "messages": [*before, *response[:-1]]}
    return whole | {"response": [response[-1]]}


def _own_fields(record: dict[str, Any]) -> dict[str, Any]:
    """The fields of a rollout that we wrote; nulls are left out."""
    own = {name: record[name] for name in OWN_FIELDS if record.get(name) is not None}
    if isinstance(own.get("metadata"), str):  # in the columns of a table an object is a JSON string
        try:
            own["metadata"] = json.loads(own["metadata"])
        except ValueError as error:
            raise RecordError(f"malformed JSON: {error}", field="metadata") from None
    if "sampling" in own:
        own["sampling"] = own_sampling(own["sampling"])
    wanted: dict[str, tuple[type, str]] = {
        "sample": (int, "a number"),
        "original": (str, "a string"),
        "thinking": (str, "a string"),
        "metadata": (dict, "an object"),
        "sampling": (Sampling, "an object"),
    }
    for name, value in own.items():
        sort, words = wanted[name]
        if not isinstance(value, sort) or isinstance(value, bool):
            raise RecordError(f"has to be {words}, not {shown(value)}", field=name)
    if own.get("sample", 0) < 0:
        raise RecordError(f"has to be 0 or more, not {own['sample']}", field="sample")
    if own.get("thinking", "absent") not in typing.get_args(Thinking):
        raise RecordError(f"is not known: {own['thinking']!r}", field="thinking")
    return own


def _responses(record: Mapping[str, Any], options: ReadOptions) -> list[Any] | None:
    if "responses" in record:
        if not isinstance(record["responses"], list | tuple):
            raise RecordError(f"has to be a list, not {shown(record['responses'])}", field="responses")
        return [read_response(each, options) for each in record["responses"]]
    return [read_response(record["response"], options)] if "response" in record else None


def read_response(value: Any, options: ReadOptions) -> Any:
    """The text of a response; as it is where it has none, which whoever wants the text will find."""
    try:
        return value if isinstance(value, str) else response_text(value, options)
    except RecordError:
        return value
