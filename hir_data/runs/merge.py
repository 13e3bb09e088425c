"""What several shards have written made one: summaries, verifications, rollouts, data sets of replay."""

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from pydantic_core import from_json

from hir_data.errors import OutputError, RecordError
from hir_data.formats.atomic import locked, os_message, replacing, replacing_folder, writing
from hir_data.formats.digests import Digests, digest_of
from hir_data.formats.jsonl import Line
from hir_data.formats.reader import InputRecord, items_of, read_units
from hir_data.replays.dataset import MANIFEST
from hir_data.replays.merge import merged_manifest, write_merged
from hir_data.replays.verifications import is_verified, read_verification
from hir_data.report.merged_summaries import command_of
from hir_data.report.provenance import is_allowed
from hir_data.report.verify_figures import DEFAULT_GROUP_FIELDS, BatchTally, Tally, prompt_key
from hir_data.runs.lines import write_lines
from hir_data.runs.parquet import write_rollouts, write_verifications
from hir_data.runs.sinks import Position, rejected_path, sink_of
from hir_data.schemas.english import number_of
from hir_data.schemas.json_line import json_line
from hir_data.schemas.rejected import Rejected
from hir_data.schemas.result import Verification
from hir_data.schemas.rollout import Rollout

Content = Literal["summaries", "data sets", "verifications", "rollouts"]
"""What shards are."""

Duplicates = Literal["refuse", "drop", "keep"]
"""What becomes of a record that an earlier shard has too."""


def content_of(source: str) -> Content | None:
    """What a shard is, going by its folder or its first record; None where it has no record.

    Raises:
        RecordError: it cannot be read, or is nothing that can be merged.
    """
    if (Path(source) / MANIFEST).is_file():
        return "data sets"
    if source.endswith(".json") and command_of(read_summary(source)) is not None:
        return "summaries"
    first = next(iter(read_units(source, may_be_empty=True)), None)
    if first is None:
        return None
    if is_verified(first):
        return "verifications"
    if isinstance(next(iter(items_of(first)), None), Rollout):
        return "rollouts"
    raise RecordError(
        "is no summary, no data set of hir-data replay, and begins with no verification and no rollout",
        source,
    )


def read_summary(source: str) -> dict[str, Any]:
    """The object of a JSON file; an empty one where there is none.

    Raises:
        RecordError: it cannot be read.
    """
    try:
        found = from_json(Path(source).read_bytes())
    except OSError as error:
        raise RecordError(f"cannot be read: {os_message(error)}", source) from error
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def common_content(sources: Sequence[str]) -> Content:
    """What all shards are.

    Raises:
        RecordError: one cannot be read, or they are not all the same.
    """
    first: tuple[Content, str] | None = None
    for source in sources:
        if (content := content_of(source)) is None:
            continue
        first = first or (content, source)
        if content != first[0]:
            raise RecordError(f"has {content}, but {first[1]} has {first[0]}", source)
    if first is None:
        others = ", nor in the other shards" if len(sources) > 1 else ""
        raise RecordError(f"there are no records in it{others}", sources[0])
    return first[0]


# Data sets


def merge_datasets(folders: Sequence[Path], output: Path, may_differ: Collection[str] = ()) -> dict[str, Any]:
    """Merge data sets of replay into one folder, and what was rejected into one file beside it.

    Args:
        folders: the data sets, in the order of their shards.
        output: the folder; it may be there if it is empty.
        may_differ: fields of the configuration in which they need not be alike.

    Returns:
        The figures of all.

    Raises:
        RecordError: they do not belong together, or a shard is not what was written.
        OutputError: the folder cannot be written.
    """
    with locked(output), writing(str(output)):
        if output.exists() and not (output.is_dir() and not any(output.iterdir())):
            raise OutputError(f"{output}: cannot be written: it is there already")
        manifest = merged_manifest(folders, may_differ)
        with replacing_folder(output) as temporary:
            write_merged(folders, temporary, manifest)
            _merge_rejected(folders, rejected_path(output))
    return manifest.counts


def _merge_rejected(folders: Iterable[Path], target: Path) -> None:
    """Write what was rejected of all data sets into one file, which is not there if nothing was."""
    sources = [path for path in map(rejected_path, folders) if path.is_file() and path.stat().st_size]
    if not sources:
        target.unlink(missing_ok=True)  # of an earlier merge: it would mislead
        return
    with replacing(target) as temporary, temporary.open("wb") as file:
        for path in sources:
            with path.open("rb") as lines:
                shutil.copyfileobj(lines, file)


# Records


@dataclass(slots=True)
class MergedRecords:
    """Merges verifications or rollouts of several shards, in their order.

    A record is known by its prompt, its number among the responses to it, and its response: one that an
    earlier shard has too is there twice. One of which an earlier shard has the prompt and the number, with
    another response, is merged, and counted.

    Attributes:
        content: what the records are.
        duplicates: what becomes of records that an earlier shard has too.
        may_differ: fields in which shards need not be alike: ``sampling.model``, ``loose`` and the like.
        tally: the counts of verifications.
        read: how many records there were in each shard, by name.
        duplicated: how many an earlier shard has too.
        same_ids: how many others have the prompt and the number of one of an earlier shard.
        rejected: how many were rejected, here or where the shards were made.
    """

    content: Literal["verifications", "rollouts"]
    duplicates: Duplicates = "refuse"
    may_differ: Collection[str] = ()
    tally: Tally = field(default_factory=Tally)
    read: dict[str, int] = field(default_factory=dict)
    duplicated: int = 0
    same_ids: int = 0
    rejected: int = 0
    _records: Digests = field(default_factory=Digests)
    _ids: Digests = field(default_factory=Digests)
    _values: dict[str, dict[Any, str]] = field(default_factory=dict)

    def into(
        self,
        sources: Sequence[str],
        output: str,
        stdout: IO[bytes],
        *,
        resume: bool = False,
        identity: dict[str, Any] | None = None,
        on_rejected: Callable[[Rejected], None] = lambda rejected: None,
    ) -> None:
        """Write the records of all shards, and the rejected ones beside them.

        Args:
            sources: the files of the shards, in their order.
            output: the file to write, or ``-``.
            stdout: where ``-`` goes.
            resume: go on with an interrupted merge, if there is one.
            identity: what a merge must have in common with one that it goes on with.
            on_rejected: is called with each record of a shard that is none, and each that was rejected where
                the shard was made.

        Raises:
            RecordError: the shards do not belong together, or have a record twice that must not be.
            OutputError: the output cannot be written.
        """
        write = write_verifications if self.content == "verifications" else write_rollouts
        sink = sink_of(Position, write, output, stdout, identity=identity or {}, resume=resume)
        write_lines(sink, self._lines(sources), on_rejected=on_rejected)

    def figures(self) -> dict[str, Any]:
        """The figures of all records: those of verifications as hir-data verify has them."""
        read = self.tally.rollouts + self.rejected
        if self.content == "rollouts":
            return {}
        loose = "loose" not in self._values or True in self._values["loose"]
        figures = self.tally.summary(read=read, rejected=self.rejected, loose=loose)
        return figures | {"prompts": self.tally.sums()}

    def _lines(self, sources: Sequence[str]) -> Iterator[bytes | Rejected]:
        for number, source in enumerate(sources):
            self.read[source] = 0
            for line, unit in enumerate(read_units(source, may_be_empty=True), 1):
                for written in self._of_unit(unit, source, line, is_first=number == 0):
                    if isinstance(written, Rejected):
                        self.rejected += 1
                    yield written
            for rejected in _rejected_before(source):
                self.rejected += 1
                yield rejected
            self._records.end_shard()
            self._ids.end_shard()

    def _of_unit(
        self, unit: InputRecord, source: str, number: int, *, is_first: bool
    ) -> Iterator[bytes | Rejected]:
        """What is written of a unit: its line as it is where all of it is kept."""
        if self.content == "verifications":
            items: list[Any] = [read_verification(unit)]
        else:
            items = list(items_of(unit))
        place = unit.line if isinstance(unit, Line) else number
        kept = []
        for item in items:
            if not isinstance(item, Rejected):
                self.read[source] += 1
                self._compare(item, source, place, is_first=is_first)
                if not self._is_new(item, source, place):
                    continue
                if isinstance(item, Verification):
                    self.tally.merge(BatchTally.of([item], DEFAULT_GROUP_FIELDS))
            kept.append(item)
        whole = len(kept) == len(items) and not any(isinstance(item, Rejected) for item in kept)
        if whole and isinstance(unit, Line):
            yield unit.content.rstrip(b"\r\n") + b"\n"
            return
        for item in kept:
            yield item if isinstance(item, Rejected) else json_line(item)

    def _is_new(self, item: Verification | Rollout, source: str, line: int) -> bool:
        """Whether a record is to be merged."""
        rollout = item.rollout if isinstance(item, Verification) else item
        id = digest_of(f"{prompt_key(rollout.instruction)}\n{rollout.sample}")
        record = digest_of(f"{id.hex()}\n{rollout.response}")
        if record in self._records:
            self.duplicated += 1
            if self.duplicates == "refuse":
                key = rollout.instruction.id
                raise RecordError(
                    f"response {rollout.sample} to the prompt {'' if key is None else f'{key!r} '}is in an "
                    "earlier shard too (--duplicates drop leaves it out, keep has it twice)",
                    source,
                    line,
                )
            if self.duplicates == "drop":
                return False
        elif id in self._ids:
            self.same_ids += 1
        self._records.add(record)
        self._ids.add(id)
        return True

    def _compare(self, item: Verification | Rollout, source: str, line: int, *, is_first: bool) -> None:
        """See that a record is made as some record of an earlier shard, or of this one, is."""
        rollout = item.rollout if isinstance(item, Verification) else item
        values: dict[str, Any] = {}
        if isinstance(item, Verification) and item.results:
            values["loose"] = item.results[0].loose is not None
            # A verdict that is undetermined has no degree.
            known = [one.strict for one in item.results if one.strict.satisfied is not None]
            if known:
                values["degree"] = known[0].degree is not None
        for name in _SAMPLING:
            values[f"sampling.{name}"] = getattr(rollout.sampling, name, None)
        for name, value in values.items():
            seen = self._values.setdefault(name, {})
            if value in seen:
                continue
            if (
                seen
                and not is_first
                and not is_allowed(name, self.may_differ)
                and seen[next(iter(seen))] != source
            ):
                before, where = next(iter(seen.items()))
                raise RecordError(
                    f"is {value!r:.80}, but {before!r:.80} in {where} (--may-differ {name} merges "
                    "them all the same)",
                    source,
                    line,
                    name,
                )
            seen[value] = source


_SAMPLING = ("model", "temperature", "top_p", "logprobs_temperature")
"""What the responses of all shards have in common."""


def _rejected_before(source: str) -> Iterator[Rejected]:
    """What was rejected where a shard was made, which lies beside it."""
    beside = rejected_path(Path(source))
    of_a_shard = beside.parent / "rejected" / beside.name.replace(".rejected", "")  # see runs/ray
    path = beside if beside.is_file() else of_a_shard
    if not path.is_file() or path == Path(source):
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield Rejected.of_line(line)
            except ValueError as error:
                yield Rejected(RecordError(str(error), str(path), number), line.decode(errors="replace"))


def problems_of(merged: MergedRecords, sources: Iterable[str]) -> Iterator[str]:
    """What a user may have meant otherwise."""
    if merged.duplicated:
        became = "left out" if merged.duplicates == "drop" else "merged all the same"
        verb = "was" if merged.duplicated == 1 else "were"
        yield f"{number_of(merged.duplicated, 'record')} that an earlier shard has too {verb} {became}"
    if merged.same_ids:
        verb = "has" if merged.same_ids == 1 else "have"
        yield (
            f"{number_of(merged.same_ids, 'record')} {verb} the prompt and "
            "the number (sample) of a record of an earlier shard, and another response"
        )
    for source in sources:
        if not merged.read.get(source):
            yield f"{source} has no record to merge"
