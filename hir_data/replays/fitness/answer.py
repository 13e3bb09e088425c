"""Guards that look at what a response says: whether it answers what is asked at all."""

import re
from collections.abc import Iterable

from hir_data.replays.fitness.attempt import REPEATING, WORD, GuardedResponse, plain
from hir_data.schemas.claims import Count, Language
from hir_data.schemas.constraint import Constraint

_SPACE = re.compile(r"\s+")
_SORRY = (
    r"(?:i(?:'m| am) (?:really |very |so |deeply |truly )?(?:sorry|afraid)|(?:my )?apolog(?:ies|y|ise|"
    r"ize)|sorry|"
    r"i apologi[sz]e|unfortunately|regrettably)"
)
_CANNOT = (
    r"(?:i (?:can(?:not|'t| not)|am (?:not able|unable)|won't|will not|must (?:decline|refuse))|"
    r"i'm (?:not able|unable)|it(?:'s| is) (?:not possible|impossible) for me|i have to decline|unable to)"
)
_HELP = (
    r"(?:help|assist|fulfil|fulfill|comply|provide|create|write|generate|complete|answer|do that|do "
    r"this|engage|"
    r"support|offer|respond|produce|satisfy|proceed|continue|discuss|share|feel comfortable|have (?:the|"
    r"any|access|"
    r"personal|opinions)|be able|meet|follow|with (?:that|this))"
)
_REFUSAL = re.compile(
    rf"\W*(?:{_SORRY}[,.;:!\s]+(?:but\s+)?(?:as an ai[^,.]*,\s*)?{_CANNOT}"
    rf"|{_CANNOT}\s+(?:\w+\s+){{0,2}}?{_HELP}"
    r"|as an? (?:ai|artificial intelligence|(?:large )?language model)\b"
    r"|i(?:'m| am) (?:just |only )?an? (?:ai|(?:large )?language model)\b"
    rf"|{_SORRY}[.!\s]*\Z)"
)
_OPENERS_OF_REFUSALS = 240  # characters
_REFUSAL_LENGTH = 120  # words; whoever says more has usually answered after all


def refusal(attempt: GuardedResponse) -> str | None:
    """The response says that it will not or cannot answer."""
    if len(attempt.words) > _REFUSAL_LENGTH:
        return None
    start = _SPACE.sub(" ", plain(attempt.text.stripped[:_OPENERS_OF_REFUSALS]).lstrip(" \n\"'“*#"))
    sentences = [start, *re.split(r"(?<=[.!?])\s+", start, maxsplit=1)[1:]]
    for each in sentences:
        if found := _REFUSAL.match(each):
            return found.group().strip()[:60]
    return None


_ECHOED = 0.85  # share of the runs of five words that the prompt has
_EDITING = re.compile(
    r"\b(?:rewrite|re-write|rephrase|paraphrase|edit|correct|proofread|fix|improve|translate|copy|repeat|format|"
    r"extract|quote|summari[sz]e|expand|elaborate|convert|add|remove|replace|sort|continue|complete)"
)


def echo(attempt: GuardedResponse) -> str | None:
    """The response gives the prompt back and says nothing else."""
    prompt = WORD.findall(attempt.asked)
    words = attempt.words
    if len(words) < 5:
        return None
    if any(word in attempt.asked for word in REPEATING):
        return None
    if _is_run(prompt, words):
        return "is a part of the prompt"
    known = set(zip(*(prompt[i:] for i in range(5)), strict=False))
    runs = list(zip(*(words[i:] for i in range(5)), strict=False))
    shared = sum(run in known for run in runs) / len(runs)
    if shared >= _ECHOED and not _EDITING.search(attempt.asked):
        return f"{shared:.0%} of it is the prompt's"
    return None


def _is_run(words: list[str], part: list[str]) -> bool:
    return f" {' '.join(part)} " in f" {' '.join(words)} "


_LANGUAGES = re.compile(
    r"\b(?:translat\w*|languages?|german|french|spanish|italian|portuguese|dutch|russian|chinese|mandarin|japanese|"
    r"korean|arabic|hindi|urdu|punjabi|bengali|marathi|gujarati|kannada|telugu|tamil|thai|vietnamese|persian|farsi|"
    r"swahili|finnish|swedish|norwegian|danish|polish|czech|greek|turkish|hebrew|nepali|bulgarian|latin|ukrainian|"
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
    if _LANGUAGES.search(attempt.asked) or _names_language(attempt.instruction.constraints):
        return None
    ours, theirs = _foreign_share(attempt.asked), _foreign_share(attempt.text.raw)
    if abs(theirs - ours) > 0.5 and sum(map(str.isalpha, attempt.text.raw)) >= 20:
        return "is in another script"
    words = attempt.prose
    if len(words) < _ENOUGH_FOR_A_LANGUAGE or ours > 0.3:
        return None
    asked = WORD.findall(attempt.asked)
    shares = {name: sum(word in common for word in words) for name, common in _COMMON_WORDS.items()}
    usual = {name: sum(word in common for word in asked) for name, common in _COMMON_WORDS.items()}
    answer, question = max(shares, key=shares.__getitem__), max(usual, key=usual.__getitem__)
    if answer != question and shares[answer] > 0.15 * len(words) and shares[answer] > 3 * shares[question]:
        return f"is in {answer}, the prompt in {question}"
    return None


def _foreign_share(text: str) -> float:
    """The share of letters that are not Latin."""
    letters = [letter for letter in text[:4000] if letter.isalpha()]
    return sum(letter > "\u024f" for letter in letters) / len(letters) if letters else 0.0


def _names_language(constraints: Iterable[Constraint]) -> bool:
    return any(
        isinstance(claim, Language) and claim.code != "en" for each in constraints for claim in each.claims()
    )


# ---------------------------------------------------------------------------------------------------------
# Too short, or about something else

_LONG_FORM = re.compile(
    r"\b(?:essay|article|story|letter|email|e-mail|blog|report|speech|review|summary|summarize|summarise|explain|"
    r"describe|description|discuss|poem|song|lyrics|rap|script|resume|résumé|proposal|itinerary|plan|guide|critique|"
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
    if words < _SHORTEST_OF_LONG and _LONG_FORM.search(attempt.asked):
        return f"has {words} words"
    question = attempt.instruction.question
    asked = attempt.asked if question is None else plain(question)
    if words < _SHORTEST and len(WORD.findall(asked)) > 6 and not _QUESTION.search(asked):
        return f"has {words} words"
    return None


_QUESTION = re.compile(
    r"\b(?:who|when|where|which|what|is|are|do|does|did|can|how (?:many|much|old))\b[^.!]*\?"
)


_TOPIC = re.compile(r"[a-z]{4,}")
_ON_ANY_TOPIC = frozenset(
    "about above according after again against also always among answer answers appear around because "
    "become been "
    "before being below best better between both called cannot certain come could different does doing "
    "done down "
    "during each either else even ever every exactly example explain explanation find first following "
    "form from "
    "full give given gives going good have having help here high hint however idea ideas important "
    "include includes "
    "including into itself just keep keyword keywords kind know last least less letter letters like "
    "line lines list "
    "long look made main make makes making many more most much must name need needs never next number "
    "numbers often "
    "once only other over paragraph paragraphs part people place please point points possible put "
    "question questions "
    "rather reason really request respond response right said same sentence sentences several short "
    "should show "
    "shows since small some something start still such sure take tell text than that their them then "
    "there these "
    "they thing things think this those three through time times title together under until upon used "
    "using very "
    "want ways well were what when where whether which while will with within without word words work "
    "would write "
    "writing written your yourself people's entire whole".split()
)
_ENOUGH_FOR_A_TOPIC = 25  # words
_TOPIC_WORDS = 2
_STEM = 4  # letters


def off_topic(attempt: GuardedResponse) -> str | None:
    """The response has no word in common with the question; where that is not known, nobody can say."""
    if attempt.instruction.question is None:
        return None
    asked = plain(attempt.instruction.question)
    topic = {word[:_STEM] for word in _TOPIC.findall(asked) if word not in _ON_ANY_TOPIC}
    if len(topic) < _TOPIC_WORDS or len(attempt.words) < _ENOUGH_FOR_A_TOPIC or attempt.is_short_wanted:
        return None
    if _LANGUAGES.search(attempt.asked) or _foreign_share(attempt.text.raw) > 0.1:
        return None
    if topic & {word[:_STEM] for word in _TOPIC.findall(plain(attempt.text.raw))}:
        return None
    return "has no word of the question"
