"""What a model on this machine reads for a request, and the response that its tokens are.

The engines that sample tokens differ; their prompts and their records do not.
"""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from hir_data.errors import RecordError
from hir_data.models.chat_template import ChatTemplate
from hir_data.models.config import SamplingParams
from hir_data.models.sampling import Refusal, Request, Response
from hir_data.models.template_text import ChatPrompt
from hir_data.schemas.rollout import Sampling


class SampledTokens(NamedTuple):
    """A response as an engine gives it.

    Attributes:
        tokens: its token ids, at least one, with the end token if it has one.
        seed: of its random numbers.
        logprobs: the natural log-probability of each token; None where they are not known.
        logprobs_temperature: their temperature, where that is not the one of sampling.
        entropy: the mean entropy of the distributions that the tokens were sampled from, in nats.
        entropy_by: the estimator of the entropy.
    """

    tokens: list[int]
    seed: int
    logprobs: list[float] | None = None
    logprobs_temperature: float | None = None
    entropy: float | None = None
    entropy_by: str | None = None


@dataclass(frozen=True, slots=True)
class PromptedModel:
    """The prompts and the responses of a model on this machine.

    Attributes:
        name: of the model, as rollouts record it.
        settings: how tokens are sampled.
        template: the chat template of the model.
        ends: the token ids that end a response.
        context: the number of tokens that the model can read; None where it does not say.
    """

    name: str
    settings: SamplingParams
    template: ChatTemplate
    ends: list[int]
    context: int | None

    @classmethod
    def of(
        cls,
        name: str,
        settings: SamplingParams,
        tokenizer: Any,
        ends: Collection[int],
        *,
        context: int | None,
    ) -> Self:
        """Those of a model with this tokenizer, whose configuration names these end tokens.

        Raises:
            ModelError: the chat template has no variable of the name of a template option.
        """
        template = ChatTemplate(tokenizer, ends, allow_templated=settings.allow_templated)
        template.check_options(settings.template_option)
        return cls(name, settings, template, template.ends, context)

    def prompt(self, request: Request) -> ChatPrompt:
        """The prompt of a request.

        Raises:
            RecordError: it is empty, too long for the context, or refused by the chat template.
        """
        arguments = request.instruction.template_arguments()
        today = datetime.date.today() if self.template.is_dated else None
        prompt = self.template.prompt(request.messages(self.settings.system), arguments, today)
        length, new = len(prompt.tokens), self.settings.max_new_tokens
        if not length:
            raise RecordError("the prompt is empty")
        if self.context and length + new > self.context:
            raise RecordError(
                f"the prompt has {length} tokens, too many for {new} new ones in a context of {self.context}"
            )
        return prompt

    def prompts(self, requests: Sequence[Request]) -> tuple[dict[int, ChatPrompt], dict[int, Refusal]]:
        """The prompts of requests by their places, and the refusals of those that have none."""
        prompts, refusals = {}, {}
        for index, request in enumerate(requests):
            try:
                prompts[index] = self.prompt(request)
            except RecordError as error:
                refusals[index] = Refusal(str(error))
        return prompts, refusals

    def response(self, prompt: ChatPrompt, sampled: SampledTokens) -> Response:
        """The response that sampled tokens are."""
        settings, tokens = self.settings, sampled.tokens
        ended = tokens[-1] in self.ends
        sampling = Sampling(
            model=self.name,
            temperature=settings.temperature,
            top_p=settings.top_p,
            seed=sampled.seed,
            finish_reason="stop" if ended else "length",
            token_ids=tuple(tokens),
            logprobs=None if sampled.logprobs is None else tuple(sampled.logprobs),
            logprobs_temperature=sampled.logprobs_temperature,
            entropy=sampled.entropy,
            entropy_by=sampled.entropy_by,
            date=prompt.date and prompt.date.isoformat(),
        )
        trace, original = self.template.parted(prompt, tokens[:-1] if ended else tokens)
        cut_off = original is not None and trace.thinking == "truncated"
        return Response(trace.answer, sampling, len(tokens), original=original, cut_off=cut_off)
