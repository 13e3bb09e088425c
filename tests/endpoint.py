"""A server on loopback that speaks OpenAI's chat protocol, as well or as badly as a test wants."""

import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

_SECTION = re.compile(r"<(\w+(?:-\d+)?)-([0-9a-f]{16})>\n(.*?)\n</\1-\2>", re.DOTALL)


class Asked(NamedTuple):
    """A request: its body, its headers in lower case, and the sections of the question."""

    body: dict[str, Any]
    headers: dict[str, str]
    sections: dict[str, str]


class Reply(NamedTuple):
    """What the server sends: a status, headers and a body, after a while; no status: it hangs up."""

    status: int | None
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    after: float = 0.0


Script = Callable[[Asked], Reply]


def says(content: Any, after: float = 0.0) -> Reply:
    """A reply with what the model has written, as it is."""
    completion = {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "small",
        "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
        ],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }
    return sends(completion, after=after)


def decides(satisfied: bool, reason: str = "so it is", after: float = 0.0) -> Reply:
    """A reply with a verdict, in form."""
    return says(json.dumps({"reason": reason, "satisfied": satisfied}), after)


def sends(record: Any, after: float = 0.0) -> Reply:
    """A reply of any JSON."""
    return Reply(200, json.dumps(record).encode(), (("Content-Type", "application/json"),), after)


def fails(status: int, message: str = "no", code: str | None = None, **headers: str) -> Reply:
    """A reply with a status and a complaint; a header's name has underscores."""
    body = json.dumps({"error": {"message": message, "code": code}}).encode()
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Reply(status, body, (("Content-Type", "application/json"), *named))


HANGS_UP = Reply(None)


def looks_for_the_criterion(asked: Asked) -> Reply:
    """A model that finds a criterion met if the text has it, word for word; it then gives the best grade."""

    def verdict(number: str) -> dict[str, Any]:
        met = asked.sections[f"criterion{number}"] in asked.sections["text"]
        scale = asked.sections.get(f"scale{number}")
        if scale is None:
            return {"reason": "so it is", "satisfied": met}
        lowest, highest = map(int, re.findall(r"-?\d+", scale))
        return {"reason": "so it is", "grade": highest if met else lowest}

    numbers = [name.removeprefix("criterion-") for name in asked.sections if name.startswith("criterion-")]
    if not numbers:
        return says(json.dumps(verdict("")))
    listed = [{"criterion": int(number), **verdict(f"-{number}")} for number in numbers]
    return says(json.dumps({"verdicts": listed}))


def in_turn(*replies: Reply) -> Script:
    """The replies one after the other, whatever is asked; the last one from then on."""
    left = list(replies)
    return lambda asked: left.pop(0) if len(left) > 1 else left[0]


class Endpoint:
    """The server: what it was asked, in order, and how many requests it had at once."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: list[Asked] = []
        self.replies: list[Reply] = []
        self.most_at_once = 0
        self._connections: list[socket.socket] = []
        self._now = 0
        self._lock = threading.Lock()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # headers and body in one piece: two would wait for each other

            def setup(self) -> None:
                super().setup()
                endpoint._connections.append(self.connection)

            def do_POST(self) -> None:
                endpoint._serve(self)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 100

            def handle_error(self, *_: object) -> None:
                """Nobody is told: the other side is expected to hang up."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        sections = {tag: said for tag, _, said in _SECTION.findall(body["messages"][-1]["content"])}
        headers = {name.lower(): value for name, value in request.headers.items()}
        with self._lock:
            self.asked.append(Asked(body, headers, sections))
            reply = self.script(self.asked[-1])
            self.replies.append(reply)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        time.sleep(reply.after)
        with self._lock:
            self._now -= 1
        if reply.status is None:
            request.close_connection = True
            return
        with contextlib.suppress(ConnectionError):  # whoever asked may have lost patience
            request.send_response(reply.status)
            for name, value in reply.headers:
                request.send_header(name, value)
            request.send_header("Content-Length", str(len(reply.body)))
            request.end_headers()
            request.wfile.write(reply.body)

    def close(self) -> None:
        """Hang up on everybody."""
        self.server.server_close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def serving(script: Script) -> Iterator[Endpoint]:
    """A server that is up in here."""
    endpoint = Endpoint(script)
    thread = threading.Thread(target=endpoint.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.server.shutdown()
        thread.join()
        endpoint.close()
