"""Rollouts from a model: who draws responses, and a run that draws them into a file."""

from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from hir_data.engine.judge import digest
from hir_data.errors import RecordError
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.rollout import Rollout, Sampling


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How responses are drawn.

    Attributes:
        n: responses to a prompt.
        temperature: of the softmax; 0 takes the likeliest token each time.
        top_p: the share of the probability that is drawn from, the likeliest tokens first.
        max_new_tokens: where a response is cut off.
        system: the system message, None for none.
    """

    n: int = 6
    temperature: float = 1.0
    top_p: float = 1.0
    max_new_tokens: int = 1024
    system: str | None = None

    def __post_init__(self) -> None:
        if self.n < 1 or self.max_new_tokens < 1 or self.temperature < 0 or not 0 < self.top_p <= 1:
            raise ValueError(f"nothing can be drawn with {self}")


class Request(NamedTuple):
    """A prompt, and where chance starts from for the responses to it."""

    prompt: str
    seed: int


class Response(NamedTuple):
    """A response that was drawn.

    Attributes:
        text: what the model has written.
        sampling: how it was drawn.
        tokens: how many tokens were drawn; None where a server does not say.
        reasoning: what it has thought before, where that came apart.
    """

    text: str
    sampling: Sampling
    tokens: int | None = None
    reasoning: str | None = None

    def rollout(self, instruction: Instruction, sample: int, metadata: dict[str, Any]) -> Rollout:
        """The response as a rollout; its reasoning goes to the metadata."""
        thinking = None
        if self.reasoning is not None:
            metadata = metadata | {"reasoning": self.reasoning}
            cut_off = self.sampling.finish_reason == "length" and not self.text
            thinking = "truncated" if cut_off else "stripped"
        return Rollout(
            instruction=instruction,
            response=self.text,
            sample=sample,
            thinking=thinking,
            sampling=self.sampling,
            metadata=metadata,
        )


class Refusal(NamedTuple):
    """Why there are no responses to a prompt."""

    reason: str


class Sampler(Protocol):
    """Whoever draws responses.

    Attributes:
        tokens: how many it has drawn so far.
    """

    tokens: int

    def sample(self, requests: Iterable[Request]) -> Generator[list[Response] | Refusal]:
        """The responses to each request, in the order of the requests, which are read as they are needed.

        Raises:
            HirDataError: nothing can be drawn at all.
        """


def seed_of(seed: int, number: int, prompt: str) -> int:
    """Where chance starts from for a prompt: the same wherever and with whatever else it is drawn for.

    Args:
        seed: that of the run.
        number: the place of the prompt in it.
        prompt: the prompt.
    """
    return int(digest(seed, number, prompt)[:8], 16) >> 1  # 31 bits: some servers take no more


def rollout(instructions: Iterable[Instruction], sampler: Sampler, *, seed: int = 0) -> Iterator[Rollout]:
    """Draw responses to instructions, lazily and in their order.

    Raises:
        HirDataError: nothing can be drawn at all, or there is no response to a prompt.
    """
    asked: deque[Instruction] = deque()

    def requests() -> Iterator[Request]:
        for number, instruction in enumerate(instructions):
            asked.append(instruction)
            yield Request(instruction.prompt, seed_of(seed, number, instruction.prompt))

    for answer in sampler.sample(requests()):
        instruction = asked.popleft()
        if isinstance(answer, Refusal):
            raise RecordError(f"there is no response to the prompt: {answer.reason}")
        for sample, response in enumerate(answer):
            yield response.rollout(instruction, sample, {})
