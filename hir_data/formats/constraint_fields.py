"""The ways in which records state their constraints, each known by the name of a field.

- ``instruction_id_list`` and ``kwargs``: two lists side by side, of ids and of their parameters (IFEval)
- ``constraints``: a list of ``{"kind": ID, **parameters}``, or of JSON strings of these (ours)
- ``constraints``: a list of ``[category, subcategory, sentence]`` (MulDimIF)
- ``ground_truth``: a string that holds ``instruction_id`` and ``kwargs``, or names a function (open-instruct)
- ``instruction_id`` and ``kwargs``: as IFEval's, or one of each
- ``checkers``: criteria in words, for a judge (VerIF, AutoIF)
- ``rubrics`` or ``rubric``: criteria with points (HealthBench, RaR)
"""

import contextlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from hir_data.errors import HirDataError, RecordError, UnknownKindError
from hir_data.formats import checklists, mifeval, open_instruct, rlvr, rubrics
from hir_data.formats import muldimif as triples
from hir_data.formats.fields import PLACE_FIELDS, JsonObject, shown, unquoted, without
from hir_data.schemas import registry
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.english import number_of


class ConstraintStatement(NamedTuple):
    """What a record states.

    Attributes:
        constraints: the constraints.
        criteria: each of them in words, where that is how the record states them.
        metadata: what else the statement says.
        stated_in: for each, the message that states it, where entries say so: a number, or a role.
        from_turn: for each, from which turn on it holds, where entries say so.
    """

    constraints: tuple[Constraint, ...]
    criteria: tuple[str, ...] | None = None
    metadata: Mapping[str, Any] = {}
    stated_in: tuple[int | str | None, ...] | None = None
    from_turn: tuple[int | None, ...] | None = None


def constraint_field_of(record: JsonObject, names: Iterable[str] = ()) -> str | None:
    """The field by which a record states its constraints; one that is null comes last.

    Args:
        record: the record, in its flat form.
        names: the fields that it may be; all that are known if there are none.
    """
    there = [name for name in names or STATEMENTS if name in record]
    return next((name for name in there if record[name] is not None), there[0] if there else None)


def _ifeval(record: JsonObject) -> ConstraintStatement:
    return ConstraintStatement(
        _listed(record["instruction_id_list"], record.get("kwargs"), "instruction_id_list")
    )


def _single_or_listed(record: JsonObject) -> ConstraintStatement:
    ids, parameters = record.get("instruction_id"), record.get("kwargs")
    if isinstance(ids, str):
        ids, parameters = [ids], parameters if isinstance(parameters, list | tuple) else [parameters]
    return ConstraintStatement(_listed(ids, parameters, "instruction_id"))


def _ground_truth(record: JsonObject) -> ConstraintStatement:
    try:
        held = open_instruct.constraint_lists(record["ground_truth"])
        if name := next((name for name in ("instruction_id_list", "constraints") if name in held), None):
            return STATEMENTS[name](held)
        return (
            ConstraintStatement((rlvr.constraint_of(held),))
            if "func_name" in held
            else _single_or_listed(held)
        )
    except RecordError as error:
        raise error.inside("ground_truth") from None


def _constraints(record: JsonObject) -> ConstraintStatement:
    entries = _opened(record["constraints"], "constraints")
    if not isinstance(entries, list | tuple):
        raise RecordError(f"has to be a list of objects, not {shown(entries)}", field="constraints")
    if not entries:
        raise RecordError("there are no constraints", field="constraints")
    if triples.are_triples(entries):
        read = triples.read(entries)
        return ConstraintStatement(read.constraints, read.sentences, read.metadata())
    fields = [f"constraints[{index}]" for index in range(len(entries))]
    opened = [unquoted(entry, field) for entry, field in zip(entries, fields, strict=True)]
    return ConstraintStatement(
        tuple(_native(entry, field) for entry, field in zip(opened, fields, strict=True)),
        stated_in=_said(opened, "stated_in"),
        from_turn=_said(opened, "from_turn"),
    )


def _said(entries: list[Any], name: str) -> tuple[Any, ...] | None:
    """What each entry says under a name; None where none says anything."""
    said = tuple(entry.get(name) if isinstance(entry, dict) else None for entry in entries)
    return None if said.count(None) == len(said) else said


def _checkers(record: JsonObject) -> ConstraintStatement:
    criteria = checklists.criteria(record["checkers"])
    return ConstraintStatement(criteria, metadata={"checkers": record["checkers"]})


def _rubric(name: str) -> Callable[[JsonObject], ConstraintStatement]:
    def read(record: JsonObject) -> ConstraintStatement:
        return ConstraintStatement(rubrics.criteria(record[name], name), metadata={name: record[name]})

    return read


STATEMENTS: dict[str, Callable[[JsonObject], ConstraintStatement]] = {
    "instruction_id_list": _ifeval,
    "constraints": _constraints,
    "ground_truth": _ground_truth,
    "instruction_id": _single_or_listed,
    "checkers": _checkers,
    **{name: _rubric(name) for name in rubrics.FIELDS},
}
"""What reads a statement, by the field that it is known by; the first that a record has counts."""

LISTED_BY = ("instruction_id_list", "instruction_id")
"""Those whose parameters are in ``kwargs``."""


def _listed(ids: Any, parameters: Any, ids_field: str) -> tuple[Constraint, ...]:
    """The constraints of two lists side by side: of kinds, and of their parameters."""
    ids, parameters = _opened(ids, ids_field), _opened(parameters, "kwargs")
    if not isinstance(ids, list | tuple) or not all(isinstance(kind, str) for kind in ids):
        raise RecordError(f"has to be a list of strings, not {shown(ids)}", field=ids_field)
    if not isinstance(parameters, list | tuple):
        raise RecordError(f"has to be a list of objects, not {shown(parameters)}", field="kwargs")
    if len(ids) != len(parameters):
        entries = number_of(len(parameters), "entry", "entries")
        raise RecordError(f"has {entries} for {number_of(len(ids), 'id')}", field="kwargs")
    if not ids:
        raise RecordError("there are no constraints", field=ids_field)
    return tuple(
        _constraint(kind, given, f"{ids_field}[{index}]", f"kwargs[{index}]")
        for index, (kind, given) in enumerate(zip(ids, parameters, strict=True))
    )


def _opened(value: Any, field: str) -> Any:
    """What a string holds, such as tables have in place of a list or an object: JSON, or a Python literal."""
    if not isinstance(value, str) or not value.startswith(("[", "{")):
        return value
    if _ARRAY_OF_WORDS.fullmatch(value):  # Python would take the words for one
        return _WORD.findall(value)
    try:
        return unquoted(value, field)
    except RecordError as malformed:
        for written in (value, _with_commas(value)):  # as pandas writes a list into CSV, or an array
            with contextlib.suppress(RecordError):
                return open_instruct.opened_text(written)
        raise malformed from None


_WORD = re.compile(r"'([^'\s]*)'")
_ARRAY_OF_WORDS = re.compile(r"\[\s*'[^'\s]*'(?:\s+'[^'\s]*')+\s*\]")
_ARRAY = re.compile(r"array\((\[[^\[\]]*\]), dtype=object\)")


def _with_commas(value: str) -> str:
    """An array of numpy's of objects, as a table in text has it, as a list."""
    return re.sub(r"\}\s+\{", "}, {", _ARRAY.sub(r"\1", value))


def _native(entry: Any, field: str) -> Constraint:
    if not isinstance(entry, dict) or not isinstance(entry.get("kind"), str):
        raise RecordError('has to be an object with a "kind"', field=field)
    parameters = without(entry, ("kind", *PLACE_FIELDS))
    return _constraint(entry["kind"], parameters, field, field)


def _constraint(kind: str, parameters: Any, kind_field: str, parameters_field: str) -> Constraint:
    """Build a constraint; an error is reported in the field of the kind or in that of the parameters."""
    parameters = _opened(parameters, parameters_field)
    if not isinstance(parameters, dict | None):
        raise RecordError(f"has to be an object, not {shown(parameters)}", field=parameters_field)
    # The one place where nulls are dropped: tables fill every parameter of every other kind with null.
    given = {name: value for name, value in (parameters or {}).items() if value is not None}
    try:
        if mifeval.has_language(kind):
            return registry.parse(mifeval.record(kind, given))
        return registry.build(kind, given)
    except UnknownKindError as error:
        raise RecordError(str(error), field=kind_field) from None
    except RecordError as error:
        raise error.inside(parameters_field) from None
    except HirDataError:
        raise
    except (TypeError, ValueError) as error:
        raise RecordError(str(error)[:500], field=parameters_field) from None
    except Exception as error:
        raise RecordError.of(error).inside(parameters_field) from None
