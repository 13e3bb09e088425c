"""JSON values inside frozen records."""

import json
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema, from_json


class FrozenJson:
    """A JSON value that does not change, and can be hashed.

    Equal values are equal whatever the order of their keys; the order in which they were written is kept,
    since chat templates write tools in that order.

    >>> FrozenJson({"a": 1, "b": [2]}) == FrozenJson({"b": [2], "a": 1})
    True
    >>> FrozenJson({"b": [2], "a": 1}).value
    {'b': [2], 'a': 1}
    """

    __slots__ = ("_canonical", "text")

    text: str
    """The value as JSON, its keys in the order in which they came."""

    def __init__(self, value: Any) -> None:
        """Freeze a value.

        Raises:
            ValueError: it cannot be written as JSON.
        """
        try:
            self.text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
            from_json(self.text)  # refuses what is nested too deeply, and half a surrogate pair
        except (TypeError, RecursionError, ValueError) as error:
            raise ValueError(f"cannot be written as JSON: {error}") from None
        self._canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))

    @property
    def value(self) -> Any:
        """The value, as a copy of one's own."""
        return json.loads(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FrozenJson) and self._canonical == other._canonical

    def __hash__(self) -> int:
        return hash(self._canonical)

    def __repr__(self) -> str:
        return f"FrozenJson({self.value!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return FrozenJson, (self.value,)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls(value),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda frozen: frozen.value),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {}
