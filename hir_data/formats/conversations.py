"""Conversations as other people write them, made into messages; an answer at the end is a response.

Messages are those of OpenAI's protocol (``role``, ``content``), of ShareGPT (``from``, ``value``), or items
of OpenAI's Responses, as NeMo Gym has them. Their contents may be lists of parts.
"""

import contextlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from hir_data.errors import RecordError
from hir_data.formats.earlier_turns import earlier_turns
from hir_data.formats.fields import JsonObject, moved, shown, text_field, unquoted, without
from hir_data.formats.named import UNNAMED, FieldNames
from hir_data.schemas.message import Message, are_objects, check_conversation, read_messages, text_of
from hir_data.text.templated import messages_in, style_of
from hir_data.text.thinking import reasoning_beside

Templated = Literal["refuse", "split", "keep"]
"""What is done with a prompt to which a chat template was applied already."""


class ReadOptions(NamedTuple):
    """How conversations are read.

    Attributes:
        drop_parts: leave out parts of a content that are no text, in place of rejecting the record.
        templated: refuse templated prompts, split them into their messages, or keep them as they are.
        fields: where records have their prompts, responses, keys and constraints, as far as that is said.
    """

    drop_parts: bool = False
    templated: Templated = "refuse"
    fields: FieldNames = UNNAMED


DEFAULT = ReadOptions()

CONVERSATION_FIELDS = ("messages", "conversations")
SYSTEM_FIELDS = ("system", "system_prompt", "system_message")
OPTION_FIELDS = ("template_options", "chat_template_kwargs")


_EARLIER_FIELDS = ("history", "conversation_history", "chat_history", "context")
"""Where some records keep the turns before their prompt (:mod:`hir_data.formats.earlier_turns`)."""
_TOOL_FIELDS = ("tools", "functions")
_BESIDE = frozenset([*CONVERSATION_FIELDS, *SYSTEM_FIELDS, *OPTION_FIELDS, *_EARLIER_FIELDS, *_TOOL_FIELDS])


class ReadConversation(NamedTuple):
    """What a record says to a model.

    Attributes:
        fields: of the instruction: ``prompt`` or ``messages``, ``tools``, ``template_options``.
        answer: a message of the assistant at the end, None if there is none.
        used: the fields of the record that say so.
    """

    fields: dict[str, Any]
    answer: Message | None = None
    used: frozenset[str] = frozenset()


def read_conversation(flat: JsonObject, options: ReadOptions = DEFAULT) -> ReadConversation:
    """What a record in the flat form says to a model.

    Raises:
        RecordError: it says nothing, or a conversation is no conversation; ``field`` says where.
    """
    prompt = flat.get("prompt")
    if (
        isinstance(prompt, str)
        and _BESIDE.isdisjoint(flat)
        and not _may_list_messages(prompt)
        and style_of(prompt) is None
    ):  # nearly always
        return ReadConversation({"prompt": prompt})
    for name in _EARLIER_FIELDS:
        if earlier := earlier_turns(flat, name):
            return _behind(earlier, name, flat, options)
    lists = _written(flat)
    field = next(iter(lists), None)
    if field is None:
        prompt = text_field(flat, "prompt")
        messages, answer = _of_prompt(prompt, "prompt", options), None
    else:
        messages, answer = _parted(_of_list(lists[field], field, options), field)
    for name in list(lists)[1:]:
        if _parted(_of_list(lists[name], name, options), name)[0] != messages:
            raise RecordError(f"is another conversation than {field}", field=name)
    if "prompt" in lists:
        prompt = None
    used = {*CONVERSATION_FIELDS, *lists, *(name for name in _BESIDE if flat.get(name) is None)}
    for name in SYSTEM_FIELDS:
        if flat.get(name) is not None:
            messages = _with_system(messages, _system_text(flat[name], name, options), name)
            used.add(name)
    check_conversation(messages, field or "prompt")
    if field is not None and len(messages) == 1 and not messages[0].content.strip():
        raise RecordError("this message is empty (user)", field=f"{field}[0]")
    said = next(message.content for message in reversed(messages) if message.role == "user")
    if field is not None and isinstance(prompt, str) and prompt.strip() != said.strip():
        raise RecordError("their last message of the user is not the prompt of the record", field=field)
    fields: dict[str, Any] = {"messages": messages}
    if tools := unquoted(flat["tools"], "tools") if flat.get("tools") else None:
        if not are_objects(tools):
            raise RecordError(f"has to be a list of objects, not {shown(tools)}", field="tools")
        fields["tools"] = tools
        used.add("tools")
    if are_objects(functions := flat.get("functions")) and functions:  # tools of OpenAI's old protocol
        if tools:
            raise RecordError("stands beside tools, which are the same", field="functions")
        fields["tools"] = [{"type": "function", "function": each} for each in functions]
        used.add("functions")
    for name in OPTION_FIELDS:
        chosen = unquoted(flat[name], name) if flat.get(name) is not None else None
        if chosen is None:
            continue
        if not isinstance(chosen, Mapping):
            raise RecordError(f"has to be an object, not {shown(chosen)}", field=name)
        if fields.get("template_options", chosen) != chosen:
            raise RecordError(f"has other options than {OPTION_FIELDS[0]}", field=name)
        fields["template_options"] = dict(chosen)
        used.add(name)
    is_said = answer is not None and answer.content.strip()
    return ReadConversation(fields, answer if is_said else None, frozenset(used))


def _behind(
    earlier: list[dict[str, Any]], name: str, flat: JsonObject, options: ReadOptions
) -> ReadConversation:
    """What a record says whose prompt is asked behind earlier turns."""
    others = [each for each in (*CONVERSATION_FIELDS, *_EARLIER_FIELDS) if flat.get(each) and each != name]
    if others or not isinstance(flat.get("prompt"), str) or name == "context":
        raise RecordError("earlier turns have to stand in messages", field=name)
    whole = [*earlier, {"role": "user", "content": flat["prompt"]}]
    try:
        read = read_conversation({**without(flat, [name]), "messages": whole}, options)
    except RecordError as error:
        raise moved(error, {f"messages[{len(earlier)}]": "prompt", "messages": name}) from None
    return read._replace(used=read.used | {name})


def response_text(value: Any, options: ReadOptions = DEFAULT) -> Any:
    """The text of a response: a string, parts, a message, or the last of a list of messages; else as it is.

    Raises:
        RecordError: it is a conversation of several messages, or a part is no text.
    """
    if isinstance(value, Mapping) and "role" in value:
        value = [value]
    if not isinstance(value, list | tuple) or not value or not are_objects(value):
        return value
    if not any("role" in each for each in value):
        return text_of(value, drop_parts=options.drop_parts, field="")
    if len(value) > 1:
        raise RecordError(f"is a conversation of {len(value)} messages, not the last one of them")
    if value[0].get("tool_calls") or value[0].get("function_call"):
        raise RecordError("is the call of a tool, which is no response")
    return text_of(value[0].get("content"), drop_parts=options.drop_parts)


def response_reasoning(value: Any) -> str | None:
    """What stands beside the text of a response that is a message, as its reasoning."""
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    return reasoning_beside(value) if isinstance(value, Mapping) and "role" in value else None


def _written(flat: JsonObject) -> dict[str, Any]:
    """The fields that hold lists of messages, and the lists."""
    lists = {name: unquoted(flat[name], name) for name in CONVERSATION_FIELDS if flat.get(name) is not None}
    prompt = flat.get("prompt")
    if isinstance(prompt, str) and _may_list_messages(prompt):
        with contextlib.suppress(RecordError):
            listed = unquoted(prompt, "prompt")
            if listed and are_objects(listed) and all({"role", "content"} <= each.keys() for each in listed):
                prompt = listed
    return lists | ({"prompt": prompt} if isinstance(prompt, list | tuple) else {})


def _may_list_messages(prompt: str) -> bool:
    """Whether a prompt may be a list of messages, as a table holds one."""
    return prompt.startswith("[") and '"role"' in prompt and prompt.rstrip().endswith("]")


def _parted(messages: tuple[Message, ...], field: str) -> tuple[tuple[Message, ...], Message | None]:
    """Messages without the answer at their end, and the answer."""
    if len(messages) < 2 or messages[-1].role != "assistant":
        return messages, None
    if messages[-1].tool_calls is not None:
        raise RecordError("ends with the call of a tool, which is no response", field=field)
    return messages[:-1], messages[-1]


def _system_text(system: Any, field: str, options: ReadOptions) -> str:
    """The text of a system message in a field of its own: a string, parts, or a message."""
    content = system.get("content") if isinstance(system, Mapping) else system
    return text_of(content, drop_parts=options.drop_parts, field=field)


def _of_list(written: Any, field: str, options: ReadOptions) -> tuple[Message, ...]:
    if isinstance(written, Mapping):  # one message
        written = [written]
    if not isinstance(written, list | tuple):
        raise RecordError(f"has to be a list of messages, not {shown(written)}", field=field)
    if not written:
        raise RecordError("has to be a list of messages, and is empty", field=field)
    messages = read_messages(_in_roles(written, field), drop_parts=options.drop_parts, field=field)
    for number, message in enumerate(messages):
        if options.templated != "keep" and message.role != "assistant" and style_of(message.content):
            place = f"{field}[{number}].content"
            if len(messages) > 1:
                raise _is_templated(message.content, place, among_others=True)
            return _of_prompt(message.content, place, options)
    return messages


def _of_prompt(prompt: str, field: str, options: ReadOptions) -> tuple[Message, ...]:
    """A prompt as a conversation: as it is, or taken apart where a template has written it."""
    if options.templated == "keep" or style_of(prompt) is None:
        return (Message(role="user", content=prompt),)
    if options.templated == "refuse":
        raise _is_templated(prompt, field)
    try:
        return read_messages(messages_in(prompt), field="")
    except RecordError as error:
        raise error.inside(field) from None


def _is_templated(text: str, field: str, *, among_others: bool = False) -> RecordError:
    split = "" if among_others else "--templated split reads the messages in it, "
    return RecordError(
        f"has been through a chat template already ({style_of(text)}), which would be applied to it twice: "
        f"{split}--templated keep takes it as it is",
        field=field,
    )


def _with_system(messages: tuple[Message, ...], system: str, field: str) -> tuple[Message, ...]:
    """The messages behind a system message that stands in a field of its own."""
    if not system.strip():
        return messages
    if messages[0].role == "system":
        if messages[0].content.strip() == system.strip():
            return messages
        raise RecordError("the conversation has another system message", field=field)
    return (Message(role="system", content=system), *messages)


_SHAREGPT: Mapping[str, str] = {
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "chatgpt": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "system": "system",
    "developer": "developer",
    "tool": "tool",
    "observation": "tool",
    "function_response": "tool",
    "function_call": "assistant",
}


def _in_roles(written: Sequence[Any], field: str) -> list[Any]:
    """Messages with roles and contents, whatever protocol they came in."""
    read: list[Any] = []
    for number, each in enumerate(written):
        place = f"{field}[{number}]"
        if isinstance(each, Mapping) and each.get("role") is None and "from" in each:
            each = _of_sharegpt(each, place)
        elif isinstance(each, Mapping) and isinstance(each.get("type"), str):
            each = _of_item(each, place)
            before = read[-1] if read else None
            if "tool_calls" in each and isinstance(before, dict) and "tool_calls" in before:
                before["tool_calls"] += each["tool_calls"]  # calls at the same time
                continue
        read.append(each)
    return read


def _of_sharegpt(turn: JsonObject, field: str) -> dict[str, Any]:
    role = turn["from"]
    if role not in _SHAREGPT:
        known = ", ".join(_SHAREGPT)
        raise RecordError(f"there is no role {shown(role)}; there are {known}", field=f"{field}.from")
    rest = {name: value for name, value in turn.items() if name not in ("from", "value")}
    message = {"role": _SHAREGPT[role], "content": turn.get("value"), **rest}
    if role != "function_call":
        return message
    call = unquoted(turn.get("value"), f"{field}.value")
    calls = call if isinstance(call, list) else [call]
    if not are_objects(calls):
        raise RecordError(f"has to be a call of a function, not {shown(call)}", field=f"{field}.value")
    return {**message, "content": "", "tool_calls": [{"type": "function", "function": one} for one in calls]}


def _of_item(item: JsonObject, field: str) -> dict[str, Any]:
    """An item of OpenAI's Responses as a message."""
    match item["type"]:
        case "function_call":
            function = {name: item.get(name) for name in ("name", "arguments")}
            call = {"id": item.get("call_id"), "type": "function", "function": function}
            return {"role": "assistant", "content": "", "tool_calls": [call]}
        case "function_call_output":
            output = item.get("output")
            text = output if isinstance(output, str | list) else json.dumps(output)
            return {"role": "tool", "content": text, "tool_call_id": item.get("call_id")}
        case "message":
            return {name: value for name, value in item.items() if name not in ("type", "status", "id")}
        case other if item.get("role") is None:
            raise RecordError(f"an item of type {other!r} is no message", field=f"{field}.type")
    return dict(item)
