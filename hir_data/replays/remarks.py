"""What a response says or shows that the new instruction does not explain."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from hir_data.replays.announcements import announces, miscounts
from hir_data.replays.information import OtherResponses
from hir_data.replays.metalanguage import speaks_of_instruction
from hir_data.replays.rewriting.quotations import quotations
from hir_data.replays.style import unexplained
from hir_data.replays.traces import words_of
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.replay import Change
from hir_data.text.text import Text


def spoken(text: Text, changes: Sequence[Change], rest: str) -> str | None:
    """Where a response speaks of what it is not asked any more, or counts wrongly what it has."""
    gone = [change.constraint for change in changes if change.fate != "kept"]
    new = [_described(change.became) for change in changes if change.fate == "nearest" and change.became]
    rest = "\n".join([rest, *new])
    if "bullet" in text.lower and (label := _LABEL.search(text.lower)):
        return label[1]
    if said := speaks_of_instruction(_beside_repetition(text, changes), rest):
        return said
    return miscounts(text) or next((said for each in gone if (said := announces(each, text, rest))), None)


_LABEL = re.compile(
    r"^[ \t]*[*+•-][ \t]+[*_]*"
    r"(this is (?:(?:a|the|another) )?bullet(?: point)?(?: \d{1,2})?"
    r"|bullet point(?: \d{1,2})?|bullet \d{1,2})[*_]*[.:]",
    re.MULTILINE,
)
"""A bullet point that is called one, as in the example of many a prompt: whoever writes a list does not."""
_COPIED = 5  # words
_OPENING = 200  # characters, which have so many
_QUOTED = re.compile(r"[\"“][^\"“”\n]*[\"”]")


def opens_with(
    stated: Mapping[int, str], constraints: Sequence[Constraint], rest: str, text: Text
) -> str | None:
    """The first words of a response, where they are those of what it is not asked any more, and of no rest.

    "The number of words in a sentence can make or break lives" goes on where "The number of words in your
    answer should be at most 200." begins. What an instruction quotes to be said is no copy of it, nor is
    what a constraint asks to repeat.

    Args:
        stated: what states the constraints that are to go, by their places.
        constraints: all of the instruction.
        rest: what the instruction says beside.
        text: the response.
    """
    words = words_of(text.stripped[:_OPENING])[:_COPIED]
    if len(words) < _COPIED:
        return None
    copied = f" {' '.join(words)} "
    for place, said in stated.items():
        if any(quotations(constraints[place])):
            continue
        if any(copied in f" {' '.join(words_of(part))} " for part in _QUOTED.split(said)):
            return None if copied in f" {' '.join(words_of(rest))} " else copied.strip()
    return None


@lru_cache(maxsize=1 << 10)
def _described(constraint: Constraint) -> str:
    """A constraint in English, which many responses are to satisfy."""
    return constraint.describe()


def _beside_repetition(text: Text, changes: Sequence[Change]) -> str:
    """The response without the request that it still is to repeat at its beginning."""
    for change in changes:
        for quotation in quotations(change.became) if change.became is not None else ():
            if text.stripped.lower().startswith(quotation.strip().lower()):
                return text.stripped[len(quotation.strip()) :]
    return text.raw


def styled_as(
    text: Text, changes: Sequence[Change], rest: str, stated: str, others: OtherResponses
) -> str | None:
    """A way of writing that neither the rest of the prompt nor what remains asks for.

    A substitute explains none: nobody had it in mind.
    """
    asked = [
        _described(change.became)
        for change in changes
        if change.became is not None and change.fate != "substitute"
    ]
    gone = [_described(change.constraint) for change in changes if change.fate != "kept"]
    return unexplained(text.raw, "\n".join([rest, *asked]), "\n".join([stated, *gone]), others)
