"""Answers over HTTP of which no more is read than one may have."""

from collections.abc import AsyncIterator
from typing import Any


class BodyError(Exception):
    """An answer of a server is not read to its end."""


def bounded_client(openai: Any, max_body: int) -> Any:
    """A client of HTTP that reads no more of an answer than it may have.

    Answers are not to be compressed: a short one could be a very long one.
    """

    async def bound(response: Any) -> None:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise BodyError("the answer is compressed, which was not asked for")
        stream = response.stream
        kind = next(each for each in type(stream).__mro__ if each.__name__ == "AsyncByteStream")

        class Bounded(kind):  # type: ignore[misc, valid-type]  # whichever client of HTTP openai comes with
            async def __aiter__(self) -> AsyncIterator[bytes]:
                size = 0
                async for part in stream:
                    size += len(part)
                    if size > max_body:
                        raise BodyError(f"the answer has more than {max_body} bytes")
                    yield part

            async def aclose(self) -> None:
                await stream.aclose()

        response.stream = Bounded()

    return openai.DefaultAsyncHttpxClient(
        event_hooks={"response": [bound]}, headers={"Accept-Encoding": "identity"}
    )
