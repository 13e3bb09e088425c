"""The page of the Python API: every public name, by what it is for, with the first line of its docstring.

On the site each name is followed by its signature and its whole docstring, which mkdocstrings reads from the
code.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import hir_data

FACE = Path(hir_data.__file__).with_suffix(".pyi")

ROOMS = {
    "engine": "Verify",
    "text": "Texts",
    "schemas": "Records and constraints",
    "formats": "Read files",
    "instructions": "Compose and check instructions",
    "models": "Models: draw and judge",
    "replays": "Replay",
    "runs": "Export",
    "rewards": "Rewards",
    "integrations": "Grades for other tools",
    "training": "Train",
    "errors": "Errors",
}
"""What the names of a room are for, in the order of the page."""


def api_page() -> str:
    """The page as Markdown."""
    names = list(public_names())
    lines = [
        "# Python API",
        "",
        "<!-- Written by docs/generate.py (make docs); do not edit. -->",
        "",
        "All of it is imported from `hir_data`. [Python](../how-to/python.md) shows how it is used.",
    ]
    for room, title in ROOMS.items():
        listed = sorted((name, home) for name, home in names if home.split(".")[1] == room)
        lines += ["", f"## {title}", "", "| name | what it is |", "|---|---|"]
        lines += [f"| `{name}` | {first_line(name, home)} |" for name, home in listed]
        lines += ["", *(f"::: hir_data.{name}" for name, _ in listed)]
    missing = {home.split(".")[1] for _, home in names} - ROOMS.keys()
    assert not missing, f"rooms without a title: {missing}"
    return re.sub(r"(?m)^(:::.*)\n(?=:::)", r"\1\n\n", "\n".join(lines)) + "\n"


def public_names() -> Iterator[tuple[str, str]]:
    """Each public name with the module that has it, as the package's face lists them."""
    for node in ast.parse(FACE.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name != "__version__":
                    yield alias.name, f"{node.module}"


def first_line(name: str, home: str) -> str:
    """The first line of what a name's docstring says, read from the source: nothing is imported."""
    folder = FACE.parent.joinpath(*home.split(".")[1:])
    module = folder if folder.is_dir() else folder.with_suffix(".py")
    if module.is_dir():  # the name is a module itself
        return sentence(ast.get_docstring(ast.parse((module / f"{name}.py").read_text(encoding="utf-8"))))
    body = ast.parse(module.read_text(encoding="utf-8")).body
    for node, following in zip(body, [*body[1:], None], strict=True):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if node.name == name:
                return sentence(ast.get_docstring(node))
            case ast.Assign(targets=[ast.Name(id=found)]) | ast.AnnAssign(target=ast.Name(id=found)):
                if found == name and isinstance(following, ast.Expr):
                    return sentence(ast.literal_eval(following.value))
    raise LookupError(f"{home} has no {name} with a docstring")


def sentence(docstring: str | None) -> str:
    """The first line of a docstring as a cell of a table."""
    line = re.sub(r":\w+:`~?([\w.]+)`", r"`\1`", (docstring or "").strip().split("\n")[0])
    line = line.replace("``", "`").replace("|", "\\|")
    assert line, "a public name needs a docstring"
    return line
