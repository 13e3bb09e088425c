"""A sample of a log of inspect_ai; the logs themselves are read in :mod:`hir_data.formats.inspect_log`."""

from collections.abc import Mapping
from typing import Any, ClassVar

from hir_data.errors import RecordError
from hir_data.formats.envelopes.answers import answers_of
from hir_data.formats.envelopes.envelope import Envelope, NoResponseError, Opened, failure
from hir_data.formats.fields import JsonObject, without
from hir_data.schemas.message import are_objects

_KEPT = ("epoch", "target", "scores", "limit", "uuid")
"""Fields of a sample that are kept as metadata."""


class InspectSample(Envelope):
    """A sample of inspect_ai's, with what its data set says in ``metadata``."""

    name = "inspect"
    data = "inspect_ai's logs, .eval and .json"
    marks: ClassVar[tuple[str, ...]] = ("epoch",)
    known_by = "`input`, `output`, `epoch` and `id` of a sample"

    def fits(self, record: JsonObject) -> bool:
        """Whether it has what every sample has."""
        return {"id", "epoch", "input"} <= record.keys() and isinstance(record.get("output", {}), Mapping)

    def opened(self, record: JsonObject) -> Opened:
        """What was asked, with the fields of the metadata, and the answer."""
        key, output = record["id"], record.get("output") or {}
        if error := record.get("error") or output.get("error"):
            raise NoResponseError.of_request(f"there is no response: {failure(error)}", "error", key)
        if not output.get("choices"):
            raise NoResponseError.of_request("there is no response", "output.choices", key)
        try:
            answers = answers_of({**output, "object": "chat.completion"})
        except RecordError as error:
            raise NoResponseError.of_request(error.problem, f"output.{error.field}", key) from None
        if answers is None:
            problem = "has to be a list of answers with a message each"
            raise NoResponseError.of_request(problem, "output.choices", key)
        told = record.get("metadata")
        told = dict(told) if isinstance(told, Mapping) else {}
        if "response" in told:
            told["reference"] = told.pop("response")
        kept = {name: record[name] for name in _KEPT if record.get(name) not in (None, "", [], {})}
        asked = _asked(record, without(told, ["id"]))
        places = {name: f"metadata.{name}" for name in told}
        places |= {"messages": "input", "prompt": "input", "response": f"output.{answers.place}"}
        beside = without(told, ["prompt", "messages"])
        return Opened({"id": key, **kept, **beside, **asked, **answers.fields()}, places)


def _asked(record: JsonObject, told: JsonObject) -> dict[str, Any]:
    """What the model was asked: the row's own prompt, behind the system message of a solver."""
    given = record["input"]
    messages: Any = record.get("messages")
    system = [each for each in messages if each.get("role") == "system"] if are_objects(messages) else []
    if isinstance(given, str):
        prompt = told["prompt"] if isinstance(told.get("prompt"), str) else given
        if not system:
            return {"prompt": prompt}
        return {"messages": [*map(_plain, system[:1]), {"role": "user", "content": prompt}]}
    if not are_objects(given):
        raise RecordError("has to be a text or a list of messages", field="input")
    own = [_plain(each) for each in given]
    if system and not any(each.get("role") == "system" for each in own):
        own = [_plain(system[0]), *own]
    return {"messages": own}


def _plain(message: JsonObject) -> dict[str, Any]:
    """A message without what inspect_ai notes about it."""
    return without(message, ["id", "source", "metadata", "model", "internal"])
