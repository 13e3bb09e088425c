"""The reward of a verified response, and how rewards read what trainers hand them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from hir_data.errors import RecordError
from hir_data.formats.records import read_prompt
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.result import Verification
from hir_data.text.thinking import strip_thinking as answer_of

Score = Literal["ila", "cla"]


def reward(verification: Verification, score: Score = "ila") -> float | None:
    """The reward of a verified response, by its strict verdicts.

    Args:
        verification: the verdicts.
        score: ``ila`` is 1 if all constraints are satisfied, else 0; ``cla`` is the share that is satisfied.

    Returns:
        None where verdicts that could not be determined would decide: for ``ila`` if no other constraint is
        violated, for ``cla`` always.
    """
    satisfied = [result.strict.satisfied for result in verification.results]
    if score == "ila" and False in satisfied:
        return 0.0
    if None in satisfied:
        return None
    return sum(map(bool, satisfied)) / len(satisfied)


def constraints_of(written: Any) -> tuple[Constraint, ...]:
    """The constraints that a column of a data set, or a ground truth, holds.

    Args:
        written: a list of records or of JSON strings, an object in one of the shapes of
            :mod:`hir_data.formats.records`, or one of these as a JSON string.

    Raises:
        RecordError: it holds none.
    """
    if isinstance(written, str):
        try:
            written = json.loads(written)
        except ValueError as error:
            raise RecordError(f"malformed JSON: {error}") from None
    if isinstance(written, Sequence) and not isinstance(written, str):
        written = {"constraints": list(written)}
    if not isinstance(written, Mapping):
        raise RecordError(f"has to be a list of constraints or an object, not {written!r}"[:200])
    return read_prompt({"prompt": "", **written}).instruction.constraints


def verdicts_json(verification: Verification) -> str:
    """The strict verdicts of a response as a JSON list of true, false and null."""
    return json.dumps([result.strict.satisfied for result in verification.results])


def _said(text: Any, role: str) -> str:
    """A text, or what the one of this role says last in a list of messages."""
    if isinstance(text, str):
        return text
    said = [turn.get("content") for turn in text if turn.get("role") == role]
    return said[-1] if said and isinstance(said[-1], str) else ""


def _answer(response: str, tag: str | None) -> str:
    return response if tag is None else answer_of(response, tag).text
