"""One message of a conversation, and what messages have to be to make one together."""

import typing
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import model_serializer, model_validator

from hir_data.errors import RecordError
from hir_data.schemas.frozen_json import FrozenJson
from hir_data.schemas.record import Record

Role = Literal["system", "developer", "user", "assistant", "tool"]
"""Who speaks."""

ROLES: tuple[Role, ...] = typing.get_args(Role)

_TEXT_PARTS = ("text", "input_text", "output_text")
_TEXT_FIELDS = ("name", "tool_call_id", "reasoning_content")
_CALL_IN_TEXT = "<tool_call>"
"""How some models write a tool call into the text of their message."""


class Message(Record):
    """One message of a conversation.

    Attributes:
        role: who speaks.
        content: the text; empty where there is none, as beside tool calls.
        name: of the speaker, or of the tool.
        tool_calls: the list of calls, as OpenAI's protocol writes them.
        tool_call_id: in a tool's result, the id of the call that it answers.
        reasoning_content: what the assistant has thought before, apart from the content.
        other: all other fields of the message, untouched.
    """

    role: Role
    content: str = ""
    name: str | None = None
    tool_calls: FrozenJson | None = None
    tool_call_id: str | None = None
    reasoning_content: str | None = None
    other: FrozenJson | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_record(cls, value: Any) -> Any:
        return message_fields(value) if isinstance(value, Mapping) else value

    @model_serializer(mode="plain")
    def record(self) -> dict[str, Any]:
        """The message as it is written, and as chat templates and servers read it."""
        record: dict[str, Any] = {"role": self.role, "content": self.content}
        for name in _TEXT_FIELDS:
            if (value := getattr(self, name)) is not None:
                record[name] = value
        if self.tool_calls is not None:
            record["tool_calls"] = self.tool_calls.value
        if self.other is not None:
            record |= self.other.value
        return record

    @property
    def has_more(self) -> bool:
        """Whether there is more to it than who speaks and the text."""
        more = (self.name, self.tool_calls, self.tool_call_id, self.reasoning_content, self.other)
        return any(each is not None for each in more)

    @property
    def calls(self) -> bool:
        """Whether tools are called in it, apart from the text or in the text."""
        return self.role == "assistant" and (self.tool_calls is not None or _CALL_IN_TEXT in self.content)


def message_fields(record: Mapping[str, Any], *, drop_parts: bool = False) -> dict[str, Any]:
    """The fields of a :class:`Message`, of a message as records have it; nulls are left out.

    Args:
        record: the message.
        drop_parts: leave out parts of the content that are no text.

    Raises:
        RecordError: the role is not known, or a field is not what it should be; ``field`` says which.
    """
    given = {name: value for name, value in record.items() if value is not None}
    other = given.pop("other", None)
    others = dict(other.value if isinstance(other, FrozenJson) else other or {})
    role = given.pop("role", None)
    if role not in ROLES:
        problem = "this field is missing" if role is None else f"there is no role {role!r:.60}"
        raise RecordError(f"{problem}; there are {', '.join(ROLES)}", field="role")
    fields: dict[str, Any] = {"role": role}
    fields["content"] = text_of(given.pop("content", ""), drop_parts=drop_parts)
    for name in _TEXT_FIELDS:
        if (text := given.pop(name, None)) is not None:
            if not isinstance(text, str):
                raise RecordError(f"has to be a string, not {text!r:.80}", field=name)
            fields[name] = text
    calls = given.pop("tool_calls", None)
    if calls is not None and not (isinstance(calls, FrozenJson) or are_objects(calls)):
        raise RecordError(f"has to be a list of objects, not {calls!r:.80}", field="tool_calls")
    if calls:
        fields["tool_calls"] = calls if isinstance(calls, FrozenJson) else FrozenJson(list(calls))
    if others | given:
        fields["other"] = FrozenJson(others | given)
    return fields


def text_of(content: Any, *, drop_parts: bool = False, field: str = "content") -> str:
    """The text of a content: a string, or a list of parts whose texts stand behind each other.

    Args:
        content: as messages have it.
        drop_parts: leave out parts that are no text.
        field: what errors call it.

    Raises:
        RecordError: a part is no text; ``field`` says which.
    """
    if isinstance(content, str):
        return content
    if not isinstance(content, Sequence):
        raise RecordError(f"has to be a string or a list of parts, not {content!r:.80}", field=field)
    texts: list[str] = []
    for number, part in enumerate(content):
        if isinstance(part, str):
            texts.append(part)
            continue
        kind = part.get("type", "text") if isinstance(part, Mapping) else None
        if kind in _TEXT_PARTS and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif not drop_parts:
            what = f"a part of type {kind!r:.60}" if kind else f"a part {part!r:.60}"
            raise RecordError(f"{what} is no text (see --drop-parts)", field=f"{field}[{number}]")
    return "".join(texts)


def read_messages(value: Any, *, drop_parts: bool = False, field: str = "messages") -> tuple[Message, ...]:
    """The messages of a list.

    Raises:
        RecordError: it is no list of messages; ``field`` says where.
    """
    if not isinstance(value, list | tuple):
        raise RecordError(f"has to be a list of messages, not {value!r:.80}", field=field)
    read: list[Message] = []
    for number, record in enumerate(value):
        if isinstance(record, Message):
            read.append(record)
            continue
        if not isinstance(record, Mapping):
            raise RecordError(f"has to be a message, not {record!r:.80}", field=f"{field}[{number}]")
        try:
            read.append(Message.model_construct(**message_fields(record, drop_parts=drop_parts)))
        except RecordError as error:
            raise error.inside(f"{field}[{number}]") from None
        except ValueError as error:
            raise RecordError(str(error), field=f"{field}[{number}]") from None
    return tuple(read)


def check_conversation(messages: Sequence[Message], field: str = "messages") -> None:
    """See that a response is due at the end of a conversation, and that nothing in it is out of place.

    Raises:
        RecordError: a message is empty or stands where it cannot; ``field`` says which.
    """
    if not any(message.role == "user" for message in messages):
        raise RecordError("there is no message of the user in it" if messages else "is empty", field=field)
    for number, message in enumerate(messages):
        if problem := _misplaced(messages, number):
            raise RecordError(f"{problem} ({message.role})", field=f"{field}[{number}]")
    if messages[-1].role not in ("user", "tool"):
        raise RecordError(
            f"ends with a message of the {messages[-1].role}, so that no response is due", field=field
        )


def _misplaced(messages: Sequence[Message], number: int) -> str | None:
    """What is wrong with a message in its place."""
    message = messages[number]
    if not message.content.strip():
        has_other = message.tool_calls is not None or message.reasoning_content is not None
        if message.role != "tool" and not has_other and len(messages) > 1:  # an empty prompt may be one
            return "this message is empty"
    if message.role in ("system", "developer"):
        before = messages[:number]
        if any(other.role == message.role for other in before):
            return f"there are two {message.role} messages; one alone is read"
        if any(other.role not in ("system", "developer") for other in before):
            return "this message has to come before all others"
    if message.role == "tool" and not _answers_a_call(messages, number):
        return "this is the result of a tool that no message before it has called"
    return None


def _answers_a_call(messages: Sequence[Message], number: int) -> bool:
    caller = next((each for each in reversed(messages[:number]) if each.role != "tool"), None)
    if caller is None or not caller.calls:
        return False
    ids = {call.get("id") for call in (caller.tool_calls.value if caller.tool_calls else ())} - {None}
    answered = messages[number].tool_call_id
    return answered is None or not ids or answered in ids


def are_objects(value: Any) -> bool:
    """Whether a value is a list of objects."""
    return isinstance(value, list | tuple) and all(isinstance(each, Mapping) for each in value)
