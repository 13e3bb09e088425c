"""A Python assertion, prompts and tests for promptfoo.

In ``promptfooconfig.yaml``, with a file ``assertion.py`` that has the line
``from hir_data.integrations.promptfoo import get_assert``::

    assert:
      - type: python
        value: file://assertion.py
        config: {constraints: [{kind: "punctuation:no_comma"}]}
"""

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from hir_data.errors import RecordError
from hir_data.integrations.grading import GradeOptions, explanation, grade
from hir_data.integrations.prompts import read_prompts
from hir_data.rewards.scoring import Scored

_OPTIONS = frozenset(field.name for field in fields(GradeOptions)) - {"judge"}


def get_assert(output: Any, context: Mapping[str, Any]) -> dict[str, Any]:
    """Whether an output satisfies the constraints of its test, as promptfoo's result of a grading.

    promptfoo knows pass and fail only. A test of which too little is known fails, with a reason that begins
    with "undetermined", and has no metrics ``ila`` and ``cla``: those are of what is known.

    Args:
        output: what the model has said.
        context: promptfoo's; ``config`` or else ``vars`` in it has ``constraints``, a list of records or
            JSON, and ``config`` may have options (:class:`GradeOptions`).

    Raises:
        RecordError: there are no constraints, or no such option.
    """
    config = dict(context.get("config") or {})
    constraints = config.pop("constraints", None)
    if constraints is None:
        constraints = (context.get("vars") or {}).get("constraints")
    if constraints is None:
        raise RecordError("neither config nor vars has any", field="constraints")
    if unknown := sorted(config.keys() - _OPTIONS):
        raise RecordError(
            f"there is no such option; there are {', '.join(sorted(_OPTIONS))}", field=unknown[0]
        )
    response = output if isinstance(output, str | list) else json.dumps(output, ensure_ascii=False)
    return _grading_result(grade(context.get("prompt"), response, constraints, GradeOptions(**config)))


def _grading_result(scored: Scored) -> dict[str, Any]:
    reason = explanation(scored)
    if scored.reward is None and not scored.error:
        reason = "undetermined: too little is known\n" + reason
    known = {"ila": scored.ila, "cla": scored.cla}
    parts = [
        {
            "pass": bool(verdict.satisfied),
            "score": float(bool(verdict.satisfied)),
            "reason": f"{kind}: {verdict.reason}",
        }
        for kind, verdict in zip(scored.kinds, scored.verdicts, strict=True)
        if verdict.satisfied is not None
    ]
    return {
        "pass": scored.ila == 1.0,
        "score": scored.reward or 0.0,
        "reason": reason,
        "namedScores": {name: value for name, value in known.items() if value is not None},
        "componentResults": parts,
    }


def tests_of(
    path: Path | str, assertion: str = "file://assertion.py", **options: Any
) -> list[dict[str, Any]]:
    """The prompts of a file as promptfoo's tests, each with its assertion.

    The prompt is the variable ``prompt``; of a conversation, it is the messages as JSON, which promptfoo
    sends as a conversation.

    Args:
        path: a file in any format that ``hir-data verify`` reads.
        assertion: the file that has ``get_assert``.
        options: of :class:`GradeOptions`, for each assertion.

    Raises:
        RecordError: a record is no prompt with constraints.
    """
    return [
        {
            "description": each.id,
            "vars": {"prompt": _sent(each.conversation)},
            "assert": [
                {
                    "type": "python",
                    "value": assertion,
                    "config": {"constraints": each.constraints, **options},
                }
            ],
        }
        for each in read_prompts(path)
    ]


def _sent(conversation: str | list[dict[str, Any]]) -> str:
    return conversation if isinstance(conversation, str) else json.dumps(conversation, ensure_ascii=False)
