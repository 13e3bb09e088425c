r"""Prompts to which a chat template was applied already, recognised and read back into messages.

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
        r"<\|im_start\|>(?P<role>\w+)\n(?P<content>.*?)(?:<\|im_end\|>\n?|\Z)",
    ),
    _style(
        "llama",
        r"(?:<\|begin_of_text\|>)?<\|start_header_id\|>",
        r"<\|start_header_id\|>(?P<role>\w+)<\|end_header_id\|>\n\n(?P<content>.*?)(?:<\|eot_id\|>|\Z)",
    ),
    _style(
        "gemma",
        r"(?:<bos>)?<start_of_turn>",
        r"<start_of_turn>(?P<role>\w+)\n(?P<content>.*?)(?:<end_of_turn>\n?|\Z)",
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
        r"<\|(?:system|user|assistant)\|>",
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


def style_of(text: str) -> str | None:
    """The family of templates that has written a text; None if none has, as far as can be seen."""
    found = _found(text)
    return found and found.name


def messages_in(text: str) -> list[dict[str, Any]]:
    """The messages of a text that a template has written, without the place where the answer begins.

    Raises:
        RecordError: they cannot be told apart.
    """
    style = _found(text)
    messages: list[dict[str, Any]] = []
    for match in style.message.finditer(text) if style else ():
        parts = match.groupdict()
        if parts.get("answer") is not None:
            role, content = "assistant", parts["answer"]
            if not content.strip("<s> \n"):
                continue
        else:
            role = parts["role"].lower()
            role, content = _ROLES.get(role, role), parts["content"]
        messages.append({"role": role, "content": content.strip()})
    if messages and messages[-1]["role"] == "assistant" and _OPENED.fullmatch(messages[-1]["content"]):
        messages.pop()
    if not messages:
        raise RecordError("the messages of this templated text cannot be told apart")
    return messages


_MAY_START = re.compile(r"\s*(?:<|\[|system\n|user\n)|[^<]*<｜")


def _found(text: str) -> _Style | None:
    if not _MAY_START.match(text):  # nearly always
        return None
    return next((style for style in _STYLES if style.start.match(text)), None)
