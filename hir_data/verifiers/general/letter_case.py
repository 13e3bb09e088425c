"""Letters in one case, but for a few words."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from hir_data.schemas.claims import Case, Claim
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import closeness, count

_WORDS = {"upper": ("capital", "lower-case"), "lower": ("lower-case", "capital")}


@register("letter_case")
class LetterCase(Constraint):
    """All letters are in one case, but for those of one word in so many at most.

    A word is what stands between white space. ``one_in`` leaves room for names, abbreviations and slips: with
    50, a text of 49 words may have none in the other case, one of 100 words two. Letters without a case, as
    in Arabic or Chinese, are in any. The language does not matter.
    """

    case: Literal["upper", "lower"]
    one_in: Annotated[int, Field(ge=2)] | None = None

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write your answer in {letters} letters{beside}.",
        "Use {letters} letters{beside}.",
    )
    example: ClassVar[Example] = Example(
        {"case": "lower", "one_in": 10},
        "the engine of the USA runs at a very low speed.",
        "The engine of the USA runs at a very low speed.",
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
        if self.one_in is None:
            return " only"
        return f"; at most one word in {self.one_in} may have {_WORDS[self.case][1]} letters"

    def found(self, text: Text) -> int:
        """How many words have a letter in the other case."""
        change = str.upper if self.case == "upper" else str.lower
        return sum(piece != change(piece) for piece in text.pieces)

    def check(self, text: Text) -> Verdict:
        if not any(map(str.isupper if self.case == "upper" else str.islower, text.raw)):
            return Verdict(False, f"there is no {self.letters} letter")
        found, most = self.found(text), self._most(text)
        reason = f"found {count(found, 'word')} with {_WORDS[self.case][1]} letters, wanted at most {most}"
        return Verdict(found <= most, reason)

    def nearness(self, text: Text) -> float:
        """How near the number of exceptions is to that allowed; of a text all in the other case, nothing."""
        cased = sum(piece.lower() != piece.upper() for piece in text.pieces)
        found = self.found(text)
        return closeness(found, None, self._most(text)) if found < cased else 0.0

    def nearest(self, text: Text) -> Constraint | None:
        """With as many exceptions as there are, where they are few."""
        found = self.found(text)
        fitting = (number for number in ONE_IN[self.case] if found * number <= len(text.pieces))
        return self.try_replace(one_in=next(fitting, None)) if found else None

    def claims(self) -> Sequence[Claim]:
        return [] if self.one_in else [Case(self.case)]

    def _most(self, text: Text) -> int:
        return len(text.pieces) // self.one_in if self.one_in else 0


ONE_IN = {"upper": (100, 50, 20), "lower": (100, 50)}
"""In how many words people allow for one in the other case; any prose has one capital letter in some 20."""
