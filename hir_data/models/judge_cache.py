"""The answers of a judge, kept on disk: what has been answered once is not asked, or paid for, again.

Several processes can use one folder at a time. Nothing that is read from it is unpickled.
"""

import contextlib
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import diskcache

from hir_data.engine.judge import readable_reason
from hir_data.errors import JudgeError
from hir_data.schemas.constraint import Verdict

_PATIENCE = 60  # seconds to wait for another process that is writing


class _PlainDisk(diskcache.JSONDisk):  # type: ignore[misc]  # diskcache has no types
    """Values are JSON; one that somebody has put there as a pickle is refused."""

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        if mode == diskcache.core.MODE_PICKLE:
            raise ValueError("there is a pickle in it")
        return super().fetch(mode, filename, value, read)


class JudgeCache:
    """Verdicts by key, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with self._trouble():
            # Nothing is ever evicted: an answer is small, and has been paid for.
            self._cache = diskcache.Cache(
                str(folder), disk=_PlainDisk, timeout=_PATIENCE, eviction_policy="none"
            )

    def get(self, key: str) -> Verdict | None:
        """The verdict that was kept under a key, if there is one that can be read."""
        with self._trouble():
            try:
                kept = self._cache.get(key)
            except (OSError, sqlite3.Error, diskcache.Timeout):
                raise
            except Exception:  # not of our making: asked again
                return None
        match kept:
            case {"satisfied": bool(satisfied), "reason": str(reason)}:
                return Verdict(satisfied, readable_reason(reason))
        return None

    def put(self, key: str, verdict: Verdict) -> None:
        """Keep a verdict."""
        with self._trouble():
            self._cache.set(key, {"satisfied": verdict.satisfied, "reason": verdict.reason})

    def close(self) -> None:
        """Let go of the folder."""
        self._cache.close()

    @contextlib.contextmanager
    def _trouble(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error, diskcache.Timeout, zlib.error, ValueError, LookupError) as error:
            raise JudgeError(f"{self.folder}: the judge's cache cannot be used: {error}") from error
