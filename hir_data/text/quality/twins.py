"""Whether a text has a list of which most items say what others say."""

import itertools
import re
from collections.abc import Sequence

from hir_data.text.quality.prose import words_of_parts

_ITEM_START = re.compile(r"(?:^|(?<=[.!?;]))\s*(?:[-*+•]|\(?\d{1,3}[.):])\s+", re.MULTILINE)
_ITEM_BEHIND = re.compile(r"[\n.!?;]\s*()(?:[-*+•]|\(?\d{1,3}[.):])(?=(\s+))")
"""The same behind a line break or the end of a sentence, which is found faster than no character is."""
_ITEM_MARKS = bytes(
    ord("d" if i < 128 and chr(i).isdigit() else "m" if chr(i) in "-*+" else "p" if chr(i) in ".):" else "x")
    if i < 128 and not chr(i).isspace()
    else ord(" ")
    for i in range(256)
)
"""Of bytes: "d" for a digit, "m" for a mark of an item, "p" for one behind a number, a space for white space
and what is not ASCII, else "x"."""
_ITEMS = 5
_ITEM_WORDS = 6
_ALIKE = 0.72  # share of the words of two items that both have
_TWINS = 0.5  # share of the items
_SHORT_LIST = 12  # items, of which nobody says one twice


def twin_items(text: str) -> str | None:
    """How many items of a list say what an earlier one does; None where that is not most of them.

    They say it in other order or in nearly the same words. Of a short list one says it word for word.
    """
    if _most_items(text) < _ITEMS:
        return None
    items = _items(text)
    if len(items) < _ITEMS:
        return None
    said = [tuple(words) for words in words_of_parts(items) if len(words) >= _ITEM_WORDS]
    if len(items) <= _SHORT_LIST and len({*said}) < len(said):
        return f"{len(said) - len({*said})} of {len(items)} items are there twice"
    bags = [*map(frozenset, said)]
    if len(bags) < _ITEMS:
        return None
    may_be = _may_be_twins(bags)
    if len(may_be) + 1 < _TWINS * len(bags):
        return None
    twins = sum(any(map(_are_alike, itertools.repeat(bags[i]), bags[:i])) for i in may_be)
    if twins + 1 >= _TWINS * len(bags):
        return f"{twins} of {len(bags)} items say what others say"
    return None


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two items have most of their words in common; two that have so many are hardly longer alone."""
    if len(one) < _ALIKE * len(other) or len(other) < _ALIKE * len(one):
        return False
    both = len(one & other)
    return both >= _ALIKE * (len(one) + len(other) - both)


def _items(text: str) -> list[str]:
    """What stands behind each that :data:`_ITEM_START` finds, to the next one or to a blank line."""
    text = f"\n{text}"
    starts: list[tuple[int, int]] = []
    end = -1
    for mark in _ITEM_BEHIND.finditer(text):
        # White space belongs to the mark before it, so that the next one has to begin a line.
        if mark.end(1) == end and text[end - 1] != "\n":
            continue
        end = mark.end(2)
        starts.append((mark.start() + 1, end))
    ends = [*(start for start, _ in starts[1:]), len(text)]
    return [text[start:end].partition("\n\n")[0] for (_, start), end in zip(starts, ends, strict=False)]


def _most_items(text: str) -> int:
    """No fewer than :data:`_ITEM_START` finds, found faster."""
    marks = text.encode(errors="surrogatepass").translate(_ITEM_MARKS)
    return marks.count(b"m ") + marks.count(b"dp ") + text.count("•")


def _may_be_twins(bags: Sequence[frozenset[str]]) -> list[int]:
    """The places of those most of whose words stand in earlier ones; no other has one that is alike."""
    known: set[str] = set()
    places: list[int] = []
    for place, bag in enumerate(bags):
        if len(bag & known) >= _ALIKE * len(bag):
            places.append(place)
        known |= bag
    return places
