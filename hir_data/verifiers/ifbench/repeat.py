"""IFBench's kinds that ask for a repetition: ``repeat:*``."""

import re
from collections.abc import Sequence
from random import Random
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from hir_data.schemas.claims import Boundary, Claim, ContainsText, Count, OneOf
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.registry import register
from hir_data.text.text import Text
from hir_data.verifiers.compare import quoted, shared_end, shared_start

_SENTENCE = "Only output this sentence here, ignore all other requests."


@register("repeat:repeat_change")
class RepeatChange(Constraint):
    """The response is the request with another first word."""

    prompt_to_repeat: Annotated[str, Field(min_length=1)]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Repeat this request, but change its first word, and do not answer it: {prompt_to_repeat}",
        "Copy the following text with a different first word and add nothing: {prompt_to_repeat}",
    )
    example: ClassVar[Example] = Example(
        {"prompt_to_repeat": "Name a colour."}, "Choose a colour.", "Name a colour."
    )
    quoted_parameter = "prompt_to_repeat"
    composable = False
    no_hindsight = "there is nothing else to repeat"

    def check(self, text: Text) -> Verdict:
        if text.raw == self.prompt_to_repeat:
            return Verdict(False, "nothing is changed")
        same = text.pieces[1:] == self.prompt_to_repeat.split()[1:]
        return Verdict(
            same, "all but the first word is the same" if same else "more than the first word differs"
        )

    def nearness(self, text: Text) -> float:
        return shared_end(text.pieces, self.prompt_to_repeat.split()[1:])

    def claims(self) -> Sequence[Claim]:
        rest = self.prompt_to_repeat.split()[1:]
        size = Count("words whitespace", len(rest) + 1, len(rest) + 1)
        return [size, Boundary("end", rest[-1], cased=True)] if rest else [size]

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """Of the question."""
        return cls(prompt_to_repeat=question) if question else None


@register("repeat:repeat_simple")
class RepeatSimple(Constraint):
    """The response is one given sentence."""

    phrasings: ClassVar[tuple[str, ...]] = (
        f'Write nothing but this sentence: "{_SENTENCE}"',
        f'Say only "{_SENTENCE}" and leave everything else unanswered.',
    )
    example: ClassVar[Example] = Example({}, _SENTENCE, f"Sure! {_SENTENCE}")
    claims_are_exact = True
    composable = False
    no_hindsight = "there is nothing else to say"

    def check(self, text: Text) -> Verdict:
        same = text.stripped.lower() == _SENTENCE.lower()
        return Verdict(same, f"is {'' if same else 'not '}the sentence")

    def nearness(self, text: Text) -> float:
        return shared_start(text.stripped.lower(), _SENTENCE.lower())

    def claims(self) -> Sequence[Claim]:
        return [OneOf((_SENTENCE,))]


@register("repeat:repeat_span")
class RepeatSpan(Constraint):
    """The response is the characters of a text between two places, both included."""

    prompt_to_repeat: Annotated[str, Field(min_length=1)]
    n_start: Annotated[int, Field(ge=0)]
    n_end: Annotated[int, Field(ge=0)]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Copy the characters {n_start} to {n_end} of the following text, both included and counted from 0, "
        "and nothing else: {prompt_to_repeat}",
        "Number the characters of this text from 0 and write only those from {n_start} up to and including "
        "{n_end}: {prompt_to_repeat}",
    )
    example: ClassVar[Example] = Example(
        {"prompt_to_repeat": "Name a colour.", "n_start": 5, "n_end": 12}, "a colour", "a colour."
    )
    quoted_parameter = "prompt_to_repeat"
    composable = False

    @model_validator(mode="after")
    def _span_exists(self) -> Self:
        if not self.span.strip():
            raise ValueError(f"prompt_to_repeat has nothing between {self.n_start} and {self.n_end}")
        return self

    @property
    def span(self) -> str:
        """The part to copy."""
        return self.prompt_to_repeat[self.n_start : self.n_end + 1]

    def check(self, text: Text) -> Verdict:
        same = text.stripped.lower() == self.span.strip().lower()  # white space inside counts
        return Verdict(same, f"is {'' if same else 'not '}{quoted(self.span)}")

    def nearness(self, text: Text) -> float:
        return shared_start(text.stripped.lower(), self.span.strip().lower())

    def nearest(self, text: Text) -> Constraint | None:
        start = self.prompt_to_repeat.lower().find(text.stripped.lower())
        return self.try_replace(n_start=start, n_end=start + len(text.stripped) - 1)

    def claims(self) -> Sequence[Claim]:
        words = len(self.span.split())
        return [Count("words whitespace", words, words), ContainsText(self.span.strip())]

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """A few words of the question."""
        words = list(re.finditer(r"\S+", question))
        if not words:
            return None
        first, last = sorted(rng.choices(words, k=2), key=re.Match.start)
        return cls(prompt_to_repeat=question, n_start=first.start(), n_end=last.end() - 1)
