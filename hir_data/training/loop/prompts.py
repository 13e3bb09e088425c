"""The instructions of a loop: which are trained on in which iteration, and which never are."""

import functools
import hashlib
from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple, Self

from pydantic_core import to_json

from hir_data.errors import HirDataError, RecordError
from hir_data.formats.files import read_rows
from hir_data.formats.records import read_prompt
from hir_data.formats.rows import Row


class PromptRow(NamedTuple):
    """A record, and what tells its conversation from others: the prompt, where that says it all."""

    row: Row
    prompt: str


class Prompts(NamedTuple):
    """The instructions of a loop.

    Attributes:
        training: those that may be drawn.
        held_out: those that the model is evaluated on.
        shared: how many were asked for to train on and are held out.
    """

    training: tuple[PromptRow, ...]
    held_out: tuple[PromptRow, ...]
    shared: int

    @classmethod
    def of(cls, training: Iterable[PromptRow], held_out: Iterable[PromptRow]) -> Self:
        """Take out of the training what is held out, white space around it aside."""
        training, held_out = tuple(training), tuple(held_out)
        secret = {asked.prompt.strip() for asked in held_out}
        kept = tuple(asked for asked in training if asked.prompt.strip() not in secret)
        return cls(kept, held_out, len(training) - len(kept))


def read_prompts(source: str, split: str | None = None) -> list[PromptRow]:
    """The records of a file of instructions.

    Raises:
        RecordError: it cannot be read, or one of them: a loop takes too long to find that out later.
    """
    found = []
    for row in read_rows(source, split):
        if row.record is None:
            raise row.error or RecordError("cannot be read", row.source, row.line)
        try:
            found.append(PromptRow(row, read_prompt(row.record).instruction.conversation_key))
        except RecordError as error:
            raise error.at(row.source, row.line) from None
        except HirDataError as error:
            raise RecordError(str(error), row.source, row.line) from None
    return found


def digest(asked: Iterable[PromptRow]) -> str:
    """What tells records from any others."""
    told = hashlib.blake2b(digest_size=16)
    for each in asked:
        told.update(to_json(each.row.record, fallback=str) + b"\n")
    return told.hexdigest()


def drawn(asked: Sequence[PromptRow], number: int, iteration: int, seed: int) -> list[Row]:
    """The records of an iteration, the first of which is 1.

    All records are shuffled and dealt out, ``number`` an iteration. Where fewer are left they are shuffled
    anew, so none comes twice in an iteration, and none a second time before nearly all have come once.
    """
    turn, place = divmod(iteration - 1, len(asked) // number)
    order = _shuffled(len(asked), f"{seed}:{turn}")
    return [asked[index].row for index in order[place * number : (place + 1) * number]]


@functools.lru_cache(maxsize=1)
def _shuffled(number: int, seed: str) -> list[int]:
    return Random(seed).sample(range(number), number)
