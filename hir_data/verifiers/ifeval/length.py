"""IFEval's kinds about length and paragraphs: ``length_constraints:*``."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from hir_data.schemas.claims import Claim, ContainsText, Count, ExcludesText, UnitEdge
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import WORDS, Choices
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import (
    Relation,
    about,
    amount,
    closeness,
    compare,
    count,
    exactly,
    mean,
    nearest_bound,
    opposite,
)

DIVIDER = re.compile(r"\s?\*\*\*\s?")
"""Three asterisks wherever they stand, in "***bold italic***" too; "---" and "* * *" are none."""


def divided(parts: Iterable[str], wanted: int) -> Verdict:
    """Whether dividers leave so many paragraphs; at the ends, and only there, a part may be blank."""
    paragraphs = [part.strip() for part in parts]
    if not all(paragraphs[1:-1]):
        return Verdict(False, "there is nothing between two of the dividers")
    verdict = exactly(sum(map(bool, paragraphs)), wanted, "paragraph")
    # Going by the dividers: a text without any has not tried.
    return replace(verdict, nearness=closeness(len(paragraphs) - 1, wanted - 1, wanted - 1))


@register("length_constraints:number_words")
class NumberWords(Constraint):
    """The response has at least, or less than, a number of words."""

    relation: Relation
    num_words: Annotated[int, Field(ge=0), Choices(range(50, 401, 10))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use {amount}.",
        "The length of your answer should be {relation} {num_words:word}.",
    )
    claims_are_exact = True

    @property
    def amount(self) -> str:
        """How many words, as an order says it."""
        return amount(self.relation, self.num_words, "word")

    example: ClassVar[Example] = Example(
        {"relation": "at least", "num_words": 3}, "One two three.", "One two."
    )

    def check(self, text: Text) -> Verdict:
        return compare(len(text.words), self.relation, self.num_words, "word")

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(
            num_words=nearest_bound(len(text.words), self.relation, trivial=min(19, self.num_words // 2))
        )

    def flip(self, text: Text) -> Constraint | None:
        return self.try_replace(relation=opposite(self.relation))

    def claims(self) -> Sequence[Claim]:
        return [about("words", self.relation, self.num_words)]


@register("length_constraints:number_sentences")
class NumberSentences(Constraint):
    """The response has at least, or less than, a number of sentences."""

    relation: Relation
    num_sentences: Annotated[int, Field(ge=0), Choices(range(3, 16))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write {amount}.",
        "The number of sentences in your answer should be {relation} {num_sentences}.",
    )
    claims_are_exact = True

    @property
    def amount(self) -> str:
        """How many sentences, as an order says it."""
        return amount(self.relation, self.num_sentences, "sentence")

    example: ClassVar[Example] = Example(
        {"relation": "at least", "num_sentences": 2}, "It rains. We stay in.", "It rains so we stay in."
    )

    def check(self, text: Text) -> Verdict:
        return compare(len(text.sentences), self.relation, self.num_sentences, "sentence")

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(
            num_sentences=nearest_bound(
                len(text.sentences), self.relation, trivial=min(2, self.num_sentences // 2)
            )
        )

    def flip(self, text: Text) -> Constraint | None:
        return self.try_replace(relation=opposite(self.relation))

    def claims(self) -> Sequence[Claim]:
        return [about("sentences", self.relation, self.num_sentences)]


@register("length_constraints:number_paragraphs")
class NumberParagraphs(Constraint):
    """The response has exactly a number of paragraphs, divided by ``***``."""

    num_paragraphs: Annotated[int, Field(ge=1), Choices(range(2, 7))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write exactly {num_paragraphs:paragraph} and separate them by the divider ***",
        "Structure your answer as {num_paragraphs:paragraph} with the markdown divider *** between them.",
    )
    example: ClassVar[Example] = Example(
        {"num_paragraphs": 2}, "First part.\n***\nSecond part.", "First part.\n\nSecond part."
    )
    conflicts: ClassVar[tuple[str, ...]] = (
        "length_constraints:number_sentences",
        "length_constraints:nth_paragraph_first_word",
    )

    def check(self, text: Text) -> Verdict:
        return divided(DIVIDER.split(text.raw), self.num_paragraphs)

    def nearest(self, text: Text) -> Constraint | None:
        found = sum(1 for part in DIVIDER.split(text.raw) if part.strip())
        return self.try_replace(num_paragraphs=found) if found > 1 else None

    def claims(self) -> Sequence[Claim]:
        # Six asterisks are two dividers with nothing between them.
        dividers = self.num_paragraphs - 1
        return [
            Count("paragraphs between ***", self.num_paragraphs, self.num_paragraphs),
            *([ContainsText("***", dividers)] if dividers else []),
            ExcludesText("******"),
        ]


@register("length_constraints:nth_paragraph_first_word")
class NthParagraphFirstWord(Constraint):
    """There are exactly so many paragraphs, divided by blank lines, and one of them starts with a word."""

    num_paragraphs: Annotated[int, Field(ge=1), Choices(range(2, 7))]
    nth_paragraph: Annotated[int, Field(ge=1), Choices((1, 2))]
    first_word: Annotated[str, Field(min_length=1), Choices(WORDS)]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write {num_paragraphs:paragraph} with a blank line between them, and start paragraph "
        '{nth_paragraph} with the word "{first_word}".',
        "Your answer should have {num_paragraphs:paragraph} with two line breaks between them, and the "
        'first word of paragraph {nth_paragraph} should be "{first_word}".',
    )
    composable = False  # a sound variant is (verifiers/hackable.py)
    example: ClassVar[Example] = Example(
        {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "later"},
        "We met in spring.\n\nLater we moved.",
        "We met in spring.\n\nThen we moved.",
    )
    conflicts: ClassVar[tuple[str, ...]] = ("length_constraints:number_paragraphs",)

    @model_validator(mode="after")
    def _paragraph_exists(self) -> Self:
        if self.nth_paragraph > self.num_paragraphs:
            raise ValueError(f"nth_paragraph is {self.nth_paragraph} of {self.num_paragraphs} paragraphs")
        return self

    def check(self, text: Text) -> Verdict:
        chunks = text.raw.split("\n\n")
        found = sum(1 for chunk in chunks if chunk.strip())
        if self.nth_paragraph > found:
            return Verdict(False, f"found {count(found, 'paragraph')}, wanted {self.num_paragraphs}")
        # The n-th chunk, blank ones counted: an extra blank line shifts the paragraphs behind it.
        paragraph = chunks[self.nth_paragraph - 1].strip()
        if not paragraph:
            return Verdict(
                False, f"there is nothing between the blank lines at paragraph {self.nth_paragraph}"
            )
        word = _first_word(paragraph)
        return Verdict(
            found == self.num_paragraphs and word == self.first_word.lower(),
            f'found {count(found, "paragraph")} and "{word}", '
            f'wanted {self.num_paragraphs} and "{self.first_word.lower()}"',
        )

    def nearness(self, text: Text) -> float:
        chunks = [chunk for chunk in text.raw.split("\n\n") if chunk.strip()]
        first = [_first_word(chunk) for chunk in chunks[self.nth_paragraph - 1 :][:1]]
        fits = closeness(len(chunks), self.num_paragraphs, self.num_paragraphs)
        return mean([fits, first == [self.first_word.lower()]])

    def nearest(self, text: Text) -> Constraint | None:
        chunks = text.raw.split("\n\n")
        words = {nth: _first_word(chunk) for nth, chunk in enumerate(chunks, 1) if chunk.strip()}
        plain = [nth for nth, word in words.items() if word.isalpha()]
        nth = min(plain, key=lambda nth: abs(nth - self.nth_paragraph), default=0)
        found = {"num_paragraphs": len(words), "nth_paragraph": nth, "first_word": words.get(nth)}
        return self.try_replace(**found) if len(words) > 1 else None

    def claims(self) -> Sequence[Claim]:
        unit: Literal["first paragraph", "paragraph"] = (
            "first paragraph" if self.nth_paragraph == 1 else "paragraph"
        )
        return [
            Count("paragraphs", self.num_paragraphs, self.num_paragraphs),
            ContainsText(self.first_word),
            UnitEdge("start", unit, self.first_word.lower()),
        ]


def _first_word(paragraph: str) -> str:
    """The first word in lower case, up to the first punctuation mark; "don't" is "don"."""
    word = paragraph.split()[0].lstrip("'").lstrip('"')
    return re.split(r"[.,?!'\"]", word, maxsplit=1)[0].lower()
