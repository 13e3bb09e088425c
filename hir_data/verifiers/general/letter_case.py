"""Letters in one case, but for abbreviations."""

import re
from collections.abc import Sequence
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from hir_data.schemas.claims import Case, Claim
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import closeness, count

_WORDS = {"upper": ("capital", "lower-case"), "lower": ("lower-case", "capital")}


@register("letter_case")
class LetterCase(Constraint):
    """All letters are in one case, but for those of abbreviations if they may be.

    With ``abbreviations`` a text in lower-case letters may have abbreviations in capitals: words of two to
    five capital letters, with or without full stops, such as "USA", "P.S." and "TVs", which are a tenth of
    its words at most. A word is what stands between white space. Letters without a case, as in Arabic or
    Chinese, are in any. The language does not matter.
    """

    case: Literal["upper", "lower"]
    abbreviations: bool = False

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write your answer in {letters} letters{beside}.",
        "Use {letters} letters{beside}.",
    )
    example: ClassVar[Example] = Example(
        {"case": "lower", "abbreviations": True},
        "the engine that was built in the USA runs at a very low speed.",
        "the engine that was built in Oslo runs at a very low speed.",
    )
    composable = False  # instructions are composed with the kinds that leave nothing open
    conflicts: ClassVar[tuple[str, ...]] = (
        "change_case:english_capital",
        "change_case:english_lowercase",
        "change_case:capital_word_frequency",
        "muldimif:uppercase",
        "muldimif:lowercase",
        "muldimif:capitalized",
        "format:title_case",
    )

    @property
    def letters(self) -> str:
        """The case in words."""
        return _WORDS[self.case][0]

    @property
    def beside(self) -> str:
        """What may be in the other case, in words."""
        return ", except for abbreviations" if self.abbreviations else " only"

    @model_validator(mode="after")
    def _capitals_of_abbreviations(self) -> Self:
        if self.abbreviations and self.case == "upper":
            raise ValueError("abbreviations are in capital letters anyway: leave abbreviations out")
        return self

    def found(self, text: Text) -> int:
        """How many words have a letter in the other case that they may not have."""
        change = str.upper if self.case == "upper" else str.lower
        beside = [piece for piece in text.pieces if piece != change(piece)]
        if not self.abbreviations:
            return len(beside)
        known = sum(_ABBREVIATION.fullmatch(piece) is not None for piece in beside)
        return len(beside) - min(known, len(text.pieces) // _WORDS_FOR_EACH)

    def check(self, text: Text) -> Verdict:
        if not any(map(str.isupper if self.case == "upper" else str.islower, text.raw)):
            return Verdict(False, f"there is no {self.letters} letter")
        found = self.found(text)
        return Verdict(not found, f"found {count(found, 'word')} with {_WORDS[self.case][1]} letters")

    def nearness(self, text: Text) -> float:
        """How near the number of exceptions is to none; of a text all in the other case, nothing."""
        cased = sum(piece.lower() != piece.upper() for piece in text.pieces)
        found = self.found(text)
        return closeness(found, None, 0) if found < cased else 0.0

    def nearest(self, text: Text) -> Constraint | None:
        """With abbreviations in capitals, where there is nothing else in them."""
        if self.case == "upper" or self.abbreviations or not self.found(text):
            return None
        other = self.replace(abbreviations=True)
        return other if other.check(text).satisfied else None

    def claims(self) -> Sequence[Claim]:
        return [] if self.abbreviations else [Case(self.case)]


_ABBREVIATION = re.compile(r"[^\w]*(?:(?:[A-Z]\.){1,5}[A-Z]?|[A-Z]{2,5}(?:['’]?s)?)(?:-[a-z\d]+)*[^\w]*")
_WORDS_FOR_EACH = 10
"""In how many words of a text there may be one abbreviation."""
