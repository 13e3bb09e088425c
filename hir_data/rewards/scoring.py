"""Responses of trainers, scored: read, checked and made into numbers, here or in shared worker processes.

Every reward and the server do this and nothing else, so that the same response has the same verdicts through
all of them. What cannot be read or checked has no reward and says why; nothing is lost, and nothing is 0 for
want of an answer.
"""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from hir_data.engine.checks import Judged, PendingRollout, questions, verify_one
from hir_data.engine.progress import BatchProgress
from hir_data.errors import RecordError, WorkerError
from hir_data.formats.reader import items_of
from hir_data.formats.rows import Row
from hir_data.rewards.score import GRADED, Score, answer, constraints_of, reward, spoken
from hir_data.schemas.constraint import Constraint, Verdict
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.rejected import Rejected
from hir_data.schemas.rollout import Rollout


class CompletionFields(NamedTuple):
    """What the parts of a completion are called where it comes from, for errors."""

    constraints: str = "constraints"
    response: str = "response"
    prompt: str = "prompt"
    weights: str = "weights"


class Completion(NamedTuple):
    """A response as a trainer hands it over.

    Attributes:
        constraints: whatever :func:`hir_data.rewards.score.constraints_of` reads.
        response: a text, or messages of which what the assistant says last counts.
        prompt: a text, or messages of which what the user says last counts; judges see it.
        weights: a number for each constraint; None where there are none.
        fields: what these are called.
    """

    constraints: Any
    response: Any
    prompt: Any = None
    weights: Any = None
    fields: CompletionFields = CompletionFields()

    def read(self, policy: str | None) -> Rollout:
        """The rollout that it is.

        Raises:
            RecordError: it is none; ``field`` says where.
        """
        try:
            constraints = constraints_of(self.constraints)
        except Exception as error:
            raise RecordError.of(error).inside(self.fields.constraints) from None
        prompt = None if self.prompt is None else spoken(self.prompt, "user", self.fields.prompt)
        conversation = _conversation(self.prompt) if any(one.soft for one in constraints) else None
        response = spoken(self.response, "assistant", self.fields.response)
        if response is None:
            raise NoTextError("says nothing, such as the call of a tool", field=self.fields.response)
        metadata = {} if self.weights is None else {"weights": self.weights}
        instruction = conversation and _with_constraints(conversation, constraints)
        instruction = instruction or _instruction(prompt or "", constraints)
        return Rollout(instruction=instruction, response=answer(response, policy), metadata=metadata)


@functools.lru_cache(maxsize=256)
def _instruction(prompt: str, constraints: tuple[Constraint, ...]) -> Instruction:
    """The same object for the responses of a group."""
    return Instruction(prompt=prompt, constraints=constraints)


def _conversation(prompt: Any) -> list[Any] | None:
    """The messages of a prompt that has several, all of which a judge sees; None of any other."""
    if not isinstance(prompt, list | tuple) or len(prompt) < 2:
        return None
    return list(prompt) if all(isinstance(turn, Mapping) and "role" in turn for turn in prompt) else None


def _with_constraints(messages: list[Any], constraints: tuple[Constraint, ...]) -> Instruction | None:
    """The instruction of a conversation; None where it is none that records may have."""
    try:
        return Instruction(messages=messages, constraints=constraints)
    except ValueError:
        return None


class NoTextError(RecordError):
    """A completion says nothing that could be checked, which is no fault of the record."""


Status = Literal["scored", "silent", "unread", "unserved", "failed"]
"""What has become of a response: it was scored; there is nothing to check in it, as in the call of a tool; it
cannot be read; there were no worker processes for it; or something else went wrong."""


class Scored(NamedTuple):
    """What is known of a response.

    Attributes:
        reward: its reward; None where it is not known.
        kinds: the kinds of its constraints.
        verdicts: the strict verdict on each of them.
        error: why there are none; empty if nothing is wrong.
        field: where what is wrong stands, if that is known.
        status: what has become of it.
    """

    reward: float | None
    kinds: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    error: str = ""
    field: str | None = None
    status: Status = "scored"

    @classmethod
    def failed(cls, error: Exception, status: Status = "failed") -> "Scored":
        """What is known where something was raised instead."""
        record = RecordError.of(error)
        if isinstance(error, NoTextError):
            status = "silent"
        elif isinstance(error, WorkerError):
            status = "unserved"
        elif isinstance(error, TimeoutError):
            return cls(None, error=str(error), status=status)
        return cls(None, error=str(record), field=record.field, status=status)

    @property
    def satisfied(self) -> list[bool | None]:
        """Whether each constraint is satisfied; None where that could not be determined."""
        return [verdict.satisfied for verdict in self.verdicts]

    @property
    def ila(self) -> float | None:
        """1 if all constraints are satisfied, else 0; None where that is not known."""
        known = self.satisfied
        return 0.0 if False in known else None if None in known or not known else 1.0

    @property
    def cla(self) -> float | None:
        """The share of constraints that is satisfied; None where that is not known."""
        known = self.satisfied
        return None if None in known or not known else sum(map(bool, known)) / len(known)

    @property
    def verdicts_json(self) -> str:
        """The verdicts as a JSON list of true, false and null."""
        return json.dumps(self.satisfied)


Item = Completion | Row | Rollout | Judged
"""What can be scored: a response as a trainer has it, a record as ``verify`` reads it, or a rollout."""


@dataclass(frozen=True)
class Scoring:
    """How responses are scored. An instance is a work function: it scores the items of a batch.

    Attributes:
        score: the reward (:func:`hir_data.rewards.score.reward`).
        weights: by kind or family, for ``weighted``.
        strip_thinking: which reasoning is left out; None for none.
    """

    score: Score = "ila"
    weights: Mapping[str, float] | None = None
    strip_thinking: str | None = "auto"

    def __call__(self, items: Sequence[Item], progress: BatchProgress) -> list[Scored]:
        """What is known of each of the items."""
        scored = []
        for number, item in enumerate(items):
            try:
                rollout = self.read_watched(item, number, progress)
            except Exception as error:
                scored.append(Scored.failed(error, "unread"))
                continue
            try:
                scored.append(self._scored(rollout, item, progress.at(number)))
            except Exception as error:  # a record's own weights are seen here first
                scored.append(Scored.failed(error, "unread" if isinstance(error, RecordError) else "failed"))
        progress.idle()
        return scored

    def read(self, item: Item) -> Rollout:
        """The rollout of an item.

        Raises:
            RecordError: it cannot be read; ``field`` says where.
        """
        if isinstance(item, Completion):
            return item.read(self.strip_thinking)
        if isinstance(item, Judged):
            return item.rollout
        return item if isinstance(item, Rollout) else self._only_rollout(item)

    def read_watched(self, item: Item, number: int, progress: BatchProgress) -> Rollout:
        """The rollout of the item of this number in a batch, unless reading it has ended a worker before.

        Raises:
            RecordError: it cannot be read; ``field`` says where.
        """
        if problem := progress.reading_started(number):
            raise RecordError(f"cannot be read: {problem}")
        return self.read(item)

    def _only_rollout(self, row: Row) -> Rollout:
        first, *others = items_of(row)
        if isinstance(first, Rejected):
            raise RecordError(first.error.problem, field=first.error.field)
        if others:
            raise RecordError(f"holds {1 + len(others)} responses: give each a record of its own")
        return first.model_copy(update={"response": answer(first.response, self.strip_thinking)})

    def _scored(self, rollout: Rollout, item: Item, progress: BatchProgress) -> Scored:
        answers = item.answers if isinstance(item, Judged) else None
        degrees = self.score in GRADED
        verified = verify_one(rollout, loose=False, monitor=progress, answers=answers, degrees=degrees)
        return Scored(
            reward(verified, self.score, self.weights),
            tuple(result.constraint.kind for result in verified.results),
            tuple(result.strict for result in verified.results),
        )


@dataclass(frozen=True)
class QuestionFinding:
    """The work function before a judge is asked: it reads the items, and sees what there is to ask."""

    scoring: Scoring

    def __call__(self, items: Sequence[Item], progress: BatchProgress) -> list[PendingRollout | Scored]:
        """The rollouts with their questions, or why there is none."""
        read: list[PendingRollout | Scored] = []
        for number, item in enumerate(items):
            try:
                rollout = self.scoring.read_watched(item, number, progress)
                read.append(PendingRollout(rollout, questions(rollout, progress.at(number))))
            except Exception as error:
                read.append(Scored.failed(error, "unread"))
        progress.idle()
        return read
