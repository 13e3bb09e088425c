"""Reasoning traces: what of a response is the answer."""

from typing import Literal, NamedTuple

Thinking = Literal["absent", "stripped", "truncated"]


class Answer(NamedTuple):
    """What is left of a response, and what was found."""

    text: str
    thinking: Thinking


def strip_thinking(response: str, tag: str = "think") -> Answer:
    """The answer of a response that may begin with a thinking section.

    What follows the last ``</tag>`` is kept byte for byte: a line break in front of it decides some verdicts.
    Chat templates often write the opening tag into the prompt, so it need not be there. A section that is
    opened at the start and never closed is a truncated response, without an answer.
    """
    opening, closing = f"<{tag}>", f"</{tag}>"
    _, found, answer = response.rpartition(closing)
    if found:
        return Answer(answer, "stripped")
    if response.lstrip().startswith(opening):
        return Answer("", "truncated")
    return Answer(response, "absent")
