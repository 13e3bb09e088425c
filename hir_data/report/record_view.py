"""One record for a terminal: the conversation, the verdicts and their reasons, and what decides, marked."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex
from rich.text import Text as Line

from hir_data.report.compared import compared_messages
from hir_data.report.described import described
from hir_data.report.marks import Span, places
from hir_data.report.replay_examples import ReplayPair, marked_constraint
from hir_data.report.visible import visible
from hir_data.schemas.constraint import Constraint
from hir_data.schemas.english import number_of
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.result import ConstraintResult, Verification
from hir_data.schemas.rollout import Rollout
from hir_data.text.text import Text

VERDICTS = {True: "satisfied", False: "violated", None: "undetermined"}
"""How a verdict is called."""

WORDS = {True: "yes", False: "no", None: "?"}
"""How a verdict is written in a column."""

STYLES = {True: "green", False: "red", None: "yellow"}
"""The colour of a verdict."""

MARKERS = ("\u27e6", "\u27e7")
"""What stands around a place that decides, where there are no colours; around whole words, so that these can
be read."""

_LETTER = regex.compile(
    r"[[\p{L}\p{M}\p{N}_]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]]", regex.V1
)
"""A character of a word, in scripts that have spaces between words."""

_MARK = {True: "black on green", False: "bold white on red", None: "black on yellow"}
_REMOVED, _ADDED = "strike red", "bold green"


class Block(NamedTuple):
    """A part of what is shown of a record.

    Attributes:
        title: what it is.
        columns: what it says; two stand side by side, each under a name.
        names: the names of two columns.
    """

    title: str
    columns: tuple[Line, ...]
    names: tuple[str, ...] = ()


class Marking(NamedTuple):
    """How places are marked.

    Attributes:
        colours: whether by colours, or by brackets.
        only: the number of the one constraint whose places are marked, from 0; None for all.
        longest: how many characters of a text are shown; None for all.
    """

    colours: bool
    only: int | None = None
    longest: int | None = None


def verification_blocks(verification: Verification, marking: Marking) -> list[Block]:
    """What is shown of a verification."""
    rollout, results = verification.rollout, verification.results
    words = len(Text(rollout.response).pieces)
    hits = sum(result.strict.satisfied is True for result in results)
    loose = "" if verification.ila_loose in (None, verification.ila) else ", loosely all"
    verdicts = [result.strict.satisfied for result in results]
    blocks = [
        Block(message.role, (_text(message.content, marking),)) for message in rollout.instruction.messages
    ]
    if rollout.original is not None:
        blocks.append(Block("with its thinking", (_text(rollout.original, marking),)))
    constraints = [result.constraint for result in results]
    marked = marked_text(rollout.response, constraints, verdicts, marking)
    meaning = _titled(marks_meaning(marked, marking))
    title = f"response, {number_of(words, 'word')}{_cut_off(rollout)}{meaning}"
    blocks.append(Block(title, (marked,)))
    title = f"constraints, {hits} of {len(results)} satisfied{loose}"
    blocks.append(Block(title, (_lines(list(_verdicts(results, marking))),)))
    return blocks


def _verdicts(results: Sequence[ConstraintResult], marking: Marking) -> Iterator[Line]:
    for number, result in enumerate(results):
        strict, loose = result.strict.satisfied, (result.loose or result.strict).satisfied
        line = Line(f"{'>' if marking.only == number else ' '}{number + 1:>2} ")
        line.append(f"{WORDS[strict]:<4}", style=STYLES[strict])
        if loose != strict:
            line.append(f"(loose: {WORDS[loose]}) ", style=STYLES[loose])
        yield line.append(visible(result.constraint.kind), style="bold")
        yield Line(f"        {_flat(described(result.constraint))}")
        if result.reason:
            yield Line(f"        {_flat(result.reason)}", style=STYLES[strict])


def pair_blocks(pair: ReplayPair, marking: Marking) -> list[Block]:
    """What is shown of a replay beside its source."""
    source, replay = pair
    blocks = []
    for role, parts in compared_messages(source.instruction, replay.instruction):
        before = _parts(parts, "-", _REMOVED, marking)
        after = _parts(parts, "+", _ADDED, marking)
        names = (f"source{_own(before, marking)}", f"replay{_own(after, marking)}")
        blocks.append(Block(role, (before, after), names))
    fates = []
    for number, ((change, bits), verdict) in enumerate(
        zip(replay.changes_with_bits(), source.verdicts, strict=False)
    ):
        line = Line(f"{'>' if marking.only == number else ' '}{number + 1:>2} ")
        line.append(f"{WORDS[verdict]:<4}", style=STYLES[verdict])
        line.append(visible(change.constraint.kind), style="bold").append(f", {change.fate}")
        if verdict is True and change.fate not in ("kept", "substitute"):
            line.append(" (a strict reader counts less)")
        line.append("" if bits is None else f", {bits:.1f} bits")
        fates += [line, Line(f"        {_flat(described(change.constraint))}")]
        if change.became is not None and change.became != change.constraint:
            fates.append(Line(f"        {_flat(described(change.became))}", style=_ADDED))
    blocks.append(Block(f"constraints{_bits(pair)}", (_lines(fates),)))
    shown = [marked_constraint(change, replay.response[: marking.longest]) for change in replay.changes]
    pairs_shown = zip(replay.changes, shown, strict=True)
    verdicts = [True if change.became == constraint else None for change, constraint in pairs_shown]
    marked = marked_text(replay.response, shown, verdicts, marking)
    blocks.append(Block(f"response{_cut_off(replay)}{_titled(marks_meaning(marked, marking))}", (marked,)))
    return blocks


def _cut_off(drawn: Rollout | ReplaySample) -> str:
    from hir_data.replays.fitness.form import reached_limit  # check needs none of that room

    return ", cut off at its token limit" if reached_limit(drawn) else ""


_MEANINGS = {False: "red violates", True: "green satisfies", None: "yellow is undecided"}


def marks_meaning(marked: Line, marking: Marking) -> str:
    """What the marks in a text mean, in words; nothing where there is none."""
    if not marking.colours:
        return f"{' '.join(MARKERS)} what decides about a constraint" if MARKERS[0] in marked.plain else ""
    seen = {span.style for span in marked.spans}
    meanings = [words for verdict, words in _MEANINGS.items() if _MARK[verdict] in seen]
    return f"marked: {', '.join(meanings)}" if meanings else ""


def _titled(meaning: str) -> str:
    return f"; {meaning}" if meaning else ""


def _own(side: Line, marking: Marking) -> str:
    """What the marks in one of two texts mean, for its title."""
    return f"; {' '.join(MARKERS)} only here" if not marking.colours and MARKERS[0] in side.plain else ""


def _bits(pair: ReplayPair) -> str:
    before, after = pair.source.source_bits or pair.replay.source_bits, pair.replay.instruction_bits
    return "" if before is None or after is None else f": {before:.1f} bits before, {after:.1f} now"


def _parts(parts: Sequence[Sequence[str]], own: str, style: str, marking: Marking) -> Line:
    """One side of two texts: what both have, and what it has alone."""
    line = Line()
    for tag, text in parts:
        if tag == "=":
            line.append(visible(text))
        elif tag == own:
            opening, closing = ("", "") if marking.colours else MARKERS
            line.append(f"{opening}{visible(text)}{closing}", style=style)
    return _shortened(line, marking)


def marked_text(
    text: str, constraints: Sequence[Constraint], verdicts: Sequence[bool | None], marking: Marking
) -> Line:
    """A response with the places that decide marked, those of violated constraints above others.

    Args:
        text: the response.
        constraints: whose places are marked.
        verdicts: on each of them.
        marking: how.
    """
    shown = text if marking.longest is None else text[: marking.longest]
    spans: list[tuple[Span, bool | None]] = []
    for wanted in (False, None, True):
        for number, (constraint, verdict) in enumerate(zip(constraints, verdicts, strict=True)):
            if verdict is wanted and marking.only in (None, number):
                found = places(constraint, shown)
                spans += [(span if marking.colours else _whole_words(shown, span), verdict) for span in found]
    free, kept = bytearray(len(shown)), []
    for (start, end), verdict in spans:
        if not any(free[start:end]):
            free[start:end] = b"\1" * (end - start)
            kept.append((start, end, verdict))
    line, at = Line(), 0
    opening, closing = ("", "") if marking.colours else MARKERS
    for start, end, verdict in sorted(kept):
        line.append(visible(shown[at:start]))
        line.append(f"{opening}{visible(shown[start:end])}{closing}", style=_MARK[verdict])
        at = end
    line.append(visible(shown[at:]))
    return _with_rest(line, len(text) - len(shown))


def _whole_words(text: str, span: Span) -> Span:
    """A place with the rest of the words that it begins and ends in."""
    start, end = span
    while 0 < start < len(text) and _inside(text, start):
        start -= 1
    while 0 < end < len(text) and _inside(text, end):
        end += 1
    return start, end


def _inside(text: str, place: int) -> bool:
    """Whether a word goes on from the character before a place to the one behind it."""

    def is_letter(at: int) -> bool:
        return 0 <= at < len(text) and _LETTER.match(text[at]) is not None

    before, behind = place - 1, place
    if text[before] in "'\u2019":
        return is_letter(before - 1) and is_letter(behind)
    if text[behind] in "'\u2019":
        return is_letter(before) and is_letter(behind + 1)
    return is_letter(before) and is_letter(behind)


def _text(text: str, marking: Marking) -> Line:
    return _shortened(Line(visible(text)), marking)


def _shortened(line: Line, marking: Marking) -> Line:
    if marking.longest is None or len(line) <= marking.longest:
        return line
    left_out = len(line) - marking.longest
    return _with_rest(line[: marking.longest], left_out)


def _with_rest(line: Line, left_out: int) -> Line:
    return line if left_out <= 0 else line.append(f"\n[... {left_out:,} more characters]", style="dim")


def _lines(lines: Sequence[Line]) -> Line:
    return Line("\n").join(lines)


def _flat(text: str) -> str:
    return visible(" ".join(text.split()))
