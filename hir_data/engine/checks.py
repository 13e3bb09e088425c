"""The checks of one rollout, and the questions that a judge has to be asked about it."""

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal, NamedTuple, Protocol, TypeVar

from hir_data.engine.judge import Judge, Question
from hir_data.errors import HirDataError, JudgeError
from hir_data.schemas.constraint import Constraint, Verdict, check, degree, failed_verdict
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.english import number_of
from hir_data.schemas.result import ConstraintResult, Verification
from hir_data.schemas.rollout import Rollout
from hir_data.text.text import Text
from hir_data.verifiers.compose import Composite
from hir_data.verifiers.soft import Criterion, Grade

T = TypeVar("T")
Reading = Literal["strict", "loose"]

JudgeAnswers = Mapping[tuple[Constraint, str], Verdict]
"""What a judge has said, by soft constraint (:attr:`Criterion.as_judged`) and the text that it was asked
about."""


class CheckMonitor(Protocol):
    """Somebody who follows the checks of a rollout from outside (see :mod:`hir_data.engine.workers`)."""

    def check_started(self, constraint: int, reading: Reading) -> None:
        """The check of this constraint begins; called anew for each loose reading of the response."""

    def known_verdict(self, constraint: int, reading: Reading) -> Verdict | None:
        """A verdict that is known already, because the check did not survive an earlier attempt."""


class _NoMonitor:
    """Nobody watches."""

    def check_started(self, constraint: int, reading: Reading) -> None:
        pass

    def known_verdict(self, constraint: int, reading: Reading) -> Verdict | None:
        return None


NO_MONITOR = _NoMonitor()


class RecordPlace(NamedTuple):
    """Where a rollout was read: the file and the 1-based line or row."""

    source: str
    line: int


class PendingRollout(NamedTuple):
    """A rollout, what a judge has to be asked about its response, by constraint and text, and its place."""

    rollout: Rollout
    questions: dict[tuple[Constraint, str], Question]
    place: RecordPlace | None = None


class Judged(NamedTuple):
    """A rollout, what a judge has said of its response, and its place."""

    rollout: Rollout
    answers: JudgeAnswers
    place: RecordPlace | None = None


def ask(rollouts: Iterable[PendingRollout], judge: Judge, *, ahead: int = 256) -> Iterator[Judged]:
    """Rollouts with a judge's answers to their questions, so many rollouts at a time."""
    for window in batched(rollouts, ahead):
        asked = [question for each in window for question in each.questions.values()]
        verdicts = judge.judge(asked) if asked else []
        if len(verdicts) != len(asked):
            raise JudgeError(
                f"the judge gave {number_of(len(verdicts), 'verdict')} on {number_of(len(asked), 'question')}"
            )
        told = map(_as_verdict, verdicts)
        for rollout, places, where in window:
            yield Judged(rollout, {place: next(told) for place in places}, where)


def _as_verdict(given: object) -> Verdict:
    """What a judge has given, if it is a verdict: anything else would count as true or false."""
    if isinstance(given, Verdict) and isinstance(given.satisfied, bool | None) and _is_grade(given.grade):
        return given
    return Verdict(None, f"the judge gave no verdict: {given!r:.100}", "error")


def _is_grade(given: object) -> bool:
    return isinstance(given, int | None) and not isinstance(given, bool)


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Consecutive lists of up to ``size`` items."""
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


def questions(rollout: Rollout, monitor: CheckMonitor = NO_MONITOR) -> dict[tuple[Constraint, str], Question]:
    """What a judge has to be asked about a rollout, by soft constraint and the text that it is asked about.

    A soft part of a composite that the other parts decide is not asked about.
    """
    text = Text(rollout.response)
    found: dict[tuple[Constraint, str], Question] = {}
    for index, constraint in enumerate(rollout.instruction.constraints):
        with contextlib.suppress(Exception):  # its check will say what is wrong with it
            if not constraint.soft or monitor.known_verdict(index, "strict"):
                continue
            monitor.check_started(index, "strict")
            found |= _questions(constraint, text, _prompt_of(rollout.instruction))
    return found


def _questions(constraint: Constraint, text: Text, prompt: str) -> dict[tuple[Constraint, str], Question]:
    """What a judge has to be asked about one soft constraint."""
    if check(constraint, text).satisfied is not None:
        return {}
    leaves = constraint.leaves(text) if isinstance(constraint, Composite) else [(constraint, text)]
    return {
        (leaf.as_judged, part.raw): Question(
            leaf.criterion, part.raw, prompt, leaf.rubric, leaf.scale if isinstance(leaf, Grade) else None
        )
        for leaf, part in leaves
        if isinstance(leaf, Criterion) and not part.is_blank
    }


def _prompt_of(instruction: Instruction) -> str:
    """What the writer of a response was asked: the only message of the user, or the whole conversation."""
    messages = instruction.messages
    if len(messages) == 1:
        return instruction.prompt
    return "\n\n".join(f"{message.role}: {message.content}" for message in messages if message.content)


def verify_one(
    rollout: Rollout,
    *,
    loose: bool = True,
    monitor: CheckMonitor = NO_MONITOR,
    answers: JudgeAnswers | None = None,
    degrees: bool = False,
) -> Verification:
    """Verify one rollout, here and now.

    Args:
        rollout: what to verify.
        loose: whether to give the loose verdicts too.
        monitor: who follows the checks.
        answers: what a judge has said (:func:`ask`).
        degrees: whether the strict verdicts say how far each constraint is satisfied.
    """
    text = Text(rollout.response, answers)
    results = tuple(
        _judge(index, constraint, text, loose, monitor, degrees)
        for index, constraint in enumerate(rollout.instruction.constraints)
    )
    return Verification(rollout=rollout, results=results)


def _judge(
    index: int, constraint: Constraint, text: Text, loose: bool, monitor: CheckMonitor, degrees: bool
) -> ConstraintResult:
    """The verdicts on one constraint, undetermined where anything about it raises."""
    try:
        return _judged(index, constraint, text, loose, monitor, degrees)
    except HirDataError:
        raise
    except Exception as error:  # such as in what the text is made of, or in how the kind is asked
        failed = failed_verdict(error)
        return ConstraintResult(constraint=constraint, strict=failed, loose=failed if loose else None)


def _judged(
    index: int, constraint: Constraint, text: Text, loose: bool, monitor: CheckMonitor, degrees: bool
) -> ConstraintResult:
    strict = monitor.known_verdict(index, "strict")
    if strict is not None:
        # A check that does not survive the text itself is not tried on seven more readings of it.
        return ConstraintResult(constraint=constraint, strict=strict, loose=strict if loose else None)
    monitor.check_started(index, "strict")
    strict = check(constraint, text)
    if degrees and strict.satisfied is not None:
        strict = replace(strict, degree=degree(constraint, text, strict))
    if not loose:
        return ConstraintResult(constraint=constraint, strict=strict)
    if strict.satisfied or text.is_blank or constraint.soft:  # a judge reads the response as it is
        return ConstraintResult(constraint=constraint, strict=strict, loose=strict)
    known = monitor.known_verdict(index, "loose")
    verdict = known or _check_readings(index, constraint, text, strict, monitor)
    return ConstraintResult(constraint=constraint, strict=strict, loose=verdict)


def _check_readings(
    index: int, constraint: Constraint, text: Text, strict: Verdict, monitor: CheckMonitor
) -> Verdict:
    """The loose verdict of a text that does not strictly satisfy the constraint: "or" over its readings."""
    undetermined = strict if strict.satisfied is None else None
    for removed, reading in text.readings[1:]:
        monitor.check_started(index, "loose")
        verdict = check(constraint, reading)
        if verdict.satisfied:
            return Verdict(
                True, f"without {removed}: {verdict.reason}" if verdict.reason else f"without {removed}"
            )
        if verdict.satisfied is None:
            undetermined = undetermined or verdict
    return undetermined or strict
