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


def eight_readings(raw: str) -> list[str]:
    """The loose readings of a text as IFEval makes them: all eight, in its order, blank ones too."""
    lines = raw.split("\n")
    edges = ["\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1])]
    return [raw, raw.replace("*", ""), *edges, *(edge.replace("*", "") for edge in edges)]
