"""JSON, with or without a schema."""

import contextlib
import functools
import json
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from hir_data.schemas.claims import Claim, WholeFormat
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.registry import register
from hir_data.text.markdown import unfenced
from hir_data.text.quiet import quietly
from hir_data.text.structured import read_json
from hir_data.text.text import Text
from hir_data.verifiers.compare import json_share


def _schema_text(schema: Any) -> Any:
    """A JSON Schema as one string, whose hash and equality do not depend on the order of keys."""
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for

    if isinstance(schema, str):
        try:
            schema = json.loads(schema)
        except ValueError as error:
            raise ValueError(f"not JSON: {error}") from None
    if not isinstance(schema, dict | bool):
        raise ValueError(f"not a JSON Schema: {schema!r} is no object")
    if isinstance(schema, dict) and not isinstance(schema.get("$schema", ""), str):
        raise ValueError(f"not a JSON Schema: $schema is {schema['$schema']!r}")
    try:
        with quietly():  # of patterns in it
            validator_for(schema).check_schema(schema)  # type: ignore[arg-type]  # true and false are schemas too
    except SchemaError as error:
        raise ValueError(f"not a JSON Schema: {error.message}") from None
    return json.dumps(schema, sort_keys=True)


JsonSchema = Annotated[
    str,
    BeforeValidator(_schema_text),
    PlainSerializer(json.loads, return_type=Any),
    WithJsonSchema({"type": ["object", "boolean"]}),
]


@register("json")
class Json(Constraint):
    """The response is JSON, as it is or in one code fence, and fits a JSON Schema if one is given."""

    json_schema: JsonSchema | None = None

    phrasings: ClassVar[tuple[str, ...]] = (
        "Answer with valid JSON and nothing else{fitting}.",
        "Your whole answer has to be one JSON document, without any text around it{fitting}.",
    )
    example: ClassVar[Example] = Example(
        {"json_schema": {"type": "object", "required": ["city"]}}, '{"city": "Oslo"}', '{"town": "Oslo"}'
    )
    implicit_parameters: ClassVar[tuple[str, ...]] = ("json_schema",)

    @property
    def fitting(self) -> str:
        """Which schema the answer has to fit, in words."""
        return f", fitting this JSON Schema: {self.json_schema}" if self.json_schema else ""

    def check(self, text: Text) -> Verdict:
        value, problem = _parse_json(text.raw.strip(" \t\n\r"))  # no other white space is JSON's
        if problem:
            return Verdict(False, problem)
        if self.json_schema is not None:
            from jsonschema.exceptions import best_match

            with quietly() if "attern" in self.json_schema else contextlib.nullcontext():
                error = best_match(_validator(self.json_schema).iter_errors(value))
            if error is not None:
                return Verdict(False, f"{error.json_path}: {error.message}"[:300])
        return Verdict(True, "valid JSON")

    def nearness(self, text: Text) -> float:
        """How much of it can be parsed; half of the way where it can and does not fit its schema."""
        _, problem = _parse_json(text.stripped)
        if problem:
            return json_share(unfenced(text.stripped) or text.stripped) / (2 if self.json_schema else 1)
        return 0.5

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(json_schema=None)

    def claims(self) -> Sequence[Claim]:
        return [WholeFormat("json")]


@functools.lru_cache(maxsize=1 << 8)
def _validator(json_schema: str) -> Any:
    """What checks values against a schema, built once for all texts."""
    from jsonschema.validators import validator_for
    from referencing import Registry

    schema = json.loads(json_schema)
    # An empty registry: a schema may refer to its own parts, not to files and addresses.
    return validator_for(schema)(schema, registry=Registry())


def _parse_json(text: str) -> tuple[Any, str]:
    """The value and no problem, or the problem; a fence is opened only if the text itself is no JSON."""
    problem = ""
    for candidate in (text, unfenced(text)):
        if candidate is None:
            continue
        try:
            return read_json(candidate), ""
        except ValueError as error:
            problem = f"not JSON: {error}"
    return None, problem
