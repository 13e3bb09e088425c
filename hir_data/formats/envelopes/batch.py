"""The files of batch APIs: requests with a key of one's own, and what became of them.

- OpenAI, and what speaks its protocol (vLLM's ``run_batch``, Azure, Together, Mistral): ``{"custom_id",
  "response": {"status_code", "body": {...}}, "error"}``; the requests are ``{"custom_id", "method", "url",
  "body": {"messages" or "input" or "prompt", ...}}``
- Anthropic: ``{"custom_id", "result": {"type": "succeeded", "message": {...}}}``
- Gemini: ``{"key", "response": {"candidates": [...]}}``, which is a response that is an object

A request that failed has no response: it is rejected with what the API said.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from hir_data.errors import RecordError
from hir_data.formats.constraint_fields import STATEMENTS
from hir_data.formats.envelopes.answers import answers_of, is_object
from hir_data.formats.envelopes.envelope import Envelope, NoResponseError, Opened, failure
from hir_data.formats.fields import JsonObject, unquoted, without


class BatchOutput(Envelope):
    """What became of a request."""

    name = "batch-output"
    data = "batch output of OpenAI, of vLLM's run_batch, of Anthropic"
    marks: ClassVar[tuple[str, ...]] = ("custom_id",)
    known_by = "`custom_id` with `response` or `error` or `result`"

    def fits(self, record: JsonObject) -> bool:
        """Whether a key of one's own goes with a reply."""
        if record.get("custom_id") is None or "body" in record:
            return False
        reply = record.get("response")
        return (
            (isinstance(reply, Mapping) and ("body" in reply or "status_code" in reply or is_object(reply)))
            or (reply is None and "error" in record)
            or (isinstance(record.get("result"), Mapping) and "type" in record["result"])
        )

    def opened(self, record: JsonObject) -> Opened:
        """The answer, under the key of the request."""
        key = record["custom_id"]
        place, body = _body(record, key)
        try:
            answers = answers_of(body)
        except RecordError as error:
            raise NoResponseError.of_request(error.problem, _inside(place, error.field), key) from None
        if answers is None:
            problem = f"is no completion: {failure(body)}"
            raise NoResponseError.of_request(problem, place, key)
        rest = without(record, ["id", "key", "custom_id", "response", "error", "result"])
        return Opened(
            {"id": key, **rest, **answers.fields()},
            {"id": "custom_id", "response": _inside(place, answers.place)},
        )


def _body(record: JsonObject, key: Any) -> tuple[str, Any]:
    """Where the completion stands, and the completion."""
    if "result" in record and record.get("response") is None:
        result = record["result"]
        if result["type"] != "succeeded":
            problem = f"there is no response: {result['type']}"
            said = f": {failure(result['error'])}" if result.get("error") else ""
            raise NoResponseError.of_request(problem + said, "result", key)
        return "result.message", result.get("message")
    reply, error = record.get("response"), record.get("error") or None
    if not isinstance(reply, Mapping):
        said = failure(error) if error is not None else "it is null"
        field = "error" if error is not None else "response"
        raise NoResponseError.of_request(f"there is no response: {said}", field, key)
    if error is None and "body" not in reply and is_object(reply):
        return "response", reply
    status, body = reply.get("status_code", 200), reply.get("body")
    status = int(status) if isinstance(status, str) and status.isdigit() else status
    if isinstance(body, str) and body.startswith("{"):
        body = unquoted(body, "response.body")
    if error is not None or status != 200:
        said = failure(error if error is not None else body)
        raise NoResponseError.of_request(
            f"there is no response: status {status}: {said}"
            if status != 200
            else f"there is no response: {said}",
            "response.status_code" if status != 200 else "error",
            key,
        )
    return "response.body", body


def _inside(place: str, field: str | None) -> str:
    return f"{place}.{field}" if field else place


class BatchInput(Envelope):
    """A request: the prompt, with constraints beside it or in the metadata of its body."""

    name = "batch-input"
    data = "batch input of OpenAI and of vLLM's run_batch"
    marks: ClassVar[tuple[str, ...]] = ("custom_id",)
    known_by = "`custom_id` with `body`"

    def fits(self, record: JsonObject) -> bool:
        """Whether a key of one's own goes with a request."""
        return record.get("custom_id") is not None and isinstance(record.get("body"), Mapping)

    def opened(self, record: JsonObject) -> Opened:
        """The prompt, under the key of the request."""
        body = record["body"]
        name = next((name for name in ("messages", "input", "prompt") if body.get(name) is not None), None)
        if name is None:
            raise RecordError(f"asks nothing: it has the fields {', '.join(body)}", field="body")
        ours = "prompt" if isinstance(body[name], str) else "messages"
        asked = {ours: body[name]}
        if isinstance(body.get("instructions"), str):
            asked["system"] = body["instructions"]
        if body.get("tools"):
            asked["tools"] = body["tools"]
        metadata = body.get("metadata")
        told = {
            field: unquoted(value, f"body.metadata.{field}")
            for field, value in (metadata.items() if isinstance(metadata, Mapping) else ())
            if field in (*STATEMENTS, "kwargs", "criteria") and field != "ground_truth"
        }
        rest = without(record, ["id", "key", "custom_id", "method", "url", "body"])
        others = without(body, [name, "instructions", "tools", "metadata"])
        beside = {"request": others} if others else {}
        places = {"id": "custom_id", ours: f"body.{name}", **{each: f"body.metadata.{each}" for each in told}}
        return Opened({"id": record["custom_id"], **told, **rest, **beside, **asked}, places)
