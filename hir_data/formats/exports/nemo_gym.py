"""Rows for NeMo Gym's instruction following, written; :mod:`hir_data.formats.nemo_gym` reads them."""

from collections.abc import Iterable
from typing import Any

from hir_data.formats.exports.config import ExportOptions
from hir_data.formats.exports.rows import ExportRows, Skipped, distinct
from hir_data.formats.format import Prompt
from hir_data.formats.nemo_gym import NemoGym
from hir_data.schemas.replay import ReplaySample


def prompts(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """Each instruction once, if the verifier knows all of its constraints."""
    gym, number = NemoGym(), 0
    for each in distinct(samples, form):
        if isinstance(each, Skipped):
            yield each
            continue
        asked = each.instruction if form.system is None else each.instruction.with_system(form.system)
        prompt = Prompt(asked, None, {}, {})
        unknown = [one.kind for place, one in enumerate(asked.constraints) if not gym.takes(prompt, place)]
        if unknown:
            yield Skipped(each.id, f"NeMo Gym's verifier does not know {unknown[0]}")
        elif asked.template_options is not None:
            yield Skipped(each.id, "it has template options, which NeMo Gym's rows have no place for")
        elif any(message.has_more for message in asked.messages):
            yield Skipped(each.id, "its messages have more than role and content")
        else:
            written = gym.to_record(prompt, number)
            parameters = written["responses_create_params"]
            if "tools" in parameters:
                parameters["tools"] = [_flat(tool) for tool in parameters["tools"]]
            yield {**written, "id": each.id}
            number += 1


def _flat(tool: dict[str, Any]) -> dict[str, Any]:
    """A tool as the Responses protocol has it, with the function's fields beside the type."""
    function = tool.get("function")
    return {"type": "function", **function} if isinstance(function, dict) else tool
