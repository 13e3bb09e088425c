"""One file of a replay: what is done with it before some of all rollouts are chosen, and after.

A replay has a part for each file of its input. What needs all of them is little: a sample of the responses,
and the choice. The rest is done part by part, here or where a cluster has room. A part has a folder of its
own, in which each step keeps what it has done, so that whoever takes it up goes on from there:

- ``verified.jsonl``: its verifications, where the input has none, and of what input in ``input.json``;
- ``sample.json``: those of its responses that may be in the sample to measure bits on;
- ``assessed.jsonl``: what each of its rollouts is to replay;
- ``places.jsonl``: where each stands among all, for a part that is written elsewhere;
- ``shards.jsonl``: the shards of the data set that are made of it, each noted when it is on the disk.
"""

import contextlib
import io
import itertools
import json
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from hir_data.engine.checks import batched
from hir_data.engine.config import VerifyConfig
from hir_data.engine.executor import Engine, executor
from hir_data.engine.judge import Judge
from hir_data.engine.progress import Work
from hir_data.engine.workers import BATCH, serial
from hir_data.errors import OutputError
from hir_data.formats.atomic import replacing, writing
from hir_data.formats.reader import InputRecord, read_units
from hir_data.replays.assessments import Assessed, KeptAssessments
from hir_data.replays.config import ReplayConfig
from hir_data.replays.index import RolloutRef
from hir_data.replays.information import Background, ResponseSample
from hir_data.replays.rewriting.rewriter import Rewriter
from hir_data.replays.verifications import read_response
from hir_data.replays.work import AssessBatch, BuildBatch, PlacedRecord
from hir_data.report.replay_figures import ReplayCounts
from hir_data.runs.replay_shards import ShardNote, WrittenShards
from hir_data.runs.sinks import open_sink, rejected_path
from hir_data.runs.source import Source
from hir_data.runs.verify import verify_into
from hir_data.schemas.rejected import Rejected

if TYPE_CHECKING:
    import pyarrow

R = TypeVar("R")

ReplayStage = Literal["verifying", "sampling", "looking", "writing"]
"""What a run is at."""

_ROW_GROUP = 16  # batches


def _ignore(*_: object) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class ReplayPart:
    """A file of a replay, and how its rollouts become rows.

    Attributes:
        folder: where it keeps what it has done.
        target: the folder of the data set's shards.
        units: opens the input, as :func:`hir_data.formats.reader.read_units` gives it.
        settings: how replays are made.
        verifies: whether the input has no verdicts, or others are wanted.
        thinking_tag: strip thinking sections of this tag.
        workers: the number of processes; 0 for none, and no timeouts.
        timeout: seconds that one check may take.
        engine: where batches are worked on.
        address: of the cluster, if that is Ray.
        judge: who decides soft constraints.
        rewriter: who writes the new prompts, in place of the one that the settings name.
        shard: rollouts of which one shard is made, a multiple of a batch.
        name: what it is called, in errors.
        identity: of the run.
        on_rejected: is called with each rejected record.
        on_progress: is called with what is done and the number of units that it is done for.
        on_notice: is called with what a user may have meant otherwise.
    """

    folder: Path
    target: Path
    units: Callable[[], Iterable[InputRecord]]
    settings: ReplayConfig
    verifies: bool = False
    thinking_tag: str | None = None
    workers: int = 0
    timeout: float = VerifyConfig().timeout
    engine: Engine = "processes"
    address: str | None = None
    judge: Judge | None = None
    rewriter: Rewriter | None = None
    shard: int = BATCH
    name: str = "the input"
    identity: dict[str, Any] = field(default_factory=dict)
    on_rejected: Callable[[Rejected], None] = _ignore
    on_progress: Callable[[ReplayStage, int], None] = _ignore
    on_notice: Callable[[str], None] = _ignore

    def elsewhere(self) -> Self:
        """The same part where a cluster has room for it: with a worker process of its own there."""
        return replace(
            self,
            workers=1,
            engine="processes",
            address=None,
            on_rejected=_ignore,
            on_progress=_ignore,
            on_notice=_ignore,
        )

    @property
    def kept(self) -> KeptAssessments:
        """The file of its assessments."""
        return KeptAssessments(self.folder / "assessed.jsonl")

    # The steps

    def prepare(self) -> int:
        """Verify the input, unless it has verdicts, and draw the part's share of the sample.

        Returns:
            How many units of input were read for it.

        Raises:
            OutputError: something cannot be written.
            HirDataError: as :func:`hir_data.verify` raises it.
        """
        with writing(str(self.folder)):
            self.folder.mkdir(parents=True, exist_ok=True)
        verified = 0
        if self.verifies:
            verified = self._verify()
        else:
            self._compare_input(self._sample)
        if self.settings.needs_background and not self._sample.exists():
            return self._draw()
        return verified

    def assess(self, background: Background) -> int:
        """See what each rollout is to replay, from where an interrupted run has left it.

        Returns:
            How many units of input there are.

        Raises:
            OutputError: something cannot be written, or the input is not what it was.
            HirDataError: as :func:`hir_data.verify` raises it.
        """
        kept = self.kept
        for _ in kept.kept():
            pass
        source = Source(self._records(), self.name)
        source.skip(kept.units, kept.digest)
        work = AssessBatch(self.settings, self.rewriter, background)
        with (
            contextlib.closing(kept),
            contextlib.closing(self._through(source.batches(BATCH), work)) as answers,
        ):
            for batch in answers:
                source.confirm()
                with writing(str(self.folder)):
                    kept.add(batch, source.digest)
                if not self.verifies:
                    for rejected in (one for one in batch if isinstance(one, Rejected)):
                        self.on_rejected(rejected)
                self.on_progress("looking", source.units)
            if not kept.digest:  # all was rejected: there is no unit, and so no batch
                with writing(str(self.folder)):
                    kept.add([], source.digest)
        if self._sample.exists() and kept.digest != _noted(self._sample)["digest"]:
            raise OutputError(f"{self.name} has changed while it was read")
        return source.units

    def write(self, background: Background, places: Iterable[RolloutRef | None], first: int) -> int:
        """Write the shards of the part.

        Args:
            background: responses to measure bits on.
            places: where its rollouts stand; None for a unit that is none.
            first: the number of its first shard.

        Returns:
            How many units of input there are.

        Raises:
            OutputError: a shard cannot be written, or the input is not what it was.
            HirDataError: as :func:`hir_data.verify` raises it.
        """
        kept = self.kept
        for _ in kept.kept():
            pass
        shards = self._shards(first, kept.digest)
        with writing(str(self.folder)):
            done = sum(1 for _ in shards.kept())
        source = Source(self._records(), self.name)
        source.skip(done * self.shard)
        work = BuildBatch(self.settings, self.rewriter, background, self.judge)
        known = zip(places, kept.explanations(), strict=True)
        batches = self._placed(source, itertools.islice(known, source.units, None))
        with contextlib.closing(self._through(batches, work)) as answers:
            for _ in range(done, self.shards_of(kept.units, first)):
                here = ReplayCounts()
                tables = self._tables(itertools.islice(answers, self.shard // BATCH), here, source)
                with writing(str(self.folder)):
                    shards.add(tables, here)
        if source.digest != kept.digest:
            raise OutputError(f"{self.name} has changed while it was read")
        return source.units

    # What the steps have done

    def sample(self) -> Iterator[tuple[int, bytes, str]]:
        """The part's share of the sample, as :class:`ResponseSample` takes it; none if bits are not measured.

        Raises:
            OSError: it cannot be read.
        """
        if self._sample.exists():
            for rank, group, response in _noted(self._sample)["responses"]:
                yield rank, bytes.fromhex(group), response

    def assessed(self) -> Iterator[list[Assessed]]:
        """What each unit is to replay, batch by batch.

        Raises:
            OSError: it cannot be read.
        """
        return self.kept.kept()

    def rejected(self) -> Iterator[bytes]:
        """The lines of what was rejected.

        Raises:
            OSError: they cannot be read.
        """
        if not self.verifies:
            for batch in self.assessed():
                yield from (one.as_line() for one in batch if isinstance(one, Rejected))
        elif (path := rejected_path(self._verified)).exists():
            with path.open("rb") as lines:
                yield from lines

    def shards_of(self, units: int, first: int) -> int:
        """How many shards are made of so many units; a data set has one at least."""
        return -(-units // self.shard) or int(first == 0)

    def shards(self, first: int, digest: str) -> Iterator[ShardNote]:
        """The shards that are written, the number of the first and the digest of the input being these.

        Raises:
            OSError: the notes cannot be read.
        """
        return self._shards(first, digest).kept(verify_digests=False)

    def keep_places(self, places: Iterable[RolloutRef | None]) -> None:
        """Keep where the rollouts stand, for a part that is written elsewhere.

        Raises:
            OSError: they cannot be written.
        """
        with replacing(self._places) as temporary, temporary.open("w", encoding="ascii") as file:
            for batch in batched(places, BATCH):
                file.write(json.dumps(batch) + "\n")

    def kept_places(self) -> Iterator[RolloutRef | None]:
        """What :meth:`keep_places` has kept.

        Raises:
            OSError: it cannot be read.
        """
        with self._places.open(encoding="ascii") as lines:
            for line in lines:
                for one in json.loads(line):
                    yield one and RolloutRef(*one)._replace(constraint_pass_rates=tuple(one[4]))

    # How

    @property
    def _verified(self) -> Path:
        return self.folder / "verified.jsonl"

    @property
    def _input(self) -> Path:
        return self.folder / "input.json"

    @property
    def _sample(self) -> Path:
        return self.folder / "sample.json"

    @property
    def _places(self) -> Path:
        return self.folder / "places.jsonl"

    def _shards(self, first: int, digest: str) -> WrittenShards:
        return WrittenShards(self.target, self.folder / "shards.jsonl", first, digest)

    def _records(self) -> Iterable[InputRecord]:
        """The units of the input, or what was verified of them."""
        if not self.verifies:
            return self.units()
        path = self._verified  # its lines are ours, however long they are
        return read_units(str(path), max_record_bytes=sys.maxsize - 1) if path.stat().st_size else ()

    def _verify(self) -> int:
        # Also where it is there: the run that wrote it may have been killed while it gave things their names.
        sink = open_sink(str(self._verified), io.BytesIO(), identity=self.identity, resume=True)
        if not self._verified.exists() or sink.unfinished:
            state = verify_into(
                sink,
                self.units(),
                thinking_tag=self.thinking_tag,
                loose=False,
                workers=self.workers,
                degrees=True,
                timeout=self.timeout,
                engine=self.engine,
                address=self.address,
                judge=self.judge,
                on_rejected=self.on_rejected,
                on_progress=lambda state: self.on_progress("verifying", state.units),
                on_notice=self.on_notice,
            )
            digest = state.digest or Source[InputRecord](()).digest  # of no batch
            with writing(str(self._input)), replacing(self._input) as temporary:
                temporary.write_text(json.dumps({"digest": digest}), encoding="ascii")
            return state.units
        self._compare_input(self._input)
        return 0

    def _compare_input(self, noted: Path) -> None:
        """See that the input is, to its end, what an earlier run has read, before anything is added."""
        if noted.exists():
            Source(self.units(), self.name).skip(sys.maxsize, _noted(noted)["digest"])

    def _draw(self) -> int:
        sample = ResponseSample(self.settings.background, self.settings.seed)
        source = Source(self._records(), self.name)
        for number, batch in enumerate(source.batches(BATCH), 1):
            for unit in batch:
                if response := read_response(unit):
                    sample.add(*response)
            source.confirm()
            if number % 16 == 0:
                self.on_progress("sampling", source.units)
        drawn = [(rank, group.hex(), response) for rank, group, response in sample.members()]
        with writing(str(self._sample)), replacing(self._sample) as temporary:
            temporary.write_text(json.dumps({"digest": source.digest, "responses": drawn}), encoding="ascii")
        return source.units

    def _placed(
        self, source: Source[InputRecord], known: Iterator[tuple[RolloutRef | None, str]]
    ) -> Iterator[list[PlacedRecord]]:
        for batch in source.batches(BATCH):
            with writing(str(self.folder)):
                placed = [
                    PlacedRecord(record, place, "" if place.score is None else explanation)
                    for record, (place, explanation) in zip(batch, known, strict=False)
                    if place
                ]
            yield placed

    def _tables(
        self,
        answers: Iterable[tuple["pyarrow.Table", ReplayCounts]],
        made: ReplayCounts,
        source: Source[InputRecord],
    ) -> Iterator["pyarrow.Table"]:
        """The rows of a shard, in row groups."""
        import pyarrow

        for group in batched(answers, _ROW_GROUP):
            for _, here in group:
                source.confirm()
                made.merge(here)
            yield pyarrow.concat_tables(table for table, _ in group)
            self.on_progress("writing", source.units)

    def _through(self, batches: Iterable[list[Any]], work: "Work[R]") -> Generator[R]:
        if getattr(work, "here", False):
            return serial(batches, work)
        take = executor(self.engine, workers=self.workers, timeout=self.timeout, address=self.address)
        return take(batches, work)


def _noted(path: Path) -> dict[str, Any]:
    with writing(str(path)):
        found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def shard_units(number: int) -> int:
    """Units of which a shard is made: whole batches."""
    return max(1, -(-number // BATCH)) * BATCH
