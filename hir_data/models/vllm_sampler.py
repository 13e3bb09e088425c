"""Responses sampled by vLLM in this process."""

from collections.abc import Generator, Iterable, Mapping
from typing import Any

from hir_data.engine.checks import batched
from hir_data.errors import ModelError
from hir_data.models.config import SamplingParams
from hir_data.models.prompted import PromptedModel, SampledTokens
from hir_data.models.sampling import Refusal, Request, Response
from hir_data.models.template_text import ChatPrompt, model_trouble
from hir_data.models.vllm_engine import VLLMEngine, logprobs_mode

_TOGETHER = 2048  # responses that the engine is given at a time: many more than it samples at once


class VLLMSampler:
    """Samples responses with an engine of vLLM.

    Prompts are token ids from the chat template, as for training. Each response is a request with a seed of
    its own, and prefix caching lets the responses to a prompt share its computation. Equal seeds give equal
    responses as far as vLLM's kernels do: what else is in a batch changes the last digits.

    Log-probabilities are recorded at the sampling temperature if the engine returns processed ones, else at
    temperature 1. None are recorded where they are of a distribution that ``top_p`` has cut.

    Attributes:
        tokens: how many tokens were sampled so far.
        ended: how many responses have ended so far.
        drawn_together: how many requests go to the engine together, from the first on.

    Args:
        engine: the engine; whoever made it closes it.
        settings: how responses are sampled.

    Raises:
        ModelError: the chat template has no variable of the name of a template option.
    """

    def __init__(self, engine: VLLMEngine, settings: SamplingParams) -> None:
        self.settings = settings
        self.tokens = self.ended = 0
        self.drawn_together: int = max(1, _TOGETHER // settings.n)
        self._engine = engine
        self._prompted = PromptedModel.of(
            engine.model, settings, engine.tokenizer, engine.ends, context=engine.context
        )

    def sample(self, requests: Iterable[Request]) -> Generator[list[Response] | Refusal]:
        """The responses to each request, in their order; of many prompts when all of them are there.

        Raises:
            ModelError: the engine fails, or returns something else than was asked for.
        """
        for window in batched(requests, self.drawn_together):
            prompts, refusals = self._prompted.prompts(window)
            answers: dict[int, list[Response] | Refusal] = {**refusals}
            seeds = {index: window[index].seed for index in prompts}
            with model_trouble(f"{self._engine.model}: nothing can be drawn"):
                completions = self._completions(prompts, seeds)
                for index, prompt in prompts.items():
                    answers[index] = self._responses(prompt, seeds[index], completions[index])
            yield from (answers[index] for index in range(len(window)))

    def _completions(
        self, prompts: Mapping[int, ChatPrompt], seeds: Mapping[int, int]
    ) -> dict[int, list[Any]]:
        """The completions of each prompt, by its index."""
        # Not n completions of one request: vLLM makes requests of these too, but refuses it at temperature 0,
        # and the seed of each would be its own affair.
        each = [(index, seeds[index] + sample) for index in prompts for sample in range(self.settings.n)]
        outputs = self._engine.generate(
            [prompts[index].tokens for index, _ in each], [self._options(seed) for _, seed in each]
        )
        completions: dict[int, list[Any]] = {index: [] for index in prompts}
        for (index, _), output in zip(each, outputs, strict=True):
            if list(output.prompt_token_ids) != prompts[index].tokens:
                raise ModelError(f"{self._engine.model}: vLLM answers another prompt than it was given")
            completions[index] += output.outputs
        return completions

    def _options(self, seed: int) -> dict[str, Any]:
        """The arguments of vLLM's sampling parameters for one response."""
        settings = self.settings
        return {
            "n": 1,
            "temperature": settings.temperature,
            "top_p": settings.top_p,
            "max_tokens": settings.max_new_tokens,
            "seed": seed,
            "stop_token_ids": self._prompted.ends,
            "ignore_eos": True,  # the end tokens are those above, and no others
            "logprobs": 0,  # of the sampled token alone
            "detokenize": False,
        }

    def _responses(
        self, prompt: ChatPrompt, seed: int, completions: Iterable[Any]
    ) -> list[Response] | Refusal:
        responses: list[Response] | Refusal = []
        for sample, completion in enumerate(completions):
            tokens = list(completion.token_ids)
            self.tokens += len(tokens)
            self.ended += 1
            if not tokens or completion.finish_reason not in ("stop", "length"):
                responses = Refusal(f"vLLM did not end a response: {completion.finish_reason}")
            elif not isinstance(responses, Refusal):
                sampled = self._sampled(tokens, seed + sample, completion.logprobs)
                responses.append(self._prompted.response(prompt, sampled))
        return responses

    def _sampled(self, tokens: list[int], seed: int, steps: Iterable[Mapping[int, Any]]) -> SampledTokens:
        """A response with what its log-probabilities are of."""
        settings = self.settings
        logprobs = [float(step[token].logprob) for token, step in zip(tokens, steps, strict=True)]
        if self._engine.logprobs_mode == "raw_logprobs" or settings.temperature == 0:
            return SampledTokens(tokens, seed, logprobs, None if settings.temperature == 1 else 1.0)
        if logprobs_mode(settings) != self._engine.logprobs_mode:
            return SampledTokens(tokens, seed)
        return SampledTokens(tokens, seed, logprobs, None, max(-sum(logprobs) / len(tokens), 0.0), "mean_nll")
