"""Rows that verl trains on: HiR-16K, IFDecorator, VerIF, and those that hir-data exports.

``{"data_source", "prompt": [{"role", "content"}, ...], "ability", "reward_model": {"style", "ground_truth"},
"extra_info": {...}}``. The ground truth is an object or a string that holds one; it states constraints in any
of the ways of :mod:`hir_data.formats.stated`. ``extra_info`` may say what the prompt was made of, as
``question``, ``criteria`` and ``q_type``.

In rows of HiR-16K the ``data_source`` says whose verifier is meant. ``type3`` is MulDimIF's: where the ground
truth has no triples, the criteria are the sentences.
"""

import types
from typing import Any

from hir_data.errors import RecordError
from hir_data.formats.fields import (
    KEY_FIELDS,
    Record,
    object_field,
    prompt_text,
    record_key,
    wanted_field,
    without,
)
from hir_data.formats.open_instruct import constraint_lists
from hir_data.formats.shape import Target
from hir_data.formats.stated import LISTED_BY, STATEMENTS, mark_of

_ORIGIN = types.MappingProxyType({"question": "question", "criteria": "criteria", "presentation": "q_type"})
_SENTENCES = "type3"


class Verl(Target):
    """Rows of verl."""

    name = "verl"
    data = "HiR-16K, IFDecorator, VerIF as verl reads it, hir-data export"
    mark = "reward_model"
    places = types.MappingProxyType(
        {name: f"reward_model.ground_truth.{name}" for name in (*STATEMENTS, "kwargs")}
        | {name: f"extra_info.{theirs}" for name, theirs in _ORIGIN.items()}
    )

    def unfold(self, record: Record) -> dict[str, Any]:
        """The row with its ground truth and what the prompt was made of laid open."""
        extra = record.get("extra_info")
        extra = extra if isinstance(extra, dict) else {}
        flat = without(record, [*KEY_FIELDS, "prompt", "reward_model", "extra_info"])
        flat |= {"id": record_key(record), "prompt": prompt_text(record)}
        if not isinstance(record.get("prompt"), str):
            flat["messages"] = record["prompt"]
        origin = {ours: extra.get(theirs) for ours, theirs in _ORIGIN.items()}
        flat |= {name: value for name, value in origin.items() if value not in (None, "", [], ())}
        statement, model = self._opened(record, flat)
        if rest := without(extra, [*_ORIGIN.values(), "id"]):
            flat["extra_info"] = rest
        if model:
            flat["reward_model"] = model
        return flat | statement

    def _opened(self, record: Record, flat: Record) -> tuple[dict[str, Any], dict[str, Any]]:
        """What states the constraints, and what else the reward model is told."""
        model = object_field(record, "reward_model")
        try:
            truth = wanted_field(model, "ground_truth")
            held = {"constraints": truth} if isinstance(truth, list | tuple) else constraint_lists(truth)
        except RecordError as error:
            raise error.inside("reward_model") from None
        sentences = flat.get("criteria") if record.get("data_source") == _SENTENCES else None
        mark = mark_of(held)
        rest = without(model, ["ground_truth"])
        if sentences is not None and (mark is None or _are_texts(held[mark])):
            return {"constraints": [["", "", sentence] for sentence in sentences]}, rest
        if mark is None:
            problem = f"states no constraints: it has to hold one of {', '.join(STATEMENTS)}"
            raise RecordError(problem, field="reward_model.ground_truth")
        stated = {mark, "kwargs"} if mark in LISTED_BY else {mark}
        if left := without(held, [*stated, *KEY_FIELDS, "prompt"]):
            rest["ground_truth"] = left
        return {name: held[name] for name in stated if name in held}, rest


def _are_texts(listed: Any) -> bool:
    return isinstance(listed, list | tuple) and all(isinstance(each, str) for each in listed)
