"""Replay from files to a data set: verified first, read twice, nothing lost when it is interrupted.

The data set is written to ``DIR.partial``, which becomes ``DIR`` at the end, shard after shard. All else is
in ``DIR.partial.work``: a folder for each file of the input (:mod:`hir_data.runs.replay_part`), and what was
rejected. This process merges the sample and chooses; all else is done part by part, here or in a cluster.
"""

import contextlib
import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hir_data.engine.config import VerifyConfig
from hir_data.engine.executor import Engine
from hir_data.engine.judge import Judge
from hir_data.formats.atomic import link_target, writing
from hir_data.formats.reader import InputRecord
from hir_data.replays import dataset
from hir_data.replays.config import ReplayConfig, ReplayRunConfig
from hir_data.replays.dataset import Shard
from hir_data.replays.index import Index
from hir_data.replays.information import Background, ResponseSample
from hir_data.replays.merge import joined_digest
from hir_data.replays.replaced import DataSetFolder
from hir_data.replays.rewriting.rewriter import Rewriter
from hir_data.replays.verifications import is_verified
from hir_data.report.replay_figures import ReplayCounts, figures
from hir_data.runs.replay_part import ReplayPart, ReplayStage, shard_units
from hir_data.runs.replay_steps import PartPlace, PartSteps, RemotePartSteps, few_collections
from hir_data.runs.resumable import ResumableRun, remove
from hir_data.runs.sinks import rejected_path
from hir_data.schemas.rejected import Rejected

_DEFAULTS, _VERIFY = ReplayRunConfig(), VerifyConfig()


@dataclass(slots=True)
class Run:
    """A replay from files to a data set.

    Attributes:
        folder: where the data set goes.
        sources: open the files of the input, each as :func:`hir_data.formats.reader.read_units` gives it; one
            part is made of each. What a cluster is to open has to be importable there.
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
        names: of the files, where there are several.
        identity: what a run must have in common with one that it resumes.
        resume: go on where an interrupted run stopped.
        on_rejected: told of each rejected record.
        on_progress: told how many units of input a stage has dealt with.
        on_notice: told what a user may have meant otherwise.
    """

    folder: Path
    sources: Sequence[Callable[[], Iterable[InputRecord]]]
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
    names: Sequence[str] = ()
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
        settings = {"settings": self._settings, "shard": shard_units(self.shard)}
        settings |= {"files": list(self.names)} if self.names else {}
        scratch = (self._work, self._replaced)
        with ResumableRun(self.folder, self.identity | settings, resume=self.resume, scratch=scratch) as run:
            with writing(str(self.folder)):
                DataSetFolder(run.target).check()
                run.begin(lambda: self._clear(run))
                self.partial.mkdir(exist_ok=True)
                self._work.mkdir(exist_ok=True)
            if run.finishing is None:
                run.note_finishing(self._make())
            counts = run.finishing
            assert counts is not None
            with writing(str(self.folder)):
                self._finish(run, counts)
        return counts

    def _make(self) -> dict[str, Any]:
        """Make the shards and the manifest; the figures of the report."""
        parts = self._parts()
        with few_collections(), self._steps(parts) as steps:
            steps.prepare()
            background = self._background(parts)
            steps.assess(background)
            rejected = self._collect_rejected(parts, shows=steps.are_silent)
            index, places = self._chosen(parts)
            steps.write(background, index.places(), places)
            shards, made = self._shards(parts, places, index)
        counts = figures(index, made, rejected=rejected)
        digests = tuple(place.digest for place in places)
        with writing(str(self.folder)):
            self._remove_all_but(shards)
            dataset.write_manifest(
                self.partial,
                shards,
                input=joined_digest(digests),
                sources=digests if len(digests) > 1 else (),
                configuration=self.identity | self._settings,
                counts=counts,
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
    def _rejects(self) -> Path:
        return self._work / "rejected.jsonl"

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

    def _remove_all_but(self, shards: Iterable[Shard]) -> None:
        """Remove whatever killed runs have left among the shards."""
        names = {shard.name for shard in shards}
        for path in self.partial.iterdir():
            if path.name not in names:
                remove(path)

    # The stages

    def _parts(self) -> list[ReplayPart]:
        progress = _Progress(self.on_progress)
        verifies = not self._has_verdicts()
        names = self.names or ["the input"] * len(self.sources)
        return [
            ReplayPart(
                self._work / f"part-{number:05}",
                self.partial,
                units,
                self.settings,
                verifies=verifies,
                thinking_tag=self.thinking_tag,
                workers=self.workers,
                timeout=self.timeout,
                engine=self.engine,
                address=self.address,
                judge=self.judge,
                rewriter=self.rewriter,
                shard=shard_units(self.shard),
                name=name,
                identity=self.identity,
                on_rejected=self.on_rejected,
                on_progress=functools.partial(progress, number),
                on_notice=self.on_notice,
            )
            for number, (units, name) in enumerate(zip(self.sources, names, strict=True))
        ]

    def _has_verdicts(self) -> bool:
        """Whether the first record of all has; so have the others, or they are rejected."""
        if self.verified or self.anew or self.thinking_tag is not None or self.judge is not None:
            return self.verified
        records = itertools.chain.from_iterable(units() for units in self.sources)
        return any(map(is_verified, itertools.islice(records, 1)))

    @contextlib.contextmanager
    def _steps(self, parts: list[ReplayPart]) -> Iterator[PartSteps]:
        """What takes the parts through their steps: this process, or a cluster that has several."""
        if self.engine != "ray" or len(parts) == 1 or self.judge or self.rewriter:
            yield PartSteps(parts)
            return
        from hir_data.engine.ray import connected

        with connected(self.address) as cpus:
            yield RemotePartSteps(parts, min(self.workers or cpus, cpus))

    def _background(self, parts: Iterable[ReplayPart]) -> Background:
        """A sample of the responses of all parts, to measure bits on."""
        sample = ResponseSample(self.settings.background, self.settings.seed)
        for part in parts:
            for member in part.sample():
                sample.take(*member)
        return sample.background()

    def _chosen(self, parts: Iterable[ReplayPart]) -> tuple[Index, list[PartPlace]]:
        """The rollouts of all parts, some of them chosen, and where the parts are among them."""
        settings = self.settings
        index = Index(settings, settings.batch_prompts, settings.guard_names, self._work)
        places: list[PartPlace] = []
        first = 0
        with writing(str(self.folder)):
            for part in parts:
                kept = part.kept
                for batch in kept.kept():
                    for one in batch:
                        index.add(None if isinstance(one, Rejected) else one)
                places.append(PartPlace(kept.units, first, kept.digest))
                first += part.shards_of(kept.units, first)
            index.choose()
        return index, places

    def _collect_rejected(self, parts: Iterable[ReplayPart], *, shows: bool) -> int:
        """Write what was rejected of all parts into one file, if anything was; how many records these are."""
        number = 0
        with contextlib.ExitStack() as files, writing(str(self.folder)):
            self._rejects.unlink(missing_ok=True)
            for line in itertools.chain.from_iterable(part.rejected() for part in parts):
                if not number:
                    file = files.enter_context(self._rejects.open("wb"))
                file.write(line)
                number += 1
                if shows:
                    self.on_rejected(Rejected.of_line(line))
        return number

    def _shards(
        self, parts: Iterable[ReplayPart], places: Iterable[PartPlace], index: Index
    ) -> tuple[list[Shard], ReplayCounts]:
        """The shards of all parts, and what became of their rollouts.

        Which groups have got replays is not kept for each shard: the index has it in a byte.
        """
        shards: list[Shard] = []
        made = ReplayCounts()
        with writing(str(self.folder)):
            for part, place in zip(parts, places, strict=True):
                for note in part.shards(place.first, place.digest):
                    shards.append(note.shard)
                    index.rescue(note.made.rescued)
                    made.merge(note.made.model_copy(update={"rescued": set()}))
        return shards, made


class _Progress:
    """Adds up how far the parts are."""

    def __init__(self, report: Callable[[ReplayStage, int], None]) -> None:
        self.report = report
        self.done: dict[ReplayStage, dict[int, int]] = {}

    def __call__(self, part: int, stage: ReplayStage, units: int) -> None:
        parts = self.done.setdefault(stage, {})
        parts[part] = units
        self.report(stage, sum(parts.values()))
