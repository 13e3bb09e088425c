"""What a format is: a shape of records, with what unfolds them and, for some, what folds them again.

The flat form of a record, which every format unfolds to, has the key, the ``prompt`` or ``messages``, a
statement of constraints (:mod:`hir_data.formats.constraint_fields`), and if they are known ``question``,
``criteria``, ``presentation`` and ``response`` or ``responses``. Whatever else is in it is metadata.
"""

import types
from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from hir_data.formats.fields import ORIGIN_FIELDS, PLACE_FIELDS, JsonObject, unquoted, without
from hir_data.formats.sampled import written_beside
from hir_data.schemas import registry
from hir_data.schemas.conversation import Instruction


class Prompt(NamedTuple):
    """An instruction and what came along in its record.

    Attributes:
        instruction: what is asked.
        responses: the responses in the record, None if it has none.
        own: fields of a rollout that we wrote: ``sample``, ``original``, ``thinking``, ``sampling``,
            ``metadata``; of other records the ``sampling`` alone.
        rest: what else the record said.
    """

    instruction: Instruction
    responses: list[Any] | None
    own: dict[str, Any]
    rest: dict[str, Any]

    @property
    def metadata(self) -> dict[str, Any]:
        """Whatever is not known by a name of its own."""
        own: dict[str, Any] = self.own.get("metadata", {})
        return self.rest | own


class Format:
    """A shape of records.

    Attributes:
        name: what it is called on the command line.
        data: which data sets have it.
        mark: the field that it is known by.
        stated_by: the fields by which its records may state constraints; empty where any will do.
        places: where in its records a field of the flat form stands, if elsewhere.
    """

    name: ClassVar[str]
    data: ClassVar[str]
    mark: ClassVar[str]
    stated_by: ClassVar[tuple[str, ...]] = ()
    places: ClassVar[Mapping[str, str]] = types.MappingProxyType({})

    def fits(self, record: JsonObject) -> bool:
        """Whether a record looks like one of these."""
        return record.get(self.mark) is not None

    def to_flat(self, record: JsonObject) -> dict[str, Any]:
        """A record in the flat form.

        Raises:
            RecordError: it breaks its shape; ``field`` says where.
        """
        return dict(record)

    def opened(self, rest: dict[str, Any]) -> dict[str, Any]:
        """The metadata, of what a record says besides."""
        return rest


class WritableFormat(Format):
    """A shape of records that can be written too.

    Attributes:
        columns: its columns as a table, if it can be one.
    """

    columns: ClassVar[Mapping[str, Any] | None] = None

    def takes(self, prompt: Prompt, index: int) -> bool:
        """Whether there is a place for the constraint of this index."""
        return True

    def to_record(self, prompt: Prompt, number: int) -> dict[str, Any]:
        """A prompt as a record of this shape; what has no place in it is left out.

        Args:
            prompt: what is written.
            number: its place among those that are written, from 0.
        """
        raise NotImplementedError


BENCHMARKS = frozenset({"ifeval", "ifbench", "iftrain"})
"""The suites whose kinds are known by id and parameters to the tools of the field."""


def is_of(prompt: Prompt, index: int, suites: frozenset[str]) -> bool:
    """Whether a constraint is of a kind of these suites."""
    return registry.suite(type(prompt.instruction.constraints[index])) in suites


def side_by_side(prompt: Prompt) -> tuple[list[str], list[dict[str, Any]]]:
    """The constraints as two lists: of kinds, and of their parameters."""
    records = [constraint.record() for constraint in prompt.instruction.constraints]
    return [record.pop("kind") for record in records], records


def origin(prompt: Prompt) -> dict[str, Any]:
    """What the prompt was made of, as far as that is known, and what goes with its messages."""
    written = prompt.instruction.model_dump(mode="json")
    names = (*ORIGIN_FIELDS, *PLACE_FIELDS, "tools", "template_options")
    return {name: written[name] for name in names if name in written}


def response_fields(prompt: Prompt) -> dict[str, Any]:
    """The responses, and beside a single one how it was drawn."""
    responses = [] if prompt.responses is None else prompt.responses
    if len(responses) != 1:
        return {"responses": responses} if responses else {}
    sampling = prompt.own.get("sampling")
    return {"response": responses[0]} | ({} if sampling is None else written_beside(sampling))


def conversation(prompt: Prompt) -> list[dict[str, Any]]:
    """The messages before the response."""
    return prompt.instruction.chat()


def keyed(prompt: Prompt, name: str) -> dict[str, Any]:
    """The key under a name, if there is one."""
    return {} if prompt.instruction.id is None else {name: prompt.instruction.id}


def laid_open(rest: dict[str, Any]) -> dict[str, Any]:
    """What a record says besides, with its metadata among it; as it is where the two have names in common.

    Where both have an object of the same name, the two are one.
    """
    metadata = rest.get("metadata")
    if isinstance(metadata, str) and metadata.startswith("{"):  # in a column of a table
        metadata = unquoted(metadata, "metadata")
    if not isinstance(metadata, dict):
        return rest
    others = without(rest, ["metadata"])
    for name in others.keys() & metadata.keys():
        parts = others[name], metadata[name]
        if not all(isinstance(part, dict) for part in parts) or parts[0].keys() & parts[1].keys():
            return rest
        others[name] = parts[1] | parts[0]
    return {**metadata, **others}


def with_rest(written: dict[str, Any], rest: Mapping[str, Any]) -> dict[str, Any]:
    """A record with the metadata beside what it has; what has the same name is left out."""
    return written | {name: value for name, value in rest.items() if name not in written}
