"""The guard that looks for the prompt in a response."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from hir_data.replays.fitness.attempt import FICTION, REPEATING, GuardedResponse, said_in, words_asked
from hir_data.text.excerpt import excerpt
from hir_data.text.quality.prose import WORD, in_lines, plain, words_of_lines

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
    prompt = words_asked(attempt.asked)
    words = attempt.words
    if len(words) < 5:
        return None
    has = bytes(map(_different_words(attempt.asked).__contains__, words))
    shared = has.count(1)
    if _may_give_back(attempt, has) and (made_of := _of_its_sentences(attempt, prompt)):
        return made_of
    if any(word in attempt.asked for word in REPEATING):
        return None
    if shared == len(words) and _is_run(prompt, words) and not said_in(_PART_WANTED, attempt.asked):
        return "is a part of the prompt"
    # A run that the prompt has begins with a word that it has.
    share = _share_of_runs(prompt, words) if shared >= _ECHOED * (len(words) - 4) else 0.0
    if share >= _ECHOED and not said_in(EDITING, attempt.asked):
        return f"{share:.0%} of it is the prompt's"
    # So does a sentence, but for the names of commands in formulas, which are no words of a response.
    may_have_some = "\\" in attempt.text.raw
    if (may_have_some or has.startswith(b"\1" * _LONG_OPENING)) and (opening := _opening(attempt)):
        return opening
    may_go_on = may_have_some or has.count(b"\1" * _LONG_COPY) >= _COPIES
    return _continued(attempt, prompt) if may_go_on else None


_LONG_COPY = 8  # words
_COPIES = 2  # sentences
_ABOUT_TEXT = re.compile(
    r"\b(?:tell me|what|how|why|is|are|does|do you|rate|review|judge|evaluate|explain|analy[sz]e|"
    r"critique|feedback)\b"
)


def _continued(attempt: GuardedResponse, prompt: Sequence[str]) -> str | None:
    """The response has several sentences of a text that it was asked about, and quotes none of them."""
    if (
        said_in(_TEXT_GIVEN, attempt.asked)
        or said_in(EDITING, attempt.task)
        or said_in(FICTION, attempt.task)
    ):
        return None
    if not said_in(_ABOUT_TEXT, attempt.task):
        return None
    asked = f" {' '.join(prompt)} "
    again = [
        said
        for said, words in _sentences(attempt.text.raw)
        if len(words) >= _LONG_COPY and f" {' '.join(words)} " in asked
    ]
    if len(again) < _COPIES or any(re.match(r"\s*[>\"“‘'*\d-]", said) for said in again):
        return None
    return f"goes on with the text of the prompt: {excerpt(again[0], 60)!r}"


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
    if attempt.is_short_wanted or said_in(_TEXT_GIVEN, attempt.asked):
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
    if said_in(EDITING, attempt.task) or said_in(_GOES_ON, attempt.asked):
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
def _different_words(asked: str) -> frozenset[str]:
    return frozenset(words_asked(asked))


def _share_of_runs(prompt: Sequence[str], words: Sequence[str]) -> float:
    """The share of the runs of five words that the prompt has too."""
    known = {*_runs(prompt)}
    return sum(map(known.__contains__, _runs(words))) / (len(words) - 4)


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[i:] for i in range(5)), strict=False)


def _is_run(words: Sequence[str], part: Sequence[str]) -> bool:
    return f" {' '.join(part)} " in f" {' '.join(words)} "
