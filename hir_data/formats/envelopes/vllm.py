"""What vLLM's ``generate`` and ``chat`` return, as people dump it: a prompt with its ``outputs``."""

from typing import Any, ClassVar

from hir_data.errors import RecordError
from hir_data.formats.envelopes.envelope import Envelope, Opened
from hir_data.formats.fields import JsonObject, without
from hir_data.schemas.message import are_objects

_OF_THE_REQUEST = ("request_id", "prompt_token_ids", "prompt_logprobs", "finished", "metrics", "lora_request",
                   "encoder_prompt", "encoder_prompt_token_ids", "num_cached_tokens",
                   "multi_modal_placeholders", "kv_transfer_params")  # fmt: skip


class VllmOutputs(Envelope):
    """A request of vLLM's with its completions, or a record with a list of texts as ``outputs``."""

    name = "vllm"
    data = "vLLM's outputs, SGLang's"
    marks: ClassVar[tuple[str, ...]] = ("outputs",)
    known_by = "`outputs` with texts"

    def fits(self, record: JsonObject) -> bool:
        """Whether it has completions, and no responses elsewhere."""
        if "response" in record or "responses" in record:
            return False
        outputs = record.get("outputs")
        if not isinstance(outputs, list):
            return isinstance(outputs, str)
        return all(isinstance(each, str) for each in outputs) or (
            are_objects(outputs) and all("text" in each for each in outputs)
        )

    def opened(self, record: JsonObject) -> Opened:
        """The prompt with the texts; how a single one was drawn stands beside it."""
        outputs = record["outputs"]
        rest = without(record, ["outputs", *_OF_THE_REQUEST])
        if isinstance(outputs, str):
            return Opened({**rest, "response": outputs}, {"response": "outputs"})
        if not outputs:
            raise RecordError("is empty: there is no response in it", field="outputs")
        if isinstance(outputs[0], str):
            return Opened({**rest, "responses": outputs}, {"responses": "outputs"})
        places = {"response": "outputs[0].text", "token_ids": "outputs[0].token_ids"}
        if len(outputs) == 1:
            return Opened({**rest, "response": outputs[0]["text"], **_drawn(outputs[0])}, places)
        beside = _of_each(outputs)
        return Opened(
            {**rest, **beside, "responses": [each["text"] for each in outputs]}, {"responses": "outputs"}
        )


def _drawn(output: JsonObject) -> dict[str, Any]:
    """How a completion was drawn, in the fields that records have for it."""
    drawn = {name: output[name] for name in ("token_ids", "finish_reason") if output.get(name) is not None}
    total, tokens = output.get("cumulative_logprob"), output.get("token_ids")
    if isinstance(total, int | float) and tokens:
        drawn["mean_logprob"] = min(total / len(tokens), 0.0)
    return drawn


def _of_each(outputs: list[JsonObject]) -> dict[str, Any]:
    reasons = [each.get("finish_reason") for each in outputs]
    return {"finish_reason": reasons} if any(reasons) else {}
