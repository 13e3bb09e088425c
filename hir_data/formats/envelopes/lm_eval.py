"""What lm-eval writes with ``--log_samples``: a line a document, the row of its data set in ``doc``."""

from collections.abc import Mapping
from typing import Any, ClassVar

from hir_data.errors import RecordError
from hir_data.formats.envelopes.envelope import Envelope, Opened, responses_field
from hir_data.formats.fields import JsonObject, shown, unquoted, without


class LmEval(Envelope):
    """A sample of lm-eval's; with several filters, each has a line of its own."""

    name = "lm-eval"
    data = "lm-eval --log_samples"
    marks: ClassVar[tuple[str, ...]] = ("doc",)
    known_by = "`doc` with `resps` or `filtered_resps`"

    def fits(self, record: JsonObject) -> bool:
        """Whether a document goes with responses."""
        document = record.get("doc")
        is_row = isinstance(document, Mapping) or (isinstance(document, str) and document.startswith("{"))
        return is_row and ("resps" in record or "filtered_resps" in record)

    def opened(self, record: JsonObject) -> Opened:
        """The document, with what the filter has left of the responses."""
        held = unquoted(record["doc"], "doc")  # a string in a table
        if not isinstance(held, Mapping):
            raise RecordError(f"has to be an object, not {shown(held)}", field="doc")
        document = dict(held)
        name = "filtered_resps" if record.get("filtered_resps") is not None else "resps"
        texts = _texts(record.get(name), name)
        if "response" in document:
            document["reference"] = document.pop("response")
        rest = without(record, ["doc", "resps", "filtered_resps"])
        places = {field: f"doc.{field}" for field in document}
        return Opened(
            {**rest, **document, **responses_field(texts)},
            {**places, "response": f"{name}[0]", "responses": name},
        )


_NO_TEXTS = "holds figures, no texts: this is a log of a task that generates nothing"


def _is_likelihood(values: list[Any] | tuple[Any, ...]) -> bool:
    """Whether this is the likelihood of an answer, and whether it is the likeliest, both as texts."""
    if len(values) != 2 or not all(isinstance(each, str) for each in values):
        return False
    try:
        float(values[0])
    except ValueError:
        return False
    return values[1] in ("True", "False")


def _texts(responses: Any, field: str) -> list[str]:
    """The texts of responses, however they are nested.

    Raises:
        RecordError: there are none, or they are figures for given answers, as tasks without generation have.
    """
    if isinstance(responses, str):
        return [responses]
    if not isinstance(responses, list | tuple):
        raise RecordError(f"has to be a list of texts, not {shown(responses)}", field=field)
    if _is_likelihood(responses):
        raise RecordError(_NO_TEXTS, field=field)
    texts: list[str] = []
    for number, each in enumerate(responses):
        place = f"{field}[{number}]"
        if each is None:
            raise RecordError("there is no response: it is null", field=place)
        if isinstance(each, int | float):
            raise RecordError(_NO_TEXTS, field=field)
        texts += _texts(each, place)
    if not texts:
        raise RecordError("there is no response in it", field=field)
    return texts
