"""A long run over files: rollouts in, verifications and rejected records out, nothing lost on the way."""

import contextlib
import hashlib
import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator

from pydantic_core import to_json

from hir_data import executors
from hir_data.errors import OutputError
from hir_data.executors import Batch, Progress, verify_batch
from hir_data.formats.reader import Item, Rejected
from hir_data.report.tally import BatchTally
from hir_data.schemas.rollout import Rollout
from hir_data.sinks import Sink, State


def verify_into(
    sink: Sink,
    items: Iterable[Item],
    *,
    loose: bool = True,
    workers: int = 1,
    timeout: float = 10.0,
    on_rejected: Callable[[Rejected], None] = lambda rejected: None,
    on_progress: Callable[[State], None] = lambda state: None,
) -> State:
    """Verify a stream of rollouts into a sink.

    Args:
        sink: where verifications and rejected records go; closed at the end, and on any error.
        items: rollouts and rejected records, as :func:`hir_data.formats.reader.read_rollouts` gives them.
        loose: whether to give the loose verdicts too.
        workers: the number of processes; 0 to verify in this one, without timeouts.
        timeout: seconds that one check may take.
        on_rejected: told of each rejected record.
        on_progress: told after each batch how far the run is.

    Raises:
        OutputError: the output cannot be written, or what is there does not match what is to be resumed.
        HirDataError: as :func:`hir_data.engine.verify` raises it.
    """
    source = _Source(items)
    with sink:
        state = sink.start()
        source.skip(state.read)
        if state.read and source.digest != state.digest:
            raise OutputError("the input is not the one that the interrupted run began with")
        work = _VerifyLines(loose, lines=type(sink) is not Sink)
        batches = source.batches(executors.BATCH)
        if workers == 0:
            answers = executors.serial(batches, work)
        else:
            answers = executors.processes(batches, work, workers=workers, timeout=timeout)
        with contextlib.closing(answers):
            for lines, tally in answers:
                rejected = source.confirm()
                state.read, state.rejected = source.read, state.rejected + len(rejected)
                state.digest = source.digest
                state.tally.merge(tally)
                sink.write(lines, rejected, state)
                for record in rejected:
                    on_rejected(record)
                on_progress(state)
        sink.finish()
    return state


def limited(items: Iterable[Item], limit: int | None) -> Iterator[Item]:
    """The first items, all of them without a limit."""
    return iter(items) if limit is None else itertools.islice(items, limit)


class _VerifyLines:
    """The work function of a run: verify a batch, and make its lines and its tally right there."""

    def __init__(self, loose: bool, lines: bool) -> None:
        self.loose, self.lines = loose, lines

    def __call__(self, rollouts: Batch, progress: Progress) -> tuple[bytes, BatchTally]:
        """The lines of the verifications, if they are wanted, and their tally."""
        verified = verify_batch(rollouts, progress, loose=self.loose)
        wanted = verified if self.lines else []
        return b"".join(to_json(one, fallback=str) + b"\n" for one in wanted), BatchTally.of(verified)


class _Source:
    """The stream of items: cut into batches, and counted and digested as their answers come back."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = iter(items)
        self.read = 0
        self.hash = hashlib.blake2b(digest_size=16)
        self.underway: deque[list[Item]] = deque()

    @property
    def digest(self) -> str:
        """What tells the items that have been read from any others."""
        return self.hash.copy().hexdigest()

    def batches(self, size: int) -> Iterator[Batch]:
        """The rollouts, batch by batch; rejected records wait for the answer of the batch they stand in."""
        while chunk := list(itertools.islice(self.items, size)):
            self.underway.append(chunk)
            yield [item for item in chunk if isinstance(item, Rollout)]

    def confirm(self) -> list[Rejected]:
        """The next batch has been answered; the rejected records in it."""
        chunk = self.underway.popleft()
        self._pass(chunk)
        return [item for item in chunk if isinstance(item, Rejected)]

    def skip(self, number: int) -> None:
        """Pass over items that an earlier run has dealt with."""
        self._pass(itertools.islice(self.items, number))

    def _pass(self, items: Iterable[Item]) -> None:
        for item in items:
            self.read += 1
            told = to_json(item, fallback=str) if isinstance(item, Rollout) else str(item.error).encode()
            self.hash.update(told)
