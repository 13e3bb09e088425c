"""A long run over files: rollouts in, verifications and rejected records out, nothing lost on the way."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from hir_data.engine.checks import Judged, PendingRollout, RecordPlace, ask, batched
from hir_data.engine.config import VerifyConfig
from hir_data.engine.executor import Engine, executor
from hir_data.engine.judge import Judge
from hir_data.engine.progress import BatchProgress
from hir_data.engine.workers import BATCH, question_batch, verify_batch
from hir_data.errors import RecordError
from hir_data.formats.join import Pair
from hir_data.formats.jsonl import Line, units_of
from hir_data.formats.reader import InputPiece, InputRecord, items_of, rejection_of
from hir_data.formats.rows import Row
from hir_data.report.verify_figures import DEFAULT_GROUP_FIELDS, BatchTally
from hir_data.runs.sinks import Sink, VerifyState
from hir_data.runs.source import Source
from hir_data.schemas.english import number_of
from hir_data.schemas.json_line import json_line
from hir_data.schemas.rejected import Rejected
from hir_data.schemas.rollout import Rollout

R = TypeVar("R")

_DEFAULTS = VerifyConfig()

_BATCHES_JUDGED = 4  # so many are shown to a judge at a time


def verify_into(
    sink: Sink[VerifyState],
    units: Iterable[InputPiece],
    *,
    thinking_tag: str | None = None,
    loose: bool = True,
    degrees: bool = False,
    quality: bool = False,
    workers: int = 1,
    timeout: float = _DEFAULTS.timeout,
    engine: Engine = "processes",
    address: str | None = None,
    judge: Judge | None = None,
    by: Sequence[str] = DEFAULT_GROUP_FIELDS,
    on_rejected: Callable[[Rejected], None] = lambda rejected: None,
    on_progress: Callable[[VerifyState], None] = lambda state: None,
    on_notice: Callable[[str], None] = lambda notice: None,
) -> VerifyState:
    """Verify a stream of rollouts into a sink.

    Args:
        sink: where verifications and rejected records go; closed at the end, and on any error.
        units: the input, as :func:`hir_data.formats.reader.read_input` gives it; rollouts are made of it
            where they are verified.
        thinking_tag: which reasoning is stripped (:mod:`hir_data.text.thinking`); None for none.
        loose: whether to give the loose verdicts too.
        degrees: whether the strict verdicts say how far each constraint is satisfied.
        quality: whether to count the responses that the guards of replay object to.
        workers: the number of processes; 0 to verify in this one, without timeouts. Of Ray the number of
            actors; 0 for one on each CPU.
        timeout: seconds that one check may take.
        engine: ``processes`` or ``ray``.
        address: of the Ray cluster (:func:`hir_data.engine.ray.connected`).
        judge: who decides soft constraints; without one they are undetermined.
        by: fields of metadata by which to divide the figures.
        on_rejected: told of each rejected record.
        on_progress: told at the start and after each batch how far the run is.
        on_notice: told at the end what a user may have meant otherwise.

    Raises:
        OutputError: the output cannot be written, or what is there does not match what is to be resumed.
        HirDataError: as :func:`hir_data.engine.verify.verify` raises it.
    """
    source = Source(units)
    with sink:
        state = sink.start()
        if sink.finished:
            return state
        source.skip(state.units, state.digest)
        on_progress(state)

        work_through = executor(engine, workers=workers, timeout=timeout, address=address)
        batches: Iterable[list[Any]] = source.batches(BATCH)
        if judge is not None:
            batches = _judged(work_through(batches, _Ask(thinking_tag)), judge)
        verify = VerifyBatch(
            thinking_tag, loose, degrees, quality=quality, lines=type(sink) is not Sink, by=tuple(by)
        )
        with contextlib.closing(work_through(batches, verify)) as answers:
            for lines, rejected, tally in answers:
                source.confirm()
                state.units, state.digest = source.units, source.digest
                state.tally.merge(tally)
                state.rejected += len(rejected)
                state.read = state.tally.rollouts + state.rejected
                sink.write(lines, rejected, state)
                for record in rejected:
                    on_rejected(record)
                on_progress(state)
        sink.finish()
    if thinking_tag is not None and state.tally.rollouts and not state.tally.reasoned:
        on_notice(
            f"--strip-thinking={thinking_tag} has stripped nothing: no reasoning in any of "
            f"{number_of(state.tally.rollouts, 'response')}"
        )
    return state


class _Ask:
    """The work function before a judge is asked: read a batch, and see what there is to ask."""

    def __init__(self, thinking_tag: str | None) -> None:
        self.thinking_tag = thinking_tag

    def __call__(self, batch: list[InputPiece], progress: BatchProgress) -> list[PendingRollout | Rejected]:
        """The rollouts with their questions, and the rejected records, in their order."""
        read = [
            (unit, item)
            for number, unit in enumerate(units_of(batch))
            for item in _read(unit, number, self.thinking_tag, progress)
        ]
        progress.idle()
        rollouts = [item for _, item in read if isinstance(item, Rollout)]
        asked = iter(question_batch(rollouts, progress))
        return [
            item if isinstance(item, Rejected) else next(asked)._replace(place=_place_of(unit))
            for unit, item in read
        ]


def _read(
    unit: InputRecord, number: int, thinking_tag: str | None, progress: BatchProgress
) -> Iterator[Rollout | Rejected]:
    """What is in the unit of this number of a batch; what ended an earlier attempt to read it rejects it."""
    if problem := progress.reading_started(number):
        yield rejection_of(unit, RecordError(f"cannot be read: {problem}"))
    else:
        yield from items_of(unit, thinking_tag)


def _place_of(unit: InputRecord) -> RecordPlace | None:
    if isinstance(unit, Pair):
        unit = unit.response
    return RecordPlace(unit.source, unit.line) if isinstance(unit, Line | Row) else None


def _judged(
    batches: Iterable[list[PendingRollout | Rejected]], judge: Judge
) -> Iterator[list[Judged | Rejected]]:
    """The batches with a judge's answers, which is asked about several at a time."""
    for window in batched(batches, _BATCHES_JUDGED):
        judged = ask((item for batch in window for item in batch if isinstance(item, PendingRollout)), judge)
        for batch in window:
            yield [item if isinstance(item, Rejected) else next(judged) for item in batch]


class VerifyBatch:
    """The work function of a run: read, verify and count a batch, and make its lines, all in one place."""

    def __init__(
        self,
        thinking_tag: str | None,
        loose: bool,
        degrees: bool,
        *,
        quality: bool,
        lines: bool,
        by: tuple[str, ...],
    ) -> None:
        self.thinking_tag, self.loose, self.degrees = thinking_tag, loose, degrees
        self.quality, self.lines, self.by = quality, lines, by

    def __call__(
        self, batch: list[InputPiece | Judged], progress: BatchProgress
    ) -> tuple[bytes, list[Rejected], BatchTally]:
        """The lines of the verifications, if they are wanted, the rejected records, and the tally."""
        read = list(self._items(batch, progress))
        judged = [item for _, item in read if isinstance(item, Judged)]
        verified = iter(verify_batch(judged, progress, loose=self.loose, degrees=self.degrees))
        rejected: list[Rejected] = []
        lines: list[bytes] = []
        tally = BatchTally()
        for unit, item in read:
            if isinstance(item, Rejected):
                rejected.append(item)
                continue
            one = next(verified)
            try:
                line = json_line(one) if self.lines else b""
                faults = _faults_of(one.rollout) if self.quality else ()
                tally.add(one, self.by)
            except Exception as error:  # nested too deeply, or half a character
                rejected.append(_unwritable(unit, item, error))
                continue
            lines.append(line)
            if self.quality:
                tally.add_faults(faults)
        return b"".join(lines), rejected, tally

    def _items(
        self, batch: list[InputPiece | Judged], progress: BatchProgress
    ) -> Iterator[tuple[InputRecord | Judged, Judged | Rejected]]:
        """Rollouts that a judge has seen, or whatever is in units of input, each item with its unit."""
        for number, unit in enumerate(units_of(batch)):
            if isinstance(unit, Judged):
                yield unit, unit
                continue
            for item in _read(unit, number, self.thinking_tag, progress):
                yield unit, item if isinstance(item, Rejected) else Judged(item, {})
        progress.idle()


def _faults_of(rollout: Rollout) -> tuple[str, ...]:
    """What the guards of replay object to; a run that does not ask for it does without all of that room."""
    from hir_data.replays.guards import faults_of

    return faults_of(rollout)


def _unwritable(unit: InputRecord | Judged, judged: Judged, error: Exception) -> Rejected:
    """The rejection of a rollout whose verification cannot be written."""
    if not isinstance(unit, Judged):
        return rejection_of(unit, error)
    place = judged.place or RecordPlace("", 0)
    return Rejected.because(error, place.source, place.line, dict(judged.rollout))
