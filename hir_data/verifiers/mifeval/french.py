"""M-IFEval's kinds for French."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import regex
from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from hir_data.schemas.constraint import Example, Verdict
from hir_data.schemas.drawing import Choices
from hir_data.schemas.english import enumerate_words
from hir_data.schemas.registry import register
from hir_data.text.normal import normalized
from hir_data.text.text import Text
from hir_data.text.words import word_pattern
from hir_data.verifiers.mifeval.amounts import Mifeval
from hir_data.verifiers.patterns import read_regex

_INFORMAL = regex.compile(
    r"(?<!\w)(?:tu|te|toi|ton|ta|tes|tien|tienne|tiennes)(?!\w)|(?<!\w)t['’](?=\w)", regex.IGNORECASE
)
_FORMAL = regex.compile(r"\b(?:vous|votre|vos|vôtre|vôtres)\b", regex.IGNORECASE)


@register("fr:detectable_content:informal_address")
class InformalAddress(Mifeval):
    """The reader is addressed with "tu" and never with "vous"."""

    phrasings: ClassVar[tuple[str, ...]] = (
        'Use the informal address ("tu") and never the formal one ("vous").',
        'The reader has to be addressed with "tu" throughout.',
    )
    example: ClassVar[Example] = Example({}, "Tu peux venir avec ton frère.", "Vous pouvez venir.")

    def check(self, text: Text) -> Verdict:
        formal = _FORMAL.search(text.raw)
        if formal:
            return Verdict(False, f"found {formal[0]!r}")
        informal = _INFORMAL.search(text.raw)
        return Verdict(informal is not None, f"found {informal[0]!r}" if informal else 'found no "tu"')


@register("fr:detectable_format:no_digits")
class NoDigits(Mifeval):
    """There are no digits: numbers are in words."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write all numbers in words, without digits.",
        "Your answer must not have any digits.",
    )
    example: ClassVar[Example] = Example({}, "Il a trois chats.", "Il a 3 chats.")

    def check(self, text: Text) -> Verdict:
        found = regex.findall(r"\p{Nd}", text.raw)
        return Verdict(not found, f"found {''.join(found[:20])}" if found else "found no digits")


def _pairs(words: Any) -> Any:
    return tuple(words.items()) if isinstance(words, Mapping) else words


@register("fr:special_character:accents")
class Accents(Mifeval):
    """Words that were written without their accents have them; given by what was written."""

    word_to_accentuate: Annotated[
        tuple[tuple[str, Annotated[str, Field(min_length=1)]], ...],
        Field(min_length=1),
        BeforeValidator(_pairs),
        PlainSerializer(dict),
        WithJsonSchema(
            {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}, "minProperties": 1}
        ),
        Choices([("ecole", "école"), ("tot", "tôt"), ("deja", "déjà")], most=2),
    ]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write the accents of {words}.",
        "Your answer has to have {words}, accents and all.",
    )
    example: ClassVar[Example] = Example(
        {"word_to_accentuate": {"deja": "déjà"}}, "Tu as déjà mangé ?", "Tu as deja mangé ?"
    )

    @property
    def words(self) -> str:
        """The words with their accents."""
        return enumerate_words([f'"{word}"' for _, word in self.word_to_accentuate])

    def check(self, text: Text) -> Verdict:
        composed = normalized(text.raw, "NFC")
        missing = [word for _, word in self.word_to_accentuate if not _occurs(word, composed)]
        return Verdict(not missing, f"missing: {enumerate_words(missing)}" if missing else "all are there")


def _occurs(word: str, text: str) -> bool:
    pattern = word_pattern(normalized(word, "NFC"))
    return read_regex(pattern, regex.VERSION1 | regex.IGNORECASE).search(text) is not None


@register("fr:special_character:no_accents")
class NoAccents(Mifeval):
    """No letter has an accent, a cedilla or another mark."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write without accents: none on any letter.",
        "No letter of your answer may have an accent.",
    )
    example: ClassVar[Example] = Example({}, "Il pleut sur la ville.", "Il pleut à Orléans.")

    def check(self, text: Text) -> Verdict:
        found = regex.findall(r"\p{Latin}\p{Mn}+", normalized(text.raw, "NFD"))
        shown = normalized("".join(dict.fromkeys(found))[:20], "NFC")
        return Verdict(not found, f"found {shown}" if found else "found no accents")


@register("fr:special_character:ethel_or_cedilla")
class EthelOrCedilla(Mifeval):
    """A character (œ or ç) is nowhere, in neither case."""

    forbidden_char: Literal["œ", "ç"]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not use the character {forbidden_char}.",
        "Your answer must not have the character {forbidden_char} anywhere.",
    )
    example: ClassVar[Example] = Example({"forbidden_char": "ç"}, "Un enfant joue.", "Un garçon joue.")

    def check(self, text: Text) -> Verdict:
        found = normalized(text.lower, "NFC").count(self.forbidden_char)
        return Verdict(not found, f"found {self.forbidden_char} {found} times" if found else "not found")
