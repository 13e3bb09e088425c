"""Verify rollouts: lazily, here or in processes, with or without a judge."""

from collections.abc import Iterable, Iterator

from hir_data.engine.checks import Judged, PendingRollout, ask, questions, verify_one
from hir_data.engine.config import CheckConfig
from hir_data.engine.judge import Judge
from hir_data.engine.workers import verify_in_processes
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
) -> Iterator[Verification]:
    """Verify rollouts lazily, one after the other, in their order.

    With ``workers=0`` the checks run right here, and one that never ends never ends. With one or more, they
    run in that many processes: a check that takes longer than ``timeout`` seconds, or that takes its process
    down, becomes an undetermined verdict, and everything else goes on. Usable from any thread.

    Args:
        rollouts: what to verify; read no further ahead than the workers and the judge need.
        workers: the number of processes, 0 for none.
        timeout: seconds that one check may take; the clock starts when the check does.
        loose: whether to give the loose verdicts too.
        judge: who decides soft constraints; without one they are undetermined.
        degrees: whether the strict verdicts say how far each constraint is satisfied.

    Raises:
        HirDataError: a check needs something that is not there.
        WorkerError: the processes cannot be started.
        ValueError: ``workers`` is negative.
    """
    if workers == 0:
        judged: Iterator[Judged] = (Judged(rollout, {}) for rollout in rollouts)
        if judge is not None:
            judged = ask((PendingRollout(rollout, questions(rollout)) for rollout in rollouts), judge)
        for each in judged:
            yield verify_one(each.rollout, loose=loose, answers=each.answers, degrees=degrees)
        return
    yield from verify_in_processes(
        rollouts, workers=workers, timeout=timeout, loose=loose, judge=judge, degrees=degrees
    )
