"""What the exporters share: what a sample is good for, and how it is written as a conversation.

An exporter is a pure function from samples to rows. A sample that makes no row is left out by name.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic_core import to_json

from hir_data.errors import RecordError
from hir_data.formats.exports.config import ExportOptions
from hir_data.formats.parquet import ColumnType
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.replay import ReplaySample

ExportRow = dict[str, Any]

MESSAGES: ColumnType = [{"role": "string", "content": "string"}]
"""The column of a conversation."""

BESIDE: Mapping[str, ColumnType] = {
    "tools": "string",
    "extra_info": {name: "string" for name in ("stated_in", "from_turn", "tools", "template_options")},
}
"""The columns that a table has only where some row needs them."""


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
        if form.system is not None and (clash := _clash(sample, form.system)):
            yield Skipped(sample.id, clash)
            continue
        if not text.strip():
            yield Skipped(sample.id, "the response is blank")
        elif False in sample.verdicts:
            yield Attempt(sample, text, False)
        elif None in sample.verdicts:
            yield Skipped(sample.id, "its verdicts are undetermined")
        else:
            yield Attempt(sample, text, True)


def _clash(sample: ReplaySample, system: str) -> str:
    try:
        sample.instruction.with_system(system)
    except RecordError:
        return "its conversation has another system message than --system"
    return ""


def distinct(samples: Iterable[ReplaySample], form: ExportOptions) -> Iterator[ReplaySample | Skipped]:
    """The first sample of each instruction."""
    seen: set[bytes] = set()
    for sample in samples:
        if form.system is not None and (clash := _clash(sample, form.system)):
            yield Skipped(sample.id, clash)
            continue
        instruction = sample.instruction
        stated = to_json([instruction.conversation_key, *constraint_strings(instruction.constraints)])
        digest = hashlib.blake2b(stated, digest_size=16).digest()
        if digest in seen:
            yield Skipped(sample.id, "its instruction is there already")
        else:
            seen.add(digest)
            yield sample


def prompt_messages(sample: ReplaySample, form: ExportOptions) -> list[dict[str, Any]]:
    """The messages before the response."""
    instruction = sample.instruction
    return (instruction if form.system is None else instruction.with_system(form.system)).chat()


def beside(instruction: Instruction) -> dict[str, Any]:
    """What goes with the messages, as JSON strings: where constraints are stated, tools, template options."""
    written = instruction.model_dump(mode="json")
    names = ("stated_in", "from_turn", "tools", "template_options")
    return {name: to_json(written[name]).decode() for name in names if name in written}


def chat_columns(instruction: Instruction) -> dict[str, Any]:
    """The tools and the template options under the names that TRL has for them, if there are any."""
    written = beside(instruction)
    options = instruction.template_options
    tools = {"tools": written["tools"]} if "tools" in written else {}
    return tools | ({} if options is None else {"chat_template_kwargs": options.value})


def assistant_message(text: str) -> list[dict[str, str]]:
    """The message that is the response."""
    return [{"role": "assistant", "content": text}]


def constraint_strings(constraints: Iterable[Constraint]) -> list[str]:
    """Constraints as JSON, which no table fills with nulls."""
    return [to_json(constraint).decode() for constraint in constraints]
