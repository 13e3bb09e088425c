"""What some kinds of IFEval and IFBench mean, without what these let through (see ``verifiers.hackable``)."""

import itertools
import re
from collections.abc import Sequence
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from hir_data.schemas.claims import (
    Claim,
    ContainsText,
    Count,
    HasElement,
    Roughly,
    SentenceRule,
    UnitEdge,
)
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import WORDS, Choices
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.text.words import words
from hir_data.verifiers.compare import count, quoted
from hir_data.verifiers.general.text import composed

_JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_CLOSING = "\"'”’»›」』】）)]}*_~` "
_ITEM = re.compile(r"^([ \t]*)(?:[-*+•]|\d{1,3}[.)])[ \t]+\S", re.MULTILINE)


@register("equal_sentences")
class EqualSentences(Constraint):
    """There are so many sentences, equally long in characters, and no word is in two of them."""

    number: Annotated[int, Field(ge=2, le=20), Choices((2, 3, 4))] = 3

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write exactly {number} sentences with the same number of characters each, and use no word in more "
        "than one of them.",
        "Your answer should be {number} sentences that are equally long in characters and share no word.",
    )
    example: ClassVar[Example] = Example({"number": 2}, "The sea is blue. We row our boat.", "Cat. Cat.")
    no_hindsight = "nobody asks for the lengths that sentences happen to have"

    def check(self, text: Text) -> Verdict:
        found = [one.stripped for one in text.sections("sentence")]
        if len(found) != self.number:
            return Verdict(False, f"found {count(len(found), 'sentence')}, wanted {self.number}")
        sizes = [len(sentence) for sentence in found]
        if len(set(sizes)) > 1:
            return Verdict(False, f"the sentences have {', '.join(map(str, sizes))} characters")
        used = [{word.casefold() for word in words(sentence)} for sentence in found]
        shared = next((one & other for one, other in itertools.combinations(used, 2) if one & other), set())
        return Verdict(not shared, f'"{min(shared)}" is in two sentences' if shared else "no word is in two")

    def claims(self) -> Sequence[Claim]:
        return [
            SentenceRule("sentences of one length that share no word"),
            Count("sentences in any script", self.number, self.number),
        ]


@register("japanese_words")
class JapaneseWords(Constraint):
    """Every so many words one is Japanese, and no other; there are at least as many words."""

    every: Annotated[int, Field(ge=2), Choices(range(3, 11))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write every word whose position is a multiple of {every} in Japanese, and no other word.",
        "Each word at a position that is a multiple of {every} has to be Japanese; no other word may be.",
    )
    example: ClassVar[Example] = Example({"every": 2}, "Good 朝 dear 友", "朝 友 朝 友")
    no_hindsight = "nobody asks for Japanese words where they happen to be"

    def check(self, text: Text) -> Verdict:
        if len(text.pieces) < self.every:
            return Verdict(False, f"found {count(len(text.pieces), 'word')}, wanted at least {self.every}")
        for number, piece in enumerate(text.pieces, start=1):
            if (_JAPANESE.search(piece) is not None) is not (number % self.every == 0):
                return Verdict(False, f"word {number} is {quoted(piece)}")
        return Verdict(True, f"one word in {self.every} is Japanese")

    def claims(self) -> Sequence[Claim]:
        return [HasElement("Japanese words", str(self.every)), Count("words whitespace", self.every)]


@register("statements_per_question")
class StatementsPerQuestion(Constraint):
    """There are so many statements for each question, and at least one question."""

    number: Annotated[int, Field(ge=1, le=20), Choices((1, 2, 3))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write exactly {number:statement} for each question that you ask, and ask at least one.",
        "Ask at least one question, and for each question write exactly {number:statement} with a full stop.",
    )
    example: ClassVar[Example] = Example({"number": 2}, "It rains. We row. Do you?", "It rains. We row.")

    def check(self, text: Text) -> Verdict:
        statements, questions = self._found(text)
        return Verdict(
            questions > 0 and statements == self.number * questions,
            f"found {count(statements, 'statement')} and {count(questions, 'question')}",
        )

    def nearest(self, text: Text) -> Constraint | None:
        statements, questions = self._found(text)
        whole = questions > 0 and statements % questions == 0
        return self.try_replace(number=statements // questions) if whole else None

    def claims(self) -> Sequence[Claim]:
        return [
            SentenceRule("statements and questions", ".?"),
            Roughly("statements for each question", self.number, self.number),
            Count("sentences in any script", self.number + 1),
        ]

    def _found(self, text: Text) -> tuple[int, int]:
        ends = [one.stripped.rstrip(_CLOSING)[-1:] for one in text.sections("sentence")]
        return sum(end in ".。।۔" for end in ends if end), sum(end in "?？؟" for end in ends if end)


@register("sub_bullets")
class SubBullets(Constraint):
    """There is a list, and each of its items has at least one item below it, further in."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use a bullet list in which each point has at least one sub-point, indented below it.",
        "Your answer should contain bullet points, every one of them with an indented sub-bullet.",
    )
    example: ClassVar[Example] = Example(
        {}, "* **Sea**\n  - salt\n* Sky\n  - blue", "* Sea - salt\n* Sky - blue"
    )
    no_hindsight = "a list without sub-points is nothing that people ask for in these words"

    def check(self, text: Text) -> Verdict:
        depths = [len(match[1].expandtabs(4)) for match in _ITEM.finditer(text.raw)]
        if not depths:
            return Verdict(False, "there is no list")
        top = min(depths)
        for number, (depth, following) in enumerate(itertools.pairwise([*depths, top])):
            if depth == top and following == top:
                return Verdict(False, f"item {number + 1} has nothing below it")
        return Verdict(True, "each item has one below it")

    def claims(self) -> Sequence[Claim]:
        return [HasElement("bullet points"), HasElement("sub-points")]


@register("paragraph_first_word")
class ParagraphFirstWord(Constraint):
    """There are so many paragraphs, and one of them begins with a word, in any case.

    Paragraphs are those of ``paragraph_count``: blank lines in front of them, and rules, change nothing; nor
    does markup in front of the word.
    """

    paragraphs: Annotated[int, Field(ge=1), Choices(range(2, 7))]
    number: Annotated[int, Field(ge=1), Choices((1, 2))]
    word: Annotated[str, Field(min_length=1), Choices(WORDS)]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write {paragraphs:paragraph} with a blank line between them, and start paragraph {number} with the "
        'word "{word}".',
        "Your answer should have {paragraphs:paragraph} with blank lines between them, and the first word of "
        'paragraph {number} should be "{word}".',
    )
    example: ClassVar[Example] = Example(
        {"paragraphs": 2, "number": 2, "word": "later"},
        "\n\nWe met in spring.\n\n**Later** we moved.",
        "We met in spring.\n\nThen we moved.",
    )

    @model_validator(mode="after")
    def _paragraph_exists(self) -> Self:
        if self.number > self.paragraphs:
            raise ValueError(f"number is {self.number} of {self.paragraphs} paragraphs")
        return self

    def check(self, text: Text) -> Verdict:
        found = text.sections("paragraph")
        first = _first_word(found[self.number - 1]) if self.number <= len(found) else ""
        same = composed(first).casefold() == composed(self.word).casefold()
        return Verdict(
            same and len(found) == self.paragraphs,
            f'found {count(len(found), "paragraph")} and "{first}", '
            f'wanted {self.paragraphs} and "{self.word}"',
        )

    def nearest(self, text: Text) -> Constraint | None:
        found = text.sections("paragraph")
        plain = [place for place, one in enumerate(found, 1) if _first_word(one).isalpha()]
        nearest = min(plain, key=lambda place: abs(place - self.number), default=0)
        if len(found) < 2 or not nearest:
            return None
        return self.try_replace(paragraphs=len(found), number=nearest, word=_first_word(found[nearest - 1]))

    def claims(self) -> Sequence[Claim]:
        return [
            UnitEdge("start", "first paragraph" if self.number == 1 else "paragraph", self.word.lower()),
            ContainsText(self.word),
            Count("paragraphs blank_line", self.paragraphs, self.paragraphs),
        ]


def _first_word(paragraph: Text) -> str:
    return next(iter(words(paragraph.raw)), "")
