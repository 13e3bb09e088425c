"""Failures with what is wrong with them, for methods that learn from feedback, such as SDPO."""

import itertools
from collections.abc import Iterable

from pydantic_core import to_json

from hir_data.formats.exports.config import ExportOptions
from hir_data.formats.exports.rows import (
    MESSAGES,
    Attempt,
    ExportRow,
    ExportRows,
    Skipped,
    assistant_message,
    attempts,
    chat_columns,
    prompt_messages,
)
from hir_data.formats.parquet import ColumnType
from hir_data.instructions.feedback import feedback_text, violations
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.replay import ReplaySample

FEEDBACK: dict[str, ColumnType] = {
    "id": "string",
    "prompt": MESSAGES,
    "completion": MESSAGES,
    "violations": [{"constraint": "string", "asked": "string", "found": "string"}],
    "privileged_context": "string",
    "success_id": "string",
    "success": MESSAGES,
}


def feedback(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """Every failure, what each violated constraint found and wanted, and a success of the same instruction.

    Successes are looked for among the samples of the group that stand together. Where there are several, the
    failures take turns with them; where there is none, the success is empty.
    """
    for _, group in itertools.groupby(samples, key=lambda sample: sample.group):
        failures: list[Attempt] = []
        successes: dict[tuple[str, tuple[Constraint, ...]], dict[str, Attempt]] = {}
        for each in attempts(group, form):
            if isinstance(each, Skipped):
                yield each
            elif not each.success:
                failures.append(each)
            else:
                successes.setdefault(_instruction(each), {}).setdefault(each.text, each)
                yield Skipped(each.sample.id, "it is a success")
        turns = {asked: itertools.cycle(found.values()) for asked, found in successes.items()}
        for each in failures:
            if len(each.sample.reasons) != len(each.sample.verdicts):
                yield Skipped(each.sample.id, "its data set does not say what was found: replay it anew")
            else:
                yield _row(each, next(turns.get(_instruction(each), iter(())), None), form)


def _instruction(each: Attempt) -> tuple[str, tuple[Constraint, ...]]:
    return each.sample.instruction.conversation_key, each.sample.instruction.constraints


def _row(failure: Attempt, success: Attempt | None, form: ExportOptions) -> ExportRow:
    sample = failure.sample
    violated = violations(sample.instruction.constraints, sample.verdicts, sample.reasons)
    return {
        "id": failure.sample.id,
        "prompt": prompt_messages(failure.sample, form),
        "completion": assistant_message(failure.text),
        "violations": [
            each._asdict() | {"constraint": to_json(each.constraint).decode()} for each in violated
        ],
        "privileged_context": feedback_text(violated),
        "success_id": success.sample.id if success else "",
        "success": assistant_message(success.text) if success else [],
        **chat_columns(failure.sample.instruction),
    }
