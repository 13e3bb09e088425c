"""Records that have our fields under other names, and nothing else that is unlike ours."""

from typing import Any, ClassVar

from hir_data.errors import RecordError
from hir_data.formats.envelopes.envelope import Envelope, Opened
from hir_data.formats.fields import JsonObject, without

PROMPT_NAMES = ("question", "query", "input", "user_prompt", "instruction")
"""What others call a prompt that is one text."""
RESPONSE_NAMES = ("output", "generation", "generations", "generated_text", "model_output", "model_response",
                  "prediction", "predictions", "completions", "llm_response", "response_text")  # fmt: skip
"""What others call a response, or a list of responses."""

_OURS = ("response", "responses", "completion")
_ASKED = ("prompt", "messages", "conversations", "turns", "turn_1_prompt", "responses_create_params",
          "eval_func", "rollout")  # fmt: skip
_DUMPED = frozenset({"input", "output", "gts"})


class OtherNames(Envelope):
    """A record with a response, or with a prompt, under another name."""

    name = "other-names"
    data = (
        "records that call the response `output`, `generation`, `prediction`, ..., or the prompt `question`"
    )
    marks: ClassVar[tuple[str, ...]] = (*RESPONSE_NAMES, *PROMPT_NAMES)
    known_by = f"one of {', '.join(f'`{name}`' for name in RESPONSE_NAMES)}, and no `response`"

    def fits(self, record: JsonObject) -> bool:
        """Whether a field has another name."""
        if record.keys() >= _DUMPED:
            return False
        return bool(_responses(record)) or _prompt(record) is not None

    def opened(self, record: JsonObject) -> Opened:
        """The record under our names."""
        names = _responses(record)
        if len(names) > 1:
            raise RecordError(
                f"could each be the response; --response-field NAME says which ({', '.join(names)})",
                field=names[0],
            )
        prompt = _prompt(record)
        renamed: dict[str, Any] = {}
        places: dict[str, str] = {}
        if names:
            ours = "responses" if _are_several(record[names[0]]) else "response"
            renamed[ours], places[ours] = record[names[0]], names[0]
        if prompt:
            renamed["prompt"], places["prompt"] = record[prompt], prompt
        return Opened({**without(record, [*names, *([prompt] if prompt else [])]), **renamed}, places)


def _responses(record: JsonObject) -> list[str]:
    if any(name in record for name in _OURS):
        return []
    return [name for name in RESPONSE_NAMES if _is_answer(record.get(name))]


def _is_answer(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)
    )


def _are_several(value: Any) -> bool:
    return isinstance(value, list)


def _prompt(record: JsonObject) -> str | None:
    """The field that is the prompt; none where the record has one, or says what its prompt is made of."""
    if any(record.get(name) is not None for name in (*_ASKED, "criteria", "verifier_metadata")):
        return None
    if isinstance(record.get("instruction"), str) and isinstance(record.get("input"), str):
        return None  # whose prompt is both, in a form that the record does not say
    return next((name for name in PROMPT_NAMES if isinstance(record.get(name), str)), None)
