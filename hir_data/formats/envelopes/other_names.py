"""Records that have our fields under other names, and nothing else that is unlike ours."""

from typing import Any, ClassVar

from pydantic_core import from_json

from hir_data.errors import RecordError
from hir_data.formats.envelopes.envelope import Envelope, Opened
from hir_data.formats.fields import JsonObject, without
from hir_data.schemas.message import are_objects

PROMPT_NAMES = ("question", "query", "input", "user_prompt", "instruction", "user_input", "full_prompt")
"""What others call a prompt that is one text."""
RESPONSE_NAMES = ("output", "generation", "generations", "generated_text", "model_output", "model_response",
                  "prediction", "predictions", "completions", "llm_response", "response_text", "output_text",
                  "model_answer", "generated", "generated_response", "generated_output", "generated_texts",
                  "pred", "preds", "predicted_text", "raw_output", "raw_response", "llm_output", "llm_answer",
                  "assistant_response", "final_response", "final_output", "model_completion", "decoded",
                  "decoded_output", "gen", "resp", "reply", "actual_output", "actualOutput")  # fmt: skip
"""What others call a response, or a list of responses."""
CONVERSATION_NAMES = ("conversation", "dialogue", "dialog", "chat")
"""What others call messages."""

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
    marks: ClassVar[tuple[str, ...]] = (*RESPONSE_NAMES, *PROMPT_NAMES, *CONVERSATION_NAMES, *_OURS)
    known_by = f"one of {', '.join(f'`{name}`' for name in RESPONSE_NAMES)}, and no `response`"

    def fits(self, record: JsonObject) -> bool:
        """Whether a field has another name."""
        if record.keys() >= _DUMPED:
            return False
        return bool(_responses(record) or _miscounted(record) or _messages(record)) or (
            _prompt(record) is not None
        )

    def opened(self, record: JsonObject) -> Opened:
        """The record under our names."""
        names = _responses(record) or _miscounted(record)
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
        if messages := _messages(record):
            names = [*names, messages]
            renamed["messages"], places["messages"] = record[messages], messages
        if prompt:
            renamed["prompt"], places["prompt"] = record[prompt], prompt
        return Opened({**without(record, [*names, *([prompt] if prompt else [])]), **renamed}, places)


def _responses(record: JsonObject) -> list[str]:
    if any(name in record for name in _OURS):
        return []
    return [name for name in RESPONSE_NAMES if _is_answer(record.get(name))]


def _miscounted(record: JsonObject) -> list[str]:
    """A field of ours whose name says one where there are several responses, or the other way round."""
    several = [
        name
        for name in ("response", "completion")
        if isinstance(record.get(name), list) and record[name] and _is_answer(record[name])
    ]
    return ["responses"] if _is_one_text(record.get("responses")) else several


def _is_one_text(value: Any) -> bool:
    """Whether this is a text, and not a list as a table in text has it."""
    if not isinstance(value, str) or not value.lstrip().startswith("["):
        return isinstance(value, str)
    try:
        listed = from_json(value)
    except ValueError:
        return True
    return not isinstance(listed, list) or not all(isinstance(each, str | None) for each in listed)


def _messages(record: JsonObject) -> str | None:
    if any(record.get(name) is not None for name in ("messages", "conversations", "turns")):
        return None
    return next(
        (
            name
            for name in CONVERSATION_NAMES
            if record.get(name)
            and are_objects(record[name])
            and all({"role", "from"} & each.keys() for each in record[name])
        ),
        None,
    )


def _is_answer(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and bool(value) and all(isinstance(each, str) for each in value)
    )


def _are_several(value: Any) -> bool:
    return isinstance(value, list)


def _prompt(record: JsonObject) -> str | None:
    """The field that is the prompt; none where the record has one, or says what its prompt is made of."""
    if _messages(record) or any(
        record.get(name) is not None for name in (*_ASKED, "criteria", "verifier_metadata")
    ):
        return None
    if isinstance(record.get("instruction"), str) and record.get("input") == "":
        return "instruction"
    if isinstance(record.get("instruction"), str) and isinstance(record.get("input"), str):
        return None  # whose prompt is both, in a form that the record does not say
    return next((name for name in PROMPT_NAMES if isinstance(record.get(name), str)), None)
