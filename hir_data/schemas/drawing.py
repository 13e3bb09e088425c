"""How parameters are drawn when instructions are composed."""

import typing
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Choices:
    """Marks a parameter with the values that people would ask for.

    ``Annotated[int, Field(ge=0), Drawn(range(50, 401, 10))]`` draws one of them. For a tuple ``least`` and
    ``most`` bound how many different ones are drawn.
    """

    values: Sequence[Any]
    least: int = 1
    most: int = 3


class CannotDrawError(LookupError):
    """Nothing says how a parameter is drawn."""


def draw(field: FieldInfo, rng: Random) -> Any:
    """A value for a parameter: as it is marked, one of its literals, or its default.

    Raises:
        CannotDrawError: it has none of these.
    """
    for mark in field.metadata:
        if isinstance(mark, Choices):
            if typing.get_origin(field.annotation) is tuple:
                return tuple(rng.sample(list(mark.values), rng.randint(mark.least, mark.most)))
            return rng.choice(mark.values)
    if typing.get_origin(field.annotation) is typing.Literal:
        return rng.choice(typing.get_args(field.annotation))
    if not field.is_required():
        return field.default
    raise CannotDrawError(field.alias or "")


WORDS: tuple[str, ...] = tuple(
    """
    apple autumn balance bicycle bridge camera castle century circle coffee colour compass corner cotton
    cousin curious danger desert diamond distance doctor dragon echo engine evening feather festival
    flower forest fortune friend future garden gentle glacier harbour harmony history honest horizon
    imagine island journey kitchen ladder language lantern library lighthouse market memory midnight
    mirror morning mountain music mystery neighbour ocean orchard painting paper patient planet pocket
    poem promise puzzle quiet rainbow recipe river rocket rumour saddle season secret shadow signal
    silver simple sister sky spring stone storm street summer sunset teacher thunder ticket tiger
    travel treasure valley velvet village violin voyage weather whisper window winter wonder yellow
    """.split()
)
"""Everyday words, for keywords; none is a part of another."""

PHRASES: tuple[str, ...] = (
    "Slow rivers carry old stories to distant shores",
    "Brave hearts find a way through every storm",
    "Bright lanterns guide tired travellers towards the harbour",
    "Quiet gardens keep the memory of every summer",
    "Curious minds turn small questions into great discoveries",
    "Patient hands build strong bridges over deep valleys",
)
"""Phrases to be repeated; hardly any text has the first and the last word of one for other reasons."""

OPENINGS: tuple[str, ...] = (
    "Good question",
    "To begin with",
    "In short",
    "Here is what I think",
    "Let us see",
    "First of all",
)
"""Phrases to start with."""

CLOSINGS: tuple[str, ...] = (
    "That is all for today.",
    "Thank you for reading.",
    "And that is the whole story.",
    "Let me know what you think.",
    "I hope this helps.",
)
"""Phrases to end with."""
