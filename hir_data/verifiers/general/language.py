"""The language of a response, told only where it can be told."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from hir_data.schemas.claims import Claim, Language
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import Choices
from hir_data.schemas.registry import register
from hir_data.text import identify
from hir_data.text.language_tags import LanguageTag, language_name, parse_tag
from hir_data.text.text import Text

_COMMON = ("de", "es", "fr", "hi", "it", "ja", "ko", "pt", "ru", "zh-Hans", "zh-Hant")
_WRITTEN_IN = {"CN": "Hans", "SG": "Hans", "TW": "Hant", "HK": "Hant", "MO": "Hant"}
"""How Chinese is written in a region."""


def _known(tag: str) -> str:
    """The tag as it is usually written: "pt-BR" of "PT_br", "zh-Hant" of "zh-TW"."""
    parts = parse_tag(tag)
    if parts.language not in identify.languages():
        raise ValueError(f"no language that can be told: {tag!r} (known: {', '.join(identify.languages())})")
    if parts.language == "zh":
        parts = LanguageTag("zh", parts.script or _WRITTEN_IN.get(parts.region, ""))
    if parts.script and not identify.knows_script(parts.language, parts.script):
        raise ValueError(f"no script of {language_name(parts.language)} that can be told: {parts.script!r}")
    return str(parts)


@register("language")
class InLanguage(Constraint):
    """The response is in a language, given by its tag (BCP 47): "fr", "pt-BR", "zh-Hant", "sr-Latn".

    A region is asked for, but not checked: Portuguese of any country is "pt-BR". That of Chinese says how it
    is written ("zh-TW" is "zh-Hant"), and a script is checked.
    At least ``min_share`` percent of its letters are, by its sentences; code and addresses do not count. It
    is undetermined for a response without letters, or too short to tell, and between languages that look
    alike, such as Croatian and Bosnian. For a response in several languages, say how much of each.
    """

    language: Annotated[str, AfterValidator(_known), Choices(_COMMON)]
    min_share: Annotated[int, Field(ge=1, le=100)] = 80

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write your answer in {language_name}{extent}.",
        "Your answer has to be in {language_name}{extent}.",
    )
    example: ClassVar[Example] = Example(
        {"language": "fr"},
        "Il fait très beau aujourd'hui à Paris, et nous allons nous promener.",
        "The weather is lovely in Paris today, and we are going for a walk.",
    )
    conflicts: ClassVar[tuple[str, ...]] = (
        "language:response_language",
        "change_case:english_capital",
        "change_case:english_lowercase",
        "detectable_format:multiple_sections",
        "keywords:existence",
        "keywords:forbidden_words",
        "keywords:frequency",
        "startend:end_checker",
    )

    @property
    def language_name(self) -> str:
        """The language's name in English, with its region: "Portuguese (BR)"."""
        return language_name(self.language)

    @property
    def _told(self) -> str:
        """The tag of what can be told."""
        return str(parse_tag(self.language)._replace(region=""))

    @property
    def extent(self) -> str:
        """How much of the answer, in words, where it is not most of it."""
        return "" if self.min_share == 80 else f", at least {self.min_share}% of it"

    def check(self, text: Text) -> Verdict:
        found = identify.shares(text.raw, self._told)
        if found is None:
            return Verdict(None, "no letters to tell a language by", "error")
        reason = f"{found.least:.0f}% {{}} in {self._told}, wanted at least {self.min_share}%"
        if found.least >= self.min_share:
            return Verdict(True, reason.format("are"))
        if found.most < self.min_share:
            return Verdict(False, reason.format("are"))
        return Verdict(None, f"{reason.format('are surely')}; the rest cannot be told", "error")

    def nearness(self, text: Text) -> float:
        found = identify.shares(text.raw, self._told)
        return found.least / self.min_share if found else 0.0

    def nearest(self, text: Text) -> Constraint | None:
        """In the language that the response has."""
        return self.try_replace(language=identify.identify(text.raw))

    def flip(self, text: Text) -> Constraint | None:
        return ~self

    def stated(self) -> dict[str, Any]:
        return {"language": self.language_name}

    def claims(self) -> Sequence[Claim]:
        """Of no proof: by shares it may hold of two."""
        return [Language(parse_tag(self.language).language, mostly=True)]
