"""Guards that look at what a response says: whether it answers what is asked at all."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from hir_data.replays.fitness.attempt import REPEATING, GuardedResponse
from hir_data.schemas.claims import Count, Language
from hir_data.schemas.constraint import Constraint
from hir_data.text.quality import talk
from hir_data.text.quality.prose import WORD


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
    prompt = WORD.findall(attempt.asked)
    words = attempt.words
    if len(words) < 5:
        return None
    if any(word in attempt.asked for word in REPEATING):
        return None
    if _is_run(prompt, words) and not _PART_WANTED.search(attempt.asked):
        return "is a part of the prompt"
    known = set(zip(*(prompt[i:] for i in range(5)), strict=False))
    runs = list(zip(*(words[i:] for i in range(5)), strict=False))
    shared = sum(run in known for run in runs) / len(runs)
    if shared >= _ECHOED and not EDITING.search(attempt.asked):
        return f"{shared:.0%} of it is the prompt's"
    return None


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
_ENOUGH_FOR_A_LANGUAGE = 20  # words


def other_language(attempt: GuardedResponse) -> str | None:
    """The response is in another language than the prompt, which asks for none."""
    if LANGUAGES.search(attempt.asked) or _names_language(attempt.instruction.constraints):
        return None
    ours, theirs = foreign_share(attempt.asked), foreign_share(attempt.text.raw)
    if abs(theirs - ours) > 0.5 and sum(map(str.isalpha, attempt.text.raw)) >= 20:
        return "is in another script"
    words = attempt.prose
    if len(words) < _ENOUGH_FOR_A_LANGUAGE or ours > 0.3:
        return None
    shares, usual = _shares(words), _shares(WORD.findall(attempt.asked))
    answer, question = max(shares, key=shares.__getitem__), max(usual, key=usual.__getitem__)
    if answer != question and shares[answer] > 0.15 * len(words) and shares[answer] > 3 * shares[question]:
        return f"is in {answer}, the prompt in {question}"
    return None


def _shares(words: Sequence[str]) -> dict[str, int]:
    """How many of the words are usual ones of each language."""
    counts = Counter(words)
    return {name: sum(counts[word] for word in common) for name, common in _COMMON_WORDS.items()}


def is_english(text: str) -> bool:
    """Whether a text in lower case has English words, and no more of any other language."""
    shares = _shares(WORD.findall(text))
    return shares["English"] == max(shares.values())


def foreign_share(text: str) -> float:
    """The share of letters that are not Latin."""
    if text.isascii():
        return 0.0
    letters = [letter for letter in text[:4000] if letter.isalpha()]
    return sum(letter > "\u024f" for letter in letters) / len(letters) if letters else 0.0


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
    return None


_FIGURE = re.compile(r"\d|`[^`\s]")
"""A number or code, which can be all that there is to say."""
_QUESTION = re.compile(
    r"\b(?:who|when|where|which|what|is|are|do|does|did|can|how (?:many|much|old))\b[^.!]*\?"
)
