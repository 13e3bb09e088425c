"""The versions that matter when something differs: ours, Python's, and those of what is installed."""

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from hir_data.version import __version__

PACKAGES = (
    "pydantic",
    "numpy",
    "regex",
    "nltk",
    "langdetect",
    "py3langid",
    "pyarrow",
    "datasets",
    "torch",
    "transformers",
    "accelerate",
    "peft",
    "trl",
    "vllm",
    "ctranslate2",
    "openai",
)
"""What decides verdicts, tokens and training; none of it is imported to be named."""


def versions() -> Iterator[tuple[str, str]]:
    """Each name with its version, without what is not installed."""
    yield "hir-data", __version__
    yield "python", platform.python_version()
    for package in PACKAGES:
        try:
            yield package, version(package)
        except PackageNotFoundError:
            continue
