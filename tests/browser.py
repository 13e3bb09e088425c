"""A headless Chromium that tests drive, where the system has one."""

import base64
import contextlib
import json
import os
import select
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from programs import running

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
# Where HIR_DATA_NEEDS_CHROMIUM is set, as make browser does, a browser that is not there is a failure.
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and "HIR_DATA_NEEDS_CHROMIUM" not in os.environ, reason="needs chromium on the path"
)

_SECONDS = 60.0


class Page:
    """A page in a browser, by the protocol that its developer tools use."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._rest = b""
        self._number = 0
        self._session: str | None = None
        self.problems: list[str] = []
        """What the page has complained of: exceptions, and what its policy has refused."""

    def open(self, path: Path) -> None:
        """Show a file."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call("Page.navigate", url=path.as_uri())

    def eval(self, script: str) -> Any:
        """The value of an expression of JavaScript in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, script: str) -> Any:
        """Wait until an expression is true."""
        end = time.monotonic() + _SECONDS
        while not (value := self.eval(script)):
            assert time.monotonic() < end, f"never: {script}"
            time.sleep(0.05)
        return value

    def resize(self, width: int, height: int, *, dark: bool = False) -> None:
        """Have the screen be so large, light or dark."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def screenshot(self, path: Path) -> None:
        """Write a picture of the page."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol, and wait for its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                return answer["result"]
            if answer.get("method") == "Runtime.exceptionThrown":
                self.problems.append(json.dumps(answer["params"]))
            if answer.get("method") == "Log.entryAdded" and answer["params"]["entry"]["level"] == "error":
                self.problems.append(answer["params"]["entry"]["text"])

    def _next(self) -> dict[str, Any]:
        end = time.monotonic() + _SECONDS
        while b"\0" not in self._rest:
            left = end - time.monotonic()
            assert left > 0 and select.select([self._read], [], [], left)[0], "the browser does not answer"
            more = os.read(self._read, 1 << 16)
            assert more, "the browser is gone"
            self._rest += more
        first, _, self._rest = self._rest.partition(b"\0")
        return json.loads(first)


@contextlib.contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """A browser whose profile is in a folder."""
    assert CHROMIUM, "chromium is not on the path"
    theirs_read, ours_write = os.pipe()
    ours_read, theirs_write = os.pipe()
    # The protocol is spoken on the file descriptors 3 and 4; a shell puts them there.
    options = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --remote-debugging-pipe"
    started = f'exec "$0" {options} --user-data-dir="$1" about:blank 3<&{theirs_read} 4>&{theirs_write}'
    pipes = (theirs_read, theirs_write)
    try:
        with (
            (folder / "log").open("wb") as log,
            running(["bash", "-c", started, CHROMIUM, folder], limit=300, pass_fds=pipes, stderr=log),
        ):
            for pipe in pipes:
                os.close(pipe)
            yield Page(ours_write, ours_read)
    finally:
        os.close(ours_write)
        os.close(ours_read)
