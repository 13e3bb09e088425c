"""Two conversations side by side: what they have in common, and what one alone has."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence

from hir_data.schemas.conversation import Instruction

LONGEST = 20_000
"""How many characters of one text are shown."""


def shortened(text: str) -> str:
    """A text, without its end where it is very long."""
    left_out = len(text) - LONGEST
    return text if left_out <= 0 else f"{text[:LONGEST]}\n[... {left_out:,} more characters]"


def messages_of(instruction: Instruction) -> list[list[str]]:
    """The messages of a prompt: who says what."""
    return [[message.role, shortened(message.content)] for message in instruction.messages]


def compared_messages(before: Instruction, after: Instruction) -> Iterator[tuple[str, list[list[str]]]]:
    """The messages, each in parts that are the same, only in the source (-) or only in the replay (+)."""
    old, new = messages_of(before), messages_of(after)
    if len(old) != len(new):
        yield "user", [["-", before.prompt], ["+", after.prompt]]
        return
    for (role, was), (_, became) in zip(old, new, strict=True):
        yield role, list(_together(_difference(was, became)))


_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


def _difference(before: str, after: str) -> Iterator[list[str]]:
    """The words that two texts have in common, and those of one alone."""
    if before == after:
        yield ["=", before]
        return
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    start = _length_in_common(old, new)
    rest = _length_in_common(old[start:][::-1], new[start:][::-1])
    if start:
        yield ["=", "".join(old[:start])]
    behind = old[len(old) - rest :]
    old, new = old[start : len(old) - rest], new[start : len(new) - rest]
    # Of long texts the words that come again and again are no place to begin at: their pairs take hours.
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield ["=", "".join(old[a:b])]
            continue
        if a < b:
            yield ["-", "".join(old[a:b])]
        if c < d:
            yield ["+", "".join(new[c:d])]
    if behind:
        yield ["=", "".join(behind)]


def _together(parts: Iterable[list[str]]) -> Iterator[list[str]]:
    """The same parts, where changes that only a space keeps apart are one."""
    changed: list[list[str]] = []
    for part in parts:
        tag, text = part
        if tag != "=" or (changed and not text.strip()):
            changed.append(part)
            continue
        yield from _as_one(changed)
        changed = []
        yield part
    yield from _as_one(changed)


def _as_one(parts: list[list[str]]) -> Iterator[list[str]]:
    """Changes with the spaces between them: what was removed, and then what was added."""
    behind = parts.pop() if parts and parts[-1][0] == "=" else None
    before, after = ("".join(text for tag, text in parts if tag in ("=", own)) for own in "-+")
    if before.strip() and after.strip():
        yield ["-", before]
        yield ["+", after]
    else:  # nothing but the spaces would be marked on one side
        yield from parts
    if behind is not None:
        yield behind


def _length_in_common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many pieces two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))
