"""A language model as a judge, behind any endpoint that speaks OpenAI's chat protocol."""

import asyncio
import functools
import itertools
import math
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from hir_data.engine.config import CheckConfig
from hir_data.engine.judge import MAX_QUESTION, Question, digest, is_answered, length, too_long
from hir_data.engine.judge_prompt import (
    PROMPT_VERSION,
    answer_schema,
    ask_again,
    inert,
    instructions,
    read_answers,
    user_message,
)
from hir_data.engine.votes import Agreements, majority
from hir_data.errors import JudgeError
from hir_data.models.client import Failure, OpenAIClient, Usage, sendable
from hir_data.models.judge_cache import JudgeCache
from hir_data.schemas.constraint import Verdict

_DEFAULTS = CheckConfig()
_ANSWER_SHOWN = 4000
"""Characters at the end of an answer that a model is shown again where it cannot be read."""

VOTING_TEMPERATURE = 1.0
"""Where several votes are wanted and no temperature is given: at 0 they would all be the same."""


class OpenAIJudge:
    """Asks a language model about a text: several criteria in one request, once or several times.

    Never more than ``concurrency`` requests are under way. Answers are kept in a folder, failures are not.
    Usable from any thread and inside a running event loop. To be closed, or used as a context manager. A copy
    that is pickled asks the same model in the process that it is sent to.

    Args:
        model: the name of the model at the endpoint.
        base_url: the endpoint, such as ``http://localhost:8000/v1``; OpenAI's own by default.
        api_key: the key; by default that of the environment, HIR_DATA_JUDGE_KEY or else OPENAI_API_KEY.
        criteria: how many criteria of one text a request may ask about; 1 for a request each.
        votes: how often each question is asked; the verdict is that of the majority
            (:func:`hir_data.engine.votes.majority`).
        temperature: of sampling; by default 0, and 1 where there are several votes.
        concurrency: how many requests may be under way.
        timeout: seconds that one request may take.
        retries: how often a request is made again because the server was busy or broke.
        backoff: seconds before it is made again; each time twice as long, or as long as the server asks.
        cache: the folder of answers; None to keep none.
        prices: dollars for a million tokens, of those read and of those written.

    Raises:
        MissingExtraError: the packages of the extra ``judge`` are not installed.
        JudgeError: the endpoint or the key cannot be used, or the cache cannot.
        ValueError: no request may be under way, or none is wanted.
    """

    def __init__(
        self,
        model: str,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        criteria: int = _DEFAULTS.judge_criteria,
        votes: int = _DEFAULTS.judge_votes,
        temperature: float | None = None,
        concurrency: int = _DEFAULTS.judge_concurrency,
        timeout: float = _DEFAULTS.judge_timeout,
        retries: int = 5,
        backoff: float = 0.5,
        cache: Path | str | None = None,
        prices: tuple[float, float] | None = None,
    ) -> None:
        for name, number in {"criteria": criteria, "votes": votes}.items():
            if number < 1:
                raise ValueError(f"{name} has to be at least 1, not {number}")
        self.model: str = model
        self.criteria: int = criteria
        self.votes: int = votes
        self.temperature: float = (
            (VOTING_TEMPERATURE if votes > 1 else 0) if temperature is None else temperature
        )
        self.prices: tuple[float, float] | None = prices
        self.counts: Usage = Usage()
        self.requests: int = 0
        self.agreements: Agreements = Agreements()
        self._settings: dict[str, Any] = {
            "base_url": base_url,
            "api_key": api_key,
            "criteria": criteria,
            "votes": votes,
            "temperature": temperature,
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
            options={"temperature": self.temperature, "response_format": {}},
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
        """The counts so far as JSON.

        ``asked`` and ``failed`` count questions, each as often as it was voted on; ``requests`` those to the
        server, without repetitions. With several votes how far they agree, and the cost in dollars where the
        prices are known.
        """
        figures = {"model": self.model, **asdict(self.counts), "requests": self.requests}
        if self.votes > 1:
            figures |= {"votes": self.votes, **self.agreements.summary()}
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
        groups = grouped(questions, self.criteria)
        try:
            async with asyncio.TaskGroup() as tasks:
                answers = [
                    [tasks.create_task(self._answer(group, vote)) for vote in range(self.votes)]
                    for group in groups
                ]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        verdicts = {}
        for group, votes in zip(groups, answers, strict=True):
            for place, question in enumerate(group):
                verdicts[question] = verdict = majority([vote.result()[place] for vote in votes])
                self.agreements.add(question, verdict)
        return [verdicts[question] for question in questions]

    async def _answer(self, group: tuple[Question, ...], vote: int) -> list[Verdict]:
        """One vote on each question of a group."""
        if refused := too_long(group[0]):  # which is then alone
            self.counts.failed += 1
            return [refused]
        async with self._client.slots:
            keys = [self._key(group, number, vote) for number in range(len(group))]
            verdicts = [self._answers.get(key) if self._answers else None for key in keys]
            due = {place + 1: group[place] for place, verdict in enumerate(verdicts) if verdict is None}
            self.counts.cached += len(group) - len(due)
            self.counts.asked += len(due)
            if due:
                self.requests += 1
                for number, verdict in (await self._ask(due)).items():
                    verdicts[number - 1] = verdict
                    if not is_answered(verdict):
                        self.counts.failed += 1
                    elif self._answers:
                        self._answers.put(keys[number - 1], verdict)
        return [verdict for verdict in verdicts if verdict is not None]

    def _key(self, group: tuple[Question, ...], place: int, vote: int) -> str:
        """What an answer is kept under: all that the model is told, and which vote it is.

        The criteria that are asked about together are part of it: beside others, an answer may be another.
        """
        parts: list[object] = [self.model, PROMPT_VERSION, group[place]]
        if len(group) > 1:
            parts.append({"together": group})
        if self.temperature:
            parts.append({"temperature": self.temperature, "vote": vote})
        return digest(*parts)

    async def _ask(self, due: Mapping[int, Question]) -> dict[int, Verdict]:
        """The verdicts on questions on one text, by their numbers among those that go together."""
        group = tuple(due.values())
        numbers = dict(enumerate(due, 1))  # by those that the model sees
        questions = dict(enumerate(group, 1))
        several = len(group) > 1
        messages = [
            {"role": "system", "content": instructions(group)},
            {"role": "user", "content": user_message(group)},
        ]
        verdicts: dict[int, Verdict] = {}
        try:
            answer = await self._client.complete(messages, _content, **_format(group, several=several))
            verdicts = read_answers(answer, questions)
            left = {number: questions[number] for number, said in verdicts.items() if not is_answered(said)}
            if left:  # once more, and in other words: to the same it would say the same
                self.counts.retries += 1
                shown = inert(answer[-_ANSWER_SHOWN:]) or "(nothing)"
                messages += [
                    {"role": "assistant", "content": shown},
                    {"role": "user", "content": ask_again(left, len(group))},
                ]
                form = _format(list(left.values()), several=several)
                verdicts |= read_answers(await self._client.complete(messages, _content, **form), left)
        except Failure as failure:
            problem = Verdict(None, f"the judge did not answer: {failure}", "error")
            verdicts = {
                n: said if is_answered(said) else problem for n, said in verdicts.items()
            } or dict.fromkeys(questions, problem)
        return {numbers[number]: verdict for number, verdict in verdicts.items()}


def grouped(questions: Sequence[Question], most: int) -> list[tuple[Question, ...]]:
    """The questions that are put in one request: those on one text, so many at most, evenly shared out.

    What would be too long together is put by itself.
    """
    by_text: dict[tuple[str, str], list[Question]] = {}
    for question in questions:
        by_text.setdefault((question.text, question.prompt), []).append(question)
    groups: list[tuple[Question, ...]] = []
    for same in by_text.values():
        if sum(map(length, same)) > MAX_QUESTION:
            groups += [(question,) for question in same]
            continue
        number = math.ceil(len(same) / most)
        bounds = [len(same) * part // number for part in range(number + 1)]
        groups += [tuple(same[start:end]) for start, end in itertools.pairwise(bounds)]
    return groups


def _format(questions: Sequence[Question], *, several: bool) -> dict[str, Any]:
    """The option of a request that says what the answer has to look like."""
    schema = {"name": "verdict", "strict": True, "schema": answer_schema(questions, several=several)}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


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
