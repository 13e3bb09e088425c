"""IFEval's records: two lists side by side, of ids and of their parameters."""

from typing import Any, ClassVar

from hir_data.errors import RecordError
from hir_data.formats.fields import JsonObject, without
from hir_data.formats.format import (
    BENCHMARKS,
    Prompt,
    WritableFormat,
    is_of,
    keyed,
    origin,
    response_fields,
    side_by_side,
    with_rest,
)


class IFEval(WritableFormat):
    """IFEval's records, IFBench's among them."""

    name = "ifeval"
    data = "IFEval, IFBench, their copies on the Hugging Face Hub, argilla/ifeval-like-data"
    mark = "instruction_id_list"
    stated_by: ClassVar[tuple[str, ...]] = ("instruction_id_list",)

    def to_flat(self, record: JsonObject) -> dict[str, Any]:
        """The record; some copies call the prompt an instruction."""
        if record.get("prompt") is None and isinstance(record.get("instruction"), str):
            if isinstance(record.get("input"), str) and record["input"].strip():
                raise RecordError("beside an instruction has no place: put both into a prompt", field="input")
            return {**without(record, ["instruction"]), "prompt": record["instruction"]}
        return dict(record)

    def takes(self, prompt: Prompt, index: int) -> bool:
        """Whether its tools know the kind."""
        return is_of(prompt, index, BENCHMARKS)

    def to_record(self, prompt: Prompt, number: int) -> dict[str, Any]:
        """The record of a prompt."""
        ids, parameters = side_by_side(prompt)
        written = {
            **keyed(prompt, "key"),
            "prompt": prompt.instruction.prompt,
            "instruction_id_list": ids,
            "kwargs": parameters,
            **(origin(prompt) if prompt.instruction.is_plain else {}),
            **response_fields(prompt),
        }
        return with_rest(written, prompt.metadata)
