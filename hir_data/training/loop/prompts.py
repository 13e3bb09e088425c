"""The instructions of a loop: which are trained on in which iteration, and which never are."""

import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import Any, Literal, NamedTuple, Self

from pydantic_core import to_json

from hir_data.errors import HirDataError, RecordError
from hir_data.formats.fields import shown
from hir_data.formats.files import read_rows
from hir_data.formats.records import read_prompt
from hir_data.formats.rows import Row

PromptOrder = Literal["shuffled", "easy-first", "hard-first"]
"""By chance, or by the pass rates of the instructions."""


class PromptRow(NamedTuple):
    """A record.

    Attributes:
        row: the record.
        prompt: what tells its conversation from others: the prompt, where that says it all.
        pass_rate: the share of responses that satisfy all of its constraints, as the record says it.
    """

    row: Row
    prompt: str
    pass_rate: float | None = None


class Prompts(NamedTuple):
    """The instructions of a loop.

    Attributes:
        training: those that may be drawn.
        held_out: those that the model is evaluated on.
        shared: how many were asked for to train on and are held out.
        outside: how many more have a pass rate that is too low or too high, or that nobody knows.
    """

    training: tuple[PromptRow, ...]
    held_out: tuple[PromptRow, ...]
    shared: int
    outside: int = 0

    @classmethod
    def of(
        cls,
        training: Iterable[PromptRow],
        held_out: Iterable[PromptRow],
        min_pass: float | None = None,
        max_pass: float | None = None,
    ) -> Self:
        """Take out of the training what is held out (white space aside) and what is too easy or hard.

        Args:
            training: the instructions to train on.
            held_out: those to evaluate on.
            min_pass: the least pass rate; None for any.
            max_pass: the greatest one; None for any.
        """
        training, held_out = tuple(training), tuple(held_out)
        secret = {asked.prompt.strip() for asked in held_out}
        kept = tuple(asked for asked in training if asked.prompt.strip() not in secret)
        low, high = 0.0 if min_pass is None else min_pass, 1.0 if max_pass is None else max_pass
        if min_pass is max_pass is None:
            return cls(kept, held_out, len(training) - len(kept))
        inside = tuple(
            asked for asked in kept if asked.pass_rate is not None and low <= asked.pass_rate <= high
        )
        return cls(inside, held_out, len(training) - len(kept), len(kept) - len(inside))


def read_prompts(source: str, split: str | None = None, *, needs_pass_rates: bool = False) -> list[PromptRow]:
    """The records of a file of instructions.

    Args:
        source: the file.
        split: which split, if it is a data set of several.
        needs_pass_rates: whether each record has to say its ``pass_rate``, which may be null.

    Raises:
        RecordError: it cannot be read, or one of them: a loop takes too long to find that out later.
    """
    found = []
    for row in read_rows(source, split):
        if row.record is None:
            raise row.error or RecordError("cannot be read", row.source, row.line)
        try:
            prompt = read_prompt(row.record)
            rate = _pass_rate(prompt.metadata) if needs_pass_rates else None
            found.append(PromptRow(row, prompt.instruction.conversation_key, rate))
        except RecordError as error:
            raise error.at(row.source, row.line) from None
        except HirDataError as error:
            raise RecordError(str(error), row.source, row.line) from None
    return found


def _pass_rate(metadata: Mapping[str, Any]) -> float | None:
    if "pass_rate" not in metadata:
        problem = (
            "this field is missing, which min_pass, max_pass and order need (verify --pass-rates writes it)"
        )
        raise RecordError(problem, field="pass_rate")
    rate = metadata["pass_rate"]
    if rate is None:
        return None
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
        raise RecordError(f"has to be a number from 0 to 1, not {shown(rate)}", field="pass_rate")
    return float(rate)


def digest(asked: Iterable[PromptRow]) -> str:
    """What tells records from any others."""
    told = hashlib.blake2b(digest_size=16)
    for each in asked:
        told.update(to_json(each.row.record, fallback=str) + b"\n")
    return told.hexdigest()


def drawn(
    asked: Sequence[PromptRow], number: int, iteration: int, seed: int, order: PromptOrder = "shuffled"
) -> list[Row]:
    """The records of an iteration, the first of which is 1.

    All records are shuffled and dealt out, ``number`` an iteration. Where fewer are left they are shuffled
    anew, so none comes twice in an iteration, and none a second time before nearly all have come once. In an
    order by difficulty, each turn through the records begins with the easiest or the hardest, and only
    records of equal pass rates are shuffled; those of which it is not known come last.
    """
    turn, place = divmod(iteration - 1, len(asked) // number)
    dealt = _shuffled(len(asked), f"{seed}:{turn}")
    if order != "shuffled":
        sign = -1 if order == "easy-first" else 1
        rates = [each.pass_rate for each in asked]
        dealt = sorted(dealt, key=lambda index: (rates[index] is None, sign * (rates[index] or 0.0)))
    return [asked[index].row for index in dealt[place * number : (place + 1) * number]]


@functools.lru_cache(maxsize=1)
def _shuffled(number: int, seed: str) -> list[int]:
    return Random(seed).sample(range(number), number)
