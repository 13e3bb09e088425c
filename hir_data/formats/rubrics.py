"""Records whose constraints are a rubric: criteria for a judge, each with its points.

- HealthBench: ``{"prompt_id", "prompt": [{"role", "content"}, ...], "rubrics": [{"criterion", "points",
  "tags"}, ...]}``
- RaR (Rubrics as Rewards): ``{"question", "rubric": [{"title", "description", "weight"}, ...]}``
- ResearchRubrics: ``{"prompt", "rubrics": [{"criterion", "weight", "axis"}, ...]}``; Oumi's have ``name`` and
  ``description``

A rubric may be a string that holds its JSON, as may each entry, and an entry may be the criterion alone. An
entry of our own may have a ``scale`` and the least grade, ``min``, and a ``rubric`` that says how to decide.
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from hir_data.errors import RecordError
from hir_data.formats.fields import KEY_FIELDS, JsonObject, at, shown, unquoted, without
from hir_data.formats.format import Format
from hir_data.schemas import registry
from hir_data.schemas.constraint import Constraint

FIELDS = ("rubrics", "rubric")
"""What a rubric is called."""
_CRITERION = ("criterion", "description", "criterion_description", "requirement", "title", "text")
"""What the words of a criterion are called, the most telling first."""
_POINTS = ("points", "weight", "criterion_weight")
_LISTED = ("criteria", "rubrics", "rubric")
_KEYS = ("prompt_id", "sample_id", "task_id")
_STATED_ELSEWHERE = (
    "constraints",
    "instruction_id_list",
    "verifier_metadata",
    "gts",
    "reward_model.ground_truth",
    "reward_model.rubrics",
)
_PROMPTS = ("prompt", "messages", "conversations")


class Rubric(Format):
    """Records with a rubric."""

    name = "rubric"
    data = "HealthBench, RaR, ResearchRubrics, Oumi's rubrics"
    mark = "rubrics"
    stated_by: ClassVar[tuple[str, ...]] = FIELDS

    def fits(self, record: JsonObject) -> bool:
        """Whether there is a list of criteria, or an object that holds one, and nothing else is stated.

        In rows that were made of such a record the rubric stands beside what is made of it.
        """
        if any(at(record, path) for path in _STATED_ELSEWHERE):
            return False
        return any(_may_be_rubric(record.get(name)) for name in FIELDS)

    def to_flat(self, record: JsonObject) -> dict[str, Any]:
        """The record with its key and its prompt under the names that these have elsewhere."""
        flat = dict(record)
        if all(record.get(name) is None for name in _PROMPTS):
            names = ("question", "instruction")
            stated_in = next((name for name in names if record.get(name) is not None), None)
            if stated_in is not None:
                flat = {"prompt": record[stated_in], **without(record, [stated_in])}
        if all(record.get(name) is None for name in KEY_FIELDS):
            named = next((name for name in _KEYS if isinstance(record.get(name), str | int)), None)
            if named is not None:
                flat = {"id": record[named], **without(flat, [named])}
        return flat


def _may_be_rubric(value: Any) -> bool:
    if isinstance(value, str):
        return value.lstrip().startswith(("[", "{"))
    return is_rubric(value) or (isinstance(value, Mapping) and any(name in value for name in _LISTED))


def is_rubric(value: Any) -> bool:
    """Whether a value is a list of criteria, each an object of none of our kinds or a string."""
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(each, str | Mapping) for each in value)
        and not any(isinstance(each, Mapping) and "kind" in each for each in value)
        and any(isinstance(each, Mapping) and any(name in each for name in _CRITERION) for each in value)
    )


def criteria(rubric: Any, field: str) -> tuple[Constraint, ...]:
    """The criteria of a rubric.

    Args:
        rubric: a list of entries, an object that holds one, or one of these as a string.
        field: what it is called, for errors.

    Raises:
        RecordError: it is none; ``field`` says where.
    """
    if isinstance(rubric, str) and rubric.lstrip().startswith(("[", "{")):
        rubric = unquoted(rubric, field)
    if isinstance(rubric, Mapping):
        name = next((name for name in _LISTED if name in rubric), None)
        if name is None:
            raise RecordError(f"holds no list of criteria: {shown(rubric)}", field=field)
        return criteria(rubric[name], f"{field}.{name}")
    if not isinstance(rubric, list | tuple):
        raise RecordError(f"has to be a list of criteria, not {shown(rubric)}", field=field)
    if not rubric:
        raise RecordError("there are no criteria", field=field)
    return tuple(_criterion(entry, f"{field}[{index}]") for index, entry in enumerate(rubric))


def _criterion(entry: Any, field: str) -> Constraint:
    if isinstance(entry, str) and entry.lstrip().startswith("{"):
        entry = unquoted(entry, field)
    if isinstance(entry, str):
        entry = {"criterion": entry}
    if not isinstance(entry, Mapping):
        raise RecordError(f"has to be a criterion, not {shown(entry)}", field=field)
    name = next((name for name in _CRITERION if entry.get(name) is not None), None)
    if name is None:
        raise RecordError(f"has none of {', '.join(_CRITERION)}", field=field)
    if not isinstance(entry[name], str):
        raise RecordError(f"has to be a string, not {shown(entry[name])}", field=f"{field}.{name}")
    parameters: dict[str, Any] = {"criterion": entry[name]}
    weight = next((name for name in _POINTS if entry.get(name) is not None), None)
    if weight is not None:
        parameters["points"] = _number(entry[weight], f"{field}.{weight}")
    if isinstance(entry.get("rubric"), str):
        parameters["rubric"] = entry["rubric"]
    kind = "soft:criterion"
    if entry.get("scale") is not None:
        kind = "soft:grade"
        parameters |= {key: entry[key] for key in ("scale", "min") if entry.get(key) is not None}
    try:
        return registry.build(kind, parameters)
    except RecordError as error:
        raise error.inside(field) from None


def _number(value: Any, field: str) -> int | float:
    """The points, which tables in text have as a string."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise RecordError(f"has to be a number, not {shown(value)}", field=field) from None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise RecordError(f"has to be a number, not {shown(value)}", field=field)
    return value
