"""The two shapes that are flat already: our own and IFEval's, with their copies elsewhere.

- native: ``{"id", "prompt", "constraints": [{"kind": ..., **parameters}, ...]}``, and if they are known the
  ``question`` and the ``criteria`` that the prompt was made of, and their ``presentation``
- ifeval: ``{"key", "prompt", "instruction_id_list": [id, ...], "kwargs": [{...}, ...]}``; in copies as tables
  every object has every parameter, nearly all null, and lists may be JSON strings
"""

from typing import Any, ClassVar

from hir_data.formats.fields import JsonObject, without
from hir_data.formats.format import (
    Prompt,
    WritableFormat,
    laid_open,
    response_fields,
)
from hir_data.formats.muldimif import are_triples


class Native(WritableFormat):
    """Our own records of prompts. What has no name in them is in ``metadata``."""

    name = "native"
    data = "hir-data's own"
    mark = "constraints"
    stated_by: ClassVar[tuple[str, ...]] = ("constraints",)

    def fits(self, record: JsonObject) -> bool:
        """Whether there is a list of constraints, not as sentences."""
        return record.get("constraints") is not None and not are_triples(record["constraints"])

    def opened(self, rest: dict[str, Any]) -> dict[str, Any]:
        """The metadata beside what else there is, where that is possible."""
        return laid_open(rest)

    def to_record(self, prompt: Prompt, number: int) -> dict[str, Any]:
        """The record of a prompt; of a rollout that we wrote, a rollout."""
        written = prompt.instruction.model_dump(mode="json")
        metadata = {"metadata": prompt.metadata} if prompt.metadata else {}
        own = without(prompt.own, ["metadata"])
        if own.keys() - {"sampling"}:
            return {"instruction": written, **response_fields(prompt), **own, **metadata}
        if written["id"] is None:
            del written["id"]
        return {**written, **response_fields(prompt), **metadata}
