"""MulDimIF's records: constraints as sentences, each under a category.

``{"id", "conversations": [{"role", "content"}, ...], "constraints": [[category, subcategory, sentence], ...],
"constraint_pattern", "difficulty"}``. A response is the last message of the conversation.

Each sentence is read once, into a typed constraint, and kept as the criterion. Metadata has the pairs of
category and subcategory as they were (``constraint_types``), and what the benchmark's scores count them as
(``category`` and ``subcategory``).
"""

import types
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from hir_data.errors import RecordError
from hir_data.formats.fields import JsonObject, shown, without
from hir_data.formats.format import (
    Prompt,
    WritableFormat,
    conversation,
    keyed,
    origin,
    response_fields,
    with_rest,
)
from hir_data.schemas.constraint import Constraint

Triple = tuple[str, str, str]

_COUNTED_AS = {
    "Format_Text": "Content_Identifiers",
    "Format_Blurb": "Length_Words",
}
_COUNTED_UNDER = {
    "Punctuation": "Content_Punctuation",
    "Markdown": "Format_Markdown",
    "Table": "Format_Table",
    "Json": "Format_Json",
    "XML": "Format_XML",
}


class MulDimIF(WritableFormat):
    """The benchmark's file."""

    name = "muldimif"
    data = "MulDimIF"
    mark = "constraints"
    stated_by: ClassVar[tuple[str, ...]] = ("constraints",)
    places: ClassVar[Mapping[str, str]] = types.MappingProxyType(
        {"prompt": "conversations", "messages": "conversations"}
    )

    def fits(self, record: JsonObject) -> bool:
        """Whether constraints are triples."""
        return record.get("constraints") is not None and are_triples(record["constraints"])

    def to_flat(self, record: JsonObject) -> dict[str, Any]:
        """The record with its conversation under the name that all have."""
        turns = record.get("conversations")
        if turns is None or record.get("messages") is not None:
            return dict(record)
        return without(record, ["conversations"]) | {"messages": turns}

    def takes(self, prompt: Prompt, index: int) -> bool:
        """Whether the sentence of the constraint is known."""
        return triple(prompt, index) is not None

    def to_record(self, prompt: Prompt, number: int) -> dict[str, Any]:
        """The record of a prompt, a single response at the end of its conversation."""
        said = response_fields(prompt)
        turns = conversation(prompt)
        if "response" in said:
            turns = [*turns, {"role": "assistant", "content": said.pop("response")}]
        constraints = prompt.instruction.constraints
        written = {
            **keyed(prompt, "id"),
            "conversations": turns,
            "constraints": [triple(prompt, index) for index in range(len(constraints))],
            **without(origin(prompt), ["criteria"]),
            **said,
        }
        return with_rest(written, without(prompt.metadata, ["messages", *ABOUT]))


class Triples(NamedTuple):
    """What a list of triples says, one entry for each of them.

    Attributes:
        constraints: what the sentences ask for.
        sentences: as they stand there.
        types: category and subcategory, as they stand there.
    """

    constraints: tuple[Constraint, ...]
    sentences: tuple[str, ...]
    types: tuple[tuple[str, str], ...]

    def metadata(self) -> dict[str, list[Any]]:
        """The categories, for reports; nothing where there are none."""
        if not any(map(any, self.types)):
            return {}
        counted = [counted_as(*each) for each in self.types]
        return {
            "constraint_types": [list(each) for each in self.types],
            "category": [name.partition("_")[0] for name in counted],
            "subcategory": counted,
        }


ABOUT = ("constraint_types", "category", "subcategory")
"""The metadata that has an entry for each constraint."""


def counted_as(category: str, subcategory: str) -> str:
    """What the benchmark counts a constraint as, such as ``Content_Keywords``.

    >>> counted_as("Length", "Words: At most"), counted_as("Table", "Row limit")
    ('Length_Words', 'Format_Table')
    """
    name = f"{category}_{subcategory.partition(':')[0]}"
    return _COUNTED_AS.get(name, _COUNTED_UNDER.get(category, name))


def are_triples(entries: Any) -> bool:
    """Whether a list of constraints is one of triples, going by its first entry."""
    is_list = isinstance(entries, list | tuple)
    return is_list and len(entries) > 0 and isinstance(entries[0], list | tuple)


def read(entries: Any) -> Triples:
    """What a list of triples says.

    Raises:
        RecordError: an entry is no triple of strings.
    """
    for index, entry in enumerate(entries):
        whole = isinstance(entry, list | tuple) and len(entry) == 3
        if not whole or not all(isinstance(part, str) for part in entry):
            problem = f"has to be [category, subcategory, sentence], not {shown(entry)}"
            raise RecordError(problem, field=f"constraints[{index}]")
    from hir_data.formats.grammar.parse import parse_muldimif  # no other format needs the grammar

    return Triples(
        constraints=tuple(parse_muldimif(*entry) for entry in entries),
        sentences=tuple(entry[2] for entry in entries),
        types=tuple((entry[0], entry[1]) for entry in entries),
    )


def triple(prompt: Prompt, index: int) -> Triple | None:
    """The sentence of a constraint under its category, None where it is not known."""
    from hir_data.formats.grammar.parse import parse_muldimif
    from hir_data.verifiers.muldimif.unparsed import Unparsed

    constraint, criteria = prompt.instruction.constraints[index], prompt.instruction.criteria
    if isinstance(constraint, Unparsed):
        return constraint.category, constraint.subcategory, constraint.sentence
    types = prompt.metadata.get("constraint_types")
    if criteria is None or not isinstance(types, list | tuple) or len(types) != len(criteria):
        return None
    if not isinstance(types[index], list | tuple) or list(map(type, types[index])) != [str, str]:
        return None
    triple = types[index][0], types[index][1], criteria[index]
    return triple if parse_muldimif(*triple) == constraint else None
