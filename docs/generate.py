"""Write the generated pages of the documentation: ``kinds.md`` and ``cli.md``.

``python docs/generate.py`` writes them, ``python docs/generate.py --check`` exits with 1 if one is stale.
What they say comes from the code: the kinds from the registry, the commands from the signatures of their
functions. Nothing depends on a terminal's width or on how typer renders its help.
"""

import inspect
import json
import re
import sys
import textwrap
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from types import UnionType
from typing import Any

from typer.models import ArgumentInfo, ParameterInfo
from typer.utils import get_params_from_function

from hir_data.cli import train
from hir_data.cli.kinds import describe_type
from hir_data.cli.main import app
from hir_data.schemas import registry
from hir_data.schemas.constraint import Constraint

HERE = Path(__file__).parent
WIDTH = 100
TERM = 30  # columns of an option's name

METAVARS = {str: "TEXT", int: "INTEGER", float: "NUMBER", Path: "PATH"}

SUITES = {
    "general": "Our own, for any language.",
    "compose": "Our own, made of other constraints.",
    "within": "Our own, for parts of a response.",
    "soft": "Our own, for a judge.",
    "ifeval": "IFEval's. They answer as its reference does, with [exceptions](deviations.md#ifeval).",
    "ifbench": "Those that IFBench adds to IFEval's. They answer as its reference does, with "
    "[exceptions](deviations.md#ifbench).",
    "iftrain": "Those that IFTrain, the training data of open-instruct, adds to IFEval's. They answer as its "
    "reference does, with [exceptions](deviations.md#iftrain).",
    "muldimif": "What the sentences of [MulDimIF](muldimif.md) ask for. They count as its reference "
    "does, with [exceptions](deviations.md#muldimif).",
}


def main() -> None:
    """Write the pages, or say which are stale."""
    pages = {HERE / "kinds.md": kinds_page(), HERE / "cli.md": cli_page()}
    stale = [path for path, text in pages.items() if not path.exists() or path.read_text("utf-8") != text]
    if sys.argv[1:] == ["--check"]:
        if stale:
            sys.exit("\n".join(f"docs/{path.name} is stale: run make docs" for path in stale))
    elif sys.argv[1:]:
        sys.exit("usage: python docs/generate.py [--check]")
    else:
        for path in stale:
            path.write_text(pages[path], encoding="utf-8")


# ---------------------------------------------------------------------------------------------------------
# Kinds


def kinds_page() -> str:
    """Every kind of ours, by suite, under a list of the suites."""
    ours = [cls for cls in registry.kinds().values() if cls.__module__.startswith("hir_data.")]
    names = {registry.suite(cls) for cls in ours}
    suites = {
        name: [cls for cls in ours if registry.suite(cls) == name]
        for name in [*SUITES, *sorted(names - SUITES.keys())]
    }
    lines = [
        "# Kinds",
        "",
        "<!-- Written by docs/generate.py (make docs); do not edit. -->",
        "",
        f"The {len(ours)} kinds that come with hir-data. `hir-data kinds` lists them, "
        "`hir-data kinds KIND` shows one, and `hir-data kinds KIND --json-schema` prints the JSON Schema of "
        "its records. A constraint is written as the example of its kind shows: the id under `kind`, the "
        "parameters beside it. Every kind also conflicts with itself. An empty response satisfies no "
        "constraint of any kind.",
        "",
        "| suite | kinds | |",
        "|---|---|---|",
        *(f"| [{name}](#{name}) | {len(of)} | {SUITES.get(name, '')} |" for name, of in suites.items()),
    ]
    for suite, members in suites.items():
        lines += ["", f"## {suite}", "", "| kind | what it asks for |", "|---|---|"]
        lines += [f"| [`{cls.kind}`](#{slug(cls.kind)}) | {prose(summary(cls))} |" for cls in members]
        for cls in members:
            lines += ["", *kind_section(cls, ours)]
    return "\n".join(lines) + "\n"


def kind_section(cls: type[Constraint], ours: list[type[Constraint]]) -> Iterator[str]:
    """One kind: description, parameters, phrasings, conflicts, example."""
    yield from (f"### `{cls.kind}`", "", prose(inspect.getdoc(cls) or ""), "")
    if cls.model_fields:
        properties = registry.json_schema(cls.kind)["properties"]
        yield from ("| parameter | type | |", "|---|---|---|")
        for name, field in cls.model_fields.items():
            name = field.alias or name
            need = "required" if field.is_required() else f"default `{json.dumps(field.default)}`"
            need = need.replace("default `null`", "optional")
            yield f"| `{name}` | {code(describe_type(properties[name]))} | {need} |"
    else:
        yield "No parameters."
    yield from ("", "Phrasings:", "", *(f"- {code(phrasing)}" for phrasing in cls.phrasings), "")
    if cls.requires:
        yield from (f"Needs {prose(cls.requires)}.", "")
    others = [f"`{o.kind}`" for o in ours if o is not cls and registry.conflict(cls.kind, o.kind)]
    if others:
        yield from (f"Conflicts with {', '.join(others)}.", "")
    if example := cls.example:
        yield from (
            "```text",
            json.dumps({"kind": cls.kind, **example.parameters}, ensure_ascii=False),
            f"satisfied by  {json.dumps(example.satisfied_by, ensure_ascii=False)}",
            f"violated by   {json.dumps(example.violated_by, ensure_ascii=False)}",
            "```",
        )


def summary(cls: type[Constraint]) -> str:
    """The first line of a kind's description."""
    return (inspect.getdoc(cls) or "").split("\n")[0]


def prose(text: str) -> str:
    """A docstring as Markdown: its code marks stay, every other sign stands for itself."""
    parts = re.split(r"``(.+?)``", text)
    plain = [re.sub(r"([*<>|\\_\[\]])", r"\\\1", part) for part in parts[::2]]
    marks = [f"`{part}`" for part in parts[1::2]]
    return "".join(part for pair in zip(plain, [*marks, ""], strict=True) for part in pair)


def code(text: str) -> str:
    """A text as inline code, back ticks and all."""
    fence = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def slug(heading: str) -> str:
    """The anchor that Markdown renderers give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


# ---------------------------------------------------------------------------------------------------------
# Commands


def cli_page() -> str:
    """Every command, as plain text of a fixed width."""
    assert app.registered_callback is not None and app.registered_callback.callback is not None
    commands = [
        train.with_options_of_settings() if command.name == "train" else command.callback
        for command in app.registered_commands
        if command.callback is not None
    ]
    lines = [
        "# The command line",
        "",
        "<!-- Written by docs/generate.py (make docs); do not edit. -->",
        "",
        "`python -m hir_data` is the same program. [verify.md](verify.md) explains files, options and exit "
        "codes.",
        "",
        "```text",
        "hir-data [OPTIONS] COMMAND",
        "",
        str(app.info.help),
        "",
        "Commands:",
        *(line for each in commands for line in entry(each.__name__, inspect.getdoc(each) or "")),
        "",
        "Options:",
        *(line for one in parameters(app.registered_callback.callback) for line in entry(*one[1:])),
        *entry("-h, --help", "Show the help of hir-data, or of a command, and exit."),
        "```",
    ]
    for command in commands:
        lines += ["", f"## hir-data {command.__name__}", "", "```text", *command_help(command), "```"]
    return "\n".join(lines) + "\n"


def command_help(command: Callable[..., Any]) -> Iterator[str]:
    """How to call a command, what it does, and its arguments and options."""
    found = list(parameters(command))
    arguments = [one for one in found if one[0] == "argument"]
    options = [one for one in found if one[0] == "option"]
    yield " ".join(["hir-data", command.__name__, "[OPTIONS]", *(term for _, term, _ in arguments)])
    yield ""
    yield from textwrap.wrap(" ".join((inspect.getdoc(command) or "").split()), WIDTH)
    for title, group in (("Arguments:", arguments), ("Options:", options)):
        if group:
            yield from ("", title)
            for _, term, text in group:
                yield from entry(term, text)


def parameters(command: Callable[..., Any]) -> Iterator[tuple[str, str, str]]:
    """Each parameter of a command: argument or option, how it is written, what it means."""
    for name, parameter in get_params_from_function(command).items():
        info = parameter.default
        assert isinstance(info, ParameterInfo)
        sort = value_type(parameter.annotation)
        text = " ".join([info.help or "", *remarks(info, parameter.annotation)])
        if isinstance(info, ArgumentInfo):
            yield "argument", name.upper() if info.default is ... else f"[{name.upper()}]", text
        else:
            names = sorted(info.param_decls or (f"--{name.replace('_', '-')}",), key=len)
            metavar = "" if sort is bool else info.metavar or METAVARS[sort]
            yield "option", ", ".join(names) + ("" if metavar.startswith("[=") else " ") + metavar, text


def value_type(annotation: Any) -> type:
    """The type of one value of an annotation: that of ``list[str] | None`` is ``str``."""
    if typing.get_origin(annotation) in (UnionType, typing.Union):
        annotation = next(one for one in typing.get_args(annotation) if one is not type(None))
    if typing.get_origin(annotation) is list:
        (annotation,) = typing.get_args(annotation)
    assert isinstance(annotation, type)
    return annotation


def remarks(info: ParameterInfo, annotation: Any) -> Iterator[str]:
    """What the default and the type say of a parameter, in brackets."""
    said = []
    if info.default is ...:
        said.append("required")
    elif info.default not in (None, False, "") and info.show_default:
        said.append(f"default: {info.default}")
    if info.min is not None:
        said.append(f"at least {info.min}")
    if "list[" in str(annotation) and "epeatable" not in (info.help or ""):
        said.append("repeatable")
    if said:
        yield f"[{'; '.join(said)}]"


def entry(term: str, text: str) -> Iterator[str]:
    """A term and its meaning in two columns."""
    term = f"  {term.rstrip()}"
    lines = textwrap.wrap(" ".join(text.split()), WIDTH - TERM) or [""]
    if len(term) > TERM - 2:
        yield term
        term = ""
    for line in lines:
        yield f"{term:<{TERM}}{line}".rstrip()
        term = ""


if __name__ == "__main__":
    main()
