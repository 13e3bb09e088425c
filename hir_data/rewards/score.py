"""The reward of a verified response, and how rewards read what trainers hand them."""

import json
import re
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from hir_data.errors import RecordError
from hir_data.formats.constraint_fields import LISTED_BY, STATEMENTS
from hir_data.formats.records import read_prompt
from hir_data.schemas.constraint import Constraint, degree
from hir_data.schemas.message import text_of
from hir_data.schemas.result import Verification
from hir_data.text.text import Text
from hir_data.text.thinking import strip_thinking as answer_of

Score = Literal["ila", "cla", "degree"]
SCORES: tuple[Score, ...] = typing.get_args(Score)


def reward(verification: Verification, score: Score = "ila") -> float | None:
    """The reward of a verified response, by its strict verdicts.

    Args:
        verification: the verdicts.
        score: ``ila`` is 1 if all constraints are satisfied, else 0; ``cla`` is the share that is satisfied;
            ``degree`` is how far they are satisfied on average (:meth:`Constraint.degree`), measured here
            where the verdicts do not say it.

    Returns:
        None where verdicts that could not be determined would decide: for ``ila`` if no other constraint is
        violated, for the others always.

    Raises:
        RecordError: there is no such score.
    """
    check_score(score)
    satisfied = [result.strict.satisfied for result in verification.results]
    if score == "ila" and False in satisfied:
        return 0.0
    if None in satisfied:
        return None
    if score == "degree" and False in satisfied:
        return _degree(verification)
    return sum(map(bool, satisfied)) / len(satisfied)


def check_score(score: str) -> None:
    """See that there is a score of a name.

    Raises:
        RecordError: there is none.
    """
    if score not in SCORES:
        raise RecordError(f"there is no score {score!r}; there are {', '.join(SCORES)}", field="score")


def _degree(verification: Verification) -> float:
    """How far the constraints are satisfied on average."""
    text = Text(verification.rollout.response)
    degrees = (
        degree(result.constraint, text, result.strict)
        if result.strict.degree is None
        else result.strict.degree
        for result in verification.results
    )
    return sum(degrees) / len(verification.results)


def constraints_of(written: Any) -> tuple[Constraint, ...]:
    """The constraints that a column or a ground truth holds: what ``verify`` reads in records.

    Args:
        written: a list of records or of JSON strings; an object in one of the shapes of
            :mod:`hir_data.formats.records`; open-instruct's ground truth, also as a Python literal; or one of
            these as a string.

    Raises:
        RecordError: it holds none.
    """
    held = written
    if isinstance(written, str):
        try:
            held = json.loads(written)
        except ValueError as error:
            if not written.lstrip().startswith(("[", "{", "(")):
                raise RecordError(f"malformed JSON: {error}") from None
            held = {"ground_truth": written}  # perhaps a Python literal
    if isinstance(held, Sequence) and not isinstance(held, str):
        is_truth = len(held) == 1 and isinstance(held[0], Mapping) and "instruction_id" in held[0]
        held = {"ground_truth": list(held)} if is_truth else {"constraints": list(held)}
    if not isinstance(held, Mapping):
        raise RecordError(f"has to be a list of constraints or an object, not {written!r}"[:200])
    if "kind" in held:
        held = {"constraints": [dict(held)]}
    elif "func_name" in held:
        held = {"ground_truth": dict(held)}
    record = {"prompt": "", **{name: held[name] for name in (*STATEMENTS, "kwargs") if name in held}}
    return read_prompt(record).instruction.constraints


def reward_or_none(verification: Verification | None, score: Score = "ila") -> float | None:
    """The reward of a verified response; None where it is not known, whatever the reason."""
    try:
        return None if verification is None else reward(verification, score)
    except Exception:  # a scale of a plugin that raises, or lacks something
        return None


def constraints_column(columns: Mapping[str, Any], column: str) -> str:
    """The column of a data set that holds the constraints, also as other tools name theirs.

    Raises:
        RecordError: there is none.
    """
    if column in columns:
        return column
    named = [name for name in STATEMENTS if name in columns] if column == "constraints" else []
    if not named:
        raise RecordError("the data set has no such column", field=column)
    return named[0]


def row_constraints(columns: Mapping[str, Any], row: int, column: str) -> tuple[Constraint, ...]:
    """The constraints of a row of a data set.

    Raises:
        RecordError: the row holds none; ``field`` says where.
    """
    try:
        written = columns[column][row]
        if column in LISTED_BY:
            return constraints_of({column: written, "kwargs": columns.get("kwargs", {row: None})[row]})
        return constraints_of(written)
    except Exception as error:
        raise RecordError.of(error).inside(f"{column}[{row}]") from None


def verdicts_json(verification: Verification) -> str:
    """The strict verdicts of a response as a JSON list of true, false and null."""
    return json.dumps([result.strict.satisfied for result in verification.results])


def spoken(said: Any, role: str, field: str) -> str | None:
    """A text, or what the one of this role says last in a list of messages; None where that is no text.

    Raises:
        RecordError: it is neither, or the message has parts that are no text; ``field`` says where.
    """
    if isinstance(said, str):
        return said
    if isinstance(said, Mapping):
        said = [said]
    if not isinstance(said, Sequence) or not all(isinstance(turn, Mapping) for turn in said):
        raise RecordError(f"has to be a string or a list of messages, not {said!r:.80}", field=field)
    if said and all("role" not in turn for turn in said):
        return text_of(said, field=field)
    contents = [turn.get("content") for turn in said if turn.get("role") == role]
    return None if not contents or contents[-1] is None else text_of(contents[-1], field=f"{field}.content")


_END = re.compile(r"(?:(?:<\|[\w▁-]{1,40}\|>|<｜[^｜<>]{1,40}｜>|</s>|<eos>|<end_of_turn>|\[/?INST\])\s*)+\Z")
"""Special tokens at the end of a response that was decoded with them."""


def _answer(response: str, tag: str | None) -> str:
    response = _END.sub("", response)
    return response if tag is None else answer_of(response, tag).text
