"""What an envelope is: what another tool writes around a prompt, its constraints and its response.

Opened, it is a record as :mod:`hir_data.formats.records` reads them: the fields of the data set's row lie
open, and the answer is under ``response`` or ``responses``.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from hir_data.errors import RecordError
from hir_data.formats.fields import JsonObject, shown

Reasoning = list[str | None]


class Opened(NamedTuple):
    """An opened envelope.

    Attributes:
        record: the record that was in it.
        places: where in the envelope a field of that record stands, if elsewhere.
    """

    record: dict[str, Any]
    places: Mapping[str, str] = {}


class NoResponseError(RecordError):
    """A request that failed; ``key`` says whose response is missing, if the envelope says so."""

    key: Any = None

    @classmethod
    def of_request(cls, problem: str, field: str, key: Any) -> "NoResponseError":
        """The error of a request.

        Args:
            problem: what went wrong.
            field: where the envelope says so.
            key: of the prompt.
        """
        error = cls(problem, field=field)
        error.key = key
        return error


class Envelope:
    """A shape of records around a prompt or a response.

    Attributes:
        name: what it is called on the command line.
        data: which tools write it.
        marks: fields of which it has at least one.
        known_by: the fields that it is known by, as the documentation says it.
    """

    name: ClassVar[str]
    data: ClassVar[str]
    marks: ClassVar[tuple[str, ...]]
    known_by: ClassVar[str]

    def fits(self, record: JsonObject) -> bool:
        """Whether a record is one of these."""
        raise NotImplementedError

    def opened(self, record: JsonObject) -> Opened:
        """What is in it.

        Raises:
            RecordError: it breaks its shape, or holds no response; ``field`` says where.
        """
        raise NotImplementedError


def failure(error: Any) -> str:
    """What went wrong with a request, in one line, as APIs say it: a text, or an object with one."""
    if isinstance(error, Mapping):
        inner = error.get("error")
        if isinstance(inner, Mapping):
            return failure(inner)
        said = [str(error[name]) for name in ("type", "code", "message") if error.get(name) not in (None, "")]
        if said:
            return ": ".join(dict.fromkeys(said))[:300]
    return error[:300] if isinstance(error, str) else shown(error)


def responses_field(texts: list[Any]) -> dict[str, Any]:
    """One response or several, under their names."""
    return {"response": texts[0]} if len(texts) == 1 else {"responses": texts}
