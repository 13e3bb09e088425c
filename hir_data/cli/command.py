"""Commands whose options are made from the settings of their stage.

Importing the settings takes longer than all else before a command runs. So a command names them, and they
are imported when it is called or its help is shown; the list of commands needs none.
"""

import inspect
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import typer
from typer.core import TyperCommand
from typer.main import get_command

from hir_data.cli.help import command_help, terminal_width
from hir_data.cli.outcome import cli_errors

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from hir_data.schemas.settings import Settings


class Command:
    """A command: a function some of whose parameters are settings.

    Attributes:
        function: what it does; its docstring is the help.
        settings: where the settings are, ``"package.module:Class"``, by name of the parameter. A parameter
            that is annotated with ``dict[str, Any]`` gets the options that were given, unchecked.
        example: one call of it.
        docs: the page of the documentation about it.
    """

    def __init__(
        self, function: Callable[..., None], settings: Mapping[str, str], example: str, docs: str
    ) -> None:
        self.function: Callable[..., None] = function
        self.settings: Mapping[str, str] = settings
        self.example: str = example
        self.docs: str = docs
        self.name: str = function.__name__
        self.help: str = inspect.getdoc(function) or ""

    def build(self) -> TyperCommand:
        """The command with all of its options."""
        models = {name: _imported(path) for name, path in self.settings.items()}
        signature = inspect.signature(self.function)
        raw = {name for name in models if signature.parameters[name].annotation == dict[str, Any]}

        tables = [
            name
            for model in models.values()
            for name, field in model.model_fields.items()
            if _kind(field) is dict
        ]

        def whole(**given: Any) -> None:
            from hir_data.schemas.settings import make_settings

            values = {name: given.pop(name) for model in models.values() for name in model.model_fields}
            values = {name: value for name, value in values.items() if value is not None and value != []}
            with cli_errors():
                _check_paths(models.values(), values)
                values |= {name: _table(name, values[name]) for name in tables if name in values}
                for name, model in models.items():
                    chosen = {field: values[field] for field in model.model_fields if field in values}
                    given[name] = chosen if name in raw else make_settings(model, chosen)
            self.function(**given)

        parameters = [one for one in signature.parameters.values() if one.name not in models]
        options = [
            _parameter(model, field, can_be_on=name in raw)
            for name, model in models.items()
            for field in model.model_fields
        ]
        every = [
            one.replace(kind=inspect.Parameter.KEYWORD_ONLY)
            for one in sorted([*parameters, *options], key=lambda one: one.default is not one.empty)
        ]
        whole.__signature__ = signature.replace(parameters=every)  # type: ignore[attr-defined]  # any function may have one
        whole.__annotations__ = {one.name: one.annotation for one in every}
        whole.__doc__ = self.help
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        alone.command(self.name, cls=_Documented)(whole)
        built = get_command(alone)
        assert isinstance(built, _Documented)
        built.described = self
        return built


class _Documented(TyperCommand):
    """A command that shows its help as :mod:`hir_data.cli.help` writes it."""

    described: Command

    def format_help(self, ctx: Any, formatter: Any) -> None:
        described = self.described
        lines = command_help(self, described.example, described.docs, terminal_width())
        formatter.write("\n".join(lines) + "\n")


def command(*, example: str, docs: str, **settings: str) -> Callable[[Callable[..., None]], Command]:
    """Make a command of a function; see :class:`Command`."""
    return lambda function: Command(function, settings, example, docs)


def _imported(path: str) -> "type[Settings]":
    module, _, name = path.partition(":")
    model: type[Settings] = getattr(import_module(module), name)
    return model


# Options that are fields of settings


def _parameter(model: "type[Settings]", name: str, *, can_be_on: bool) -> inspect.Parameter:
    """The option of a field, as typer reads it from a signature.

    Args:
        model: the settings.
        name: the field.
        can_be_on: whether a switch may be on before the command line is read, as a file can say.
    """
    from hir_data.schemas.settings import Flag, heading

    field = model.model_fields[name]
    kind, flag = _kind(field), Flag.of(field)
    dashed = name.replace("_", "-")
    switch = kind is bool and (can_be_on or field.default is not False)
    names = flag.names or (f"--{dashed}/--no-{dashed}" if switch else f"--{dashed}",)
    option = typer.Option(
        None,
        *names,
        help=" ".join([str(field.description), *_remarks(field)]),
        metavar=flag.metavar or _metavar(field),
        rich_help_panel=heading(model, name) or None,
        show_default=False,
    )
    annotation = list[str] if kind in (tuple, dict) else str if kind in (Literal, Path) else kind
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=annotation | None
    )


def _check_paths(models: "Iterable[type[Settings]]", values: Mapping[str, Any]) -> None:
    """See that no file or folder has an empty name, which would be the folder that one is in.

    Raises:
        RecordError: one has.
    """
    from hir_data.errors import RecordError

    for model in models:
        for name, field in model.model_fields.items():
            if values.get(name) == "" and _kind(field) is Path:
                raise RecordError("has to be the name of a file or a folder", f"--{name.replace('_', '-')}")


def _table(name: str, pairs: list[str]) -> dict[str, Any]:
    """The values of an option that is written NAME=VALUE, as JSON if they are, else as text."""
    import json

    from hir_data.errors import RecordError

    table = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise RecordError(f"has to be NAME=VALUE, not {pair}", f"--{name.replace('_', '-')}")
        try:
            table[key] = json.loads(value)
        except ValueError:
            table[key] = value
    return table


def _kind(field: "FieldInfo") -> Any:
    """The type of a field, without its parameters."""
    from hir_data.schemas.settings import value_types

    first = value_types(field)[0]
    return get_origin(first) or first


_METAVARS: Mapping[Any, str] = types.MappingProxyType(
    {int: "N", float: "X", str: "TEXT", Path: "FILE", tuple: "TEXT", dict: "NAME=VALUE"}
)


def _metavar(field: "FieldInfo") -> str | None:
    from hir_data.schemas.settings import value_types

    kind = _kind(field)
    return "|".join(get_args(value_types(field)[0])) if kind is Literal else _METAVARS.get(kind)


def _remarks(field: "FieldInfo") -> Iterator[str]:
    """The default and the bounds of a field, in brackets."""
    kind, default = _kind(field), field.get_default(call_default_factory=True)
    remarks = []
    if isinstance(default, float):
        remarks.append(f"default: {default:g}")
    elif isinstance(default, tuple) and default:
        remarks.append(f"default: {', '.join(default)}")
    elif isinstance(default, str | int) and not isinstance(default, bool):
        remarks.append(f"default: {default}")
    remarks += [f"{words} {bound:g}" for words, bound in _bounds(field)]
    if kind in (tuple, dict):
        remarks.append("repeatable")
    if remarks:
        yield f"[{'; '.join(remarks)}]"


_BOUNDS: Mapping[str, str] = types.MappingProxyType(
    {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
)


def _bounds(field: "FieldInfo") -> Iterator[tuple[str, float]]:
    for part in field.metadata + _nested(field):
        for name, words in _BOUNDS.items():
            if (bound := getattr(part, name, None)) is not None:
                yield words, bound


def _nested(field: "FieldInfo") -> list[Any]:
    """What the annotation of an optional value says besides its type."""
    return [
        each
        for part in get_args(field.annotation)
        for info in getattr(part, "__metadata__", ())
        for each in getattr(info, "metadata", ())
    ]
