"""Answers to the same prompts, side by side: of several files, or of the iterations of a loop."""

import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hir_data.replays.fitness.form import reached_limit
from hir_data.report.compared import LONGEST, messages_of, shortened
from hir_data.report.described import described
from hir_data.report.marks import Span, places
from hir_data.report.sampled import Sampled, drawn
from hir_data.report.verify_figures import prompt_key
from hir_data.schemas.result import ConstraintResult, Verification
from hir_data.text.text import Text

Place = tuple[str, int]
"""What responses beside each other have in common: the prompt, and which response of a file it is."""

Answer = dict[str, Any]
"""A response with its verdicts, its prompt and its place, by short names since there are many."""


@dataclass(slots=True)
class ShownAnswers:
    """The responses of a file that are shown: all of them, or a sample that is alike in every file.

    Attributes:
        sampled: those that are shown so far.
        numbers: how many responses there are to each prompt.
    """

    sampled: Sampled
    numbers: Counter[str] = field(default_factory=Counter)

    def add(self, verification: Verification) -> None:
        """See the next response."""
        prompt = prompt_key(verification.rollout.instruction)
        place = (prompt, self.numbers[prompt])
        self.numbers[prompt] += 1
        lot = _lot(place)
        if self.sampled.wants(lot):
            self.sampled.add(lot, _answer(verification, place))
        self.sampled.seen += 1


def _lot(place: Place) -> str:
    return f"{place[0]}:{place[1]}"


def _answer(verification: Verification, place: Place) -> Answer:
    rollout = verification.rollout
    return {
        "place": place,
        "key": "" if rollout.instruction.id is None else str(rollout.instruction.id),
        "messages": messages_of(rollout.instruction),
        "response": shortened(rollout.response),
        **({} if rollout.original is None else {"thinking": shortened(rollout.original)}),
        **({"cut_off": True} if reached_limit(rollout) else {}),
        "words": len(Text(rollout.response).pieces),
        "ila": verification.ila,
        "cla": round(verification.cla, 4),
        "results": [result_data(result, rollout.response) for result in verification.results],
    }


def side_by_side(names: Sequence[str], columns: Sequence[ShownAnswers]) -> dict[str, Any]:
    """The responses of several files to the same prompts, each beside the others.

    Args:
        names: of the files.
        columns: their responses.

    Returns:
        The ``names``; the ``items``, each a prompt with an answer of each file or None, in the order of the
        first file; and the ``number`` of those that there are, shown or not. The results of each answer stand
        in the order of the item's ``constraints``, None where its prompt has not that one; an answer to other
        messages, of the same key, has its own.
    """
    items: dict[Place, dict[str, Any]] = {}
    for number, column in enumerate(columns):
        for answer in column.sampled.records():
            place = answer.pop("place")
            known = {"key": answer.pop("key"), "sample": place[1], "messages": answer.pop("messages")}
            item = items.setdefault(place, known | {"constraints": [], "answers": [None] * len(columns)})
            if known["messages"] != item["messages"]:
                answer["messages"] = known["messages"]
            answer["results"] = _in_order(item["constraints"], answer["results"])
            item["answers"][number] = answer
    # Each file that has one of the first lots of all shows it; of others it may have left one out.
    most = min((column.sampled.most for column in columns), default=0)
    for place in sorted(items, key=lambda place: drawn(_lot(place)))[most:]:
        del items[place]
    for item in items.values():
        for answer in filter(None, item["answers"]):
            answer["results"] += [None] * (len(item["constraints"]) - len(answer["results"]))
    numbers: Counter[str] = Counter()
    for column in columns:
        numbers |= column.numbers
    return {"names": list(names), "items": list(items.values()), "number": numbers.total()}


def _in_order(
    constraints: list[dict[str, Any]], results: list[dict[str, Any]]
) -> list[dict[str, Any] | None]:
    """Results in the order of the constraints that are known, to which those are added that are not."""
    free = dict(enumerate(constraints))
    placed: dict[int, dict[str, Any]] = {}
    for result in results:
        constraint = {name: result.pop(name) for name in ("kind", "says")}
        number = next((number for number, known in free.items() if known == constraint), len(constraints))
        if number == len(constraints):
            constraints.append(constraint)
        free.pop(number, None)
        placed[number] = result
    return [placed.get(number) for number in range(max(placed, default=-1) + 1)]


def result_data(result: ConstraintResult, response: str) -> dict[str, Any]:
    """A verdict with its reason and the places in a response that decide it."""
    return {
        "kind": result.constraint.kind,
        "says": described(result.constraint)[:500],
        "strict": result.strict.satisfied,
        "loose": (result.loose or result.strict).satisfied,
        "reason": result.reason[:500],
        **({} if result.strict.degree is None else {"degree": round(result.strict.degree, 3)}),
        "places": for_script(response, places(result.constraint, response[:LONGEST])),
    }


def for_script(text: str, spans: Sequence[Span]) -> list[Span]:
    """The places as scripts count: a character beyond U+FFFF is two."""
    if text.isascii() or not any(character > "\uffff" for character in text):
        return list(spans)
    wide = [place for place, character in enumerate(text) if character > "\uffff"]
    return [(_wide(start, wide), _wide(end, wide)) for start, end in spans]


def _wide(place: int, wide: Sequence[int]) -> int:
    return place + bisect.bisect_left(wide, place)
