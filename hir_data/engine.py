"""Verification: what a rollout's constraints say of its response."""

from collections.abc import Iterable, Iterator
from typing import Literal, Protocol

from hir_data.errors import HirDataError
from hir_data.schemas.constraint import Constraint, Verdict
from hir_data.schemas.result import ConstraintResult, Verification
from hir_data.schemas.rollout import Rollout
from hir_data.text import Text

EMPTY = Verdict(False, "the response is empty")

Reading = Literal["strict", "loose"]


class Watch(Protocol):
    """Somebody who follows the checks of a rollout from outside (see :mod:`hir_data.executors`)."""

    def starts(self, constraint: int, reading: Reading) -> None:
        """The check of this constraint begins; called anew for each loose reading of the response."""

    def decided(self, constraint: int, reading: Reading) -> Verdict | None:
        """A verdict that is known already, because the check did not survive an earlier attempt."""


class _Nobody:
    """Nobody watches."""

    def starts(self, constraint: int, reading: Reading) -> None:
        pass

    def decided(self, constraint: int, reading: Reading) -> Verdict | None:
        return None


NOBODY = _Nobody()


def verify(
    rollouts: Iterable[Rollout], *, workers: int = 0, timeout: float = 10.0, loose: bool = True
) -> Iterator[Verification]:
    """Verify rollouts lazily, one after the other, in their order.

    With ``workers=0`` the checks run right here, and one that never ends never ends. With one or more, they
    run in that many processes: a check that takes longer than ``timeout`` seconds, or that takes its process
    down, becomes an undetermined verdict, and everything else goes on. Usable from any thread.

    Args:
        rollouts: what to verify; read no further ahead than the workers need.
        workers: the number of processes, 0 for none.
        timeout: seconds that one check may take; the clock starts when the check does.
        loose: whether to give the loose verdicts too.

    Raises:
        HirDataError: a check needs something that is not there.
        WorkerError: the processes cannot be started.
        ValueError: ``workers`` is negative.
    """
    if workers == 0:
        for rollout in rollouts:
            yield verify_one(rollout, loose=loose)
        return
    from hir_data.executors import verify_in_processes

    yield from verify_in_processes(rollouts, workers=workers, timeout=timeout, loose=loose)


def verify_one(rollout: Rollout, *, loose: bool = True, watch: Watch = NOBODY) -> Verification:
    """Verify one rollout, here and now."""
    text = Text(rollout.response)
    results = tuple(
        _judge(index, constraint, text, loose, watch)
        for index, constraint in enumerate(rollout.instruction.constraints)
    )
    return Verification(rollout=rollout, results=results)


def check(constraint: Constraint, text: Text) -> Verdict:
    """What a constraint says of a text as it is.

    A check that raises gives an undetermined verdict with the status ``error``; a :class:`HirDataError` is
    let through, since it would come back on every text.
    """
    if text.is_blank:
        return EMPTY
    try:
        answer = constraint.check(text)
        if answer is None:
            return Verdict(None, "the check returned nothing", "error")
        return answer if isinstance(answer, Verdict) else Verdict(bool(answer))
    except HirDataError:
        raise
    except Exception as error:
        return Verdict(None, f"{type(error).__name__}: {error}"[:500], "error")


def _judge(index: int, constraint: Constraint, text: Text, loose: bool, watch: Watch) -> ConstraintResult:
    strict = watch.decided(index, "strict")
    if strict is not None:
        # A check that does not survive the text itself is not tried on seven more readings of it.
        return ConstraintResult(constraint=constraint, strict=strict, loose=strict if loose else None)
    watch.starts(index, "strict")
    strict = check(constraint, text)
    if not loose:
        return ConstraintResult(constraint=constraint, strict=strict)
    if strict.satisfied or text.is_blank:
        return ConstraintResult(constraint=constraint, strict=strict, loose=strict)
    known = watch.decided(index, "loose")
    verdict = known or _check_readings(index, constraint, text, strict, watch)
    return ConstraintResult(constraint=constraint, strict=strict, loose=verdict)


def _check_readings(index: int, constraint: Constraint, text: Text, strict: Verdict, watch: Watch) -> Verdict:
    """The loose verdict of a text that does not strictly satisfy the constraint: "or" over its readings."""
    undetermined = strict if strict.satisfied is None else None
    for removed, reading in text.readings[1:]:
        watch.starts(index, "loose")
        verdict = check(constraint, reading)
        if verdict.satisfied:
            return Verdict(
                True, f"without {removed}: {verdict.reason}" if verdict.reason else f"without {removed}"
            )
        if verdict.satisfied is None:
            undetermined = undetermined or verdict
    return undetermined or strict
