"""All envelopes that are known. To add one, write it (:mod:`hir_data.formats.envelopes.envelope`) here."""

from collections.abc import Mapping
from typing import Any

from hir_data.errors import RecordError
from hir_data.formats.envelopes.batch import BatchInput, BatchOutput
from hir_data.formats.envelopes.completions import CompletionObject, ResponseObject
from hir_data.formats.envelopes.envelope import Envelope, NoResponseError, Opened
from hir_data.formats.envelopes.inspect_sample import InspectSample
from hir_data.formats.envelopes.lm_eval import LmEval
from hir_data.formats.envelopes.nested import Checklist, Lighteval, Nested
from hir_data.formats.envelopes.other_names import OtherNames
from hir_data.formats.envelopes.run_records import RunRecord
from hir_data.formats.envelopes.traces import Episode, OldRollout
from hir_data.formats.envelopes.vllm import VllmOutputs
from hir_data.formats.fields import JsonObject, moved
from hir_data.formats.named import with_named_fields
from hir_data.formats.rows import Row

ENVELOPES: tuple[Envelope, ...] = (
    LmEval(),
    Lighteval(),
    BatchOutput(),
    BatchInput(),
    InspectSample(),
    Episode(),
    OldRollout(),
    RunRecord(),
    VllmOutputs(),
    ResponseObject(),
    CompletionObject(),
    Checklist(),
    Nested(),
    OtherNames(),
)
"""In the order in which a record is compared with them."""

_BY_NAME = {each.name: each for each in ENVELOPES}
_MARKS = frozenset(mark for each in ENVELOPES for mark in each.marks)
_DEPTH = 6  # envelopes within envelopes


def envelope_named(name: str | None) -> Envelope | None:
    """The envelope of a name, None if there is no such one."""
    return _BY_NAME.get(name or "")


def envelope_of(record: JsonObject) -> Envelope | None:
    """The outermost envelope of a record, None if it has none.

    The records of a file are alike: those of one shape (:func:`shape_of`) are compared with the envelopes
    once.
    """
    shape = shape_of(record)
    if shape is None:
        return compared_with_each(record)
    if shape not in _BY_SHAPE:
        if len(_BY_SHAPE) >= _MOST_SHAPES:
            _BY_SHAPE.clear()
        _BY_SHAPE[shape] = compared_with_each(record)
    return _BY_SHAPE[shape]


def compared_with_each(record: JsonObject) -> Envelope | None:
    """The first envelope that fits a record."""
    return next((each for each in ENVELOPES if each.fits(record)), None)


_BY_SHAPE: dict[tuple[Any, ...], Envelope | None] = {}
_MOST_SHAPES = 1 << 10
_SCALARS = frozenset({int, float, bool, type(None)})
_READ_AS_NAMES = frozenset({"object", "type", "role", "status"})
"""Fields whose very words tell some envelopes."""
_NOT_OPENED = frozenset({"instruction_id_list", "kwargs", "constraints"})
"""Fields that no envelope looks into where they stand in the record itself."""


def shape_of(record: JsonObject) -> tuple[Any, ...] | None:
    """The names of a record's fields with what its envelope can depend on; None where that is more.

    Of most values that is the type. Objects and lists, and texts that hold one, have to be looked into.
    """
    shape: list[Any] = []
    for name, value in record.items():
        kind: Any = type(value)
        if kind is str:
            if value == "" or name in _READ_AS_NAMES:
                kind = value
            elif value.lstrip()[:1] in ("{", "["):
                return None
        elif kind not in _SCALARS and (kind not in (list, dict) or name not in _NOT_OPENED):
            return None
        shape += (name, kind)
    return tuple(shape)


def opened(record: JsonObject, name: str | None = None) -> Opened:
    """What is in a record's envelopes; the record itself where it has none.

    Args:
        record: the record as it was read.
        name: the outermost envelope, which is recognised if none is named.

    Raises:
        RecordError: an envelope breaks its shape, or holds no response; ``field`` says where.
    """
    places: Mapping[str, str] = {}
    envelope = envelope_named(name)
    if envelope is not None and not envelope.fits(record):
        raise RecordError(f"is no record of {name}, which is known by {envelope.known_by}")
    current = dict(record)
    for _ in range(_DEPTH):
        if envelope is None:
            if _MARKS.isdisjoint(current):
                break
            envelope = envelope_of(current)
        if envelope is None:
            break
        try:
            inner = envelope.opened(current)
        except RecordError as error:
            raise moved(error, places) from None
        places = {**places, **{field: _place(place, places) for field, place in inner.places.items()}}
        current, envelope = inner.record, None
    return Opened(current, places)


def _place(place: str, outer: Mapping[str, str]) -> str:
    moved_to = moved(RecordError("", field=place), outer).field
    return place if moved_to is None else moved_to


def opened_row(row: Row) -> Row:
    """A row with its record out of its envelopes; with an error where it cannot be had out.

    The row keeps what was read as ``raw``. A row whose request failed has the key of its prompt as record.
    """
    if row.record is None or row.error is not None or row.places is not None:
        return row
    try:
        record = with_named_fields(row.record, row.options.fields)
        inner = opened(record.record, row.format)
    except NoResponseError as error:
        keyed: dict[str, Any] | None = None if error.key is None else {"id": error.key}
        return row._replace(record=keyed, error=error.at(row.source, row.line), raw=row.record)
    except Exception as error:  # also what nobody has foreseen: joins open rows where a run would end with it
        problem = RecordError.of(error).at(row.source, row.line)
        return row._replace(record=None, error=problem, raw=row.record)
    if inner.record is record.record or (inner.record == row.record and not record.places):
        return row._replace(places={}, format=_inner_format(row.format))
    places = {**record.places, **inner.places}
    return row._replace(record=inner.record, raw=row.record, places=places, format=_inner_format(row.format))


def _inner_format(name: str | None) -> str | None:
    return None if envelope_named(name) else name
