"""Which constraint kinds there are."""

import functools
import hashlib
import importlib
import importlib.util
import string
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, SerializeAsAny, ValidationError, WithJsonSchema
from pydantic_core import from_json, to_json

from hir_data.errors import HirDataError, KindError, RecordError, UnknownKindError
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.kind_modules import MODULE_OF

SUITES = (
    "hir_data.verifiers.general.text",
    "hir_data.verifiers.general.count",
    "hir_data.verifiers.general.json",
    "hir_data.verifiers.general.structure",
    "hir_data.verifiers.general.tables",
    "hir_data.verifiers.general.occurrences",
    "hir_data.verifiers.general.language",
    "hir_data.verifiers.general.letter_case",
    "hir_data.verifiers.general.sound",
    "hir_data.verifiers.general.quality",
    "hir_data.verifiers.compose",
    "hir_data.verifiers.within",
    "hir_data.verifiers.soft",
    "hir_data.verifiers.ifeval.keywords",
    "hir_data.verifiers.ifeval.length",
    "hir_data.verifiers.ifeval.format",
    "hir_data.verifiers.ifeval.style",
    "hir_data.verifiers.ifbench.count",
    "hir_data.verifiers.ifbench.custom",
    "hir_data.verifiers.ifbench.format",
    "hir_data.verifiers.ifbench.format_lines",
    "hir_data.verifiers.ifbench.ratio",
    "hir_data.verifiers.ifbench.repeat",
    "hir_data.verifiers.ifbench.sentence",
    "hir_data.verifiers.ifbench.word_positions",
    "hir_data.verifiers.ifbench.words",
    "hir_data.verifiers.iftrain.copy",
    "hir_data.verifiers.iftrain.count",
    "hir_data.verifiers.iftrain.format",
    "hir_data.verifiers.iftrain.keywords",
    "hir_data.verifiers.iftrain.words",
    "hir_data.verifiers.mifeval.french",
    "hir_data.verifiers.mifeval.japanese",
    "hir_data.verifiers.mifeval.letter_case",
    "hir_data.verifiers.mifeval.spanish",
    "hir_data.verifiers.muldimif.identifiers",
    "hir_data.verifiers.muldimif.keywords",
    "hir_data.verifiers.muldimif.language",
    "hir_data.verifiers.muldimif.length",
    "hir_data.verifiers.muldimif.markdown",
    "hir_data.verifiers.muldimif.punctuation",
    "hir_data.verifiers.muldimif.structured",
    "hir_data.verifiers.muldimif.tables",
    "hir_data.verifiers.muldimif.unparsed",
)
"""The modules that hold our own kinds."""

ENTRY_POINTS = "hir_data.constraints"
"""The entry-point group through which an installed package adds kinds: each entry names a module."""

_registered: dict[str, type[Constraint]] = {}
_plugins: list[str] = []
_registrations = 0

K = TypeVar("K", bound=type[Constraint])


def register(kind: str) -> Callable[[K], K]:
    """Give a :class:`Constraint` subclass its id and make it known.

    Raises:
        KindError: the id is taken, a phrasing names something that the class does not have, or a parameter
            is of a type that cannot be hashed.
    """

    def add(cls: K) -> K:
        if suite(cls) == cls.__module__:  # ours are built on first use; a plugin's author sees errors at once
            cls.model_rebuild()
        _check_declaration(kind, cls)
        cls.kind = kind
        _registered[kind] = cls
        global _registrations
        _registrations += 1
        return cls

    return add


def registrations() -> int:
    """How many kinds were registered so far; a kind that is registered anew counts again."""
    return _registrations


def lookup(kind: str) -> type[Constraint]:
    """The class of a kind.

    Raises:
        UnknownKindError: there is none of that id; the message suggests near ones.
    """
    if kind not in _registered:
        _load(kind)
    try:
        return _registered[kind]
    except KeyError:
        raise UnknownKindError(kind, _registered) from None


def kinds() -> Mapping[str, type[Constraint]]:
    """Every kind by its id, sorted: ours, those of installed packages, those of loaded plugins."""
    _load_all()
    return types.MappingProxyType(dict(sorted(_registered.items())))


def suite(cls: type[Constraint]) -> str:
    """Where a kind comes from: one of our suites, such as "ifeval", or the module of a plugin."""
    ours = cls.__module__.removeprefix("hir_data.verifiers.")
    return cls.__module__ if ours == cls.__module__ else ours.split(".")[0]


def parse(record: Mapping[str, Any]) -> Constraint:
    """The constraint that a record ``{"kind": ..., **parameters}`` describes.

    Raises:
        UnknownKindError: there is no such kind.
        RecordError: a parameter is missing, unknown, or of the wrong type; ``field`` names it.
    """
    if not isinstance(record, Mapping):
        raise RecordError(f"a constraint has to be an object, not {record!r}")
    parameters = dict(record)
    kind = parameters.pop("kind", None)
    if not isinstance(kind, str):
        raise RecordError("a constraint needs the name of its kind", field="kind")
    return build(kind, parameters)


MAX_NESTING = 32
"""How deep constraints may stand in constraints, the outermost one included."""


def build(kind: str, parameters: Mapping[str, Any]) -> Constraint:
    """The constraint of a kind with these parameters; raises as :func:`parse` does."""
    try:
        key = to_json(parameters)
    except ValueError as error:  # not JSON, and so nothing valid, but that is for the kind to say
        if "depth exceeded" in str(error):
            raise RecordError("is nested too deeply") from None
        return _validated(lookup(kind), parameters)
    if key.count(b'"kind":') >= MAX_NESTING and _nesting(parameters) >= MAX_NESTING:
        raise RecordError(f"constraints stand more than {MAX_NESTING} deep in constraints")
    return _built(lookup(kind), key)


def _nesting(value: Any) -> int:
    """How many constraints stand in one another at the deepest place of a JSON value."""
    deepest, waiting = 0, [(value, 0)]
    while waiting:
        inner, depth = waiting.pop()
        if isinstance(inner, Mapping):
            depth += "kind" in inner
            waiting += [(each, depth) for each in inner.values()]
        elif isinstance(inner, list | tuple):
            waiting += [(each, depth) for each in inner]
        deepest = max(deepest, depth)
    return deepest


@functools.lru_cache(maxsize=1 << 14)
def _built(cls: type[Constraint], parameters: bytes) -> Constraint:
    """One object for equal records: most prompts of a data set state the same few constraints."""
    return _validated(cls, from_json(parameters))


def _validated(cls: type[Constraint], parameters: Any) -> Constraint:
    try:
        return cls.model_validate(parameters)
    except ValidationError as error:
        raise _record_error(error, cls) from None
    except HirDataError:
        raise
    except Exception as error:  # such as a pattern that is nested too deeply
        raise RecordError.of(error) from None


def conflict(first: str, second: str) -> bool:
    """Whether the tables of two kinds say that one response cannot well satisfy both."""
    one, other = lookup(first), lookup(second)
    return one is other or _excludes(one, other) or _excludes(other, one)


def json_schema(kind: str | None = None) -> dict[str, Any]:
    """The JSON Schema of one kind's records, or of any constraint."""
    if kind is None:
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Constraint",
            "oneOf": [json_schema(name) for name in kinds()],
        }
    cls = lookup(kind)
    schema = cls.model_json_schema()
    schema["title"] = kind
    schema["properties"] = {"kind": {"const": kind}} | schema.get("properties", {})
    schema["required"] = ["kind", *schema.get("required", [])]
    return schema


def load_plugin(source: str) -> None:
    """Import a module that registers kinds, by its name or by the path of its file.

    Raises:
        KindError: it cannot be imported, or declares a kind wrongly.
    """
    if source in _plugins:
        return
    try:
        if source.endswith(".py"):
            _import_file(Path(source))
        else:
            importlib.import_module(source)
    except HirDataError:
        raise
    except Exception as error:
        raise KindError(f"plugin {source}: {type(error).__name__}: {error}") from error
    _plugins.append(source)


def plugins() -> tuple[str, ...]:
    """The plugins that were loaded, for other processes to load too."""
    return tuple(_plugins)


def _constraint(value: Any) -> Any:
    return parse(value) if isinstance(value, Mapping) else value


AnyConstraint = Annotated[
    SerializeAsAny[Constraint],
    BeforeValidator(_constraint),
    WithJsonSchema({"title": "Constraint", "type": "object", "required": ["kind"]}),
]
"""A field of this type takes a constraint of any kind, or the record of one."""


def _load(kind: str) -> None:
    """Import the module of a kind of ours; all that there are for one that is not listed."""
    if kind in MODULE_OF:
        importlib.import_module(MODULE_OF[kind])
    if kind not in _registered:
        _load_all()


def _load_all() -> None:
    for suite in SUITES:
        importlib.import_module(suite)
    for entry in _entry_points():
        load_plugin(entry.value)


def _entry_points() -> Iterator[Any]:
    yield from entry_points(group=ENTRY_POINTS)


def _import_file(path: Path) -> None:
    digest = hashlib.blake2b(str(path.resolve()).encode(), digest_size=4).hexdigest()
    name = f"hir_data_plugin_{path.stem}_{digest}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise KindError(f"plugin {path}: there is no such file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # so that its constraints can be sent to worker processes
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def _check_declaration(kind: str, cls: type[Constraint]) -> None:
    if MODULE_OF.get(kind, cls.__module__) != cls.__module__:
        importlib.import_module(MODULE_OF[kind])
    known = _registered.get(kind)
    if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
        raise KindError(f"the kind {kind!r} is already {known.__module__}.{known.__qualname__}")
    if "kind" in cls.__dict__ and cls.kind != kind:
        raise KindError(f"{cls.__qualname__} ({kind}): is registered as {cls.kind!r} already")
    if cls.check is Constraint.check:
        raise KindError(f"{cls.__qualname__} ({kind}): a kind needs a check method")
    for phrasing in cls.phrasings:
        for _, name, _, _ in string.Formatter().parse(phrasing):
            if name is not None and name not in cls.model_fields and not hasattr(cls, name):
                raise KindError(
                    f"{cls.__qualname__} ({kind}): a phrasing names {name!r}, which it does not have"
                )
    for name, field in cls.model_fields.items():
        if _holds_unhashable(field.annotation):
            raise KindError(f"{cls.__qualname__} ({kind}): {name} cannot be hashed; use a tuple or a string")


def _holds_unhashable(annotation: Any) -> bool:
    parts = (annotation, typing.get_origin(annotation))
    return any(part in (list, dict, set) for part in parts) or any(
        _holds_unhashable(part) for part in typing.get_args(annotation)
    )


def _excludes(cls: type[Constraint], other: type[Constraint]) -> bool:
    if other.kind in cls.conflicts:
        return True
    return (
        cls.only_compatible_with is not None
        and _table(cls) == _table(other)
        and other.kind not in cls.only_compatible_with
    )


def _table(cls: type[Constraint]) -> str:
    """Whose table of conflicts a kind stands in: its suite's, but IFTrain adds its kinds to IFEval's."""
    return "ifeval" if suite(cls) == "iftrain" else suite(cls)


def _record_error(error: ValidationError, cls: type[Constraint]) -> RecordError:
    first = error.errors(include_url=False)[0]
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]).lstrip(".")
    match first["type"]:
        case "inner":  # in a part of a composite
            problem = first["ctx"]["problem"]
            return RecordError(problem, field=first["ctx"]["field"] or None).inside(field)
        case "missing":
            problem = f"{cls.kind} needs this parameter"
        case "extra_forbidden":
            names = ", ".join(cls.model_fields) or "none"
            problem = f"{cls.kind} has no such parameter (it has: {names})"
        case "value_error":
            said = str(first["ctx"]["error"])
            problem = said if field else f"{cls.kind}: {said}"
        case _:
            wanted = first["msg"].replace("tuple", "list")
            problem = f"{wanted}, not {first['input']!r}"
    return RecordError(problem, field=field or None)
