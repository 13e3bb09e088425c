"""Responses drawn from a model behind an endpoint that speaks OpenAI's chat protocol, such as vLLM's."""

import math
import re
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import Future
from typing import Any, Self

from hir_data.errors import ModelError
from hir_data.models.client import Failure, OpenAIClient, Usage, sendable
from hir_data.models.config import RolloutConfig, SamplingParams
from hir_data.models.sampling import Refusal, Request, Response
from hir_data.schemas.conversation import Instruction
from hir_data.schemas.rollout import Sampling

JsonMapping = Mapping[str, Any]

_DEFAULTS = RolloutConfig()

AHEAD = 4
"""Times the requests that may be under way: so many prompts are read ahead."""

_FEWER_TOP_LOGPROBS = 5  # what a server may give that does not give as many as were wanted
_MISSING_LOGPROB = -9999.0  # vLLM's word for none
_IN_COMPLAINTS = {"extra_body": "return_token_ids"}
_OF_THE_REQUEST = re.compile(r"\b(?:context|max_tokens|max_completion_tokens|temperature|top_p|n)\b")


class OpenAISampler:
    """Draws responses from a server.

    Log-probabilities, token ids and seeds are used where the server has them; an option that it refuses is
    left out from then on. To be closed, or used as a context manager.

    Args:
        model: the name of the model at the endpoint.
        settings: how responses are drawn.
        base_url: the endpoint, such as ``http://localhost:8000/v1``; OpenAI's own by default.
        api_key: the key; by default that of the environment, HIR_DATA_MODEL_KEY or else OPENAI_API_KEY.
        top_logprobs: the likeliest tokens at each step of which the server is asked, for the entropy.
        processed_logprobs: whether the server's log-probabilities are those at the temperature, not at 1.
        concurrency: how many requests may be under way.
        timeout: seconds that one request may take.
        retries: how often a request is made again because the server was busy or broke.
        backoff: seconds before it is made again; each time twice as long, or as long as the server asks.

    Raises:
        MissingExtraError: the packages of the extra ``judge`` are not installed.
        ModelError: the endpoint or the key cannot be used.
        ValueError: no request may be under way.
    """

    def __init__(
        self,
        model: str,
        settings: SamplingParams,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        top_logprobs: int = _DEFAULTS.top_logprobs,
        processed_logprobs: bool = _DEFAULTS.processed_logprobs,
        concurrency: int = _DEFAULTS.concurrency,
        timeout: float = _DEFAULTS.timeout,
        retries: int = 5,
        backoff: float = 0.5,
    ) -> None:
        self.name: str = model
        self.settings: SamplingParams = settings
        self.usage: Usage = Usage()
        self.tokens: int = 0
        self.ended: int = 0
        self._top_logprobs, self._processed = top_logprobs, processed_logprobs
        self._ahead = AHEAD * concurrency
        self._at_once = settings.n  # responses that the server gives to one request
        self._length_option = "max_tokens"
        options = {"extra_body": {"return_token_ids": True}, "top_logprobs": top_logprobs, "logprobs": True}
        if not top_logprobs:
            del options["top_logprobs"]
        self._client = OpenAIClient(
            model,
            base_url,
            api_key,
            name="model",
            error=ModelError,
            key_variable="HIR_DATA_MODEL_KEY",
            usage=self.usage,
            options=options | {"seed": 0},
            fewer=fewer,
            concurrency=concurrency,
            timeout=timeout,
            retries=retries,
            backoff=backoff,
        )

    def sample(self, requests: Iterable[Request]) -> Generator[list[Response] | Refusal]:
        """The responses to each request, in their order.

        Raises:
            ModelError: the endpoint cannot be reached, or refuses the key or the model.
        """
        return answers_in_order(requests, self.ask, self._ahead)

    def ask(self, request: Request) -> Future[list[Response] | Refusal]:
        """Ask for the responses to a request, as soon as there is room."""
        return self._client.submit(self._respond(request))

    @property
    def place(self) -> str:
        """The endpoint, without the parts of its address that may be secret."""
        return self._client.place

    def close(self) -> None:
        """Let go of the connections and the thread."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What follows runs in the client's thread.

    async def _respond(self, request: Request) -> list[Response] | Refusal:
        responses: list[Response] = []
        try:
            while len(responses) < self.settings.n:
                async with self._client.slots:
                    responses += await self._some(request, len(responses))
        except (Failure, ModelError) as error:
            self.ended -= len(responses)  # nobody gets those that have come
            if isinstance(error, ModelError):
                raise
            return Refusal(f"the model did not respond: {error}", by_server=error.sort != "refused")
        return responses

    async def _some(self, request: Request, have: int) -> list[Response]:
        """As many of the responses that are still wanted as the server gives at once."""
        settings, length = self.settings, self._length_option
        number, seed = min(self._at_once, settings.n - have), request.seed + have
        given = {
            "temperature": settings.temperature,
            "top_p": settings.top_p,
            length: settings.max_new_tokens,
            **_template_arguments(request.instruction),
        }
        messages = _sendable(request.messages(settings.system))
        try:
            choices = await self._client.complete(messages, _choices, n=number, seed=seed, **given)
        except Failure as failure:
            if failure.sort != "refused" or not self._gives_way(str(failure), number, length):
                raise
            return []
        if len(choices) < number:  # a server that does not know n
            self._at_once = len(choices)
        seed_was_sent = "seed" in self._client.options
        try:
            responses = [self._response(each, seed if seed_was_sent else None) for each in choices[:number]]
        except Exception:  # any JSON in any field
            raise Failure.malformed(choices) from None
        self.tokens += sum(response.tokens or 0 for response in responses)
        self.ended += len(responses)
        return responses

    def _gives_way(self, complaint: str, number: int, length: str) -> bool:
        """Whether the request can be made in another way, after a complaint about this one."""
        if "max_completion_tokens" in complaint and length == "max_tokens":
            self._length_option = "max_completion_tokens"
            return True
        if number > 1 and re.search(r"\bn\b", complaint):
            self._at_once = 1
            return True
        return False

    def _response(self, choice: JsonMapping, seed: int | None) -> Response:
        settings, message = self.settings, choice["message"]
        steps = (choice.get("logprobs") or {}).get("content") or []
        logprobs: list[float] | None = [step["logprob"] for step in steps]
        if not logprobs or min(logprobs) <= _MISSING_LOGPROB:
            logprobs = None
        tokens = choice.get("token_ids")
        if logprobs is not None and tokens is not None and len(tokens) != len(logprobs):
            tokens = None
        entropy, estimator = self._entropy(steps, logprobs)
        sampling = Sampling(
            model=self.name,
            temperature=settings.temperature,
            top_p=settings.top_p,
            seed=seed,
            finish_reason=_word(choice.get("finish_reason")),
            token_ids=tokens and tuple(tokens),
            logprobs=logprobs and tuple(logprobs),
            logprobs_temperature=1.0
            if logprobs and not self._processed and settings.temperature != 1
            else None,
            entropy=entropy,
            entropy_by=estimator,
        )
        number = len(tokens or logprobs or ()) or choice.get("tokens")
        reasoning = message.get("reasoning") or message.get("reasoning_content")
        text = message.get("content") or message.get("refusal") or ""
        return Response(sendable(text), sampling, number, None if reasoning is None else sendable(reasoning))

    def _entropy(
        self, steps: list[JsonMapping], logprobs: list[float] | None
    ) -> tuple[float | None, str | None]:
        """The mean entropy of the steps, and how it was estimated."""
        if logprobs is None:
            return None, None
        most = max(len(step.get("top_logprobs") or ()) for step in steps)
        if most > 1:
            mean = sum(map(least_entropy, steps)) / len(steps)
            return mean, f"top{min(most, self._top_logprobs)}_lower_bound"
        if self.settings.temperature == self.settings.top_p == 1:
            return max(-sum(logprobs) / len(logprobs), 0.0), "mean_nll"
        return None, None


def answers_in_order(
    requests: Iterable[Request], ask: Callable[[Request], Future[list[Response] | Refusal]], ahead: int
) -> Generator[list[Response] | Refusal]:
    """The answers to requests in their order, of which so many are asked ahead."""
    underway: deque[Future[list[Response] | Refusal]] = deque()
    try:
        for request in requests:
            underway.append(ask(request))
            if len(underway) == ahead:
                yield underway.popleft().result()
        while underway:
            yield underway.popleft().result()
    finally:
        for future in underway:
            future.cancel()


def least_entropy(step: JsonMapping) -> float:
    """A lower bound of the entropy at a step: as if all but the tokens that are known were one token."""
    known = {each["token"]: each["logprob"] for each in step.get("top_logprobs") or ()}
    known.setdefault(step["token"], step["logprob"])
    rest = max(0.0, 1.0 - sum(map(math.exp, known.values())))
    entropy = -sum(math.exp(logprob) * logprob for logprob in known.values())
    return float(max(entropy - (rest * math.log(rest) if rest else 0.0), 0.0))


def fewer(options: JsonMapping, complaint: str) -> JsonMapping:
    """What is left of the options after a complaint: without the one that it names, or without the oddest."""
    named = [name for name in options if re.search(rf"\b{_IN_COMPLAINTS.get(name, name)}\b", complaint)]
    if not options or (not named and _OF_THE_REQUEST.search(complaint)):
        return options
    name = (named or list(options))[0]
    if "logprobs" in name and "top_logprobs" in options:  # the alternatives go first, some of them at least
        if options["top_logprobs"] > _FEWER_TOP_LOGPROBS:
            return {**options, "top_logprobs": _FEWER_TOP_LOGPROBS}
        name = "top_logprobs"
    return {other: value for other, value in options.items() if other != name}


def _template_arguments(instruction: Instruction) -> dict[str, Any]:
    """What a server is given for its chat template beside the messages."""
    tools = {} if instruction.tools is None else {"tools": _sendable(instruction.tools.value)}
    if instruction.template_options is None:
        return tools
    return {**tools, "extra_body": {"chat_template_kwargs": _sendable(instruction.template_options.value)}}


def _sendable(value: Any) -> Any:
    """JSON without halves of surrogate pairs, which cannot be sent."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, Mapping):
        return {name: _sendable(each) for name, each in value.items()}
    return list(map(_sendable, value)) if isinstance(value, list | tuple) else value


def _word(value: Any) -> str | None:
    """Why a server says that a response ends, if it says so in a word."""
    return sendable(value) if isinstance(value, str) else None


def _choices(completion: Any) -> list[JsonMapping]:
    """The choices of a completion that is in form, each with its tokens where only their sum is known."""
    try:
        record = completion.to_dict(warnings=False)
        choices = record["choices"]
        for choice in choices:
            texts = [choice["message"].get(name) for name in ("content", "reasoning", "reasoning_content")]
            steps = (choice.get("logprobs") or {}).get("content") or []
            numbers = [
                each["logprob"] for step in steps for each in [step, *(step.get("top_logprobs") or ())]
            ]
            if not all(isinstance(text, str | None) for text in texts) or not all(
                isinstance(number, int | float) for number in numbers
            ):
                raise TypeError
        usage = record.get("usage")
        written = usage.get("completion_tokens") if isinstance(usage, dict) else None
        share = written // len(choices) if isinstance(written, int) and written > 0 else None
    except Exception:  # any JSON in any field
        raise Failure.malformed(completion) from None
    if not choices:
        raise Failure.malformed(completion)
    return [{**choice, "tokens": share} for choice in choices]
