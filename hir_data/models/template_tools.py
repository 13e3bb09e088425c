"""Whether a chat template writes the tools of a conversation and their calls."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hir_data.errors import RecordError

ChatMessage = Mapping[str, Any]
"""A message as chat templates read it: ``role``, ``content`` and what else they know."""

_OTHER = "hirOther7d1e"


def refuse_unwritten_tools(
    render: Callable[[Sequence[ChatMessage], Mapping[str, Any]], str],
    messages: Sequence[ChatMessage],
    arguments: Mapping[str, Any],
    text: str,
) -> None:
    """See that a template writes tools and calls: with others it has to write another text.

    Args:
        render: what makes a text of messages and the arguments of the template.
        messages: the conversation.
        arguments: of the template, with the ``tools``.
        text: what the template has written.

    Raises:
        RecordError: the template leaves them out; ``field`` says which.
    """
    if arguments.get("tools") and text == render(messages, {**arguments, "tools": None}):
        raise RecordError("the chat template leaves out the tools", field="tools")
    for number, message in enumerate(messages):
        if not message.get("tool_calls"):
            continue
        others = [*messages[:number], _with_other_calls(message), *messages[number + 1 :]]
        if text == render(others, arguments):
            raise RecordError(
                "the chat template leaves out this call of a tool", field=f"messages[{number}].tool_calls"
            )


def _with_other_calls(message: ChatMessage) -> ChatMessage:
    """A message with calls of tools by other names."""
    calls = [
        {**call, "function": {**call["function"], "name": _OTHER}}
        if isinstance(call.get("function"), Mapping)
        else {**call, "name": _OTHER}
        for call in message["tool_calls"]
    ]
    return {**message, "tool_calls": calls}
