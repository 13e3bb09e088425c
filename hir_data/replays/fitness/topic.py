"""The guard that looks at what a response is about."""

import re

from hir_data.replays.fitness.answer import foreign_share, is_english, names_language
from hir_data.replays.fitness.attempt import FICTION, GuardedResponse, said_in
from hir_data.replays.fitness.echo import EDITING
from hir_data.text.quality.prose import plain
from hir_data.text.stems import root, roots_of, words_with_roots

_WORD = re.compile(r"[^\W\d_]+")
_ON_ANY_TOPIC = frozenset(
    "case lower upper capital capitals "
    "about above according advice after again against all also always among and answer answers any appear "
    "brief briefly concise concisely detail details detailed "
    "are around article ask bad because become been before being below best better between blog both but "
    "called came can cannot certain come compare could day days describe did difference different does "
    "doing done down during each eight either else email entire essay even ever every exactly example "
    "explain explanation find first five following for form four from full get give given gives goes "
    "going good guide had happen happens has have having help her here high him hint his how however idea "
    "ideas imagine important include includes including into invent its itself just keep kept keyword "
    "keywords kind know last least less let letter letters like line lines list long look lot made main "
    "make makes making man many may more most much must name need needs never new next nice nine not now "
    "number numbers off often old once one only other our out over own paragraph paragraphs part people "
    "people's person place plan please poem point points possible put question questions rather really "
    "reason reasons request respond response review right said same say see sentence sentences set seven "
    "several she short should show shows since six small some something song start step steps still story "
    "such summary sure take taken tell ten text than that the their them then there these they thing "
    "things think this those three through time times tip tips title together too took try two under "
    "until upon use used using very want wants was way ways well went were what when where whether which "
    "while who whole why will with within without woman word words work would write writing written yet "
    "you your yourself".split()
)
_ROOTS_ON_ANY_TOPIC = frozenset(map(root, _ON_ANY_TOPIC))
_RELATED = tuple(
    frozenset(map(root, words.split()))
    for words in (
        "apology apologize apologies sorry regret inconvenience forgive",
        "home house household apartment",
        "electricity energy power electrical",
        "child children kid baby toddler son daughter",
        "car vehicle automobile driving",
        "job career employment profession work hired",
        "money finance financial budget saving dollar cost bank",
        "movie film cinema",
        "food meal dish eating cooking recipe",
        "trip travel journey vacation tour visit",
        "company business firm startup",
        "sea ocean marine",
        "city town urban",
        "teacher teaching school student classroom education learning",
        "afraid fear scared frightened",
        "garden plant vegetable soil",
        "wedding marriage bride married",
        "birthday party celebrate celebration",
        "computer laptop device software",
        "plane flight airplane airport aircraft",
        "health healthy wellness fitness medical doctor",
        "university college campus",
        "dog puppy canine",
        "cat kitten feline",
        "photo picture image camera",
        "shop store customer buy purchase sell",
        "sport team player game",
        "book novel reading author",
        "music song melody sound",
        "farewell goodbye retire retirement retiring colleague",
        "tyre tire wheel bike bicycle",
        "neighbour neighbor",
        "colour color",
    )
)
"""Roots of words of which one stands for the others."""
_USUAL = 0.2  # share of the responses to other prompts, from which a word is about nothing
_ENOUGH = {1: 60, 2: 30, 3: 20}
"""How many words an answer can have without naming any of so many things that the question names."""
_ENOUGH_OFFICTION = 80  # words, where it names three things
_OF_WRITING = re.compile(
    r"\b(?:words?|sentences?|letters?|phrases?|answers?|responses?|requests?|requested|keywords?|paragraphs?|"
    r"capitali[sz]ed|lower ?case|upper ?case|commas?|punctuation|exclamation|prompt|bullet points?)\b"
)
_SHORTEST = 3  # letters
_FEW = 5  # words
_SHORT = 20


def off_topic(attempt: GuardedResponse) -> str | None:
    """The response names nothing that the question does, but what responses to other prompts have too.

    Where the question is not known apart from what constrains the answer, nobody can say. A short answer need
    not name what it is about; one that speaks of words and sentences in its place is about those.
    """
    if attempt.instruction.question is None or said_in(EDITING, attempt.task) or not is_english(attempt.task):
        return None
    words = len(attempt.words)
    if words < _FEW or attempt.is_short_wanted:
        return None
    topic = topic_of(attempt)
    if not topic or names_language(attempt.asked) or foreign_share(attempt.text.raw) > 0.1:
        return None
    related = topic.union(*(group for group in _RELATED if group & topic))
    named = _WORD.findall(plain(attempt.text.raw))
    if any(len(word) >= _SHORTEST and root(word) in related for word in named):
        return None
    if _speaks_of_writing(attempt) or words >= _least(attempt.task, len(topic)):
        missing = words_with_roots(_WORD.findall(attempt.task), topic)
        return f"has none of {', '.join(missing[:5])}"
    return None


def topic_of(attempt: GuardedResponse) -> set[str]:
    """The roots of the words of the question that say what it is about."""
    named = roots_of(_WORD.findall(attempt.task)) - _ROOTS_ON_ANY_TOPIC
    return {each for each in named if attempt.usual(each) < _USUAL}


def _least(task: str, topic: int) -> int:
    """How many words an answer has to have that names nothing of a topic of so many words, to be off it."""
    if said_in(FICTION, task):
        return _ENOUGH_OFFICTION if topic >= 3 else 1 << 30
    return _ENOUGH[min(topic, 3)]


def _speaks_of_writing(attempt: GuardedResponse) -> bool:
    """Whether a response is about words and answers, of which the question says nothing."""
    if said_in(_OF_WRITING, attempt.task):
        return False
    number = len(_OF_WRITING.findall(plain(attempt.text.raw)))
    return number >= 2 or (number == 1 and len(attempt.words) < _SHORT)
