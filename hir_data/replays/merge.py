"""Data sets of several shards as one: read one after the other, or merged into one folder."""

import hashlib
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hir_data.errors import RecordError
from hir_data.formats.digests import Digests, digest_of
from hir_data.formats.globs import expanded
from hir_data.replays.dataset import (
    MANIFEST,
    Manifest,
    Shard,
    content_digest,
    read_manifest,
    read_samples,
    save_manifest,
    sha256,
    shard_name,
)
from hir_data.report.merged_summaries import command_of, merge_replay_counts
from hir_data.report.provenance import PLACES, differences, merged_provenance, provenance
from hir_data.schemas.replay import ReplaySample

Folders = str | Path | Sequence[str | Path]
"""A data set, several, or patterns such as ``replayed-*``."""


def folders_of(data: Folders) -> list[Path]:
    """The folders of data sets, patterns replaced by what they match.

    Raises:
        RecordError: a pattern matches nothing, or a folder comes twice.
    """
    given = [data] if isinstance(data, str | Path) else data
    return [Path(folder) for folder in expanded(map(str, given))]


def provenance_of(manifest: Manifest) -> dict[str, Any]:
    """What the manifest says of how its data set came about, as summaries say it."""
    said = provenance(manifest.configuration, manifest.input)
    said["hir_data"] = manifest.hir_data
    if manifest.sources:
        said["records"] = list(manifest.sources)
    if differing := {f"settings.{field}": values for field, values in manifest.differing.items()}:
        said["differing"] = differing
    return said


def check_together(folders: Sequence[Path], may_differ: Collection[str] = ()) -> list[Manifest]:
    """See that data sets are shards of one, and none has a group, or records, of another.

    Args:
        folders: the data sets.
        may_differ: fields in which they need not be alike, such as ``settings.max_per_prompt``.

    Returns:
        Their manifests.

    Raises:
        RecordError: one is no data set, or they do not belong together.
    """
    manifests = [read_manifest(folder) for folder in folders]
    if len(folders) < 2:
        return manifests
    for folder, manifest in zip(folders, manifests, strict=True):
        if manifest.schema_version != manifests[0].schema_version:
            problem = f"is {manifest.schema_version}, but {manifests[0].schema_version} in {folders[0]}"
            raise RecordError(problem, str(folder / MANIFEST), field="schema_version")
    names = [str(folder / MANIFEST) for folder in folders]
    merged_provenance(list(zip(names, map(provenance_of, manifests), strict=True)), may_differ)
    _check_groups(folders, manifests)
    return manifests


def _check_groups(folders: Sequence[Path], manifests: Sequence[Manifest]) -> None:
    """See that no group is in two data sets: their rollouts would have the same ids."""
    seen = Digests()
    for folder, manifest in zip(folders, manifests, strict=True):
        before = None
        for shard in manifest.shards:
            for row, group in enumerate(_groups(folder / shard.name), 1):
                if group == before:
                    continue
                before, digest = group, digest_of(group)
                if digest in seen:
                    problem = (
                        f"the group {group!r:.80} is in an earlier data set too; prompts of shards have "
                        "ids of their own, and all responses to a prompt are in one shard"
                    )
                    raise RecordError(problem, str(folder / shard.name), row, "group")
                seen.add(digest)
        seen.end_shard()


def _groups(path: Path) -> Iterator[str]:
    import pyarrow
    import pyarrow.parquet

    if not path.is_file():
        raise RecordError("this shard is missing", str(path))
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=["group"]):
                yield from map(str, batch.column("group").to_pylist())
    except (pyarrow.ArrowException, KeyError) as error:
        raise RecordError(f"cannot be read as Parquet: {error}", str(path)) from error


def read_datasets(folders: Sequence[Path], *, verify_digests: bool = True) -> Iterator[ReplaySample]:
    """The samples of one data set, or of several that are shards of one, in their order.

    Raises:
        RecordError: as :func:`hir_data.replays.dataset.read_samples` raises it, or the data sets do not
            belong together.
    """
    check_together(folders)
    for folder in folders:
        yield from read_samples(folder, verify_digests=verify_digests)


def digest_of_datasets(folders: Sequence[Path]) -> str:
    """What tells data sets, in this order, from any others.

    Raises:
        RecordError: one is no data set, or a shard is missing.
    """
    digests = [content_digest(folder) for folder in folders]
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def joined_digest(digests: Sequence[str]) -> str:
    """What tells the records of several inputs, in this order, from any others; of one input its own."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.blake2b("".join(digests).encode(), digest_size=16).hexdigest()


def merged_manifest(folders: Sequence[Path], may_differ: Collection[str] = ()) -> Manifest:
    """The manifest of the data set that several are together, whose shards are numbered anew.

    Raises:
        RecordError: they do not belong together.
    """
    manifests = check_together(folders, may_differ)
    if len(manifests) == 1:
        return manifests[0]
    names = [str(folder / MANIFEST) for folder in folders]
    for name, manifest in zip(names, manifests, strict=True):
        if command_of(manifest.counts) != "replay":
            raise RecordError("does not have the figures of hir-data replay", name, field="counts")
    said = merged_provenance(list(zip(names, map(provenance_of, manifests), strict=True)), may_differ)
    differing = {
        field.removeprefix("settings."): values for field, values in said.get("differing", {}).items()
    }
    shards = [shard for manifest in manifests for shard in manifest.shards]
    return Manifest(
        schema_version=manifests[0].schema_version,
        hir_data=manifests[0].hir_data,
        input=joined_digest([each.input for each in manifests]),
        configuration=manifests[0].configuration,
        counts=merge_replay_counts(
            [(name, manifest.counts) for name, manifest in zip(names, manifests, strict=True)]
        ),
        shards=tuple(
            shard.model_copy(update={"name": shard_name(number)}) for number, shard in enumerate(shards)
        ),
        sources=tuple(said["records"]),
        differing=_differing_places([each.configuration for each in manifests]) | differing,
    )


def _differing_places(configurations: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Where the records of each shard were, in as far as that is not the same of all."""
    differing: dict[str, list[Any]] = {}
    first = {name: value for name, value in configurations[0].items() if name in PLACES}
    for other in configurations[1:]:
        theirs = {name: value for name, value in other.items() if name in PLACES}
        for field, before, after in differences(first, theirs):
            values = differing.setdefault(field, [before])
            values += [after] if after not in values else []
    return differing


def write_merged(folders: Sequence[Path], target: Path, manifest: Manifest) -> None:
    """Write the data set of a merged manifest into an empty folder; the shards are linked, or else copied.

    Raises:
        RecordError: a shard is missing, or not the one that was written.
    """
    for path, shard in zip(_shards_of(folders), manifest.shards, strict=True):
        if not path.is_file():
            raise RecordError("this shard is missing", str(path))
        if sha256(path) != shard.sha256:
            problem = "is not the file that was written: its digest is another one than that in the manifest"
            raise RecordError(problem, str(path))
        _link(path, target / shard.name)
    save_manifest(target, manifest)


def _shards_of(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        shards: tuple[Shard, ...] = read_manifest(folder).shards
        yield from (folder / shard.name for shard in shards)


def _link(path: Path, target: Path) -> None:
    """Have a file under a second name; in another file system, or one without links, a copy."""
    try:
        os.link(path.resolve(), target)
    except OSError:
        shutil.copyfile(path, target)
