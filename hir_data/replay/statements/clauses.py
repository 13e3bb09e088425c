"""The clause of a sentence that states a constraint, where the sentence is whole without it."""

import itertools
from collections.abc import Callable, Iterator, Sequence, Set
from typing import NamedTuple

from hir_data.replay.statements.cues import GENERAL, MAKING
from hir_data.replay.statements.evidence import Evidence, unexplained
from hir_data.replay.statements.units import Token, Unit, tokens

_PREPOSITIONS = frozenset(
    "with without using in containing including that that's that're which ensuring avoiding excluding "
    "of only all entirely".split()
)
_JOINING = frozenset(["and", "but", ",", ";", "while", "-", "–", "—", "--"])
_RESUMING = frozenset(
    "about on for to from of that which who whose describing explaining discussing as regarding "
    "titled called because : (".split()
)
_VERBS = frozenset(
    "use include contain make write highlight wrap end finish start begin answer respond give put add "
    "avoid do don't refrain mention keep ensure be separate label mark provide italicize explain "
    "describe have limit list create tell repeat aim focus note please say ask try".split()
)
_BEFORE_VERBS = frozenset("please to must should can will may not also".split())
_AMOUNTS = frozenset("at exactly no less fewer more a an only".split())
_REPEATED = frozenset("the to for with in by as that".split())
_POLITE = frozenset("please also then".split())
_GRADING = frozenset("only entirely all just fully".split())
_HOLDING = frozenset("contain contains have has include includes use with".split())
_MODALS = frozenset(
    "must should cannot can't shouldn't mustn't has needs contains includes will can may".split()
)
_UNENDED = MAKING | frozenset(
    "a an the this that these those your my our its their his her and or but also on of to for from "
    "by at with without in into within through is are was be been being am do does don't not no only "
    "just exactly precisely least most more less than fewer over under up can could should must may "
    "might shall will would has have having had need needs make makes making sure ensure ensures "
    "please kindly use uses using contain contains include includes including write add put give "
    "provide keep avoid mention each every all both some any if when which who as like such".split()
)
_SHORTEST = 3  # words that are left of a sentence


class Part(NamedTuple):
    """What is to be taken out of a sentence.

    Attributes:
        start: where it starts in the prompt.
        end: where it ends.
        put: what stands in its place.
    """

    start: int
    end: int
    put: str = ""


def clause(
    prompt: str, unit: Unit, known: Evidence, free: Callable[[int, int], bool], *, led: bool = False
) -> Part | None:
    """The longest clause that states a constraint and nothing else, if the sentence can do without it.

    Args:
        prompt: the text.
        unit: the sentence.
        known: how the constraint would be stated.
        free: whether a part of the prompt is about nothing that is kept.
        led: whether a colon at the end leads to what is taken out too.
    """
    sentence = tokens(prompt, *unit[:2])
    strange = set(unexplained(prompt, *unit[:2], [known]))
    parts = [
        part
        for explained, run in itertools.groupby(range(len(sentence)), lambda i: sentence[i] not in strange)
        if explained
        for part in _parts(prompt, sentence, list(run), known, strange, led)
    ]
    parts.sort(key=lambda part: part.start - part.end)
    return next((part for part in parts if free(part.start, part.end)), None)


def _parts(
    prompt: str,
    sentence: Sequence[Token],
    run: Sequence[int],
    known: Evidence,
    strange: Set[Token],
    led: bool,
) -> Iterator[Part]:
    """The clauses in a run of tokens that the constraint explains."""
    small = [token.text for token in sentence]
    final = ".!?" if led else ".!?:"
    body = len(small) - sum(1 for _ in itertools.takewhile(final.__contains__, reversed(small)))
    for i, j in itertools.combinations([*run, run[-1] + 1], 2):
        if j > body or not known.states(
            prompt[sentence[i].start : sentence[j - 1].end].lower().replace("’", "'")
        ):
            continue
        left = [token for token in (*sentence[:i], *sentence[j:]) if token.sort != "mark"]
        if len(left) < _SHORTEST or strange.isdisjoint(left):
            continue
        if j < body and strange.isdisjoint(sentence[j:]):
            continue
        if _starts(prompt, sentence, i, known, strange) and _ends(small, i, j, body):
            yield Part(sentence[i - 1].end, sentence[j - 1].end, "." if small[j - 1] == ":" else "")
        elif _is_compound(sentence, i, j, body):
            article = sentence[i - 1]
            right = "an" if small[j][0] in "aeiou" else "a"
            put = right.capitalize() if prompt[article.start].isupper() else right
            yield Part(article.start, sentence[j - 1].end, put)
        elif (following := _parallel(small, i, j, body)) is not None:
            first, start = prompt[sentence[following].start], sentence[i].start
            if i == 0:
                yield Part(start, sentence[following].start + 1, first.upper())
            elif small[i - 1] not in _JOINING:
                yield Part(start, sentence[following].start)


def _starts(prompt: str, sentence: Sequence[Token], i: int, known: Evidence, strange: Set[Token]) -> bool:
    """Whether a clause can start here, so that what is before it can end there."""
    if i == 0:
        return False
    before, token = sentence[i - 1], sentence[i]
    if before.text in _UNENDED or before.text in _JOINING:
        return False
    if before.sort == "mark" and before.text not in ")\"'”’%":
        return False
    if token.text in _JOINING:
        first = next((one for one in sentence[i:] if one.text not in _JOINING), token)
        return first.sort != "mark"
    if token.text in _PREPOSITIONS:
        clause = list(itertools.takewhile(lambda one: one.text not in _JOINING, reversed(sentence[:i])))
        verb = next((one for one in reversed(clause) if one.text not in _POLITE), before)
        own = known.owns(verb.text) and verb.text in _VERBS
        return before.text != ")" and not own and any(one in strange for one in clause)
    word = prompt[token.start : token.end]
    return (
        token.sort == "word"
        and word.istitle()
        and before.sort != "mark"
        and not prompt[before.start].isupper()
    )


def _ends(small: Sequence[str], i: int, j: int, body: int) -> bool:
    """Whether a clause that starts at one token can end before another, so that the rest goes on well."""
    first = next((text for text in small[i:j] if text not in _JOINING), "")
    following = next((text for text in small[j:body] if text not in _JOINING), "")
    if j == body:
        return "and" not in small[i : i + 2] or not _is_last_of_many(small[:i], first)
    if small[j - 1] in _UNENDED or small[j - 1] in _JOINING:
        return False
    if small[i] in _JOINING:
        return small[j] in _JOINING and _alike(first, following)
    if small[j] in _JOINING:
        return following in _VERBS or following in _MODALS
    return small[i] in _PREPOSITIONS and small[j] in _RESUMING


def _is_last_of_many(before: Sequence[str], first: str) -> bool:
    """Whether a clause ends an enumeration, whose last part needs an "and"."""
    return any(
        text == "," and "and" not in before[k:] and (other in _MODALS | _VERBS or _alike(other, first))
        for k, (text, other) in enumerate(itertools.pairwise(before))
    )


def _parallel(small: Sequence[str], i: int, j: int, body: int) -> int | None:
    """Where the sentence goes on behind a first part that is joined to one like it."""
    if j >= body or small[j] not in _JOINING:
        return None
    following = next((k for k in range(j, body) if small[k] not in _JOINING), None)
    if following is None or not _alike(small[i], small[following]) or (i and small[i - 1] in _GRADING):
        return None
    if small[i] in _VERBS and i and small[i - 1] not in _BEFORE_VERBS:
        return None
    if small[i] in _AMOUNTS and small[i - 1] not in _HOLDING:
        return None
    if small[i] == "the" and small[i + 1 : i + 2] != small[following + 1 : following + 2]:
        return None
    return following


def _alike(first: str, second: str) -> bool:
    same = first == second and first in _REPEATED
    return same or any(first in group and second in group for group in (_VERBS, _MODALS, _AMOUNTS))


def _is_compound(sentence: Sequence[Token], i: int, j: int, body: int) -> bool:
    """Whether it is the front of a compound: a *300-word* summary."""
    return (
        i > 0
        and j < body
        and j - i <= 4
        and sentence[i].sort == "number"
        and sentence[i - 1].text in ("a", "an")
        and sentence[j - 1].sort == "word"
        and sentence[j].sort == "word"
        and sentence[j].text not in GENERAL
    )
