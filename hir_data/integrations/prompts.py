"""The prompts of a file as adapters hand them to their tools."""

import json
from pathlib import Path
from typing import Any, NamedTuple

from hir_data.errors import RecordError
from hir_data.formats.reader import ParsedPrompt, read_instructions
from hir_data.schemas.rejected import Rejected


class TaskPrompt(NamedTuple):
    """A prompt with its constraints.

    Attributes:
        id: the record's own key, else its number in the file from 1 on; each prompt has another one.
        messages: the conversation that a response is due to.
        constraints: their records.
    """

    id: str
    messages: list[dict[str, Any]]
    constraints: list[dict[str, Any]]

    @property
    def prompt(self) -> str:
        """What the user says last."""
        return str(next(each["content"] for each in reversed(self.messages) if each["role"] == "user"))

    @property
    def conversation(self) -> str | list[dict[str, Any]]:
        """The prompt as a text where it is all that there is, else the messages."""
        return self.prompt if len(self.messages) == 1 else self.messages

    @property
    def constraints_json(self) -> str:
        """The constraints as JSON, which tables of any tool keep as it is."""
        return json.dumps(self.constraints, ensure_ascii=False)

    def record(self) -> dict[str, Any]:
        """The record as it is written."""
        asked: dict[str, Any] = (
            {"prompt": self.prompt} if len(self.messages) == 1 else {"messages": self.messages}
        )
        return {"id": self.id, **asked, "constraints": self.constraints}


def read_prompts(
    path: Path | str, *, split: str | None = None, single_message: bool = False
) -> list[TaskPrompt]:
    """The prompts of a file in any format that ``hir-data verify`` reads.

    Args:
        path: the file.
        split: which split, if it is a data set of several.
        single_message: whether the tool can ask only what is one message of the user.

    Raises:
        RecordError: the file cannot be read, a record is no prompt with constraints, or the tool cannot ask
            it; nothing is left out.
    """
    prompts: list[TaskPrompt] = []
    keys: set[str] = set()
    for number, parsed in enumerate(read_instructions(str(path), split=split), 1):
        if isinstance(parsed, Rejected):
            raise parsed.error
        prompt = _task_prompt(parsed, number)
        if single_message and len(prompt.messages) > 1:
            problem = f"has {len(prompt.messages)} messages; this tool asks with one message of the user"
            raise RecordError(problem, parsed.source, parsed.line, "messages")
        if prompt.id in keys:
            prompt = prompt._replace(id=f"{prompt.id}#{number}")
        keys.add(prompt.id)
        prompts.append(prompt)
    if not prompts:
        raise RecordError("there are no prompts", str(path))
    return prompts


def _task_prompt(parsed: ParsedPrompt, number: int) -> TaskPrompt:
    instruction = parsed.instruction
    if instruction.tools is not None:
        raise RecordError("tools cannot be handed on", parsed.source, parsed.line, "tools")
    return TaskPrompt(
        str(number if instruction.id is None else instruction.id),
        [message.record() for message in instruction.messages],
        [constraint.record() for constraint in instruction.constraints],
    )
