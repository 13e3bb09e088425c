"""Rows of a benchmark within the record of a run: their constraints stand in an object of the record.

- IHEval: ``{"id", "system", "instruction", "answer": {"instruction_id_list", "kwargs"}}``
- lighteval's details: ``{"doc": {"query", "specific": {...}}, "model_response": {"text": [...]}}``
- OpenCompass: ``{"origin_prompt", "prediction", "gold": {...}}``; EvalScope: ``{"input", "metadata": {...}}``
"""

import contextlib
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic_core import from_json

from hir_data.errors import RecordError
from hir_data.formats.constraint_fields import STATEMENTS
from hir_data.formats.envelopes.envelope import Envelope, Opened, responses_field
from hir_data.formats.envelopes.other_names import PROMPT_NAMES
from hir_data.formats.fields import KEY_FIELDS, JsonObject, at, without
from hir_data.schemas.message import are_objects

_FIELDS = (
    "answer", "gold", "specific", "specifics", "reference", "target", "label", "metadata", "row", "sample",
    "data", "additional_metadata", "additionalMetadata", "extra_info", "extra_data", "example", "inputs",
    "vars", "expectations", "reference_outputs", "testCase", "test_case", "instance", "doc", "item", "task",
    "attributes", "config", "info", "fields", "custom_fields", "input", "test", "source", "properties",
)  # fmt: skip
"""Fields in which tools keep the row of a data set, or the rest of it."""
_ANSWERED = ("response", "responses", "completion")
_DEPTH = 3


class Nested(Envelope):
    """A record that has a row with constraints in one of its fields."""

    name = "nested"
    data = "a row with constraints in a field of a record, as of IHEval, OpenCompass and EvalScope"
    marks: ClassVar[tuple[str, ...]] = _FIELDS
    known_by = "constraints in one of " + ", ".join(f"`{name}`" for name in _FIELDS[:7]) + ", ..."

    def fits(self, record: JsonObject) -> bool:
        """Whether one field has constraints, and no other does."""
        return states_nothing(record) and len(_rows(record)) == 1

    def opened(self, record: JsonObject) -> Opened:
        """The record with the fields of the row beside its own."""
        ((path, row),) = _rows(record).items()
        row = dict(row)
        for answer in _ANSWERED:
            if answer in row:
                row["reference"] = row.pop(answer)
        asked = [each for each in ("prompt", "messages") if row.get(each) is not None]
        outer = path.split(".")[0]
        left = _left(record[outer], path.split(".")[1:])
        rest = without(record, [outer, *(_OTHER_PROMPTS if asked else ())])
        if any(row.get(key) is not None for key in KEY_FIELDS):
            rest = without(rest, KEY_FIELDS)
        beside = {outer: left} if left and outer not in row else {}
        if beside and not asked and not any(rest.get(each) is not None for each in _ASKED):
            beside, rest = {}, {**left, **rest}  # the prompt stands somewhere around the row
        return Opened(
            {**row, **beside, **rest}, {field: f"{path}.{field}" for field in row if field not in rest}
        )


_OTHER_PROMPTS = ("origin_prompt", "input")
"""The prompt again, where a row has it."""
_ASKED = ("prompt", "messages", "conversations", "instruction", *PROMPT_NAMES)
_STATED = frozenset({*STATEMENTS, "gts", "verifier_metadata", "reward_model", "eval_func", "rollout"})


def states_nothing(record: JsonObject) -> bool:
    """Whether a record has no constraints under a name of its own."""
    return _STATED.isdisjoint(record) and not isinstance(record.get("instruction"), Mapping)


def _rows(record: JsonObject, depth: int = _DEPTH) -> dict[str, JsonObject]:
    """The rows with constraints in a record, by where they stand in it."""
    found: dict[str, JsonObject] = {}
    for name in _FIELDS:
        row = _as_object(record.get(name))
        if row is None:
            continue
        if {"instruction_id_list", "constraints"} & row.keys():
            found[name] = row
        elif depth > 1:
            found |= {f"{name}.{path}": inner for path, inner in _rows(row, depth - 1).items()}
    return found


def _as_object(value: Any) -> JsonObject | None:
    """An object, or what a table has in its place: a string that holds one with constraints."""
    if (
        isinstance(value, str)
        and value.startswith("{")
        and ('"instruction_id_list"' in value or '"constraints"' in value)
    ):
        with contextlib.suppress(ValueError):
            value = from_json(value)
    return value if isinstance(value, Mapping) else None


def _left(value: Any, path: list[str]) -> dict[str, Any]:
    """What is left of an object once the row at a path is taken out of it."""
    value = _as_object(value)
    if not path or value is None:
        return {}
    inner = _left(value[path[0]], path[1:])
    return {**without(value, [path[0]]), **({path[0]: inner} if inner else {})}


class Lighteval(Envelope):
    """A row of lighteval's details."""

    name = "lighteval"
    data = "lighteval's details"
    marks: ClassVar[tuple[str, ...]] = ("model_response", "__model_response__")
    _DOC: ClassVar[tuple[str, ...]] = ("doc", "__doc__")
    _SAID: ClassVar[tuple[str, ...]] = ("model_response", "__model_response__")
    known_by = "`doc` with `model_response`"

    def fits(self, record: JsonObject) -> bool:
        """Whether a document goes with what the model said."""
        doc, said = (_first(record, names) for names in (self._DOC, self._SAID))
        return isinstance(record.get(doc), Mapping) and isinstance(at(record, f"{said}.text"), list)

    def opened(self, record: JsonObject) -> Opened:
        """The document with the texts: those that lighteval has measured, without their reasoning."""
        doc, said = (_first(record, names) for names in (self._DOC, self._SAID))
        answers = record[said]
        name = "text_post_processed" if answers.get("text_post_processed") else "text"
        if not answers[name]:
            raise RecordError("there is no response in it", field=f"{said}.{name}")
        row = without(record[doc], _ANSWERED)
        rest = without(record, [doc, said])
        places = {**{field: f"{doc}.{field}" for field in row}, "response": f"{said}.{name}[0]"}
        return Opened({**rest, **row, **responses_field(answers[name])}, places)


def _first(record: JsonObject, names: tuple[str, ...]) -> str:
    return next((name for name in names if name in record), names[0])


class Checklist(Envelope):
    """A row whose constraints are questions or criteria in words."""

    name = "checklist"
    data = "InfoBench, CFBench, ComplexBench"
    marks: ClassVar[tuple[str, ...]] = ("decomposed_questions", "scoring_questions", "criteria")
    known_by = "`decomposed_questions`, `scoring_questions`, or `criteria` that are lists"

    def fits(self, record: JsonObject) -> bool:
        """Whether it has a list of them, and no other constraints."""
        return states_nothing(record) and any(_words(record, name) is not None for name in self.marks)

    def opened(self, record: JsonObject) -> Opened:
        """The row with a criterion for each of them."""
        name = next(name for name in self.marks if _words(record, name) is not None)
        language = _language(record)
        entries, words = record[name], _words(record, name, language)
        read: dict[str, Any] = {**without(record, [name]), "checkers": words}
        if name == "criteria":  # text, priority, category and subcategory
            for number, field in enumerate(("priority", "category", "subcategory"), 1):
                if all(len(each) > number and isinstance(each[number], str) for each in entries):
                    read[field] = [each[number] for each in entries]
        elif name == "scoring_questions":
            read[name] = [without(each, [f"question{language}"]) for each in entries]
        places = {"checkers": name}
        asked = f"instruction{language}"
        if read.get("prompt") is None and isinstance(read.get(asked), str):
            given = read.pop("input") if isinstance(read.get("input"), str) else ""
            read["prompt"] = "\n\n".join(filter(None, (read.pop(asked), given)))
            places["prompt"] = asked
        key = next((read[each] for each in ("idx", "main_id") if read.get(each) is not None), None)
        if all(read.get(each) is None for each in KEY_FIELDS) and key is not None:
            read["id"] = key if read.get("idx_in_group") is None else f"{key}:{read['idx_in_group']}"
        return Opened(read, places)


def _language(record: JsonObject) -> str:
    """What the names of fields end in that are in the language of the prompt, as ComplexBench's are.

    A prompt beside the instruction, and unlike it, is its translation, which was named as the prompt.
    """
    asked, original = record.get("prompt"), record.get("instruction")
    if isinstance(original, str) and (asked is None or asked == original):
        return ""
    entries: Any = record.get("scoring_questions")
    is_translated = are_objects(entries) and all(isinstance(each.get("question_en"), str) for each in entries)
    return "_en" if is_translated and (asked is not None or "instruction_en" in record) else ""


def _words(record: JsonObject, name: str, language: str = "") -> list[str] | None:
    """What each entry asks; None where they are no such entries, or our own criteria, which are texts."""
    entries, is_question = record.get(name), name != "criteria"
    question = f"question{language or _language(record)}"
    if not isinstance(entries, list) or not entries:
        return None
    if all(isinstance(each, Mapping) and isinstance(each.get(question), str) for each in entries):
        return [each[question] for each in entries]
    if is_question and all(isinstance(each, str) for each in entries):
        return list(entries)
    if all(isinstance(each, list) and each and isinstance(each[0], str) for each in entries):
        return [each[0] for each in entries]
    return None
