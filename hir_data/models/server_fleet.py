"""Responses drawn from several servers of one model, each of which takes what it has room for."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, InvalidStateError
from typing import Any, Self

from hir_data.errors import ModelError
from hir_data.models.config import RolloutConfig, SamplingParams
from hir_data.models.loop_thread import LoopThread, end_tasks
from hir_data.models.openai_sampler import AHEAD, OpenAISampler, answers_in_order
from hir_data.models.sampling import Refusal, Request, Response

Answer = list[Response] | Refusal

_DEFAULTS = RolloutConfig()

_RETRIES = 2  # at one server: there are others
_MOST_FAILURES = 3  # prompts in a row that a server fails at before it is left out
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 60.0  # seconds that a server is left out


class ServerFleet:
    """Draws responses from several servers that serve the same model.

    A server takes the next prompt when it has room, so a fast one answers more of them. A prompt that a
    server fails to answer is given to the others, and waits for one that is left out. A server that cannot be
    reached, refuses the key or the model, or fails at three prompts in a row while others are well, is left
    out for a while, each time longer, and its prompts go elsewhere; it then gets one prompt at a time until
    it has answered. To be closed, or used as a context manager.

    Args:
        model: the name of the model at all of them.
        settings: how responses are drawn.
        base_urls: the endpoints.
        api_key: the key of all of them; by default that of the environment, HIR_DATA_MODEL_KEY or else
            OPENAI_API_KEY.
        concurrency: how many requests to each of them may be under way.
        on_trouble: is called with a line when a server is left out, in a thread of the fleet's own.
        pause: seconds that a server is left out at first.
        options: further ones of each :class:`~hir_data.models.openai_sampler.OpenAISampler`.

    Raises:
        MissingExtraError: the packages of the extra ``judge`` are not installed.
        ModelError: an endpoint or the key cannot be used.
        ValueError: there is no server, or no request may be under way.
    """

    def __init__(
        self,
        model: str,
        settings: SamplingParams,
        base_urls: Sequence[str],
        api_key: str | None = None,
        *,
        concurrency: int = _DEFAULTS.concurrency,
        on_trouble: Callable[[str], None] = lambda line: None,
        pause: float = _FIRST_PAUSE,
        **options: Any,
    ) -> None:
        if not base_urls:
            raise ValueError("there is no server")
        self.name: str = model
        self.settings: SamplingParams = settings
        self._on_trouble, self._pause = on_trouble, pause
        self._ahead = AHEAD * concurrency * len(base_urls)
        self._fleet: list[_Server] = []
        self._waiting: deque[_Job] = deque()  # from here on, used in the thread alone
        self._changed = asyncio.Condition()
        self._thread = LoopThread("hir-data-fleet")
        try:
            given = {"retries": _RETRIES, "concurrency": concurrency} | options
            for url in base_urls:
                sampler = OpenAISampler(model, settings, url, api_key, **given)
                self._fleet.append(_Server(sampler))
        except BaseException:
            self.close()
            raise
        for server in self._fleet * concurrency:
            self._thread.submit(self._serve(server))

    @property
    def tokens(self) -> int:
        """How many were drawn so far."""
        return sum(server.sampler.tokens for server in self._fleet)

    @property
    def ended(self) -> int:
        """How many responses have come to their end so far."""
        return sum(server.sampler.ended for server in self._fleet)

    @property
    def servers(self) -> list[dict[str, Any]]:
        """What each server has done: its address, responses, and how often it was left out, and why last."""
        return [
            {
                "server": server.sampler.place,
                "responses": server.sampler.ended,
                "left_out": server.outages,
                "problem": server.problem,
            }
            for server in self._fleet
        ]

    def sample(self, requests: Iterable[Request]) -> Generator[Answer]:
        """The responses to each request, in their order.

        Raises:
            ModelError: no server can be used.
        """
        return answers_in_order(requests, self._ask, self._ahead)

    def close(self) -> None:
        """Let go of the connections and the threads."""
        self._thread.run(end_tasks())
        for server in self._fleet:
            server.sampler.close()
        self._thread.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, request: Request) -> Future[Answer]:
        job = _Job(request)
        self._thread.submit(self._put(job))
        return job.answer

    # What follows runs in the thread.

    async def _put(self, job: "_Job", *, first: bool = False) -> None:
        """Let a job wait for a server, unless there is none to wait for."""
        async with self._changed:
            if problem := self._end_of_all():
                job.fail(problem)
                return
            (self._waiting.appendleft if first else self._waiting.append)(job)
            self._changed.notify_all()

    async def _take(self, server: "_Server") -> "_Job":
        """The next job for a server, once it is in service and there is one that it has not failed at."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._next(server) is not None)
            job = self._next(server)
            assert job is not None
            self._waiting.remove(job)
            server.underway += 1
            return job

    def _next(self, server: "_Server") -> "_Job | None":
        while self._waiting and self._waiting[0].answer.done():  # nobody waits for it any more
            self._waiting.popleft()
        if not server.in_service or (server.on_trial and server.underway):
            return None
        due = (job for job in self._waiting if server not in job.failed_at and not job.answer.done())
        return next(due, None)

    async def _serve(self, server: "_Server") -> None:
        """Answer one job after the other: as many of these run as the server may have requests."""
        while True:
            job = await self._take(server)
            try:
                await self._put_to(server, job)
            except Exception as error:  # nobody has foreseen it, and whoever waits gets it
                job.fail(error)
            finally:
                server.underway -= 1

    async def _put_to(self, server: "_Server", job: "_Job") -> None:
        """Put a job to a server; where that fails, to the others."""
        try:
            answer = await asyncio.wrap_future(server.sampler.ask(job.request))
        except ModelError as error:
            if job.refusal is not None:  # elsewhere: it waits for this server once, and not for ever
                job.failed_at.add(server)
            line = self._leave_out(server, str(error))
        else:
            if not (isinstance(answer, Refusal) and answer.by_server):
                job.give(answer)
                await self._is_well(server)
                return
            job.failed_at.add(server)
            job.refusal = answer
            line = self._has_failed(server, answer)
        await self._put_elsewhere(job)
        if line:
            self._on_trouble(line)

    async def _put_elsewhere(self, job: "_Job") -> None:
        """Let a job wait for a server that has not failed at it; where all have, it is refused."""
        if job.refusal is not None and job.failed_at.issuperset(self._fleet):
            job.give(job.refusal)
        else:
            await self._put(job, first=True)

    async def _is_well(self, server: "_Server") -> None:
        server.outages_in_a_row = server.failures_in_a_row = 0
        if server.on_trial:
            async with self._changed:
                server.on_trial = False
                self._changed.notify_all()

    def _has_failed(self, server: "_Server", refusal: Refusal) -> str | None:
        """Leave a server out that fails at one prompt after the other: each of them may have waited for long.

        It may be the prompts, so that it stays where there is no other.
        """
        server.failures_in_a_row += 1
        others = any(other.in_service for other in self._fleet if other is not server)
        if not others or (server.failures_in_a_row < _MOST_FAILURES and not server.on_trial):
            return None
        return self._leave_out(server, f"{server.sampler.place}: {refusal.reason}")

    def _leave_out(self, server: "_Server", problem: str) -> str | None:
        """Take a server out of service for a while; the line that says so, if it has to be said."""
        server.problem = problem
        if not server.in_service:  # another request has found out before
            return None
        pause = min(self._pause * 2**server.outages_in_a_row, _LONGEST_PAUSE)
        server.in_service, server.on_trial = False, True
        server.outages += 1
        server.outages_in_a_row += 1
        self._thread.submit(self._take_back(server, pause))
        if ended := self._end_of_all():
            self._give_up(ended)
            return None
        return f"{problem}; the other servers go on, and it is tried again in {pause:g} s"

    async def _take_back(self, server: "_Server", pause: float) -> None:
        await asyncio.sleep(pause)
        async with self._changed:
            server.in_service = True
            self._changed.notify_all()

    def _end_of_all(self) -> ModelError | None:
        """Why nothing can be drawn any more; None where a server is in service."""
        if any(server.in_service for server in self._fleet):
            return None
        return ModelError("no server can be used: " + "; ".join(str(each.problem) for each in self._fleet))

    def _give_up(self, error: ModelError) -> None:
        while self._waiting:
            self._waiting.popleft().fail(error)


class _Server:
    """A server and how it does.

    Attributes:
        sampler: who asks it.
        in_service: whether it is given anything.
        outages: how often it was left out.
        outages_in_a_row: how often since it last answered.
        failures_in_a_row: prompts that it has failed at since it last answered.
        on_trial: whether it was left out and has not answered since; it gets one prompt at a time.
        underway: prompts that it has.
        problem: why it was left out last.
    """

    def __init__(self, sampler: OpenAISampler) -> None:
        self.sampler = sampler
        self.in_service = True
        self.outages = 0
        self.outages_in_a_row = 0
        self.failures_in_a_row = 0
        self.on_trial = False
        self.underway = 0
        self.problem: str | None = None


class _Job:
    """A request, who has failed at it and how, and where its answer is awaited, as long as somebody waits."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.failed_at: set[_Server] = set()
        self.refusal: Refusal | None = None
        self.answer: Future[Answer] = Future()

    def give(self, answer: Answer) -> None:
        with contextlib.suppress(InvalidStateError):
            self.answer.set_result(answer)

    def fail(self, error: Exception) -> None:
        with contextlib.suppress(InvalidStateError):
            self.answer.set_exception(error)
