"""Records of verl: rows that it trains on, and rollouts that it dumps.

Rows are those of HiR-16K, IFDecorator, VerIF, and those that hir-data exports:

``{"data_source", "prompt": [{"role", "content"}, ...], "ability", "reward_model": {"style", "ground_truth"},
"extra_info": {...}}``. The ground truth is an object or a string that holds one; it states constraints in any
of the ways of :mod:`hir_data.formats.constraint_fields`. ``extra_info`` may say what the prompt was made of,
as ``question``, ``criteria`` and ``q_type``.

Where the ground truth is empty, a rubric beside it counts: ``reward_model.rubrics``.

In rows of HiR-16K the ``data_source`` says whose verifier is meant. ``type3`` is MulDimIF's: where the ground
truth has no triples, the criteria are the sentences.

A dump is ``{"input", "output", "gts", "score", "step", ...}``. Its ground truth, ``gts``, states constraints,
and perhaps the prompt. Without it the prompt is the input, as the model has read it.
"""

import contextlib
import types
from collections.abc import Mapping
from typing import Any, ClassVar

from hir_data.errors import RecordError
from hir_data.formats import rubrics
from hir_data.formats.checklists import criteria
from hir_data.formats.constraint_fields import LISTED_BY, STATEMENTS, constraint_field_of
from hir_data.formats.exports.verl import OURS, PROMPTS, row
from hir_data.formats.fields import (
    KEY_FIELDS,
    PLACE_FIELDS,
    JsonObject,
    at,
    object_field,
    prompt_text,
    record_key,
    without,
)
from hir_data.formats.format import (
    BENCHMARKS,
    Format,
    Prompt,
    WritableFormat,
    conversation,
    is_of,
    keyed,
    laid_open,
    side_by_side,
    with_rest,
)
from hir_data.formats.muldimif import triple
from hir_data.formats.open_instruct import constraint_lists
from hir_data.text.templated import messages_in, style_of

_ORIGIN = types.MappingProxyType({"question": "question", "criteria": "criteria", "presentation": "q_type"})
_BESIDE = (*PLACE_FIELDS, "tools", "template_options")
"""What goes with the messages, in ``extra_info``."""
_SENTENCES = "type3"
_OF_THE_INSTRUCTION = (
    "id",
    "key",
    "prompt",
    "constraints",
    "instruction_id_list",
    "instruction_id",
    "kwargs",
    "question",
    "criteria",
    "presentation",
)


class Verl(WritableFormat):
    """Rows of verl."""

    name = "verl"
    data = "HiR-16K, IFDecorator, VerIF as verl reads it, hir-data export"
    mark = "reward_model"
    columns: ClassVar[Mapping[str, Any] | None] = types.MappingProxyType(
        {"id": "string", **PROMPTS, "metadata": "string"}
    )
    places: ClassVar[Mapping[str, str]] = types.MappingProxyType(
        {name: f"reward_model.ground_truth.{name}" for name in (*STATEMENTS, "kwargs")}
        | {name: f"extra_info.{theirs}" for name, theirs in _ORIGIN.items()}
        | {name: f"extra_info.{name}" for name in _BESIDE}
        | {"messages": "prompt", "rubrics": "reward_model.rubrics"}
    )

    def fits(self, record: JsonObject) -> bool:
        """Whether there is a ground truth, or a rubric."""
        model = ("reward_model.ground_truth", "reward_model.rubrics")
        return any(at(record, path) is not None for path in model)

    def to_flat(self, record: JsonObject) -> dict[str, Any]:
        """The row with its ground truth and what the prompt was made of laid open."""
        extra = record.get("extra_info")
        extra = extra if isinstance(extra, dict) else {}
        flat = without(record, [*KEY_FIELDS, "prompt", "reward_model", "extra_info"])
        flat |= {"id": record_key(record), "prompt": prompt_text(record)}
        if not isinstance(record.get("prompt"), str):
            flat["messages"] = record["prompt"]
        origin = {ours: extra.get(theirs) for ours, theirs in _ORIGIN.items()}
        origin |= {name: extra.get(name) for name in _BESIDE}
        flat |= {name: value for name, value in origin.items() if value not in (None, "", [], ())}
        statement, model = self._opened(record, flat)
        if rest := without(extra, [*_ORIGIN.values(), *_BESIDE, "id"]):
            flat["extra_info"] = rest
        if model:
            flat["reward_model"] = model
        return flat | statement

    def opened(self, rest: dict[str, Any]) -> dict[str, Any]:
        """The metadata, in a table beside what else there is."""
        return laid_open(rest) if isinstance(rest.get("metadata"), str) else rest

    def to_record(self, prompt: Prompt, number: int) -> dict[str, Any]:
        """The row of a prompt.

        In a row of somebody else's, which has a ``data_source``, the ground truth is as their tools read it,
        as long as they know the constraints.
        """
        metadata = dict(prompt.metadata)
        extra, model = (_object(metadata.pop(name, None)) for name in ("extra_info", "reward_model"))
        theirs = _their_truth(prompt) if metadata.get("data_source", OURS) != OURS else None
        if theirs is None:
            metadata.pop("data_source", None)
        truth = theirs or {"constraints": prompt.instruction.constraints}
        truth = with_rest(truth, _object(model.pop("ground_truth", None)))
        written = row(
            conversation(prompt), prompt.instruction, {"index": number, "split": "train"} | extra, truth
        )
        if "rubrics" in truth:  # beside an empty ground truth, where their tools look for it
            written["reward_model"] |= {"ground_truth": "", "rubrics": truth["rubrics"]}
        written["reward_model"] |= model
        written |= {name: metadata[name] for name in ("data_source", "ability") if name in metadata}
        told = ["messages", *(theirs or ())]
        return with_rest({**keyed(prompt, "id"), **written}, without(metadata, told))

    def _opened(self, record: JsonObject, flat: JsonObject) -> tuple[dict[str, Any], dict[str, Any]]:
        """What states the constraints, and what else the reward model is told."""
        model = object_field(record, "reward_model")
        if model.get("rubrics") and not model.get("ground_truth"):
            return {"rubrics": model["rubrics"]}, without(model, ["rubrics", "ground_truth"])
        if "ground_truth" not in model:
            raise RecordError("this field is missing", field="reward_model.ground_truth")
        truth = model["ground_truth"]
        try:
            held = {"constraints": truth} if isinstance(truth, list | tuple) else constraint_lists(truth)
        except RecordError as error:
            raise error.inside("reward_model.ground_truth") from None
        sentences = flat.get("criteria") if record.get("data_source") == _SENTENCES else None
        mark = constraint_field_of(held)
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


class VerlDump(Format):
    """Rollouts that verl dumps."""

    name = "verl-dump"
    data = "verl's rollout_data_dir"
    mark = "gts"
    places: ClassVar[Mapping[str, str]] = types.MappingProxyType(
        {name: f"gts.{name}" for name in (*STATEMENTS, "kwargs")} | {"prompt": "input"}
    )

    def fits(self, record: JsonObject) -> bool:
        """Whether there is an input, an output and a ground truth."""
        return {"input", "output", "gts"} <= record.keys()

    def to_flat(self, record: JsonObject) -> dict[str, Any]:
        """The record of a prompt with its response that was dumped."""
        try:
            held = constraint_lists(record["gts"])
        except RecordError as error:
            raise error.inside("gts") from None
        stated = {name: held[name] for name in _OF_THE_INSTRUCTION if held.get(name) is not None}
        rest = without(record, ["input", "output", "gts"])
        said = {"messages": _dumped(record["input"], stated.pop("prompt"))} if "prompt" in stated else {}
        return {**rest, **(said or {"prompt": record["input"]}), **stated, "response": record["output"]}


def _dumped(read: Any, prompt: Any) -> list[dict[str, Any]]:
    """The conversation that a model has read, whose last message of the user is known.

    Raises:
        RecordError: the message is not the last one of the user in it, so that something would be lost.
    """
    messages: list[dict[str, Any]] = [{"role": "user", "content": prompt}]
    if not isinstance(read, str) or not isinstance(prompt, str) or read.strip() == prompt.strip():
        return messages
    if style_of(read):
        with contextlib.suppress(RecordError):
            messages = messages_in(read)
            said = [each["content"] for each in messages if each["role"] == "user"]
            if said[-1:] == [prompt.strip()]:
                return [*messages[:-1], {"role": "user", "content": prompt}]
    raise RecordError("is not what a chat template makes of gts.prompt", field="input")


def _their_truth(prompt: Prompt) -> dict[str, Any] | None:
    """The ground truth in the form of a benchmark; None where it has no place for a constraint."""
    places = range(len(prompt.instruction.constraints))
    if all(is_of(prompt, index, BENCHMARKS) for index in places):
        ids, parameters = side_by_side(prompt)
        return {"prompt": prompt.instruction.prompt, "instruction_id_list": ids, "kwargs": parameters}
    triples = [triple(prompt, index) for index in places]
    if all(triples):
        return {"constraints": triples}
    rubric = prompt.metadata.get("rubrics")
    with contextlib.suppress(RecordError):
        if rubrics.criteria(rubric, "rubrics") == prompt.instruction.constraints:
            return {"rubrics": rubric}
    checkers = prompt.metadata.get("checkers")
    with contextlib.suppress(RecordError):
        if criteria(checkers) == prompt.instruction.constraints:
            return {"checkers": checkers}
    return None


def _object(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _are_texts(listed: Any) -> bool:
    return isinstance(listed, list | tuple) and all(isinstance(each, str) for each in listed)
