"""Rows of a benchmark within the record of a run: their constraints stand in an object of the record.

- IHEval: ``{"id", "system", "instruction", "answer": {"instruction_id_list", "kwargs"}}``
- lighteval's details: ``{"doc": {"query", "specific": {...}}, "model_response": {"text": [...]}}``
- OpenCompass: ``{"origin_prompt", "prediction", "gold": {...}}``; EvalScope: ``{"input", "metadata": {...}}``
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from hir_data.errors import RecordError
from hir_data.formats.constraint_fields import STATEMENTS
from hir_data.formats.envelopes.envelope import Envelope, Opened, responses_field
from hir_data.formats.fields import KEY_FIELDS, JsonObject, at, without

_FIELDS = ("answer", "gold", "specific", "reference", "target", "label", "metadata", "row", "sample", "data")
_ANSWERED = ("response", "responses", "completion")


class Nested(Envelope):
    """A record that has a row with constraints in one of its fields."""

    name = "nested"
    data = "IHEval, OpenCompass, EvalScope: a row with constraints in a field of a record"
    marks: ClassVar[tuple[str, ...]] = _FIELDS
    known_by = "constraints in one of " + ", ".join(f"`{name}`" for name in _FIELDS)

    def fits(self, record: JsonObject) -> bool:
        """Whether one field has constraints, and no other does."""
        return _states_nothing(record) and len(_rows(record)) == 1

    def opened(self, record: JsonObject) -> Opened:
        """The record with the fields of the row beside its own."""
        (name,) = _rows(record)
        row = dict(record[name])
        for answer in _ANSWERED:
            if answer in row:
                row["reference"] = row.pop(answer)
        asked = [each for each in ("prompt", "messages") if row.get(each) is not None]
        rest = without(record, [name, *(_OTHER_PROMPTS if asked else ())])
        if any(row.get(key) is not None for key in KEY_FIELDS):
            rest = without(rest, KEY_FIELDS)
        return Opened({**row, **rest}, {field: f"{name}.{field}" for field in row if field not in rest})


_OTHER_PROMPTS = ("origin_prompt", "input")
"""The prompt again, where a row has it."""
_STATED = frozenset({*STATEMENTS, "gts", "verifier_metadata", "reward_model", "eval_func", "rollout"})


def _states_nothing(record: JsonObject) -> bool:
    return _STATED.isdisjoint(record) and not isinstance(record.get("instruction"), Mapping)


def _rows(record: JsonObject) -> list[str]:
    return [
        name
        for name in _FIELDS
        if isinstance(record.get(name), Mapping)
        and ({"instruction_id_list", "constraints"} & record[name].keys())
    ]


class Lighteval(Envelope):
    """A row of lighteval's details."""

    name = "lighteval"
    data = "lighteval's details"
    marks: ClassVar[tuple[str, ...]] = ("model_response",)
    known_by = "`doc` with `model_response`"

    def fits(self, record: JsonObject) -> bool:
        """Whether a document goes with what the model said."""
        return isinstance(record.get("doc"), Mapping) and isinstance(at(record, "model_response.text"), list)

    def opened(self, record: JsonObject) -> Opened:
        """The document with the texts."""
        texts = record["model_response"]["text"]
        if not texts:
            raise RecordError("there is no response in it", field="model_response.text")
        row = without(record["doc"], _ANSWERED)
        rest = without(record, ["doc", "model_response"])
        places = {**{field: f"doc.{field}" for field in row}, "response": "model_response.text[0]"}
        return Opened({**rest, **row, **responses_field(texts)}, places)


class Checklist(Envelope):
    """A row whose constraints are questions or criteria in words."""

    name = "checklist"
    data = "InfoBench, CFBench, ComplexBench"
    marks: ClassVar[tuple[str, ...]] = ("decomposed_questions", "scoring_questions", "criteria")
    known_by = "`decomposed_questions`, `scoring_questions`, or `criteria` that are lists"

    def fits(self, record: JsonObject) -> bool:
        """Whether it has a list of them, and no other constraints."""
        return _states_nothing(record) and any(_words(record, name) is not None for name in self.marks)

    def opened(self, record: JsonObject) -> Opened:
        """The row with a criterion for each of them."""
        name = next(name for name in self.marks if _words(record, name) is not None)
        entries, words = record[name], _words(record, name)
        read: dict[str, Any] = {**without(record, [name]), "checkers": words}
        if name == "criteria":  # text, priority, category and subcategory
            for number, field in enumerate(("priority", "category", "subcategory"), 1):
                if all(len(each) > number and isinstance(each[number], str) for each in entries):
                    read[field] = [each[number] for each in entries]
        elif name == "scoring_questions":
            read[name] = [without(each, ["question"]) for each in entries]
        places = {"checkers": name}
        if read.get("prompt") is None and isinstance(read.get("instruction"), str):
            given = read.pop("input") if isinstance(read.get("input"), str) else ""
            read["prompt"] = "\n\n".join(filter(None, (read.pop("instruction"), given)))
            places["prompt"] = "instruction"
        key = next((read[each] for each in ("idx", "main_id") if read.get(each) is not None), None)
        if all(read.get(each) is None for each in KEY_FIELDS) and key is not None:
            read["id"] = key if read.get("idx_in_group") is None else f"{key}:{read['idx_in_group']}"
        return Opened(read, places)


def _words(record: JsonObject, name: str) -> list[str] | None:
    """What each entry asks; None where they are no such entries, or our own criteria, which are texts."""
    entries, is_question = record.get(name), name != "criteria"
    if not isinstance(entries, list) or not entries:
        return None
    if all(isinstance(each, Mapping) and isinstance(each.get("question"), str) for each in entries):
        return [each["question"] for each in entries]
    if is_question and all(isinstance(each, str) for each in entries):
        return list(entries)
    if all(isinstance(each, list) and each and isinstance(each[0], str) for each in entries):
        return [each[0] for each in entries]
    return None
