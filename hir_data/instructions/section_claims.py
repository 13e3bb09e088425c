"""What a claim of a section of a text, such as its second paragraph, says of the whole text."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Literal

from hir_data.schemas.claims import Boundary, Case, Claim, ContainsText, Count, ExcludesText
from hir_data.verifiers.within import Within

COVERING = frozenset({"word", "line", "paragraph"})
"""Units of which every text has one, and which leave out nothing but the white space between them."""
COUNTED = {
    "word": "words whitespace",
    "line": "paragraphs line",
    "paragraph": "paragraphs blank_line",
    "sentence": "sentences in any script",
}
_GROWING = ("words", "letter", "occurrences ", "characters codepoint False")


def lifted(within: Within, claims: Iterable[Claim]) -> Iterator[Claim]:
    """What is true of a whole text when the claims are true of its section.

    "The first paragraph has at least 50 words" says that the text has at least 50, and nothing of what it has
    at most. What is true of every section, where these leave nothing out, is true of the text: no paragraph
    has the word "sea", so the text has not.
    """
    if within.unit not in COUNTED:
        return
    every = within.index == "every"
    if isinstance(within.index, int):  # a third paragraph, also a third from the end: there are three
        yield Count(COUNTED[within.unit], least=abs(within.index))
    if every and within.unit not in COVERING:  # perhaps there is no section at all, and nothing is said
        return
    at_start = within.index in (1, "every") or within.first is not None
    at_end = within.index in (-1, "every") or within.last is not None
    for claim in claims:
        match claim:
            # A text has at least as many words as its section.
            case Count(of, least) if least and of.startswith(_GROWING):
                yield Count(of, least=least)
            # No letter of the kind in any line: none in the text, as no letter stands between lines.
            case Count(of, _, 0) if every and of.startswith("letter "):
                yield claim
            # A section is a part of the text letter by letter, unless it was put together from several with
            # other white space between them. Its first word may be the end of a longer one: no whole word.
            case ContainsText(text) if not _has_space(text) or (
                within.unit in COVERING and not _joined(within)
            ):
                yield replace(claim, whole_word=False)
            # The first section starts as the text does; a section elsewhere only contains its start.
            case Boundary(at, text, cased):
                if within.unit in COVERING and (at_start if at == "start" else at_end):
                    yield claim
                elif not _has_space(text):
                    yield ContainsText(text, cased=cased)
            # What has no white space in it lies in one section, and none has it.
            case ExcludesText(text) if every and not _has_space(text):
                yield claim
            case Case() if every:
                yield claim


def _joined(within: Within) -> bool:
    """Whether several sections are taken as one text, with other white space between them."""
    return max(within.first or 1, within.last or 1) > 1


def _has_space(text: str) -> bool:
    return any(map(str.isspace, text))


def same_section(one: Within, other: Within) -> bool:
    """Whether there is a section that both speak of, in every text that satisfies both."""
    if one.unit != other.unit:
        return False
    places = [_place(one), _place(other)]
    if "every" in places:
        alone = all(
            place == "every" or not _joined(within)
            for within, place in zip((one, other), places, strict=True)
        )
        return alone and (one.unit in COVERING or places != ["every", "every"])
    return places[0] == places[1]


def _place(within: Within) -> tuple[int | None, int | None, str | None] | int | Literal["every"]:
    if within.first == 1 or within.last == 1:
        return 1 if within.first else -1
    return within.index or (within.first, within.last, within.heading)
