r"""Texts that a chat template has written, recognised and read back into messages.

Of the families that are known by name the messages can be told apart. Others are known by what they have in
common: a marker goes with a role, and the answer of the assistant is opened.

>>> style_of("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")
'chatml'
>>> messages_in("system\nBe brief.\nuser\nHi\nassistant\n")
[{'role': 'system', 'content': 'Be brief.'}, {'role': 'user', 'content': 'Hi'}]
"""

import re
from typing import Any, NamedTuple

from hir_data.errors import RecordError


class _Style(NamedTuple):
    """How a family of templates writes a conversation.

    Attributes:
        name: of the family.
        start: what stands at the beginning of a templated text.
        message: one message, its groups ``role`` and ``content``.
    """

    name: str
    start: re.Pattern[str]
    message: re.Pattern[str]


def _style(name: str, start: str, message: str) -> _Style:
    return _Style(name, re.compile(rf"\s*(?:{start})", re.DOTALL), re.compile(message, re.DOTALL))


_STYLES = (
    _style(
        "chatml",
        r"<\|im_start\|>",
        r"<\|im_start\|>(?P<role>\w+)(?:\n|<\|im_sep\|>)\n?(?P<content>.*?)(?:<\|im_end\|>\n?|\Z)",
    ),
    _style(
        "llama",
        r"(?:<\|begin_of_text\|>)?<\|(?:start_header_id|header_start)\|>",
        r"<\|(?:start_header_id|header_start)\|>(?P<role>\w+)<\|(?:end_header_id|header_end)\|>\n\n(?P<content>.*?)"
        r"(?:<\|eot(?:_id)?\|>|\Z)",
    ),
    _style(
        "gemma",
        r"(?:<bos>)?<(?:start_of_turn|\|turn)>",
        r"<(?:start_of_turn|\|turn)>(?P<role>\w+)\n(?P<content>.*?)(?:<(?:end_of_turn|turn\|)>\n?|\Z)",
    ),
    _style(
        "granite",
        r"<\|start_of_role\|>",
        r"<\|start_of_role\|>(?P<role>\w+)<\|end_of_role\|>(?P<content>.*?)(?:<\|end_of_text\|>\n?|\Z)",
    ),
    _style(
        "harmony",
        r"<\|start\|>\w+",
        r"<\|start\|>(?P<role>\w+)(?:<\|channel\|>\w+)?(?:<\|message\|>)?(?P<content>.*?)"
        r"(?:<\|end\|>|<\|return\|>|\Z)",
    ),
    _style(
        "command-r",
        r"(?:<BOS_TOKEN>)?<\|START_OF_TURN_TOKEN\|>",
        r"<\|START_OF_TURN_TOKEN\|><\|(?P<role>\w+?)_TOKEN\|>(?P<content>.*?)(?:<\|END_OF_TURN_TOKEN\|>|\Z)",
    ),
    _style(
        "deepseek",
        r"(?:<｜begin▁of▁sentence｜>)?[^<]*<｜(?:User|Assistant)｜>|<｜begin▁of▁sentence｜>",
        r"(?:<｜(?P<role>User|Assistant)｜>)(?P<content>.*?)(?:<｜end▁of▁sentence｜>|(?=<｜User｜>|<｜Assistant｜>)|\Z)",
    ),
    _style(
        "zephyr",
        r"(?:<\|endoftext\|>)?<\|(?:system|user|assistant)\|>",
        r"<\|(?P<role>system|user|assistant)\|>\n?(?P<content>.*?)(?:(?:</s>|<\|end\|>|<\|endoftext\|>)\n?"
        r"|(?=<\|(?:system|user|assistant)\|>)|\Z)",
    ),
    _style(
        "mistral",
        r"(?:<s>)?\s*\[(?:INST|SYSTEM_PROMPT)\]",
        r"\[(?P<role>SYSTEM_PROMPT|INST)\](?P<content>.*?)\[/(?:SYSTEM_PROMPT|INST)\]"
        r"|(?P<answer>(?:(?!\[INST\]|\[SYSTEM_PROMPT\]).)+?)(?:</s>|\Z)",
    ),
    # A text from which a tokenizer has left out the special tokens, such as verl dumps.
    _style(
        "without its special tokens",
        r"(?:system|user)\n(?=.*\n(?:assistant|model)\n(?:<think>\n*)?\Z)",
        r"(?:\A|\n)(?P<role>system|user|assistant|model)\n+(?P<content>.*?)(?=\n(?:user|assistant|model)\n|\Z)",
    ),
)
_ROLES = {
    "model": "assistant",
    "chatbot": "assistant",
    "inst": "user",
    "system_prompt": "system",
}
_OPENED = re.compile(r"\s*(?:<think>\s*)?")
"""What a template may write where the answer begins."""


_SPEAKERS = r"(?:system|developer|user|human|assistant|model|bot|chatbot|tool|ai)"
_MARKERS = (
    rf"<\|im_start\|>\s*{_SPEAKERS}\b",
    r"<\|start_header_id\|>",
    rf"<\|header_start\|>\s*{_SPEAKERS}\b",
    rf"<start_of_turn>\s*{_SPEAKERS}\b",
    rf"<\|turn>\s*{_SPEAKERS}\b",
    rf"<\|start\|>{_SPEAKERS}[^<]*<\|",
    rf"<\|start_of_role\|>\s*{_SPEAKERS}\b",
    r"<\|START_OF_TURN_TOKEN\|>",
    # A marker that has the role in it, twice: <|user|>, <｜User｜>, <|im_user|>, [|user|].
    rf"(?:<|\[)[|｜](?:\w+_)?{_SPEAKERS}[|｜][>\]].*(?:<|\[)[|｜](?:\w+_)?{_SPEAKERS}[|｜][>\]]",
    rf"\A\s*<[|｜][^<>\s]{{1,40}}[|｜]>\s*{_SPEAKERS}\b",
    # A marker in front of the line of a role, at the start and once more.
    rf"\A\s*(<[^<>\s/]{{1,39}})\d*>\s*{_SPEAKERS}\s*\n.*\1\d*>\s*{_SPEAKERS}\s*\n",
    rf"\]~b\]\s*{_SPEAKERS}\b",
    r"\[INST\].*\[/INST\]",
    r"\A(?:<bos>|<\|begin_of_text\|>|<｜begin▁of▁sentence｜>|\[gMASK\])",
)
_MARKED = re.compile("|".join(_MARKERS), re.DOTALL | re.IGNORECASE)
_OPENED_ANSWER = re.compile(
    r"(?:\A|\s)USER: .*\sASSISTANT:\s*\Z|(?:\A|\n)(?:Human|User): .*\n(?:Assistant|AI):\s*\Z"
    r"|\n?### (?:Instruction|Human|User):.*\n### (?:Response|Assistant):\s*\Z",
    re.DOTALL,
)
"""Templates without special tokens, which open the answer in words."""
_MARKER = re.compile(r"<[^<>\s]{1,40}>|\[/?INST\]|\[[|｜]\w+[|｜]\]|\]~b\]")
_OPENED_IN_WORDS = "USER: ... ASSISTANT:"


def style_of(text: str) -> str | None:
    """The family of templates that has written a text, or else its marker; None if none has.

    The name of a marker in a question about it is none: a role has to go with it.
    """
    if not _may_hold(text):  # nearly always
        return None
    if known := _known(text):
        return known.name
    if marked := _MARKED.search(text):
        marker = _MARKER.search(marked.group())
        return marker.group() if marker else marked.group()[:40]
    return _OPENED_IN_WORDS if _OPENED_ANSWER.search(text) else None


def messages_in(text: str) -> list[dict[str, Any]]:
    """The messages of a text that a template has written, without the place where the answer begins.

    Raises:
        RecordError: they cannot be told apart.
    """
    style = _known(text)
    messages: list[dict[str, Any]] = []
    before = 0
    for match in style.message.finditer(text) if style else ():
        messages += _outside(text[before : match.start()], is_first=not messages)
        before = match.end()
        parts = match.groupdict()
        if parts.get("answer") is not None:
            role, content = "assistant", parts["answer"]
            if not content.strip("<s> \n"):
                continue
        else:
            role = parts["role"].lower()
            role, content = _ROLES.get(role, role), parts["content"]
        if not messages and role == "user" and (inner := _SYSTEM_WITHIN.match(content)):  # Llama 2
            messages.append({"role": "system", "content": inner["content"].strip()})
            content = content[inner.end() :]
        messages.append({"role": role, "content": content.strip()})
    if messages:
        _outside(text[before:], is_first=False)
    if messages and messages[-1]["role"] == "assistant" and _OPENED.fullmatch(messages[-1]["content"]):
        messages.pop()
    if not messages:
        raise RecordError(_TOGETHER)
    return messages


_TOGETHER = "the messages of this templated text cannot be told apart"
_SYSTEM_WITHIN = re.compile(r"\s*<<SYS>>(?P<content>.*?)<</SYS>>", re.DOTALL)
_BETWEEN = re.compile(
    r"<s>|</s>|<bos>|<BOS_TOKEN>|<\|begin_of_text\|>|<\|endoftext\|>|<｜(?:begin|end)▁of▁sentence｜>|"
    r"<\|start\|>assistant\Z"
)


def _outside(text: str, *, is_first: bool) -> list[dict[str, Any]]:
    """What stands outside the markers of messages: in front of all others, a system message (DeepSeek)."""
    text = _BETWEEN.sub("", text).strip()
    if text and (not is_first or "<" in text):
        raise RecordError(f"{_TOGETHER}: {text!r:.60} is in none of them")
    return [{"role": "system", "content": text}] if text else []


_MAY_HOLD = re.compile(
    r"<[|｜]|<bos>|<s>|<BOS_TOKEN>|<start_of_turn>|\[INST\]|\[SYSTEM_PROMPT\]|\[[|｜]|\[gMASK\]|\]~b\]"
    r"|\A\s*(?:<|system\n|user\n)|(?:ASSISTANT|Assistant|AI|Response):\s*\Z"
)
"""What any text that a template has written holds."""
_SIGNS = ("<", "[", "]~b]")


def _may_hold(text: str) -> bool:
    """Whether there is anything in a text that a template writes; the signs are sought first, in no time."""
    return (
        any(sign in text for sign in _SIGNS)
        or text.rstrip().endswith(":")
        or text.lstrip().startswith(("system\n", "user\n"))
    ) and _MAY_HOLD.search(text) is not None


def _known(text: str) -> _Style | None:
    return next((style for style in _STYLES if style.start.match(text)), None)
