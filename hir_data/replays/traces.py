"""What a response shows of constraints that it violates: it tried them, or has words for them.

An instruction that no longer states such a constraint would not explain the response.
"""

import difflib
import functools
import re
from collections.abc import Sequence

from hir_data.replays.fitness.answer import foreign_share
from hir_data.replays.information import OtherResponses
from hir_data.replays.rewriting.quotations import quotations
from hir_data.replays.rewriting.statements.cues import GENERAL, PRODUCTS
from hir_data.schemas.claims import Count, ExcludesText
from hir_data.schemas.constraint import Constraint
from hir_data.text.stems import stem
from hir_data.text.text import Text
from hir_data.verifiers.compare import RELATIONS
from hir_data.verifiers.compose import Composite

TRIED = 0.5
"""The degree from which on a violated constraint may count as tried: it is neither turned round nor dropped.

Any text is in lower case for the most part. So a response has to lack less than a third of what others lack.
"""

TRIED_ALONE = 0.98
"""The same where there are too few others to compare with."""

STANDS_OUT = 0.3
"""The part of the way that a response goes on from where nine of ten others are that violate it too."""

_SEEN = 0.05  # the least that a reader sees of it: not a capital letter fewer
_RARE = 0.05  # share of the other responses that may have a word of the kind's phrasings
_VERY_RARE = 0.02  # the same for a word that the prompt alone has, which may be about anything


def is_tried(
    constraint: Constraint,
    text: Text,
    others: OtherResponses,
    stated: str = "",
    rest: str = "",
    degree: float | None = None,
) -> bool:
    """Whether a response visibly tried to satisfy a constraint that it violates.

    Args:
        constraint: the constraint.
        text: the response.
        others: responses to other instructions.
        stated: how the prompt says it, as far as that is known.
        rest: what the prompt says beside.
        degree: how far the response satisfies it, where that is known.
    """
    degree = constraint.degree(text) if degree is None else degree
    return (
        (not is_of_length(constraint) and is_near(constraint, degree, others))
        or any(repeats(each, text) or restates(each, text) for each in quotations(constraint))
        or (
            others.suffices
            and (
                mentions(constraint, text, others, stated, rest)
                or shows(constraint, text, others, stated, rest)
                or has_structure(constraint, text, others, stated, rest)
            )
        )
    )


def mentions(
    constraint: Constraint, text: Text, others: OtherResponses, stated: str = "", rest: str = ""
) -> bool:
    """Whether a response has a word for what a constraint asks that hardly any other response has.

    The words are those of the kind's phrasings and of what the prompt says; not what the rest of it says too.
    """
    known, number = others.background.stem_counts, len(others.background.responses)
    unwanted = _stems(" ".join(_phrases(constraint))) if asks_for_less(constraint) else frozenset()
    of_kind = _asked("\n".join(_without_fields(constraint.phrasings)))
    for quotation in quotations(constraint):
        stated = stated.replace(quotation, " ")
    of_prompt = _asked(stated[:_LONGEST_STATEMENT]) - unwanted
    return (
        _has_any([word for word in of_kind if known[word] <= _RARE * number], text, rest)
        or _has_any([word for word in of_prompt if known[word] <= _VERY_RARE * number], text, rest)
        or any(
            each in text.raw and re.search(rf"[\"“‘']{re.escape(each)}[\"”’']", text.raw)
            for each in _phrases(constraint)
        )
    )


def _has_any(stems: Sequence[str], text: Text, rest: str) -> bool:
    """Whether a text has a word of one of some stems that the rest of the prompt has not."""
    possible = [each for each in stems if each in text.lower]  # a word begins with its stem
    new = {*possible} - _stems(rest) if possible else set()
    return bool(new) and not new.isdisjoint(_stems(text.raw))


@functools.lru_cache(maxsize=1 << 10)
def _asked(said: str) -> frozenset[str]:
    """The stems of the words that say what is asked, and not only that something is."""
    return frozenset(
        stem(word) for word in words_of(said) if len(word) > 3 and word.isalpha() and word not in _UNTELLING
    )


def _phrases(constraint: Constraint) -> list[str]:
    """The words and phrases that a constraint names."""
    values = [each for _, value in constraint for each in (value if isinstance(value, tuple) else (value,))]
    return [value for value in values if isinstance(value, str) and len(value) > 2 and value not in RELATIONS]


def asks_for_less(constraint: Constraint) -> bool:
    """Whether a constraint asks for less of something, or for nothing of it."""
    claims = constraint.claims()
    return bool(claims) and all(
        isinstance(claim, ExcludesText) or (isinstance(claim, Count) and not claim.least) for claim in claims
    )


_LONGEST_STATEMENT = 600  # characters; a longer one has a sample text in it
_UNTELLING = (
    GENERAL
    | PRODUCTS
    | frozenset(
        "mark marks marked single nothing between begin begins beginning start starts starting number "
        "numbers after before above below ahead case wrap wrapped close closes finish side long length once "
        "twice last first second third three four five six seven eight nine previous whose english "
        "separate separated double divide structure mention mentions times".split()
    )
)
"""Words that are as good for any subject as for what is asked of a text."""


def shows(
    constraint: Constraint, text: Text, others: OtherResponses, stated: str = "", rest: str = ""
) -> bool:
    """Whether a text has a phrase or a mark that a constraint asks for, if not as it asks for it."""
    if asks_for_less(constraint):
        return False
    said = "\n".join([*_without_fields(constraint.phrasings), stated])
    return (
        any(mark in text.raw for mark in _found(_MARK, said) if mark not in rest)
        or any(
            _is_label(sample, text) for sample in _found(_SAMPLE, said) if sample.lower() not in rest.lower()
        )
        or any(phrase not in rest.lower() for phrase in phrases_in(text, constraint, others))
        or any(_has_end_of(phrase, text, others) for phrase in _phrases(constraint))
        or any(_has_misspelt(phrase, text, others) for phrase in _phrases(constraint))
    )


@functools.lru_cache(maxsize=1 << 10)
def _without_fields(phrasings: tuple[str, ...]) -> tuple[str, ...]:
    """The phrasings of a kind with a space in place of each value."""
    return tuple(_FIELD.sub(" ", phrasing) for phrasing in phrasings)


@functools.lru_cache(maxsize=1 << 10)
def _found(pattern: re.Pattern[str], said: str) -> frozenset[str]:
    """What a pattern finds in the words for a constraint, which many responses were to satisfy."""
    return frozenset(pattern.findall(said))


def _has_misspelt(word: str, text: Text, others: OtherResponses) -> bool:
    """Whether a text has a word that nobody else has, and that is nearly the rare one which was asked for.

    So has whoever writes "irlicit" where "iritic" was to be.
    """
    known, word = others.background.word_counts, word.lower()
    if len(word) < _LONG_WORD or not word.isalpha() or known[word] or word in text.lower:
        return False
    return any(
        other[:2] == word[:2]
        and other[-1] != "s"
        and not known[other]
        and abs(len(other) - len(word)) <= 1
        and difflib.SequenceMatcher(None, word, other).ratio() >= _LETTERS_SHARED
        for other in {*words_of(text.raw)}
        if len(other) >= _LONG_WORD
    )


_LONG_WORD = 6  # letters
_LETTERS_SHARED = 0.6


def _is_label(sample: str, text: Text) -> bool:
    """Whether the word of a sample, "[address]", heads a line: "*Address* - It stands by the sea"."""
    return re.search(rf"(?im)^[\s#>*_\[-]*{re.escape(sample)}[\]*_]*\s*(?:[:–—-]|$)", text.raw) is not None


def _has_end_of(phrase: str, text: Text, others: OtherResponses) -> bool:
    """Whether a text has the first or last words of a longer phrase, which hardly another response has."""
    words = words_of(phrase)
    if len(words) < _LONG_PHRASE:
        return False
    background, said = others.background, text.lower
    return any(
        end in said and background.containing(end) <= _VERY_RARE * len(background.responses)
        for end in (" ".join(words[:_END]), " ".join(words[-_END:]))
    )


_LONG_PHRASE, _END = 5, 3  # words


def phrases_in(text: Text, constraint: Constraint, others: OtherResponses) -> frozenset[str]:
    """The phrases and rare words that a constraint names and a text has, in lower case."""
    most, known = _RARE * len(others.background.responses), others.background.word_counts
    return frozenset(
        phrase.lower()
        for phrase in _phrases(constraint)
        if phrase.lower() in text.lower
        and (len(words := words_of(phrase)) > 1 or (words and known[words[0]] <= most))
    )


def explains(new: Constraint, old: Constraint, text: Text, others: OtherResponses) -> bool:
    """Whether a nearest value asks for the phrases of the old one that a text has.

    "Let us see" in the middle of a text is not explained by "Start your answer with "Sure"".
    """
    if asks_for_less(old):
        return True
    inside = [*new.inner()] if isinstance(new, Composite) else [new]
    asked = [phrase.lower() for one in inside for phrase in _phrases(one)]
    return all(any(phrase in other for other in asked) for phrase in phrases_in(text, old, others))


_MARK = re.compile(r"\*{3,}|<<|-{3,}|={3,}|</?[a-z]{1,10}>|[!?]{3,}|[~^|#]{2,}")
_SAMPLE = re.compile(r"\[([A-Za-z][\w ]{2,20})\]")
_FIELD = re.compile(r"\{[^{}]*\}")


def is_of_length(constraint: Constraint) -> bool:
    """Whether a constraint asks for a length or a number that no reader counts: of words, letters, digits."""
    claims = constraint.claims()
    return bool(claims) and all(
        isinstance(claim, Count) and claim.of.split()[0] in _UNCOUNTED for claim in claims
    )


_UNCOUNTED = ("words", "letters", "characters", "numbers", "lower-case")


def is_near(constraint: Constraint, degree: float, others: OtherResponses) -> bool:
    """Whether a degree is nearer to 1 than those of other responses are, so that a reader sees it."""
    if degree <= STANDS_OUT:  # which stands out from nothing
        return False
    usual = others.usual_degree(constraint)
    if usual is None:
        return degree >= TRIED_ALONE
    if degree >= TRIED and 1 - degree < (1 - usual) / 3:
        return True
    if (high := others.high_degree(constraint)) is None:
        return False
    high = max(high, usual)
    return degree - high > max(STANDS_OUT * (1 - high), _SEEN)


def repeats(quotation: str, text: Text) -> bool:
    """Whether a response begins with what it was to repeat, or with some words out of the middle of it."""
    quoted, start = words_of(quotation), words_of(text.raw[: len(quotation) + 400])
    return bool(quoted) and (
        _is_run(quoted[:_REPEATED], start) or (len(start) > _REPEATED and _is_run(start[:_REPEATED], quoted))
    )


_REPEATED = 6  # words


def restates(quotation: str, text: Text) -> bool:
    """Whether the first paragraph of a response may say in another language what it was to repeat.

    Words cannot be compared then; it is as long, and stands for itself, or it quotes as many words.
    """
    first, gap, rest = text.stripped.partition("\n\n")
    if not gap or not rest.strip() or len(first) > 1.8 * len(quotation):
        return False
    quoted = len(_QUOTED.findall(quotation))
    if quoted > 1 and len(_QUOTED.findall(first)) == quoted:
        return True
    return foreign_share(first) - foreign_share(quotation) > 0.5 and len(first) >= 0.4 * len(quotation)


_QUOTED = re.compile(r"[\"“„«‘'](?=\S)[^\"”“»’'\n]{1,60}(?<=\S)[\"”“»’']")


def has_structure(
    constraint: Constraint, text: Text, others: OtherResponses, stated: str = "", rest: str = ""
) -> bool:
    """Whether a text is laid out here and there as a constraint asks, and hardly another response is."""
    background = others.background
    return any(
        not named.search(rest.lower())
        and there.search(text.raw)
        and background.matching(there) <= _UNUSUAL * len(background.responses)
        for named, there in _structures_in(" ".join([*constraint.phrasings, stated]))
    )


_UNUSUAL = 0.1  # share of the responses that may be laid out so
_STRUCTURES = (
    # One bullet point with points below it, and one without.
    (
        re.compile(r"sub-?bullet"),
        re.compile(
            r"^[*+-] [^\n]*\n(?:[ \t]+[*+-] [^\n]*\n)+(?:[*+-] [^\n]*\n)*[*+-] [^\n]*\n(?:[*+-] |\Z)"
            r"|^[*+-] [^\n]*\n[*+-] [^\n]*\n[ \t]+[*+-] ",
            re.MULTILINE,
        ),
    ),
    # Whole sentences in asterisks, which were to be bullet points.
    (re.compile(r"bullet"), re.compile(r"(?<![*\w])\*[^*\s][^*\n]{20,}[.!?]\*(?!\*)")),
    # One word a line, five times in a row.
    (
        re.compile(r"\b(?:word|words)\b.*\blines?\b"),
        re.compile(r"(?:^[^\W\d_]+[,.!?]?[ \t]*\n+){5}", re.MULTILINE),
    ),
    (
        re.compile(r"\bnest|brackets|parenthes"),
        re.compile(r"[(\[{][^()\[\]{}\n]{1,80}[(\[{][^()\[\]{}\n]{1,80}[(\[{](?=[^\W\d_])"),
    ),
)
"""What a constraint speaks of, and what shows a text that has a part of it."""


@functools.lru_cache(maxsize=1 << 10)
def _structures_in(said: str) -> Sequence[tuple[re.Pattern[str], re.Pattern[str]]]:
    """The structures that the words for a constraint speak of."""
    return [(named, there) for named, there in _STRUCTURES if named.search(said.lower())]


def _is_run(part: list[str], words: list[str]) -> bool:
    return f" {' '.join(part)} " in f" {' '.join(words)} "


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation."""
    return re.findall(r"[^\W_]+", text.lower())


@functools.lru_cache(maxsize=1 << 8)
def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, {*words_of(text)}))
