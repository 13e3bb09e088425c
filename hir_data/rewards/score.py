"""The reward of a verified response, and how rewards read what trainers hand them."""

import functools
import json
import math
import re
import typing
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from hir_data.errors import RecordError
from hir_data.formats.constraint_fields import LISTED_BY, STATEMENTS
from hir_data.formats.records import read_prompt
from hir_data.formats.rubrics import is_rubric
from hir_data.schemas import registry
from hir_data.schemas.constraint import Constraint, degree
from hir_data.schemas.message import text_of
from hir_data.schemas.result import Verification, weighted_share
from hir_data.text.text import Text
from hir_data.text.thinking import strip_thinking as answer_of

Score = Literal["ila", "cla", "degree", "weighted", "all", "any", "min"]
SCORES: tuple[Score, ...] = typing.get_args(Score)
GRADED: tuple[Score, ...] = ("degree", "min")
"""The scores that are made of degrees."""


def reward(
    verification: Verification, score: Score = "ila", weights: Mapping[str, float] | None = None
) -> float | None:
    """The reward of a verified response, by its strict verdicts.

    Args:
        verification: the verdicts.
        score: ``ila`` is 1 if all constraints are satisfied, else 0 (``all`` is another name of it); ``any``
            is 1 if one is; ``cla`` is the share that is satisfied, and ``weighted`` the share of the weight
            (:func:`hir_data.schemas.result.weighted_share`), such as the points of a rubric;
            ``degree`` is how far they are satisfied on average (:meth:`Constraint.degree`), and ``min`` how
            far the one is that is satisfied least. Degrees are measured here where the verdicts do not say
            them.
        weights: for ``weighted``, by kind or by the part of its name before the colon; 1 where nothing is
            said. ``weights`` in the metadata of the rollout, a number for each constraint, come first, then
            the points that a constraint states.

    Returns:
        None where verdicts that could not be determined would decide: for ``ila`` if no other constraint is
        violated, for ``any`` if no other is satisfied, for ``min`` unless another is not satisfied at all,
        for ``weighted`` if they have a weight, for the others always.

    Raises:
        RecordError: there is no such score, or weights are none.
    """
    check_score(score)
    satisfied = [result.strict.satisfied for result in verification.results]
    if score in ("ila", "all"):
        return 0.0 if False in satisfied else None if None in satisfied else 1.0
    if score == "any":
        return 1.0 if True in satisfied else None if None in satisfied else 0.0
    if score == "weighted":
        return _weighted(satisfied, _weights(verification, weights or {}))
    if score == "min":
        least = min((each for each in _degrees(verification) if each is not None), default=None)
        return least if least == 0.0 or None not in satisfied else None
    if None in satisfied:
        return None
    if score == "degree" and False in satisfied:
        return sum(each or 0.0 for each in _degrees(verification)) / len(satisfied)
    return sum(map(bool, satisfied)) / len(satisfied)


def family(kind: str) -> str:
    """What kinds have in common whose names begin with it: ``keywords`` of ``keywords:existence``.

    Kinds without a colon in their names are ``general``.
    """
    before, colon, _ = kind.partition(":")
    return before if colon else "general"


def check_score(score: str) -> None:
    """See that there is a score of a name.

    Raises:
        RecordError: there is none.
    """
    if score not in SCORES:
        raise RecordError(f"there is no score {score!r}; there are {', '.join(SCORES)}", field="score")


def check_weights(weights: Any) -> None:
    """See that weights by kind or family are numbers from 0 on.

    Raises:
        RecordError: they are not.
    """
    if not isinstance(weights, Mapping):
        raise RecordError(f"have to be an object, not {weights!r:.80}", field="weights")
    for name, weight in weights.items():
        _check_weight(weight, f"weights.{name}")


def _check_weight(weight: Any, field: str) -> None:
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < math.inf:
        raise RecordError(f"has to be a number from 0 on, not {weight!r:.80}", field=field)


def _weights(verification: Verification, by_name: Mapping[str, float]) -> list[float]:
    """The weight of each constraint."""
    constraints = [result.constraint for result in verification.results]
    kinds = [constraint.kind for constraint in constraints]
    own = verification.rollout.metadata.get("weights")
    if own is None:
        named = [float(by_name.get(kind, by_name.get(family(kind), 1.0))) for kind in kinds]
        stated = [constraint.own_weight for constraint in constraints]
        return [other if weight is None else weight for weight, other in zip(stated, named, strict=True)]
    own = json.loads(own) if isinstance(own, str) else own
    if not isinstance(own, list | tuple) or len(own) != len(kinds):
        raise RecordError(f"has to be a list of {len(kinds)} numbers, not {own!r:.80}", field="weights")
    for number, weight in enumerate(own):
        _check_weight(weight, f"weights[{number}]")
    return [float(weight) for weight in own]


def _weighted(satisfied: Sequence[bool | None], weights: Sequence[float]) -> float | None:
    if not any(weights):
        raise RecordError("are all 0", field="weights")
    return weighted_share(satisfied, weights)


def _degrees(verification: Verification) -> list[float | None]:
    """How far each constraint is satisfied; None where its verdict could not be determined."""
    text = Text(verification.rollout.response)
    return [
        None
        if result.strict.satisfied is None
        else degree(result.constraint, text, result.strict)
        if result.strict.degree is None
        else result.strict.degree
        for result in verification.results
    ]


def constraints_of(written: Any) -> tuple[Constraint, ...]:
    """The constraints that a column or a ground truth holds: what ``verify`` reads in records.

    Args:
        written: a list of records or of JSON strings; an object in one of the shapes of
            :mod:`hir_data.formats.records`; open-instruct's ground truth, also as a Python literal; or one of
            these as a string.

    Raises:
        RecordError: it holds none.
    """
    if isinstance(written, list | tuple | dict):
        try:
            written = json.dumps(written)
        except (TypeError, ValueError, RecursionError):  # no JSON, and so perhaps read, but not known again
            return _read_constraints(written)
    return (
        _known_constraints(written, registry.registrations())
        if isinstance(written, str)
        else _read_constraints(written)
    )


@functools.lru_cache(maxsize=1 << 12)
def _known_constraints(written: str, _registrations: int) -> tuple[Constraint, ...]:
    """The same objects for the same text: the responses of a group state the same, step by step."""
    return _read_constraints(written)


def _read_constraints(written: Any) -> tuple[Constraint, ...]:
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
        name = "ground_truth" if is_truth else "rubrics" if is_rubric(held) else "constraints"
        held = {name: list(held)}
    if not isinstance(held, Mapping):
        raise RecordError(f"has to be a list of constraints or an object, not {written!r}"[:200])
    if "kind" in held:
        held = {"constraints": [dict(held)]}
    elif "func_name" in held:
        held = {"ground_truth": dict(held)}
    record = {"prompt": "", **{name: held[name] for name in (*STATEMENTS, "kwargs") if name in held}}
    return read_prompt(record).instruction.constraints


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


def written_constraints(columns: Mapping[str, Any], row: int, column: str) -> Any:
    """What a row of a data set has as its constraints, as :func:`constraints_of` reads it.

    Raises:
        RecordError: the row has none; ``field`` says where.
    """
    try:
        written = columns[column][row]
        if column in LISTED_BY:
            return {column: written, "kwargs": columns.get("kwargs", {row: None})[row]}
        return written
    except Exception as error:
        raise RecordError.of(error).inside(f"{column}[{row}]") from None


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


_TOKEN = (
    r"(?:<\|[\w▁-]{1,40}\|>|<｜[^｜<>]{1,40}｜>|</?s>|<(?:bos|eos|pad|unk|end_of_turn|end_of_utterance)>"
    r"|\[PAD\]|\[/?INST\])"
)
_END = re.compile(rf"(?:{_TOKEN}\s*)+\Z")
"""Special tokens at the end of a response that was decoded with them."""
_START = re.compile(rf"(?:\s*{_TOKEN})*\s*")
"""Special tokens in front of a prompt that was decoded with them."""


def answer(response: str, policy: str | None) -> str:
    """What of a response is verified: without special tokens at its end, and without its reasoning.

    Args:
        response: as it was decoded.
        policy: which reasoning is left out (:mod:`hir_data.text.thinking`); None for none.
    """
    if response.rstrip().endswith((">", "]")):
        response = _END.sub("", response)
    return response if policy is None else answer_of(response, policy).text


def continuation(query: str, prompt: str, field: str) -> str:
    """What follows a prompt in a text that begins with it, special tokens in front of it aside.

    Raises:
        RecordError: the text does not begin with the prompt; ``field`` is the field of the text.
    """
    if query.startswith(prompt):
        return query[len(prompt) :]
    start = _START.match(query)
    begins = start.end() if start else 0
    first = _START.match(prompt)
    bare = prompt[first.end() if first else 0 :]
    if bare and query.startswith(bare, begins):
        return query[begins + len(bare) :]
    raise RecordError("does not begin with its prompt", field=field)
