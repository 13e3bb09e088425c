"""The card of a data set on the Hugging Face Hub: what its rows are and how they came about."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hir_data import __version__
from hir_data.formats.parquet import ColumnType
from hir_data.replays.dataset import Manifest, sha256

UNKNOWN = "unknown"
"""The Hub's name of a licence that nobody has stated."""


def card_text(
    *,
    name: str,
    columns: Mapping[str, str],
    figures: Mapping[str, Any],
    options: Mapping[str, Any],
    manifest: Manifest,
    files: Iterable[Path],
    license: str | None,
) -> str:
    """The text of a card, in Markdown, without the metadata that stands in front of it.

    Args:
        name: of the data set on the hub.
        columns: the columns of its rows and their types.
        figures: what the export counted.
        options: how the rows were written.
        manifest: of the data set of ``hir-data replay`` that they were made of.
        files: what was written.
        license: of the sources; None where that was not stated.
    """
    counts = {f"export: {key}": value for key, value in _flat(figures)}
    counts |= {f"replay: {key}": value for key, value in _flat(manifest.counts)}
    digests = {f"sha256 of {path.name}": sha256(path) for path in files}
    digests |= {f"sha256 of {shard.name} (replay)": shard.sha256 for shard in manifest.shards}
    if manifest.input:
        digests = {"input of hir-data replay": manifest.input, **digests}
    stated = license or "It was not stated when the rows were pushed: see the data that they were made of."
    return "\n".join(
        [
            f"# {name}",
            "",
            f"Rows in the format `{figures['format']}`, written by `hir-data export` ({__version__}) of a "
            f"data set of `hir-data replay` ({manifest.hir_data}). Labels, pairs and rewards come from "
            "constraints that were verified, not from annotators.",
            *_table("Schema", ("column", "type"), columns),
            *_table("Counts", ("what", "number"), counts),
            *_table("Configuration of the export", ("option", "value"), dict(_flat(options))),
            *_table("Configuration of the replay", ("option", "value"), dict(_flat(manifest.configuration))),
            *_table("Digests", ("of", "digest"), digests),
            "",
            "## Licence of the sources",
            "",
            stated,
            "",
        ]
    )


def type_name(sort: ColumnType) -> str:
    """A type of a column in words."""
    if isinstance(sort, str):
        return sort
    if isinstance(sort, Mapping):
        return "{" + ", ".join(f"{name}: {type_name(inner)}" for name, inner in sort.items()) + "}"
    return f"list of {type_name(sort[0])}"


def _flat(value: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    """The values of an object with their paths, without nulls and empty lists."""
    for name, each in value.items():
        if isinstance(each, Mapping):
            yield from _flat(each, f"{before}{name}.")
        elif each is not None and each != [] and each != ():
            yield f"{before}{name}", each


def _table(title: str, heading: tuple[str, str], rows: Mapping[str, Any]) -> list[str]:
    lines = [f"| {_cell(name)} | {_cell(value)} |" for name, value in rows.items()]
    return ["", f"## {title}", "", f"| {heading[0]} | {heading[1]} |", "|---|---|", *lines]


def _cell(value: Any) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")
