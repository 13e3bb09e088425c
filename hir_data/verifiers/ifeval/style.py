"""IFEval's other kinds: ``combination:*``, ``startend:*``, ``change_case:*`` and ``punctuation:*``."""

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Annotated, ClassVar

from pydantic import Field

from hir_data.schemas.claims import (
    Boundary,
    Case,
    Claim,
    ContainsText,
    ExcludesText,
    Language,
    Layout,
)
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import CLOSINGS, Choices
from hir_data.schemas.registry import register
from hir_data.text.excerpt import last_words
from hir_data.text.linear import INDENT, LINE_START
from hir_data.text.text import Text
from hir_data.verifiers.compare import (
    Relation,
    about,
    amount,
    closeness,
    compare,
    count,
    letters_share,
    nearest_bound,
    opposite,
    share,
    shared_end,
    shared_start,
    title_share,
)
from hir_data.verifiers.phrases import closing

_OTHER_DIVIDER = re.compile(rf"{INDENT}\*{{3,}}\s*$", re.MULTILINE)
_LABEL = re.compile(rf"{LINE_START}((?:response|answer|version|option) (?:[12ab]|one|two)\b)", re.IGNORECASE)


@register("combination:two_responses")
class TwoResponses(Constraint):
    """There are two different responses, divided by six asterisks."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Give two different responses with six asterisks (******) between them.",
        "Answer twice, in two different ways, with only ****** between the answers.",
    )
    example: ClassVar[Example] = Example({}, "Try tea.\n******\nTry coffee.", "Try tea. Or try coffee.")
    only_compatible_with: ClassVar[tuple[str, ...]] = (
        "detectable_format:title",
        "keywords:existence",
        "keywords:forbidden_words",
        "language:response_language",
        "punctuation:no_comma",
    )
    no_hindsight = "nobody asks for a single response"

    def check(self, text: Text) -> Verdict:
        parts = [part.strip() for part in text.raw.split("******")]
        if not all(parts[1:-1]):
            return Verdict(False, "there is nothing between two of the dividers")
        responses = [part for part in parts if part]
        if len(responses) == 2 and responses[0] == responses[1]:
            return Verdict(False, "the two responses are the same")
        return Verdict(len(responses) == 2, f"found {count(len(responses), 'response')}, wanted 2")

    def nearness(self, text: Text) -> float:
        """Half of the way with the divider, a little less with another one or two labels."""
        if "******" in text.raw:
            return 0.5
        labels = {label.lower() for label in _LABEL.findall(text.raw)}
        return 0.4 if len(labels) > 1 or _OTHER_DIVIDER.search(text.raw) else 0.0

    def claims(self) -> Sequence[Claim]:
        return [
            Layout("two responses"),
            ContainsText("******"),
        ]


@register("combination:repeat_prompt")
class RepeatPrompt(Constraint):
    """The response starts with the request, word for word."""

    prompt_to_repeat: Annotated[str, Field(min_length=1)]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Begin your answer with an exact copy of this request: {prompt_to_repeat}",
        "First repeat this request word for word, then answer it (say nothing before the repetition): "
        "{prompt_to_repeat}",
    )
    example: ClassVar[Example] = Example(
        {"prompt_to_repeat": "Name a colour."}, "Name a colour.\n\nBlue.", "Sure! Name a colour.\n\nBlue."
    )
    claims_are_exact = True
    quoted_parameter = "prompt_to_repeat"
    only_compatible_with: ClassVar[tuple[str, ...]] = (
        "detectable_format:title",
        "keywords:existence",
        "punctuation:no_comma",
    )
    no_hindsight = "nobody asks not to repeat a request"
    composable = False

    def check(self, text: Text) -> Verdict:
        repeated = text.stripped.lower().startswith(self.prompt_to_repeat.strip().lower())
        return Verdict(repeated, "starts with the request" if repeated else "does not start with the request")

    def nearness(self, text: Text) -> float:
        return shared_start(text.stripped.lower(), self.prompt_to_repeat.strip().lower())

    def claims(self) -> Sequence[Claim]:
        return [Boundary("start", self.prompt_to_repeat.strip())]

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """Of the question."""
        return cls(prompt_to_repeat=question) if question else None


@register("startend:end_checker")
class EndChecker(Constraint):
    """The response ends with a phrase."""

    end_phrase: Annotated[str, Field(min_length=1), Choices(CLOSINGS)]

    phrasings: ClassVar[tuple[str, ...]] = (
        'Finish your answer with the exact phrase "{end_phrase}" and nothing after it.',
        'The very last words of your answer should be "{end_phrase}", with nothing after them.',
    )
    example: ClassVar[Example] = Example(
        {"end_phrase": "Good night."}, "The stars are out. Good night.", "Good night. Sleep well."
    )
    claims_are_exact = True
    conflicts: ClassVar[tuple[str, ...]] = ("language:response_language",)

    def check(self, text: Text) -> Verdict:
        # Straight quotes around the response are ignored, white space inside them and other marks are not.
        end = text.stripped.strip('"').lower()
        wanted = self.end_phrase.strip().lower()
        return Verdict(end.endswith(wanted), f"ends with {last_words(end, len(wanted))!r}, wanted {wanted!r}")

    def nearness(self, text: Text) -> float:
        return shared_end(text.stripped.strip('"').lower(), self.end_phrase.strip().lower())

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(end_phrase=closing(text.stripped.strip('"')))

    def claims(self) -> Sequence[Claim]:
        return [Boundary("end", self.end_phrase.strip(), quotes=True)]


@register("startend:quotation")
class Quotation(Constraint):
    """The whole response stands in double quotation marks."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Wrap your whole answer in double quotation marks.",
        'Your answer should begin and end with a double quotation mark (").',
    )
    example: ClassVar[Example] = Example({}, '"All the world is a stage."', "All the world is a stage.")
    conflicts: ClassVar[tuple[str, ...]] = ("detectable_format:title",)
    no_hindsight = "hardly any text does, so not to ask for it is to ask for nothing"

    def check(self, text: Text) -> Verdict:
        # Straight quotation marks only.
        value = text.stripped
        quoted = len(value) > 1 and value[0] == value[-1] == '"'
        return Verdict(quoted, "stands in quotation marks" if quoted else "does not stand in quotation marks")

    def nearness(self, text: Text) -> float:
        return share(text.stripped[at] == '"' for at in (0, -1))

    def claims(self) -> Sequence[Claim]:
        return [
            Layout("a quotation"),
            Boundary("start", '"', cased=True),
            Boundary("end", '"', cased=True),
        ]


@register("change_case:capital_word_frequency")
class CapitalWordFrequency(Constraint):
    """Words in capital letters occur at least, or less than, a number of times."""

    capital_frequency: Annotated[int, Field(ge=0), Choices(range(2, 11))]
    capital_relation: Relation

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write {amount} entirely in capitals.",
        "Your answer should contain {total} in all capital letters.",
    )
    example: ClassVar[Example] = Example(
        {"capital_frequency": 2, "capital_relation": "at least"}, "STOP and LISTEN.", "Stop and LISTEN."
    )
    claims_are_exact = True
    conflicts: ClassVar[tuple[str, ...]] = ("change_case:english_capital", "change_case:english_lowercase")

    @property
    def amount(self) -> str:
        """How many words, as an order says it."""
        return amount(self.capital_relation, self.capital_frequency, "word")

    @property
    def most(self) -> int:
        """How many words there may be, at most."""
        return self.capital_frequency - 1

    @property
    def total(self) -> str:
        """How many words, as a statement says it."""
        if self.capital_relation == "at least":
            return self.amount
        return f"at most {count(self.most, 'word')}"

    def wordings(self) -> tuple[str, ...]:
        if self.capital_relation == "at least":
            return self.phrasings
        if self.capital_frequency == 1:
            return ("Do not write any word entirely in capitals.", "No word may be in all capital letters.")
        # "Write fewer than 4" reads like an order to write some.
        return ("Do not write more than {most:word} entirely in capitals.", *self.phrasings[1:])

    def check(self, text: Text) -> Verdict:
        return compare(self.found(text), self.capital_relation, self.capital_frequency, "capital word")

    def nearest(self, text: Text) -> Constraint | None:
        found = nearest_bound(self.found(text), self.capital_relation, trivial=1)
        return self.try_replace(capital_frequency=found)

    def flip(self, text: Text) -> Constraint | None:
        return self.try_replace(capital_relation=opposite(self.capital_relation))

    def claims(self) -> Sequence[Claim]:
        return [about("capital words", self.capital_relation, self.capital_frequency)]

    def found(self, text: Text) -> int:
        """How many words are in capitals."""
        # "I", "A" and "U.S." are capital words, and a hyphenated word is one.
        return sum(1 for token in text.tokens if token.isupper())


@register("change_case:english_capital")
class EnglishCapital(Constraint):
    """The response is in English and in capital letters."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write your whole answer in English and in capital letters only.",
        "Use English, and write every letter as a capital.",
    )
    example: ClassVar[Example] = Example(
        {}, "THE WEATHER IS LOVELY IN THE CITY TODAY.", "The weather is lovely in the city TODAY."
    )
    claims_are_exact = True
    conflicts: ClassVar[tuple[str, ...]] = (
        "change_case:capital_word_frequency",
        "change_case:english_lowercase",
        "language:response_language",
    )

    def check(self, text: Text) -> Verdict:
        return _cased_english(text, text.raw.isupper(), "capital")

    def nearness(self, text: Text) -> float:
        """The share of capital letters; a text in title case goes half of the way."""
        return max(_cased_share(text, str.isupper), title_share(text.raw) / 2)

    def flip(self, text: Text) -> Constraint | None:
        return EnglishLowercase() if text.raw.islower() else None

    def claims(self) -> Sequence[Claim]:
        return [Case("upper"), Language("en")]


@register("change_case:english_lowercase")
class EnglishLowercase(Constraint):
    """The response is in English and in lower-case letters."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write your whole answer in English and in lower-case letters only.",
        "Use English and no capital letters.",
    )
    example: ClassVar[Example] = Example(
        {}, "the weather is lovely in the city today.", "The weather is lovely in the city today."
    )
    claims_are_exact = True
    conflicts: ClassVar[tuple[str, ...]] = (
        "change_case:capital_word_frequency",
        "change_case:english_capital",
        "language:response_language",
    )

    def check(self, text: Text) -> Verdict:
        return _cased_english(text, text.raw.islower(), "lower-case")

    def nearness(self, text: Text) -> float:
        return _cased_share(text, str.islower)

    def flip(self, text: Text) -> Constraint | None:
        return EnglishCapital() if text.raw.isupper() else None

    def claims(self) -> Sequence[Claim]:
        return [Case("lower"), Language("en")]


def _cased_english(text: Text, cased: bool, case: str) -> Verdict:
    if not cased:
        return Verdict(False, f"not all letters are {case}")
    # langdetect is easily misled by short texts in capitals; kept, as it decides the verdict.
    return Verdict(
        text.language in ("en", None), f"{case} letters only, detected {text.language or 'nothing'}"
    )


def _cased_share(text: Text, in_case: Callable[[str], bool]) -> float:
    """The share of letters in a case; half of it where all are, and the language is another."""
    share = letters_share(text.raw, in_case)
    return share if share < 1 else 0.5


@register("punctuation:no_comma")
class NoComma(Constraint):
    """There are no commas."""

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not use any commas.",
        "Your answer must not contain a single comma.",
    )
    example: ClassVar[Example] = Example({}, "We came and we saw.", "We came, and we saw.")
    claims_are_exact = True
    no_hindsight = "any text has commas, so to ask for one is to ask for nothing"

    def denial(self) -> str:
        return "use a comma"

    def check(self, text: Text) -> Verdict:
        # The ASCII comma only: "，" and "、" are allowed, "1,000" is not.
        found = text.raw.count(",")
        return Verdict(not found, f"found {count(found, 'comma')}, wanted none")

    def nearness(self, text: Text) -> float:
        return closeness(text.raw.count(","), None, 0)

    def claims(self) -> Sequence[Claim]:
        return [ExcludesText(",")]
