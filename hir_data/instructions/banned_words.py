"""Words and phrases that one constraint demands and another one forbids, as a reader takes both.

Checks look at words in their own ways: IFTrain's ban of a word sees it only between two spaces, so that a
text can keep the ban and end with the word. Whoever reads both sees a contradiction.
"""

import re
from collections.abc import Callable, Sequence

from hir_data.schemas.claims import (
    Boundary,
    Claim,
    ContainsText,
    Count,
    ExcludesText,
    HasElement,
    UnitEdge,
    Variants,
    WordAt,
)

_Demand = Boundary | ContainsText | HasElement | UnitEdge | Variants | WordAt


def _demanded(claim: _Demand) -> list[str]:
    """The texts that stand in an answer whatever else does."""
    match claim:
        case Variants(phrase):
            # Any of its middle words may be the one that is changed.
            words = phrase.split()
            return [words[0], words[-1]] if words else []
        case HasElement(_, mark):
            return [mark] if claim.element == "a postscript" else []
        case _:
            return [claim.text] if claim.text else []


def _demanded_and_banned(demand: _Demand, ban: ExcludesText) -> str | None:
    banned = ban.text.strip()
    if not re.search(r"\w", banned):
        return None
    as_word = ban.whole_word or banned != ban.text
    text = next((text for text in _demanded(demand) if _has(text, banned, as_word)), None)
    return f'"{text}" has to occur, and "{banned}" must not' if text else None


def with_bans(claims: Sequence[Claim]) -> list[Claim]:
    """The claims, and that a word must not occur where it may occur no time."""
    counts = (claim for claim in claims if isinstance(claim, Count) and claim.most == 0)
    none = [count.of.removeprefix("occurrences ") for count in counts if count.of.startswith("occurrences ")]
    return [*claims, *map(ExcludesText, none)]


def _has(text: str, banned: str, as_word: bool) -> bool:
    pattern = re.escape(banned.lower())
    return re.search(rf"(?<!\w){pattern}(?!\w)" if as_word else pattern, text.lower()) is not None


BANNED_WORDS: dict[tuple[type, type], Callable[..., str | None]] = {
    (demand, ExcludesText): _demanded_and_banned
    for demand in (Boundary, ContainsText, HasElement, UnitEdge, Variants, WordAt)
}
"""The rules, by what they compare."""
