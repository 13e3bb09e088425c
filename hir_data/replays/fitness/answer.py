"""Guards that look at what a response says: whether it answers what is asked at all."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from hir_data.replays.fitness.attempt import GuardedResponse, said_in, words_asked
from hir_data.schemas.claims import Count, Language
from hir_data.schemas.constraint import Constraint
from hir_data.text.quality import talk
from hir_data.text.quality.prose import (
    WORD,
)
from hir_data.text.stems import roots_of, words_with_roots


def refusal(attempt: GuardedResponse) -> str | None:
    """The response says that it will not or cannot answer."""
    declining = talk.refusal(attempt.text.raw)
    return None if declining is None or declining in attempt.asked else declining


_TALK_WANTED = re.compile(
    r"\b(?:e-?mail|letter|message|text|dialogue|conversation|reply|respond|response to|script|chat ?bot|"
    r"customer|"
    r"role-?play|pretend|questions? (?:to|for|that|i)|survey|interview|greeting|invitation|tweet|post)\b"
)


def deflection(attempt: GuardedResponse) -> str | None:
    """The response offers help or asks back, and answers nothing."""
    talking = talk.deflection(attempt.text.raw)
    if talking is None or talking in attempt.asked:
        return None
    wanted = _OFFERS_WANTED if _OFFERS.search(talking) else _TALK_WANTED
    return None if wanted.search(attempt.task) else talking


_OFFERS_WANTED = re.compile(
    r"chat ?bot|customer|service|greeting|assistant|reception|dialogue|conversation|role-?play|cover letter"
)
_OFFERS = re.compile(r"^i(?:'m|'d| am| can| would)|like me to|^(?:how|what) (?:can|may|could) i")


LANGUAGES = re.compile(
    r"\b(?:translat\w*|languages?|german|french|spanish|italian|portuguese|dutch|russian|chinese|"
    r"mandarin|japanese|"
    r"korean|arabic|hindi|urdu|punjabi|bengali|marathi|gujarati|kannada|telugu|tamil|thai|vietnamese|"
    r"persian|farsi|"
    r"swahili|finnish|swedish|norwegian|danish|polish|czech|greek|turkish|hebrew|nepali|bulgarian|latin|"
    r"ukrainian|"
    r"indonesian|malay|romanian|hungarian|bilingual|script|alphabet)\b"
)


@lru_cache(maxsize=1 << 9)
def names_language(said: str) -> bool:
    """Whether a prompt in lower case, which many responses answer, speaks of languages."""
    return LANGUAGES.search(said) is not None


_COMMON_WORDS: dict[str, frozenset[str]] = {  # no word in two lists, but for neighbours
    name: frozenset(words.split())
    for name, words in {
        "English": "the of and to in is that it for on are with his they at be this have from or by not "
        "but what "
        "all were when your can there which their if will how about out up them then she you",
        "German": "der und ist nicht ein eine zu den mit auf für von dem sich auch wie ich sie es wir "
        "im werden "
        "wird sind oder aber bei kann",
        "French": "le les est et une du pour dans qui pas sur avec ce il elle nous vous sont par plus "
        "cette au "
        "aux ou mais être",
        "Spanish": "el los las y en un una es por con para del se lo como más su al pero sus este esta ser",
        "Italian": "il di che e una è della con non si gli dei sono anche alla nel più questo questa",
        "Portuguese": "o os e que da em um uma para com não por mais dos das ao ele sua seu você são",
        "Dutch": "de het een van en dat met voor niet zijn aan er om ook als maar bij wordt deze naar",
    }.items()
}
_LANGUAGES_OF: dict[str, list[str]] = {
    word: [name for name, common in _COMMON_WORDS.items() if word in common]
    for word in frozenset().union(*_COMMON_WORDS.values())
}
_ENOUGH_FOR_A_LANGUAGE = 20  # words


def other_language(attempt: GuardedResponse) -> str | None:
    """The response is in another language than the prompt, which asks for none."""
    if names_language(attempt.asked) or _names_language(attempt.instruction.constraints):
        return None
    ours, theirs = foreign_share(attempt.asked), foreign_share(attempt.text.raw)
    if abs(theirs - ours) > 0.5 and sum(map(str.isalpha, attempt.text.raw)) >= 20:
        return "is in another script"
    words = attempt.prose
    if len(words) < _ENOUGH_FOR_A_LANGUAGE or ours > 0.3:
        return None
    question = _language(attempt.asked)
    enough = 3 * sum(map(_COMMON_WORDS[question].__contains__, words))
    if enough >= len(words) or enough >= sum(map(_LANGUAGES_OF.__contains__, words)):
        return None  # no other language has so many
    shares = _shares(words)
    answer = max(shares, key=shares.__getitem__)
    if answer != question and shares[answer] > 0.15 * len(words) and shares[answer] > 3 * shares[question]:
        return f"is in {answer}, the prompt in {question}"
    return None


@lru_cache(maxsize=1 << 8)
def _language(asked: str) -> str:
    """The language of what many responses answer."""
    shares = _shares(words_asked(asked))
    return max(shares, key=shares.__getitem__)


def _shares(words: Sequence[str]) -> dict[str, int]:
    """How many of the words are usual ones of each language."""
    counts = Counter(filter(_LANGUAGES_OF.__contains__, words))
    shares = dict.fromkeys(_COMMON_WORDS, 0)
    for word, number in counts.items():
        for name in _LANGUAGES_OF[word]:
            shares[name] += number
    return shares


def is_english(text: str) -> bool:
    """Whether a text in lower case has English words, and no more of any other language."""
    shares = _shares(WORD.findall(text))
    return shares["English"] == max(shares.values())


def english_share(text: str) -> tuple[int, int, int]:
    """How many usual words of English a text in lower case has, how many of another language, and all."""
    words = WORD.findall(text)
    shares = _shares(words)
    return shares["English"], max(number for name, number in shares.items() if name != "English"), len(words)


def foreign_share(text: str) -> float:
    """The share of letters that are not Latin."""
    if text.isascii():
        return 0.0
    foreign = sum(map(str.isalpha, _NOT_LATIN.findall(text[:4000])))
    return foreign / sum(map(str.isalpha, text[:4000])) if foreign else 0.0


_NOT_LATIN = re.compile("[^\0-\u024f]")


def _names_language(constraints: Iterable[Constraint]) -> bool:
    return any(
        isinstance(claim, Language) and claim.code != "en" for each in constraints for claim in each.claims()
    )


# ---------------------------------------------------------------------------------------------------------
# Too short

_LONG_FORM = re.compile(
    r"\b(?:essay|article|story|(?<!by )letter(?! by)|email|e-mail|blog|report|speech|review|summary|"
    r"summari[sz]e|explain|"
    r"describe|description|discuss|poem|song|lyrics|rap|script|resume|résumé|proposal|itinerary|plan|"
    r"guide|critique|"
    r"elaborate|advertisement|cover letter|press release|rubric|analysis|analyze|compare|dialogue|rant|"
    r"biography|"
    r"invent|recipe|instructions|post|pitch|paragraphs?)\b"
)
_SHORTEST = 4
_SHORTEST_OF_LONG = 8
_SHARE_OF_LEAST = 0.1


def too_short(attempt: GuardedResponse) -> str | None:
    """The response is shorter than any answer to what is asked."""
    words = len(attempt.words)
    if attempt.is_short_wanted or not attempt.asked.isascii() or not attempt.text.raw.isascii():
        return None
    least = max(
        (
            claim.least
            for each in attempt.instruction.constraints
            for claim in each.claims()
            if isinstance(claim, Count) and claim.of.startswith("words")
        ),
        default=0,
    )
    if words < _SHARE_OF_LEAST * least:
        return f"has {words} of {least} words"
    if words < _SHORTEST_OF_LONG and said_in(_LONG_FORM, attempt.task):
        return f"has {words} words"
    if _FIGURE.search(attempt.text.raw):
        return None
    if words < _SHORTEST and len(WORD.findall(attempt.task)) > 6 and not said_in(_QUESTION, attempt.task):
        return f"has {words} words"
    return _says_nothing_new(attempt)


_EXPLAINED = re.compile(r"\b(?:why|explain|describe|elaborate|how (?:do|does|did|can|is|are|was|were))\b")
_SHORT_ANSWER = 40  # words
_NEW = 6  # roots of words of four letters and more
_OWN = 2  # of these, that few responses to other prompts have
_USUAL = 0.05  # share of these


def _says_nothing_new(attempt: GuardedResponse) -> str | None:
    """A few words that explain nothing: the prompt has them, or they stand in answers to any question."""
    if attempt.others is None or not attempt.others.suffices:
        return None
    if len(attempt.words) > _SHORT_ANSWER or not said_in(_EXPLAINED, attempt.task):
        return None
    long = frozenset(word for word in attempt.words if len(word) > 3)
    new = roots_of(long) - roots_of(words_asked(attempt.asked))
    if len(new) >= _NEW or sum(attempt.usual(root) < _USUAL for root in new) >= _OWN:
        return None
    said = ", ".join(words_with_roots((word for word in attempt.words if len(word) > 3), new))
    return f"says only {said}" if new else "says nothing that the prompt does not"


_FIGURE = re.compile(r"\d|`[^`\s]")
"""A number or code, which can be all that there is to say."""
_QUESTION = re.compile(
    r"\b(?:who|when|where|which|what|is|are|do|does|did|can|how (?:many|much|old))\b[^.!]*\?"
)
