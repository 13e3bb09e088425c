"""How a prompt would state a constraint: the values it has to say, and the words that it may say."""

import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hir_data.replays.rewriting.statements.cues import (
    CUES,
    GENERAL,
    MAKING,
    MODIFIERS,
    NEUTRAL,
    NOT,
    PRODUCTS,
)
from hir_data.replays.rewriting.statements.units import PromptToken, plain, tokens
from hir_data.schemas.constraint import Constraint
from hir_data.text.numerals import in_words
from hir_data.text.stems import stem
from hir_data.verifiers.compare import RELATIONS

_LONGEST = 20  # characters of a cue; a longer one has words of others in it


class StatementPattern(NamedTuple):
    """What shows that a constraint is stated.

    Attributes:
        strings: patterns of the texts that it is about, all of which have to be said.
        numbers: the same of its numbers.
        needs: sets of patterns of words; all of one set have to be said.
        hints: the same; what no other statement says, beside one of the texts.
        alone: the same, whether or not one of the texts is said.
        words: the stems of what else may be said.
        samples: what samples of a format begin with.
    """

    strings: tuple[re.Pattern[str], ...]
    numbers: tuple[re.Pattern[str], ...]
    needs: tuple[tuple[re.Pattern[str], ...], ...]
    hints: tuple[tuple[re.Pattern[str], ...], ...]
    alone: tuple[tuple[re.Pattern[str], ...], ...]
    words: frozenset[str]
    samples: frozenset[str]

    def states(self, text: str) -> bool:
        """Whether a text says all that is needed."""
        return all(value.search(text) for value in (*self.strings, *self.numbers)) and _any(self.needs, text)

    def hints_at(self, text: str) -> bool:
        """Whether a text may be about this constraint, even if it does not say all."""
        named = not self.strings or any(value.search(text) for value in self.strings)
        return (named and _any(self.hints, text)) or _any(self.alone, text)

    def names(self, text: str) -> bool:
        """Whether a text says one of the texts that the constraint is about."""
        return any(value.search(text) for value in self.strings)

    def owns(self, word: str) -> bool:
        """Whether a word belongs to this constraint, not to any requirement."""
        return word not in GENERAL and stem(word) in self.words

    def covered(self, text: str) -> Iterator[tuple[int, int]]:
        """The places in a text that this constraint explains."""
        patterns = [*self.strings, *self.numbers, *(one for need in self.needs for one in need)]
        for pattern in patterns:
            for found in pattern.finditer(text):
                if pattern in self.strings or len(found.group()) <= _LONGEST:
                    yield found.span()


PARTED = {
    "length_constraints:nth_paragraph_first_word": (
        r"\bparagraphs?\b",
        r"\bparagraphs?\b.*\b(?:start|begin)\w*|\b(?:start|begin)\w*.*\bparagraphs?\b",
    ),
    "detectable_format:multiple_sections": (
        r"\b(?:section|part|chapter|paragraph)s?\b",
        r"\b(?:mark|label|start|begin|denote|head)\w*",
    ),
}
"""Kinds that a prompt may state in two sentences: what that with the number says, and that with the rest."""


def parts(constraint: Constraint) -> tuple[StatementPattern, ...]:
    """How the two sentences would state a constraint that one alone does not; none where it needs but one."""
    if constraint.kind not in PARTED:
        return ()
    whole = evidence(constraint)
    number, rest = (_compiled(pattern) for pattern in PARTED[constraint.kind])
    return (
        whole._replace(strings=(), numbers=whole.numbers[:1], needs=((number,),)),
        whole._replace(numbers=whole.numbers[1:], needs=((rest,),)),
    )


def _any(choices: Sequence[Sequence[re.Pattern[str]]], text: str) -> bool:
    return any(all(pattern.search(text) for pattern in choice) for choice in choices)


@functools.lru_cache(maxsize=1 << 12)
def evidence(constraint: Constraint) -> StatementPattern:
    """What shows that a prompt states a constraint, by its values, its kind's cues and its phrasings.

    "Use at least 300 words" is found by the number 300, and by "words" and "at least", which the cues of the
    kind name (:data:`~hir_data.replays.rewriting.statements.cues.CUES`) or a phrasing of the kind says. The
    words of all phrasings are those that a statement may have beside these.
    """
    strings, numbers = _values(constraint)
    said = [_said(constraint, number) for number in range(max(1, len(constraint.phrasings)))]
    cue = CUES.get(constraint.kind)
    found = [token for text in said for token in tokens(text, 0, len(text))]
    own = tuple(tuple(map(_word, sorted(_distinctive(text)))) for text in said)
    needs = tuple(need for need in own if need)
    hints = needs
    if cue:
        needs = (tuple(map(_compiled, cue.needs)), *needs)
        hints = ((_compiled(cue.hint or cue.needs[0]),),)
    alone = ((_compiled(cue.alone),),) if cue and cue.alone else ()
    return StatementPattern(
        strings,
        numbers,
        needs,
        hints,
        alone,
        frozenset(
            {stem(word) for word in (cue.words if cue else "").split()}
            | {stem(token.text) for token in found if token.sort in ("word", "number")}
        ),
        frozenset(
            token.text[:2].rstrip("abcdefghijklmnopqrstuvwxyz") for token in found if token.sort == "sample"
        ),
    )


def _values(constraint: Constraint) -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    """The texts and the numbers that a prompt has to mention, as it may write them.

    A bound can be written by its neighbour: "at least 300 words" is "more than 299", and "max 5" is "fewer
    than 6". A value that is the default needs no mention.
    """
    strings, numbers = [], []
    fields = type(constraint).model_fields
    has_relation = any(value in RELATIONS for _, value in constraint)
    for name, value in constraint.stated().items():
        if name in fields and value == fields[name].default:
            continue
        if name == "min" and value == 1:  # "a heading"
            continue
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, str) and item.strip():
                strings.append(_string(item))
            elif isinstance(item, int) and not isinstance(item, bool):
                numbers.append(number_pattern(name, item, has_relation))
    return tuple(strings), tuple(numbers)


def _said(constraint: Constraint, phrasing: int) -> str:
    """A phrasing without what it repeats of the prompt."""
    text = constraint.describe(phrasing)
    for name in (constraint.quoted_parameter, *constraint.implicit_parameters):
        value = getattr(constraint, name, None)
        text = text.replace(value, "") if isinstance(value, str) and value else text
    return plain(text)


def _distinctive(text: str) -> set[str]:
    """What a phrasing says beyond the words of any requirement."""
    return {
        token.text
        for token in tokens(text, 0, len(text))
        if token.sort == "word" and token.text not in GENERAL and token.text not in NEUTRAL
    }


@functools.lru_cache(maxsize=1 << 10)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL)


@functools.lru_cache(maxsize=1 << 12)
def _word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")


@functools.lru_cache(maxsize=1 << 10)
def _string(value: str) -> re.Pattern[str]:
    """A text as a prompt may quote it."""
    text = plain(value).strip()
    words = r"\s+".join(map(re.escape, (text.rstrip(".,!?;:") or text).split()))
    if text in _MARKS:  # every sentence ends with one
        return re.compile(rf"[\"'“‘(]{re.escape(text)}[\"'”’)]|\b{_MARKS[text]}\b")
    if len(text) == 1 and text.isalpha():  # anything has an "a"
        return re.compile(
            rf"\bletters?\s+[\"'“‘(]?{words}[\"'”’)]?(?!\w)|[\"'“‘]{words}[\"'”’]|\b{words}['’]s\b"
        )
    before, after = (r"(?<!\w)" if text[0].isalnum() else ""), (r"(?!\w)" if text[-1].isalnum() else "")
    return re.compile(before + words + after)


_MARKS = {
    ".": r"(?:periods?|full stops?)",
    "?": "question marks?",
    "!": r"exclamation (?:marks?|points?)",
    ",": "commas?",
    ";": "semicolons?",
    ":": "colons?",
}


def number_pattern(name: str, value: int, has_relation: bool) -> re.Pattern[str]:
    """How a prompt may write the value of a parameter: as it is, or by its neighbour where it is a bound."""
    step = 1 if name.startswith("max") else -1 if has_relation or name.startswith("min") else 0
    return _number(value, value + step)


@functools.lru_cache(maxsize=1 << 10)
def _number(*values: int) -> re.Pattern[str]:
    """One of the numbers, in digits or words."""
    choices = []
    for value in sorted(set(values)):
        digits = f"{value:,}".replace(",", ",?")
        choices.append(rf"(?<![\d.,]){digits}(?:\.0)?(?:\s?-?(?:st|nd|rd|th))?(?!\d|[.,:]\d)")
        vague = {"a", "an", "the"}
        choices += [rf"\b{word}\b" for word in in_words(value) if value and word not in vague]
        choices += [NOT] if value == 0 else []
    return re.compile("|".join(choices))


_THE = frozenset("the your this my its our entire whole full complete final".split())


def unexplained(
    prompt: str,
    start: int,
    end: int,
    reasons: Sequence[StatementPattern],
    *,
    examples: bool = False,
) -> list[PromptToken]:
    """The tokens of a part of a prompt that none of the constraints explains, nor requirements in general.

    Args:
        prompt: the text.
        start: where the part starts.
        end: where it ends.
        reasons: how the constraints would be stated.
        examples: whether what is quoted as an example is theirs, so that it needs no explanation.
    """
    text = plain(prompt[start:end])
    covered = bytearray(len(text))
    for reason in reasons:
        for first, last in reason.covered(text):
            covered[first:last] = b"\1" * (last - first)
    words = frozenset().union(*(reason.words for reason in reasons))
    samples = frozenset().union(*(reason.samples for reason in reasons))
    left = []
    before: list[str] = []
    every = tokens(prompt, start, end)
    for token, following in itertools.zip_longest(every, every[1:]):
        if not (
            token.sort == "mark"
            or all(covered[token.start - start : token.end - start])
            or (
                token.sort == "word"
                and (token.text.rstrip(".") in GENERAL or stem(token.text) in words)
                and not _is_content(token.text, before)
            )
            or (token.sort == "word" and _is_response(token.text, before))
            or (token.text in MODIFIERS and following and stem(following.text) in words)
            or (examples and token.sort in ("quote", "sample") and _is_example(before))
            or (token.sort == "number" and token.text in words)
            or (token.sort == "sample" and any(token.text.startswith(mark) for mark in samples if mark))
            or (
                token.sort in ("quote", "sample")
                and not unexplained(prompt, token.start + 1, token.end - 1, reasons)
            )
        ):
            left.append(token)
        before.append(token.text)
    return left


_CONTENT = frozenset("arguments concepts events facts features findings ideas points themes topics".split())
_COVERING = frozenset(
    "contain cover covers describe discuss explain include includes mention present summarize".split()
)


def _is_content(word: str, before: Sequence[str]) -> bool:
    """Whether a word says what a text is to speak of: "include the main points of the paper"."""
    return word in _CONTENT and before[-1:] in (["main"], ["key"]) and not _COVERING.isdisjoint(before[-4:])


def _is_example(before: Sequence[str]) -> bool:
    """Whether what stands behind some words illustrates a requirement: "such as", "for example"."""
    *_, second, first = ["", "", *(word for word in before if word not in ",:.")]
    return (second, first) in (("such", "as"), ("for", "example")) or first in (
        "like",
        "e.g",
        "i.e",
        "e.g.",
        "i.e.",
    )


def _is_response(word: str, before: Sequence[str]) -> bool:
    """Whether a word means the response: "the poem", "in your poem", but not "write a poem"."""
    made = MAKING & {*before[-4:]} and "sure" not in before[-4:]
    return word in PRODUCTS and bool(_THE & {*before[-2:]}) and not made
