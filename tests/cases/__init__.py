"""Tables of what each kind answers: one module a suite, one row a case."""

from typing import Any, NamedTuple


class Case(NamedTuple):
    """What a constraint says of a text.

    Attributes:
        kind: the id of the constraint's kind.
        parameters: its parameters, as a record has them.
        text: the response.
        satisfied: the verdict that is wanted.
        why: what the row shows; with the kind, the name of its test.
    """

    kind: str
    parameters: dict[str, Any]
    text: str
    satisfied: bool | None
    why: str

    @property
    def record(self) -> dict[str, Any]:
        return {"kind": self.kind, **self.parameters}
