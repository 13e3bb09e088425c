"""A sampler whose model draws a batch of responses at a time, on this machine."""

import abc
import hashlib
import json
from collections.abc import Generator, Iterable, Sequence
from typing import NamedTuple

from hir_data.engine.checks import batched
from hir_data.models.config import SamplingParams
from hir_data.models.prompted import PromptedModel, SampledTokens
from hir_data.models.sampling import BatchStore, NoBatchStore, Refusal, Request, Response
from hir_data.models.template_text import ChatPrompt, model_trouble

_WINDOW = 8  # batches whose prompts are sorted by length, so that little is padding


class DrawnTokens(NamedTuple):
    """The tokens of a response, their log-probabilities, and their mean entropy."""

    tokens: list[int]
    logprobs: list[float]
    entropy: float


class BatchSampler(abc.ABC):
    """Draws responses in batches of prompts of about one length, with exact log-probabilities and entropies.

    They are at the sampling temperature, at 1 where that is 0, and before ``top_p`` cuts off the rest.

    Attributes:
        name: of the model.
        settings: how responses are drawn.
        tokens: how many tokens were drawn so far.
        ended: how many responses have ended so far.
        drawn_together: how many requests share batches, from the first on.
        batches: where a batch is kept once it is drawn, and looked for before it is.

    Args:
        name: of the model.
        settings: how responses are drawn.
        batch_size: responses that are drawn at a time, about.

    Raises:
        ValueError: nothing can be drawn in batches of that size.
    """

    _prompted: PromptedModel

    def __init__(self, name: str, settings: SamplingParams, batch_size: int) -> None:
        if batch_size < 1:
            raise ValueError(f"the batch size has to be at least 1, not {batch_size}")
        self.name: str = name
        self.settings: SamplingParams = settings
        self.tokens: int = 0
        self.ended: int = 0
        self._prompts = max(1, batch_size // settings.n)  # in a batch
        self.drawn_together: int = self._prompts * _WINDOW
        self.batches: BatchStore = NoBatchStore()

    @abc.abstractmethod
    def _draw(self, prompts: list[list[int]], seeds: list[int]) -> Iterable[DrawnTokens]:
        """Draw responses to a few prompts, for each of them as many as there are seeds for it."""

    def _seeds(self, of_prompts: Sequence[int]) -> list[int]:
        """Where chance starts from for each response of a batch, by the seeds of its prompts."""
        return [seed + sample for seed in of_prompts for sample in range(self.settings.n)]

    def sample(self, requests: Iterable[Request]) -> Generator[list[Response] | Refusal]:
        """The responses to each request, in their order; of each few batches when all of them are there.

        Raises:
            ModelError: the model cannot be used, or there is not enough memory.
        """
        for window in batched(requests, self.drawn_together):
            prompts, refusals = self._prompted.prompts(window)
            answers: dict[int, list[Response] | Refusal] = {**refusals}
            by_length = sorted(prompts, key=lambda index: len(prompts[index].tokens))
            for batch in batched(by_length, self._prompts):
                seeds = self._seeds([window[index].seed for index in batch])
                drawn = self._kept_or_drawn([prompts[index].tokens for index in batch], seeds)
                of_each = (prompts[index] for index in batch for _ in range(self.settings.n))
                responses = map(self._response, drawn, seeds, of_each)
                for index, own in zip(batch, batched(responses, self.settings.n), strict=True):
                    answers[index] = own
            yield from (answers[index] for index in range(len(window)))

    def _kept_or_drawn(self, prompts: list[list[int]], seeds: list[int]) -> list[DrawnTokens]:
        """Responses to a few prompts; those that were drawn before and not written."""
        said = json.dumps([self.name, self.settings.model_dump(mode="json"), prompts, seeds])
        key = hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
        if (kept := self.batches.get(key)) is not None:
            self.ended += len(kept)
            return [DrawnTokens(*each) for each in kept]
        with model_trouble(f"{self.name}: nothing can be drawn"):
            drawn = list(self._draw(prompts, seeds))
        self.batches.put(key, [list(each) for each in drawn])
        return drawn

    def _response(self, drawn: DrawnTokens, seed: int, prompt: ChatPrompt) -> Response:
        tokens = SampledTokens(
            drawn.tokens,
            seed,
            drawn.logprobs,
            1.0 if self.settings.temperature == 0 else None,
            max(drawn.entropy, 0.0),
            "exact",
        )
        return self._prompted.response(prompt, tokens)
