"""Objects of APIs (:mod:`hir_data.formats.envelopes.answers`) as records, and as the responses of records."""

import contextlib
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic_core import from_json

from hir_data.errors import RecordError
from hir_data.formats.envelopes.answers import Answers, answers_of, is_object
from hir_data.formats.envelopes.envelope import Envelope, Opened, responses_field
from hir_data.formats.fields import JsonObject, without
from hir_data.schemas.message import are_objects

_OF_THE_OBJECT = (
    "id", "object", "created", "created_at", "model", "choices", "usage", "system_fingerprint",
    "service_tier",
    "output", "status", "error", "incomplete_details", "candidates", "usageMetadata", "modelVersion",
    "responseId", "type", "role", "content", "stop_reason", "stop_sequence", "prompt_logprobs",
    "kv_transfer_params", "prompt_token_ids", "meta_info", "done", "done_reason", "stopReason",
)  # fmt: skip


_ASKED = ("prompt", "messages", "conversations", "key", "id", "custom_id")


class CompletionObject(Envelope):
    """An object of an API as a record, with a key or a prompt among its fields."""

    name = "completion"
    data = "objects of chat completions, completions, OpenAI's Responses, Anthropic's Messages, Gemini"
    marks: ClassVar[tuple[str, ...]] = (
        "choices", "candidates", "output", "content", "message", "meta_info", "generated_text",
    )  # fmt: skip
    known_by = "`choices`, `candidates`, `output` with items, a `message`, or `text` with `meta_info`"

    def fits(self, record: JsonObject) -> bool:
        """Whether it is one of the objects, and no response is beside it."""
        if "response" in record or "responses" in record or isinstance(record.get("generated_text"), str):
            return False
        return is_object(record)

    def opened(self, record: JsonObject) -> Opened:
        """The record; the object's own ``id`` is no key of a prompt."""
        answers = answers_of(record)
        if answers is None:
            raise RecordError("is no object of an API")
        asked = without(record, (*_OF_THE_OBJECT, re.split(r"[.\[]", answers.place)[0]))
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
        said = record.get("generated_text")
        if isinstance(said, list) and said[:-1] and all(asked.get(each) is None for each in _ASKED):
            asked["messages"] = said[:-1]  # a pipeline's, which repeats what it was asked
        return Opened({**asked, **answers.fields()}, {"response": answers.place})


def _is_of_an_api(record: JsonObject) -> bool:
    """Whether the id of an object is one that an API has given it."""
    return "object" in record or "created" in record or str(record.get("id", "")).startswith(_IDS)


_IDS = ("chatcmpl", "cmpl", "resp_", "msg_", "gen-")
"""How ids begin that APIs give to answers."""


class ResponseObject(Envelope):
    """A record whose response is an object of an API."""

    name = "response-object"
    data = "records with such an object as their response, NeMo Gym's rollouts"
    _FIELDS: ClassVar[tuple[str, ...]] = (
        "response", "completion", "output", "outputs", "modelOutput", "chat_completion", "generation",
        "result", "prediction", "model_output", "model_response", "raw_response", "api_response",
        "llm_response",
    )  # fmt: skip
    marks: ClassVar[tuple[str, ...]] = (*_FIELDS, "responses", "completions", "generations")
    known_by = "such an object as `response`"

    def fits(self, record: JsonObject) -> bool:
        """Whether there is such an object."""
        return self._field(record) is not None or self._listed(record) is not None

    def opened(self, record: JsonObject) -> Opened:
        """The record with the answer of the object as its response."""
        name = self._field(record)
        if name is None:
            return self._several(record, self._listed(record) or "responses")
        try:
            answers = answers_of(_unquoted(record[name]))
        except RecordError as error:
            raise error.inside(name) from None
        assert answers is not None
        place = f"{name}.{answers.place}" if answers.place else name
        rest = _with_request(without(record, [name]))
        if str(rest.get("id", "")).startswith(_IDS):  # of the answer, as litellm logs it: no key of a prompt
            rest["completion_id"] = rest.pop("id")
        return Opened({**answers.fields(), **rest, **_answer_alone(answers)}, {"response": place})

    def _several(self, record: JsonObject, name: str) -> Opened:
        texts: list[Any] = []
        for number, each in enumerate(record[name]):
            try:
                answers = answers_of(each)
            except RecordError as error:
                raise error.inside(f"{name}[{number}]") from None
            texts += answers.messages if answers else [each]
        return Opened({**without(record, [name]), **responses_field(texts)})

    def _field(self, record: JsonObject) -> str | None:
        for name in self._FIELDS:
            value = record.get(name)
            if is_object(_unquoted(value)):
                return name
        return None

    def _listed(self, record: JsonObject) -> str | None:
        """The field that is a list of objects."""
        for name in self.marks:
            several = record.get(name)
            if isinstance(several, list) and several and all(is_object(each) for each in several):
                return name
        return None


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
            {"role": roles.get(str(role), role), "content": each.get("parts")}
            for each in contents
            for role in [each.get("role") or "user"]
        ]
        return {**beside, "messages": messages}
    asked = {each: request[each] for each in ("messages", "prompt") if request.get(each) is not None}
    return {**beside, **asked} if asked else record


def _answer_alone(answers: Answers) -> dict[str, Any]:
    fields = answers.fields()
    return {name: fields[name] for name in ("response", "responses") if name in fields}
