"""``hir-data kinds``: the kinds of constraints, and what each looks like."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.outcome import cli_errors
from hir_data.schemas.english import number_of

if TYPE_CHECKING:
    from hir_data.engine.config import PluginConfig
    from hir_data.schemas.constraint import Constraint


@command(
    example="hir-data kinds keywords:existence",
    docs="reference/kinds.md",
    plugins="hir_data.engine.config:PluginConfig",
)
def kinds(
    text: Annotated[
        str,
        typer.Argument(help="Kind to show, or text to find in names and descriptions."),
    ] = "",
    json_schema: Annotated[
        bool,
        typer.Option(
            "--json-schema",
            help="Print the JSON Schema of the kind; without a kind, that of any constraint.",
            rich_help_panel="Output",
        ),
    ] = False,
    hackable: Annotated[
        bool,
        typer.Option(
            "--hackable",
            help="List only what can be satisfied without doing what it asks for, and what to use instead.",
            rich_help_panel="Output",
        ),
    ] = False,
    *,
    plugins: "PluginConfig",
) -> None:
    """List the kinds of constraints, or show one kind.

    One kind is shown with its parameters, phrasings and conflicts, and with an example of a text that
    satisfies it and of one that violates it.
    """
    with cli_errors():
        from hir_data.errors import UnknownKindError
        from hir_data.schemas import registry

        options.load(plugins.plugin)
        known = registry.kinds()
        found = {
            kind: cls for kind, cls in known.items() if text.lower() in f"{kind} {_summary(cls)}".lower()
        }
        if json_schema:
            _print_json(registry.json_schema(text or None))
        elif hackable:
            _list_hackable(found)
        elif text in known:
            _show(known[text])
        elif found:
            _list(found)
        else:
            raise UnknownKindError(text, known)


def _summary(cls: "type[Constraint]") -> str:
    return (cls.__doc__ or "").strip().split("\n")[0]


def _print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _list(found: "dict[str, type[Constraint]]") -> None:
    from rich.table import Table
    from rich.text import Text

    from hir_data.cli.screen import screen
    from hir_data.report.fitting import print_fitted
    from hir_data.schemas import registry

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("kind", "suite", "what it asks for"):
        table.add_column(name, no_wrap=name != "what it asks for")
    for kind, cls in found.items():
        table.add_row(Text(kind), Text(registry.suite(cls)), Text(_summary(cls)))
    print_fitted([table], screen())
    typer.echo(number_of(len(found), "kind"))


def _list_hackable(found: "dict[str, type[Constraint]]") -> None:
    from rich.table import Table
    from rich.text import Text

    from hir_data.cli.screen import screen
    from hir_data.report.fitting import print_fitted
    from hir_data.verifiers.hackable import HACKABLE

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("kind", "lets through", "instead"):
        table.add_column(name, no_wrap=name != "lets through")
    rows = [(kind, HACKABLE[kind]) for kind in found if kind in HACKABLE]
    for kind, known in rows:
        table.add_row(Text(kind), Text(known.lets_through), Text(known.instead))
    print_fitted([table], screen())
    typer.echo(number_of(len(rows), "kind"))


def _show(cls: "type[Constraint]") -> None:
    import inspect
    import json

    from hir_data.schemas import registry
    from hir_data.verifiers.hackable import HACKABLE

    lines = [cls.kind, f"  {inspect.getdoc(cls)}".replace("\n", "\n  "), "", "parameters"]
    properties = registry.json_schema(cls.kind)["properties"]
    for name, field in cls.model_fields.items():
        name = field.alias or name
        need = "required" if field.is_required() else f"default {json.dumps(field.default)}"
        lines.append(f"  {name}: {describe_type(properties[name])}, {need}")
    lines += [] if cls.model_fields else ["  none"]
    lines += [f"  {needed}"] if (needed := needed_together(cls)) else []
    if known := HACKABLE.get(cls.kind):
        lines += ["", "lets through", f"  {known.lets_through}"]
        lines += ["instead", f"  {known.instead}"] if known.instead else []
    lines += ["", "needs", f"  {cls.requires}"] if cls.requires else []
    lines += ["", "phrasings", *(f"  {phrasing}" for phrasing in cls.phrasings)]
    others = [kind for kind in registry.kinds() if kind != cls.kind and registry.conflict(cls.kind, kind)]
    lines += ["", "conflicts with", *(f"  {kind}" for kind in others or ["none but itself"])]
    if example := cls.example:
        record = {"kind": cls.kind, **example.parameters}
        lines += ["", "example", f"  {json.dumps(record, ensure_ascii=False)}"]
        lines += [f"  satisfied by  {example.satisfied_by!r}", f"  violated by   {example.violated_by!r}"]
    typer.echo("\n".join(lines))


def needed_together(cls: "type[Constraint]") -> str | None:
    """What a kind says of optional parameters of which it needs one: "required: give min, max or both"."""
    from hir_data.errors import RecordError
    from hir_data.schemas import registry

    given = cls.example.parameters if cls.example else {}
    required = {field.alias or name for name, field in cls.model_fields.items() if field.is_required()}
    if required - given.keys():
        return None
    try:
        registry.parse({"kind": cls.kind, **{name: given[name] for name in required}})
    except RecordError as error:
        return f"required: {error.problem.partition(';')[0].removeprefix(f'{cls.kind}: ')}"
    return None


def describe_type(schema: dict[str, Any]) -> str:
    """The JSON Schema of a parameter in a few words."""
    if "anyOf" in schema:
        return " or ".join(
            describe_type(option) for option in schema["anyOf"] if option.get("type") != "null"
        )
    if "enum" in schema:
        return " or ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    if schema.get("title") == "Constraint":
        return "constraint"
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    sort = schema.get("type", "any")
    if "prefixItems" in schema:
        return f"list of {len(schema['prefixItems'])} {describe_type(schema['prefixItems'][0])}s"
    if sort == "array":
        return f"list of {describe_type(schema['items'])}s"
    if sort == "string" and schema.get("maxLength") == 1:
        return "one character"
    bounds = [
        f"{sign} {schema[key]}" for key, sign in (("minimum", ">="), ("maximum", "<=")) if key in schema
    ]
    return " ".join([" or ".join(sort) if isinstance(sort, list) else str(sort), *bounds])
