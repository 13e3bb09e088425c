"""Files that are one JSON document: a list of records, or an object around one.

- ``{"data": [...]}``, ``{"rows": [...]}``, ``{"examples": [...]}`` and the like, with whatever beside it
- ``{"rows": [{"row_idx", "row": {...}}, ...]}`` of the data set server of the Hugging Face Hub
- ``{"columns": [...], "data": [[...], ...]}``, a table of Weights & Biases or pandas, or its columns:
  ``{"prompt": [...], ...}`` or ``{"prompt": {"0": ...}, ...}``
- a log of inspect_ai in JSON: :mod:`hir_data.formats.inspect_log`
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hir_data.errors import RecordError
from hir_data.formats import inspect_log
from hir_data.formats.rows import Row, shown_line
from hir_data.schemas.message import are_objects

WRAPPERS = ("data", "rows", "records", "examples", "samples", "train", "test")
"""Fields under which an object holds the records of a file."""
_OTHER_WRAPPERS = ("results", "outputs", "items", "instances", "predictions", "eval_results", "questions",
                   "prompts", "validation", "responses", "completions", "generations",
                   "rollouts", "testCases", "test_cases", "request_states", "calls", "runs")  # fmt: skip
"""The same, where what they hold says by itself that it is records."""
_OF_RECORDS_ALONE = frozenset(
    {"prompt", "instruction_id_list", "constraints", "custom_id", "doc", "reward_model", "rollout",
     "responses_create_params", "origin_prompt", "testCase", "actual_output", "actualOutput", "user_input",
     "instance", "datasource_item", "inputs"}
)  # fmt: skip
_OF_RECORDS = frozenset(
    {"prompt", "messages", "conversations", "response", "responses", "question", "instruction", "rollout",
     "instruction_id_list", "constraints", "input", "output", "outputs", "custom_id", "doc", "choices",
     "reward_model", "responses_create_params", "user_input", "actual_output", "inputs", "datasource_item"}
)  # fmt: skip
"""Fields of which each record has one, and no wrapper has any."""


def is_wrapper(document: Any) -> bool:
    """Whether a document is an object around a list of records, and no record itself."""
    return inspect_log.is_log(document) or _wrapped(document) is not None


def several_documents(content: bytes) -> list[Any] | None:
    """Objects over many lines each, one after another; None where that is not all there is."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    decoder, found, place = json.JSONDecoder(), [], 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        try:
            document, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return None
        found.append(document)
    return found


def document_rows(document: Any, name: str) -> Iterator[Row]:
    """The records of a document.

    Raises:
        RecordError: there are none in it.
    """
    if inspect_log.is_log(document):
        yield from inspect_log.log_rows(document, name)
        return
    records = document if isinstance(document, list) else _wrapped(document)
    if records is None:
        records = [document]
    for number, record in enumerate(records, 1):
        yield record_row(record, name, number, record)


def record_row(record: Any, name: str, number: int, raw: Any) -> Row:
    """A record with its place, if it is one."""
    if isinstance(record, dict):
        return Row(name, number, record)
    problem = f"a record has to be an object, not {type(record).__name__}"
    return Row(name, number, None, RecordError(problem, name, number), shown_line(raw))


def _wrapped(document: Any) -> list[Any] | None:
    """The records within an object; None where it is none around records, or around several lists of them."""
    if isinstance(document, Mapping) and (table := _of_table(document) or _of_columns(document)):
        return table
    if not isinstance(document, Mapping) or not _OF_RECORDS.isdisjoint(document.keys() - {*_OTHER_WRAPPERS}):
        return None
    lists = [_laid_open(document[name]) for name in WRAPPERS if document.get(name)]
    lists += [_laid_open(document[name], _OF_RECORDS_ALONE) for name in _OTHER_WRAPPERS if document.get(name)]
    lists += [_wrapped(document[name]) for name in _OTHER_WRAPPERS if isinstance(document.get(name), Mapping)]
    found = [records for records in lists if records is not None]
    if not found and not {*_OTHER_WRAPPERS}.isdisjoint(document):
        return None
    if not found and len(document) > 1 and (keyed := _keyed(document)):
        return keyed
    return found[0] if len(found) == 1 else None


def _of_table(document: Mapping[str, Any]) -> list[Any] | None:
    """The rows of a table whose columns are named apart."""
    names, rows = document.get("columns"), document.get("data")
    if not isinstance(names, list) or not isinstance(rows, list) or not rows:
        return None
    if not all(isinstance(name, str) for name in names) or _OF_RECORDS.isdisjoint(names):
        return None
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        return None
    return [dict(zip(names, row, strict=True)) for row in rows]


_TEXTS = ("prompt", "question", "input", "instruction", "user_input")
"""Fields that are a text in a record, and so a list of texts where an object holds columns."""


def _of_columns(document: Mapping[str, Any]) -> list[Any] | None:
    """The rows of a table that is written column by column, each a list, or an object by numbers of rows."""
    columns = {
        name: list(column.values()) if isinstance(column, Mapping) else column
        for name, column in document.items()
    }
    if len(columns) < 2 or not all(isinstance(column, list) and column for column in columns.values()):
        return None
    keys = {tuple(column) if isinstance(column, Mapping) else len(column) for column in document.values()}
    texts = [columns[name] for name in _TEXTS if name in columns]
    if len(keys) != 1 or not any(all(isinstance(each, str) for each in column) for column in texts):
        return None
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _keyed(document: Mapping[str, Any]) -> list[Any] | None:
    """Records under their keys; None where not every value is one."""
    values = list(document.values())
    if not are_objects(values) or any(_OF_RECORDS_ALONE.isdisjoint(each) for each in values):
        return None
    return [{"key": key, **each} if each.get("id") is None else each for key, each in document.items()]


def _laid_open(value: Any, marks: frozenset[str] = _OF_RECORDS) -> list[Any] | None:
    if not isinstance(value, list) or not are_objects(value):
        return None
    records = [each["row"] if isinstance(each.get("row"), dict) else each for each in value]
    return records if all(not marks.isdisjoint(each) for each in records[:1]) else None
