"""Rewards over HTTP: requests of several trainers, answered by worker processes that can be killed.

The event loop reads requests and writes answers; records are read, checked and scored by the workers.
"""

import asyncio
import base64
import binascii
import contextlib
import hmac
import json
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any, NamedTuple

from hir_data.engine.judge import Judge
from hir_data.engine.shared_pool import SharedPool
from hir_data.errors import RecordError, ServeError, needs_extra
from hir_data.rewards.config import ServeConfig
from hir_data.rewards.protocols import READERS, RewardRequest
from hir_data.rewards.scorer import Scorer
from hir_data.rewards.scoring import Scored, Scoring
from hir_data.rewards.server_metrics import ServerMetrics
from hir_data.schemas.english import number_of
from hir_data.version import __version__

_AT_ONCE = 1 << 16
"""Bytes of JSON that are read or written in the event loop; for more another thread does it."""
_JUDGE_THREADS = 64
_RETRY_AFTER = "1"
_GRACE = 30  # seconds that requests under way have to be answered when the server is to end


class RequestRefused(Exception):
    """A request is not answered as it wishes.

    Attributes:
        status: of the answer.
        detail: what is wrong.
        field: where in the request, if that is known.
    """

    def __init__(self, status: int, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.status: int = status
        self.detail: str = detail
        self.field: str | None = field


class HttpAnswer(NamedTuple):
    """The answer to a request."""

    status: int
    body: bytes
    headers: dict[str, str]


class RewardService:
    """What the server does, whatever carries its requests.

    Args:
        config: how.
        pool: the worker processes.
        judge: who decides soft constraints; None for nobody.
        token: what requests have to bring; None for nothing.
    """

    def __init__(
        self, config: ServeConfig, pool: SharedPool, judge: Judge | None = None, token: str | None = None
    ) -> None:
        self.config: ServeConfig = config
        self.pool: SharedPool = pool
        self.judge: Judge | None = judge
        self.token: str | None = token
        self.metrics: ServerMetrics = ServerMetrics()
        self.waiting: int = 0

    async def answer(self, path: str, headers: Any, body: Callable[[], Awaitable[bytes]]) -> HttpAnswer:
        """The answer to a request for rewards, whatever is wrong with it.

        Args:
            path: what is asked.
            headers: of the request.
            body: reads its body.
        """
        began = time.monotonic()
        try:
            self.admit(headers)
            answer = HttpAnswer(200, await self._answered(path, await body()), {})
        except RequestRefused as refusal:
            answer = _refused(refusal)
        self.metrics.count_request(path, answer.status, time.monotonic() - began)
        return answer

    def admit(self, headers: Any) -> None:
        """See that a request may be answered.

        Raises:
            RequestRefused: it lacks the token; or none is asked for, and a page in a browser has sent it.
        """
        if self.token is None:
            if headers.get("origin") is not None:
                raise RequestRefused(403, "pages in browsers are not answered by a server without a token")
        elif not hmac.compare_digest(_token(headers.get("authorization", "")), self.token.encode()):
            raise RequestRefused(401, "the token is missing or wrong")

    def health(self) -> HttpAnswer:
        """Whether the server can answer."""
        status = 503 if self.pool.closed else 200
        said = {"status": "ok" if status == 200 else "closed", "version": __version__}
        return HttpAnswer(status, json.dumps(said).encode(), {})

    def metrics_text(self) -> str:
        """All figures for Prometheus."""
        return self.metrics.text(
            {
                "waiting_responses": ("gauge", "Responses that are waited for.", self.waiting),
                "workers": ("gauge", "Worker processes, at most.", self.pool.workers),
                "busy_workers": ("gauge", "Worker processes at work.", self.pool.busy),
                "lost_workers_total": ("counter", "Worker processes that were replaced.", self.pool.lost),
            }
        )

    async def _answered(self, path: str, body: bytes) -> bytes:
        if len(body) > _AT_ONCE:
            request = await asyncio.to_thread(_read, path, body)
        else:
            request = _read(path, body)
        scored = await self._scored(request)
        self.metrics.count_scored(scored)
        answer = request.answer(scored, self._number)
        return await asyncio.to_thread(_written, answer) if len(body) > _AT_ONCE else _written(answer)

    async def _scored(self, request: RewardRequest) -> list[Scored]:
        number = len(request.items)
        if number > self.config.max_queue:
            raise RequestRefused(
                413,
                f"has {number_of(number, 'response')}, more than the {self.config.max_queue} of --max-queue",
            )
        if self.waiting + number > self.config.max_queue:
            verb = "is" if self.waiting == 1 else "are"
            raise RequestRefused(503, f"{number_of(self.waiting, 'response')} {verb} waited for already")
        policy = None if self.config.keep_thinking else self.config.strip_thinking
        scoring = Scoring(request.score or self.config.score, request.weights, policy)
        scorer = Scorer(scoring, judge=self.judge, pool=self.pool)
        self.waiting += number
        try:
            scored = await scorer.scored_async(request.items, limit=self.config.request_timeout)
        finally:
            self.waiting -= number
        for place, one in enumerate(scored):
            if one.status == "unserved":
                raise RequestRefused(503, one.error)
            if one.status == "unread" and self.config.bad_rows == "refuse":
                problem = request.problem(place, one)
                raise RequestRefused(422, str(problem), problem.field)
        return scored

    def _number(self, one: Scored) -> float | None:
        """The reward of a response as it is sent."""
        return self.config.undetermined if one.reward is None else one.reward


def _read(path: str, body: bytes) -> RewardRequest:
    try:
        parsed = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        problem = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise RequestRefused(400, f"the body is no JSON: {problem}") from None
    try:
        return READERS[path](parsed)
    except RecordError as error:
        raise RequestRefused(422, str(error), error.field) from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _written(answer: Any) -> bytes:
    return json.dumps(answer, allow_nan=False, separators=(",", ":")).encode()


def _refused(refusal: RequestRefused) -> HttpAnswer:
    said = {"detail": refusal.detail} | ({"field": refusal.field} if refusal.field else {})
    headers = {503: {"Retry-After": _RETRY_AFTER}, 401: {"WWW-Authenticate": 'Basic realm="hir-data"'}}
    return HttpAnswer(refusal.status, json.dumps(said).encode(), headers.get(refusal.status, {}))


def _token(authorization: str) -> bytes:
    """The token of a request: a bearer token, or the password of basic authentication."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode("latin-1")  # as which headers are read
    if scheme.lower() == "basic":
        with contextlib.suppress(ValueError, binascii.Error):
            return base64.b64decode(value.strip(), validate=True).partition(b":")[2]
    return b""


def app_of(service: RewardService) -> Any:
    """The service as an application of FastAPI.

    Raises:
        MissingExtraError: the packages of the extra ``serve`` are not installed.
    """
    with needs_extra("serve"):
        from fastapi import FastAPI, Request, Response
        from fastapi.responses import PlainTextResponse

    @contextlib.asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        executor = ThreadPoolExecutor(_JUDGE_THREADS, thread_name_prefix="hir-data-serve")
        asyncio.get_running_loop().set_default_executor(executor)
        yield

    app = FastAPI(title="hir-data", version=__version__, docs_url=None, redoc_url=None, openapi_url=None,
                  lifespan=lifespan)  # fmt: skip

    def response(answer: HttpAnswer) -> Any:
        return Response(answer.body, answer.status, answer.headers, "application/json")

    async def scored(request: Any) -> Any:
        async def body() -> bytes:
            return await _body(request, service.config)

        return response(await service.answer(request.url.path, request.headers, body))

    async def health() -> Any:
        return response(service.health())

    async def metrics(request: Any) -> Any:
        try:
            service.admit(request.headers)
        except RequestRefused as refusal:
            return response(_refused(refusal))
        return PlainTextResponse(service.metrics_text(), media_type="text/plain; version=0.0.4")

    async def session() -> Any:
        return response(HttpAnswer(200, b"{}", {}))

    scored.__annotations__["request"] = metrics.__annotations__["request"] = Request
    for path in READERS:
        app.post(path)(scored)
    app.post("/seed_session")(session)  # NeMo Gym begins so; there is nothing to remember
    app.get("/health")(health)
    app.get("/metrics")(metrics)
    return app


async def _body(request: Any, config: ServeConfig) -> bytes:
    """The body of a request, if it has no more bytes than it may and comes in time."""
    too_large = RequestRefused(413, f"the body has more than the {config.max_body} bytes of --max-body")
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > config.max_body:
        raise too_large
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if not (kind == "application/json" or kind.endswith("+json")):
        raise RequestRefused(415, f"the body has to be application/json, not {kind[:80]}", "Content-Type")
    body = bytearray()
    try:
        async with asyncio.timeout(config.request_timeout):
            async for part in request.stream():
                body += part
                if len(body) > config.max_body:
                    raise too_large
    except TimeoutError:
        raise RequestRefused(408, f"the body did not come within {config.request_timeout:g} s") from None
    return bytes(body)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at an address.

    Raises:
        ServeError: nobody can listen there.
    """
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, number, _, address = infos[0]
        listening = socket.socket(family, kind, number)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(2048)
        except BaseException:
            listening.close()
            raise
        return listening
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise ServeError(f"cannot listen at {host}:{port}: {said}") from None


def serve_on(listening: socket.socket, service: RewardService) -> None:
    """Answer requests until the process is told to end (SIGINT or SIGTERM), then those that are under way.

    Raises:
        MissingExtraError: the packages of the extra ``serve`` are not installed.
    """
    with needs_extra("serve"):
        import uvicorn

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """A signal ends the server, not the process: that ends after it."""

            def end(number: int, frame: FrameType | None) -> None:
                self.handle_exit(number, frame)

            before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

    config = uvicorn.Config(
        app_of(service),
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=2 * service.config.max_queue,
        timeout_graceful_shutdown=_GRACE,
    )
    Server(config).run(sockets=[listening])
