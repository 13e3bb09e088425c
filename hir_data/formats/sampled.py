"""How a response was drawn, as records say it.

Ours have it in one field, ``sampling``. Other people's have it beside the response: ``token_ids`` and
``token_logprobs``, ``entropy`` or ``mean_logprob``, and with one of these ``model``, ``temperature``,
``top_p``, ``seed`` and ``finish_reason``.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from hir_data.errors import RecordError
from hir_data.schemas.rollout import Sampling

_BESIDE = {
    "token_ids": "token_ids",
    "token_logprobs": "logprobs",
    "entropy": "entropy",
    "model": "model",
    "temperature": "temperature",
    "top_p": "top_p",
    "seed": "seed",
    "finish_reason": "finish_reason",
}
_OWN = {name: f"sampling.{name}" for name in Sampling.model_fields}
_MARKS = ("token_ids", "token_logprobs", "entropy", "mean_logprob")


def own_sampling(value: Any) -> Sampling:
    """What we wrote, from JSON or from a column; nulls are left out.

    Raises:
        RecordError: it does not fit; ``field`` says where.
    """
    if not isinstance(value, dict):
        raise RecordError(f"has to be an object, not {value!r}"[:120], field="sampling")
    return _sampling(value, _OWN, "sampling")


def sampling_beside(record: Mapping[str, Any]) -> tuple[Sampling | None, set[str]]:
    """What others write beside one response, and the names of the fields that say so.

    Raises:
        RecordError: it does not fit; ``field`` says where.
    """
    if "responses" in record or all(record.get(name) is None for name in _MARKS):
        return None, set()
    given = {ours: record.get(name) for name, ours in _BESIDE.items()}
    mean = record.get("mean_logprob")
    if given["entropy"] is None and isinstance(mean, int | float) and mean <= 0:
        given |= {"entropy": -mean, "entropy_by": "mean_nll"}
    fields = {ours: name for name, ours in _BESIDE.items()}
    return _sampling(given, fields, None), {*_BESIDE, "mean_logprob"}


def written_beside(sampling: Sampling) -> dict[str, Any]:
    """How a response was drawn as others write it, as far as they do."""
    known = {name: getattr(sampling, ours) for name, ours in _BESIDE.items()}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in known.items()
        if value is not None
    }


def _sampling(given: Mapping[str, Any], fields: Mapping[str, str], whole: str | None) -> Sampling:
    try:
        return Sampling(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        place = first["loc"][0] if first["loc"] else "logprobs"  # what is wrong with all of it are lengths
        problem = first["msg"].removeprefix("Value error, ")
        raise RecordError(problem, field=fields.get(str(place), f"{whole}.{place}")) from None
