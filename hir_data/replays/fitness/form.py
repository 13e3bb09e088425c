"""Guards that look at the form of a response: its end, its marks, its repetitions.

What is wrong with a text by itself, :mod:`hir_data.text.quality` says; a guard knows what was asked too, and
stays silent where that is what the instruction wants.
"""

import json
import re
from functools import lru_cache

from hir_data.replays.fitness.attempt import FICTION, REPEATING, GuardedResponse, finish_reasons, said_in
from hir_data.schemas.claims import WholeFormat
from hir_data.schemas.replay import ReplaySample
from hir_data.schemas.rollout import Rollout
from hir_data.text.quality import ending, gibberish, repetition, shell

_CUT_OFF = re.compile(
    r"length|max_?(?:new_?|output_?)?tokens|token_limit|model_length|truncated|model_context_window_exceeded",
    re.IGNORECASE,
)


def reached_limit(rollout: Rollout | ReplaySample) -> bool:
    """Whether the record says that a response ended at the token limit."""
    return any(map(_CUT_OFF.fullmatch, finish_reasons(rollout)))


_OPENINGS_WANTED = re.compile(
    r"introduction|intro\b|abstract|proposal|thesis|outline|opening|summary|paragraph|pitch|sentences?\b"
)


def cut_off(attempt: GuardedResponse) -> str | None:
    """Generation ended at a limit, the last sentence has no end, or it announces what is to come."""
    for reason in attempt.finish_reasons:
        if _CUT_OFF.fullmatch(reason):
            return f"finish reason {reason!r}"
    if not said_in(_OPENINGS_WANTED, attempt.task) and (coming := ending.announcement(attempt.text.raw)):
        return f"ends with {coming!r}"
    end = ending.open_end(attempt.text.raw)
    if end is None or (end.lower() in attempt.asked and len(end) > 3):
        return None
    return None if attempt.text.stripped[-12:].lower() in attempt.asked else f"ends with {end!r}"


def unclosed(attempt: GuardedResponse) -> str | None:
    """A code fence, a tag, a quotation or a structure in brackets is opened and never closed."""
    raw = attempt.text.raw
    if reason := ending.unclosed_fence(raw) or ending.unclosed_tag(raw, attempt.asked):
        return reason
    if reason := ending.unclosed_bracket(raw) or ending.unclosed_quotation(raw):
        return reason
    body = ending.data_of(raw)
    return "is broken JSON" if body and _is_json_wanted(attempt) and not _is_json(body) else None


def _is_json_wanted(attempt: GuardedResponse) -> bool:
    return "json" in attempt.asked or any(
        isinstance(claim, WholeFormat) and claim.form == "json"
        for each in attempt.instruction.constraints
        for claim in each.claims()
    )


def _is_json(body: str) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def repetitive(attempt: GuardedResponse) -> str | None:
    """The same words come again and again."""
    if any(word in attempt.asked for word in REPEATING):
        return None
    if reason := repetition.repetition(attempt.text.raw):
        return reason
    if said_in(FICTION, attempt.task):
        return None
    twice = repetition.doubled(attempt.text.raw) or repetition.said_again(attempt.text.raw)
    return f"{twice!r}" if twice else None


_MARKS_UNWANTED = re.compile(
    r"punctuation|full stops?|\bdots?\b|\bperiods?\b|run-on|stream of consciousness|single sentence|one "
    r"sentence"
)
_SPACES_WANTED = re.compile(
    r"\bspac(?:es?|ing)\b|whitespace|letter by letter|spell|acronym|token|template|random"
)


def garbled(attempt: GuardedResponse) -> str | None:
    """It cannot be read: torn words, a page without a mark, letters at random, marks of a chat template."""
    reason = gibberish.gibberish(attempt.text.raw)
    if reason and reason.endswith("without a mark") and said_in(_MARKS_UNWANTED, attempt.asked):
        return None
    return None if reason and said_in(_SPACES_WANTED, attempt.asked) else reason


_WORDS_AT_END = re.compile(
    r"\b(?:story|poem|song|lyrics|rap|script|haiku|novel|scene|last word|p\.\s?p?\.?\s?s)\b"
)


_SAMPLE = re.compile(
    r"(?:such as|like|i\.?e\.?,?|e\.?g\.?,?|for example,?|for instance,?):?\s{1,2}[\"“'(]?"
    r"(\*{1,2}[^*\n]{3,40}\*{1,2}|<<[^<>\n]{2,40}>>)"
)


_OF_PLACES = frozenset(
    "a an the my your this some here goes example sample placeholder title section sections part highlight "
    "highlighted text word words phrase sentence name content".split()
)


@lru_cache(maxsize=1 << 9)
def _samples(asked: str) -> tuple[str, ...]:
    """Marked words that say no more than where words belong: ``such as <<my title>>``.

    ``such as <<poem of joy>>`` is a title that a poem may well have.
    """
    return tuple(
        sample for sample in _SAMPLE.findall(asked) if _OF_PLACES.issuperset(re.findall(r"[^\W\d_]+", sample))
    )


def leftover(attempt: GuardedResponse) -> str | None:
    """Something says nothing: an example of the prompt in place of the real thing, or what hangs at the end.

    That is a lone word, an empty item, or a bare postscript.
    """
    lower = attempt.text.raw.lower()
    sample = next(filter(lower.__contains__, _samples(attempt.asked)), None)
    if sample and not any(word in attempt.asked for word in REPEATING):
        return f"gives the example {sample!r}"
    reason = ending.leftover(attempt.text.raw)
    if reason is None:
        return None
    last = attempt.text.stripped.rsplit("\n", 1)[-1].strip(" *_.").lower()
    if ("lone word" in reason and said_in(_WORDS_AT_END, attempt.asked)) or (
        len(last) > 4 and last in attempt.asked
    ):
        return None
    return reason


_SUMS = re.compile(
    r"\d\s*[-+*/x×=]|how (?:many|much|old|long|far)|number|calculat|solve|year|date|time|percent|score|digit"
)
_LABELS_WANTED = re.compile(
    r"\b(?:lists?|names?|titles?|headlines?|outline|headings?|topics?|template|agenda|table of contents|"
    r"menu|ideas?|"
    r"examples?|ways|questions|keywords|recommend|suggest|which|slogans?|taglines?|movies|books)\b"
)


def empty_shell(attempt: GuardedResponse) -> str | None:
    """Markup, numbers or labels stand where sentences should."""
    raw = attempt.text.raw
    if raw.strip() and not any(map(str.isalpha, raw)):
        is_wanted = attempt.is_short_wanted or ending.data_of(raw) or said_in(_SUMS, attempt.asked)
        return None if is_wanted else "has no letter"
    if raw.strip() and attempt.is_short_wanted:
        return None
    if reason := shell.shell(raw):
        return reason
    return None if said_in(_LABELS_WANTED, attempt.task) else shell.headings_only(raw)
