"""Reasoning traces: what of a response is the answer.

A policy says which traces are looked for: ``auto`` for every dialect that is known here, ``harmony`` for the
channels of gpt-oss, the name of a section such as ``think``, or its two markers as ``OPEN,CLOSE``.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from hir_data.errors import RecordError

Thinking = Literal["absent", "stripped", "truncated"]

AUTO = "auto"
HARMONY = "harmony"

REASONING_FIELDS = ("reasoning", "reasoning_content")
"""Fields beside an answer that hold the reasoning which a server has taken out of it."""

_SURE = ("think", "thinking")  # a closing marker of these alone ends a trace
_WORDS = (*_SURE, "thought", "thoughts", "reason", "reasoning", "scratchpad")
_BRACKETS = (("<", ">"), ("<|", "|>"), ("<｜", "｜>"), ("[", "]"), ("◁", "▷"), ("⟨", "⟩"))
_BEGINS, _ENDS = r"(?:start|begin)(?:[_▁]of)?[_▁]", r"end(?:[_▁]of)?[_▁]"
_PAIRS = (("<|channel>thought", "<channel|>"), ("<|inner_prefix|>", "<|inner_suffix|>"))
_QUOTES = "\"'`“”‘’«»"

_ANSWER = r"(?:response|text|answer|solution)"
_ANSWER_BEGINS = re.compile(rf"\s*<\|{_BEGINS}{_ANSWER}\|>", re.IGNORECASE)
_ANSWER_ENDS = re.compile(rf"<\|{_ENDS}{_ANSWER}\|>\s*\Z", re.IGNORECASE)

_HEADER = re.compile(r"<\|(?:start|channel)\|>[^<]*(?:<\|(?:channel|constrain)\|>[^<]*)*<\|message\|>")
_MESSAGE = re.compile(
    rf"(?P<header>{_HEADER.pattern})(?P<content>.*?)(?:<\|(?:end|return|call)\|>|(?={_HEADER.pattern})|\Z)",
    re.S,
)
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)")
_BARE_FINAL = "assistantfinal"  # what is left of a header where special tokens were left out
_BARE_START = re.compile(r"\s*(?:analysis|commentary)(?=(\w))")


class Answer(NamedTuple):
    """What is left of a response, and what was found."""

    text: str
    thinking: Thinking


class Trace(NamedTuple):
    """A response in its parts.

    Attributes:
        reasoning: what was thought, without its markers; None where there is no section.
        answer: what follows, byte for byte; empty where the section never ends.
        thinking: what was found.
        opening: the marker that opens the section, as it is written; empty where it is not there.
        closing: the marker that ends it; empty where it is not there, and in channels.
    """

    reasoning: str | None
    answer: str
    thinking: Thinking
    opening: str = ""
    closing: str = ""


def strip_thinking(response: str, policy: str = AUTO) -> Answer:
    """The answer of a response that may begin with a thinking section.

    What follows the last end is kept byte for byte: a line break in front of it decides some verdicts. Chat
    templates often write the opening marker into the prompt, so it need not be there. A section that is
    opened at the start and never closed is a truncated response, without an answer.
    """
    trace = trace_of(response, policy)
    return Answer(trace.answer, trace.thinking)


def trace_of(response: str, policy: str = AUTO) -> Trace:
    """A response, parted into what was thought and the answer.

    Raises:
        RecordError: there is no such policy.
    """
    if policy in (AUTO, HARMONY) and (trace := _channels(response)):
        return trace
    if policy == HARMONY:
        return Trace(None, response, "absent")
    trace = _sections(response, _dialect(policy))
    if policy == AUTO and trace.thinking != "truncated" and (answer := _unwrapped(trace.answer)) is not None:
        return trace._replace(answer=answer, reasoning=trace.reasoning or "", thinking="stripped")
    return trace


def check_policy(policy: str) -> None:
    """See that there is such a policy.

    Raises:
        RecordError: there is none; the message says how one is written.
    """
    if policy not in (AUTO, HARMONY):
        _dialect(policy)


def section_at_end(text: str) -> tuple[str, bool]:
    """The marker that opens the last section of a text, empty if there is none, and whether it is open.

    A closing marker without an opening one is a section that is not open.
    """
    dialect, openings = _dialect(AUTO), list(_dialect(AUTO).opening.finditer(text))
    for header in _HEADER.finditer(text):
        if (
            (channel := _CHANNEL.search(header.group()))
            and channel[1] != "final"
            and header.end() == len(text)
        ):
            return header.group(), True
    closing = list(dialect.closing.finditer(text))
    if openings and (not closing or closing[-1].start() < openings[-1].start()):
        return openings[-1].group(), True
    return (openings[-1].group() if openings else closing[-1].group() if closing else ""), False


def closing_of(opening: str) -> str:
    """The marker that ends a section, by the one that opens it: ``</think>`` of ``<think>``."""
    for first, last in _PAIRS:
        if opening.lower() == first:
            return last
    for begin, end in (("start", "end"), ("START", "END"), ("begin", "end"), ("BEGIN", "END")):
        if re.search(rf"{begin}[_▁]|[_▁]{begin}", opening):
            return opening.replace(begin, end)
    marker = _dialect(AUTO).opening.fullmatch(opening)
    word = next((name for name in marker.groupdict().values() if name), "") if marker else ""
    return (
        opening[: opening.index(word)] + "/" + word + opening.rstrip()[-1:]
        if word and " " in opening
        else (opening.replace(word, f"/{word}", 1))
    )


def reasoning_beside(fields: Mapping[str, Any]) -> str | None:
    """The reasoning that stands beside an answer, in a message or in the metadata of a record."""
    texts = (fields.get(name) for name in REASONING_FIELDS)
    return next((text for text in texts if isinstance(text, str) and text.strip()), None)


def with_reasoning(answer: str, reasoning: str) -> str:
    """An answer behind reasoning that was kept apart, as most models write the two."""
    begins = "" if answer.startswith("\n") else "\n\n"
    return f"<think>\n{reasoning.strip(chr(10))}\n</think>{begins}{answer}"


class _Dialect(NamedTuple):
    """Which markers there are; each of the patterns has a group ``word``, or none.

    Attributes:
        opening: what opens a section.
        closing: what ends one.
        sure: words whose closing marker alone ends a trace.
    """

    opening: re.Pattern[str]
    closing: re.Pattern[str]
    sure: frozenset[str]


@lru_cache(64)
def _dialect(policy: str) -> _Dialect:
    """The markers that a policy names."""
    if policy == AUTO:
        return _named(_WORDS, _SURE, _PAIRS)
    if "," in policy:
        opening, _, closing = policy.partition(",")
        if not opening.strip() or not closing.strip() or "," in closing:
            raise RecordError(f"--strip-thinking {policy}: has to be OPEN,CLOSE with two markers")
        return _Dialect(re.compile(re.escape(opening)), re.compile(re.escape(closing)), frozenset({""}))
    if not policy.strip():
        raise RecordError("--strip-thinking: has to be auto, harmony, a NAME, or OPEN,CLOSE")
    return _named((policy,), (policy,), ())


def _named(words: tuple[str, ...], sure: tuple[str, ...], pairs: tuple[tuple[str, str], ...]) -> _Dialect:
    """The markers of sections of some names, in every kind of brackets."""
    # Longer names first; a name may have a namespace, as in <seed:think>.
    word = rf"(?P<word>(?:\w+:)?(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))}))"
    openings, closings = [], []
    for left, right in _BRACKETS:
        begins, ends = re.escape(left), re.escape(right)
        own = r"(?P<word>think)" if left == "[" and len(words) > 1 else word  # [reason] is too common
        openings.append(rf"{begins}(?:{_BEGINS})?{own}(?:[_▁](?:start|begin))?(?:\s[^<>]*)?{ends}")
        closings.append(rf"{begins}(?:/(?!\s){own}|{_ENDS}{own}|{own}[_▁]end)\s*{ends}")
    openings += [re.escape(opening) for opening, _ in pairs]
    closings += [re.escape(closing) for _, closing in pairs]
    return _Dialect(_any_of(openings), _any_of(closings), frozenset({"", *(name.lower() for name in sure)}))


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    numbers = iter(range(10_000))
    joined = "|".join(patterns)
    return re.compile(re.sub(r"\?P<word>", lambda _: f"?P<word{next(numbers)}>", joined), re.IGNORECASE)


def _word(marker: re.Match[str]) -> str:
    """The name of the section that a marker opens or ends, without a namespace; empty for markers without."""
    names = (text for text in marker.groupdict().values() if text is not None)
    return next(names, "").lower().rpartition(":")[2]


def _sections(response: str, dialect: _Dialect) -> Trace:
    begins = len(response) - len(response.lstrip())
    opening = dialect.opening.match(response, begins)
    closings = list(dialect.closing.finditer(response, opening.end() if opening else 0))
    if opening:
        ends = [each for each in closings if _word(each) == _word(opening)]
    else:
        ends = [each for each in closings if _word(each) in dialect.sure and not _mentioned(response, each)]
    if not ends:
        if not opening:
            return Trace(None, response, "absent")
        return Trace(response[opening.end() :], "", "truncated", opening.group())
    end = ends[-1]
    first = opening.group() if opening else ""
    reasoning, answer = response[opening.end() if opening else 0 : end.start()], response[end.end() :]
    again = dialect.opening.match(answer, len(answer) - len(answer.lstrip()))
    if again and _word(again) in dialect.sure:  # it thinks once more, and never ends
        return Trace(response[opening.end() if opening else 0 :], "", "truncated", first, end.group())
    return Trace(reasoning, answer, "stripped", first, end.group())


def _mentioned(text: str, marker: re.Match[str]) -> bool:
    """Whether a closing marker is spoken of, in a sentence, in quotes or in a block of code."""
    before, after = text[: marker.start()][-1:], text[marker.end() :][:1]
    if before and after and before in _QUOTES and after in _QUOTES:
        return True
    line = text[: marker.start()].rpartition("\n")[2]
    rest = text[marker.end() :].partition("\n")[0]
    if line.strip() and rest.strip() and before in (" ", "\t") and after in (" ", "\t", ".", ",", "?", "!"):
        return True
    fences = len(re.findall(r"^\s*```", text[: marker.start()], re.M))
    return fences % 2 == 1 and re.search(r"^\s*```", text[marker.end() :], re.M) is not None


def _unwrapped(answer: str) -> str | None:
    """An answer without the markers that wrap it, None where there are none."""
    begins = _ANSWER_BEGINS.match(answer)
    if not begins:
        return None
    answer = answer[begins.end() :]
    ends = _ANSWER_ENDS.search(answer)
    return answer[: ends.start()] if ends else answer


def _channels(response: str) -> Trace | None:
    """The parts of a response in gpt-oss's channels, None where it has none.

    The answer is the last message to the channel ``final``; where there is none, as before the result of a
    tool, there is no answer.
    """
    first = _HEADER.search(response)
    if not first:
        return _bare_channels(response)
    thought, answers = [response[: first.start()].removesuffix("<|end|>")], []
    for message in _MESSAGE.finditer(response, first.start()):
        channel = _CHANNEL.search(message["header"])
        if channel is None or channel[1] == "final":
            answers.append(message["content"])
        else:
            thought.append(message["content"])
    reasoning = "\n".join(filter(None, thought))
    if not answers:
        return Trace(reasoning, "", "truncated", first.group())
    return Trace(reasoning, answers[-1], "stripped", first.group())


def _bare_channels(response: str) -> Trace | None:
    """The same where the special tokens were left out: ``analysisHm.assistantfinalTea``."""
    begins = _BARE_START.match(response)
    thought, final, answer = response.rpartition(_BARE_FINAL)
    if final and (
        begins or (thought.strip() and not thought[-1:].isspace() and answer[:1] not in " \t.,'\"`")
    ):
        return Trace(thought[begins.end() if begins else 0 :], answer, "stripped")
    if begins and begins[1].isalpha() and not begins[1].islower():
        return Trace(response[begins.end() :], "", "truncated")
    return None
