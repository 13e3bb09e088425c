"""IFBench's kinds about proportions: ``ratio:*``."""

import functools
from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from hir_data.schemas.claims import (
    Claim,
    Count,
    Roughly,
    SentenceRule,
)
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import Choices, draw
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import closeness, count, mean
from hir_data.verifiers.general.text import Contains
from hir_data.verifiers.ifbench.lists import STOP_WORDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Percentage = Annotated[int, Field(ge=0, le=100)]

_SEVERAL = 6  # sentences that show a purpose


@register("ratio:stop_words")
class StopWords(Constraint):
    """At most a percentage of the words are stop words."""

    percentage: Annotated[Percentage, Choices(range(30, 51, 5))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Let stop words (such as the, of or is) make up at most {percentage}% of your words.",
        "No more than {percentage} percent of the words you use may be stop words like and, to or it.",
    )
    claims_are_exact = True
    no_hindsight = "nobody asks for the share of stop words that a text happens to have"
    example: ClassVar[Example] = Example(
        {"percentage": 40}, "The quick fox jumps high.", "It is on the hill."
    )

    def check(self, text: Text) -> Verdict:
        if not text.words:
            return Verdict(False, "there are no words")
        found = self.found(text)
        return Verdict(found <= self.percentage, f"found {found:.1f}%, wanted at most {self.percentage}%")

    def nearness(self, text: Text) -> float:
        return closeness(self.found(text), None, self.percentage) if text.words else 0.0

    def claims(self) -> Sequence[Claim]:
        return [Count("percent of stop words", 0, self.percentage), Count("words", 1)]

    def found(self, text: Text) -> float:
        """The percentage of stop words; there has to be a word."""
        # "don't" is two of them, "don" and "t".
        return 100 * sum(1 for word in text.words if word.lower() in STOP_WORDS) / len(text.words)


@register("ratio:sentence_type")
class SentenceType(Constraint):
    """There are twice as many sentences with a full stop as with a question mark."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write twice as many statements as questions.",
        "For each sentence that ends with a question mark there should be exactly two that end with a full "
        "stop.",
    )
    composable = False  # a sound variant is (verifiers/hackable.py)
    example: ClassVar[Example] = Example({}, "It rains. We row. Do you?", "It rains. Do you row?")

    def check(self, text: Text) -> Verdict:
        statements, questions, _ = _endings(text)  # none of either will do
        return Verdict(
            statements == 2 * questions,
            f"found {count(statements, 'statement')} and {count(questions, 'question')}",
        )

    def nearness(self, text: Text) -> float:
        """By the ratio, and by whether there are questions at all, which most texts do without."""
        statements, questions, _ = _endings(text)
        return mean(
            [closeness(statements, 2 * questions, 2 * questions), min(questions, _SEVERAL) / _SEVERAL]
        )

    def flip(self, text: Text) -> Constraint | None:
        return _without_one_of("?", text)

    def claims(self) -> Sequence[Claim]:
        return [SentenceRule("statements and questions", ".?"), Roughly("statements for each question", 2, 2)]


@register("ratio:sentence_balance")
class SentenceBalance(Constraint):
    """Sentences with a full stop, a question mark and an exclamation mark are equally many."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use equally many statements, questions and exclamations.",
        "The same number of sentences should end with a full stop, with a question mark and with an "
        "exclamation mark.",
    )
    example: ClassVar[Example] = Example({}, "It rains. Do you row? We do!", "It rains. We row. Do you?")

    def check(self, text: Text) -> Verdict:
        found = _endings(text)  # none of each will do
        kinds = ("statement", "question", "exclamation")
        told = ", ".join(count(number, kind) for number, kind in zip(found, kinds, strict=True))
        return Verdict(len(set(found)) == 1, f"found {told}")

    def nearness(self, text: Text) -> float:
        """By the ratio, and by whether there are questions and exclamations at all."""
        found = _endings(text)
        return mean([min(found) / max(*found, 1), min(*found, _SEVERAL) / _SEVERAL])

    def flip(self, text: Text) -> Constraint | None:
        return _without_one_of("?!", text)

    def claims(self) -> Sequence[Claim]:
        return [
            SentenceRule("statements, questions and exclamations", ".?!"),
            Roughly("statements for each question", 1, 1),
        ]


@register("ratio:overlap")
class Overlap(Constraint):
    """About a percentage of the character trigrams occur in a reference text too."""

    reference_text: Annotated[str, Field(min_length=1)]
    percentage: Annotated[Percentage, Choices(range(20, 81, 5))]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Share {percentage}% (within 2%) of your trigrams, sequences of three characters, with this text: "
        "{reference_text}",
        "Of the different three-character sequences in your answer, {percentage}% should occur in the "
        "following text (two percent more or less will do): {reference_text}",
    )
    example: ClassVar[Example] = Example(
        {"reference_text": "the sea", "percentage": 100}, "the sea", "a lake"
    )
    implicit_parameters: ClassVar[tuple[str, ...]] = ("reference_text",)
    composable = False
    no_hindsight = "nobody asks for the share of trigrams that a text happens to have"

    def check(self, text: Text) -> Verdict:
        found = self.found(text)
        if found is None:
            return Verdict(False, "the response is shorter than three characters")
        near = self.percentage - 2 <= found <= self.percentage + 2
        return Verdict(near, f"found {found:.1f}%, wanted {self.percentage}%, within 2%")

    def nearness(self, text: Text) -> float:
        found = self.found(text)
        return 0.0 if found is None else 1 - abs(found - self.percentage) / 100

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """With the question."""
        percentage = draw(cls.model_fields["percentage"], rng)
        return cls(reference_text=question, percentage=percentage) if question else None

    def found(self, text: Text) -> float | None:
        """The percentage of trigrams in common; None where there are none."""
        # Of characters, though the benchmark's prompts speak of words.
        trigrams = _trigrams(text.raw)
        if not len(trigrams):
            return None
        reference = _reference_trigrams(self.reference_text)
        places = trigrams.searchsorted(reference)
        common = int((trigrams.take(places, mode="clip") == reference).sum())
        return 100 * common / len(trigrams)


@register("ratio:sentence_words")
class SentenceWords(Constraint):
    """There are three sentences, equally long in characters."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write exactly three sentences that have the same number of characters.",
        "Your answer should be three sentences of equal length, counted in characters, with different words.",
    )
    composable = False  # a sound variant is (verifiers/hackable.py)
    example: ClassVar[Example] = Example({}, "It rains. We drift. You swim!", "It rains. We row. You swim.")
    conflicts: ClassVar[tuple[str, ...]] = (
        "detectable_format:bigram_wrapping",
        "detectable_format:sentence_hyphens",
    )
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        lengths = [len(sentence.strip()) for sentence in text.sentences]  # their words are never compared
        if len(lengths) != 3:
            return Verdict(False, f"found {count(len(lengths), 'sentence')}, wanted 3")
        return Verdict(
            len(set(lengths)) == 1,
            f"the sentences have {lengths[0]}, {lengths[1]} and {lengths[2]} characters",
        )

    def nearness(self, text: Text) -> float:
        """Of what has words: the number of an item is no sentence."""
        said = [sentence.strip() for sentence in text.sentences if any(map(str.isalpha, sentence))]
        lengths = [len(sentence) for sentence in said] or [0]
        return mean([closeness(len(lengths), 3, 3), min(lengths) / max(*lengths, 1)])

    def claims(self) -> Sequence[Claim]:
        return [SentenceRule("sentences of one length"), Count("sentences", 3, 3)]


def _without_one_of(marks: str, text: Text) -> Constraint | None:
    """What asks for a text without the first of the marks that this one does not have."""
    missing = next((mark for mark in marks if mark not in text.raw), None)
    return ~Contains(text=missing) if missing else None


def _endings(text: Text) -> tuple[int, int, int]:
    """How many sentences end with a full stop, a question mark, an exclamation mark."""
    if not any(mark in text.raw for mark in ".?!"):
        return 0, 0, 0
    ends = [sentence[-1:] for sentence in text.sentences]
    return ends.count("."), ends.count("?"), ends.count("!")


def _trigrams(text: str) -> "NDArray[np.int64]":
    """The different trigrams of a text, as sorted numbers: 21 bits a character."""
    import numpy as np

    signs = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
    return np.unique((signs[:-2] << 42) | (signs[1:-1] << 21) | signs[2:])


_reference_trigrams = functools.lru_cache(maxsize=1 << 8)(_trigrams)
