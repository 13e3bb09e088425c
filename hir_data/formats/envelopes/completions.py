"""Answers as APIs write them: the objects of chat completions, completions, Responses, Messages, Gemini.

An object stands by itself (with a key or a prompt beside it), or where a record has its response.
"""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple

from pydantic_core import from_json

from hir_data.errors import RecordError
from hir_data.formats.envelopes.envelope import Envelope, Opened, failure, responses_field
from hir_data.formats.fields import JsonObject, at, shown, without
from hir_data.schemas.message import are_objects

_THOUGHTS = ("reasoning", "thinking", "redacted_thinking")
"""Types of parts that hold what was thought."""
_CUT_OFF = {"max_tokens": "length", "model_length": "length", "max_output_tokens": "length",
            "MAX_TOKENS": "length", "end_turn": "stop", "stop_sequence": "stop", "STOP": "stop"}  # fmt: skip
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


_OBJECTS: tuple[tuple[Callable[[JsonObject], bool], Callable[[JsonObject], Answers]], ...] = (
    (_has_choices, _of_choices),
    (_has_items, _of_items),
    (_is_message, _of_message),
    (_has_candidates, _of_candidates),
)

_OF_THE_OBJECT = (
    "id", "object", "created", "created_at", "model", "choices", "usage", "system_fingerprint",
    "service_tier",
    "output", "status", "error", "incomplete_details", "candidates", "usageMetadata", "modelVersion",
    "responseId", "type", "role", "content", "stop_reason", "stop_sequence", "prompt_logprobs",
    "kv_transfer_params", "prompt_token_ids",
)  # fmt: skip


class CompletionObject(Envelope):
    """An object of an API as a record, with a key or a prompt among its fields."""

    name = "completion"
    data = "objects of chat completions, completions, OpenAI's Responses, Anthropic's Messages, Gemini"
    marks: ClassVar[tuple[str, ...]] = ("choices", "candidates", "output", "content")
    known_by = "`choices`, `candidates`, `output` with items, or `type` and `role` of a message"

    def fits(self, record: JsonObject) -> bool:
        """Whether it is one of the objects, and no response is beside it."""
        if "response" in record or "responses" in record:
            return False
        return any(is_one(record) for is_one, _ in _OBJECTS)

    def opened(self, record: JsonObject) -> Opened:
        """The record; the object's own ``id`` is no key of a prompt."""
        answers = answers_of(record)
        if answers is None:
            raise RecordError("is no object of an API")
        asked = without(record, _OF_THE_OBJECT)
        told = asked.get("metadata")
        if isinstance(told, Mapping):
            asked |= {
                name: told[name]
                for name in ("key", "custom_id", "prompt")
                if told.get(name) is not None and asked.get(name) is None
            }
        if asked.get("key") is None and asked.get("custom_id") is not None:
            asked["key"] = asked.pop("custom_id")
        if asked.get("key") is None and not _is_of_an_api(record):
            asked["id"] = record.get("id")
        elif record.get("id") is not None:
            asked["completion_id"] = record["id"]
        return Opened({**asked, **answers.fields()}, {"response": answers.place})


def _is_of_an_api(record: JsonObject) -> bool:
    """Whether the id of an object is one that an API has given it."""
    return "object" in record or "created" in record or str(record.get("id", "")).startswith(
        ("chatcmpl", "cmpl", "resp_", "msg_", "gen-")
    )  # fmt: skip


class ResponseObject(Envelope):
    """A record whose response is an object of an API."""

    name = "response-object"
    data = "records with such an object as their response, NeMo Gym's rollouts"
    marks: ClassVar[tuple[str, ...]] = ("response", "responses", "completion", "output", "modelOutput",
                                          "chat_completion")  # fmt: skip
    known_by = "such an object as `response`"
    _FIELDS: ClassVar[tuple[str, ...]] = (
        "response",
        "completion",
        "output",
        "modelOutput",
        "chat_completion",
    )

    def fits(self, record: JsonObject) -> bool:
        """Whether there is such an object."""
        return self._field(record) is not None or self._are_objects(record)

    def opened(self, record: JsonObject) -> Opened:
        """The record with the answer of the object as its response."""
        name = self._field(record)
        if name is None:
            return self._several(record)
        try:
            answers = answers_of(_unquoted(record[name]))
        except RecordError as error:
            raise error.inside(name) from None
        assert answers is not None
        place = f"{name}.{answers.place}" if answers.place else name
        rest = _with_request(without(record, [name]))
        return Opened({**answers.fields(), **rest, **_answer_alone(answers)}, {"response": place})

    def _several(self, record: JsonObject) -> Opened:
        texts: list[Any] = []
        for number, each in enumerate(record["responses"]):
            try:
                answers = answers_of(each)
            except RecordError as error:
                raise error.inside(f"responses[{number}]") from None
            texts += answers.messages if answers else [each]
        return Opened({**record, **responses_field(texts)})

    def _field(self, record: JsonObject) -> str | None:
        for name in self._FIELDS:
            value = record.get(name)
            if is_object(_unquoted(value)):
                return name
        return None

    def _are_objects(self, record: JsonObject) -> bool:
        several = record.get("responses")
        return isinstance(several, list) and bool(several) and all(
            is_object(each) for each in several
        )  # fmt: skip


def _unquoted(value: Any) -> Any:
    """An object of an API that a table holds as a string; any other value as it is."""
    if isinstance(value, str) and value.startswith("{") and '"choices"' in value:
        with contextlib.suppress(ValueError):
            return from_json(value)
    return value


_REQUESTS = ("request", "modelInput")


def _with_request(record: dict[str, Any]) -> dict[str, Any]:
    """A record with what its request asked, where nothing else says it: Vertex AI's, Bedrock's batches."""
    name = next((name for name in _REQUESTS if isinstance(record.get(name), Mapping)), None)
    if name is None:
        return record
    request, beside = record[name], without(record, [name])
    if record.get("recordId") is not None:
        beside = {"id": record["recordId"], **without(beside, ["recordId"])}
    if any(beside.get(each) is not None for each in ("prompt", "messages")):
        return record
    contents = request.get("contents")
    if are_objects(contents) and contents:
        roles = {"model": "assistant"}
        messages = [
            {"role": roles.get(each.get("role"), each.get("role") or "user"), "content": each.get("parts")}
            for each in contents
        ]
        return {**beside, "messages": messages}
    asked = {each: request[each] for each in ("messages", "prompt") if request.get(each) is not None}
    return {**beside, **asked} if asked else record


def _answer_alone(answers: Answers) -> dict[str, Any]:
    fields = answers.fields()
    return {name: fields[name] for name in ("response", "responses") if name in fields}
