"""Episodes of verifiers (``traces.jsonl`` of ``vf-eval``): a task, and a trace for each agent.

A trace is ``{"task": {"data": {...}}, "nodes": [{"parent", "message", "sampled"}, ...], "errors", ...}``.
Versions before 1 wrote ``{"prompt": [...], "completion": [...], "answer", "info", "reward"}``: a record as it
is, with what its data set says in ``info``.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from hir_data.errors import RecordError
from hir_data.formats.constraint_fields import STATEMENTS
from hir_data.formats.envelopes.answers import message_of
from hir_data.formats.envelopes.envelope import Envelope, NoResponseError, Opened, failure, responses_field
from hir_data.formats.fields import JsonObject, at, unquoted, without
from hir_data.schemas.message import are_objects


class Episode(Envelope):
    """An episode of verifiers, or one of its traces alone."""

    name = "verifiers"
    data = "verifiers' traces.jsonl, of vf-eval"
    marks: ClassVar[tuple[str, ...]] = ("traces", "nodes")
    known_by = "`traces`, or `nodes`, with `task.data`"

    def fits(self, record: JsonObject) -> bool:
        """Whether a task goes with traces."""
        return isinstance(at(record, "task.data"), Mapping) and (
            are_objects(record.get("traces", None)) or are_objects(record.get("nodes", None))
        )

    def opened(self, record: JsonObject) -> Opened:
        """The task's data, with the last answer of each trace."""
        data = record["task"]["data"]
        key = data.get("id") if data.get("id") is not None else data.get("idx")
        traces: list[Any] = [record] if "nodes" in record else record["traces"]
        if not traces:
            said = failure(record["errors"][0]) if record.get("errors") else "no trace"
            raise NoResponseError.of_request(f"there is no response: {said}", "traces", key)
        answers = [
            _answer(trace, "" if "nodes" in record else f"traces[{number}].", key)
            for number, trace in enumerate(traces)
        ]
        asked: dict[str, Any] = {"id": key, **without(data, ["id", "idx", "prompt", "system_prompt", "info"])}
        if data.get("prompt") is not None:
            asked["prompt" if isinstance(data["prompt"], str) else "messages"] = data["prompt"]
        if data.get("system_prompt"):
            asked["system"] = data["system_prompt"]
        places = {name: f"task.data.{name}" for name in asked}
        rest = {name: record[name] for name in ("rewards", "metrics", "reward") if record.get(name)}
        return Opened({**_stated(data, rest), **asked, **responses_field(answers)}, places)


class OldRollout(Envelope):
    """A rollout of verifiers before its version 1, whose row's other fields are in ``info``."""

    name = "verifiers-v0"
    data = "verifiers' results.jsonl, before version 1"
    marks: ClassVar[tuple[str, ...]] = ("info",)
    known_by = "`prompt`, `completion` and `info` with constraints"

    def fits(self, record: JsonObject) -> bool:
        """Whether the constraints are in ``info``, and not beside it."""
        if "completion" not in record or not STATEMENTS.keys().isdisjoint(record):
            return False
        told = record.get("info")
        if isinstance(told, str) and told.startswith("{"):
            try:
                told = unquoted(told, "info")
            except RecordError:
                return False
        return isinstance(told, Mapping) and not STATEMENTS.keys().isdisjoint(told)

    def opened(self, record: JsonObject) -> Opened:
        """The rollout with its constraints laid open."""
        told = unquoted(record["info"], "info")
        names = [name for name in (*STATEMENTS, "kwargs", "key", "id") if name in told]
        return Opened(
            {**without(record, ["info"]), **{name: told[name] for name in names}},
            {name: f"info.{name}" for name in names},
        )


def _stated(data: JsonObject, rest: dict[str, Any]) -> dict[str, Any]:
    """What ``info`` of a task says, constraints among it."""
    told = data.get("info")
    return {**rest, **told} if isinstance(told, Mapping) else rest


def _answer(trace: JsonObject, place: str, key: Any) -> dict[str, Any]:
    """The last message that the model itself has written in a trace."""
    if errors := trace.get("errors"):
        raise NoResponseError.of_request(f"there is no response: {failure(errors[0])}", f"{place}errors", key)
    if isinstance(trace.get("root_reply"), str):
        return {"role": "assistant", "content": trace["root_reply"]}
    nodes: Any = trace.get("nodes")
    for number in reversed(range(len(nodes) if are_objects(nodes) else 0)):
        message = nodes[number].get("message")
        if nodes[number].get("sampled") and isinstance(message, Mapping):
            try:
                return message_of(message, f"{place}nodes[{number}].message")
            except RecordError as error:
                raise NoResponseError.of_request(error.problem, error.field or place, key) from None
    raise NoResponseError.of_request("there is no response: no node is sampled", f"{place}nodes", key)
