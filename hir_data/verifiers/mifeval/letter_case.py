"""M-IFEval's kinds about a language in capital or in small letters."""

from typing import ClassVar

from hir_data.schemas.constraint import Example, Verdict
from hir_data.schemas.registry import register
from hir_data.text import language
from hir_data.text.text import Text
from hir_data.verifiers.compare import letters_share
from hir_data.verifiers.mifeval.amounts import Mifeval


class _Cased(Mifeval):
    """A text in one language and in letters of one size; what has no letters is in every language."""

    code: ClassVar[str]
    capital: ClassVar[bool]

    def check(self, text: Text) -> Verdict:
        cased = text.raw.isupper() if self.capital else text.raw.islower()
        if not cased:
            return Verdict(False, f"not all letters are {'capital' if self.capital else 'small'}")
        detected = language.detect(text.lower)  # which takes capitals of one language for another
        return Verdict(detected in (self.code, None), f"detected {detected}")

    def nearness(self, text: Text) -> float:
        return letters_share(text.raw, str.isupper if self.capital else str.islower)


@register("es:change_case:spanish_capital")
class SpanishCapital(_Cased):
    """The response is in Spanish and in capital letters."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write your whole answer in Spanish and in capital letters only.",
        "Use Spanish, and write every letter as a capital.",
    )
    example: ClassVar[Example] = Example({}, "HOY LLUEVE EN LA CIUDAD.", "Hoy llueve en la ciudad.")
    code, capital = "es", True


@register("es:change_case:spanish_lowercase")
class SpanishLowercase(_Cased):
    """The response is in Spanish and in small letters."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write your whole answer in Spanish and in lower-case letters only.",
        "Use Spanish and no capital letters.",
    )
    example: ClassVar[Example] = Example({}, "hoy llueve en la ciudad.", "Hoy llueve en la ciudad.")
    code, capital = "es", False


@register("fr:change_case:french_capital")
class FrenchCapital(_Cased):
    """The response is in French and in capital letters."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write your whole answer in French and in capital letters only.",
        "Use French, and write every letter as a capital.",
    )
    example: ClassVar[Example] = Example({}, "IL PLEUT SUR LA VILLE.", "Il pleut sur la ville.")
    code, capital = "fr", True


@register("fr:change_case:french_lowercase")
class FrenchLowercase(_Cased):
    """The response is in French and in small letters."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write your whole answer in French and in lower-case letters only.",
        "Use French and no capital letters.",
    )
    example: ClassVar[Example] = Example({}, "il pleut sur la ville.", "Il pleut sur la ville.")
    code, capital = "fr", False


@register("ca:change_case:catalan_capital")
class CatalanCapital(_Cased):
    """The response is in Catalan and in capital letters."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write your whole answer in Catalan and in capital letters only.",
        "Use Catalan, and write every letter as a capital.",
    )
    example: ClassVar[Example] = Example(
        {}, "AVUI PLOU A LA CIUTAT I NO SORTIM DE CASA.", "Avui plou a la ciutat i no sortim de casa."
    )
    code, capital = "ca", True


@register("ca:change_case:catalan_lowercase")
class CatalanLowercase(_Cased):
    """The response is in Catalan and in small letters."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write your whole answer in Catalan and in lower-case letters only.",
        "Use Catalan and no capital letters.",
    )
    example: ClassVar[Example] = Example(
        {}, "avui plou a la ciutat i no sortim de casa.", "Avui plou a la ciutat i no sortim de casa."
    )
    code, capital = "ca", False
