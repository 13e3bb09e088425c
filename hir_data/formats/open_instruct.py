"""Records of open-instruct's training data: several constraints a prompt (IFTrain), or in older data one.

``{"key", "messages": [{"role", "content"}, ...], "ground_truth": "..."}``. The ground truth holds
``[{"instruction_id": [id, ...], "kwargs": [{...}, ...]}]``, written as a Python literal or as JSON, or names
a function (:mod:`hir_data.formats.rlvr`).
"""

import ast
import contextlib
from typing import Any, ClassVar

from pydantic_core import from_json, to_json

from hir_data.errors import RecordError
from hir_data.formats.fields import JsonObject
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
from hir_data.text.quiet import quietly

_LONGEST_LITERAL = 100_000
"""In characters: Python takes about 500 bytes of memory for each while it reads a literal."""


TRAINED_ON = frozenset({"ifeval", "iftrain"})
"""The suites whose kinds its verifier has."""


class OpenInstruct(WritableFormat):
    """open-instruct's training data; what is written is the newer shape, with lists of constraints."""

    name = "open-instruct"
    data = "IF_multi_constraints_upto5 (IFTrain), RLVR-IFeval"
    mark = "ground_truth"
    stated_by: ClassVar[tuple[str, ...]] = ("ground_truth", "instruction_id")

    def fits(self, record: JsonObject) -> bool:
        """Whether there is a ground truth, or what it would hold."""
        return any(record.get(name) is not None for name in self.stated_by)

    def takes(self, prompt: Prompt, index: int) -> bool:
        """Whether its verifier knows the kind."""
        return is_of(prompt, index, TRAINED_ON)

    def to_record(self, prompt: Prompt, number: int) -> dict[str, Any]:
        """The record of a prompt."""
        ids, parameters = side_by_side(prompt)
        instruction = prompt.instruction
        criteria = instruction.criteria or [each.describe() for each in instruction.constraints]
        written = {
            **keyed(prompt, "key"),
            "messages": conversation(prompt),
            "ground_truth": str([{"instruction_id": ids, "kwargs": parameters}]),
            **origin(prompt),
            **response_fields(prompt),
        }
        told = {"dataset": "ifeval", "constraint_type": "multi", "constraint": " ".join(criteria)}
        return with_rest(written, told | prompt.metadata)


def constraint_lists(ground_truth: Any) -> dict[str, Any]:
    """The object with ``instruction_id`` and ``kwargs`` that a ground truth holds.

    Raises:
        RecordError: it holds none.
    """
    value = opened_text(ground_truth)
    if isinstance(value, list | tuple):
        if len(value) != 1:
            raise RecordError(f"has to be a list of one object, not of {len(value)}")
        value = opened_text(value[0])
    if not isinstance(value, dict):
        raise RecordError(f"has to hold an object with instruction_id and kwargs, not {repr(value)[:80]}")
    return value


def opened_text(value: Any) -> Any:
    """A value, or what a string says as JSON or as a Python literal."""
    if not isinstance(value, str):
        return value
    with contextlib.suppress(ValueError, TypeError):
        return from_json(value)
    if len(value) > _LONGEST_LITERAL:
        raise RecordError(f"is no JSON, and too long for a Python literal ({len(value)} characters)")
    try:
        with quietly():
            literal = ast.literal_eval(value.strip())
        return from_json(to_json(literal))  # nothing that JSON cannot say: no bytes, no half characters
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        raise RecordError(f"is neither JSON nor a Python literal: {value[:80]!r}") from None
