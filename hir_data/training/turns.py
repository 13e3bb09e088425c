"""Turns of a conversation: which of them are trained on, and which are read at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from hir_data.errors import RecordError
from hir_data.models.chat_template import Reply
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.message import Message
from hir_data.schemas.replay import ReplaySample

Key = tuple[tuple[str, str], ...]
"""A conversation, as who has said what."""


class EarlierTurn(NamedTuple):
    """An assistant message before the response of a sample.

    Attributes:
        number: which message of the conversation it is, from 0.
        instruction: the conversation that it answers.
        reply: what it says.
        reward: its own, from the field ``reward`` of the message; None where the sample's counts.
        key: tells the message in this conversation from any other.
    """

    number: int
    instruction: Instruction
    reply: Reply
    reward: float | None
    key: Key


@dataclass(slots=True)
class EarlierTurns:
    """The assistant messages in the conversations of samples, but for those that are samples themselves.

    Attributes:
        without_thinking: leave out the reasoning before answers.
    """

    without_thinking: bool = False
    _responses: set[Key] = field(default_factory=set)

    def noted(self, sample: ReplaySample) -> ReplaySample:
        """The sample, whose response is known from here on."""
        if sample.origin == "rollout":
            messages = sample.instruction.messages
            self._responses.add((*_said(messages), ("assistant", sample.response)))
        return sample

    def of(self, sample: ReplaySample) -> Iterator[EarlierTurn | RecordError]:
        """Those of a rollout, in their order; an error for one that cannot be trained on.

        A replay has none: what was said before answered other instructions than it has now.
        """
        if sample.origin != "rollout":
            return
        for place, message in enumerate(sample.instruction.messages):
            if message.role == "assistant":
                try:
                    yield self._turn(sample.instruction, place, message)
                except RecordError as error:
                    yield error

    def are_responses(self, key: Key) -> bool:
        """Whether a message is the response of a rollout, which has verdicts of its own."""
        return key in self._responses

    def _turn(self, instruction: Instruction, place: int, message: Message) -> EarlierTurn:
        before = instruction.messages[:place]
        fields = message.other.value if message.other is not None else {}
        if fields.get("weight") == 0:
            raise RecordError("is an earlier turn of weight 0")
        if message.tool_calls is not None:
            raise RecordError("is an earlier turn that calls tools")
        if not before or before[-1].role not in ("user", "tool"):
            raise RecordError("is an earlier turn that answers nobody")
        reward = fields.get("reward")
        if reward is not None and not _is_reward(reward):
            raise RecordError("is an earlier turn with a reward that is no number from 0 to 1")
        shorter = {"messages": before, "stated_in": None, "from_turn": None}
        return EarlierTurn(
            number=place,
            instruction=instruction.model_copy(update=shorter),
            reply=Reply(message.content, None, None if self.without_thinking else message.reasoning_content),
            reward=reward,
            key=_said((*before, message)),
        )


def _is_reward(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _said(messages: Sequence[Message]) -> Key:
    return tuple((message.role, message.content) for message in messages)


def shared_sequences(pairs: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[int]:
    """For each prompt and response, which of them holds its tokens: those of one number are read at once.

    One is read with another whose prompt begins with all of its tokens. Of several such prompts the first
    takes it, so each pair is in one sequence, and in a sequence one is the beginning of the next.
    """
    whole = [(*prompt, *response) for prompt, response in pairs]
    follower: dict[int, int] = {}
    begun: list[int] = []  # those that the one at hand begins with, the longest last
    for place in sorted(range(len(pairs)), key=whole.__getitem__):
        while begun and whole[place][: len(whole[begun[-1]])] != whole[begun[-1]]:
            begun.pop()
        inside = (other for other in reversed(begun) if len(whole[other]) <= len(pairs[place][0]))
        if (longest := next(inside, None)) is not None:
            follower[longest] = min(place, follower.get(longest, place))
        begun.append(place)
    ends = list(range(len(pairs)))
    for place in ends:
        while ends[place] in follower:
            ends[place] = follower[ends[place]]
    return ends
