"""Rows for the trainers of TRL, as conversations: KTO, DPO, SFT and GRPO."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hir_data.formats.exports.config import ExportOptions
from hir_data.formats.exports.rows import (
    MESSAGES,
    Attempt,
    ExportRows,
    Skipped,
    assistant_message,
    attempts,
    chat_columns,
    constraint_strings,
    distinct,
    prompt_messages,
)
from hir_data.formats.parquet import ColumnType
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.replay import ReplaySample

KTO: dict[str, ColumnType] = {
    "id": "string",
    "prompt": MESSAGES,
    "completion": MESSAGES,
    "label": "bool",
}
DPO: dict[str, ColumnType] = {
    "chosen_id": "string",
    "rejected_id": "string",
    "prompt": MESSAGES,
    "chosen": MESSAGES,
    "rejected": MESSAGES,
}
SFT: dict[str, ColumnType] = {"id": "string", "prompt": MESSAGES, "completion": MESSAGES}
GRPO: dict[str, ColumnType] = {"id": "string", "prompt": MESSAGES, "constraints": ["string"]}


def kto(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """Every response with a label: whether it satisfies all constraints of its instruction.

    A failure that was replayed is there twice: false under its own instruction, true under that of hindsight.
    """
    for each in attempts(samples, form):
        yield each if isinstance(each, Skipped) else _answered(each, form) | {"label": each.success}


def sft(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """The responses that satisfy all constraints of their instruction, those of replays included."""
    for each in attempts(samples, form):
        if isinstance(each, Skipped):
            yield each
        elif each.success:
            yield _answered(each, form)
        else:
            yield Skipped(each.sample.id, "it is a failure")


def grpo(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """Each instruction once, with its constraints for :class:`hir_data.ConstraintReward`."""
    for each in distinct(samples, form):
        if isinstance(each, Skipped):
            yield each
        else:
            constraints = constraint_strings(each.instruction.constraints)
            row = {"id": each.id, "prompt": prompt_messages(each, form), "constraints": constraints}
            yield row | chat_columns(each.instruction)


def dpo(samples: Iterable[ReplaySample], form: ExportOptions) -> ExportRows:
    """A success and a failure of the same instruction, of the samples of a group that stand together.

    A response under two instructions is no pair: the terms of the prompts, which cancel in DPO's loss where
    the prompt is the same, would stay.
    """
    for _, group in itertools.groupby(samples, key=lambda sample: sample.group):
        of_instruction: dict[tuple[str, tuple[Constraint, ...]], _Answers] = {}
        for each in attempts(group, form):
            if isinstance(each, Skipped):
                yield each
                continue
            instruction = each.sample.instruction
            asked = instruction.conversation_key, instruction.constraints
            answers = of_instruction.setdefault(asked, _Answers())
            if each.text in answers.texts:
                yield Skipped(each.sample.id, "the same response is there already")
            else:
                answers.add(each)
        for answers in of_instruction.values():
            yield from answers.pairs(form)


@dataclass
class _Answers:
    """Different responses to one instruction."""

    texts: set[str] = field(default_factory=set)
    good: list[Attempt] = field(default_factory=list)
    bad: list[Attempt] = field(default_factory=list)

    def add(self, each: Attempt) -> None:
        self.texts.add(each.text)
        (self.good if each.success else self.bad).append(each)

    def pairs(self, form: ExportOptions) -> Iterator[dict[str, object] | Skipped]:
        """All responses in as few pairs as that takes, as far as a prompt may have so many."""
        good, bad = self.good, self.bad
        number = min(form.pairs, max(len(good), len(bad))) if good and bad else 0
        for index in range(number):
            chosen, rejected = good[index % len(good)], bad[index % len(bad)]
            yield {
                "chosen_id": chosen.sample.id,
                "rejected_id": rejected.sample.id,
                "prompt": prompt_messages(chosen.sample, form),
                "chosen": assistant_message(chosen.text),
                "rejected": assistant_message(rejected.text),
                **chat_columns(chosen.sample.instruction),
            }
        for each in [*good[number:], *bad[number:]]:
            if number:
                yield Skipped(each.sample.id, "its prompt has all the pairs that it may have")
            else:
                other = "failure" if each.success else "success"
                yield Skipped(each.sample.id, f"there is no {other} of the same instruction")


def _answered(each: Attempt, form: ExportOptions) -> dict[str, object]:
    return {
        "id": each.sample.id,
        "prompt": prompt_messages(each.sample, form),
        "completion": assistant_message(each.text),
        **chat_columns(each.sample.instruction),
    }
