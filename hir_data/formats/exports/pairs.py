"""Rows of our own: samples as they are, and one response under two instructions."""

from collections.abc import Iterable

from hir_data.formats.exports.config import ExportOptions
from hir_data.formats.exports.rows import (
    MESSAGES,
    ExportRows,
    Skipped,
    assistant_message,
    attempts,
    chat_columns,
    constraint_strings,
    prompt_messages,
)
from hir_data.formats.parquet import ColumnType
from hir_data.schemas.replay import ReplaySample

INSTRUCTION_PAIRS: dict[str, ColumnType] = {
    "id": "string",
    "source_id": "string",
    "prompt": MESSAGES,
    "hindsight_prompt": MESSAGES,
    "completion": MESSAGES,
    "constraints": ["string"],
    "hindsight_constraints": ["string"],
}


def samples_as_they_are(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """Every sample with all that is known of it."""
    for sample in samples:
        yield sample.model_dump(mode="json")


def instruction_pairs(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """The instruction that a response violates, the one that it satisfies in hindsight, and the response."""
    sources: dict[str, ReplaySample] = {}
    group = None
    for each in attempts(samples, form):
        if isinstance(each, Skipped):
            yield each
            continue
        sample = each.sample
        if sample.group != group:  # a replay stands with its source
            group = sample.group
            sources.clear()
        if sample.origin == "rollout":
            if not each.success:
                sources[sample.id] = sample
            continue
        source = sources.get(str(sample.source_id))
        if source is None:
            yield Skipped(sample.id, "the failure that it was made of is not beside it")
            continue
        yield {
            "id": sample.id,
            "source_id": source.id,
            "prompt": prompt_messages(source, form),
            "hindsight_prompt": prompt_messages(sample, form),
            "completion": assistant_message(each.text),
            "constraints": constraint_strings(source.instruction.constraints),
            "hindsight_constraints": constraint_strings(sample.instruction.constraints),
            **chat_columns(sample.instruction),
        }
