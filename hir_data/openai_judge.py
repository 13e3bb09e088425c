"""A language model as a judge, behind any endpoint that speaks OpenAI's chat protocol."""

import asyncio
import email.utils
import json
import os
import random
import re
import sys
import threading
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from hir_data.errors import JudgeError, MissingExtraError
from hir_data.judge import (
    ANSWER_SCHEMA,
    INSTRUCTIONS,
    PROMPT_VERSION,
    Question,
    digest,
    first_words,
    read_answer,
    user_message,
)
from hir_data.schemas.constraint import Verdict

if TYPE_CHECKING:
    from openai import APIStatusError

T = TypeVar("T")

_ANSWER_FORMAT = {
    "type": "json_schema",
    "json_schema": {"name": "verdict", "strict": True, "schema": ANSWER_SCHEMA},
}
_CONNECT_TIMEOUT = 10.0  # seconds
_LONGEST_WAIT = 120.0  # seconds; where a server asks for more, the question has failed
_HOPELESS = frozenset({401, 402, 403, 404})  # the key, the account, the model: the same for every question
_AGAIN = frozenset({408, 409, 425, 429})


@dataclass(slots=True)
class Counts:
    """What a judge has done so far.

    Attributes:
        asked: questions that were put to the model.
        cached: questions that were answered from the cache.
        retries: requests that were made again.
        failed: questions that were put to the model and got no verdict.
        prompt_tokens: what the model has read, by its own account.
        completion_tokens: what the model has written, by its own account.
    """

    asked: int = 0
    cached: int = 0
    retries: int = 0
    failed: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0


class OpenAIJudge:
    """Asks a language model, one criterion a request.

    Never more than ``concurrency`` requests are under way. Answers are kept in a folder, failures are not.
    Usable from any thread and inside a running event loop. To be closed, or used as a context manager.

    Args:
        model: the name of the model at the endpoint.
        base_url: the endpoint, such as ``http://localhost:8000/v1``; OpenAI's own by default.
        api_key: the key; by default that of the environment, HIR_DATA_JUDGE_KEY or else OPENAI_API_KEY.
        concurrency: how many requests may be under way.
        timeout: seconds that one request may take.
        retries: how often a request is made again because the server was busy or broke.
        backoff: seconds before it is made again; each time twice as long, or as long as the server asks.
        cache: the folder of answers; None to keep none.
        prices: dollars for a million tokens, of those read and of those written.

    Raises:
        MissingExtraError: the packages of the extra ``judge`` are not installed.
        JudgeError: the endpoint or the key cannot be used, or the cache cannot.
        ValueError: no request may be under way.
    """

    def __init__(
        self,
        model: str,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        concurrency: int = 8,
        timeout: float = 60.0,
        retries: int = 5,
        backoff: float = 0.5,
        cache: Path | str | None = None,
        prices: tuple[float, float] | None = None,
    ) -> None:
        if concurrency < 1:
            raise ValueError(f"concurrency has to be at least 1, not {concurrency}")
        try:
            import openai

            from hir_data.answers import Answers
        except ModuleNotFoundError as error:
            raise MissingExtraError(error.name or "openai", "judge") from None
        base_url = base_url or os.environ.get("OPENAI_BASE_URL")
        if base_url and not re.match(r"https?://[^/]", base_url):
            raise JudgeError("the address of a judge has to begin with http://HOST or https://HOST")
        self._key = _usable_key(api_key, base_url)
        try:
            self._client = openai.AsyncOpenAI(
                api_key=self._key or "none",  # the client insists on one, a server of one's own may not
                base_url=base_url,
                max_retries=0,
                timeout=openai.Timeout(timeout, connect=min(timeout, _CONNECT_TIMEOUT)),
            )
        except Exception as error:  # such as an address, a proxy or certificates that cannot be used
            raise JudgeError(f"the judge cannot be used: {self._without_key(error)}") from None
        self.model, self.timeout, self.retries, self.backoff = model, timeout, retries, backoff
        self.prices = prices
        self.counts = Counts()
        self._answers = None if cache is None else Answers(Path(cache))
        self._slots = asyncio.Semaphore(concurrency)
        self._options = {"temperature": 0, "response_format": _ANSWER_FORMAT}
        self._responses = 0
        self._thread = _LoopThread()

    def judge(self, questions: Sequence[Question]) -> list[Verdict]:
        """The verdicts on the questions, in their order; equal questions are asked once.

        Raises:
            JudgeError: the endpoint cannot be reached, or refuses the key or the model.
        """
        distinct = list(dict.fromkeys(questions))
        verdicts = dict(zip(distinct, self._thread.run(self._answer_all(distinct)), strict=True))
        return [verdicts[question] for question in questions]

    def summary(self) -> dict[str, Any]:
        """The counts so far as JSON; the cost in dollars too, where the prices are known."""
        figures = {"model": self.model, **asdict(self.counts)}
        if self.prices:
            read, written = self.prices
            tokens = self.counts.prompt_tokens * read + self.counts.completion_tokens * written
            figures["cost"] = round(tokens / 1e6, 6)
        return figures

    def close(self) -> None:
        """Let go of the connections, the cache and the thread."""
        self._thread.run(self._close())
        self._thread.close()
        if self._answers:
            self._answers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What follows runs in the judge's own thread.

    async def _close(self) -> None:
        await self._client.close()
        if self._answers:
            self._answers.close()  # here too: it has a connection for each thread

    async def _answer_all(self, questions: list[Question]) -> list[Verdict]:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._answer(question)) for question in questions]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return [task.result() for task in tasks]

    async def _answer(self, question: Question) -> Verdict:
        key = digest(self.model, PROMPT_VERSION, question)
        async with self._slots:
            if self._answers and (kept := self._answers.get(key)):
                self.counts.cached += 1
                return kept
            self.counts.asked += 1
            verdict = await self._ask(question)
            if verdict.satisfied is None:
                self.counts.failed += 1
            elif self._answers:
                self._answers.put(key, verdict)
            return verdict

    async def _ask(self, question: Question) -> Verdict:
        """Ask until there is an answer, or no use in asking again."""
        responses = self._responses
        attempt = 0
        while True:
            try:
                return read_answer(await self._request(question))
            except _Failure as failure:
                said = self._without_key(failure)
                pause = min(self.backoff * 2**attempt, _LONGEST_WAIT) * random.uniform(0.5, 1.0)
                pause = max(pause, failure.wait)
                last = failure.sort == "refused" or attempt == self.retries or pause > _LONGEST_WAIT
                nobody = not self._responses or (last and self._responses == responses)
                if failure.sort == "hopeless":
                    raise JudgeError(f"the judge at {self._place()} refuses {self.model}: {said}") from None
                if failure.sort == "unreachable" and nobody:
                    raise JudgeError(f"the judge at {self._place()} cannot be reached: {said}") from None
                if last:
                    return Verdict(None, f"the judge did not answer: {said}", "error")
            attempt += 1
            self.counts.retries += 1
            await asyncio.sleep(pause)

    async def _request(self, question: Question) -> str:
        """The model's answer. Options that the server refuses are left out, from then on."""
        options = self._options
        while True:
            try:
                answer = await self._send(question, options)
            except _Failure as failure:
                named = {name for name in options if name in str(failure)} or {"response_format"}
                fewer = {name: value for name, value in options.items() if name not in named}
                if failure.sort != "refused" or fewer == options:
                    raise
                options = fewer
            else:
                self._options = min(self._options, options, key=len)
                return answer

    async def _send(self, question: Question, options: Mapping[str, Any]) -> str:
        import openai

        messages = [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": user_message(question)},
        ]
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
                raise _Failure("unreachable", str(cause) or "no connection") from None
            if isinstance(error, TimeoutError | openai.APITimeoutError):
                raise _Failure("again", f"nothing within {self.timeout:g} s") from None
            raise _Failure("again", f"the connection broke: {cause}") from None
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            self._responses += 1
            raise _Failure("again", f"malformed JSON: {error}") from None
        self._responses += 1
        return self._content(completion)

    def _content(self, completion: Any) -> str:
        """What the model has written. The client does not validate what a server sends."""
        usage = getattr(completion, "usage", None)
        self.counts.prompt_tokens += getattr(usage, "prompt_tokens", None) or 0
        self.counts.completion_tokens += getattr(usage, "completion_tokens", None) or 0
        try:
            message = completion.choices[0].message
            content = message.content or getattr(message, "refusal", None) or ""
        except (AttributeError, LookupError, TypeError):
            content = None
        if not isinstance(content, str):
            raise _Failure("again", f"a malformed response: {first_words(str(completion))}")
        return content

    def _without_key(self, message: object) -> str:
        return str(message).replace(self._key, "***") if self._key else str(message)

    def _place(self) -> str:
        """The endpoint, without the parts of its address that may be secret."""
        return str(self._client.base_url.copy_with(userinfo=b"", query=None))


class _Failure(Exception):
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


def _failure(error: "APIStatusError") -> _Failure:
    """What an HTTP status means."""
    told = error.body.get("message") if isinstance(error.body, dict) else error.body
    reason = f"HTTP {error.status_code}: {first_words(str(told or error.message))}"
    if error.status_code in _HOPELESS or error.code == "insufficient_quota":
        return _Failure("hopeless", reason)
    if error.status_code in _AGAIN or error.status_code >= 500:
        return _Failure("again", reason, _retry_after(error.response.headers))
    return _Failure("refused", reason)


def _retry_after(headers: Mapping[str, str]) -> float:
    """The seconds of a Retry-After header; it may have a date instead."""
    value = headers.get("retry-after", "0")
    try:
        return float(value)
    except ValueError:
        try:
            return email.utils.parsedate_to_datetime(value).timestamp() - time.time()
        except ValueError:
            return 0.0


def _usable_key(given: str | None, base_url: str | None) -> str:
    key = given or os.environ.get("HIR_DATA_JUDGE_KEY") or os.environ.get("OPENAI_API_KEY") or ""
    key = key.strip()
    if not key and not base_url:
        raise JudgeError("there is no API key: set HIR_DATA_JUDGE_KEY or OPENAI_API_KEY")
    if not (key.isascii() and key.isprintable()):
        raise JudgeError("the API key has characters that cannot be sent")
    return key


class _LoopThread:
    """An event loop in a thread of its own: whoever calls may be in one already."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="hir-data-judge", daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end. When the caller is interrupted, so is the coroutine."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """End the loop and the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def default_cache() -> Path:
    """Where the command line keeps answers: in ``$HIR_DATA_CACHE``, else in the user's cache folder."""
    if chosen := os.environ.get("HIR_DATA_CACHE"):
        return Path(chosen) / "judge"
    if cache := os.environ.get("XDG_CACHE_HOME"):
        folder = Path(cache)
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        folder = Path.home() / ".cache"
    return folder / "hir-data" / "judge"
