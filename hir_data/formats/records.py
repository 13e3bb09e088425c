"""Records of prompts as other people and we ourselves write them, made into instructions.

- ifeval: ``{"key", "prompt", "instruction_id_list": [id, ...], "kwargs": [{...}, ...]}``
- open-instruct: ``{"key", "messages", "ground_truth"}`` (:mod:`hir_data.formats.open_instruct`), or
  ``instruction_id`` and ``kwargs`` in the record itself
- native: ``{"id", "prompt", "constraints": [{"kind": ..., **parameters}, ...]}``, and if they are known the
  ``question`` and the ``criteria`` that the prompt was made of, and their ``presentation``
- rollout: ``{"instruction": <native>, "response": ...}``, as a :class:`Rollout` writes it
- verified: ``{"rollout": <rollout>, "results": ...}``, verified anew
- verl: what it dumps of its rollouts (:mod:`hir_data.formats.verl`)

Each may carry its ``response`` (or ``completion``), or ``responses``, itself, and how it was drawn
(:mod:`hir_data.formats.sampled`).
"""

import json
import typing
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hir_data.errors import HirDataError, RecordError, UnknownKindError
from hir_data.formats import open_instruct, verl
from hir_data.formats.sampled import own_sampling, sampling_beside
from hir_data.formats.thinking import Thinking
from hir_data.presentation import presentation_named
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.rollout import Instruction, Sampling
from hir_data.verifiers import registry

RESPONSE_FIELDS = ("response", "responses")
KEY_FIELDS = ("id", "key")


class Prompt(NamedTuple):
    """An instruction and what came along in its record.

    Attributes:
        instruction: what is asked.
        responses: the responses in the record, None if it has none.
        own: fields of a rollout that we wrote: ``sample``, ``original``, ``thinking``, ``sampling``,
            ``metadata``; of other records the ``sampling`` alone.
        rest: what else the record said.
    """

    instruction: Instruction
    responses: list[Any] | None
    own: dict[str, Any]
    rest: dict[str, Any]


def read_prompt(record: dict[str, Any]) -> Prompt:
    """What a record asks for, in whichever of the known shapes it is written.

    Raises:
        RecordError: it has none of these shapes, or breaks its own; ``field`` says where.
    """
    # A verification in the columns of a table has its results beside the fields of its rollout.
    ours = "instruction" in record or "rollout" in record or set(record) >= _ROLLOUT_COLUMNS
    if verl.is_dump(record):
        record = verl.undumped(record)
    if "completion" in record and not ours:
        record = _completed(record)
    rollout = rollout_record(record)
    record = instruction_record(record)
    mark = next((name for name in _SHAPES if name in record), None)
    if mark is None:
        raise RecordError(f"a prompt needs constraints, under one of the names {', '.join(_SHAPES)}")
    constraints = _SHAPES[mark](record)
    origin = _origin(record, len(constraints)) if mark == "constraints" else {}
    instruction = Instruction(
        id=record_key(record), prompt=prompt_text(record), constraints=constraints, **origin
    )
    taken = _TAKEN | {mark} | (_COLUMNS if ours else set())
    if record is rollout and mark == "constraints":
        taken |= _ORIGIN
    own = _own_fields(rollout) if ours else {}
    if not ours:
        sampling, told = sampling_beside(rollout)
        own, taken = {"sampling": sampling} if sampling else {}, taken | told
    rest = {name: value for name, value in rollout.items() if name not in taken}
    return Prompt(instruction, _responses(rollout), own, rest)


def rollout_record(record: dict[str, Any]) -> dict[str, Any]:
    """The part of a record that bears the response."""
    inner = record.get("rollout")
    return inner if isinstance(inner, dict) else record


def instruction_record(record: dict[str, Any]) -> dict[str, Any]:
    """The part of a record that bears the prompt and its constraints."""
    record = rollout_record(record)
    inner = record.get("instruction")
    return inner if isinstance(inner, dict) else record


_ROLLOUT_COLUMNS = {"sample", "original", "thinking", "metadata"}
_OWN = _ROLLOUT_COLUMNS | {"sampling"}
_COLUMNS = _OWN | {"results", "ila", "cla", "ila_loose", "cla_loose"}
_ORIGIN = {"question", "criteria", "presentation"}
_TAKEN = {
    *RESPONSE_FIELDS,
    *KEY_FIELDS,
    "prompt",
    "constraints",
    "instruction_id_list",
    "kwargs",
    "instruction",
}


def _completed(record: dict[str, Any]) -> dict[str, Any]:
    """A record whose response is called a completion, a text or the messages of a conversation."""
    completion = record["completion"]
    if isinstance(completion, list) and completion and isinstance(completion[-1], dict):
        completion = completion[-1].get("content")
    rest = {name: value for name, value in record.items() if name != "completion"}
    return {"response": completion, **rest}


def _own_fields(record: dict[str, Any]) -> dict[str, Any]:
    """The fields of a rollout that we wrote; nulls are left out."""
    own = {name: record[name] for name in _OWN if record.get(name) is not None}
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
            raise RecordError(f"has to be {words}, not {_shown(value)}", field=name)
    if own.get("sample", 0) < 0:
        raise RecordError(f"has to be 0 or more, not {own['sample']}", field="sample")
    if own.get("thinking", "absent") not in typing.get_args(Thinking):
        raise RecordError(f"is not known: {own['thinking']!r}", field="thinking")
    return own


def _origin(record: Mapping[str, Any], constraints: int) -> dict[str, Any]:
    """What the prompt was made of, as far as the record says so; nulls are left out."""
    origin = {name: record[name] for name in _ORIGIN if record.get(name) is not None}
    if "question" in origin:
        text_field(origin, "question")
    if "presentation" in origin:
        try:
            presentation_named(origin["presentation"])
        except RecordError as error:
            raise error.inside("presentation") from None
    if "criteria" in origin:
        criteria = origin["criteria"]
        if not isinstance(criteria, list | tuple) or not all(isinstance(text, str) for text in criteria):
            raise RecordError(f"has to be a list of strings, not {_shown(criteria)}", field="criteria")
        if len(criteria) != constraints:
            raise RecordError(f"has {len(criteria)} entries for {constraints} constraints", field="criteria")
    return origin


def record_key(record: Mapping[str, Any]) -> int | str | None:
    """The record's own key, under either of its names.

    Raises:
        RecordError: it is neither a number nor a string.
    """
    for name in KEY_FIELDS:
        key = record.get(name)
        if key is not None:
            if isinstance(key, bool) or not isinstance(key, int | str):
                raise RecordError(f"a key has to be a number or a string, not {key!r}", field=name)
            return key
    return None


def prompt_text(record: Mapping[str, Any]) -> str:
    """What the model was asked: the prompt, or without one what the user said last.

    Raises:
        RecordError: there is neither.
    """
    if record.get("prompt") is None and record.get("messages") is not None:
        return open_instruct.last_user_message(record["messages"])
    return text_field(record, "prompt")


def text_field(record: Mapping[str, Any], name: str) -> str:
    """A field that has to be there and has to be a string.

    Raises:
        RecordError: it is not.
    """
    if name not in record:
        raise RecordError("this field is missing", field=name)
    value = record[name]
    if not isinstance(value, str):
        raise RecordError(
            "is null" if value is None else f"has to be a string, not {_shown(value)}", field=name
        )
    return value


def _responses(record: Mapping[str, Any]) -> list[Any] | None:
    if "responses" in record:
        if not isinstance(record["responses"], list | tuple):
            raise RecordError(f"has to be a list, not {_shown(record['responses'])}", field="responses")
        return list(record["responses"])
    return [record["response"]] if "response" in record else None


def _ifeval_constraints(record: Mapping[str, Any]) -> tuple[Constraint, ...]:
    return _listed_constraints(record["instruction_id_list"], record.get("kwargs"), "instruction_id_list")


def _open_instruct_constraints(record: Mapping[str, Any]) -> tuple[Constraint, ...]:
    ids, parameters = record.get("instruction_id"), record.get("kwargs")
    if isinstance(ids, str):
        ids, parameters = [ids], parameters if isinstance(parameters, list | tuple) else [parameters]
    return _listed_constraints(ids, parameters, "instruction_id")


def _ground_truth_constraints(record: Mapping[str, Any]) -> tuple[Constraint, ...]:
    try:
        return _open_instruct_constraints(open_instruct.constraint_lists(record["ground_truth"]))
    except RecordError as error:
        raise error.inside("ground_truth") from None


def _listed_constraints(ids: Any, parameters: Any, ids_field: str) -> tuple[Constraint, ...]:
    """The constraints of two lists side by side: of kinds, and of their parameters."""
    if not isinstance(ids, list | tuple) or not all(isinstance(kind, str) for kind in ids):
        raise RecordError(f"has to be a list of strings, not {_shown(ids)}", field=ids_field)
    if not isinstance(parameters, list | tuple):
        raise RecordError(f"has to be a list of objects, not {_shown(parameters)}", field="kwargs")
    if len(ids) != len(parameters):
        raise RecordError(f"has {len(parameters)} entries for {len(ids)} ids", field="kwargs")
    if not ids:
        raise RecordError("there are no constraints", field=ids_field)
    return tuple(
        _constraint(kind, given, (ids_field, "kwargs"), index)
        for index, (kind, given) in enumerate(zip(ids, parameters, strict=True))
    )


def _native_constraints(record: Mapping[str, Any]) -> tuple[Constraint, ...]:
    listed = record["constraints"]
    if not isinstance(listed, list | tuple):
        raise RecordError(f"has to be a list of objects, not {_shown(listed)}", field="constraints")
    if not listed:
        raise RecordError("there are no constraints", field="constraints")
    constraints = []
    for index, item in enumerate(listed):
        if isinstance(item, str):  # in the columns of a data set a constraint is a JSON string
            try:
                item = json.loads(item)
            except ValueError as error:
                raise RecordError(f"malformed JSON: {error}", field=f"constraints[{index}]") from None
        if not isinstance(item, dict) or not isinstance(item.get("kind"), str):
            raise RecordError('has to be an object with a "kind"', field=f"constraints[{index}]")
        parameters = {name: value for name, value in item.items() if name != "kind"}
        constraints.append(_constraint(item["kind"], parameters, ("constraints", "constraints"), index))
    return tuple(constraints)


# What a shape is known by, and who makes its constraints.
_SHAPES: dict[str, Callable[[Mapping[str, Any]], tuple[Constraint, ...]]] = {
    "instruction_id_list": _ifeval_constraints,
    "constraints": _native_constraints,
    "ground_truth": _ground_truth_constraints,
    "instruction_id": _open_instruct_constraints,
}


def _constraint(kind: str, parameters: Any, fields: tuple[str, str], index: int) -> Constraint:
    """Build a constraint; an error is reported in the field of the kind or in that of the parameters."""
    if not isinstance(parameters, dict | None):
        raise RecordError(f"has to be an object, not {_shown(parameters)}", field=f"{fields[1]}[{index}]")
    # The one place where nulls are dropped: tables fill every parameter of every other kind with null.
    given = {name: value for name, value in (parameters or {}).items() if value is not None}
    try:
        return registry.build(kind, given)
    except UnknownKindError as error:
        raise RecordError(str(error), field=f"{fields[0]}[{index}]") from None
    except RecordError as error:
        raise error.inside(f"{fields[1]}[{index}]") from None
    except HirDataError:
        raise
    except (TypeError, ValueError) as error:
        raise RecordError(str(error), field=f"{fields[1]}[{index}]") from None


def _shown(value: Any) -> str:
    return "null" if value is None else repr(value)[:80]
