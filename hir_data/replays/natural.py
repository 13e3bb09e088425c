"""Whether people would ask for what a violated constraint could become."""

import difflib
import functools
import re
from collections.abc import Iterable, Sequence

from hir_data.replays.traces import words_of
from hir_data.schemas.claims import Boundary, Claim, ContainsText, Count, Language
from hir_data.schemas.constraint import Constraint
from hir_data.text.quality.talk import more_offered
from hir_data.text.text import Text

_GUESSED_WORDS = 30  # below which the language of a text is a guess


def is_guessed(constraint: Constraint, text: Text) -> bool:
    """Whether the verdict rests on the language of a short text, which is a guess."""
    return len(text.pieces) < _GUESSED_WORDS and any(
        isinstance(claim, Language) for claim in constraint.claims()
    )


_LONGEST = 300  # characters of a relabelled constraint; more is a text that the prompt has already
_LONGEST_END = 12  # words
_SAID_ALONE = 6  # words of a sentence that says something whatever it begins with
_COUNTED_OUT = 12  # of something, exactly; and sentences up to the one that a word is to be in
_USES = 3  # of a word or a letter, which it may be asked to occur less often than
_OFTEN = 3  # uses of a word that a question already has, which are more than anybody makes of it
_UNENDED = frozenset(
    "a an the of and or to with for from by in on at as is are was were be that which your our their "
    "its his her "
    "my into than because if but will would can could should this these those it we you i he she they "
    "not no".split()
)


_GOING_ON = frozenset(
    "they it this these that those he she its their his her and but so or nor yet then thus therefore "
    "however also such moreover instead otherwise additionally furthermore".split()
)
"""Words by which a sentence goes on from the one before, so that nobody asks for it alone."""


def is_natural(new: Constraint, old: Constraint, question: str, beside: str = "") -> bool:
    """Whether people would ask for it, in place of what was asked.

    Phrases to end with are whole sentences, phrases to start with can be said alone; what is counted exactly
    is few; nothing is forbidden beyond a large number of times; and words that the question has already are
    not asked for, but often.

    Args:
        new: what the old constraint could become.
        old: what was asked.
        question: what is asked beside it.
        beside: what else the prompt says, other constraints among it.
    """
    claims = new.claims()
    if new.quoted_parameter:
        return True  # the prompt says what it repeats
    known = _phrases_of(old)
    is_known = any(isinstance(claim, Boundary) and claim.text.lower() in known for claim in claims)
    if len(new.describe()) > _LONGEST or not _has_new_words(claims, question):
        return False
    if not is_known and begins_as(new, question, beside):
        return False
    bounds = {claim.of: claim for claim in old.claims() if isinstance(claim, Count)}
    has_word = any(isinstance(claim, ContainsText) for claim in claims)
    for claim in claims:
        match claim:
            case Boundary(at, phrase) if phrase.strip() and phrase.lower() not in known:
                if not is_phrase(at, phrase):
                    return False
            case Count() if not _is_number(claim, bounds.get(claim.of)):
                return False
            case Count("sentences", least) if has_word and least > _COUNTED_OUT:
                return False  # it says in which sentence the word is to be
    return True


def fills(new: Constraint, old: Constraint, text: Text) -> bool:
    """Whether a new phrase to begin or to end with is more than half of the response.

    To ask for it would be to dictate the answer.
    """
    known, words = _phrases_of(old), len(words_of(text.raw))
    return any(
        isinstance(claim, Boundary)
        and claim.text.lower() not in known
        and 2 * len(words_of(claim.text)) > words
        for claim in new.claims()
    )


def _phrases_of(constraint: Constraint) -> frozenset[str]:
    """The phrases to begin or to end with, in lower case, and the same without their marks."""
    known = {claim.text.lower() for claim in constraint.claims() if isinstance(claim, Boundary)}
    return frozenset(known | {phrase.rstrip(".!?") for phrase in known})


def is_phrase(at: str, phrase: str) -> bool:
    """Whether people would ask for a phrase at the "start" or at the "end" of an answer."""
    words = words_of(phrase)
    if at == "end" and more_offered(phrase):
        return False  # a chat answer offers more; nobody asks for that
    if not any(map(str.isalpha, phrase)):
        return False  # the number of a list item
    if at == "start":
        return len(words) < 2 or words[-1] not in _UNENDED
    return len(words) == 1 or (
        len(words) <= _LONGEST_END
        and (len(words) <= _SAID_ALONE or words[0] not in _GOING_ON)
        and phrase[0].isupper()
        and phrase.rstrip("\"'*)”").endswith((".", "!", "?"))
    )


def _is_number(new: Count, old: Count | None) -> bool:
    if new == old:
        return True
    if new.most is not None and new.of.startswith(("occurrences", "letter ")):
        usual = old.most if old and old.most is not None else 0
        return new.most < max(_USES, 1.5 * usual)
    exact = new.least == new.most
    return not exact or new.least <= _COUNTED_OUT or new.of.startswith(("words", "percent"))


def _has_new_words(claims: Sequence[Claim], question: str) -> bool:
    """Whether a word is asked for that the question does not have, or one so often that it says something."""
    asked = [claim for claim in claims if isinstance(claim, ContainsText)]
    return not asked or any(
        claim.times >= _OFTEN or claim.text.lower() not in forms_in(question) for claim in asked
    )


def begins_as(constraint: Constraint, question: str, beside: str = "") -> bool:
    """Whether a response is to begin with words of which the question has most, as any answer might.

    Or to end with words that the prompt has all: whoever asks why forests should be protected does not ask
    for "Forests should be protected." as well, and who wants no commas not for "Do not use commas."

    Args:
        constraint: what is to be asked.
        question: what is asked beside the constraints.
        beside: what else the prompt says, other constraints among it.
    """
    asked = forms_in(question)
    for claim in constraint.claims():
        if not isinstance(claim, Boundary):
            continue
        words = [word for word in words_of(claim.text) if word not in _UNENDED]
        said = forms_in(beside) if claim.at == "end" else ()
        known = sum(word in asked or word in said or _is_misspelt(word, question) for word in words)
        if words and (2 * known if claim.at == "start" else known) >= len(words):
            return True
    return False


def _is_misspelt(word: str, question: str) -> bool:
    """Whether a question has a long word with other letters in a place or two, "cognative"."""
    return len(word) >= _LONG_WORD and any(
        other[:2] == word[:2]
        and abs(len(other) - len(word)) <= 1
        and difflib.SequenceMatcher(None, word, other).ratio() >= _LETTERS_SHARED
        for other in words_of(question)
        if len(other) >= _LONG_WORD
    )


_LONG_WORD = 6  # letters
_LETTERS_SHARED = 0.85


def same_stem(word: str, other: str) -> bool:
    """Whether two words in lower case are forms of one, as far as their letters tell: "segment", "segments".

    They have to share all but the last two letters of the shorter one, and four at least; "y" is "i".
    """
    word, other = word.replace("y", "i"), other.replace("y", "i")
    shared = max(_STEM, min(len(word), len(other)) - 2)
    return word == other or (len(word) >= shared and word[:shared] == other[:shared])


def forms_of(word: str, text: str) -> list[str]:
    """The inflected forms of a plain word that a text has, "running" for "run"; not the word itself.

    Args:
        word: in any case; one that is no word of three letters or more has none.
        text: in lower case.
    """
    word = word.lower()
    if len(word) < _SHORTEST_INFLECTED or not word.isalpha() or not word.isascii():
        return []
    stem = word[:-1] if word.endswith("e") else word
    if stem not in text:
        return []
    endings = [rf"{word}(?:e?s|['’]s)", rf"{stem + word[-1]}(?:ing|ed)"]
    if len(word) > _SHORTEST_INFLECTED:  # a car is not caring
        endings += [rf"{stem}(?:ing|ed)"]
    return re.findall(rf"\b(?:{'|'.join(endings)})\b", text)


_SHORTEST_INFLECTED = 3  # letters


class WordForms:
    """Some words in lower case, for the question whether one has the stem of another (:func:`same_stem`).

    Words of one stem are equal or share the first four letters, by which they are kept.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words: set[str] = {word.replace("y", "i") for word in words}
        self._by_start: dict[str, list[str]] = {}
        for word in self._words:
            if len(word) >= _STEM:
                self._by_start.setdefault(word[:_STEM], []).append(word)

    def __contains__(self, word: str) -> bool:
        word = word.replace("y", "i")
        return word in self._words or any(
            word[_STEM : (shared := max(_STEM, min(len(word), len(other)) - 2))] == other[_STEM:shared]
            for other in self._by_start.get(word[:_STEM], ())
        )


_STEM = 4  # letters


@functools.lru_cache(maxsize=1 << 10)
def forms_in(text: str) -> WordForms:
    """The words of a text, such as a question that many responses answer."""
    return WordForms(words_of(text))
