"""Replay from files to a data set: verified first, read twice, nothing lost when it is interrupted.

The data set is written to ``DIR.partial``, which becomes ``DIR`` at the end, shard after shard. The journal
notes each shard, and what became of its rollouts. ``DIR.partial.work`` has the verifications, where the input
has none, what was rejected, and what each rollout is to replay, as far as that has been seen.
"""

import contextlib
import gc
import io
import itertools
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from hir_data.engine.checks import batched
from hir_data.engine.config import VerifyConfig
from hir_data.engine.executor import Engine, executor
from hir_data.engine.judge import Judge
from hir_data.engine.progress import Work
from hir_data.engine.workers import BATCH, serial
from hir_data.errors import OutputError
from hir_data.formats.atomic import link_target, writing
from hir_data.formats.reader import InputRecord, read_units
from hir_data.replays import dataset
from hir_data.replays.assessments import Assessed, KeptAssessments
from hir_data.replays.config import ReplayConfig, ReplayRunConfig
from hir_data.replays.index import Index
from hir_data.replays.information import Background, ResponseSample
from hir_data.replays.replaced import DataSetFolder
from hir_data.replays.rewriting.rewriter import Rewriter
from hir_data.replays.verifications import is_verified, read_response
from hir_data.replays.work import AssessBatch, BuildBatch, PlacedRecord
from hir_data.report.replay_figures import ReplayCounts, figures
from hir_data.runs.replay_shards import WrittenShards
from hir_data.runs.resumable import Note, ResumableRun, remove
from hir_data.runs.sinks import open_sink, rejected_path
from hir_data.runs.source import Source
from hir_data.runs.verify import verify_into
from hir_data.schemas.rejected import Rejected

if TYPE_CHECKING:
    import pyarrow

R = TypeVar("R")
ReplayStage = Literal["verifying", "sampling", "looking", "writing"]
"""What a run is at."""

_DEFAULTS, _VERIFY = ReplayRunConfig(), VerifyConfig()
_ROW_GROUP = 16  # batches


@dataclass(slots=True)
class Run:
    """A replay from files to a data set.

    Attributes:
        folder: where the data set goes.
        units: opens the input, as :func:`hir_data.formats.reader.read_units` gives it.
        settings: how replays are made.
        anew: whether verdicts in the input are left aside.
        thinking_tag: strip thinking sections of this tag.
        workers: the number of processes; 0 for none, and no timeouts.
        timeout: seconds that one check may take.
        engine: ``processes``, or ``ray`` at an ``address`` (:mod:`hir_data.engine.ray`).
        judge: who decides soft constraints.
        verified: whether all records have verdicts already, by this judge, so that none is verified again.
        rewriter: who writes the new prompts, in place of the one that the settings name. It works in this
            process, as does whatever asks the judge.
        shard: rollouts of which one shard is made; rounded up to whole batches.
        identity: what a run must have in common with one that it resumes.
        resume: go on where an interrupted run stopped.
        on_rejected: told of each rejected record.
        on_progress: told how many units of input a stage has dealt with.
        on_notice: told what a user may have meant otherwise.
    """

    folder: Path
    units: Callable[[], Iterable[InputRecord]]
    settings: ReplayConfig
    anew: bool = False
    thinking_tag: str | None = None
    workers: int = 0
    timeout: float = _VERIFY.timeout
    engine: Engine = "processes"
    address: str | None = None
    judge: Judge | None = None
    verified: bool = False
    rewriter: Rewriter | None = None
    shard: int = _DEFAULTS.shard_size
    identity: dict[str, Any] = field(default_factory=dict)
    resume: bool = False
    on_rejected: Callable[[Rejected], None] = lambda rejected: None
    on_progress: Callable[[ReplayStage, int], None] = lambda stage, units: None
    on_notice: Callable[[str], None] = lambda notice: None

    def __call__(self) -> dict[str, Any]:
        """Make the data set.

        Returns:
            The figures of the report.

        Raises:
            OutputError: it cannot be written, or what is there does not match what is to be resumed.
            HirDataError: as :func:`hir_data.verify` raises it.
        """
        settings = {"settings": self._settings, "shard": self._shard_units()}
        scratch = (self._work, self._replaced)
        with ResumableRun(self.folder, self.identity | settings, resume=self.resume, scratch=scratch) as run:
            with writing(str(self.folder)):
                DataSetFolder(run.target).check()
                notes = run.begin(lambda: self._clear(run))
                self.partial.mkdir(exist_ok=True)
                self._work.mkdir(exist_ok=True)
            if run.finishing is None:
                run.note_finishing(self._make(run, notes))
            counts = run.finishing
            assert counts is not None
            with writing(str(self.folder)):
                self._finish(run, counts)
        return counts

    def _make(self, run: ResumableRun, notes: list[Note]) -> dict[str, Any]:
        self._verify()
        with _few_collections():
            background = self._sampled()
            kept = KeptAssessments(self._work / "assessed.jsonl")
            index = self._look(background, kept)
            with writing(str(self.folder)):
                index.choose()
            written = self._write(run, notes, index, background, kept)
        digest = kept.digest
        counts = figures(index, written.made, rejected=self._count_rejected())
        configuration = self.identity | self._settings
        with writing(str(self.folder)):
            dataset.write_manifest(
                self.partial, written.shards, input=digest, configuration=configuration, counts=counts
            )
        return counts

    # Where everything is

    @property
    def partial(self) -> Path:
        """The data set until it is there."""
        target = link_target(self.folder)
        return target.with_name(f"{target.name}.partial")

    @property
    def _work(self) -> Path:
        return self.partial.with_name(f"{self.partial.name}.work")

    @property
    def _spilled(self) -> Path:
        return self._work / "verified.jsonl"

    @property
    def _rejects(self) -> Path:
        return rejected_path(self._spilled)

    @property
    def _settings(self) -> dict[str, Any]:
        """What decides which replays are made."""
        return self.settings.model_dump(mode="json", include=set(ReplayConfig.model_fields))

    @property
    def _replaced(self) -> Path:
        """The data set that was there before, while another one takes its place."""
        return self.partial.with_name(f"{self.partial.name}.replaced")

    def _clear(self, run: ResumableRun) -> None:
        """Remove what an interrupted run has left, and undo what it had begun to replace."""
        if self._replaced.exists():
            if run.target.exists():
                DataSetFolder(self._replaced).remove()
            else:
                self._replaced.replace(run.target)
        remove(self.partial)
        remove(self._work)

    def _finish(self, run: ResumableRun, counts: dict[str, Any]) -> None:
        """Give the data set its name, and its rejected records theirs. Each step can be done again."""
        if self._rejects.exists():
            self._rejects.replace(link_target(rejected_path(self.folder)))
        elif not counts["rejected"]:
            link_target(rejected_path(self.folder)).unlink(missing_ok=True)  # of an earlier run
        if (self.partial / dataset.MANIFEST).exists():
            if run.target.exists():
                DataSetFolder(run.target).check()
                run.target.replace(self._replaced)
            self.partial.replace(run.target)
        DataSetFolder(self._replaced).remove()
        remove(self.partial)
        remove(self._work)
        run.end()

    # The stages

    def _verify(self) -> None:
        """Verify the input, unless it has verdicts."""
        if self._has_verdicts():
            return
        # Also where it is there: the run that wrote it may have been killed while it gave things their names.
        sink = open_sink(str(self._spilled), io.BytesIO(), identity=self.identity, resume=True)
        if not self._spilled.exists() or sink.unfinished:
            verify_into(
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
        self.units = lambda: _own_lines(str(self._spilled)) if self._spilled.stat().st_size else ()

    def _has_verdicts(self) -> bool:
        if self.verified or self.anew or self.thinking_tag is not None or self.judge is not None:
            return self.verified
        return any(map(is_verified, itertools.islice(self.units(), 1)))

    def _sampled(self) -> Background:
        """A sample of the responses, to measure bits on."""
        if not self.settings.needs_background:
            return Background()
        sample = ResponseSample(self.settings.background, self.settings.seed)
        for number, unit in enumerate(self.units(), start=1):
            if response := read_response(unit):
                sample.add(*response)
            if number % (BATCH * 16) == 0:
                self.on_progress("sampling", number)
        return sample.background()

    def _look(self, background: Background, kept: KeptAssessments) -> Index:
        """See what each rollout is to replay."""
        settings = self.settings
        index = Index(settings, settings.batch_prompts, settings.guard_names, self._work)
        with self._rejecting() as reject, contextlib.closing(self._assessed(background, kept)) as batches:
            for batch in batches:
                for one in batch:
                    with writing(str(self.folder)):
                        index.add(None if isinstance(one, Rejected) else one)
                    if isinstance(one, Rejected):
                        reject(one)
                self.on_progress("looking", kept.units)
        return index

    def _assessed(self, background: Background, kept: KeptAssessments) -> Generator[list[Assessed]]:
        """What the units of the input are to replay, batch by batch: what is kept of it, and the rest."""
        yield from kept.kept()
        source = Source(self.units())
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
                yield batch

    @contextlib.contextmanager
    def _rejecting(self) -> Iterator[Callable[[Rejected], None]]:
        """Keeps what is rejected, if it is not kept yet."""
        if self._spilled.exists():
            yield lambda rejected: None
            return
        with contextlib.ExitStack() as files:
            file: Any = None

            def reject(rejected: Rejected) -> None:
                nonlocal file
                file = file or files.enter_context(self._rejects.open("wb"))
                file.write(rejected.as_line())
                self.on_rejected(rejected)

            yield reject

    def _count_rejected(self) -> int:
        if not self._rejects.exists():
            return 0
        with self._rejects.open("rb") as lines:
            return sum(1 for _ in lines)

    def _write(
        self,
        run: ResumableRun,
        notes: list[Note],
        index: Index,
        background: Background,
        kept: KeptAssessments,
    ) -> WrittenShards:
        """Make the samples, shard by shard."""
        size = self._shard_units()
        written = WrittenShards(self.partial, index, kept.digest)
        with writing(str(self.folder)):
            written.take(notes)
        source = Source(self.units())
        source.skip(len(written.shards) * size)
        work = BuildBatch(self.settings, self.rewriter, background, self.judge)
        batches = self._placed(source, index, kept)
        with contextlib.closing(self._through(batches, work)) as answers:
            for _ in range(len(written.shards), -(-index.units // size) or 1):
                here = ReplayCounts()
                tables = self._tables(itertools.islice(answers, size // BATCH), here, source)
                with writing(str(self.folder)):
                    written.write(run, tables, here)
        if source.digest != kept.digest:
            raise OutputError("the input has changed while it was read")
        return written

    def _placed(
        self, source: Source[InputRecord], index: Index, kept: KeptAssessments
    ) -> Iterator[list[PlacedRecord]]:
        explanations = itertools.islice(kept.explanations(), source.units, None)
        known = zip(index.places(source.units), explanations, strict=True)
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

    def _shard_units(self) -> int:
        return max(1, -(-self.shard // BATCH)) * BATCH

    def _through(self, batches: Iterable[list[Any]], work: "Work[R]") -> Generator[R]:
        if getattr(work, "here", False):
            return serial(batches, work)
        take = executor(self.engine, workers=self.workers, timeout=self.timeout, address=self.address)
        return take(batches, work)


def _own_lines(path: str) -> Iterator[InputRecord]:
    """The lines of a file that this run has written, however long they are."""
    return read_units(path, max_record_bytes=sys.maxsize - 1)


@contextlib.contextmanager
def _few_collections() -> Iterator[None]:
    """Looks for cycles seldom: records come and go without any, and looking takes a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
