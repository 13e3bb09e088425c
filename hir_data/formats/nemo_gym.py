"""Rows of NeMo Gym's server for instruction following.

``{"id", "responses_create_params": {"input": [{"role", "content"}, ...]}, "verifier_metadata":
{"instruction_id_list", "kwargs": [{...} or null, ...], "prompt", "grading_mode"}}``
"""

import types
from collections.abc import Mapping
from typing import Any, ClassVar

from hir_data.formats.fields import JsonObject, at, object_field, prompt_text, without
from hir_data.formats.format import (
    Prompt,
    WritableFormat,
    conversation,
    is_of,
    keyed,
    origin,
    response_fields,
    side_by_side,
    with_rest,
)
from hir_data.formats.open_instruct import TRAINED_ON

_STATED = ("instruction_id_list", "kwargs")
_BESIDE = types.MappingProxyType({"tools": "tools", "instructions": "system"})
"""What goes with the messages, by its name there and in the flat form."""


class NemoGym(WritableFormat):
    """NeMo Gym's rows."""

    name = "nemo-gym"
    data = "NeMo Gym, instruction_following"
    mark = "verifier_metadata"
    stated_by: ClassVar[tuple[str, ...]] = ("instruction_id_list",)
    places: ClassVar[Mapping[str, str]] = types.MappingProxyType(
        {name: f"verifier_metadata.{name}" for name in _STATED}
        | {"messages": "responses_create_params.input", "tools": "responses_create_params.tools"}
        | {"system": "responses_create_params.instructions"}
    )

    def fits(self, record: JsonObject) -> bool:
        """Whether the verifier is told of instructions; in older rows that stands beside the conversation."""
        if at(record, "verifier_metadata.instruction_id_list") is not None:
            return True
        return isinstance(record.get("responses_create_params"), dict) and "instruction_id_list" in record

    def to_flat(self, record: JsonObject) -> dict[str, Any]:
        """The record with what the verifier is told laid open."""
        is_older = record.get("verifier_metadata") is None
        told = record if is_older else object_field(record, "verifier_metadata")
        asked = record.get("responses_create_params")
        flat = without(record, ["verifier_metadata", "responses_create_params"])
        flat["prompt"] = prompt_text(record)
        flat |= {name: told[name] for name in _STATED if name in told}
        if not is_older and (rest := without(told, [*_STATED, "prompt"])):
            flat["verifier_metadata"] = rest
        if isinstance(asked, dict):
            if isinstance(asked.get("input"), list | tuple):
                flat["messages"] = asked["input"]
            told_of = [name for name in ("tools", "instructions") if asked.get(name)]
            flat |= {_BESIDE[name]: asked[name] for name in told_of}
            if rest := without(asked, ["input", *told_of]):
                flat["responses_create_params"] = rest
        return flat

    def takes(self, prompt: Prompt, index: int) -> bool:
        """Whether its verifier knows the kind."""
        return is_of(prompt, index, TRAINED_ON)

    def to_record(self, prompt: Prompt, number: int) -> dict[str, Any]:
        """The row of a prompt, graded as a whole unless its metadata says otherwise."""
        ids, parameters = side_by_side(prompt)
        metadata = prompt.metadata
        beside = origin(prompt)
        tools = {"tools": beside.pop("tools")} if "tools" in beside else {}
        written = {
            **keyed(prompt, "id"),
            "responses_create_params": with_rest(
                {"input": conversation(prompt), **tools}, metadata.get("responses_create_params", {})
            ),
            "verifier_metadata": with_rest(
                {"instruction_id_list": ids, "prompt": prompt.instruction.prompt, "kwargs": parameters},
                {"grading_mode": "binary"} | metadata.get("verifier_metadata", {}),
            ),
            **beside,
            **response_fields(prompt),
        }
        return with_rest(written, without(metadata, ["messages"]))
