"""Why several constraints do not go together although each two of them do: what they ask for adds up.

"At least 3 paragraphs", "at least 10 words in every paragraph" and "at most 20 words" are such: no pair of
them says anything of 30 words. So are phrases that have together more words than there may be.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from hir_data.instructions import clash_rules, joint_reading
from hir_data.instructions.measures import WORDS, named, told
from hir_data.instructions.section_claims import COUNTED, COVERING
from hir_data.schemas.claims import Boundary, Claim, Count, HasElement
from hir_data.schemas.constraint import Constraint
from hir_data.verifiers.compose import Composite
from hir_data.verifiers.within import Within


class JointReason(NamedTuple):
    """Why no text satisfies all of some constraints.

    Attributes:
        reason: in words.
        certain: whether that holds by the definitions of the constraints; else by what a reader counts.
    """

    reason: str
    certain: bool


def clash(constraints: Sequence[Constraint]) -> JointReason | None:
    """Why three constraints or more do not go together; None where that is not known."""
    if len(constraints) < 3:
        return None
    parts = [one for one in constraints if isinstance(one, Within)]
    whole = [claim for one in constraints if not isinstance(one, Composite) for claim in one.claims()]
    if found := next(_of_sections(parts, _counts(whole)), None):
        return found
    if found := next(_of_items(whole), None):
        return found
    if reason := clash_rules.certain(whole):
        return JointReason(reason, certain=True)
    reason = clash_rules.unlikely(whole) or next(joint_reading.reasons(whole), None)
    return JointReason(reason, certain=False) if reason else None


def smallest(constraints: Sequence[Constraint]) -> tuple[tuple[int, ...], JointReason] | None:
    """The places of as few constraints as do not go together, and why; None where all do."""
    found = clash(constraints)
    if found is None:
        return None
    places = list(range(len(constraints)))
    for place in range(len(constraints)):
        fewer = [each for each in places if each != place]
        if without := clash([constraints[each] for each in fewer]):
            places, found = fewer, without
    return tuple(places), found


def _of_sections(parts: Sequence[Within], whole: Sequence[Count]) -> Iterator[JointReason]:
    """Why sections have together more of something than the whole may, or less than it has to."""
    for part in parts:
        if part.index == "every":
            for size in _counts(part.constraint.claims()):
                yield from _of_every(part.unit, size, whole)
    yield from _of_numbered(parts, whole)


def _of_every(unit: str, size: Count, whole: Sequence[Count]) -> Iterator[JointReason]:
    """What so many sections have, each of a size between bounds, beside what the whole may have."""
    for sections in whole:
        if not _is_same(sections.of, COUNTED.get(unit, "")):
            continue
        for total in whole:
            if not _is_same(total.of, size.of):
                continue
            certain = sections.of == COUNTED[unit] and total.of == size.of
            said = f"{told(sections)}, each with {told(size)}: "
            if total.most is not None and sections.least * size.least > total.most:
                least = sections.least * size.least
                yield JointReason(f"{said}{least} {named(size.of)}, and {told(total)}", certain)
            if None in (sections.most, size.most) or unit not in COVERING:
                continue
            if (most := (sections.most or 0) * (size.most or 0)) < total.least:
                yield JointReason(f"{said}{most} {named(size.of)} at most, and {told(total)}", certain)


def _of_numbered(parts: Sequence[Within], whole: Sequence[Count]) -> Iterator[JointReason]:
    """What the first section and the second have together, beside what the whole may have."""
    for total in whole:
        if total.most is None:
            continue
        for unit in dict.fromkeys(part.unit for part in parts):
            sizes: dict[int, Count] = {}
            for part in parts:
                if part.unit == unit and isinstance(part.index, int) and part.index > 0:
                    for size in _counts(part.constraint.claims()):
                        before = sizes.get(part.index)
                        if _is_same(size.of, total.of) and (before is None or size.least > before.least):
                            sizes[part.index] = size
            if (least := sum(size.least for size in sizes.values())) > total.most:
                certain = all(size.of == total.of for size in sizes.values())
                several = f"{len(sizes)} {unit}s with {least} {named(total.of)}"
                yield JointReason(f"{several} and {told(total)}", certain)


def _of_items(whole: Sequence[Claim]) -> Iterator[JointReason]:
    """Why list items or sections, and what stands before and behind them, are more than a reader may count.

    Each item is a sentence, each section a paragraph at least; so is a start, an end or a postscript that
    belongs to none.
    """
    edges: dict[str, str] = {}
    for claim in whole:
        match claim:
            case Boundary(at, text) if _WORD.search(text) and (at == "start" or _SENTENCE.fullmatch(text)):
                edges[at] = f'"{text}"'
            case HasElement("a postscript"):
                edges["postscript"] = "a postscript"
    for items in _counts(whole):
        of = items.of.partition(" ")[0]
        beside = [said for at, said in edges.items() if at in _BESIDE.get(of, ())]
        if not beside or not items.least:
            continue
        for total in _counts(whole):
            if total.most is None or _read(total.of) not in _HOLDS[of]:
                continue
            if items.least <= total.most < items.least + len(beside):
                reason = f"{told(items)} beside {' and '.join(beside)}, and {told(total)}"
                yield JointReason(reason, certain=False)


_WORD = re.compile(r"[^\W_]")
_SENTENCE = re.compile(r"\S+\s.*[.!?]")
_HOLDS = {"bullet": frozenset({"sentences"}), "sections": frozenset({"sentences", "paragraphs"})}
"""What each item of a list, and each section, is at least one of."""
_BESIDE = {"bullet": ("start", "end", "postscript"), "sections": ("postscript",)}
"""What is no part of an item, and of a section."""


def _counts(claims: Iterable[Claim]) -> list[Count]:
    return [claim for claim in claims if isinstance(claim, Count)]


def _is_same(one: str, other: str) -> bool:
    """Whether a reader takes two measures for one, whatever their definitions."""
    return one == other or _read(one) == _read(other)


def _read(of: str) -> str:
    if of in WORDS:
        return "words"
    first, _, rest = of.partition(" ")
    if first == "paragraphs":
        return "lines" if rest == "line" else "paragraphs"
    return first if first in ("sentences", "characters") else of
