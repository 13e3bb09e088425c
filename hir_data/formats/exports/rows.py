"""What the exporters share: what a sample is good for, and how it is written as a conversation.

An exporter is a pure function from samples to rows. A sample that makes no row is left out by name.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pydantic_core import to_json

from hir_data.formats.exports.config import ExportOptions
from hir_data.formats.parquet import ColumnType
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.replay import ReplaySample

ExportRow = dict[str, Any]

MESSAGES: ColumnType = [{"role": "string", "content": "string"}]
"""The column of a conversation."""


class Skipped(NamedTuple):
    """A sample that makes no row.

    Attributes:
        id: of the sample.
        reason: why.
    """

    id: str
    reason: str


ExportRows = Iterator[ExportRow | Skipped]


class Attempt(NamedTuple):
    """A sample that is known to be a success or a failure.

    Attributes:
        sample: the sample.
        text: what the model said.
        success: whether it satisfies all constraints of its instruction.
    """

    sample: ReplaySample
    text: str
    success: bool


def attempts(samples: Iterable[ReplaySample], form: ExportOptions) -> Iterator[Attempt | Skipped]:
    """The successes and failures among samples, in their order."""
    for sample in samples:
        text = sample.written if form.thinking else sample.response
        if not text.strip():
            yield Skipped(sample.id, "the response is blank")
        elif False in sample.verdicts:
            yield Attempt(sample, text, False)
        elif None in sample.verdicts:
            yield Skipped(sample.id, "its verdicts are undetermined")
        else:
            yield Attempt(sample, text, True)


def distinct(samples: Iterable[ReplaySample]) -> Iterator[ReplaySample | Skipped]:
    """The first sample of each instruction."""
    seen: set[bytes] = set()
    for sample in samples:
        stated = to_json([sample.instruction.prompt, *constraint_strings(sample.instruction.constraints)])
        digest = hashlib.blake2b(stated, digest_size=16).digest()
        if digest in seen:
            yield Skipped(sample.id, "its instruction is there already")
        else:
            seen.add(digest)
            yield sample


def prompt_messages(sample: ReplaySample, form: ExportOptions) -> list[dict[str, str]]:
    """The messages before the response."""
    system = [] if form.system is None else [{"role": "system", "content": form.system}]
    return [*system, {"role": "user", "content": sample.instruction.prompt}]


def assistant_message(text: str) -> list[dict[str, str]]:
    """The message that is the response."""
    return [{"role": "assistant", "content": text}]


def constraint_strings(constraints: Iterable[Constraint]) -> list[str]:
    """Constraints as JSON, which no table fills with nulls."""
    return [to_json(constraint).decode() for constraint in constraints]
