"""A language model as a judge, behind any endpoint that speaks OpenAI's chat protocol."""

import asyncio
import functools
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from hir_data.engine.config import CheckConfig
from hir_data.engine.judge import (
    ANSWER_SCHEMA,
    ASK_AGAIN,
    INSTRUCTIONS,
    PROMPT_VERSION,
    Question,
    digest,
    read_answer,
    too_long,
    user_message,
)
from hir_data.errors import JudgeError
from hir_data.models.client import Failure, OpenAIClient, Usage, sendable
from hir_data.models.judge_cache import JudgeCache
from hir_data.schemas.constraint import Verdict

_DEFAULTS = CheckConfig()
_ANSWER_SHOWN = 4000
"""Characters at the end of an answer that a model is shown again where it cannot be read."""

_ANSWER_FORMAT = {
    "type": "json_schema",
    "json_schema": {"name": "verdict", "strict": True, "schema": ANSWER_SCHEMA},
}


class OpenAIJudge:
    """Asks a language model, one criterion a request.

    Never more than ``concurrency`` requests are under way. Answers are kept in a folder, failures are not.
    Usable from any thread and inside a running event loop. To be closed, or used as a context manager. A copy
    that is pickled asks the same model in the process that it is sent to.

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
        concurrency: int = _DEFAULTS.judge_concurrency,
        timeout: float = _DEFAULTS.judge_timeout,
        retries: int = 5,
        backoff: float = 0.5,
        cache: Path | str | None = None,
        prices: tuple[float, float] | None = None,
    ) -> None:
        self.model: str = model
        self.prices: tuple[float, float] | None = prices
        self.counts: Usage = Usage()
        self._settings: dict[str, Any] = {
            "base_url": base_url,
            "api_key": api_key,
            "concurrency": concurrency,
            "timeout": timeout,
            "retries": retries,
            "backoff": backoff,
            "cache": cache,
            "prices": prices,
        }
        self._client = OpenAIClient(
            model,
            base_url,
            api_key,
            name="judge",
            error=JudgeError,
            key_variable="HIR_DATA_JUDGE_KEY",
            usage=self.counts,
            options={"temperature": 0, "response_format": _ANSWER_FORMAT},
            fewer=_fewer,
            concurrency=concurrency,
            timeout=timeout,
            retries=retries,
            backoff=backoff,
        )
        self._answers = None if cache is None else JudgeCache(Path(cache))

    def judge(self, questions: Sequence[Question]) -> list[Verdict]:
        """The verdicts on the questions, in their order; equal questions are asked once.

        Raises:
            JudgeError: the endpoint cannot be reached, or refuses the key or the model.
        """
        distinct = list(dict.fromkeys(questions))
        verdicts = dict(zip(distinct, self._client.run(self._answer_all(distinct)), strict=True))
        return [verdicts[question] for question in questions]

    def summary(self) -> dict[str, Any]:
        """The counts so far as JSON; the cost in dollars too, where the prices are known."""
        figures = {"model": self.model, **asdict(self.counts)}
        if self.prices:
            read, written = self.prices
            tokens = self.counts.prompt_tokens * read + self.counts.completion_tokens * written
            figures["cost"] = round(tokens / 1e6, 6)
        return figures

    def __reduce__(self) -> tuple[Any, ...]:
        # Its thread and its connections stay here: another process makes its own, and counts from 0.
        return functools.partial(type(self), self.model, **self._settings), ()

    def close(self) -> None:
        """Let go of the connections, the cache and the thread."""
        self._client.close()
        if self._answers:
            self._answers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What follows runs in the judge's own thread.

    async def _answer_all(self, questions: list[Question]) -> list[Verdict]:
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._answer(question)) for question in questions]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return [task.result() for task in tasks]

    async def _answer(self, question: Question) -> Verdict:
        if refused := too_long(question):
            self.counts.failed += 1
            return refused
        key = digest(self.model, PROMPT_VERSION, question)
        async with self._client.slots:
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
        messages = [
            {"role": "system", "content": INSTRUCTIONS},
            {"role": "user", "content": user_message(question)},
        ]
        try:
            answer = await self._client.complete(messages, _content)
            verdict = read_answer(answer)
            if verdict.satisfied is None:  # once more, and in other words: to the same it would say the same
                self.counts.retries += 1
                said = {"role": "assistant", "content": answer[-_ANSWER_SHOWN:] or "(nothing)"}
                messages += [said, {"role": "user", "content": ASK_AGAIN}]
                verdict = read_answer(await self._client.complete(messages, _content))
            return verdict
        except Failure as failure:
            return Verdict(None, f"the judge did not answer: {failure}", "error")


def _fewer(options: Mapping[str, Any], complaint: str) -> dict[str, Any]:
    """The options that a server does not complain about; all but the format of the answer, if it is vague."""
    named = {name for name in options if name in complaint} or {"response_format"}
    return {name: value for name, value in options.items() if name not in named}


def _content(completion: Any) -> str:
    """What the model has written."""
    try:
        message = completion.choices[0].message
        content = message.content or getattr(message, "refusal", None) or ""
    except (AttributeError, LookupError, TypeError):
        content = None
    if not isinstance(content, str):
        raise Failure.malformed(completion)
    return sendable(content)


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
