"""Answers as APIs and servers write them: what an object says, whatever it is called.

Chat completions, completions, OpenAI's Responses, Anthropic's Messages, Gemini, Bedrock's Converse, Cohere,
Ollama, llama.cpp, SGLang, transformers' pipelines and text-generation-inference.
"""

import types
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hir_data.errors import RecordError
from hir_data.formats.envelopes.envelope import failure
from hir_data.formats.fields import JsonObject, at, shown, without
from hir_data.schemas.message import are_objects

_THOUGHTS = ("reasoning", "thinking", "redacted_thinking")
"""Types of parts that hold what was thought."""
_CUT_OFF = {"max_tokens": "length", "model_length": "length", "max_output_tokens": "length",
            "MAX_TOKENS": "length", "COMPLETE": "stop", "end_turn": "stop", "stop_sequence": "stop",
            "STOP": "stop"}  # fmt: skip
"""Why an answer ended, in the words of chat completions."""


class Answers(NamedTuple):
    """The answers of an object.

    Attributes:
        messages: of the assistant, each with ``role`` and ``content``.
        finish_reasons: why each ended, as far as it is known.
        place: where in the object the first one stands.
        model: which model they are of.
    """

    messages: list[dict[str, Any]]
    finish_reasons: list[Any]
    place: str
    model: Any = None

    def fields(self) -> dict[str, Any]:
        """The answers in the fields of a record: one as a message, several as their contents."""
        reasons = [
            _CUT_OFF.get(each, each) if isinstance(each, str) else each for each in self.finish_reasons
        ]
        beside: dict[str, Any] = {}
        if any(reason is not None for reason in reasons):
            beside["finish_reason"] = reasons[0] if len(reasons) == 1 else reasons
        if isinstance(self.model, str):
            beside["model"] = self.model
        if len(self.messages) == 1:
            return {"response": self.messages[0], **beside}
        thoughts = [message.pop("reasoning_content", None) for message in self.messages]
        if any(thoughts):
            beside["reasoning_of_each"] = thoughts
        return {"responses": self.messages, **beside}


def answers_of(value: Any) -> Answers | None:
    """The answers in an object of an API; None if it is none.

    Raises:
        RecordError: it holds no answer; ``field`` says where.
    """
    if not isinstance(value, Mapping):
        return None
    for is_one, read in _OBJECTS:
        if is_one(value):
            return read(value)
    return None


def is_object(value: Any) -> bool:
    """Whether a value is an object of an API, with an answer or without one."""
    return isinstance(value, Mapping) and any(is_one(value) for is_one, _ in _OBJECTS)


def message_of(message: Any, field: str) -> dict[str, Any]:
    """A message of the assistant, what was thought in parts of its content put beside it.

    Raises:
        RecordError: it is no message, or a call of a tool.
    """
    if not isinstance(message, Mapping):
        raise RecordError(f"has to be a message, not {shown(message)}", field=field)
    read = {"role": "assistant", **{name: value for name, value in message.items() if value is not None}}
    content = read.get("content")
    if isinstance(content, list) and are_objects(content):
        thoughts = [part for part in content if part.get("type") in _THOUGHTS]
        if thoughts:
            read["content"] = [part for part in content if part.get("type") not in _THOUGHTS]
            text = "\n".join(filter(None, map(_thought, thoughts)))
            if text and not read.get("reasoning_content"):
                read["reasoning_content"] = text
    if content is None and not (read.get("tool_calls") or read.get("function_call")):
        refusal = read.get("refusal")
        raise RecordError(
            "is null, and the model refused" if refusal else "is null", field=f"{field}.content"
        )
    return read


def _thought(part: JsonObject) -> str:
    for name in ("reasoning", "thinking", "text", "summary"):
        value = part.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, list) and are_objects(value):
            return "\n".join(str(each["text"]) for each in value if each.get("text"))
    return ""


def _has_choices(value: JsonObject) -> bool:
    choices = value.get("choices")
    if not isinstance(choices, list):
        return False
    if not choices:
        return str(value.get("object", "")).endswith("completion")
    return are_objects(choices) and all(
        isinstance(each.get("message"), Mapping) or ("text" in each and "finish_reason" in each)
        for each in choices
    )


def _of_choices(value: JsonObject) -> Answers:
    choices = value["choices"]
    if not choices:
        raise RecordError("is empty: there is no response in it", field="choices")
    messages = [
        message_of(each["message"], f"choices[{number}].message")
        if "message" in each
        else {"role": "assistant", "content": each["text"]}
        for number, each in enumerate(choices)
    ]
    beside = [each.get("reasoning_content") or each.get("reasoning") for each in choices]
    for message, thought in zip(messages, beside, strict=True):
        if isinstance(thought, str):
            message.setdefault("reasoning_content", thought)
    reasons = [each.get("finish_reason") or each.get("stop_reason") for each in choices]
    place = "choices[0].message" if "message" in choices[0] else "choices[0].text"
    return Answers(messages, reasons, place, value.get("model"))


def _has_items(value: JsonObject) -> bool:
    output = value.get("output")
    if value.get("object") == "response" and "output" in value:
        return True
    return (
        isinstance(output, list)
        and bool(output)
        and are_objects(output)
        and all(isinstance(each.get("type"), str) for each in output)
    )


def _of_items(value: JsonObject) -> Answers:
    """The last message of a Responses object; where calls of tools come behind it, there is no answer yet."""
    if (error := value.get("error")) is not None:
        raise RecordError(f"there is no response: {failure(error)}", field="error")
    if value.get("status") in ("failed", "cancelled"):
        raise RecordError(f"there is no response: it is {value['status']}", field="status")
    items = value["output"] or []
    if not are_objects(items):
        raise RecordError(f"has to be a list of items, not {shown(items)}", field="output")
    number = next((n for n in reversed(range(len(items))) if items[n].get("type") == "message"), None)
    if number is None or any("call" in str(item.get("type")) for item in items[number + 1 :]):
        kinds = ", ".join(dict.fromkeys(str(item.get("type")) for item in items)) or "nothing"
        raise RecordError(f"there is no response in it, but {kinds}", field="output")
    place = f"output[{number}]"
    message = message_of(without(items[number], ("type", "id", "status", "phase")), place)
    content = message["content"]
    if isinstance(content, list) and are_objects(content):
        if refused := [part for part in content if part.get("type") == "refusal"]:
            content = [{"type": "text", "text": part.get("refusal", "")} for part in refused]
        message["content"] = [
            {"type": "text", "text": part["text"]} if isinstance(part.get("text"), str) else part
            for part in content
        ]
    thoughts = [_thought(item) or _thought({"text": item.get("content")}) for item in items[:number]
                if item.get("type") == "reasoning"]  # fmt: skip
    if text := "\n".join(filter(None, thoughts)):
        message.setdefault("reasoning_content", text)
    reason = at(value, "incomplete_details.reason") or (
        "stop" if value.get("status") == "completed" else None
    )
    return Answers([message], [reason], place, value.get("model"))


def _is_message(value: JsonObject) -> bool:
    return value.get("type") == "message" and value.get("role") == "assistant" and "content" in value


def _of_message(value: JsonObject) -> Answers:
    message = message_of({"role": "assistant", "content": value["content"]}, "")
    return Answers([message], [value.get("stop_reason")], "", value.get("model"))


def _has_candidates(value: JsonObject) -> bool:
    candidates = value.get("candidates")
    return (
        isinstance(candidates, list)
        and are_objects(candidates)
        and (all("content" in each or "finishReason" in each for each in candidates))
    )


def _of_candidates(value: JsonObject) -> Answers:
    messages, reasons = [], []
    for number, each in enumerate(value["candidates"]):
        parts = at(each, "content.parts")
        if not isinstance(parts, list) or not are_objects(parts):
            reason = each.get("finishReason") or at(value, "promptFeedback.blockReason")
            raise RecordError(f"there is no response in it: {reason}", field=f"candidates[{number}].content")
        thought = "\n".join(str(part.get("text")) for part in parts if part.get("thought"))
        said = [{"type": "text", "text": part.get("text")} for part in parts if not part.get("thought")]
        message: dict[str, Any] = {"role": "assistant", "content": said}
        messages.append({**message, "reasoning_content": thought} if thought else message)
        reasons.append(each.get("finishReason"))
    if not messages:
        blocked = at(value, "promptFeedback.blockReason") or "no candidates"
        raise RecordError(f"there is no response in it: {blocked}", field="candidates")
    return Answers(messages, reasons, "candidates[0].content", value.get("modelVersion"))


def _has_said(value: JsonObject) -> bool:
    """Whether a message of the assistant is in it, as Ollama, Cohere and Bedrock's Converse have it."""
    message = value.get("message") or at(value, "output.message")
    return isinstance(message, Mapping) and message.get("role") == "assistant" and "choices" not in value


def _of_said(value: JsonObject) -> Answers:
    place = "message" if value.get("message") else "output.message"
    message = dict(at(value, place))
    if isinstance(message.get("content"), list) and are_objects(message["content"]):
        message["content"] = [_typed(part) for part in message["content"]]
    if isinstance(message.get("thinking"), str):  # Ollama's
        message.setdefault("reasoning_content", message.pop("thinking"))
    reason = value.get("done_reason") or value.get("finish_reason") or value.get("stopReason")
    return Answers([message_of(message, place)], [reason], place, value.get("model"))


def _typed(part: JsonObject) -> JsonObject:
    """A part of a content with its type, which Bedrock's Converse says by the name of the field."""
    if "type" in part or len(part) != 1:
        return part
    ((name, held),) = part.items()
    if name == "reasoningContent":
        return {"type": "reasoning", "text": at(held, "reasoningText.text")}
    return {"type": "text" if name == "text" else name, name: held}


_TEXTS_BESIDE = types.MappingProxyType(
    {
        "text": ("meta_info",),  # SGLang
        "generated_text": ("generated_text",),  # transformers, text-generation-inference
        "response": ("done", "created_at"),  # Ollama
        "content": ("generation_settings", "tokens_predicted"),  # llama.cpp
    }
)
"""The field that holds the answer, and fields that stand beside it where it does."""


def _text_field(value: JsonObject) -> str | None:
    for name, marks in _TEXTS_BESIDE.items():
        held = value.get(name)
        if any(mark in value for mark in marks) and (
            isinstance(held, str) or (name == "generated_text" and _ends_in_answer(held))
        ):
            return name
    return None


def _ends_in_answer(messages: Any) -> bool:
    return (
        isinstance(messages, list)
        and are_objects(messages)
        and bool(messages)
        and messages[-1].get("role") == "assistant"
    )


def _has_text(value: JsonObject) -> bool:
    return _text_field(value) is not None


def _of_text(value: JsonObject) -> Answers:
    name = _text_field(value)
    assert name is not None
    held, place = value[name], name
    if not isinstance(held, str):
        place = f"{name}[{len(held) - 1}]"
        return Answers([message_of(held[-1], place)], [None], place, value.get("model"))
    message: dict[str, Any] = {"role": "assistant", "content": held}
    if isinstance(value.get("thinking"), str) and value["thinking"]:
        message["reasoning_content"] = value["thinking"]
    reason = at(value, "meta_info.finish_reason") or at(value, "details.finish_reason")
    reason = reason.get("type") if isinstance(reason, Mapping) else reason
    return Answers([message], [reason or value.get("done_reason")], place, value.get("model"))


_OBJECTS: tuple[tuple[Callable[[JsonObject], bool], Callable[[JsonObject], Answers]], ...] = (
    (_has_choices, _of_choices),
    (_has_items, _of_items),
    (_is_message, _of_message),
    (_has_candidates, _of_candidates),
    (_has_said, _of_said),
    (_has_text, _of_text),
)
