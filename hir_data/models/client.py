"""Requests to a model behind an endpoint that speaks OpenAI's chat protocol, with all that can go wrong."""

import asyncio
import email.utils
import json
import math
import os
import random
import re
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from hir_data.engine.judge import first_words
from hir_data.errors import HirDataError, MissingExtraError
from hir_data.models.bounded_http import BodyError, bounded_client
from hir_data.models.loop_thread import LoopThread, end_tasks

if TYPE_CHECKING:
    from openai import APIStatusError

T = TypeVar("T")
RequestOptions = Mapping[str, Any]

MAX_BODY = 256 << 20
"""Bytes that one answer of a server may have; what is longer is not read to its end."""

_CONNECT_TIMEOUT = 10.0  # seconds
_JITTER = random.Random()  # of its own: the numbers that a program draws by a seed stay as they are
_LONGEST_WAIT = 120.0  # seconds; where a server asks for more, the request has failed
_HOPELESS = frozenset({401, 402, 403, 404})  # the key, the account, the model: the same for every request
_AGAIN = frozenset({408, 409, 425, 429})


@dataclass(slots=True)
class Usage:
    """What a model has been asked, and what that has cost.

    Attributes:
        asked: questions that were put to it.
        cached: questions that were answered from a cache.
        retries: requests that were made again.
        failed: questions that were put to it without an answer that can be used.
        prompt_tokens: what it has read, by its own account.
        completion_tokens: what it has written, by its own account.
    """

    asked: int = 0
    cached: int = 0
    retries: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


class OpenAIClient:
    """Asks one model. Never more requests are under way than there are slots; whoever asks takes one.

    Options that the server refuses are left out, from then on. Usable from any thread and inside a running
    event loop: requests run in a thread of its own. To be closed.

    Args:
        model: the name of the model at the endpoint.
        base_url: the endpoint, such as ``http://localhost:8000/v1``; OpenAI's own by default.
        api_key: the key; by default that of the environment.
        name: what the model is to us, such as "judge".
        error: what is raised where nothing can be asked at all.
        key_variable: where in the environment the key is, if not under OPENAI_API_KEY.
        usage: where retries and tokens are counted.
        options: of every request; what a server refuses is left out.
        fewer: what is left of the options after a complaint.
        concurrency: how many requests may be under way.
        timeout: seconds that one request may take.
        retries: how often a request is made again because the server was busy or broke.
        backoff: seconds before it is made again; each time twice as long, or as long as the server asks.
        max_body: bytes that one answer may have; MAX_BODY by default.

    Raises:
        MissingExtraError: the client of OpenAI is not installed.
        HirDataError: ``error``: the endpoint or the key cannot be used.
        ValueError: no request may be under way.
    """

    def __init__(
        self,
        model: str,
        base_url: str | None,
        api_key: str | None,
        *,
        name: str,
        error: type[HirDataError],
        key_variable: str,
        usage: Usage,
        options: RequestOptions,
        fewer: Callable[[RequestOptions, str], RequestOptions],
        concurrency: int,
        timeout: float,
        retries: int,
        backoff: float,
        max_body: int | None = None,
    ) -> None:
        if concurrency < 1:
            raise ValueError(f"concurrency has to be at least 1, not {concurrency}")
        try:
            import openai
        except ModuleNotFoundError as missing:
            raise MissingExtraError(missing.name or "openai", "judge") from None
        self.model: str = model
        self.name: str = name
        self.error: type[HirDataError] = error
        self.timeout: float = timeout
        self.retries: int = retries
        self.backoff: float = backoff
        self.options, self._fewer, self._usage = options, fewer, usage
        self._refusable = set(options)
        base_url = base_url or os.environ.get("OPENAI_BASE_URL")
        if base_url and not re.match(r"https?://[^/]", base_url):
            raise error(
                f"the address of a {name} has to begin with http://HOST or https://HOST, "
                "such as http://localhost:8000/v1"
            )
        self._key = self._usable_key(api_key, base_url, key_variable)
        self._keys_are_in = f"the key is read from {key_variable}, else OPENAI_API_KEY"
        try:
            self._client = openai.AsyncOpenAI(
                api_key=self._key or "none",  # the client insists on one, a server of one's own may not
                base_url=base_url,
                max_retries=0,  # complete() asks again, see there
                timeout=openai.Timeout(timeout, connect=min(timeout, _CONNECT_TIMEOUT)),
                http_client=bounded_client(openai, MAX_BODY if max_body is None else max_body),
            )
        except Exception as problem:  # such as an address, a proxy or certificates that cannot be used
            raise error(f"the {name} cannot be used: {self._without_key(problem)}") from None
        self.slots = asyncio.Semaphore(concurrency)
        self._responses = 0
        self._thread = LoopThread(f"hir-data-{name}")

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine in the thread of the requests."""
        return self._thread.submit(coroutine)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end, in the thread of the requests."""
        return self._thread.run(coroutine)

    def close(self) -> None:
        """Let go of the connections and the thread."""
        self._thread.run(self._close())
        self._thread.close()

    # What follows runs in the thread of the requests.

    async def _close(self) -> None:
        await end_tasks()
        await self._client.close()

    async def complete(
        self, messages: Sequence[Mapping[str, str]], read: Callable[[Any], T], **given: Any
    ) -> T:
        """Ask until there is an answer, or no use in asking again.

        The SDK's own ``max_retries`` would not do (openai 3.54): it asks again only where HTTP says so. Here
        an answer in no form is asked for again out of the same budget, each repetition is counted, the pause
        is bounded whatever the server asks for, and an address where nobody listens ends the run at the first
        request, not after all repetitions of each.

        Args:
            messages: the conversation.
            read: makes what is wanted of a completion, or raises :class:`Failure`. The client does not
                validate what a server sends.
            given: options of this request. One that the server has refused for every request is left out.

        Raises:
            Failure: there is no answer to this request.
            HirDataError: the endpoint cannot be reached, or refuses the key or the model.
        """
        responses = self._responses
        attempt = 0
        while True:
            try:
                return await self._request(messages, read, given)
            except Failure as failure:
                said = self._without_key(failure)
                pause = min(self.backoff * 2**attempt, _LONGEST_WAIT) * _JITTER.uniform(0.5, 1.0)
                pause = max(pause, failure.wait)
                last = failure.sort == "refused" or attempt == self.retries or pause > _LONGEST_WAIT
                nobody = not self._responses or (last and self._responses == responses)
                if failure.sort == "hopeless":
                    hint = f" ({self._keys_are_in})" if said.startswith("HTTP 401") else ""
                    raise self.error(
                        f"the {self.name} at {self.place} refuses {self.model}: {said}{hint}"
                    ) from None
                if failure.sort == "unreachable" and nobody:
                    raise self.error(f"the {self.name} at {self.place} cannot be reached: {said}") from None
                if last:
                    raise Failure(failure.sort, said) from None
            attempt += 1
            self._usage.retries += 1
            await asyncio.sleep(pause)

    async def _request(
        self, messages: Sequence[Mapping[str, str]], read: Callable[[Any], T], given: RequestOptions
    ) -> T:
        known = options = self.options
        while True:
            try:
                answer = _read(read, await self._send(messages, self._merged(options, given)))
            except Failure as failure:
                fewer = self._fewer(options, str(failure))
                if failure.sort != "refused" or fewer == options:
                    raise
                options = fewer
            else:
                if self.options is known:  # nobody else has found out meanwhile
                    self.options = options
                return answer

    def _merged(self, options: RequestOptions, given: RequestOptions) -> RequestOptions:
        refused = self._refusable - options.keys()
        merged = {**options, **{name: value for name, value in given.items() if name not in refused}}
        if "extra_body" in given:  # fields of its own, which nobody has refused
            merged["extra_body"] = {**options.get("extra_body", {}), **given["extra_body"]}
        return merged

    async def _send(self, messages: Sequence[Mapping[str, str]], options: RequestOptions) -> Any:
        import openai

        create: Any = self._client.chat.completions.create
        try:
            async with asyncio.timeout(self.timeout):  # the client's own starts anew with every byte
                completion = await create(model=self.model, messages=messages, **options)
        except openai.APIStatusError as error:
            self._responses += 1
            raise _failure(error) from None
        except (openai.APIConnectionError, TimeoutError) as error:
            cause = error.__cause__ or error
            if type(cause).__name__ in ("ConnectError", "ConnectTimeout"):
                raise Failure("unreachable", str(cause) or "no connection") from None
            if isinstance(error, TimeoutError | openai.APITimeoutError):
                raise Failure("again", f"nothing within {self.timeout:g} s") from None
            raise Failure("again", f"the connection broke: {cause}") from None
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            self._responses += 1
            raise Failure("again", f"malformed JSON: {error}") from None
        except BodyError as error:
            self._responses += 1
            raise Failure("again", str(error)) from None
        except Exception as error:  # whatever the client makes of what a server can send
            self._responses += 1
            raise Failure("again", f"a malformed response: {type(error).__name__}") from None
        self._responses += 1
        usage = getattr(completion, "usage", None)
        self._usage.prompt_tokens += _count(getattr(usage, "prompt_tokens", None))
        self._usage.completion_tokens += _count(getattr(usage, "completion_tokens", None))
        return completion

    def _usable_key(self, given: str | None, base_url: str | None, variable: str) -> str:
        key = given or os.environ.get(variable) or os.environ.get("OPENAI_API_KEY") or ""
        key = key.strip()
        if not key and not base_url:
            raise self.error(f"there is no API key: set {variable} or OPENAI_API_KEY")
        if not (key.isascii() and key.isprintable()):
            raise self.error("the API key has characters that cannot be sent")
        return key

    def _without_key(self, message: object) -> str:
        return str(message).replace(self._key, "***") if self._key else str(message)

    @property
    def place(self) -> str:
        """The endpoint, without the parts of its address that may be secret."""
        return str(self._client.base_url.copy_with(userinfo=b"", query=None))


def sendable(text: str) -> str:
    """A text without halves of surrogate pairs, which can neither be sent nor written to a file."""
    return text.encode(errors="replace").decode()


def _count(value: Any) -> int:
    """A number of tokens as a server gives it, which may be anything."""
    return value if isinstance(value, int) and value > 0 else 0


class Failure(Exception):
    """A request without an answer.

    Attributes:
        sort: what it means: to try ``again``, that the server is ``unreachable``, that it has ``refused``
            this request, or that it will refuse every one (``hopeless``).
        wait: seconds that the server asks to wait.
    """

    def __init__(
        self, sort: Literal["again", "unreachable", "refused", "hopeless"], reason: str, wait: float = 0.0
    ) -> None:
        super().__init__(reason)
        self.sort, self.wait = sort, wait

    @classmethod
    def malformed(cls, completion: Any) -> "Failure":
        """A completion that is none."""
        try:
            shown = sendable(first_words(str(completion)))
        except Exception:  # such as one that is nested too deeply
            shown = type(completion).__name__
        return cls("again", f"a malformed response: {shown}")


def _read(read: Callable[[Any], T], completion: Any) -> T:
    """What is wanted of a completion, which may have any JSON in any field."""
    try:
        return read(completion)
    except Failure:
        raise
    except Exception:
        raise Failure.malformed(completion) from None


def _failure(error: "APIStatusError") -> Failure:
    """What an HTTP status means."""
    told = error.body.get("message") if isinstance(error.body, dict) else error.body
    try:
        said = sendable(first_words(str(told or error.message)))
    except Exception:  # such as a complaint that is nested too deeply
        said = "no reason that can be shown"
    reason = f"HTTP {error.status_code}: {said}"
    if error.status_code in _HOPELESS or error.code == "insufficient_quota":
        return Failure("hopeless", reason)
    if error.status_code in _AGAIN or error.status_code >= 500:
        return Failure("again", reason, _retry_after(error.response.headers))
    return Failure("refused", reason)


def _retry_after(headers: Mapping[str, str]) -> float:
    """The seconds of a Retry-After header; it may have a date instead."""
    value = headers.get("retry-after", "0")
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return 0.0
    return 0.0 if math.isnan(seconds) else seconds
