"""The functions of a task for lm-eval, whose YAML names them; ``hir-data init lm-eval`` writes one.

Checked in its own environment, with lm-eval 0.4.13.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hir_data.errors import RecordError
from hir_data.formats.constraint_fields import STATEMENTS
from hir_data.integrations.grading import GradeOptions, grade
from hir_data.integrations.prompts import read_prompts

_STATED = (*STATEMENTS, "kwargs")


def load_dataset(path: Path | str, *, split: str = "test") -> dict[str, Any]:
    """The prompts of a file as lm-eval's data set, for ``custom_dataset``.

    A document is a record as IFEval has it, the parameters as JSON: any table can hold them, and
    ``hir-data verify`` reads the samples that lm-eval logs.

    Args:
        path: a file in any format that ``hir-data verify`` reads.
        split: what its only split is called.

    Raises:
        RecordError: a record is no prompt with constraints, or has several messages: lm-eval asks with one.
    """
    from datasets import Dataset

    rows = [
        {
            "key": each.id,
            "prompt": each.prompt,
            "instruction_id_list": [constraint["kind"] for constraint in each.constraints],
            "kwargs": json.dumps([_parameters(constraint) for constraint in each.constraints]),
        }
        for each in read_prompts(path, single_message=True)
    ]
    return {split: Dataset.from_list(rows)}


def _parameters(constraint: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in constraint.items() if name != "kind"}


def process_results(
    doc: Mapping[str, Any], results: Sequence[Any], options: GradeOptions | None = None
) -> dict[str, Any]:
    """The metrics of a document, for ``process_results``.

    Args:
        doc: the document; it may state its constraints in any form that the rewards read.
        results: the response, as the only item.
        options: how it is graded.

    Returns:
        ``ila``, 1 or 0, left out where it is not known, so that lm-eval takes the mean of the others;
        ``cla``, whether each constraint is satisfied whose verdict is known; ``undetermined``, 1 where
        ``ila`` is left out.

    Raises:
        RecordError: the constraints or the response cannot be read.
    """
    stated = doc.get("constraints")
    if stated is None:
        stated = {name: doc[name] for name in _STATED if doc.get(name) is not None}
    scored = grade(doc.get("prompt"), results[0], stated, options)
    if scored.status == "unread":
        raise RecordError(scored.error, field=f"document {doc.get('key')}")
    known = [each for each in scored.satisfied if each is not None]
    metrics: dict[str, Any] = {"undetermined": float(scored.ila is None)}
    if scored.ila is not None:
        metrics["ila"] = scored.ila
    if known:
        metrics["cla"] = known
    return metrics


def share_satisfied(items: Iterable[Sequence[bool]]) -> float:
    """The share of constraints that is satisfied, of all documents together: the aggregation of ``cla``."""
    verdicts = [satisfied for each in items for satisfied in each]
    return sum(verdicts) / len(verdicts)
