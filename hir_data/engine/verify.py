"""Verify rollouts: lazily, here or in processes, with or without a judge."""

import functools
import itertools
from collections.abc import Iterable, Iterator

from hir_data.engine.checks import Judged, PendingRollout, ask, batched, questions, verify_one
from hir_data.engine.config import CheckConfig
from hir_data.engine.executor import Engine, Executor, executor
from hir_data.engine.judge import Judge
from hir_data.engine.workers import BATCH, question_batch, verify_batch
from hir_data.schemas.result import Verification
from hir_data.schemas.rollout import Rollout

_DEFAULTS = CheckConfig()


def verify(
    rollouts: Iterable[Rollout],
    *,
    workers: int = 0,
    timeout: float = _DEFAULTS.timeout,
    loose: bool = True,
    judge: Judge | None = None,
    degrees: bool = False,
    engine: Engine = "processes",
    address: str | None = None,
) -> Iterator[Verification]:
    """Verify rollouts lazily, one after the other, in their order.

    With ``workers=0`` the checks run right here, and one that never ends never ends. With one or more, they
    run in that many processes: a check that takes longer than ``timeout`` seconds, or that takes its process
    down, becomes an undetermined verdict, and everything else goes on. Usable from any thread. With
    ``engine="ray"`` they run in that many actors of a Ray cluster, in all that it has CPUs for with 0, with
    the same verdicts.

    Args:
        rollouts: what to verify; read no further ahead than the workers and the judge need.
        workers: the number of processes, 0 for none.
        timeout: seconds that one check may take; the clock starts when the check does.
        loose: whether to give the loose verdicts too.
        judge: who decides soft constraints; without one they are undetermined.
        degrees: whether the strict verdicts say how far each constraint is satisfied.
        engine: ``processes``, or ``ray`` (the extra ``ray``).
        address: of the Ray cluster; by default ``RAY_ADDRESS``, else one of this machine for this call.

    Raises:
        HirDataError: a check needs something that is not there.
        MissingExtraError: Ray is not installed.
        WorkerError: the processes cannot be started.
        ValueError: ``workers`` is negative.
    """
    if workers == 0 and engine == "processes":
        judged: Iterator[Judged] = (Judged(rollout, {}) for rollout in rollouts)
        if judge is not None:
            judged = ask((PendingRollout(rollout, questions(rollout)) for rollout in rollouts), judge)
        for each in judged:
            yield verify_one(each.rollout, loose=loose, answers=each.answers, degrees=degrees)
        return
    if workers < 0:
        raise ValueError(f"workers has to be at least 0, not {workers}")
    through = executor(engine, workers=workers, timeout=timeout, address=address)
    yield from _verify_elsewhere(rollouts, through, loose=loose, judge=judge, degrees=degrees)


def _verify_elsewhere(
    rollouts: Iterable[Rollout], through: Executor, *, loose: bool, judge: Judge | None, degrees: bool
) -> Iterator[Verification]:
    judged: Iterator[Judged] = (Judged(rollout, {}) for rollout in rollouts)
    if judge is not None:
        judged = ask(itertools.chain.from_iterable(through(batched(rollouts, BATCH), question_batch)), judge)
    work = functools.partial(verify_batch, loose=loose, degrees=degrees)
    for verified in through(batched(judged, BATCH), work):
        yield from verified
