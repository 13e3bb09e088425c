"""What a model answers: the messages of a conversation, and the constraints that they state.

>>> instruction = Instruction(
...     messages=[
...         {"role": "system", "content": "Use no commas."},
...         {"role": "user", "content": "Name two fruits."},
...     ],
...     constraints=[{"kind": "punctuation:no_comma"}],
...     stated_in=[0],
... )
>>> instruction.prompt, instruction.turn
('Name two fruits.', 1)
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from hir_data.errors import RecordError
from hir_data.schemas.constraint import MAX_CONSTRAINTS, Constraint
from hir_data.schemas.english import number_of
from hir_data.schemas.frozen_json import FrozenJson
from hir_data.schemas.message import Message, are_objects, check_conversation, read_messages
from hir_data.schemas.presentation import Presentation, presentation_named
from hir_data.schemas.record import Record
from hir_data.schemas.registry import AnyConstraint
from hir_data.text.cached import cached_property

SystemMode = Literal["refuse", "replace", "prepend"]
"""What is done with a system message where the conversation has one already."""


def _tools(value: Any) -> FrozenJson | None:
    """The tools of an instruction; none are the same as an empty list of them."""
    if value is None or isinstance(value, FrozenJson):
        return value
    if not are_objects(value):
        raise RecordError(f"has to be a list of objects, not {value!r:.80}", field="tools")
    return FrozenJson(list(value)) if value else None


def _template_options(value: Any) -> FrozenJson | None:
    if value is None or isinstance(value, FrozenJson):
        return value
    if not isinstance(value, Mapping):
        raise RecordError(f"has to be an object, not {value!r:.80}", field="template_options")
    return FrozenJson(dict(value)) if value else None


def _asked(prompt: Any) -> Message:
    """A message of the user; a prompt that is no string is refused as the content of one."""
    is_text = isinstance(prompt, str) and prompt.isascii()  # nearly always, and nothing is wrong with it
    build = Message.model_construct if is_text else Message
    return build(role="user", content=prompt)


_OPTIONAL = ("question", "criteria", "presentation", "stated_in", "from_turn", "tools", "template_options")


class Instruction(Record):
    """A conversation up to where a response is due, and the constraints that it states.

    ``Instruction(prompt="...")`` is the conversation of this one message of the user. Two instructions are
    equal only if all of their messages, tools and template options are.

    Attributes:
        id: the record's own key, as it was written there; None if it has none.
        messages: what the model answers, at least one message of the user.
        constraints: what a response has to satisfy, at least one and at most a thousand.
        question: what the message that states the constraints asks, without them, if that is known.
        criteria: each of the constraints, as that message says it, if that is known.
        presentation: how it was made of the two (:func:`hir_data.schemas.presentation.present`).
        stated_in: for each constraint, which of the messages states it, from 0; None where the record does
            not say so, which mostly means the last message of the user (:meth:`stating`).
        from_turn: for each constraint, from which turn of the user on it holds, from 1; None where all hold.
        tools: the list of tools that the model may call, as chat templates and servers read it.
        template_options: further variables of the chat template, such as ``enable_thinking``.
    """

    id: int | str | None = None
    messages: Annotated[tuple[Message, ...], Field(exclude=True)]  # written below
    constraints: Annotated[tuple[AnyConstraint, ...], Field(min_length=1, max_length=MAX_CONSTRAINTS)]
    question: str | None = None
    criteria: tuple[str, ...] | None = None
    presentation: Annotated[Presentation, BeforeValidator(presentation_named)] | None = None
    stated_in: tuple[Annotated[int, Field(ge=0)], ...] | None = None
    from_turn: tuple[Annotated[int, Field(ge=1)], ...] | None = None
    tools: Annotated[FrozenJson | None, BeforeValidator(_tools)] = None
    template_options: Annotated[FrozenJson | None, BeforeValidator(_template_options)] = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            prompt: str | None = None,
            messages: Sequence[Message | Mapping[str, Any]] | None = None,
            constraints: Iterable[Constraint | Mapping[str, Any]],
            id: int | str | None = None,
            question: str | None = None,
            criteria: Sequence[str] | None = None,
            presentation: str | None = None,
            stated_in: Sequence[int] | None = None,
            from_turn: Sequence[int] | None = None,
            tools: Sequence[Mapping[str, Any]] | FrozenJson | None = None,
            template_options: Mapping[str, Any] | FrozenJson | None = None,
        ) -> None: ...

    @model_validator(mode="before")
    @classmethod
    def _of_prompt_or_messages(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        fields = dict(value)
        prompt, messages = fields.pop("prompt", None), fields.get("messages")
        if messages is not None:
            if prompt is not None:
                raise ValueError("has a prompt and messages; the prompt is the last message of the user")
            fields["messages"] = read_messages(messages)
            check_conversation(fields["messages"])
        elif prompt is not None:
            fields["messages"] = (_asked(prompt),)
        return fields

    @model_validator(mode="after")
    def _one_entry_a_constraint(self) -> Self:
        number = len(self.constraints)
        for name in ("criteria", "stated_in", "from_turn"):
            entries = getattr(self, name)
            if entries is not None and len(entries) != number:
                raise ValueError(
                    f"has {number_of(len(entries), 'entry', 'entries')} in {name} "
                    f"for {number_of(number, 'constraint')}"
                )
        if self.stated_in is not None and max(self.stated_in) >= len(self.messages):
            raise ValueError(f"has a constraint in message {max(self.stated_in)} of {len(self.messages)}")
        if self.from_turn is not None and max(self.from_turn) > self.turn:
            raise ValueError(f"has a constraint from turn {max(self.from_turn)} on, and is turn {self.turn}")
        return self

    @model_serializer(mode="wrap")
    def _write(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        for name in _OPTIONAL:
            if written.get(name, written) is None:
                del written[name]
        said = {"prompt": self.prompt} if self.is_plain else {"messages": self.chat()}
        return {"id": written.pop("id"), **said, **written} if "id" in written else said | written

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields changed, unchecked; a new ``prompt`` changes the user's last message."""
        changes = dict(update or {})
        if "prompt" in changes:
            changes["messages"] = self.with_text(self.last_user, changes.pop("prompt"))
        return super().model_copy(update=changes, deep=deep)

    @property
    def prompt(self) -> str:
        """The text of the last message of the user."""
        return self.messages[self.last_user].content

    @property
    def last_user(self) -> int:
        """Which of the messages is the last one of the user."""
        return max(number for number, message in enumerate(self.messages) if message.role == "user")

    @property
    def turn(self) -> int:
        """How many messages of the user there are: the response is due in this turn, from 1."""
        return sum(message.role == "user" for message in self.messages)

    @property
    def is_plain(self) -> bool:
        """Whether the prompt says it all: one message of the user, no tools, no template options."""
        return (
            len(self.messages) == 1
            and self.tools is None
            and self.template_options is None
            and not self.messages[0].has_more
        )

    @cached_property
    def conversation_key(self) -> str:
        """What tells the conversation with its tools and template options from any other.

        It is the prompt where that says it all.
        """
        if self.is_plain:
            return self.prompt
        options = self.template_options and self.template_options.value
        whole = [self.chat(), self.tools and self.tools.value, options]
        return f"\0{json.dumps(whole, sort_keys=True)}"  # no prompt that says the same in so many words

    def chat(self) -> list[dict[str, Any]]:
        """The messages as plain objects, as chat templates and servers read them."""
        return [message.record() for message in self.messages]

    def template_arguments(self) -> dict[str, Any]:
        """What a chat template is given beside the messages: the ``tools``, if any, and the options."""
        tools = {} if self.tools is None else {"tools": self.tools.value}
        return tools | ({} if self.template_options is None else self.template_options.value)

    def stating(self, number: int) -> int:
        """Which of the messages states a constraint: the one that the record names, else the user's last."""
        return self.last_user if self.stated_in is None else self.stated_in[number]

    def with_text(self, number: int, text: str) -> tuple[Message, ...]:
        """The messages, one of them with another text."""
        changed = self.messages[number].model_copy(update={"content": text})
        return (*self.messages[:number], changed, *self.messages[number + 1 :])

    def with_system(self, text: str, mode: SystemMode = "refuse") -> Self:
        """The instruction behind a system message.

        Args:
            text: the system message.
            mode: what is done where there is another one: it is refused, replaced by this one, or this one
                stands before it.

        Raises:
            RecordError: there is another one, and that is refused, or a constraint is stated in it that
                would be lost.
        """
        first, rest = self.messages[0], self.messages
        stated_in = self.stated_in
        if first.role == "system":
            if first.content == text or first.content.startswith(f"{text}\n\n"):  # it is there already
                return self
            if mode == "refuse":
                raise RecordError(
                    "the conversation has a system message already; --system-mode replace or prepend",
                    field="messages[0]",
                )
            if mode == "replace" and stated_in is not None and 0 in stated_in:
                raise RecordError("a constraint is stated in the system message", field="messages[0]")
            text, rest = text if mode == "replace" else f"{text}\n\n{first.content}", rest[1:]
        elif stated_in is not None:
            stated_in = tuple(number + 1 for number in stated_in)
        messages = (Message(role="system", content=text), *rest)
        return self.model_copy(update={"messages": messages, "stated_in": stated_in})
