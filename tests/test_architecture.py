"""The house is built as DESIGN says: who may import whom, what loads early, how large a file may get."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import run_program

import hir_data

PACKAGE = Path(hir_data.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

# A module imports only from its own row or from one above. "" is the public face, hir_data itself.
PAGE = PACKAGE.parent / "docs" / "explanation" / "design.md"
LIST = PAGE.read_text(encoding="utf-8").partition("\n## Rows\n")[2].partition("\n## ")[0]
ROWS = [line.split() for line in LIST.splitlines() if line.startswith("    ")]
ROWS = [*ROWS[:-1], [*ROWS[-1], "__main__", ""]]
ROW_OF = {name: number for number, names in enumerate(ROWS) for name in names}

# Going down is allowed here alone: who imports, inside which function, what. Composites are made of
# constraints, and ``a & b``, ``a | b``, ``~a`` make a composite.
DOWNWARD = {("schemas.constraint", "_composites", "verifiers.compose")}


def module_name(path: Path) -> str:
    """The name of a file's module inside the package: "schemas.constraint"."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {module_name(path): path for path in FILES}


def row(module: str) -> int:
    """The row of a module: that of the longest name in the table that it starts with."""
    name = module
    while name not in ROW_OF:
        assert "." in name, f"hir_data.{module} has no row yet: give it one in docs/explanation/design.md"
        name = name.rpartition(".")[0]
    return ROW_OF[name]


def imports(node: ast.AST, function: str = "") -> Iterator[tuple[str, str]]:
    """Each module of ours that is imported, with the name of the function in which that happens."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        function = node.name
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports name their module in full"
        names = [f"{node.module}.{alias.name}" for alias in node.names]
    else:
        names = []
    for name in names:
        if name != "hir_data.__version__" and name.split(".")[0] == "hir_data":
            inner = name.removeprefix("hir_data").lstrip(".")
            yield (inner if inner in MODULES else inner.rpartition(".")[0]), function
    for child in ast.iter_child_nodes(node):
        yield from imports(child, function)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_from_its_own_row_or_above(module: str):
    found = set(imports(ast.parse(MODULES[module].read_text(encoding="utf-8"))))
    downward = {
        (module, function, imported)
        for imported, function in found
        if row(imported) > row(module) and (module, function, imported) not in DOWNWARD
    }
    assert downward == set()


def test_the_imports_are_read():
    """The test above sees what it should: imports of modules, of names, and inside of functions."""
    source = (
        "import hir_data.text.text\n"
        "from hir_data.text import segment\n"
        "from hir_data import Text, __version__\n"
        "from hir_data.schemas.constraint import Verdict\n"
        "import json\n"
        "def verify():\n    from hir_data.engine.checks import ask\n"
    )
    assert set(imports(ast.parse(source))) == {
        ("text.text", ""),
        ("text.segment", ""),
        ("", ""),
        ("schemas.constraint", ""),
        ("engine.checks", "verify"),
    }
    assert row("text.text") < row("schemas.result") < row("verifiers.ifeval.format") < row("engine.verify")


def test_no_file_imports_itself_by_way_of_others():
    """No circles, imports inside of functions counted too; but for the commented one of the operators."""
    needs = {
        module: {
            imported
            for imported, function in imports(ast.parse(path.read_text(encoding="utf-8")))
            if imported not in ("", module) and (module, function, imported) not in DOWNWARD
        }
        for module, path in MODULES.items()
    }
    while free := [module for module in needs if not needs[module]]:
        for module in free:
            del needs[module]
        for imported in needs.values():
            imported.difference_update(free)
    assert needs == {}, "each of these needs another of them"


def test_the_page_of_the_design_has_every_room():
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert len(ROWS) == 10
    assert {name for row in ROWS for name in row} == rooms | {"errors", "version", "__main__", ""}
    described = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(described) == sorted({*rooms, "errors"})


def test_nothing_is_loose_at_the_root():
    loose = {path.stem for path in PACKAGE.glob("*.py")}
    assert loose == {"__init__", "__main__", "version", "errors"}


# The public face


def test_all_public_names_can_be_imported_and_no_others():
    assert hir_data.__all__ == sorted(set(hir_data.__all__))
    assert dir(hir_data) == hir_data.__all__
    for name in hir_data.__all__:
        assert getattr(hir_data, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Txet'"):
        _ = hir_data.Txet


def test_each_public_name_stands_once_and_where_it_is_defined():
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text(encoding="utf-8"))
    names = [(alias.name, alias.asname) for node in stub.body[1:] for alias in node.names]
    assert len(names) == len(set(names))
    assert all(name == again for name, again in names), "a redundant alias says that the name is public"
    for name in hir_data.__all__:
        value = getattr(hir_data, name)
        if isinstance(value, type) or callable(value):
            assert value.__module__ == hir_data._HOME_OF[name] or name == "AnyConstraint", name


EVERY_ROOM_FIRST = """
import importlib, pkgutil
import hir_data
for room in pkgutil.walk_packages(hir_data.__path__, "hir_data."):
    if not room.name.startswith(("hir_data.training", "hir_data.__main__", "hir_data.integrations")):
        importlib.import_module(room.name)
for verb in ("verify", "check", "rollout", "replay", "export", "compose", "lint"):
    assert callable(getattr(hir_data, verb)), f"a room is in the way of {verb}"
"""


def test_no_room_takes_the_place_of_a_function():
    """Whatever is imported first: rooms are nouns, the face has the verbs."""
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms & set(hir_data.__all__) == set()
    run = run_program([sys.executable, "-c", EVERY_ROOM_FIRST], cwd=PACKAGE.parent)
    assert run.returncode == 0, run.stderr


def test_no_public_type_name_stands_in_two_modules():
    """One name, one thing; but for kinds, which are called after their ids, suite by suite."""
    homes: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and not _is_kind(node):
                homes.setdefault(node.name, set()).add(module)
    assert {name: modules for name, modules in homes.items() if len(modules) > 1} == {}


def _is_kind(node: ast.ClassDef) -> bool:
    return any(isinstance(call, ast.Call) and "register" in ast.unparse(call) for call in node.decorator_list)


HEAVY = [
    "torch",
    "transformers",
    "datasets",
    "nltk",
    "langdetect",
    "pyarrow",
    "jsonschema",
    "numpy",
    "pandas",
    "emoji",
    "syllapy",
    "openai",
    "yaml",
]
IMPORT_EVERYTHING_LIGHT = """
import sys
import hir_data
for name in hir_data.__all__:
    if not hir_data._HOME_OF[name].startswith("hir_data.training"):
        getattr(hir_data, name)
hir_data.kinds()
hir_data.parse({"kind": "length_constraints:number_words", "relation": "at least", "num_words": 3})
hir_data.json_schema()
print(*sys.modules)
"""


def test_nothing_heavy_is_imported_before_it_is_used():
    run = run_program([sys.executable, "-c", IMPORT_EVERYTHING_LIGHT], cwd=PACKAGE.parent)
    assert run.returncode == 0, run.stderr
    loaded = run.stdout.split()
    assert "hir_data.engine.verify" in loaded
    assert sorted(set(HEAVY) & set(loaded)) == []


# Files


def test_inner_init_files_are_empty():
    inits = [path for path in FILES if path.name == "__init__.py" and path.parent != PACKAGE]
    assert len(inits) >= 3
    assert [module_name(path) for path in inits if path.read_text(encoding="utf-8")] == []


def test_no_file_is_too_long():
    lengths = {module_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {module: length for module, length in lengths.items() if length > 400} == {}
