"""Records whose checks are programs or questions to a model: their texts are criteria for a judge.

- VerIF: ``{"id", "prompt", "checkers": ["[rule] ...", "[llm] ..."], "functions": [source, ...]}``
- AutoIF: ``{"instruction", "query", "prompt", "eval_func": [[source, accuracy], ...], "cases", "response"}``

Programs in records are kept as metadata and never run.
"""

import re
import types
from collections.abc import Mapping
from typing import Any, ClassVar

from hir_data.errors import RecordError
from hir_data.formats.fields import JsonObject, shown, text_field, without
from hir_data.formats.format import Format
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.presentation import present
from hir_data.verifiers.soft import Criterion

_LABEL = re.compile(r"\s*\[(?:rule|llm)\]\s*", re.IGNORECASE)


class VerIF(Format):
    """VerIF's and VerInstruct's records."""

    name = "verif"
    data = "VerIF, VerInstruct"
    mark = "checkers"
    stated_by: ClassVar[tuple[str, ...]] = ("checkers",)


class AutoIF(Format):
    """AutoIF's records, with one criterion each."""

    name = "autoif"
    data = "AutoIF"
    mark = "eval_func"
    stated_by: ClassVar[tuple[str, ...]] = ("checkers",)
    places: ClassVar[Mapping[str, str]] = types.MappingProxyType({"checkers": "instruction"})

    def to_flat(self, record: JsonObject) -> dict[str, Any]:
        """The record as a prompt with a criterion, the texts of its scored responses as responses."""
        instruction = text_field(record, "instruction")
        flat = without(record, ["instruction", "query", "response"])
        if record.get("query") is not None:
            query = text_field(record, "query")
            flat["question"] = query
            if record.get("prompt") is None:
                flat |= {"prompt": present(query, [instruction], "inline"), "presentation": "inline"}
        responses = record.get("response")
        if isinstance(responses, list | tuple):
            pairs = [each if isinstance(each, list | tuple) and each else [each] for each in responses]
            flat["responses"] = [text for text, *_ in pairs]
            if any(len(pair) > 1 for pair in pairs):
                flat["response_scores"] = [score[0] if score else None for _, *score in pairs]
        elif responses is not None:
            flat["response"] = responses
        return {**flat, "criteria": [instruction], "checkers": [instruction]}


def criteria(checkers: Any) -> tuple[Constraint, ...]:
    """What a list of checkers asks for, each in words.

    Raises:
        RecordError: it is no list of texts.
    """
    if not isinstance(checkers, list | tuple):
        raise RecordError(f"has to be a list of strings, not {shown(checkers)}", field="checkers")
    if not checkers:
        raise RecordError("there are no constraints", field="checkers")
    return tuple(_criterion(each, f"checkers[{index}]") for index, each in enumerate(checkers))


def _criterion(checker: Any, field: str) -> Constraint:
    if not isinstance(checker, str):
        raise RecordError(f"has to be a string, not {shown(checker)}", field=field)
    words = _LABEL.sub("", checker, count=1) if _LABEL.match(checker) else checker
    if not words.strip():
        raise RecordError("says nothing", field=field)
    return Criterion(criterion=words)
