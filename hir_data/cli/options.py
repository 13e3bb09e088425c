"""Options that several commands share, and what they are looked at for."""

import contextlib
from pathlib import Path
from typing import Annotated

import typer

Plugins = Annotated[
    list[str] | None,
    typer.Option("--plugin", metavar="FILE_OR_MODULE", help="Python with constraint kinds of your own."),
]


def load(plugins: list[str] | None) -> None:
    """Load the plugins that were named."""
    if plugins:
        from hir_data.verifiers import registry

        for plugin in plugins:
            registry.load_plugin(plugin)


def same_file(output: str, source: str | None) -> bool:
    """Whether an output would overwrite an input."""
    with contextlib.suppress(OSError):
        return source is not None and Path(output).samefile(source)
    return False
