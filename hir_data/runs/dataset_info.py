"""The ``dataset_info.json`` beside exported rows, by which LlamaFactory knows them and their columns."""

import json
from pathlib import Path
from typing import Any

from hir_data.errors import OutputError
from hir_data.formats.atomic import STREAM, replacing, writing
from hir_data.formats.exports.llama_factory import dataset_info

NAME = "dataset_info.json"
PREFIX = "llama-factory-"
"""What the names of the formats begin with whose rows are described."""


def info_path(to: str, output: str) -> Path | None:
    """Where the description of an export goes; None where there is none.

    Raises:
        OutputError: LlamaFactory cannot read such an output, or what is there describes nothing.
    """
    if not to.startswith(PREFIX) or output == STREAM:
        return None
    path = Path(output)
    if path.name.endswith(".gz"):
        raise OutputError(f"{output}: LlamaFactory reads no gzipped files")
    beside = path.absolute().parent / NAME
    _described(beside)
    return beside


def write_info(to: str, output: str, beside: Path) -> None:
    """Describe an export under the name of its file, among what is described there already."""
    path = Path(output)
    described = _described(beside) | {path.stem: dataset_info(to, path.name)}
    with writing(str(beside)), replacing(beside) as temporary:
        temporary.write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _described(path: Path) -> dict[str, Any]:
    """What is described in a file, if it is there."""
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OutputError(f"{path}: cannot be added to: {error}") from None
    if not isinstance(found, dict):
        raise OutputError(f"{path}: cannot be added to: it is no JSON object")
    return found
