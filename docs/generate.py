"""Write what is generated: pages of the reference, the picture, the schemas of summaries, the list of kinds.

``python docs/generate.py`` writes them, ``python docs/generate.py --check`` exits with 1 if one is stale.
What they say comes from the code: the kinds from the registry, the commands from the help that they print,
at a fixed width.
"""

import inspect
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from api import api_page
from idea import pictures
from typer.main import get_command

import hir_data
from hir_data.cli.help import command_help
from hir_data.cli.kinds import describe_type, needed_together
from hir_data.cli.main import COMMANDS, app, program_lines
from hir_data.report.summaries import SUMMARIES, summary_schema
from hir_data.schemas import registry
from hir_data.schemas.constraint import Constraint
from hir_data.verifiers.hackable import HACKABLE

HERE = Path(__file__).parent
WIDTH = 86  # as wide as code on the site's pages is shown without being moved sideways

SUITES = {
    "general": "Our own, for any language.",
    "compose": "Our own, made of other constraints.",
    "within": "Our own, for parts of a response.",
    "soft": "Our own, for a judge.",
    "ifeval": "IFEval's. They answer as its reference does, with "
    "[exceptions](../explanation/deviations.md#ifeval).",
    "ifbench": "Those that IFBench adds to IFEval's. They answer as its reference does, with "
    "[exceptions](../explanation/deviations.md#ifbench).",
    "iftrain": "Those that IFTrain, the training data of open-instruct, adds to IFEval's. They answer as its "
    "reference does, with [exceptions](../explanation/deviations.md#iftrain).",
    "mifeval": "Those that [M-IFEval](../how-to/mifeval.md) has for Spanish, French or Japanese alone, "
    "read from its prompts.",
    "muldimif": "What the sentences of [MulDimIF](muldimif.md) ask for. They count as its reference "
    "does, with [exceptions](../explanation/deviations.md#muldimif).",
}


def main() -> None:
    """Write the pages, or say which are stale."""
    pages = {
        HERE / "reference" / "kinds.md": kinds_page(),
        HERE / "reference" / "cli.md": cli_page(),
        HERE / "reference" / "api.md": api_page(),
        **{HERE / "pictures" / name: text for name, text in pictures().items()},
        **summary_schemas(),
        Path(registry.__file__).with_name("kind_modules.py"): kind_modules(),
    }
    stale = [path for path, text in pages.items() if not path.exists() or path.read_text("utf-8") != text]
    if sys.argv[1:] == ["--check"]:
        if stale:
            sys.exit("\n".join(f"{named(path)} is stale: run make docs" for path in stale))
    elif sys.argv[1:]:
        sys.exit("usage: python docs/generate.py [--check]")
    else:
        for path in stale:
            path.parent.mkdir(exist_ok=True)
            path.write_text(pages[path], encoding="utf-8")


def named(path: Path) -> str:
    """A file as a message names it."""
    return (
        f"docs/{path.relative_to(HERE).as_posix()}"
        if HERE in path.parents
        else f"{path.parent.name}/{path.name}"
    )


# ---------------------------------------------------------------------------------------------------------
# Kinds


def kind_modules() -> str:
    """The module of each kind of ours, by which the registry loads no more of them than it needs."""
    listed = "".join(
        f'    "{kind}": "{cls.__module__}",\n'
        for kind, cls in registry.kinds().items()
        if cls.__module__.startswith("hir_data.")
    )
    return (
        '"""The module of each kind of ours. Written by docs/generate.py (make docs)."""\n\n'
        f"MODULE_OF = {{\n{listed}}}\n"
    )


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
            sort = code(describe_type(properties[name])).replace("|", "\\|")  # a stroke ends a cell
            yield f"| `{name}` | {sort} | {need} |"
        if needed := needed_together(cls):
            yield from ("", f"{needed.capitalize()}.")
    else:
        yield "No parameters."
    yield from ("", "Phrasings:", "", *(f"- {code(phrasing)}" for phrasing in cls.phrasings), "")
    if cls.requires:
        yield from (f"Needs {prose(cls.requires)}.", "")
    if known := HACKABLE.get(cls.kind):
        sound = f" Use [`{known.instead}`](#{slug(known.instead)}) instead." if known.instead else ""
        yield from (f"[Lets through](../explanation/hackable.md): {prose(known.lets_through)}.{sound}", "")
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
    """Every command, as its ``--help`` shows it in a terminal of a fixed width."""
    program = get_command(app)
    lines = [
        "# The command line",
        "",
        "<!-- Written by docs/generate.py (make docs); do not edit. -->",
        "",
        "`python -m hir_data` is the same program. [hir-data verify](../how-to/verify.md) explains files, "
        "options and exit codes.",
        "",
        "```text",
        *program_lines(program, WIDTH),
        "```",
    ]
    for name, described in COMMANDS.items():
        text = command_help(described.build(), described.example, described.docs, WIDTH)
        lines += ["", f"## hir-data {name}", "", "```text", *text, "```"]
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------------------------------------------------
# Schemas


def summary_schemas() -> dict[Path, str]:
    """The JSON Schema of what each command writes with ``--summary``, by its file."""
    folder = Path(hir_data.__file__).parent / "schemas" / "summaries"
    return {
        folder / f"{name}.schema.json": json.dumps(summary_schema(name), indent=2) + "\n"
        for name in SUMMARIES
    }


if __name__ == "__main__":
    main()
