"""Texts that a chat template has written: a whole conversation in one string, not what somebody has said."""

import re

_ROLES = r"(?:system|developer|user|human|assistant|model|bot|tool)"
_MARKERS = (
    rf"<\|im_start\|>\s*{_ROLES}\b",
    r"<\|start_header_id\|>",
    rf"<start_of_turn>\s*{_ROLES}\b",
    rf"<\|turn>\s*{_ROLES}\b",
    rf"<\|start\|>{_ROLES}[^<]*<\|",
    rf"<\|start_of_role\|>\s*{_ROLES}\b",
    r"<\|START_OF_TURN_TOKEN\|>",
    rf"<[|｜]{_ROLES}[|｜]>.*<[|｜]{_ROLES}[|｜]>",
    rf"\A\s*<[|｜][^<>\s]{{1,40}}[|｜]>\s*{_ROLES}\b",
    r"\[INST\].*\[/INST\]",
    r"\A(?:<bos>|<\|begin_of_text\|>|<｜begin▁of▁sentence｜>)",
)
_TEMPLATED = re.compile("|".join(_MARKERS), re.DOTALL | re.IGNORECASE)
_ROLE_LINES = re.compile(
    r"\A\s*(?:system\n.*?\n)?user\n.*\n(?:assistant|model)\n?\s*(?:<think>\s*)*\Z", re.DOTALL
)
_MARKER = re.compile(r"<[^<>\s]{1,40}>|\[/?INST\]")


def templated_marker(text: str) -> str | None:
    """What shows that a chat template has written a text, such as ``<|im_start|>``; None if nothing does.

    The name of a marker in a question about it is none: a role has to go with it. A text from which special
    tokens were taken out is known by the lines ``user`` and ``assistant`` that are left.
    """
    if templated := _TEMPLATED.search(text):
        marker = _MARKER.search(templated.group())
        return marker.group() if marker else templated.group()[:40]
    return "user ... assistant" if _ROLE_LINES.match(text) else None
