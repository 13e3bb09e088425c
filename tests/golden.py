"""What a reference has answered, as it is recorded in the shared data, beside what we answer."""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import hir_data as hir
from hir_data.formats.reader import read_rollouts
from hir_data.schemas.rejected import Rejected

Place = int | str


class Answer(NamedTuple):
    """Two answers to one question.

    Attributes:
        constraint: what was checked.
        place: where: the key of a prompt, or a text.
        found: our verdict.
        wanted: that of the reference, "error" where it raised.
    """

    constraint: hir.Constraint
    place: Place
    found: hir.Verdict
    wanted: bool | str


def on_responses(folder: Path, model: str) -> Iterator[Answer]:
    """The strict and the loose verdict on each constraint, for the responses of a model."""
    recorded = {row["key"]: row for row in read_lines(folder / f"verdicts_{model}.jsonl")}
    items = list(read_rollouts(str(folder / "prompts.jsonl"), str(folder / f"responses_{model}.jsonl")))
    assert [item for item in items if isinstance(item, Rejected)] == []
    for verification in hir.verify(items):
        key = verification.rollout.instruction.id
        row = recorded.pop(key)
        for result, strict, loose in zip(verification.results, row["strict"], row["loose"], strict=True):
            yield Answer(result.constraint, key, result.strict, strict)
            yield Answer(result.constraint, key, result.loose, loose)
    assert recorded == {}


def on_edge_texts(folder: Path, without: Container[dict[str, Any]] = ()) -> Iterator[Answer]:
    """The answer of the bare check, on short texts that are meant to be nasty.

    ``without`` are records of constraints that cannot be made.
    """
    texts = json.loads((folder.parent / "edge_texts.json").read_text(encoding="utf-8"))
    for row in read_lines(folder / "edge_verdicts.jsonl"):
        if (record := {"kind": row["id"], **row["kwargs"]}) not in without:
            constraint = hir.parse(record)
            for index, wanted in row["results"]:
                yield _checked(constraint, texts[str(index)], wanted)


def on_unit_cases(folder: Path) -> Iterator[Answer]:
    """The answer of the bare check, in the calls that the reference's own tests make."""
    for row in read_lines(folder / "unit_cases.jsonl"):
        yield _checked(hir.parse({"kind": row["id"], **row["kwargs"]}), row["text"], row["result"])


def same_answers(
    answers: Iterable[Answer], others: Mapping[tuple[hir.Constraint, Place], bool | None] | None = None
) -> int:
    """How many of our answers are the reference's; all are but for those that are listed with ours."""
    same, found = 0, {}
    for answer in answers:
        if answer.found.satisfied is answer.wanted:
            same += 1
        else:
            found[answer.constraint, answer.place] = answer.found.satisfied
    assert found == (others or {})
    return same


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _checked(constraint: hir.Constraint, text: str, wanted: bool | str) -> Answer:
    return Answer(constraint, text, constraint.check(hir.Text(text)), wanted)
