"""M-IFEval's kinds for Spanish."""

from typing import Annotated, ClassVar

import regex
from pydantic import Field

from hir_data.schemas.constraint import Example, Verdict
from hir_data.schemas.drawing import Choices
from hir_data.schemas.registry import register
from hir_data.text.excerpt import excerpt
from hir_data.text.normal import normalized
from hir_data.text.text import Text
from hir_data.verifiers.compare import exactly
from hir_data.verifiers.mifeval.amounts import Bound, Mifeval, measured

Number = Annotated[int, Field(ge=0), Choices(range(2, 10))]


def words_with(letters: str, text: Text) -> int:
    """How many words have one of these letters, in either case."""
    composed = normalized(text.raw, "NFC")
    wanted = {*letters, *letters.upper()}
    return sum(not wanted.isdisjoint(word) for word in regex.findall(r"[\w'’]+", composed))


class _WordsWith(Mifeval):
    """Exactly so many words have a letter."""

    let_frequency: Number
    letter: ClassVar[str]

    def check(self, text: Text) -> Verdict:
        return exactly(words_with(self.letter, text), self.let_frequency, f"word with {self.letter}")


@register("es:special_character:enie")
class Enie(_WordsWith):
    """Exactly so many words have the letter ñ."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use exactly {let_frequency:word} with the letter ñ.",
        "The number of words with an ñ has to be {let_frequency}.",
    )
    example: ClassVar[Example] = Example({"let_frequency": 2}, "El niño sueña.", "El niño duerme.")
    letter = "ñ"


@register("es:special_character:dieresis")
class Dieresis(_WordsWith):
    """Exactly so many words have the letter ü."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use exactly {let_frequency:word} with the letter ü.",
        "The number of words with a ü has to be {let_frequency}.",
    )
    example: ClassVar[Example] = Example(
        {"let_frequency": 1}, "El pingüino nada.", "El pingüino es bilingüe."
    )
    letter = "ü"


@register("es:special_character:tildes")
class Tildes(Mifeval):
    """At least, at most or fewer than so many words have an accent (á, é, í, ó, ú)."""

    relation: Bound
    num_words: Number

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use {relation} {num_words:word} with a written accent.",
        "The number of words with a written accent has to be {relation} {num_words}.",
    )
    example: ClassVar[Example] = Example(
        {"relation": "at least", "num_words": 2}, "Aquí está.", "Aquí duerme."
    )

    def check(self, text: Text) -> Verdict:
        return measured(words_with("áéíóú", text), self.relation, self.num_words, "word with an accent")


@register("es:punctuation:question_marks")
class QuestionMarks(Mifeval):
    """There is a question between its two Spanish marks."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Include a question with both of its marks (¿...?).",
        "Your answer has to have a question between ¿ and ?.",
    )
    example: ClassVar[Example] = Example({}, "Llueve. ¿Vienes?", "Llueve. Vienes?")

    def check(self, text: Text) -> Verdict:
        found = regex.search(r"¿[^¿?]*[^\s¿?][^¿?]*\?", text.raw)
        return Verdict(found is not None, f"found {excerpt(found[0], 80)!r}" if found else "found no ¿...?")


@register("es:punctuation:exclamation_marks")
class ExclamationMarks(Mifeval):
    """There is an exclamation between its two Spanish marks."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Include an exclamation with both of its marks (¡...!).",
        "Your answer has to have an exclamation between ¡ and !.",
    )
    example: ClassVar[Example] = Example({}, "Llueve. ¡Ven!", "Llueve. Ven!")

    def check(self, text: Text) -> Verdict:
        found = regex.search(r"¡[^¡!]*[^\s¡!][^¡!]*!", text.raw)
        return Verdict(found is not None, f"found {excerpt(found[0], 80)!r}" if found else "found no ¡...!")
