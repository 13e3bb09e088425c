"""Guards that look at what a response says: whether it answers what is asked at all."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from hir_data.replays.fitness.attempt import FICTION, REPEATING, GuardedResponse
from hir_data.schemas.claims import Count, Language
from hir_data.schemas.constraint import Constraint
from hir_data.text.quality import talk
from hir_data.text.quality.prose import (
    WORD,
    in_lines,
    plain,
    words_between_marks,
    words_of_lines,
)
from hir_data.text.stems import roots_of


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


_ECHOED = 0.85  # share of the runs of five words that the prompt has
EDITING = re.compile(
    r"\b(?:rewrite|re-write|rephrase|paraphrase|edit|correct|proofread|fix|improve|translate|copy|"
    r"repeat|format|"
    r"extract|quote|summari[sz]e|expand|elaborate|convert|add|remove|replace|sort|continue|complete)"
)
_PART_WANTED = re.compile(
    r"\b(?:extract|quote|summari[sz]e|shorten|choose|select|pick|which|identify|find the|copy)\b"
)


def echo(attempt: GuardedResponse) -> str | None:
    """The response gives the prompt back and says nothing else."""
    prompt = _words(attempt.asked)
    words = attempt.words
    if len(words) < 5:
        return None
    has = bytes(map({*prompt}.__contains__, words))
    shared = has.count(1)
    if _may_give_back(attempt, has) and (made_of := _of_its_sentences(attempt, prompt)):
        return made_of
    if any(word in attempt.asked for word in REPEATING):
        return None
    if shared == len(words) and _is_run(prompt, words) and not _PART_WANTED.search(attempt.asked):
        return "is a part of the prompt"
    # A run that the prompt has begins with a word that it has.
    share = _share_of_runs(prompt, words) if shared >= _ECHOED * (len(words) - 4) else 0.0
    if share >= _ECHOED and not EDITING.search(attempt.asked):
        return f"{share:.0%} of it is the prompt's"
    # So does a sentence, but for the names of commands in formulas, which are no words of a response.
    may_have_some = "\\" in attempt.text.raw
    if (may_have_some or has.startswith(b"\1" * _LONG_OPENING)) and (opening := _opening(attempt)):
        return opening
    return _continued(attempt, prompt) if may_have_some or b"\1" * _LONG_COPY in has else None


_LONG_COPY = 8  # words
_COPIES = 2  # sentences
_ABOUT_TEXT = re.compile(
    r"\b(?:tell me|what|how|why|is|are|does|do you|rate|review|judge|evaluate|explain|analy[sz]e|"
    r"critique|feedback)\b"
)


def _continued(attempt: GuardedResponse, prompt: Sequence[str]) -> str | None:
    """The response has several sentences of a text that it was asked about, and quotes none of them."""
    if _TEXT_GIVEN.search(attempt.asked) or EDITING.search(attempt.task) or FICTION.search(attempt.task):
        return None
    if not _ABOUT_TEXT.search(attempt.task):
        return None
    asked = f" {' '.join(prompt)} "
    again = [
        said
        for said, words in _sentences(attempt.text.raw)
        if len(words) >= _LONG_COPY and f" {' '.join(words)} " in asked
    ]
    if len(again) < _COPIES or any(re.match(r"\s*[>\"“‘'*\d-]", said) for said in again):
        return None
    return f"goes on with the text of the prompt: {again[0][:60]!r}"


_GIVEN_BACK = 0.6  # share of the words, that sentences of the prompt are
_FEW_GIVEN_BACK = 3  # sentences
_SENTENCE_END = re.compile(r"([.!?…][\"')\]*_]*)\s+")
_SHORTEST_SENTENCE = 4  # words
_TEXT_GIVEN = re.compile(
    rf"(?:\A|[.!?:;,\n\"”)-]\s*|\b(?:please|and|then|you|can|could|me|(?:need|want|is|like|help) to)\s+)"
    rf"(?:{EDITING.pattern}|{_PART_WANTED.pattern})|\b(?:following|below)\b.*\b(?:text|sentence|passage|paragraph)"
    r"|\b(?:repeat|again and again|chant|mantra|refrain|one of)"
)
"""Where a prompt has a text that the response is to be made of."""


def _of_its_sentences(attempt: GuardedResponse, prompt: Sequence[str]) -> str | None:
    """Most of the response are sentences and list items of the prompt, in whatever order, however often."""
    said = [words for _, words in _sentences(attempt.text.raw) if len(words) >= _SHORTEST_SENTENCE]
    asked = f" {' '.join(prompt)} "
    again = [words for words in said if f" {' '.join(words)} " in asked]
    number = sum(map(len, said))
    if len(again) < _FEW_GIVEN_BACK or sum(map(len, again)) < _GIVEN_BACK * number:
        return None
    if attempt.is_short_wanted or _TEXT_GIVEN.search(attempt.asked):
        return None
    return f"{len(again)} of its {len(said)} sentences are the prompt's"


def _may_give_back(attempt: GuardedResponse, has: bytes) -> bool:
    """Whether the prompt has words enough of the response, but for those of sentences that do not count.

    Of each word of the response ``has`` says whether the prompt has it. Words of the prompt's sentences stand
    beside each other.
    """
    raw, words = attempt.text.raw, len(attempt.words)
    uncounted = (_SHORTEST_SENTENCE - 1) * (sum(map(raw.count, ".!?…\n")) + 1)
    least = max(_FEW_GIVEN_BACK * _SHORTEST_SENTENCE, _GIVEN_BACK * (words - uncounted))
    if "\\" in raw or has.count(1) < least:
        return "\\" in raw
    return sum(map(len, _LONG_ENOUGH.findall(has))) >= least


_LONG_ENOUGH = re.compile(b"\1{%d,}" % _SHORTEST_SENTENCE)


_LONG_OPENING = 8  # words
_REQUEST = re.compile(
    r"(?:can|could|would|will|please|write|create|give|generate|compose|explain|describe|name|suggest|tell|list|"
    r"discuss|make|draft|imagine|design|provide)\b"
)
_CAPTION = re.compile(r"\s*(?:#|\*\*|__|<|[>\"“]|q\w*\s*[:.)])", re.IGNORECASE)
_GOES_ON = re.compile(
    r"\b(?:(?:start|begin|open)s?(?:ing)?|first (?:line|sentence)|title|headline|heading)\b"
)


def _opening(attempt: GuardedResponse) -> str | None:
    """The response begins with a whole question or demand of the prompt, and not as a caption."""
    first = _first_sentence(attempt.text.raw)
    if first is None or len(first[1]) < _LONG_OPENING or _CAPTION.match(first[0]):
        return None
    if EDITING.search(attempt.task) or _GOES_ON.search(attempt.asked):
        return None
    for sentence, words in _sentences(attempt.asked):
        if words == first[1] and (sentence.rstrip("\"')*_ ").endswith("?") or _REQUEST.match(sentence)):
            return "begins with a sentence of the prompt"
    return None


@lru_cache(maxsize=1 << 6)
def _sentences(text: str) -> tuple[tuple[str, list[str]], ...]:
    return tuple(_each_sentence(text))


def _each_sentence(text: str) -> Iterator[tuple[str, list[str]]]:
    """The sentences and lines of a text, plain, and the words of each."""
    said = in_lines(_SENTENCE_END, plain(text))
    each = zip(said.split("\n"), words_of_lines(said), strict=True)
    return ((part.strip(), words) for part, words in each if words)


_BREAK = re.compile(rf"{_SENTENCE_END.pattern}|\n")


def _first_sentence(text: str) -> tuple[str, list[str]] | None:
    """The first of the sentences, without looking at what stands behind it."""
    said, start = plain(text), 0
    for found in _BREAK.finditer(said):
        part = said[start : found.start() if found[1] is None else found.end(1)]
        if words := WORD.findall(part):
            return part.strip(), words
        start = found.end()
    words = WORD.findall(said[start:])
    return (said[start:].strip(), words) if words else None


@lru_cache(maxsize=1 << 8)
def _words(asked: str) -> tuple[str, ...]:
    """The words of what many responses answer."""
    return tuple(words_between_marks(asked))


def _share_of_runs(prompt: Sequence[str], words: Sequence[str]) -> float:
    """The share of the runs of five words that the prompt has too."""
    known = {*_runs(prompt)}
    return sum(map(known.__contains__, _runs(words))) / (len(words) - 4)


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[i:] for i in range(5)), strict=False)


def _is_run(words: Sequence[str], part: Sequence[str]) -> bool:
    return f" {' '.join(part)} " in f" {' '.join(words)} "


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
    shares, question = _shares(words), _language(attempt.asked)
    answer = max(shares, key=shares.__getitem__)
    if answer != question and shares[answer] > 0.15 * len(words) and shares[answer] > 3 * shares[question]:
        return f"is in {answer}, the prompt in {question}"
    return None


@lru_cache(maxsize=1 << 8)
def _language(asked: str) -> str:
    """The language of what many responses answer."""
    shares = _shares(_words(asked))
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
    if words < _SHORTEST_OF_LONG and _LONG_FORM.search(attempt.task):
        return f"has {words} words"
    if _FIGURE.search(attempt.text.raw):
        return None
    if words < _SHORTEST and len(WORD.findall(attempt.task)) > 6 and not _QUESTION.search(attempt.task):
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
    if len(attempt.words) > _SHORT_ANSWER or not _EXPLAINED.search(attempt.task):
        return None
    long = frozenset(word for word in attempt.words if len(word) > 3)
    new = roots_of(long) - roots_of(_words(attempt.asked))
    if len(new) >= _NEW or sum(attempt.usual(root) < _USUAL for root in new) >= _OWN:
        return None
    return f"says only {', '.join(sorted(new))}" if new else "says nothing that the prompt does not"


_FIGURE = re.compile(r"\d|`[^`\s]")
"""A number or code, which can be all that there is to say."""
_QUESTION = re.compile(
    r"\b(?:who|when|where|which|what|is|are|do|does|did|can|how (?:many|much|old))\b[^.!]*\?"
)
