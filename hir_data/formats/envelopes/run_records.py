"""Records of tools that keep what was asked, what was answered, and the row of the data set in objects apart.

- promptfoo: ``{"prompt": {"raw"}, "vars", "response": {"output"}, "testCase": {"vars", "assert"}}``
- Argilla: ``{"fields": {...}, "metadata": {...}, "suggestions", "responses"}``
- OpenAI's evals: ``{"datasource_item": {...}, "sample": {"input": [...], "output": [...]}}``
- HELM: ``{"instance": {...}, "request": {"prompt"}, "result": {"completions": [{"text"}]}}``
- LangSmith, Weave, MLflow: ``{"inputs": {...}, "outputs" or "output": ...}``; Langfuse: ``{"input": {...},
  "output": ...}``

What is opened lies beside the other fields; a row that is deeper inside of it is an envelope of its own
(:mod:`hir_data.formats.envelopes.nested`).
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from pydantic_core import from_json

from hir_data.errors import RecordError
from hir_data.formats.constraint_fields import STATEMENTS
from hir_data.formats.envelopes.answers import answers_of
from hir_data.formats.envelopes.envelope import Envelope, NoResponseError, Opened, failure, responses_field
from hir_data.formats.envelopes.other_names import PROMPT_NAMES, RESPONSE_NAMES
from hir_data.formats.fields import JsonObject, at, without
from hir_data.schemas.message import are_objects


class _Shape(NamedTuple):
    """Where a tool puts things; each is a path in the record.

    Attributes:
        known_by: what every record of it has.
        objects: which of these are objects.
        asked: what was asked: a text, messages, or an object with one of them.
        answered: what was answered.
        rows: objects that may have the constraints, and whose fields are laid open.
        failed: what went wrong.
        key: the key of the prompt.
        dropped: fields of the tool's own that look like ours.
    """

    known_by: tuple[str, ...]
    objects: tuple[str, ...]
    asked: str
    answered: str
    rows: tuple[str, ...] = ()
    failed: tuple[str, ...] = ("error",)
    key: str = ""
    dropped: tuple[str, ...] = ()


_SHAPES = (
    _Shape(
        ("testCase", "prompt.raw"),
        ("testCase",),
        "prompt.raw",
        "response.output",
        ("testCase.metadata", "testCase.vars", "vars"),
        ("error", "response.error"),
        dropped=("prompt", "response", "testCase", "vars", "metadata"),
    ),
    _Shape(
        ("fields", "suggestions"),
        ("fields",),
        "fields",
        "fields",
        ("metadata",),
        dropped=("responses", "vectors"),
    ),
    _Shape(
        ("datasource_item", "sample"),
        ("datasource_item", "sample"),
        "sample.input",
        "sample.output",
        ("datasource_item",),
        ("sample.error",),
        dropped=("object", "results"),
    ),
    _Shape(
        ("instance.input", "result.completions"),
        ("instance", "result"),
        "request.prompt",
        "result.completions",
        ("instance.extra_data",),
        ("result.error",),
        "instance.id",
    ),
    _Shape(("inputs", "outputs"), ("inputs",), "inputs", "outputs", ("inputs",)),
    _Shape(("inputs", "output"), ("inputs",), "inputs", "output", ("inputs",)),
    _Shape(("input", "output"), ("input",), "input", "output"),
)
_ASKED = ("messages", "prompt", *PROMPT_NAMES)
_ANSWERED = ("response", "completion", *RESPONSE_NAMES, "content", "text", "answer", "result")
_GIVEN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{24}|^outputitem_")
"""What is in ids that tools give to what has happened, which are no keys of prompts."""
_OUTER = ("extra_info", "epoch", "gts", "verifier_metadata", "reward_model", *STATEMENTS)
"""Fields of other formats, which are known by more."""


class RunRecord(Envelope):
    """A record of a run, in the objects of the tool that ran it."""

    name = "run-record"
    data = "promptfoo, Argilla, OpenAI's evals, HELM, LangSmith, Langfuse, Weave, MLflow"
    marks: ClassVar[tuple[str, ...]] = tuple(
        dict.fromkeys(path.split(".")[0] for shape in _SHAPES for path in shape.known_by)
    )
    known_by = (
        "`testCase`, `fields` with `suggestions`, `datasource_item`, `instance` with `result`, or `inputs`"
    )

    def fits(self, record: JsonObject) -> bool:
        """Whether it has the objects of one of the tools."""
        return _shape_of(record) is not None

    def opened(self, record: JsonObject) -> Opened:
        """What was asked and answered, beside the rest."""
        shape = _shape_of(record)
        if shape is None:
            raise RecordError("is no record of a run")
        key = at(record, shape.key) if shape.key else None
        apart = {path.split(".")[0] for path in (shape.asked, shape.answered, *shape.rows)}
        read: dict[str, Any] = without(record, {*apart, *shape.dropped})
        if isinstance(read.get("id"), str) and _GIVEN.search(read["id"]):
            read["run_id"] = read.pop("id")
        for path in reversed(shape.rows):
            read |= _row(at(record, path))
        if "instruction_id_list" not in read and (asserted := _asserted(record)):
            read["constraints"] = asserted
        asked = at(record, shape.asked)
        if asked is None and shape.key:
            asked = at(record, "instance.input.text")
        read = {**without(read, _ASKED), **_asked(asked)} if asked is not None else read
        if key is not None:
            read["id"] = key
        given, place = at(record, shape.answered), shape.answered
        if given is None or given == []:
            said = next((at(record, path) for path in shape.failed if at(record, path)), None)
            problem = "there is no response" + (f": {failure(said)}" if said is not None else "")
            raise NoResponseError.of_request(problem, place, read.get("id", read.get("key")))
        return Opened({**read, **_answered(given, place)}, {"response": place})


def _shape_of(record: JsonObject) -> _Shape | None:
    if any(name in record for name in _OUTER):
        return None
    for shape in _SHAPES:
        if all(_is_there(record, path) for path in shape.known_by) and all(
            isinstance(at(record, path), Mapping) for path in shape.objects
        ):
            return shape
    return None


def _is_there(record: JsonObject, path: str) -> bool:
    outer, _, name = path.rpartition(".")
    held = at(record, outer) if outer else record
    return isinstance(held, Mapping) and name in held


def _row(value: Any) -> dict[str, Any]:
    """The fields of a row; its own response is no response of the run."""
    if not isinstance(value, Mapping):
        return {}
    row = without(value, ("response", "responses", "completion"))
    given = {name: value[name] for name in ("response", "completion") if name in value}
    return {**row, **({"reference": next(iter(given.values()))} if given else {})}


def _asserted(record: JsonObject) -> list[Any]:
    """The constraints of our own assertions in a test of promptfoo's."""
    asserts = at(record, "testCase.assert")
    configs = [at(each, "config.constraints") for each in asserts] if are_objects(asserts) else []
    return [constraint for config in configs if isinstance(config, list) for constraint in config]


def _asked(value: Any) -> dict[str, Any]:
    """What was asked, in the fields of a record."""
    if isinstance(value, Mapping):
        name = next((name for name in _ASKED if value.get(name) is not None), None)
        return {} if name is None else _asked(value[name])
    if isinstance(value, str) and value.lstrip().startswith("["):  # a conversation, as promptfoo sends it
        try:
            messages = from_json(value)
        except ValueError:
            return {"prompt": value}
        if are_objects(messages) and messages and all("role" in each for each in messages):
            return {"messages": messages}
    return {"prompt": value} if isinstance(value, str) else {"messages": value}


def _answered(value: Any, place: str) -> dict[str, Any]:
    """What was answered, in the fields of a record.

    Raises:
        RecordError: it holds no text.
    """
    if (answers := answers_of(value)) is not None:
        return answers.fields()
    if isinstance(value, str):
        return {"response": value}
    if isinstance(value, Mapping):
        if value.get("role") == "assistant":
            return {"response": dict(value)}
        name = next((name for name in _ANSWERED if value.get(name) is not None), None)
        if name is not None:
            return _answered(value[name], f"{place}.{name}")
    if are_objects(value) and value:
        if all(each.get("role") for each in value):
            said = [each for each in value if each["role"] == "assistant"]
            if said:
                return {"response": dict(said[-1])}
        elif all(isinstance(each.get("text"), str) for each in value):
            return responses_field([each["text"] for each in value])
    if isinstance(value, list) and value and all(isinstance(each, str) for each in value):
        return responses_field(value)
    raise RecordError("there is no response in it that is a text", field=place)
