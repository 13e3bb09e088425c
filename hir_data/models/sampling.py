"""Rollouts from a model: who draws responses, and a run that draws them into a file."""

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from hir_data.engine.judge import digest
from hir_data.errors import RecordError
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.rollout import Rollout, Sampling


class Request(NamedTuple):
    """A conversation, and where chance starts from for the responses to it."""

    instruction: Instruction
    seed: int

    @property
    def prompt(self) -> str:
        """The text of the last message of the user."""
        return self.instruction.prompt

    def messages(self, system: str | None) -> list[dict[str, Any]]:
        """The whole conversation, behind a system message if there is one and it has none."""
        messages = self.instruction.chat()
        if not system or messages[0]["role"] == "system":
            return messages
        return [{"role": "system", "content": system}, *messages]


class Response(NamedTuple):
    """A response that was drawn.

    Attributes:
        text: what the model has written.
        sampling: how it was drawn.
        tokens: how many tokens were drawn; None where a server does not say.
        reasoning: what it has thought before, where that came apart.
        original: all that it has written, where the text is the answer alone.
        cut_off: whether it ended while thinking, so that there is no answer.
    """

    text: str
    sampling: Sampling
    tokens: int | None = None
    reasoning: str | None = None
    original: str | None = None
    cut_off: bool = False

    def rollout(self, instruction: Instruction, sample: int, metadata: dict[str, Any]) -> Rollout:
        """The response as a rollout; its reasoning goes to the metadata."""
        thinking = None
        if self.reasoning is not None:
            metadata = metadata | {"reasoning": self.reasoning}
        if self.reasoning is not None or self.original is not None:
            ended = self.text or self.sampling.finish_reason != "length"
            thinking = "truncated" if self.cut_off or not ended else "stripped"
        return Rollout(
            instruction=instruction,
            response=self.text,
            sample=sample,
            original=self.original,
            thinking=thinking,
            sampling=self.sampling,
            metadata=metadata,
        )


class Refusal(NamedTuple):
    """Why there are no responses to a prompt.

    Attributes:
        reason: in words.
        by_server: whether that is for the server, so that another one might respond.
    """

    reason: str
    by_server: bool = False


Batch = list[Any]
"""Responses that were drawn at once, as a sampler has them, in what JSON can say."""


class BatchStore(Protocol):
    """Keeps batches that are drawn before their responses can be given."""

    def get(self, key: str) -> Batch | None:
        """What was drawn for this, by this run or the one that it goes on with; None where nothing was."""

    def put(self, key: str, batch: Batch) -> None:
        """Keep what was drawn.

        Raises:
            OutputError: it cannot be written.
        """


class NoBatchStore:
    """Keeps nothing."""

    number = 0

    def get(self, key: str) -> Batch | None:
        """There is none."""
        return None

    def put(self, key: str, batch: Batch) -> None:
        """Forget it."""

    def clear(self) -> None:
        """There is nothing to forget."""

    def close(self) -> None:
        """There is nothing to close."""


class Sampler(Protocol):
    """Whoever draws responses.

    One whose responses depend on what is drawn beside them has a further attribute, ``drawn_together``: how
    many requests go together, from the first on. A run that goes on begins with the first of such a group.
    One that draws several batches of such a group one after the other has ``batches``, a :class:`BatchStore`.
    One that says how far it is has ``ended``: how many responses have come to their end so far. One that asks
    several servers has ``servers``: what each of them has done.
    """

    @property
    def tokens(self) -> int:
        """How many it has drawn so far."""

    def sample(self, requests: Iterable[Request]) -> Generator[list[Response] | Refusal]:
        """The responses to each request, in the order of the requests, which are read as they are needed.

        Raises:
            HirDataError: nothing can be drawn at all.
        """


def request_of(instruction: Instruction, number: int, seed: int) -> Request:
    """What is asked of a sampler for an instruction.

    Args:
        instruction: with its template options.
        number: the place of the instruction in the run.
        seed: that of the run.
    """
    return Request(instruction, seed_of(seed, number, instruction.conversation_key))


def prepared(
    instruction: Instruction, sampler: Sampler, template_options: Mapping[str, Any] | None
) -> Instruction:
    """An instruction as the sampler asks it, with its system message and its template options.

    Raises:
        RecordError: the conversation has another system message, and that is refused.
    """
    settings = getattr(sampler, "settings", None)
    if settings is not None and settings.system:
        instruction = instruction.with_system(settings.system, settings.system_mode)
    return with_template_options(instruction, template_options)


def with_template_options(instruction: Instruction, options: Mapping[str, Any] | None) -> Instruction:
    """An instruction with further variables of the chat template, which win over its own."""
    if not options:
        return instruction
    own = {} if instruction.template_options is None else instruction.template_options.value
    fields = {name: getattr(instruction, name) for name in Instruction.model_fields}
    return Instruction(**fields | {"template_options": {**own, **options}})


def seed_of(seed: int, number: int, conversation: str) -> int:
    """Where chance starts from for a conversation: the same wherever and with whatever else it is drawn for.

    Args:
        seed: that of the run.
        number: the place of the conversation in it.
        conversation: what tells it from any other.
    """
    return int(digest(seed, number, conversation)[:8], 16) >> 1  # 31 bits: some servers take no more


def rollout(
    instructions: Iterable[Instruction],
    sampler: Sampler,
    *,
    seed: int = 0,
    template_options: Mapping[str, Any] | None = None,
) -> Iterator[Rollout]:
    """Draw responses to instructions, lazily and in their order.

    Args:
        instructions: what is asked.
        sampler: who draws.
        seed: equal seeds give equal responses.
        template_options: variables of the chat template, over those of each instruction; rollouts have them.

    Raises:
        HirDataError: nothing can be drawn at all, or there is no response to a prompt.
    """
    asked: deque[Instruction] = deque()

    def requests() -> Iterator[Request]:
        for number, instruction in enumerate(instructions):
            asked.append(prepared(instruction, sampler, template_options))
            yield request_of(asked[-1], number, seed)

    for answer in sampler.sample(requests()):
        instruction = asked.popleft()
        if isinstance(answer, Refusal):
            raise RecordError(f"there is no response to the prompt: {answer.reason}")
        for sample, response in enumerate(answer):
            yield response.rollout(instruction, sample, {})
