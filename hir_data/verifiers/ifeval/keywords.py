"""IFEval's kinds about words, letters and language: ``keywords:*`` and ``language:*``."""

import re
from collections.abc import Iterable, Sequence
from random import Random
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field

from hir_data.schemas.claims import Claim, ContainsText, ExcludesText, Language, Pattern
from hir_data.schemas.constraint import Constraint, Example, Verdict
from hir_data.schemas.drawing import WORDS, Choices, draw
from hir_data.schemas.english import enumerate_words
from hir_data.schemas.registry import register
from hir_data.text import language
from hir_data.text.letter_shares import LETTER_SHARES
from hir_data.text.text import Text
from hir_data.verifiers.compare import (
    Relation,
    about,
    compare,
    has_about,
    nearest_bound,
    opposite,
    share,
    times,
)
from hir_data.verifiers.ifbench.lists import STOP_WORDS
from hir_data.verifiers.patterns import Keyword, compiled, is_literal, occurrences

LANGUAGE_NAMES = {
    "af": "Afrikaans", "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech",
    "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "gu": "Gujarati", "he": "Hebrew",
    "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "kn": "Kannada", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian",
    "mk": "Macedonian", "ml": "Malayalam", "mr": "Marathi", "ne": "Nepali", "nl": "Dutch",
    "no": "Norwegian", "pa": "Punjabi", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "so": "Somali", "sq": "Albanian", "sv": "Swedish",
    "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese", "zh-cn": "simplified Chinese",
    "zh-tw": "traditional Chinese",
}  # fmt: skip


@register("keywords:existence")
class Existence(Constraint):
    """Each of the keywords occurs."""

    keywords: Annotated[tuple[Keyword, ...], Field(min_length=1), Choices(WORDS)]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Use each of these words: {keywords}.",
        "Your answer has to mention {keywords}.",
    )
    example: ClassVar[Example] = Example(
        {"keywords": ["tide", "moon"]}, "The moon moves the tide.", "The moon is bright."
    )
    claims_are_exact = True

    def wordings(self) -> tuple[str, ...]:
        single = ("Use the word {keywords}.", self.phrasings[1])
        return single if len(self.keywords) == 1 else self.phrasings

    def check(self, text: Text) -> Verdict:
        # A keyword is an unescaped pattern and may stand inside a word: "art" finds "start".
        missing = [word for word in self.keywords if not compiled(word).search(text.raw)]
        return Verdict(not missing, f"missing: {enumerate_words(missing)}" if missing else "all occur")

    def nearness(self, text: Text) -> float:
        return share(compiled(word).search(text.raw) for word in self.keywords)

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(keywords=[word for word in self.keywords if compiled(word).search(text.raw)])

    def flip(self, text: Text) -> Constraint | None:
        missing = [word for word in self.keywords if not compiled(word).search(text.raw)]
        return ForbiddenWords(forbidden_words=tuple(missing))

    def claims(self) -> Sequence[Claim]:
        return [ContainsText(word) if is_literal(word) else Pattern(word) for word in self.keywords]


@register("keywords:frequency")
class Frequency(Constraint):
    """A keyword occurs at least, or less than, a number of times."""

    keyword: Annotated[Keyword, Choices(WORDS)]
    frequency: Annotated[int, Field(ge=0), Choices(range(2, 6))]
    relation: Relation

    phrasings: ClassVar[tuple[str, ...]] = (
        'Use the word "{keyword}" {times}.',
        'The word "{keyword}" should occur {times} in your answer.',
    )
    claims_are_exact = True
    example: ClassVar[Example] = Example(
        {"keyword": "sea", "frequency": 2, "relation": "at least"}, "The sea, oh the sea!", "The sea is calm."
    )

    @property
    def times(self) -> str:
        """How often, in words."""
        return times(self.relation, self.frequency)

    def wordings(self) -> tuple[str, ...]:
        none = ('Do not use the word "{keyword}".', 'The word "{keyword}" should not occur in your answer.')
        return none if (self.relation, self.frequency) == ("less than", 1) else self.phrasings

    def check(self, text: Text) -> Verdict:
        return compare(occurrences(self.keyword, text.raw), self.relation, self.frequency, "occurrence")

    def nearest(self, text: Text) -> Constraint | None:
        return self.try_replace(frequency=nearest_bound(occurrences(self.keyword, text.raw), self.relation))

    def flip(self, text: Text) -> Constraint | None:
        return self.try_replace(relation=opposite(self.relation))

    def claims(self) -> Sequence[Claim]:
        word = self.keyword.strip()
        return has_about(word, self.relation, self.frequency) if is_literal(word) else []

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """To be used rarely: most often a word of the question, which would be used more often."""
        drawn = {name: draw(cls.model_fields[name], rng) for name in cls.model_fields}
        if drawn["relation"] == "less than":
            drawn["keyword"] = rng.choice([*topical_words(question), drawn["keyword"]])
        return cls(**drawn)


def topical_words(question: str) -> list[str]:
    """The longer words of a question, without the verb of an order and words that every text has."""
    asked = question if question.rstrip().endswith("?") else question.partition(" ")[2]
    words = re.findall(r"\b[^\W\d_]{5,}\b", asked.lower())
    return [word for word in words if word not in STOP_WORDS]


@register("keywords:forbidden_words")
class ForbiddenWords(Constraint):
    """None of the words occurs."""

    forbidden_words: Annotated[tuple[Keyword, ...], Field(min_length=1), Choices(WORDS)]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Do not use any of these words: {forbidden_words}.",
        "Leave out {forbidden_words} altogether.",
    )
    claims_are_exact = True
    example: ClassVar[Example] = Example(
        {"forbidden_words": ["very", "nice"]}, "A fine day.", "A very fine day."
    )

    def wordings(self) -> tuple[str, ...]:
        single = ("Do not use the word {forbidden_words}.", "Leave the word {forbidden_words} out.")
        return single if len(self.forbidden_words) == 1 else self.phrasings

    def denial(self) -> str:
        words = [f'"{word}"' for word in self.forbidden_words]
        return f"use the word {enumerate_words(words, 'or')}"

    def check(self, text: Text) -> Verdict:
        # Whole words, yet unescaped: on a word that ends in punctuation ("U.S.") the closing \b needs a
        # letter right behind it, and "c++" repeats the c possessively.
        found = self._found(text)
        return Verdict(not found, f"found: {enumerate_words(found)}" if found else "none occurs")

    def nearness(self, text: Text) -> float:
        return 1 - len(self._found(text)) / len(self.forbidden_words)

    def nearest(self, text: Text) -> Constraint | None:
        found = self._found(text)
        return self.try_replace(forbidden_words=[word for word in self.forbidden_words if word not in found])

    def flip(self, text: Text) -> Constraint | None:
        return Existence(keywords=tuple(self._found(text)))

    def claims(self) -> Sequence[Claim]:
        return [
            ExcludesText(word, whole_word=True) if is_literal(word) else Pattern(word, found=False)
            for word in self.forbidden_words
        ]

    @classmethod
    def missing(cls, words: Iterable[str], text: Text) -> Self | None:
        """Those of some plain words that a text does not have; None if there are none."""
        missing = tuple(word for word in words if is_literal(word) and word.lower() not in text.lower)
        return cls(forbidden_words=missing) if missing else None

    def _found(self, text: Text) -> list[str]:
        return [
            word
            for word in self.forbidden_words
            if not (text.raw.isascii() and is_literal(word) and word.lower() not in text.lower)
            and compiled(word, before=r"\b", behind=r"\b").search(text.raw)
        ]


_LETTERS_OF_HUNDRED_WORDS = 450
_MOST_DRAWN = 30


@register("keywords:letter_frequency")
class LetterFrequency(Constraint):
    """A letter, in either case, occurs at least, or less than, a number of times."""

    letter: Annotated[str, Field(min_length=1, max_length=1), Choices("abcdefghiklmnoprstuvwy")]
    let_frequency: Annotated[int, Field(ge=0), Choices(range(3, 31))]
    let_relation: Relation

    phrasings: ClassVar[tuple[str, ...]] = (
        'Write so that the letter "{letter}" appears {times}.',
        'The letter "{letter}" should occur {times}.',
    )
    claims_are_exact = True
    example: ClassVar[Example] = Example(
        {"letter": "z", "let_frequency": 2, "let_relation": "at least"}, "A dizzy bee.", "A lazy bee."
    )

    @property
    def times(self) -> str:
        """How often, in words."""
        return times(self.let_relation, self.let_frequency)

    def wordings(self) -> tuple[str, ...]:
        none = ('Do not use the letter "{letter}".', 'The letter "{letter}" should not occur at all.')
        return none if (self.let_relation, self.let_frequency) == ("less than", 1) else self.phrasings

    def check(self, text: Text) -> Verdict:
        # Any character is counted. The reference draws a random letter in place of one outside a-z.
        found = text.lower.count(self.letter.lower())
        return compare(found, self.let_relation, self.let_frequency, f'"{self.letter}"')

    def nearest(self, text: Text) -> Constraint | None:
        found = text.lower.count(self.letter.lower())
        return self.try_replace(let_frequency=nearest_bound(found, self.let_relation, trivial=2))

    def flip(self, text: Text) -> Constraint | None:
        return self.try_replace(let_relation=opposite(self.let_relation))

    def claims(self) -> Sequence[Claim]:
        return [about(f"letter {self.letter.lower()}", self.let_relation, self.let_frequency)]

    @classmethod
    def sample(cls, rng: Random, question: str = "") -> Constraint | None:
        """As often as an answer of a hundred words or more has it, or more rarely than most answers do."""
        letter, relation = (draw(cls.model_fields[name], rng) for name in ("letter", "let_relation"))
        usual = LETTER_SHARES[letter] * _LETTERS_OF_HUNDRED_WORDS / 100
        if usual > _MOST_DRAWN:
            relation = "less than"
        least, most = (usual, 2 * usual) if relation == "at least" else (usual / 2, usual)
        often = rng.randint(min(max(round(least), 3), _MOST_DRAWN - 5), min(round(most) + 3, _MOST_DRAWN))
        return cls(letter=letter, let_frequency=often, let_relation=relation)


_COMMON = ("de", "es", "fr", "it", "nl", "pl", "pt", "ru", "zh")


def _known_language(code: str) -> str:
    if code not in LANGUAGE_NAMES:
        known = ", ".join(language.language_codes())
        raise ValueError(f"no language that can be detected: {code!r} (known: {known})")
    return code


@register("language:response_language")
class ResponseLanguage(Constraint):
    """The whole response is in one language."""

    language: Annotated[str, AfterValidator(_known_language), Choices(_COMMON)]

    phrasings: ClassVar[tuple[str, ...]] = (
        "Write your whole answer in {language_name}.",
        "Answer in {language_name} only, no other language is allowed.",
    )
    example: ClassVar[Example] = Example(
        {"language": "fr"}, "Il fait très beau aujourd'hui à Paris.", "The weather is lovely in Paris today."
    )
    claims_are_exact = True
    conflicts: ClassVar[tuple[str, ...]] = (
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
        """The language's name in English."""
        return LANGUAGE_NAMES[self.language]

    def check(self, text: Text) -> Verdict:
        if text.language is None:  # nothing to tell a language by counts as the right one
            return Verdict(True, "no letters to tell a language by")
        # "zh" is simplified Chinese only; traditional Chinese is detected as another language, zh-tw.
        wanted = "zh-cn" if self.language == "zh" else self.language
        return Verdict(text.language == wanted, f"detected {text.language}, wanted {self.language}")

    def nearness(self, text: Text) -> float:
        """The share of the text that is in the language, by its lines."""
        return language.share(text.raw, "zh-cn" if self.language == "zh" else self.language)

    def nearest(self, text: Text) -> Constraint | None:
        """The language of the text, where that is more than a guess."""
        return self.try_replace(language=text.language) if language.is_clear(text.raw) else None

    def claims(self) -> Sequence[Claim]:
        return [Language("zh-cn" if self.language == "zh" else self.language)]

    def stated(self) -> dict[str, Any]:
        return {"language": self.language_name}
